"""The token in a badge's QR code: what a badge says, signed, and nothing about the person.

A CBOR Web Token (RFC 8392) in base32, written in one way only: `read` accepts a token only if
it would write the same text again, so every changed bit and every changed letter is refused.
`docs/badges.md` describes the form for those who check badges with software of their own, and
why it is this one.
"""

import base64
import datetime
import re
from dataclasses import dataclass
from typing import Any

import cbor2
from django.conf import settings

from elections.enums import Scope
from observers.badges import cose
from observers.badges.cose import NotGenuine

__all__ = ["BadgeFacts", "NotGenuine", "link", "read", "sign"]

# Names of claims (RFC 8392); the last is ours, from the range for private use.
SUBJECT, EXPIRES, NOT_BEFORE, BADGE = 2, 4, 5, -65537
SCOPE_CODES = {Scope.NATIONWIDE: 1, Scope.CONSTITUENCY: 2, Scope.SPECIAL_PERMISSION: 3}
SCOPES = {code: scope for scope, code in SCOPE_CODES.items()}

_NUMBER = re.compile(r"[A-Z]-[0-9]{7,19}-[0-9]{2}")
# Base32 (RFC 4648) without padding, as many characters as the largest token can have.
_TEXT = re.compile(r"[A-Z2-7]{100,400}")


@dataclass(frozen=True)
class BadgeFacts:
    """What a badge says to whoever scans it.

    `election` and `index` are the ids of election and badge; `index` is also the badge's place
    on the revocation list. `constituency` is its number, 0 for a badge of another scope. Times
    are aware; what a token carries of them are whole seconds.
    """

    number: str
    serial: int
    election: int
    scope: Scope
    constituency: int
    index: int
    valid_from: datetime.datetime
    valid_until: datetime.datetime


def sign(facts: BadgeFacts) -> str:
    """The token, signed by the newest key. The same facts and key give the same token.

    Raises ValueError for facts that `read` would refuse: they must not be printed.
    """
    if wrong := _wrong(facts):
        raise ValueError(wrong)
    return _text(cose.sealed(_payload(facts)))


def read(token: str) -> BadgeFacts:
    """What the badge says, if this portal signed it. Raises NotGenuine, whatever it is given.

    An expired or revoked badge is genuine as well: that is a question of its own.
    """
    payload = cose.opened(_bytes(token))
    try:
        facts = _facts(cbor2.loads(payload))
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, OSError) as error:
        raise NotGenuine("Signed, but not the facts of a badge.") from error
    if _wrong(facts) or _payload(facts) != payload:
        raise NotGenuine("Signed, but not the facts of a badge in the one form there is.")
    return facts


def link(token: str) -> str:
    """What the QR code holds: an address of this portal that any phone's camera opens.

    All capitals, so that the code is made in QR's alphanumeric mode and stays small; scheme and
    host are read the same in either case.
    """
    return f"{settings.SITE_URL.upper()}/V/{token}"


# --- Text and bytes -------------------------------------------------------------------------------


def _text(envelope: bytes) -> str:
    return base64.b32encode(envelope).decode().rstrip("=")


def _bytes(token: str) -> bytes:
    if not _TEXT.fullmatch(token):
        raise NotGenuine("No token is written so.")
    try:
        envelope = base64.b32decode(token + "=" * (-len(token) % 8))
    except ValueError as error:
        raise NotGenuine("No token is that long.") from error
    if _text(envelope) != token:
        # The last letter can have bits that belong to no byte.
        raise NotGenuine("Another spelling of a token is none.")
    return envelope


# --- Facts and claims -----------------------------------------------------------------------------


def _payload(facts: BadgeFacts) -> bytes:
    """Deterministic (RFC 8949, 4.2): shortest numbers, the claims in this order."""
    return cbor2.dumps(
        {
            SUBJECT: facts.number,
            EXPIRES: int(facts.valid_until.timestamp()),
            NOT_BEFORE: int(facts.valid_from.timestamp()),
            BADGE: [
                # `int` turns a CBOR `true` into 1, which then is not what was read.
                int(facts.election),
                int(facts.serial),
                SCOPE_CODES[facts.scope],
                int(facts.constituency),
                int(facts.index),
            ],
        }
    )


def _facts(claims: Any) -> BadgeFacts:
    """Raises ValueError and its like for claims that are none of a badge."""
    match claims:
        case {
            2: str(number),
            4: int(until),
            5: int(since),
            -65537: [int(election), int(serial), int(scope), int(constituency), int(index)],
        } if scope in SCOPES:
            return BadgeFacts(
                number=number,
                serial=serial,
                election=election,
                scope=SCOPES[scope],
                constituency=constituency,
                index=index,
                valid_from=datetime.datetime.fromtimestamp(since, datetime.UTC),
                valid_until=datetime.datetime.fromtimestamp(until, datetime.UTC),
            )
    raise ValueError("No claims of a badge.")


def _wrong(facts: BadgeFacts) -> str:
    """What no badge can say; empty when all is in order."""
    if not _NUMBER.fullmatch(facts.number):
        return f"{facts.number!r} is no accreditation number."
    if min(facts.election, facts.serial, facts.index) < 1:
        return "Election, serial and index count from 1."
    if (facts.constituency > 0) != (facts.scope == Scope.CONSTITUENCY) or facts.constituency < 0:
        return "A constituency is named by a badge for one constituency, and by no other."
    if facts.valid_from >= facts.valid_until:
        return "A badge is valid from a moment before the one until which it is."
    return ""
