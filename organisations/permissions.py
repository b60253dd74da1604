"""May this user do this for this organisation, or to this nomination right?"""

from django.utils.translation import gettext as _

from accounts.access import ACCESS, Reach, Role
from accounts.models import User
from accounts.verdict import YES, Verdict, no
from elections.domain.posts import may_by_post, posts_of
from organisations.enums import RepresentativeRole
from organisations.models import NominationRight, Organisation, Representative


def roles_in(user: User, organisation_id: int) -> list[Role]:
    """The user's roles in an organisation: none, one of its representatives, or an owner.

    Read once per request and kept on the user."""
    kept: dict[int, str] | None = getattr(user, "_representations", None)
    if kept is None:
        found = Representative.objects.filter(user=user)
        kept = dict(found.values_list("organisation_id", "role"))
        user._representations = kept  # type: ignore[attr-defined]
    role = kept.get(organisation_id)
    if role is None:
        return []
    return [Role.ORGANISATION_OWNER if role == RepresentativeRole.OWNER else Role.REPRESENTATIVE]


def represents(user: User, organisation_id: int) -> bool:
    return user.is_authenticated and bool(roles_in(user, organisation_id))


def may_register(user: User) -> Verdict:
    """Whether the user may enter a new organisation; who decides on them may not."""
    if posts_of(user) and not Representative.objects.filter(user=user).exists():
        return no(_("Who works for an election commission cannot register an organisation."))
    return YES


def may(user: User, action: str, organisation: Organisation) -> Verdict:
    """`action` is one of the access table's actions on an organisation."""
    cells = ACCESS["organisation", action]
    if any(cells[role] == Reach.OWN for role in roles_in(user, organisation.pk)):
        return YES
    return no(_("Only an owner of the organisation may do this."))


def may_apply(user: User, organisation: Organisation) -> Verdict:
    """Whether the user may begin the organisation's application for a nomination right."""
    cells = ACCESS["nomination", "create"]
    if any(cells[role] == Reach.OWN for role in roles_in(user, organisation.pk)):
        return YES
    return no(_("You do not represent this organisation."))


def may_nomination(user: User, action: str, right: NominationRight) -> Verdict:
    """`action` is one of the access table's actions on a nomination right."""
    cells = ACCESS["nomination", action]
    if any(cells[role] == Reach.OWN for role in roles_in(user, right.organisation_id)):
        return YES
    if may_by_post(
        user,
        "nomination",
        action,
        commission=right.commission,
        election_id=right.election_id,
    ):
        if action == "decide" and represents(user, right.organisation_id):
            return no(_("You act for this organisation: a colleague decides it."))
        return YES
    return no(_("This nomination right is not yours to act on."))
