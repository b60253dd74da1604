"""The filters of the register: their values, and how many each would show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from accounts.names import sort_key
from elections.models import Constituency, Election
from elections.texts import in_language
from observers.enums import PUBLIC
from observers.models import ApplicationCount
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
    that all the others let through. The counts that the database keeps are added up, which takes
    as long for a million as for a few.
    """
    kept = ApplicationCount.objects.filter(election=election, status__in=PUBLIC).order_by()
    counted = {}
    for name in names:
        others = {column: value for column, value in asked.items() if column != COLUMNS[name]}
        by_value = kept.filter(**others).values_list(COLUMNS[name])
        found = dict(by_value.annotate(count=Sum("applications")))
        counted[name] = {value: count for value, count in found.items() if count}
    return counted


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
