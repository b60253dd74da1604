"""The revocation list that checkers carry offline: two bits for every badge, signed.

A Token Status List of the IETF OAuth working group, as a CBOR Web Token. It is computed from the
badges themselves, so a replacement or revocation is on it in its own transaction; what the public
gets is at most `KEPT_SECONDS` older. `docs/badges.md` says how it is read and how large it gets.
"""

import datetime
import zlib
from typing import Any

import cbor2
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from elections.domain.clock import database_now
from observers.badges import cose
from observers.domain.ended_badges import EndedBadges, ended_badges

CONTENT_TYPE = "application/statuslist+cwt"
BITS = 2
VALID, REVOKED, REPLACED = 0, 1, 3
# Names of claims: RFC 8392, the status list's own; the last is ours, for private use.
SUBJECT, EXPIRES, ISSUED_AT, STATUS_LIST, TIME_TO_LIVE, RUN_OFFS = 2, 4, 6, 65533, 65534, -65538

KEPT_SECONDS = 5
# When a checker that has a network should ask again.
ASK_AGAIN_SECONDS = 300
# When a checker should no longer rely on it: a polling day with its night, loaded on the eve.
GOOD_FOR = datetime.timedelta(hours=48)
_KEY = "badges.revocations"


def current_list() -> bytes:
    """For the public, computed once in a few seconds however many ask."""
    kept: bytes | None = cache.get(_KEY)
    if kept is None:
        kept = signed(ended_badges(), now=database_now())
        cache.set(_KEY, kept, KEPT_SECONDS)
    return kept


def signed(ended: EndedBadges, *, now: datetime.datetime) -> bytes:
    """The list as it is published.

    It is dated to the minute, so that all servers write the same bytes within one, and a checker
    that asks twice is told that nothing has changed.
    """
    issued_at = int(now.replace(second=0, microsecond=0).timestamp())
    claims: dict[int, Any] = {
        SUBJECT: settings.SITE_URL + reverse("verify:revocations"),
        EXPIRES: issued_at + int(GOOD_FOR.total_seconds()),
        ISSUED_AT: issued_at,
        STATUS_LIST: {"lst": packed(ended), "bits": BITS},
        TIME_TO_LIVE: ASK_AGAIN_SECONDS,
        RUN_OFFS: {
            election: int(until.timestamp()) for election, until in sorted(ended.run_offs.items())
        },
    }
    return cose.sealed(cbor2.dumps(claims), content_type=CONTENT_TYPE)


def packed(ended: EndedBadges) -> bytes:
    """Two bits a badge, four badges a byte, the lowest bits first; compressed with zlib."""
    statuses = bytearray(ended.last // 4 + 1)
    for status, indexes in ((REVOKED, ended.revoked), (REPLACED, ended.replaced)):
        for index in indexes:
            statuses[index // 4] |= status << index % 4 * BITS
    return zlib.compress(bytes(statuses), level=9)
