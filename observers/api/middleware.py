"""What all addresses of the API have in common, whatever answers there, errors included."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from observers.api import problems, rates

PREFIX = "/api/v1/"
METHODS = "GET, HEAD, OPTIONS"
KEPT_SECONDS = 60
# Of what a page of another site may read beyond the content.
EXPOSED = "ETag, RateLimit, RateLimit-Policy, Retry-After"
ASKED_HEADERS = "Accept, Accept-Language, Content-Type, If-None-Match"

Answer = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """The API knows nobody: it is read without cookies and sets none, so that answers may be kept
    by everybody and read by pages of every site. It stands above the middleware that reads them.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        _forget_the_visitor(request)
        if request.method == "OPTIONS":
            return _shared(HttpResponse(status=204, headers={"Allow": METHODS}))
        allowance = rates.count(request)
        if allowance and allowance.is_used_up:
            with translation.override(translation.get_language_from_request(request)):
                response: HttpResponseBase = problems.problem(429)
        else:
            response = self._answered(request)
        if allowance:
            allowance.write(response)
        return _shared(response)

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        """HEAD is GET without its content."""
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = _as_problem(self.get_response(request))
        if isinstance(response, HttpResponse):
            response = _kept(request, response)
            response["Content-Length"] = str(len(response.content))
            if is_head:
                response.content = b""
        return response


def _forget_the_visitor(request: HttpRequest) -> None:
    """And answer in the language that the address names, before the one of the browser."""
    request.META.pop("HTTP_COOKIE", None)
    request.META.pop("HTTP_AUTHORIZATION", None)
    language = request.GET.get("language", "")
    if language in dict(settings.LANGUAGES):
        request.META["HTTP_ACCEPT_LANGUAGE"] = language


def _as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """The site's own pages for errors are for people."""
    is_problem = response.get("Content-Type", "").startswith(problems.CONTENT_TYPE)
    if response.status_code < 400 or is_problem:
        return response
    said = problems.problem(response.status_code)
    if response.status_code == 405:
        said["Allow"] = METHODS
    return said


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """For a minute by everybody, and then asked for again by its mark; but not what says of itself
    that nobody keeps it, as every problem does."""
    if "no-store" in response.get("Cache-Control", ""):
        return response
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    known = get_conditional_response(request, etag=response["ETag"], response=response)
    return known if isinstance(known, HttpResponse) else response


def _shared(response: HttpResponseBase) -> HttpResponseBase:
    """With pages of every site: there is nothing of any visitor in it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED
    if response.status_code == 204:
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = ASKED_HEADERS
        response["Access-Control-Max-Age"] = "86400"
    response["X-Content-Type-Options"] = "nosniff"
    # People find observers on the pages, under the names they show now.
    response["X-Robots-Tag"] = "noindex"
    return response
