"""An application goes to another reviewer of its commission, or to another commission.

The legal clock runs on: when it was submitted and by when it is due do not change. Each is kept as
a row (`Reassignment`), with its reason.
"""

from collections.abc import Callable, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import posts_of
from elections.enums import Authority
from elections.models import Commission
from notifications import outbox
from observers import permissions
from observers.domain import letters
from observers.domain.applications import Moved
from observers.enums import WAITING, Status
from observers.models import Application, Claim, Reassignment

# What still waits for somebody's word.
MOVABLE = (*WAITING, Status.RETURNED)
# Why a row cannot go there; empty if it can.
Hinders = Callable[[Application], str]


class ReassigningError(Exception):
    """Nothing was changed. The message may be shown to a person."""


# --- To another reviewer --------------------------------------------------------------------------


@transaction.atomic
def assign(
    applications: QuerySet[Application], *, to: User | None, actor: User, reason: str
) -> Moved:
    """Give these to a reviewer of their commission, or to nobody in particular.

    Those that cannot be given come back with the reason. Raises ReassigningError without one.
    """
    moved = _set_apart(
        _held(applications),
        reason,
        lambda row: _hinders_assigning(row, to=to, actor=actor),
    )
    _record(moved.done, reason, actor=actor, to_reviewer=to)
    these = [row.pk for row in moved.done]
    Application.unscoped.filter(pk__in=these).update(assigned_to=to, updated_at=database_now())
    Claim.objects.filter(application__in=these).exclude(reviewer=to).delete()
    for row in moved.done:
        row.assigned_to = to
    return moved


def _hinders_assigning(row: Application, *, to: User | None, actor: User) -> str:
    permitted = permissions.may(actor, "assign", row)
    if not permitted:
        return permitted.reason
    if row.status not in MOVABLE:
        return _("It is decided, or withdrawn: there is nothing left to do.")
    if row.assigned_to == to:
        return _("It is assigned so already.")
    if to is None:
        return ""
    if row.commission_id not in {post.commission_id for post in posts_of(to)}:
        return _("%(name)s does not work in the commission that decides it.") % {"name": to}
    if not permissions.may(to, "review", row):
        return _(
            "%(name)s does not decide it: they filed or entered it, act for who did, stood aside, "
            "or have no right to."
        ) % {"name": to}
    return ""


def reviewers_of(commissions: Iterable[Commission | int]) -> QuerySet[User]:
    """Who decides applications in these commissions now, by name."""
    deciding = [role for role in StaffRole if _decides(role)]
    return (
        User.objects.filter(
            posts__commission__in=list(commissions),
            posts__left_at__isnull=True,
            posts__role__in=deciding,
            is_active=True,
        )
        .distinct()
        .order_by("full_name", "email")
    )


def _decides(role: str) -> bool:
    return reach(role, "application", "review") != Reach.NOTHING


# --- To another commission ------------------------------------------------------------------------


@transaction.atomic
def transfer(
    applications: QuerySet[Application], *, to: Commission, actor: User, reason: str
) -> Moved:
    """Send these to the commission that decides them by law.

    Nobody holds them any more, what was proposed is void (the database's trigger), and each
    applicant is told who decides now. Those that cannot be sent come back with the reason. Raises
    ReassigningError without one.
    """
    rows = _held(applications)
    moved = _set_apart(rows, reason, lambda row: _hinders_transfer(row, to=to, actor=actor))
    former = {row.pk: row.commission for row in moved.done}
    _record(moved.done, reason, actor=actor, to_commission=to)
    these = [row.pk for row in moved.done]
    Application.unscoped.filter(pk__in=these).update(
        commission=to, assigned_to=None, updated_at=database_now()
    )
    Claim.objects.filter(application__in=these).delete()
    for row in moved.done:
        row.commission, row.assigned_to = to, None
    outbox.write(letters.reassigned(row, former=former[row.pk]) for row in moved.done)
    return moved


def _hinders_transfer(row: Application, *, to: Commission, actor: User) -> str:
    permitted = permissions.may(actor, "transfer", row)
    if not permitted:
        return permitted.reason
    if row.status not in MOVABLE:
        return _("It is decided, or withdrawn: it stays with the commission that did it.")
    if row.commission_id == to.pk:
        return _("It is with that commission already.")
    if to.election_id != row.election_id:
        return _("That commission is one of another election.")
    if not may_receive(actor, row.commission, to):
        return _("A constituency commission can only send it to the central commission.")
    return ""


def may_receive(actor: User, former: Commission, to: Commission) -> bool:
    """Whether the actor may send applications of `former` there: from a constituency to the
    commission above and nowhere else; the central chair to any of the election."""
    for post in posts_of(actor):
        how_far = reach(post.role, "application", "transfer")
        if how_far == Reach.ALL and post.commission.election_id == to.election_id:
            return True
        if how_far == Reach.COMMISSION and post.commission_id == former.pk and to.is_central:
            return True
    return False


def receiving(actor: User, rows: Iterable[Application]) -> QuerySet[Commission]:
    """The commissions to which the actor may send these: of one election, without their own."""
    former = {row.commission_id: row.commission for row in rows}
    elections = {commission.election_id for commission in former.values()}
    if len(elections) != 1:
        return Commission.objects.none()
    everywhere = any(
        reach(post.role, "application", "transfer") == Reach.ALL
        and post.commission.election_id in elections
        for post in posts_of(actor)
    )
    possible = Commission.objects.filter(election__in=elections)
    if not everywhere:
        possible = possible.filter(authority=Authority.CENTRAL)
    if len(former) == 1:
        possible = possible.exclude(pk__in=former)
    return possible.select_related("constituency")


# --- What both have in common ---------------------------------------------------------------------


def _held(applications: QuerySet[Application]) -> list[Application]:
    """The rows, locked first and read afterwards: a commission that was changed while we waited
    would fall out of a locked join."""
    keys = list(applications.order_by().values_list("pk", flat=True))
    held = Application.unscoped.filter(pk__in=keys).order_by("pk").select_for_update()
    found = Application.unscoped.filter(pk__in=list(held.values_list("pk", flat=True)))
    return list(
        found.select_related(
            "applicant", "assigned_to", "commission", "constituency", "election", "organisation",
            "paper_form",
        )
        .defer("birth_on", "identity_number", "address", "phone")
        .order_by("pk")
    )  # fmt: skip


def _set_apart(rows: list[Application], reason: str, hinders: Hinders) -> Moved:
    if not reason.strip():
        raise ReassigningError(_("Give the reason."))
    moved = Moved()
    for row in rows:
        if why_not := hinders(row):
            moved.skipped.append((row, why_not))
        else:
            moved.done.append(row)
    return moved


def _record(
    rows: list[Application],
    reason: str,
    *,
    actor: User,
    to_reviewer: User | None = None,
    to_commission: Commission | None = None,
) -> None:
    """Before the rows change."""
    Reassignment.objects.bulk_create(
        (
            Reassignment(
                application=row,
                from_reviewer=row.assigned_to,
                to_reviewer=to_reviewer,
                from_commission=row.commission if to_commission else None,
                to_commission=to_commission,
                reason=reason.strip(),
                reassigned_by=actor,
            )
            for row in rows
        ),
        batch_size=2000,
    )
