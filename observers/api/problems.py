"""What is said when something is not answered: RFC 9457, with a sentence for a person."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"


def problem(status: int, sentence: str = "", **members: Any) -> HttpResponse:
    """`members`: what software may want to know besides."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence or ordinary(status),
        **members,
    }
    text = json.dumps(content, ensure_ascii=False)
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(text, status=status, content_type=CONTENT_TYPE, headers=headers)


def ordinary(status: int) -> str:
    """Where nothing more is known."""
    sentences = {
        400: _("This request cannot be understood."),
        404: _("There is nothing at this address."),
        405: _("What is published can be read, and not changed."),
        429: _("Too many requests came from this network in a short while."),
        500: _("Something went wrong here. It is not your fault, and has been recorded."),
    }
    return sentences.get(status) or sentences[500 if status >= 500 else 400]
