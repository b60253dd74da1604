"""Posts in commissions: what a user's posts let them reach, and how one is given or ended."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from accounts.enums import StaffRole
from accounts.models import User
from elections.models import Commission, CommissionMember


class PostError(Exception):
    """A post cannot be given. The message may be shown to a person."""


def posts_of(user: User) -> list[CommissionMember]:
    """The posts that the user holds now. Read once per request and kept on the user."""
    if not user.is_authenticated or not user.is_active:
        return []
    kept: list[CommissionMember] | None = getattr(user, "_posts", None)
    if kept is None:
        serving = CommissionMember.objects.serving().filter(user=user)
        kept = list(serving.order_by("pk").select_related("commission"))
        user._posts = kept  # type: ignore[attr-defined]
        user._roles = [post.role for post in kept]  # type: ignore[attr-defined]
    return kept


def reached_by_posts(
    user: User,
    kind: str,
    action: str,
    *,
    commission: str = "commission",
    election: str = "election",
) -> Q:
    """The rows of `kind` on which the user's posts allow `action`.

    `commission` and `election` name the columns by which a row belongs to one. Without any
    fitting post the condition is one that no row meets.
    """
    condition = Q(pk__in=[])
    for post in posts_of(user):
        how_far = reach(post.role, kind, action)
        if how_far == Reach.COMMISSION:
            condition |= Q(**{f"{commission}_id": post.commission_id})
        elif how_far == Reach.ALL:
            condition |= Q(**{f"{election}_id": post.commission.election_id})
    return condition


def may_by_post(
    user: User, kind: str, action: str, *, commission: Commission | None, election_id: int
) -> bool:
    """Whether one of the user's posts allows `action` on a row of that commission or election."""
    for post in posts_of(user):
        how_far = reach(post.role, kind, action)
        if how_far == Reach.ALL and post.commission.election_id == election_id:
            return True
        if how_far == Reach.COMMISSION and commission and post.commission_id == commission.pk:
            return True
    return False


def holds_any(user: User, kind: str, action: str) -> bool:
    """Whether some post of the user allows `action` on objects of `kind` at all."""
    return any(reach(post.role, kind, action) != Reach.NOTHING for post in posts_of(user))


@transaction.atomic
def appoint(*, user: User, commission: Commission, role: StaffRole) -> CommissionMember:
    """Give the user a post and let them into the admin.

    Raises PostError when the role does not belong to that level of commission.
    """
    post = CommissionMember(user=user, commission=commission, role=role)
    if not post.role_fits():
        raise PostError(_("This role does not exist in a commission of that level."))
    post.save()
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return post


@transaction.atomic
def end_post(post: CommissionMember, *, now: datetime.datetime) -> None:
    """Close the post; the last one closed takes the admin with it."""
    CommissionMember.objects.filter(pk=post.pk, left_at__isnull=True).update(left_at=now)
    if not CommissionMember.objects.serving().filter(user=post.user_id).exists():
        User.objects.filter(pk=post.user_id, is_superuser=False).update(is_staff=False)
