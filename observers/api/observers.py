"""The register: a page of it, and one observer."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router

from elections.models import Election
from elections.texts import in_language
from observers.api.answers import ObserverInFull, Observers
from observers.api.asking import Asked, AskedObservers, ElectionSlug, ObserverNumber
from observers.api.elections import moment, published
from observers.api.links import address
from observers.enums import Status
from observers.register import pages, queries
from observers.register.entries import Entry, entry
from observers.register.filters import MOST_WORDS, STATUSES, WORDS_OF_STATUS, Filters
from observers.register.patience import patiently

router = Router(tags=["observers"])


@router.get("/elections/{slug:election}/observers", response=Observers, url_name="observers")
def observers(
    request: HttpRequest, election: ElectionSlug, asked: Query[AskedObservers]
) -> dict[str, Any]:
    """The register of observers

    In the order of the register's page and under the same filters: by name where names are shown
    in full, otherwise by number, because the order would tell what is not shown.
    """
    vote = published(election)
    with patiently():
        found = queries.find(vote, _filters(asked), size=asked.limit)
    rows, following = found.rows, found.following
    if len(rows) > asked.limit:
        rows, following = rows[: asked.limit], rows[asked.limit - 1]["number"]
    return {
        "count": found.count,
        "is_more": found.is_more,
        "observers": [_observer(entry(row, vote), vote) for row in rows],
        "next": _next(election, asked, following),
    }


@router.get(
    "/elections/{slug:election}/observers/{number}", response=ObserverInFull, url_name="observer"
)
def one_observer(
    request: HttpRequest, election: ElectionSlug, number: ObserverNumber, asked: Query[Asked]
) -> dict[str, Any]:
    """One observer of the register, by accreditation number"""
    vote = published(election)
    row = queries.one(vote, number)
    if row is None:
        raise Http404
    shown = entry(row, vote)
    until = pages.valid_until(row["pk"], vote) if shown.is_registered else None
    return _observer(shown, vote) | {"valid_until": until and moment(until, vote)}


def _next(election: str, asked: AskedObservers, following: str) -> str | None:
    if not following:
        return None
    return address("api:observers", election, **asked.carried(after=following))


def _filters(asked: AskedObservers) -> Filters:
    """As the address of the register's page says them; that reads anything, this only what has
    been checked."""
    status = STATUSES[asked.status].value if asked.status else ""
    return Filters(
        q=" ".join((asked.q or "").split()[:MOST_WORDS]),
        kind=asked.kind or "",
        constituency=asked.constituency or 0,
        organisation=UUID(asked.organisation) if asked.organisation else None,
        status=status,
        after=asked.after or "",
    )


def _observer(shown: Entry, election: Election) -> dict[str, Any]:
    """As it is exported: the same in whatever language it is asked for."""
    language = (election.languages or [""])[0]
    return {
        "number": shown.number,
        "name": shown.name,
        "kind": shown.kind,
        "organisation": shown.organisation,
        "organisation_key": shown.organisation_key and str(shown.organisation_key),
        "scope": shown.scope,
        "constituency": shown.constituency,
        "constituency_name": in_language(shown.constituency_names, language),
        "registered_on": shown.registered_on,
        "status": WORDS_OF_STATUS[Status(shown.status)],
    }
