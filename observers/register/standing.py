"""Where an election stands at a moment: what is open, until when, what comes next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Prefetch

from elections.enums import Kind
from elections.models import Election, Window


class Phase(StrEnum):
    """Of registration, all windows of an election taken together."""

    UNANNOUNCED = "unannounced"
    BEFORE = "before"
    OPEN = "open"
    BETWEEN = "between"
    CLOSED = "closed"
    OVER = "over"


@dataclass(frozen=True)
class Closing:
    """A moment at which windows close for the last of those they admit. `authority` is empty
    where windows of both levels of commission close together."""

    at: datetime.datetime
    authority: str


@dataclass(frozen=True)
class Standing:
    election: Election
    phase: Phase
    closings: list[Closing]
    opens_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    open_kinds: frozenset[str]

    @property
    def is_open(self) -> bool:
        return self.phase == Phase.OPEN

    @property
    def admits_organisations(self) -> bool:
        return bool(self.open_kinds - {Kind.OWN_INITIATIVE})

    @property
    def admits_own_initiative(self) -> bool:
        return Kind.OWN_INITIATIVE in self.open_kinds

    def days_left(self, now: datetime.datetime) -> int:
        """Full days until the next closing."""
        return (self.closings[0].at - now).days if self.closings else 0


def standings(*, now: datetime.datetime) -> list[Standing]:
    """All published elections: first what is open, then what comes, then what was."""
    windows = Prefetch("windows", queryset=Window.objects.with_closing())
    elections = Election.objects.published().prefetch_related(windows)
    found = [standing(election, election.windows.all(), now=now) for election in elections]
    return sorted(found, key=_importance)


def standing(election: Election, windows: Iterable[Any], *, now: datetime.datetime) -> Standing:
    """Half-open: a window is open from the moment it opens to the moment it closes, exclusive.

    The windows come with `last_closes_at` (see `WindowQuerySet.with_closing`).
    """
    windows = list(windows)
    opening = [w.opens_at for w in windows if w.opens_at > now]
    current = [w for w in windows if w.opens_at <= now < w.last_closes_at]
    closed = [w.last_closes_at for w in windows if w.last_closes_at <= now]
    return Standing(
        election=election,
        phase=_phase(election, bool(current), bool(opening), bool(closed), now),
        closings=_closings(current),
        opens_at=min(opening, default=None),
        closed_at=max(closed, default=None),
        open_kinds=frozenset(kind for window in current for kind in window.kinds),
    )


def _phase(
    election: Election, current: bool, opening: bool, closed: bool, now: datetime.datetime
) -> Phase:
    if current:
        return Phase.OPEN
    if opening:
        return Phase.BETWEEN if closed else Phase.BEFORE
    if now.astimezone(election.zone).date() > election.polling_on:
        return Phase.OVER
    return Phase.CLOSED if closed else Phase.UNANNOUNCED


def _closings(windows: list[Any]) -> list[Closing]:
    authorities: dict[datetime.datetime, set[str]] = {}
    for window in windows:
        authorities.setdefault(window.last_closes_at, set()).add(window.authority)
    return [
        Closing(at, levels.pop() if len(levels) == 1 and len(authorities) > 1 else "")
        for at, levels in sorted(authorities.items())
    ]


_ORDER = (
    Phase.OPEN, Phase.BETWEEN, Phase.BEFORE, Phase.CLOSED, Phase.UNANNOUNCED, Phase.OVER,
)  # fmt: skip


def _importance(standing: Standing) -> tuple[int, int]:
    """The nearest polling day first; of elections that are over, the latest."""
    day = standing.election.polling_on.toordinal()
    return _ORDER.index(standing.phase), -day if standing.phase == Phase.OVER else day
