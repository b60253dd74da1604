"""What a selection of badges comes to before it is printed. Read only."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import reached_by_posts
from observers.enums import VALID_BADGES, BadgeStatus
from observers.lifecycle import PRINT
from observers.models import Badge, BadgeEvent, MissingPhoto, PrintBatch, PrintLine

PRINTED = (BadgeStatus.PRINTED, BadgeStatus.HANDED_OVER)
# So many earlier printings are named, the newest first.
NAMED = 5


def printable(chosen: QuerySet[Badge], user: User) -> QuerySet[Badge]:
    """Those of `chosen` that the user's posts let them print."""
    return chosen.filter(
        reached_by_posts(
            user,
            "badge",
            "print",
            commission="application__commission",
            election="application__election",
        )
    )


def to_print(user: User) -> QuerySet[Badge]:
    """What waits to be printed within the user's reach; what is in a batch waits as well."""
    waiting: QuerySet[Badge] = Badge.unscoped.filter(
        status=BadgeStatus.ISSUED, valid_until__gt=database_now()
    )
    return printable(waiting, user)


def count_by_commission(user: User) -> dict[int, int]:
    """How many badges wait to be printed, by commission."""
    counted = to_print(user).order_by().values_list("application__commission")
    return dict(counted.annotate(count=Count("pk")))


@dataclass(frozen=True)
class Earlier:
    """Badges that were printed before, or are on their way: how many, when, and by whom."""

    count: int
    on: datetime.date
    by: str


@dataclass(frozen=True)
class Choice:
    """`keys` are the badges that would be printed, in no order; the rest says why the others are
    left out. `again` were printed, or are in a batch that nobody has marked as printed yet."""

    keys: list[int]
    total: int
    ended: int
    without_photo: int
    again: int
    printed: list[Earlier]
    under_way: list[Earlier]

    @property
    def count(self) -> int:
        return len(self.keys)


def look_over(chosen: QuerySet[Badge], *, by: User, reprint: bool = False) -> Choice:
    """What of `chosen` this user can print now. `reprint`: also what was printed before, or is in
    another batch."""
    fit, counts = [], Counter[str]()
    again: dict[str, list[int]] = {"printed": [], "under_way": []}
    for key, *marks in _marked(printable(chosen, by)):
        hindrance = next((name for name, is_so in zip(_MARKS, marks, strict=True) if is_so), "")
        counts[hindrance] += 1
        if hindrance in again:
            again[hindrance].append(key)
        if not hindrance or (reprint and hindrance in again):
            fit.append(key)
    return Choice(
        keys=fit,
        total=counts.total(),
        ended=counts["ended"],
        without_photo=counts["without_photo"],
        again=counts["printed"] + counts["under_way"],
        printed=_printed_when(again["printed"]),
        under_way=_under_way_since(again["under_way"]),
    )


# What weighs most first.
_MARKS = ("ended", "without_photo", "under_way", "printed")


def _marked(badges: QuerySet[Badge]) -> Iterable[tuple[Any, ...]]:
    missing = MissingPhoto.objects.filter(application=OuterRef("application"))
    taken = PrintLine.objects.filter(batch__in=PrintBatch.unscoped.waiting())
    return (
        badges.order_by()
        .annotate(
            is_ended=~Q(status__in=VALID_BADGES) | Q(valid_until__lte=database_now()),
            is_without_photo=Exists(missing),
            is_under_way=Exists(taken.filter(badge=OuterRef("pk"))),
            is_printed=Q(status__in=PRINTED),
        )
        .values_list("pk", *(f"is_{name}" for name in _MARKS))
    )


def _printed_when(keys: list[int]) -> list[Earlier]:
    """From the histories, which the database wrote."""
    told = BadgeEvent.objects.filter(badge__in=keys, action=PRINT).order_by()
    by_day = told.values_list(TruncDate("at"), "actor__full_name").annotate(Count("badge"))
    return _newest(by_day)


def _under_way_since(keys: list[int]) -> list[Earlier]:
    lines = PrintLine.objects.filter(badge__in=keys, batch__in=PrintBatch.unscoped.waiting())
    by_day = lines.order_by().values_list(
        TruncDate("batch__begun_at"), "batch__begun_by__full_name"
    )
    return _newest(by_day.annotate(Count("badge", distinct=True)))


def _newest(rows: Iterable[tuple[datetime.date, str, int]]) -> list[Earlier]:
    found = sorted(rows, reverse=True)
    return [Earlier(count, on, by) for on, by, count in islice(found, NAMED)]
