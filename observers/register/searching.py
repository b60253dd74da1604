"""Whom a search of the register finds, in the register's order.

A search reads from an index that has the people of each word in that order, and stops as soon as a
page is full; it counts up to MOST_COUNTED and then says "more". So it takes as long among a million
as among a few thousand.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from elections.models import Election
from observers.register.terms import Term

MOST_COUNTED = 500
# Words of more people than these are read in the register's order until there are enough, but
# never more lines than that.
_COMMON = 100_000
_MOST_READ = 20_000
# Somebody has about so many words in their name: the same person is found by several.
_WORDS_OF_A_NAME = 8


@dataclass(frozen=True)
class Hit:
    """Somebody found: their place in the register, and what the filters ask for."""

    order_key: str
    pk: int
    kind: str
    status: str
    constituency_id: int | None
    organisation_id: int | None


@dataclass(frozen=True)
class Asked:
    """What is asked of people: conditions on a line `r` of the register, as SQL; and `names`, sets
    of words of which they have one each."""

    sql: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()

    def and_(self, sql: str, *values: Any) -> "Asked":
        return Asked((*self.sql, sql), (*self.values, *values), self.names)

    def and_term(self, term: Term, *, of: int) -> "Asked":
        """Asked of so many people: either each is asked, or those who have the word are looked up
        in one go, where they are not many more."""
        is_name = term.names and not term.organisations and not term.numbers
        if is_name and term.estimate <= 3 * of:
            return Asked(self.sql, self.values, (*self.names, term.names))
        sql, values = term.condition()
        return self.and_(sql, *values)

    def of(self, row: str, election: Election) -> tuple[str, list[Any]]:
        """As SQL that asks it of `row`, which has an application_id."""
        sql, values = list(self.sql), list(self.values)
        for names in self.names:
            sql.append(
                f"{row}.application_id IN (SELECT application_id FROM observers_registeredname"  # noqa: S608
                " WHERE election_id = %s AND word = ANY(%s))"
            )
            values += [election.pk, list(names)]
        return " AND ".join(sql) or "true", values


Place = tuple[str, int]


def is_certainly_more(terms: list[Term]) -> bool:
    """Than is counted: of one word the dictionary knows it."""
    return len(terms) == 1 and terms[0].estimate > MOST_COUNTED * _WORDS_OF_A_NAME


class TooCommon(Exception):
    """Everybody has one of these words, and hardly anybody all of them."""


def hits(
    election: Election,
    terms: list[Term],
    *,
    most: int,
    asked: Asked | None = None,
    after: Place | None = None,
    each: int = 0,
    within: int | None = None,
) -> list[Hit]:
    """The first `most` behind that place; of each name no more than `each`, where that is given.
    `within`: so many lines fit what is asked beside the search. Raises TooCommon."""
    if any(not (term.names or term.organisations or term.numbers) for term in terms):
        return []
    asked = asked or Asked()
    rarest = min(terms, key=lambda term: term.estimate)
    is_common = len(terms) > 1 and rarest.estimate > _COMMON
    reads_register = is_common or (within is not None and within < rarest.estimate)
    for term in terms:
        if reads_register or term is not rarest:
            asked = asked.and_term(term, of=0 if reads_register else rarest.estimate)
    if reads_register:
        sources = [_of_register(election, asked, most, after, bounded=is_common)]
    else:
        sources = _sources(election, rarest, asked, each or most, after, each=bool(each))
    found = _read(sources, most)
    if is_common and len(found) < most and _has_more_lines(election, after):
        raise TooCommon
    return found


def _read(sources: list[tuple[str, list[Any]]], most: int) -> list[Hit]:
    united = " UNION ".join(sql for sql, _ in sources)
    statement = (
        "SELECT r.order_key, r.application_id, r.kind, r.status, r.constituency_id,"  # noqa: S608
        f" r.organisation_id FROM (SELECT * FROM ({united}) each_once"
        " ORDER BY order_key, application_id LIMIT %s) found"
        " JOIN observers_registeredobserver r USING (application_id)"
        " ORDER BY r.order_key, r.application_id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in sources for value in values] + [most])
        return [Hit(*row) for row in cursor.fetchall()]


def _has_more_lines(election: Election, after: Place | None) -> bool:
    """Than are read of common words."""
    behind, place = _behind(after, "r")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM observers_registeredobserver r"  # noqa: S608
            f" WHERE r.election_id = %s{behind}"
            " ORDER BY r.order_key, r.application_id OFFSET %s LIMIT 1",
            [election.pk, *place, _MOST_READ],
        )
        return cursor.fetchone() is not None


def _sources(
    election: Election, term: Term, asked: Asked, most: int, after: Place | None, *, each: bool
) -> list[tuple[str, list[Any]]]:
    """Selects of the places of those who have the word, each in order, at most so many."""
    sources = []
    if term.names:
        is_plain = not asked.sql and not asked.names
        in_order = each or is_plain or term.estimate > _COMMON
        names = _of_each_name if in_order else _of_names
        sources.append(names(election, term.names, asked, most, after))
    if term.organisations:
        sources.append(_of_organisations(election, term.organisations, asked, most, after))
    if term.numbers:
        numbers = asked.and_("r.application_id = ANY(%s)", list(term.numbers))
        sources.append(_of_register(election, numbers, most, after))
    return sources


def _behind(after: Place | None, of: str) -> tuple[str, list[Any]]:
    if after is None:
        return "", []
    return f" AND ({of}.order_key, {of}.application_id) > (%s, %s)", [*after]


def _of_register(
    election: Election, asked: Asked, most: int, after: Place | None, *, bounded: bool = False
) -> tuple[str, list[Any]]:
    """`bounded`: the first lines only, as many as are read of common words."""
    behind, place = _behind(after, "r")
    sql, values = asked.of("r", election)
    lines = f"observers_registeredobserver r WHERE r.election_id = %s{behind}"
    read: list[Any] = []
    if bounded:
        lines = f"(SELECT r.* FROM {lines} ORDER BY r.order_key, r.application_id LIMIT %s) r WHERE true"  # noqa: E501, S608
        read = [_MOST_READ]
    return (
        f"(SELECT r.order_key, r.application_id FROM {lines} AND {sql}"  # noqa: S608
        " ORDER BY r.order_key, r.application_id LIMIT %s)",
        [election.pk, *place, *read, *values, most],
    )


_LINE = " JOIN observers_registeredobserver r ON r.application_id = n.application_id"


def _of_each_name(
    election: Election, names: tuple[str, ...], asked: Asked, most: int, after: Place | None
) -> tuple[str, list[Any]]:
    """Name by name, in order, until there are enough of each."""
    behind, place = _behind(after, "n")
    sql, values = asked.of("n", election)
    return (
        "(SELECT of_name.* FROM unnest(%s::text[]) AS wanted (w) CROSS JOIN LATERAL ("  # noqa: S608
        "SELECT n.order_key, n.application_id"
        f" FROM observers_registeredname n{_LINE if asked.sql else ''}"
        f" WHERE n.election_id = %s AND n.word = wanted.w AND {sql}{behind}"
        " ORDER BY n.order_key, n.application_id LIMIT %s) of_name)",
        [list(names), election.pk, *values, *place, most],
    )


def _of_names(
    election: Election, names: tuple[str, ...], asked: Asked, most: int, after: Place | None
) -> tuple[str, list[Any]]:
    """All who have one of the names and whatever else is asked."""
    behind, place = _behind(after, "n")
    sql, values = asked.of("n", election)
    return (
        "(SELECT DISTINCT n.order_key, n.application_id"  # noqa: S608
        f" FROM observers_registeredname n{_LINE if asked.sql else ''}"
        f" WHERE n.election_id = %s AND n.word = ANY(%s) AND {sql}{behind}"
        " ORDER BY n.order_key, n.application_id LIMIT %s)",
        [election.pk, list(names), *values, *place, most],
    )


def _of_organisations(
    election: Election, organisations: tuple[int, ...], asked: Asked, most: int, after: Place | None
) -> tuple[str, list[Any]]:
    behind, place = _behind(after, "r")
    sql, values = asked.of("r", election)
    return (
        "(SELECT theirs.* FROM unnest(%s::bigint[]) AS wanted (o) CROSS JOIN LATERAL ("  # noqa: S608
        "SELECT r.order_key, r.application_id FROM observers_registeredobserver r"
        f" WHERE r.organisation_id = wanted.o AND r.election_id = %s AND {sql}{behind}"
        " ORDER BY r.order_key, r.application_id LIMIT %s) theirs)",
        [list(organisations), election.pk, *values, *place, most],
    )
