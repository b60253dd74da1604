"""The demo's letters, to be read by whoever tries it. Only with `DEMO=1`."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PAGE = 50


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """All letters, newest first; `to` leaves those whose address contains it."""
    _only_in_the_demo()
    wanted = request.GET.get("to", "").strip().lower()
    page = _whole_number(request.GET.get("page", ""))
    paths = _newest_first()
    if wanted:
        paths = [path for path in paths if wanted in str(_read(path)["To"]).lower()]
    here = paths[page * PAGE : (page + 1) * PAGE]
    context = {
        "letters": [_line(path) for path in here],
        "wanted": wanted,
        "count": len(paths),
        "first_url": _page_url(0, wanted) if page else "",
        "next_url": _page_url(page + 1, wanted) if len(paths) > (page + 1) * PAGE else "",
    }
    return render(request, "demo/mailbox.html", context)


@require_safe
@never_cache
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One letter as plain text, its links to be followed."""
    _only_in_the_demo()
    paths = [path for path in _newest_first() if path.name == name]
    if not paths:
        raise Http404
    letter = _read(paths[0])
    body = letter.get_body(preferencelist=("plain",))
    crumbs = [{"label": _("The letters of the demo"), "url": reverse("demo_mail")}]
    context = {
        **_line(paths[0]),
        "crumbs": crumbs,
        "text": body.get_content() if body else "",
    }
    return render(request, "demo/message.html", context)


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _newest_first() -> list[Path]:
    """The files of the Maildir. One that is still being written lies in its `tmp`."""
    box = Path(settings.DEMO_MAILBOX)
    found = [(path.stat().st_mtime_ns, path) for path in (*box.glob("new/*"), *box.glob("cur/*"))]
    return [path for _written, path in sorted(found, reverse=True)]


def _read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _line(path: Path) -> dict[str, Any]:
    letter = _read(path)
    date = letter["Date"]
    return {
        "name": path.name,
        "to": str(letter["To"]),
        "sender": str(letter["From"]),
        "subject": str(letter["Subject"]),
        "written_in": str(letter["Content-Language"] or ""),
        "sent_at": _moment(str(date)) if date else None,
    }


def _moment(date: str) -> datetime:
    """Of a Date header; "-0000", which Django writes, is UTC."""
    said = parsedate_to_datetime(date)
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def _whole_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _page_url(page: int, wanted: str) -> str:
    parameters = {"to": wanted, "page": page or ""}
    return "?" + urlencode({name: value for name, value in parameters.items() if value})
