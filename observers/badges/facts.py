"""What is printed on badges, gathered from their rows."""

import datetime
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.db.models import QuerySet
from django.utils.translation import override

from accounts.countries import country_name
from elections.enums import Kind, Scope
from elections.models import Constituency, Election
from elections.texts import in_language
from observers.badges import tokens
from observers.badges.layout import PrintedBadge
from observers.badges.tokens import BadgeFacts
from observers.models import Badge

# So many rows are in memory at a time; each portion costs the same few queries.
PORTION = 500
NO_BREAK = "\N{NO-BREAK SPACE}"
# Of the badge as it was issued, and of the person. Nothing of it is sealed.
COLUMNS = (
    "pk", "kind", "number", "serial", "scope", "constituency", "valid_from", "valid_until",
    "application__election", "application__surname", "application__given_name",
    "application__patronymic", "application__photo", "application__citizenship",
    "application__organisation__name",
)  # fmt: skip


def facts_of(badges: QuerySet[Badge]) -> Iterator[PrintedBadge]:
    """Each of `badges`, in their order. The queryset must not be a slice.

    One that no longer belongs to `badges` when its turn comes, because it was revoked meanwhile,
    is left out.
    """
    keys = list(badges.values_list("pk", flat=True))
    known = _Known()
    for start in range(0, len(keys), PORTION):
        portion = badges.filter(pk__in=keys[start : start + PORTION]).order_by()
        rows = {row["pk"]: row for row in portion.values(*COLUMNS)}
        passports = _passports(portion)
        known.learn(rows.values())
        for key in keys[start : start + PORTION]:
            if key in rows:
                yield _printed(rows[key], known, passports.get(key, ""))


def _passports(portion: QuerySet[Badge]) -> dict[int, str]:
    """Of internationals only (instructions of the central commission): nobody else's number is
    ever unsealed for a badge."""
    abroad = portion.filter(kind=Kind.INTERNATIONAL)
    return dict(abroad.values_list("pk", "application__identity_number"))


class _Known:
    """Elections and constituencies that have been met, each asked for once."""

    def __init__(self) -> None:
        self.elections: dict[int, Election] = {}
        self.constituencies: dict[int, Constituency] = {}

    def learn(self, rows: Iterable[dict[str, Any]]) -> None:
        rows = list(rows)
        elections = {row["application__election"] for row in rows} - self.elections.keys()
        places = {row["constituency"] for row in rows} - self.constituencies.keys() - {None}
        if elections:
            self.elections |= Election.objects.in_bulk(elections)
        if places:
            self.constituencies |= Constituency.objects.in_bulk(places)


def _printed(row: dict[str, Any], known: _Known, passport: str) -> PrintedBadge:
    election = known.elections[row["application__election"]]
    place = known.constituencies[row["constituency"]] if row["constituency"] else None
    languages = _languages(election, row["kind"])
    is_abroad = row["kind"] == Kind.INTERNATIONAL
    return PrintedBadge(
        kind=row["kind"],
        number=row["number"],
        serial=row["serial"],
        surname=row["application__surname"],
        given_name=row["application__given_name"],
        patronymic=row["application__patronymic"],
        photo=row["application__photo"],
        link=tokens.link(tokens.sign(_signed(row, election, place))),
        languages=languages,
        authority=_in_all(election.authority_names, languages),
        election=_in_all(election.names, languages),
        scope=row["scope"],
        valid=tuple(
            days_in_words(
                row["valid_from"], row["valid_until"], zone=election.time_zone, language=language
            )
            for language in languages
        ),
        constituency=place.number if place else 0,
        constituency_names=_in_all(place.names, languages) if place else (),
        nominator=row["application__organisation__name"] or "",
        country=_country(row["application__citizenship"], languages) if is_abroad else (),
        passport=passport,
    )


def _signed(row: dict[str, Any], election: Election, place: Constituency | None) -> BadgeFacts:
    return BadgeFacts(
        number=row["number"],
        serial=row["serial"],
        election=election.pk,
        scope=Scope(row["scope"]),
        constituency=place.number if place else 0,
        index=row["pk"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )


def _languages(election: Election, kind: str) -> tuple[str, ...]:
    """The language of the state; for who comes from abroad, the next of the election as well."""
    return tuple(election.languages[: 2 if kind == Kind.INTERNATIONAL else 1])


def _in_all(texts: dict[str, str], languages: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(in_language(texts, language) for language in languages)


@cache
def _country(code: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    names = []
    for language in languages:
        with override(language):
            names.append(country_name(code))
    return tuple(names)


def days_in_words(
    begins: datetime.datetime, ends: datetime.datetime, zone: str, language: str
) -> str:
    """From the first day to the last, as in "18 January – 7 February 2024"; with the hour where
    it ends within a day. A line may break only after the dash."""
    here = ZoneInfo(zone)
    first, end = begins.astimezone(here), ends.astimezone(here)
    is_midnight = end.time() == datetime.time()
    last = (end - datetime.timedelta(minutes=1)) if is_midnight else end
    said = _range(first.date(), last.date(), language)
    return said if is_midnight else f"{said},{NO_BREAK}{end:%H:%M}"


@cache
def _range(first: datetime.date, last: datetime.date, language: str) -> str:
    until = format_date(last, "d MMMM y", locale=language)
    since = format_date(first, "d MMMM" if first.year == last.year else "d MMMM y", locale=language)
    parts = (since, until) if first != last else (until,)
    return f"{NO_BREAK}– ".join(part.replace(" ", NO_BREAK) for part in parts)
