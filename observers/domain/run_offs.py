"""The run-off: badges of the first round stay valid in it, or are issued anew, all at once.

It is announced once. Where badges stay valid, the end of every valid badge moves in the same
transaction, and the signed revocation list says so to checkers that have no network. Otherwise each
gets the next serial, portion by portion in the background. A badge that lasts longer anyway, as
those of international observers (art. 44.5), is left alone: no end is ever moved forward in time.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdict import YES, Verdict, no
from elections.domain.clock import database_now
from elections.domain.posts import may_by_post, reached_by_posts
from elections.models import Commission, Election, RunOff
from observers.domain import badges
from observers.models import Badge

# Badges that are renewed in one transaction: so far it counts as done if a worker dies.
PORTION = 500
ONE_DAY = datetime.timedelta(days=1)


class CannotAnnounce(Exception):
    """The run-off is not announced or moved. The message says why, and may be shown."""


@dataclass(frozen=True)
class Announcement:
    """When the run-off is held and until when badges are valid for it, exclusive."""

    polling_on: datetime.date
    badges_until: datetime.datetime


@dataclass(frozen=True)
class Renewal:
    """How far the badges of a run-off have come: how many end with it or later, how many are still
    to be renewed."""

    done: int
    left: int

    @property
    def total(self) -> int:
        return self.done + self.left


# --- Announced ------------------------------------------------------------------------------------


def may_announce(user: User, election: Election) -> Verdict:
    if may_by_post(user, "runoff", "announce", commission=None, election_id=election.pk):
        return YES
    return no(_("A run-off is announced by the central commission."))


@transaction.atomic
def announce(
    election: Election, said: Announcement, *, badges_stay_valid: bool, by: User
) -> RunOff:
    """Once for each election. Raises CannotAnnounce."""
    _insist(may_announce(by, election))
    if said.polling_on <= election.polling_on:
        raise CannotAnnounce(_("A run-off is held after the first round."))
    _insist_on_the_whole_day(election, said)
    try:
        with transaction.atomic():
            run_off = RunOff.objects.create(
                election=election,
                polling_on=said.polling_on,
                badges_until=said.badges_until,
                badges_stay_valid=badges_stay_valid,
                announced_by=by,
            )
    except IntegrityError as error:
        raise CannotAnnounce(_("A run-off of this election has been announced already.")) from error
    _keep_valid(run_off)
    return run_off


@transaction.atomic
def move(run_off: RunOff, said: Announcement, *, by: User) -> RunOff:
    """To a later day, or badges valid for longer; never earlier, since what has been said is relied
    on. Raises CannotAnnounce."""
    held = RunOff.objects.select_for_update(of=("self",)).select_related("election")
    moved = held.get(pk=run_off.pk)
    _insist(may_announce(by, moved.election))
    if said.polling_on < moved.polling_on or said.badges_until < moved.badges_until:
        raise CannotAnnounce(_("What has been announced can be moved to a later time only."))
    _insist_on_the_whole_day(moved.election, said)
    moved.polling_on, moved.badges_until = said.polling_on, said.badges_until
    moved.save(update_fields=["polling_on", "badges_until"])
    _keep_valid(moved)
    return moved


def _insist(verdict: Verdict) -> None:
    if not verdict:
        raise CannotAnnounce(verdict.reason)


def _insist_on_the_whole_day(election: Election, said: Announcement) -> None:
    following = said.polling_on + ONE_DAY
    over = datetime.datetime.combine(following, datetime.time(), tzinfo=election.zone)
    if said.badges_until < over:
        raise CannotAnnounce(
            _("Badges have to be valid until the end of the polling day at least.")
        )


def _keep_valid(run_off: RunOff) -> None:
    """Where they stay valid: those that would have ended earlier."""
    if run_off.badges_stay_valid:
        ending_early(run_off).update(valid_until=run_off.badges_until)


# --- Issued anew ----------------------------------------------------------------------------------


def ending_early(run_off: RunOff) -> Any:
    """The valid badges of the election that end before the run-off does."""
    return _valid(run_off).filter(valid_until__lt=run_off.badges_until)


def _valid(run_off: RunOff) -> Any:
    return Badge.unscoped.valid().filter(application__election=run_off.election_id)


def may_renew(user: User, run_off: RunOff, *, now: datetime.datetime) -> Verdict:
    """Whether the user may have badges issued anew for the run-off; which, their posts say."""
    if run_off.badges_stay_valid:
        return no(_("The badges of the first round stay valid: none is issued anew."))
    if now >= run_off.badges_until:
        return no(_("The run-off is over."))
    if not _of(user, run_off).exists():
        return no(_("No badge of this election ends before the run-off does."))
    return YES


def _of(user: User, run_off: RunOff, commission: Commission | None = None) -> Any:
    """Those that the user may renew, of one commission or of all."""
    reached = reached_by_posts(
        user,
        "badge",
        "renew",
        commission="application__commission",
        election="application__election",
    )
    these = ending_early(run_off).filter(reached)
    return these.filter(application__commission=commission) if commission else these


def renewal(run_off: RunOff, *, seen_by: User) -> Renewal:
    """How far it is with the badges that the user sees."""
    reached = reached_by_posts(
        seen_by,
        "badge",
        "view",
        commission="application__commission",
        election="application__election",
    )
    seen = _valid(run_off).filter(reached)
    left = seen.filter(valid_until__lt=run_off.badges_until).count()
    return Renewal(done=seen.count() - left, left=left)


def renew(
    run_off: RunOff, *, by: User, commission: Commission | None = None
) -> Iterator[badges.MovedBadges]:
    """The next serial for every badge that ends too early, and what became of each portion as soon
    as it is stored. Cut short, it goes on where it was when it is asked again; two who ask at once
    renew each badge once."""
    if run_off.badges_stay_valid:
        return
    keys = list(_of(by, run_off, commission).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), PORTION):
        if database_now() >= run_off.badges_until:
            return
        portion = Badge.unscoped.filter(pk__in=keys[start : start + PORTION])
        yield badges.renew(portion, until=run_off.badges_until, by=by)
