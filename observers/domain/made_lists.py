"""The lists of observers as they are given out: kept for a minute, and few made at a time.

The list of the whole country has thousands of lines: typesetting 5,405 takes 2.5 seconds and
500 MB. On polling day many ask for the same list in the same minute, so whoever comes while it is
made waits for that one, and at most two are made at once however many ask. A list may hold names
that the register does not show, so what is kept is sealed.
"""

import time

from django.core.cache import cache

from observers.domain import observer_lists
from observers.domain.observer_lists import ObserverList
from observers.domain.printing import PATIENCE
from privacy.fields import seal_bytes, unseal_bytes

KEPT_SECONDS = 60
PURPOSE = "observer-list"
AT_ONCE = 2
# So long somebody waits for their turn; then they are asked to come again.
WAIT_SECONDS = 8
LOOKED_EVERY = 0.1


class Busy(Exception):
    """Others are being made. It can be asked for again in a few seconds."""


def made(asked: ObserverList) -> bytes:
    """The PDF, at most a minute old: the hour stands on it. Raises Busy."""
    key, until = _key(asked), time.monotonic() + WAIT_SECONDS
    while True:
        kept: bytes | None = cache.get(key)
        if kept:
            return unseal_bytes(kept, PURPOSE)
        turn = _turn(key)
        if turn:
            return _make(asked, key, turn)
        if time.monotonic() >= until:
            raise Busy
        time.sleep(LOOKED_EVERY)


def _key(asked: ObserverList) -> str:
    place = asked.constituency.pk if asked.constituency else 0
    names = "public" if asked.is_public else "full"
    return f"observer-list:{asked.election.pk}:{place}:{names}:{asked.language}"


def _turn(key: str) -> list[str]:
    """The marks that nobody else makes this list, and that there is a place; empty if not yet.
    Marks of a process that died are gone after a minute."""
    mine = f"{key}:being-made"
    if _is_taken(mine):
        return []
    for number in range(AT_ONCE):
        place = f"observer-lists:place:{number}"
        if not _is_taken(place):
            return [mine, place]
    cache.delete(mine)
    return []


def _is_taken(mark: str) -> bool:
    """Takes it, unless somebody has. Without Redis the answer is neither yes nor no; then every
    list is made at once: that is when they are needed most."""
    return cache.add(mark, 1, timeout=PATIENCE) is False


def _make(asked: ObserverList, key: str, turn: list[str]) -> bytes:
    try:
        pdf = observer_lists.as_pdf(asked)
        cache.set(key, seal_bytes(pdf, PURPOSE), timeout=KEPT_SECONDS)
        return pdf
    finally:
        cache.delete_many(turn)
