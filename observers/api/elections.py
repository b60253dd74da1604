"""Elections, and the organisations that may nominate observers in them."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from elections.enums import Kind
from elections.models import Election, Window
from observers.api import queries
from observers.api.answers import (
    ElectionAnswer,
    Elections,
    Entrance,
    OrganisationAnswer,
    Organisations,
)
from observers.api.asking import Asked, AskedOrganisations, ElectionSlug, OrganisationKey
from observers.api.links import address
from observers.api.queries import Nominator

router = Router()


@router.get("/", response=Entrance, tags=["elections"], url_name="entrance")
def entrance(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Where everything else begins"""
    return {
        "elections": address("api:elections"),
        "description": address("api:description"),
        "documentation": address("about_api"),
    }


@router.get("/elections", response=Elections, tags=["elections"], url_name="elections")
def elections(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """All elections, the latest first

    They are few: they stand on one page.
    """
    return {"elections": [_election(found) for found in queries.elections()]}


@router.get(
    "/elections/{slug:election}", response=ElectionAnswer, tags=["elections"], url_name="election"
)
def one_election(
    request: HttpRequest, election: ElectionSlug, asked: Query[Asked]
) -> dict[str, Any]:
    """One election, its calendar and what its register shows"""
    return _election(get_object_or_404(queries.elections(), slug=election))


def published(slug: str) -> Election:
    found: Election = get_object_or_404(Election.objects.published(), slug=slug)
    return found


def moment(at: datetime.datetime, election: Election) -> datetime.datetime:
    """In the election's time zone, to the second."""
    return at.astimezone(election.zone).replace(microsecond=0)


def _election(election: Election) -> dict[str, Any]:
    return {
        "slug": election.slug,
        "names": election.names,
        "authority_names": election.authority_names,
        "polling_on": election.polling_on,
        "time_zone": election.time_zone,
        "languages": election.languages,
        "shown_names": {kind: election.name_policy_of(kind) for kind in Kind},
        "windows": [_window(window, election) for window in election.windows.all()],
        "url": address("register:election", election.slug),
        "organisations": address("api:organisations", election.slug),
        "observers": address("api:observers", election.slug),
        "statistics": address("api:statistics", election.slug),
    }


def _window(window: Window, election: Election) -> dict[str, Any]:
    closes_at = window.last_closes_at  # type: ignore[attr-defined]
    return {
        "scope": window.scope,
        "kinds": window.kinds,
        "authority": window.authority,
        "opens_at": moment(window.opens_at, election),
        "closes_at": moment(window.closes_at, election),
        "last_closes_at": moment(closes_at, election),
        "days_to_decide": window.days_to_decide,
    }


# --- Organisations --------------------------------------------------------------------------------


@router.get(
    "/elections/{slug:election}/organisations",
    response=Organisations,
    tags=["organisations"],
    url_name="organisations",
)
def organisations(
    request: HttpRequest, election: ElectionSlug, asked: Query[AskedOrganisations]
) -> dict[str, Any]:
    """The organisations that may nominate observers

    Those whose right was granted. Who has applied for it, and who was refused, is not listed.
    """
    found = published(election)
    lines = queries.nominators(found, after=asked.after, limit=asked.limit + 1)
    page = lines[: asked.limit]
    following = str(page[-1].right.organisation.key) if len(lines) > len(page) else None
    return {
        "organisations": [_organisation(one) for one in page],
        "next": following
        and address("api:organisations", election, **asked.carried(after=following)),
    }


@router.get(
    "/elections/{slug:election}/organisations/{organisation}",
    response=OrganisationAnswer,
    tags=["organisations"],
    url_name="organisation",
)
def one_organisation(
    request: HttpRequest,
    election: ElectionSlug,
    organisation: OrganisationKey,
    asked: Query[Asked],
) -> dict[str, Any]:
    """One organisation that may nominate observers"""
    found = queries.nominator(published(election), organisation)
    if found is None:
        raise Http404
    return _organisation(found)


def _organisation(nominator: Nominator) -> dict[str, Any]:
    theirs = nominator.right.organisation
    return {
        "key": str(theirs.key),
        "name": theirs.name,
        "short_name": theirs.short_name,
        "kind": theirs.kind,
        "country": theirs.country,
        "registered": nominator.registered,
        "cancelled": nominator.cancelled,
    }
