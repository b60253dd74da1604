"""What the public register asks the database: rows, pages, counts, totals.

Only registered observers of published elections, and of them only what the register shows:
identity numbers, birth dates, addresses, phones, e-mail addresses and photos are never read here.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Aggregate,
    Case,
    Count,
    DurationField,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import TruncDate

from accounts.names import fold
from elections.enums import NamePolicy, Outcome
from elections.models import Constituency, Election
from observers.enums import PUBLIC, WAITING, Status
from observers.models import Application, ApplicationCount, Decision
from observers.models.application import ApplicationQuerySet
from observers.register.filters import Filters
from organisations.models import Organisation

PAGE = 50
_NAMES = ("surname", "given_name", "patronymic")
_COLUMNS = (
    "pk",
    "accreditation_number",
    "kind",
    "scope",
    "status",
    "organisation__short_name",
    "organisation__name",
    "constituency__number",
    "constituency__names",
)


class UnknownPlace(Exception):
    """There is no such row in the register after which a page could begin."""


@dataclass(frozen=True)
class Choice:
    """A value that the register can be filtered by, and how many it would show."""

    value: str
    label: str
    count: int


# --- Rows -----------------------------------------------------------------------------------------


def registered(election: Election, filters: Filters) -> ApplicationQuerySet:
    """The observers that the register lists under these filters, in no order yet."""
    rows = _listed(election).filter(*_conditions(filters).values())
    return _matching(rows, election, filters)


def _listed(election: Election) -> ApplicationQuerySet:
    """Like `public`, for an election that is known to be published."""
    rows: ApplicationQuerySet = Application.unscoped.filter(election=election, status__in=PUBLIC)
    return rows


def in_order(rows: ApplicationQuerySet, election: Election) -> ApplicationQuerySet:
    """As columns, in the order of the printed register.

    Azerbaijani order of names; where names are not shown, the order of the numbers, because
    an alphabetical order would tell what the policy withholds.
    """
    names = _NAMES if election.name_policy != NamePolicy.NUMBER else ()
    columns = rows.annotate(registered_at=_registered_at()).values(
        *_COLUMNS, "registered_at", *names
    )
    return columns.order_by(*_order(election))


def page_after(
    rows: ApplicationQuerySet, election: Election, after: str
) -> tuple[list[dict[str, Any]], str]:
    """A page of columns, and after which number the next page begins (empty: this is the last).

    A place in the register is named by the accreditation number that stands there: it is public,
    while the key that orders the names would give away names that the policy withholds. Raises
    UnknownPlace for a number that is not in the register.
    """
    ordered = in_order(rows, election)
    if after:
        ordered = ordered.filter(_beyond(election, after))
    page = list(ordered[: PAGE + 1])
    more = len(page) > PAGE
    return page[:PAGE], page[PAGE - 1]["accreditation_number"] if more else ""


def _order(election: Election) -> tuple[str, ...]:
    if election.name_policy == NamePolicy.NUMBER:
        return ("accreditation_number",)
    return ("sort_key", "pk")


def _beyond(election: Election, after: str) -> Q:
    here = (
        _listed(election).filter(accreditation_number=after).values_list("sort_key", "pk").first()
    )
    if here is None:
        raise UnknownPlace(after)
    if election.name_policy == NamePolicy.NUMBER:
        return Q(accreditation_number__gt=after)
    key, pk = here
    # The first half lets the database begin at the place in the index.
    return Q(sort_key__gte=key) & (Q(sort_key__gt=key) | Q(pk__gt=pk))


def _registered_at() -> Case:
    """When the observer was registered; a cancellation has overwritten `decided_at` since."""
    approvals = Decision.objects.filter(application=OuterRef("pk"), outcome=Outcome.APPROVED)
    first = Subquery(approvals.order_by("decided_at").values("decided_at")[:1])
    return Case(When(status=Status.CANCELLED, then=first), default=F("decided_at"))


# --- Filters and search ---------------------------------------------------------------------------


# A condition that every row meets, also one without a constituency.
_ANYTHING = Q(pk__isnull=False)


def _conditions(filters: Filters) -> dict[str, Q]:
    """What each filter in force asks of a row."""
    asked = {
        "kind": Q(kind=filters.kind),
        "status": Q(status=filters.status),
        "constituency": Q(constituency__number=filters.constituency),
        "organisation": Q(organisation__key=filters.organisation),
    }
    return {name: condition for name, condition in asked.items() if getattr(filters, name)}


def _matching(
    rows: ApplicationQuerySet, election: Election, filters: Filters
) -> ApplicationQuerySet:
    """Every word of the search must be found: in the name, the number or the nominator.

    Where the register does not show full names, names are not searched either: otherwise the
    search would answer whether a certain person is registered.
    """
    words = fold(filters.q).split()
    if not words:
        return rows
    nominators = _nominators(words)
    for word in words:
        found = Q(organisation__in=nominators[word])
        if any(letter.isdigit() for letter in word):
            found |= Q(accreditation_number__contains=word.upper())
        elif election.name_policy == NamePolicy.FULL:
            found |= Q(search_key__contains=word)
        rows = rows.filter(found)
    return rows


def _nominators(words: list[str]) -> dict[str, list[int]]:
    """By word, the organisations whose name contains it. One query for all words."""
    any_word = Q(pk__in=[])
    for word in words:
        any_word |= Q(search_key__contains=word)
    named = Organisation.unscoped.filter(any_word).values_list("pk", "search_key")
    return {word: [pk for pk, key in named if word in key] for word in words}


# --- Counts ---------------------------------------------------------------------------------------

FACETS = {
    "kind": "kind",
    "status": "status",
    "constituency": "constituency_id",
    "organisation": "organisation_id",
}
_COUNT = """
    SELECT {columns}, GROUPING({columns}), {counts}
    FROM ({matched}) AS matched
    GROUP BY GROUPING SETS ({sets})
