"""Checking a badge, as `/verify/` does for people: the same answers under the same limits, and
without the photo, which is for the eyes of whoever stands before the badge."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from elections.domain.clock import database_now
from observers.api.answers import Verified
from observers.api.asking import Asked, Token, TypedNumber
from observers.api.elections import moment
from observers.api.problems import problem
from observers.badges import showing, tokens
from observers.badges.numbers import NotANumber, normalised
from observers.badges.rates import count_number, count_token
from observers.badges.showing import Shown
from observers.domain.verification import Checked, Verdict, check_badge, check_number

router = Router(tags=["verification"])


@router.get("/verification/numbers/{number}", response=Verified, url_name="verify_number")
def number(
    request: HttpRequest, response: HttpResponse, number: TypedNumber, asked: Query[Asked]
) -> Any:
    """The newest badge of the observer with an accreditation number

    Numbers can be counted through, so few may be checked: a limit of their own, in `Retry-After`
    when it is reached. Wrong ones count as well. 404 for a number that is nobody's.
    """
    count_number(request)
    response["Cache-Control"] = "no-store"
    try:
        known = normalised(number)
    except NotANumber:
        return _nobodys(Verdict.UNKNOWN)
    checked = check_number(known, place=None, now=database_now())
    if checked is None:
        return _nobodys(Verdict.UNKNOWN)
    return _verified(checked, showing.of_number(checked, None))


@router.get("/verification/tokens/{token}", response=Verified, url_name="verify_token")
def token(request: HttpRequest, response: HttpResponse, token: Token, asked: Query[Asked]) -> Any:
    """The badge with a signed token

    `docs/badges.md` describes the token, the public keys and the revocation list, with which
    badges are checked without asking anybody. 404 for a token that this portal has not signed.
    """
    count_token(request)
    response["Cache-Control"] = "no-store"
    try:
        facts = tokens.read(token)
    except tokens.NotGenuine:
        return _nobodys(Verdict.NOT_GENUINE)
    checked = check_badge(
        facts.index,
        number=facts.number,
        serial=facts.serial,
        election=facts.election,
        place=None,
        now=database_now(),
    )
    if checked is None:
        return _nobodys(Verdict.NOT_GENUINE)
    return _verified(checked, showing.of_code(checked, None))


def _nobodys(verdict: Verdict) -> HttpResponse:
    return problem(404, showing.alone(verdict).line, verdict=verdict)


def _verified(checked: Checked, shown: Shown) -> dict[str, Any]:
    person, badge = checked.application, checked.badge
    organisation, election = person.organisation, person.election
    place = badge.constituency if badge else None
    return {
        "verdict": checked.verdict,
        "sentence": f"{shown.saying.word}: {shown.line}",
        "checked_at": moment(database_now(), election),
        "election": election.slug,
        "number": person.accreditation_number,
        "name": shown.name,
        "kind": person.kind,
        "organisation": organisation.shown_name if organisation else "",
        "scope": badge.scope if badge else person.scope,
        "constituency": place.number if place else None,
        "serial": badge.serial if badge else None,
        "valid_from": moment(badge.valid_from, election) if badge else None,
        "valid_until": moment(checked.until, election) if checked.until else None,
    }
