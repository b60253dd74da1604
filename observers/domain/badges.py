"""The one writer of badges: issued, moved along, and followed by the next.

A badge is issued when its observer is registered and, where the election asks for the observer's
own word, has agreed. It ends with the registration, whoever ends that: the database revokes it in
the same transaction (trigger `badges_end_with_the_registration`).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.copying import sheet_of, take_in
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from elections.models import RunOff
from observers import permissions
from observers.enums import VALID_BADGES, BadgeStatus, IssueReason, Status
from observers.lifecycle import BADGE, EXPIRE, ISSUE, RENEW, REPLACE
from observers.models import Application, Badge
from observers.models.application import SEALED

# Badges that are moved or renewed in one go; all in the caller's transaction.
PORTION = 2000
ONE_DAY = datetime.timedelta(days=1)
# A run-off that is announced meanwhile keeps badges valid, so their status follows this much later.
# Whether one is valid at a moment is said by its dates.
KEPT_AFTER_END = datetime.timedelta(days=30)


class CannotReplace(Exception):
    """The badge cannot be replaced. The message says why, and may be shown."""


@dataclass
class MovedBadges:
    """What became of a move: the badges that moved, and the others with the reason."""

    done: list[Badge] = field(default_factory=list)
    skipped: list[tuple[Badge, str]] = field(default_factory=list)


# --- Issued --------------------------------------------------------------------------------------


def issue(rows: Iterable[Application], *, actor: User | None, now: datetime.datetime) -> int:
    """The first badge of each of these, which are registered and have agreed where asked; returns
    how many.

    The rows are held by the caller, within its transaction. Raises DatabaseError for one who is
    not registered, has not agreed, or has a valid badge.
    """
    rows = list(rows)
    last = _last_serials(row.pk for row in rows)
    ends = Ends(now)
    badges = [_first(row, serial=last.get(row.pk, 0) + 1, ends=ends) for row in rows]
    if badges:
        with acting_as(actor, action=ISSUE):
            take_in(sheet_of(Badge, badges))
    return len(badges)


@transaction.atomic
def issue_missing(applications: QuerySet[Application], *, actor: User) -> int:
    """Badges for those of `applications` who should have one and have none; returns how many."""
    held = list(
        Application.unscoped.filter(pk__in=applications.values("pk"), status=Status.APPROVED)
        .exclude(badges__status__in=VALID_BADGES)
        .select_for_update(of=("self",))
        .order_by("pk")
        .only("pk", "election", "accreditation_number", "kind", "scope", "constituency")
        .select_related("election")
    )
    valid = Badge.unscoped.valid().filter(application__in=[row.pk for row in held])
    served = set(valid.values_list("application", flat=True))
    lacking = [row for row in held if row.pk not in served]
    return issue(lacking, actor=actor, now=database_now())


def _last_serials(keys: Iterable[int]) -> dict[int, int]:
    earlier = Badge.unscoped.filter(application__in=list(keys))
    counted = earlier.values("application").order_by()
    return dict(counted.annotate(last=Max("serial")).values_list("application", "last"))


class Ends:
    """When badges that are issued now end, each election asked once."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now
        self._known: dict[tuple[int, str], datetime.datetime] = {}

    def of(self, row: Application) -> datetime.datetime:
        key = (row.election_id, row.kind)
        if key not in self._known:
            self._known[key] = self._ask(row)
        return self._known[key]

    def _ask(self, row: Application) -> datetime.datetime:
        """As the election or its run-off has it; for who is registered after that, one day."""
        moments = [row.election.badges_valid_until(row.kind), self.now + ONE_DAY]
        run_off = RunOff.objects.filter(election=row.election_id).first()
        if run_off:
            moments.append(run_off.badges_until)
        return max(moments)


def _first(row: Application, *, serial: int, ends: Ends) -> Badge:
    return Badge(
        application=row,
        serial=serial,
        issued_at=ends.now,
        number=row.accreditation_number or "",
        kind=row.kind,
        scope=row.scope,
        constituency_id=row.constituency_id,
        valid_from=ends.now,
        valid_until=ends.of(row),
    )


# --- Moved along ---------------------------------------------------------------------------------


@transaction.atomic
def move(
    badges: QuerySet[Badge], action: str, *, actor: User | None, because: str = "", **columns: Any
) -> MovedBadges:
    """Take every badge that may go there to the target of `action`, with further `columns`.

    `actor` is who does it; None is the system. Nothing else changes the status of a badge but a
    replacement and the end of a registration.
    """
    moved = MovedBadges()
    keys = list(badges.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), PORTION):
        portion = _held(keys[start : start + PORTION])
        fit = _set_aside(portion, action, actor, moved)
        _write(fit, action, actor=actor, because=because, **columns)
        moved.done += fit
    return moved


