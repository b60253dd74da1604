"""What the public register asks the database for its pages.

Only from the register's own tables (`RegisteredObserver`), which hold what everybody may read and
nothing else.
"""

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.names import fold
from elections.models import Constituency, Election
from elections.texts import in_language
from observers.models import RegisteredObserver
from observers.register import terms
from observers.register.facets import COLUMNS, counts
from observers.register.filters import Filters
from observers.register.searching import MOST_COUNTED, Asked, Hit, hits, is_certainly_more
from observers.register.terms import Term, words_of
from organisations.models import Organisation

PAGE = 50
# What a search finds with a letter wrong is shown beside what it finds, as long as that is little.
FEW = 3
MOST_SIMILAR = 20
# Written out: to have it put together for each page would take longer than to run it.
_LINES = """
SELECT r.application_id AS pk, r.number, r.name, r.kind, r.scope, r.status, r.registered_at,
    r.order_key, o.key AS organisation__key, o.short_name AS organisation__short_name,
    o.name AS organisation__name, c.number AS constituency__number,
    c.names::text AS constituency__names
FROM observers_registeredobserver r
LEFT JOIN organisations_organisation o ON o.id = r.organisation_id
LEFT JOIN elections_constituency c ON c.id = r.constituency_id
WHERE {asked}
ORDER BY r.order_key, r.application_id LIMIT %s
"""
Rows = list[dict[str, Any]]


class UnknownPlace(Exception):
    """There is no such line in the register after which a page could begin."""


@dataclass(frozen=True)
class Found:
    """A page of the register.

    `count`: how many there are under these filters; where `is_more`, there are more than that.
    `counted`: see `counts`; None where a search found too many to count. `following`: after which
    number the next page begins; empty on the last. `similar`: who would be found with a letter
    wrong. `is_too_short`: nothing was searched.
    """

    rows: Rows
    following: str = ""
    count: int = 0
    is_more: bool = False
    counted: dict[str, dict[Any, int]] | None = None
    similar: Rows = field(default_factory=list)
    is_too_short: bool = False


# --- Lines ----------------------------------------------------------------------------------------


def one(election: Election, number: str) -> dict[str, Any] | None:
    """The line of this accreditation number."""
    return next(iter(_read("r.election_id = %s AND r.number = %s", [election.pk, number], 1)), None)


def _read(asked: str, values: list[Any], most: int) -> Rows:
    """Lines in the register's order."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(asked=asked), [*values, most])
        names = [column.name for column in cursor.description or ()]
        lines = [dict(zip(names, line, strict=True)) for line in cursor.fetchall()]
    for line in lines:
        line["constituency__names"] = json.loads(line["constituency__names"] or "{}")
    return lines


def find(election: Election, filters: Filters, *, size: int = 0) -> Found:
    """A page of the register: of all of it, with `size` lines (0: PAGE), or of what is searched,
    with PAGE lines."""
    if not fold(filters.q):
        return _listed(election, filters, size or PAGE)
    words = words_of(filters.q)
    if not words:
        return Found([], counted={name: {} for name in COLUMNS}, is_too_short=True)
    return _searched(election, filters, terms.read(election, words))


def counted_by(election: Election, filters: Filters, name: str) -> dict[Any, int] | None:
    """How many each value of this filter would show; None where a search finds too many."""
    if not filters.q:
        return counts(election, _columns(election, filters), [name])[name]
    found = find(election, replace(filters, after="")).counted
    return None if found is None else found[name]


def _listed(election: Election, filters: Filters, size: int) -> Found:
    asked = _columns(election, filters)
    conditions = Asked().and_("r.election_id = %s", election.pk)
    for column, value in asked.items():
        conditions = conditions.and_(f"r.{column} = %s", value)
    if filters.after:
        place = _place(election, filters.after)
        conditions = conditions.and_("(r.order_key, r.application_id) > (%s, %s)", *place)
    page = _read(*conditions.of("r", election), size + 1)
    counted = counts(election, asked)
    count = _count(filters, counted)
    return Found(page[:size], _following(page, size), count, counted=counted)


def _count(filters: Filters, counted: dict[str, dict[Any, int]]) -> int:
    of_kind = counted["kind"]
    return of_kind.get(filters.kind, 0) if filters.kind else sum(of_kind.values())


def _following(page: Rows, size: int) -> str:
    """A place in the register is named by the accreditation number that stands there."""
    return str(page[size - 1]["number"]) if len(page) > size else ""


def _place(election: Election, number: str) -> tuple[str, int]:
    lines = RegisteredObserver.objects.filter(election=election, number=number)
    here: tuple[str, int] | None = lines.values_list("order_key", "pk").first()
    if here is None:
        raise UnknownPlace(number)
    return here


def _columns(election: Election, filters: Filters) -> dict[str, Any]:
    """What each filter in force asks of a line; a place or organisation that is unknown is
    nobody's."""
    asked: dict[str, Any] = {
        "kind": filters.kind,
        "status": filters.status,
        "constituency_id": filters.constituency and _constituency(election, filters.constituency),
        "organisation_id": filters.organisation and _organisation(filters.organisation),
    }
    return {name: value for name, value in asked.items() if value}