"""


def counts(election: Election, filters: Filters) -> dict[str, dict[Any, int]]:
    """For each filter, by value, how many the register would show with that value instead.

    One pass, however many filters there are: for each of them the rows are counted that all the
    others let through. What a search has found is counted row by row; without a search the counts
    that the database keeps are added up, which takes as long for a million as for a few.
    """
    names, columns = list(FACETS), list(FACETS.values())
    conditions = _conditions(filters)
    fitting = {f"fits_{name}": conditions.get(name, _ANYTHING) for name in names}
    if filters.q:
        matched, number = _matching(_listed(election), election, filters), "count(*)"
    else:
        matched, number = _kept(election), "sum(applications)"
    matched = matched.order_by().annotate(**fitting)
    counted: dict[str, dict[Any, int]] = {name: {} for name in names}
    try:
        wanted = (*columns, *fitting, *([] if filters.q else ["applications"]))
        sql, parameters = matched.values(*wanted).query.sql_with_params()
    except EmptyResultSet:  # what Django raises when it can tell without asking
        return counted
    statement = _COUNT.format(
        columns=", ".join(columns),
        counts=", ".join(f"{number} FILTER (WHERE {_others_fit(name)})" for name in names),
        matched=sql,
        sets=", ".join(f"({column})" for column in columns),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for row in cursor.fetchall():
            which = _GROUPED_BY.index(row[len(names)])
            counted[names[which]][row[which]] = int(row[len(names) + 1 + which] or 0)
    return counted


def _kept(election: Election) -> Any:
    return ApplicationCount.objects.filter(election=election, status__in=PUBLIC)


# GROUPING() has a bit for each column, the first the highest; 0 where the row is grouped by it.
_GROUPED_BY = [15 - (8 >> place) for place in range(len(FACETS))]


def _others_fit(name: str) -> str:
    return " AND ".join(f"fits_{other}" for other in FACETS if other != name)


def constituency_choices(election: Election, counted: dict[Any, int]) -> list[Choice]:
    known = Constituency.objects.filter(election=election, pk__in=[pk for pk in counted if pk])
    return [Choice(str(c.number), f"{c.number} {c.name}", counted[c.pk]) for c in known]


def organisation_choices(counted: dict[Any, int]) -> list[Choice]:
    """The organisations with the most observers first."""
    known = Organisation.unscoped.filter(pk__in=[pk for pk in counted if pk])
    columns = known.values_list("pk", "key", "short_name", "name")
    choices = [
        Choice(str(key), short_name or name, counted[pk]) for pk, key, short_name, name in columns
    ]
    return sorted(choices, key=lambda choice: (-choice.count, choice.label))


# --- Totals ---------------------------------------------------------------------------------------


class Median(Aggregate):
    """Of durations. (Of seconds as numbers it would be several times slower.)"""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    name = "Median"
    output_field = DurationField()


@dataclass(frozen=True)
class Totals:
    """Of one election. `median_days` is from submission to decision; None before the first."""

    registered: int
    waiting: int
    refused: int
    cancelled: int
    median_days: float | None


def totals(election: Election) -> Totals:
    applications = Application.unscoped.filter(election=election).order_by()
    kept = ApplicationCount.objects.filter(election=election).order_by()
    by_status = dict(kept.values_list("status").annotate(count=Sum("applications")))
    decided = applications.filter(status__in=(Status.APPROVED, Status.REFUSED))
    median = decided.aggregate(median=Median(F("decided_at") - F("submitted_at")))["median"]
    return Totals(
        registered=by_status.get(Status.APPROVED, 0),
        waiting=sum(by_status.get(status, 0) for status in WAITING),
        refused=by_status.get(Status.REFUSED, 0),
        cancelled=by_status.get(Status.CANCELLED, 0),
        median_days=None if median is None else median / datetime.timedelta(days=1),
    )


def registered_by_day(election: Election) -> list[tuple[datetime.date, int]]:
    """How many were registered on each day, in the election's zone; days without any included.

    A registration that was cancelled later counts on the day on which it was made.
    """
    counted: Counter[datetime.date] = Counter()
    for status, moment in (
        (Status.APPROVED, F("decided_at")),
        (Status.CANCELLED, _registered_at()),
    ):
        rows = _listed(election).filter(status=status).order_by()
        days = rows.annotate(day=TruncDate(moment, tzinfo=election.zone)).values_list("day")
        counted.update(dict(days.annotate(count=Count("*"))))
    if not counted:
        return []
    first, last = min(counted), max(counted)
    every_day = (first + datetime.timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, counted[day]) for day in every_day]
