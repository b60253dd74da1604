"""How often a badge may be checked, so that nobody collects the photos of observers.

Numbers can be counted through, so few may be typed; a genuine code can only be had from a badge.
Both are counted per address of the reader, numbers also all together, in the cache: while that is
gone, everybody is answered. The limits are settings; `docs/operations.md` says which header a proxy
must set.
"""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django_ratelimit.core import get_usage


@dataclass
class TooOften(Exception):
    """The reader has to wait so many seconds."""

    seconds: int


def count_number(request: HttpRequest) -> None:
    """Raises TooOften. Wrong numbers count as well: they are how one would look for right ones."""
    _count(request, "verify-number", "ip", settings.VERIFY_NUMBER_RATE)
    _count(request, "verify-numbers", _everybody, settings.VERIFY_NUMBERS_CEILING)


def count_token(request: HttpRequest) -> None:
    """Raises TooOften."""
    _count(request, "verify-token", "ip", settings.VERIFY_TOKEN_RATE)


def count_own(request: HttpRequest, who: str) -> None:
    """One badge for `who` to download takes a process for half a second. Raises TooOften."""
    _count(request, "own-badge", lambda _group, _request: who, settings.OWN_BADGE_RATE)


def count_all(request: HttpRequest, who: str) -> None:
    """All badges of an organisation: a worker has seconds of work with every thousand. Raises
    TooOften."""
    _count(request, "all-badges", lambda _group, _request: who, settings.ALL_BADGES_RATE)


def _everybody(group: str, request: HttpRequest) -> str:
    return group


def _count(request: HttpRequest, group: str, key: Any, rate: str) -> None:
    usage = get_usage(request, group=group, key=key, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooOften(max(1, usage["time_left"]))


def address_of(request: HttpRequest) -> str:
    """The reader's address, by the same settings as for signing in."""
    try:
        return str(get_adapter().get_client_ip(request))
    except ImproperlyConfigured:  # it did not come through as many proxies as there are
        return str(request.META["REMOTE_ADDR"])