_NOBODY = -1


def _constituency(election: Election, number: int) -> int:
    known = Constituency.objects.filter(election=election, number=number)
    return known.values_list("pk", flat=True).first() or _NOBODY


def organisation_name(key: UUID) -> str:
    """Of an organisation that is known; else nothing."""
    known = Organisation.unscoped.filter(key=key).values_list("short_name", "name")
    short_name, name = known.order_by().first() or ("", "")
    return str(short_name or name)


def constituency_name(election: Election, number: int) -> str:
    known = Constituency.objects.filter(election=election, number=number)
    names = known.values_list("names", flat=True).first()
    return f"{number} {in_language(names or {})}".strip()


def _organisation(key: UUID) -> int:
    known = Organisation.unscoped.filter(key=key)
    return known.order_by().values_list("pk", flat=True).first() or _NOBODY


def asked_of_a_line(election: Election, filters: Filters) -> tuple[str, dict[str, Any]]:
    """What filters and search ask of a line `r` of the register, as SQL."""
    asked = Asked()
    for column, value in _columns(election, filters).items():
        asked = asked.and_(f"r.{column} = %s", value)
    if fold(filters.q):
        words = words_of(filters.q)
        found = terms.read(election, words)
        if not found:
            asked = asked.and_("false")
        for term in found:
            asked = asked.and_term(term, of=MOST_COUNTED)
    text, values = asked.of("r", election)
    names = [f"asked_{place}" for place in range(len(values))]
    sql = text % tuple(f"%({name})s" for name in names)
    return sql, dict(zip(names, values, strict=True))


# --- Search ---------------------------------------------------------------------------------------


def _searched(election: Election, filters: Filters, asked: list[Term]) -> Found:
    """Up to some hundred are read, counted and filtered here; of more only the page is read."""
    columns = _columns(election, filters)
    after = _place(election, filters.after) if filters.after else None
    if not is_certainly_more(asked):
        found = hits(election, asked, most=MOST_COUNTED + 1)
        if len(found) <= MOST_COUNTED:
            return _few(election, columns, found, after, asked)
        if not columns and not after:
            return _many([hit.pk for hit in found[: PAGE + 1]])
    conditions = Asked()
    for column, value in columns.items():
        conditions = conditions.and_(f"r.{column} = %s", value)
    within = _count(filters, counts(election, columns, ["kind"])) if columns else None
    page = hits(election, asked, most=PAGE + 1, asked=conditions, after=after, within=within)
    return _many([hit.pk for hit in page])


def _many(page: list[int]) -> Found:
    rows = _lines(page)
    return Found(rows[:PAGE], _following(rows, PAGE), MOST_COUNTED, is_more=True)


def _few(
    election: Election,
    columns: dict[str, Any],
    found: list[Hit],
    after: tuple[str, int] | None,
    asked: list[Term],
) -> Found:
    counted: dict[str, Counter[Any]] = {name: Counter() for name in COLUMNS}
    fitting = []
    for hit in found:
        amiss = {name for name, value in columns.items() if getattr(hit, name) != value}
        for name, column in COLUMNS.items():
            if not amiss - {column}:
                counted[name][getattr(hit, column)] += 1
        if not amiss:
            fitting.append(hit)
    here = [hit.pk for hit in fitting if after is None or (hit.order_key, hit.pk) > after]
    rows = _lines(here[: PAGE + 1])
    alike = _alike(election, asked, found) if len(found) <= FEW and not after else []
    return Found(
        rows[:PAGE], _following(rows, PAGE), len(fitting), counted=dict(counted), similar=alike
    )


def _alike(election: Election, asked: list[Term], found: list[Hit]) -> Rows:
    """Whom the search finds in addition with a letter or two wrong."""
    near = terms.similar(election, asked)
    if near == asked:
        return []
    known, each = {hit.pk for hit in found}, MOST_SIMILAR // terms.MOST_SIMILAR + FEW
    alike = hits(election, near, most=MOST_SIMILAR + FEW, each=each)
    return _lines([hit.pk for hit in alike if hit.pk not in known][:MOST_SIMILAR])


def _lines(pks: list[int]) -> Rows:
    """In the register's order."""
    return _read("r.application_id = ANY(%s)", [pks], len(pks)) if pks else []
