"""Links that speak for one person: signed, and bound to the person's identity document.

Whoever has the link acts for the person, so it is given to nobody else. It holds the application's
key and a signature, short enough for a small QR code, and nothing about the person.
"""

import base64
import uuid

from django.core import signing

from observers.models import Application

# Bits enough (132) that nobody finds a signature by trying.
SIGNATURE_LENGTH = 22


class _Signer(signing.Signer):
    """With short signatures. Knows the secret keys of before (`SECRET_KEY_FALLBACKS`)."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        return super().signature(value, key)[:SIGNATURE_LENGTH]


def _signer() -> _Signer:
    return _Signer(sep=".", salt="observers.agreement")


def token_of(application: Application) -> str:
    """What the person's link ends in."""
    name = base64.urlsafe_b64encode(application.key.bytes).decode().rstrip("=")
    return f"{name}.{_signer().signature(_bound(name, application))}"


def key_in(token: str) -> uuid.UUID | None:
    """The key of the application that a token names; None for what is no token. Proves nothing."""
    name = token.partition(".")[0]
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(name + "=="))
    except ValueError:
        return None


def is_genuine(token: str, application: Application) -> bool:
    """Whether we made this token for the person who stands in the application now."""
    name, _sep, signature = token.partition(".")
    try:
        _signer().unsign(f"{_bound(name, application)}.{signature}")
    except signing.BadSignature:
        return False
    return True


def _bound(name: str, application: Application) -> str:
    return f"{name}:{application.identity_index}"
