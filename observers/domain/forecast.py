"""Whether the legal limit will hold at the pace at which a commission decides.

Pure: counts in, a forecast out. It assumes that

* what is due soonest is decided first, what is overdue before everything;
* the pace of the last three full days goes on, every day of the week alike (today's counts
  instead where it is more already, or where there is no full day yet);
* what falls due on a day is in time when it is decided that day;
* applications come in as on the last three days, or as on the last of them where that were more,
  until registration closes, and each is due the days to decide later;
* nothing is withdrawn, and what was returned does not come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import ceil
from typing import Any

PACE_DAYS = 3
# So many days ahead what comes in is looked at.
AHEAD = 14


class Outlook(StrEnum):
    NOTHING_WAITS = "nothing_waits"
    # Everything that waits is in time.
    HOLDS = "holds"
    # It is, but what comes in will not be.
    HOLDS_FOR_NOW = "holds_for_now"
    # Some that are not late yet will be.
    FAILS = "fails"
    # Nothing is left that could be in time.
    ALL_OVERDUE = "all_overdue"


@dataclass(frozen=True)
class Load:
    """What one commission has before it, and what it did, counted by days."""

    overdue: int = 0
    # Of what waits and is not overdue: due today, tomorrow, the day after, and so on.
    due: Sequence[int] = ()
    decided_today: int = 0
    # On the last full days, the oldest first; shorter where there were fewer.
    decided: Sequence[int] = ()
    incoming: Sequence[int] = ()
    # On so many days after today applications can still come in.
    days_open: int = 0
    days_to_decide: int = 3

    @property
    def waiting(self) -> int:
        return self.overdue + sum(self.due)


@dataclass(frozen=True)
class Forecast:
    """Days count from today, which is 0."""

    outlook: Outlook
    waiting: int
    overdue: int
    # Decisions a day; of today alone where `by_today`.
    pace: Fraction = Fraction(0)
    by_today: bool = False
    # Of so many full days it is the mean.
    of_days: int = 0
    # How long it takes until what waits is decided; None where nothing is decided.
    days_needed: Fraction | None = None
    # Of those not overdue yet, the most that will be late, and on which day.
    late: int = 0
    late_on: int = 0
    # So many more decisions a day, from tomorrow, and none of those due from then on is late.
    more_a_day: int = 0
    # The first day on which what still comes in is late.
    breaks_on: int | None = None
    incoming_pace: Fraction = Fraction(0)


def forecast(load: Load) -> Forecast:
    """What becomes of the load at the pace of the last days."""
    pace, by_today = _pace(load)
    known: dict[str, Any] = {
        "waiting": load.waiting,
        "overdue": load.overdue,
        "pace": pace,
        "by_today": by_today,
        "of_days": len(load.decided[-PACE_DAYS:]),
        "days_needed": load.waiting / pace if pace else None,
        "incoming_pace": _incoming(load),
    }
    if not load.waiting:
        return Forecast(Outlook.NOTHING_WAITS, **known)
    if not sum(load.due):
        return Forecast(Outlook.ALL_OVERDUE, **known)
    short = _shortfalls(load, pace)
    in_time = list(accumulate(load.due))
    late = [
        min(max(Fraction(0), missing), Fraction(some))
        for missing, some in zip(short, in_time, strict=True)
    ]
    if most := max(late):
        return Forecast(
            Outlook.FAILS,
            late=ceil(most),
            late_on=late.index(most),
            more_a_day=_more_a_day(short),
            **known,
        )
    breaks_on = _breaks_on(load, pace)
    outlook = Outlook.HOLDS if breaks_on is None else Outlook.HOLDS_FOR_NOW
    return Forecast(outlook, breaks_on=breaks_on, **known)


def _pace(load: Load) -> tuple[Fraction, bool]:
    """Decisions a day, and whether they are today's."""
    recent = load.decided[-PACE_DAYS:]
    mean = Fraction(sum(recent), len(recent)) if recent else Fraction(0)
    return max((mean, False), (Fraction(load.decided_today), True), key=lambda found: found[0])


def _incoming(load: Load) -> Fraction:
    """Applications a day; where they rise, as many as on the last day."""
    recent = load.incoming[-PACE_DAYS:]
    return max(Fraction(sum(recent), len(recent)), Fraction(recent[-1])) if recent else Fraction(0)


def _shortfalls(load: Load, pace: Fraction) -> list[Fraction]:
    """By day, how many more would have to be decided by its end than will be."""
    left_today = max(Fraction(0), pace - load.decided_today)
    return [
        load.overdue + needed - left_today - pace * day
        for day, needed in enumerate(accumulate(load.due))
    ]


def _more_a_day(short: list[Fraction]) -> int:
    """Today's shortfall cannot be made up from tomorrow on."""
    by_day = (missing / day for day, missing in enumerate(short) if day)
    return ceil(max(Fraction(0), *by_day)) if len(short) > 1 else 0


def _breaks_on(load: Load, pace: Fraction) -> int | None:
    """The first day on which, of what comes in from tomorrow on, something is late."""
    left_today, rate = max(Fraction(0), pace - load.decided_today), _incoming(load)
    for day in range(load.days_to_decide + 1, load.days_to_decide + 1 + AHEAD):
        come_in = rate * min(day - load.days_to_decide, load.days_open)
        if load.waiting + come_in > left_today + pace * day:
            return day
    return None
