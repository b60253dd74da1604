"""The API itself: which rooms it has, and what becomes of what goes wrong in them."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from observers.api import elections, observers, statistics, verification
from observers.api.description import ABOUT
from observers.api.problems import problem
from observers.api.queries import UnknownPlace
from observers.badges.rates import TooOften
from observers.register import queries
from observers.register.patience import TakesTooLong


class Renderer(JSONRenderer):
    """Names are readable in the answer too."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="Register of election observers",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    servers=[{"url": settings.SITE_URL}],
    renderer=Renderer(),
)
api.add_router("", elections.router)
api.add_router("", observers.router)
api.add_router("", statistics.router)
api.add_router("", verification.router)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404)


@api.exception_handler(UnknownPlace)
@api.exception_handler(queries.UnknownPlace)
def no_such_page(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(404, _("There is no such page of this list. Begin again at the first."))


@api.exception_handler(TakesTooLong)
def too_slow(request: HttpRequest, error: TakesTooLong) -> HttpResponse:
    return problem(400, str(error))


@api.exception_handler(TooOften)
def too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
    response = problem(429, _("Too many badges were checked from this network in a short while."))
    response["Retry-After"] = str(error.seconds)
    return response


@api.exception_handler(ValidationError)
def wrong_parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    mistakes = [_mistake(one) for one in error.errors]
    names = ", ".join(mistake["parameter"] for mistake in mistakes)
    return problem(
        422, _("This address cannot be answered because of: %s.") % names, errors=mistakes
    )


def _mistake(error: dict[str, Any]) -> dict[str, Any]:
    context = error.get("ctx", {})
    name = str(context.get("parameter") or error["loc"][-1])[:60]
    sentences = {
        "unknown": _("No such parameter is known here."),
        "repeated": _("This parameter is given more than once."),
        "enum": _("There is no such value."),
        "literal_error": _("There is no such value."),
        "string_too_long": _("This is too long."),
        "string_too_short": _("This is empty."),
        "greater_than_equal": _("This number is too small."),
        "less_than_equal": _("This number is too large."),
    }
    sentence = sentences.get(error["type"], _("This is not written as it has to be."))
    mistake = {"parameter": name, "detail": sentence}
    if allowed := context.get("expected", ""):
        mistake["allowed"] = allowed.replace(" or ", ", ").replace("'", "").split(", ")
    return mistake