def expire() -> int:
    """What ended long ago is no longer listed as valid; returns how many. May run twice."""
    over = Badge.unscoped.valid().filter(valid_until__lte=database_now() - KEPT_AFTER_END)
    return len(move(over, EXPIRE, actor=None).done)


def _held(keys: list[int]) -> list[Badge]:
    these = Badge.unscoped.filter(pk__in=keys).select_for_update(of=("self",)).order_by("pk")
    return list(
        these.select_related("application__commission", "application__election").defer(
            *(f"application__{name}" for name in SEALED)
        )
    )


def _hold_observers(keys: list[int]) -> None:
    """What ends a registration holds the application and then its badge. Who issues a badge holds
    them in the same order, or the two would wait for each other."""
    theirs = Badge.unscoped.filter(pk__in=keys).order_by().values("application")
    these = Application.unscoped.filter(pk__in=theirs).select_for_update(of=("self",))
    list(these.order_by("pk").values_list("pk", flat=True))


def _set_aside(
    badges: list[Badge], action: str, actor: User | None, moved: MovedBadges
) -> list[Badge]:
    """Those that may move; of the others, the reason is noted."""
    fit = []
    for badge in badges:
        reason = _hindrance(badge, action, actor)
        if reason:
            moved.skipped.append((badge, reason))
        else:
            fit.append(badge)
    return fit


def _hindrance(badge: Badge, action: str, actor: User | None) -> str:
    right = BADGE.transition(action).right
    if actor is None and right:
        return _("This needs a person.")
    if actor is not None:
        permitted = permissions.may_badge(actor, right, badge.application)
        if not permitted:
            return permitted.reason
    return BADGE.may(badge.status, action).reason


def _write(
    badges: list[Badge], action: str, *, actor: User | None, because: str = "", **columns: Any
) -> None:
    if not badges:
        return
    target = BADGE.transition(action).target
    with acting_as(actor, action=action, reason=because):
        these = Badge.unscoped.filter(pk__in=[badge.pk for badge in badges])
        these.update(status=target, **columns)
    for badge in badges:
        badge.status = target


# --- Followed by the next ------------------------------------------------------------------------


@transaction.atomic
def replace(badge: Badge, *, why: IssueReason, by: User, because: str = "") -> Badge:
    """The next badge of the same observer; from now on the old one is on the revocation list.

    Raises CannotReplace where it is not valid any longer (a colleague was quicker), or not for
    this user to replace.
    """
    _hold_observers([badge.pk])
    (held,) = _held([badge.pk])
    reason = _hindrance(held, REPLACE, by)
    if reason:
        raise CannotReplace(reason)
    _succeed([held], REPLACE, why=why, by=by, until=held.valid_until, because=because)
    successor: Badge = Badge.unscoped.get(replaces=held)
    return successor


@transaction.atomic
def renew(badges: QuerySet[Badge], *, until: datetime.datetime, by: User) -> MovedBadges:
    """New badges, valid until `until`, for all of these at once: the run-off (article 44.5 keeps
    the status of international observers until the results are published)."""
    moved = MovedBadges()
    keys = list(badges.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), PORTION):
        _hold_observers(keys[start : start + PORTION])
        portion = _held(keys[start : start + PORTION])
        fit = _set_aside(portion, RENEW, by, moved)
        _succeed(fit, RENEW, why=IssueReason.RENEWED, by=by, until=until)
        moved.done += fit
    return moved


def _succeed(
    badges: list[Badge],
    action: str,
    *,
    why: IssueReason,
    by: User,
    until: datetime.datetime,
    because: str = "",
) -> None:
    """The old ones first: nobody has two that are valid, not even for a moment."""
    now = database_now()
    _write(badges, action, actor=by, because=because)
    following = [_next(badge, why=why, now=now, until=until) for badge in badges]
    if following:
        with acting_as(by, action=ISSUE, reason=because):
            take_in(sheet_of(Badge, following))


def _next(
    badge: Badge, *, why: IssueReason, now: datetime.datetime, until: datetime.datetime
) -> Badge:
    return Badge(
        application_id=badge.application_id,
        serial=badge.serial + 1,
        status=BadgeStatus.ISSUED,
        issued_at=now,
        number=badge.number,
        kind=badge.kind,
        scope=badge.scope,
        constituency_id=badge.constituency_id,
        valid_from=now,
        valid_until=until,
        replaces=badge,
        why=why,
    )
