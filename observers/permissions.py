"""May this user do this to this application? Answers with a reason.

How far each role reaches is the table in `accounts/access.py`; here it meets one application.
"""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from accounts.access import ACCESS, Reach, Role
from accounts.models import User
from accounts.verdict import YES, Verdict, no
from elections.domain.posts import may_by_post, posts_of
from elections.models import Commission
from observers.models import Appeal, Application, PrintBatch
from organisations.models import NominationRight, Organisation
from organisations.permissions import may_nomination, represents, roles_in

# Actions of the access table that no hand in the application may reach.
DECIDING = (
    "review", "approve", "return", "refuse", "cancel", "confirm", "undo", "uphold", "adopt",
)  # fmt: skip


def may(user: User | AnonymousUser, action: str, application: Application) -> Verdict:
    """`action` is one of the access table's actions on an application."""
    if not user.is_authenticated:
        return no(_("Sign in first."))
    if action == "enter" and not application.paper_received_at:
        return no(_("It did not come on paper: only its applicant changes it."))
    if _as_owner(user, action, application):
        return YES
    if by_post(user, action, application):
        if action in DECIDING and _has_a_hand_in_it(user, application):
            return no(_("You filed this application, or act for who did: a colleague decides it."))
        if action in DECIDING and has_stood_aside(user, application):
            return no(_("You stood aside from this application: a colleague decides it."))
        return YES
    return no(_("This application is not yours to act on."))


def by_post(user: User, action: str, application: Application) -> bool:
    """Whether a post of the user allows it at all; not yet whether this one is theirs to decide."""
    return may_by_post(
        user,
        "application",
        action,
        commission=application.commission,
        election_id=application.election_id,
    )


def may_adopt(user: User | AnonymousUser, commission: Commission) -> Verdict:
    """Whether the user may prepare and record the sessions of this commission."""
    if user.is_authenticated and may_by_post(
        user, "application", "adopt", commission=commission, election_id=commission.election_id
    ):
        return YES
    return no(_("The sessions of this commission are recorded by its chair."))


def may_lodge(user: User | AnonymousUser, application: Application) -> Verdict:
    """Whether the user may appeal for this application's person, if there is an appeal."""
    if user.is_authenticated and _as_owner(user, "lodge", application, kind="appeal"):
        return YES
    return no(_("An appeal is lodged by who applied."))


def may_appeal(user: User, action: str, appeal: Appeal) -> Verdict:
    """`action` is one of the access table's actions on an appeal that has been lodged."""
    application = appeal.decision.application
    if _as_owner(user, action, application, kind="appeal"):
        return YES
    if not _appeal_reached(user, action, application):
        return no(_("This appeal is not yours to act on."))
    return _may_judge(user, appeal) if action == "decide" else YES


def may_record_ruling(user: User, application: Application) -> Verdict:
    """Whether the user may record what a court has ruled about this application."""
    if _appeal_reached(user, "record", application):
        return may(user, "uphold", application)
    return no(_("This application is not yours to act on."))


def may_badge(user: User, action: str, application: Application) -> Verdict:
    """`action` is one of the access table's actions on the badge of that application's observer."""
    if _as_owner(user, action, application, kind="badge") or may_by_post(
        user,
        "badge",
        action,
        commission=application.commission,
        election_id=application.election_id,
    ):
        return YES
    return no(_("This badge is not yours to act on."))


def may_print(user: User, batch: PrintBatch) -> Verdict:
    """Whether the user may cancel the batch, mark it as printed and hand over what is in it."""
    if batch.commission and may_keep_blanks(user, batch.commission):
        return YES
    return no(_("This batch is for members of the commission that prints it."))


def may_keep_blanks(user: User, commission: Commission) -> Verdict:
    """Whether the user may say what became of the blanks of this commission."""
    if may_by_post(
        user, "badge", "print", commission=commission, election_id=commission.election_id
    ):
        return YES
    return no(_("The blanks of this commission are kept by its members."))


def _appeal_reached(user: User, action: str, application: Application) -> bool:
    return may_by_post(
        user,
        "appeal",
        action,
        commission=application.commission,
        election_id=application.election_id,
    )


def _may_judge(user: User, appeal: Appeal) -> Verdict:
    """Of the body that decides, nobody who had a part in what is appealed against."""
    decision, application = appeal.decision, appeal.decision.application
    if appeal.commission_id not in {post.commission_id for post in posts_of(user)}:
        return no(_("This appeal is decided by another body."))
    if user.pk in (decision.proposed_by_id, decision.confirmed_by_id):
        return no(
            _("You took part in the decision appealed against: a colleague decides the appeal.")
        )
    if _has_a_hand_in_it(user, application) or appeal.lodged_by_id == user.pk:
        return no(_("You filed this application, or act for who did: a colleague decides it."))
    if has_stood_aside(user, application):
        return no(_("You stood aside from this application: a colleague decides it."))
    return YES


def _as_owner(
    user: User, action: str, application: Application, *, kind: str = "application"
) -> bool:
    cells = ACCESS[kind, action]
    if application.organisation_id is None:
        if application.paper_received_at:
            return False
        return application.applicant_id == user.pk and cells[Role.APPLICANT] == Reach.OWN
    roles = roles_in(user, application.organisation_id)
    return any(cells[role] == Reach.OWN for role in roles)


def _has_a_hand_in_it(user: User, application: Application) -> bool:
    """Nobody decides on what they filed, or on an organisation they represent."""
    organisation = application.organisation_id
    return application.applicant_id == user.pk or (
        organisation is not None and represents(user, organisation)
    )


def has_stood_aside(user: User, application: Application) -> bool:
    """From this application, or from everything of its organisation. Read once per request and
    kept on the user."""
    kept, through = _recusals(user), application.organisation_id
    return (application.pk, None) in kept or (through is not None and (None, through) in kept)


def _recusals(user: User) -> set[tuple[int | None, int | None]]:
    kept: set[tuple[int | None, int | None]] | None = getattr(user, "_recusals", None)
    if kept is None:
        kept = set(user.recusals.values_list("application_id", "organisation_id"))
        user._recusals = kept  # type: ignore[attr-defined]
    return kept


def may_decide_right(user: User, right: NominationRight) -> Verdict:
    """Whether the user may decide on an organisation's nomination right."""
    permitted = may_nomination(user, "decide", right)
    if permitted and (None, right.organisation_id) in _recusals(user):
        return no(_("You stood aside from this organisation: a colleague decides it."))
    return permitted


def may_enter_people(user: User, organisation: Organisation) -> Verdict:
    """Whether the user may enter observers for the organisation."""
    if represents(user, organisation.pk):
        return YES
    return no(_("You do not represent this organisation."))
