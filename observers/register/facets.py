"""The filters of the register: their values, and how many each would show."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Max, Sum

from accounts.names import sort_key
from elections.models import Constituency, Election
from elections.texts import in_language
from observers.enums import PUBLIC
from observers.models import ApplicationCount, RegisterChange
from organisations.models import Organisation


@dataclass(frozen=True)
class Choice:
    """A value that the register can be filtered by, and how many it would show."""

    value: str
    label: str
    count: int | None


# The filters, and the columns they ask for.
COLUMNS = {
    "kind": "kind",
    "status": "status",
    "constituency": "constituency_id",
    "organisation": "organisation_id",
}
# Those that stand on the page of the register itself; the others have pages of their own.
ON_THE_PAGE = ("kind", "status")


def counts(
    election: Election, asked: dict[str, Any], names: Iterable[str] = ON_THE_PAGE
) -> dict[str, dict[Any, int]]:
    """For each of these filters, by value, how many the register would show with that value
    instead.

    `asked`: the columns that are filtered by, and for what. For each filter those are counted
    that all the others let through. The counts that the database keeps are added up, once for
    each edition of the register.
    """
    edition = edition_of(election)
    return {
        name: _added_up(election.pk, edition, COLUMNS[name], tuple(sorted(asked.items())))
        for name in names
    }


def edition_of(election: Election) -> tuple[int, datetime.datetime | None]:
    """How often the register has changed, and when it last did: of two that agree, nothing
    differs."""
    found = RegisterChange.objects.filter(election=election).order_by()
    known = found.aggregate(changes=Sum("changes"), at=Max("at"))
    return known["changes"] or 0, known["at"]


@lru_cache(maxsize=1000)
def _added_up(
    election: int, edition: Any, column: str, asked: tuple[tuple[str, Any], ...]
) -> dict[Any, int]:
    """Kept in this process: another edition is counted anew. Not to be changed by who gets it."""
    others = {name: value for name, value in asked if name != column}
    kept = ApplicationCount.objects.filter(election=election, status__in=PUBLIC, **others)
    by_value = kept.order_by().values_list(column).annotate(count=Sum("applications"))
    return {value: count for value, count in by_value if count}


def _count(counted: dict[Any, int] | None, value: Any) -> int | None:
    return None if counted is None else counted[value]


def constituency_choices(election: Election, counted: dict[Any, int] | None) -> list[Choice]:
    """In the order of their numbers; of more than can be counted all of them."""
    known = Constituency.objects.filter(election=election).order_by("number")
    return [
        Choice(str(number), f"{number} {in_language(names)}", _count(counted, pk))
        for pk, number, names in known.values_list("pk", "number", "names")
        if counted is None or pk in counted
    ]


def organisation_choices(election: Election, counted: dict[Any, int] | None) -> list[Choice]:
    """The organisations with the most observers first; of more than can be counted all of them,
    by name."""
    listed = counted
    if listed is None:
        listed = counts(election, {}, ["organisation"])["organisation"]
    known = Organisation.unscoped.filter(pk__in=[pk for pk in listed if pk]).order_by()
    choices = [
        Choice(str(key), short_name or name, _count(counted, pk))
        for pk, key, short_name, name in known.values_list("pk", "key", "short_name", "name")
    ]
    return sorted(choices, key=lambda choice: (-(choice.count or 0), sort_key(choice.label)))
