"""Checking a badge by its number or its code. Every page here works without script."""

import re
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from elections.domain.clock import database_now
from observers.badges import showing, tokens
from observers.badges.numbers import NotANumber, WrongCheckDigits, normalised
from observers.badges.portraits import NoPortrait, portrait
from observers.badges.rates import TooOften, count_number, count_token
from observers.badges.showing import Shown
from observers.badges.views.page import page, too_often
from observers.badges.views.visiting import in_chosen_language, keep_place, place_of
from observers.domain.verification import Verdict, check_badge, check_number

View = Callable[..., HttpResponse]
# Of a badge's code, pasted.
_LINK = re.compile(r"(https?://[^/]+)?/V/(?P<token>\w+)/?", re.IGNORECASE | re.ASCII)


def _answers(view: View) -> View:
    """Looked at only, in the chosen language, kept nowhere."""
    return require_safe(never_cache(in_chosen_language(view)))


@_answers
@gzip_page
def verify(request: HttpRequest) -> HttpResponse:
    """The form; and where it leads: to a number, a code, or the page from which a place was
    chosen."""
    if "place" in request.GET:
        return _place_chosen(request)
    typed = request.GET.get("number", "").strip()
    if not typed:
        return page(request)
    if link := _LINK.fullmatch(typed):
        return redirect("scanned", link["token"])
    return _number_typed(request, typed)


def _place_chosen(request: HttpRequest) -> HttpResponse:
    there = request.GET.get("next", "")
    home = reverse("verify:page")
    fits = url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    response = redirect(there if fits and there.startswith(("/V/", home)) else home)
    keep_place(request, response, request.GET["place"])
    return response


def _number_typed(request: HttpRequest, typed: str) -> HttpResponse:
    try:
        return redirect("verify:number", normalised(typed))
    except NotANumber as error:
        wrong = error
    try:
        count_number(request)
    except TooOften as often:
        return _too_many_numbers(request, often)
    return page(request, typed=typed, mistake=_what_is_wrong(wrong))


def _what_is_wrong(error: NotANumber) -> str:
    if isinstance(error, WrongCheckDigits):
        return _(
            "A figure of this number is mistyped: the last two do not fit the others. Compare it "
            "with the badge."
        )
    return _("An accreditation number looks like this: A-0012345-20. It is printed on the badge.")


def _too_many_numbers(request: HttpRequest, often: TooOften) -> HttpResponse:
    sentence = _(
        "Too many numbers were checked from this network in a short while. To scan the code on a "
        "badge is still possible."
    )
    return too_often(request, often, sentence=sentence)


@_answers
def number(request: HttpRequest, number: str) -> HttpResponse:
    """The status of a number now; 404 for one that is nobody's."""
    try:
        count_number(request)
    except TooOften as often:
        return _too_many_numbers(request, often)
    try:
        known = normalised(number)
    except NotANumber as error:
        nobodys = showing.alone(Verdict.UNKNOWN, line=_what_is_wrong(error))
        return _result(request, nobodys)
    if known != number:
        return redirect("verify:number", known)
    place = place_of(request)
    checked = check_number(known, place=place, now=database_now())
    if checked is None:
        return _result(request, showing.alone(Verdict.UNKNOWN))
    return _result(request, showing.of_number(checked, place))


@_answers
def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """What a phone's camera opens; 404 for a code that is not genuine."""
    try:
        count_token(request)
    except TooOften as often:
        return too_often(request, often, sentence=_too_many_codes())
    return _result(request, _of_token(request, token))


@_answers
def now(request: HttpRequest, token: str) -> HttpResponse:
    """The same for the script that has already checked the code itself: the result alone."""
    try:
        count_token(request)
    except TooOften as often:
        response = HttpResponse(_too_many_codes(), status=429, content_type="text/plain")
        response["Retry-After"] = str(often.seconds)
        return response
    shown = _of_token(request, token)
    response = render(request, "verify/_outcome.html", {"shown": shown}, status=_status(shown))
    response["X-Verify"] = "outcome"
    return response


def _too_many_codes() -> str:
    return _("Too many badges were checked from this network in a short while.")


def _of_token(request: HttpRequest, token: str) -> Shown:
    place = place_of(request)
    try:
        facts = tokens.read(token)
    except tokens.NotGenuine:
        return showing.alone(Verdict.NOT_GENUINE)
    checked = check_badge(
        facts.index,
        number=facts.number,
        serial=facts.serial,
        election=facts.election,
        place=place,
        now=database_now(),
    )
    return showing.of_code(checked, place) if checked else showing.alone(Verdict.NOT_GENUINE)


def _result(request: HttpRequest, shown: Shown) -> HttpResponse:
    response = page(request, shown=shown, status=_status(shown))
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _status(shown: Shown) -> int:
    return 200 if shown.is_known else 404


@require_safe
def photo(request: HttpRequest, signed: str) -> HttpResponse:
    """For five minutes to whoever has the address, which only a page that shows a result makes."""
    try:
        body = portrait(signed)
    except NoPortrait as error:
        raise Http404 from error
    headers: dict[str, Any] = {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow, noimageindex",
    }
    return HttpResponse(body, content_type="image/jpeg", headers=headers)
