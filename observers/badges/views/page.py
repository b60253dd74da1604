"""The one page of verification, whatever it shows. Without a result it is what phones keep."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import time_words
from elections.enums import Scope
from observers.badges.queries import Ground, grounds
from observers.badges.rates import TooOften
from observers.badges.showing import Shown
from observers.badges.views.visiting import place_of
from observers.badges.words import SAYINGS, phrases
from observers.domain.verification import Place

TEMPLATE = "verify/page.html"


def page(
    request: HttpRequest,
    *,
    shown: Shown | None = None,
    typed: str = "",
    mistake: str = "",
    status: int = 200,
) -> HttpResponse:
    """`shown`: a result; `typed` and `mistake`: what was wrong with a number."""
    context = _context(place_of(request)) | {
        "shown": shown,
        "typed": typed,
        "mistake": mistake,
        "is_served": bool(shown or mistake),
        "here": request.path,
    }
    return render(request, TEMPLATE, context, status=status)


def too_often(request: HttpRequest, often: TooOften, *, sentence: str) -> HttpResponse:
    minutes = -(-often.seconds // 60)
    wait = ngettext("Try again in %(n)d minute.", "Try again in %(n)d minutes.", minutes)
    mistake = f"{sentence} {wait % {'n': minutes}}"
    response = page(request, mistake=mistake, status=429)
    response["Retry-After"] = str(often.seconds)
    return response


def shell(request: HttpRequest) -> str:
    """The page as it lies on phones: nobody's, and in the language that is being spoken."""
    return render_to_string(TEMPLATE, _context(None) | {"here": ""}, request)


def _context(place: Place | None) -> dict[str, Any]:
    current = grounds()
    return {
        "grounds": current,
        "place": f"{place.election}-{place.constituency}" if place else "",
        "words": _words(current),
        "languages": [code for code, _name in settings.LANGUAGES],
        "language": get_language(),
        "title": _("Check a badge"),
    }


def _words(current: list[Ground]) -> dict[str, Any]:
    """For the script; see static/js/verify/words.js."""
    elections = {
        ground.election.pk: {
            "name": ground.election.name,
            "zone": {"name": ground.election.time_zone, "words": ground.election.time_zone_name},
        }
        for ground in current
    }
    zones = [election["zone"] for election in elections.values()]
    return {
        "language": get_language(),
        "verdicts": {verdict: saying.as_json() for verdict, saying in SAYINGS.items()},
        "phrases": phrases(),
        "scopes": {scope: str(scope.label) for scope in Scope},
        "elections": elections,
        "zone": zones[0] if zones else {"name": settings.TIME_ZONE, "words": settings.TIME_ZONE},
        **time_words.for_scripts(),
    }
