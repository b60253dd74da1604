"""How far an election is, in numbers that are kept: a million cost as much as a few."""

import datetime
from dataclasses import dataclass

from django.db.models import Sum

from elections.models import Election
from observers.enums import WAITING, Status
from observers.models import ApplicationCount
from observers.register.statistics import snapshots


@dataclass(frozen=True)
class Totals:
    """Of one election. `median_days` is from submission to decision; None before the first. It and
    `days`, how many were registered on each, are as of some minutes ago; the rest is of now."""

    registered: int
    waiting: int
    refused: int
    cancelled: int
    median_days: float | None
    days: list[tuple[datetime.date, int]]


def totals(election: Election) -> Totals:
    kept = ApplicationCount.objects.filter(election=election).order_by()
    by_status = dict(kept.values_list("status").annotate(count=Sum("applications")))
    facts = snapshots.current(election).facts
    median = facts.everything.median
    return Totals(
        registered=by_status.get(Status.APPROVED, 0),
        waiting=sum(by_status.get(status, 0) for status in WAITING),
        refused=by_status.get(Status.REFUSED, 0),
        cancelled=by_status.get(Status.CANCELLED, 0),
        median_days=None if median is None else median / 86400,
        days=_every_day(facts.days),
    )


def _every_day(counted: dict[datetime.date, int]) -> list[tuple[datetime.date, int]]:
    """Days without any included."""
    if not counted:
        return []
    first, last = min(counted), max(counted)
    days = (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, counted.get(day, 0)) for day in days]
