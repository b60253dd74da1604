"""What the verification page knows of its reader: a language and a place, in two cookies."""

import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from observers.badges.queries import is_current
from observers.domain.verification import Place

PLACE_COOKIE = "verify_place"
_PLACE = re.compile(r"(\d{1,9})-(\d{1,5})", re.ASCII)
_HALF_A_YEAR = 182 * 24 * 60 * 60


def in_chosen_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`?language=ru` speaks Russian from now on: a plain link, because a page that lies on a phone
    can have no form with a token."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        language = request.GET.get("language", "")
        if language not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        translation.activate(language)
        response = view(request, *args, **kwargs)
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, language)
        return response

    return spoken


def place_of(request: HttpRequest) -> Place | None:
    """None as long as the reader has chosen none."""
    place = place_in(request.COOKIES.get(PLACE_COOKIE, ""))
    return place if place and is_current(place) else None


def place_in(text: str) -> Place | None:
    """Of "<election>-<constituency>"."""
    found = _PLACE.fullmatch(text)
    return Place(int(found[1]), int(found[2])) if found else None


def keep_place(request: HttpRequest, response: HttpResponse, text: str) -> None:
    """The script reads and writes it as well (static/js/verify/place.js)."""
    if place_in(text):
        _keep(request, response, PLACE_COOKIE, text)
    else:
        response.delete_cookie(PLACE_COOKIE)


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=_HALF_A_YEAR, secure=request.is_secure(), samesite="Lax"
    )
