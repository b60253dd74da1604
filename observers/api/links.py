"""Addresses as others can use them: with the host."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode


def address(name: str, *args: Any, **query: Any) -> str:
    """Of a page of this portal. What is not asked for stays out of it."""
    asked = {key: value for key, value in query.items() if value not in (None, "")}
    tail = f"?{urlencode(asked)}" if asked else ""
    return f"{settings.SITE_URL}{reverse(name, args=args)}{tail}"
