"""Public pages that everybody may keep for a while, and ask whether they have changed."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag

KEPT_SECONDS = 60
# Made anew for each answer, and the same to whoever reads it.
_TOKENS = re.compile(rb"\b[A-Za-z0-9]{64}\b")

View = Callable[..., HttpResponse]


def kept_by_everybody(view: View) -> View:
    """Shared caches may keep what a stranger is shown, for each language apart. What may name a
    visitor, or bring them a cookie, stays with them, and so does an answer that something is
    wrong or takes too long."""

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        if _is_theirs(request) or response.status_code != HTTPStatus.OK:
            patch_cache_control(response, private=True, no_cache=True)
        else:
            patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        return response

    return kept


def asked_for_changes(view: View) -> View:
    """Whoever has the page is told when it is the same still. The ETag changes with what is read
    on it, not with the token of its forms."""

    @wraps(view)
    def kept(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["ETag"] = quote_etag(_mark(response.content))
        answer = get_conditional_response(request, etag=response["ETag"], response=response)
        return answer or response

    return kept


def _is_theirs(request: HttpRequest) -> bool:
    """Whoever has a session or a message waiting is no stranger; a form's token is a cookie."""
    known = {settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys()
    return bool(known) or "CSRF_COOKIE_NEEDS_UPDATE" in request.META


def _mark(content: bytes) -> str:
    return hashlib.sha256(_TOKENS.sub(b"", content)).hexdigest()[:32]
