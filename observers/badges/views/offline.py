"""What makes the verification page work without a network: its worker and its manifest."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from observers.badges.views.page import shell
from observers.badges.views.visiting import in_chosen_language

# A phone asks for the worker at each visit; elections and places change rarely.
_KEPT_SECONDS = 60
_FONTS = [
    f"vendor/ibm-plex/IBMPlexSans-{weight}-{script}.woff2"
    for weight in ("Regular", "SemiBold")
    for script in ("Latin1", "Latin2", "Cyrillic")
]
_MODULES = (
    "bytes", "camera", "outcome", "page", "place", "signature", "statuslist", "stock", "token",
    "verdict", "words",
)  # fmt: skip
FILES = (
    "css/tokens.css",
    "css/fonts-sans.css",
    "css/verify.css",
    "img/verify.svg",
    "img/favicon.svg",
    "vendor/qr/qr.min.js",
    "vendor/noble-ed25519/noble-ed25519.min.js",
    *(f"js/verify/{module}.js" for module in _MODULES),
    *_FONTS,
)


@require_safe
@cache_control(no_cache=True)
@conditional_page
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with what it keeps written above it."""
    path = finders.find("js/verify/worker.js")
    source = Path(str(path)).read_text(encoding="utf-8")
    constant = f"const RELEASE = {json.dumps(release(request))};\n\n"
    response = HttpResponse(constant + source, content_type="text/javascript; charset=utf-8")
    # Scanned codes lead to /V/, outside the worker's own folder.
    response["Service-Worker-Allowed"] = "/"
    return response


def release(request: HttpRequest) -> dict[str, Any]:
    """What phones keep. The version follows from all of it: files, words, elections, places."""
    version = cache.get_or_set("verify.release", lambda: _version(request), _KEPT_SECONDS)
    home = reverse("verify:page")
    return {
        "version": version,
        "files": [static(name) for name in FILES],
        "shells": {code: f"{home}?language={code}" for code, _name in settings.LANGUAGES},
        "language": settings.LANGUAGE_CODE,
    }


def _version(request: HttpRequest) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(static(name).encode())
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            digest.update(shell(request).encode())
    return digest.hexdigest()[:16]


@require_safe
@in_chosen_language
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """So that the page can be put on a phone's first screen."""
    home = reverse("verify:page")
    says = {
        "id": home,
        "start_url": home,
        "scope": home,
        "name": _("Check a badge"),
        "short_name": _("Check a badge"),
        "lang": translation.get_language(),
        "display": "standalone",
        "background_color": "#fbfaf6",
        "theme_color": "#0b5060",
        "icons": [
            _icon("192", "any"),
            _icon("512", "any"),
            _icon("512", "maskable"),
        ],
    }
    return JsonResponse(says, content_type="application/manifest+json")


def _icon(side: str, purpose: str) -> dict[str, str]:
    suffix = "-maskable" if purpose == "maskable" else ""
    return {
        "src": static(f"img/verify/icon-{side}{suffix}.png"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }
