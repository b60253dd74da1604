"""What somebody typed while their session had already ended.

A form that is sent without a session would be lost on the way to the sign-in page. Here its
fields wait, encrypted, in the anonymous session of that browser, under the address of the page.
Signing in keeps what a session holds, and the page then shows the fields again. Signing out, an
hour, or an address that is not theirs ends the keeping. Files are not kept.
"""

import base64
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from privacy.fields import seal, unseal

KEPT_IN = "kept_forms"
KEPT_FOR = 60 * 60  # seconds
LARGEST = 100_000  # characters of one form
MOST = 5  # forms of one browser

View = Callable[..., HttpResponseBase]


def keeps_what_was_typed(view: View) -> View:
    """For a page with a form that asks for a signed-in person.

    A form sent without a session is kept, and the way leads through the sign-in page back to
    this address, where the view finds the fields with `typed_before`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.method == "POST":
                _keep(request)
            return redirect_to_login(request.get_full_path())
        if request.method == "POST":
            forget(request, request.path)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            forget(request, request.path)
            raise

    return guarded


def typed_before(request: HttpRequest) -> QueryDict | None:
    """The fields that were sent to this address without a session, to be shown again."""
    entry = request.session.get(KEPT_IN, {}).get(request.path)
    if entry is None:
        return None
    try:
        if entry["at"] + KEPT_FOR < time.time():
            raise KeyError
        plain = unseal(base64.b64decode(entry["sealed"]), _bound_to(request.path))
    except (KeyError, InvalidTag):
        forget(request, request.path)
        return None
    return QueryDict(plain)


def forget(request: HttpRequest, path: str) -> None:
    """Drop what is kept for an address: it was sent again, stored, or is not theirs."""
    kept = request.session.get(KEPT_IN, {})
    if path in kept:
        request.session[KEPT_IN] = {other: kept[other] for other in kept if other != path}


def _keep(request: HttpRequest) -> None:
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    plain = typed.urlencode()
    if len(plain) > LARGEST:
        return
    sealed = base64.b64encode(seal(plain, _bound_to(request.path))).decode()
    kept = request.session.get(KEPT_IN, {}) | {
        request.path: {"at": int(time.time()), "sealed": sealed}
    }
    newest = sorted(kept, key=lambda path: kept[path]["at"])[-MOST:]
    request.session[KEPT_IN] = {path: kept[path] for path in newest}
    messages.info(
        request,
        _("Your session had ended. What you typed is kept: sign in and it is shown again."),
    )


def _bound_to(path: str) -> str:
    return f"kept form of {path}"
