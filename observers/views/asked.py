"""What an address of an organisation's desk asks for: whose desk, which election, which page."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest

from accounts.verdict import insist
from elections.models import Election
from observers import permissions
from observers.domain import desk
from organisations.models import Organisation
from organisations.views.theirs import SignedIn, organisation_of


def desk_of(
    request: SignedIn, organisation: uuid.UUID, *, fits: Callable[[Election], bool] | None = None
) -> tuple[Organisation, Election]:
    """The organisation, for which the user enters people, and the election asked for, among those
    that fit if that is said. 404 for what is not theirs, and where there is no such election."""
    theirs = organisation_of(request.user, organisation)
    insist(permissions.may_enter_people(request.user, theirs))
    fitting = list(filter(fits, desk.elections_of(theirs))) if fits else desk.elections_of(theirs)
    election = chosen_election(fitting, request.GET.get("election"))
    if election is None:
        raise Http404
    return theirs, election


def chosen_election(elections: list[Election], slug: str | None) -> Election | None:
    """The election that is asked for, else the first; 404 for one that is not theirs."""
    if slug is None:
        return next(iter(elections), None)
    for election in elections:
        if election.slug == slug:
            return election
    raise Http404


def key_in(text: str | None) -> uuid.UUID | None:
    """The key that an address or a form names; None for anything else."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def pager(request: HttpRequest, kept: Mapping[str, Any], *, last: Any) -> dict[str, str]:
    """The ways to the first and to the next page. `last` is what the address of the next one
    names: where this page ends; None if nothing follows."""
    there = {name: value for name, value in kept.items() if value}
    return {
        "first": "?" + urlencode(there) if request.GET.get("after") else "",
        "next": "?" + urlencode(there | {"after": last}) if last is not None else "",
    }
