"""The keys of the encrypted columns and of the blind index, read once from the settings."""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@cache
def ciphers() -> dict[bytes, AESGCM]:
    """Ciphers by key id, the one to write with first.

    Raises ImproperlyConfigured when `FIELD_KEYS` is not a list of `<id>:<base64 of 32 bytes>`.
    """
    found: dict[bytes, AESGCM] = {}
    for entry in settings.FIELD_KEYS:
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ImproperlyConfigured("FIELD_KEYS holds a key that is not base64.") from error
        if not key_id or len(key_id) > 20 or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(
                'Each of FIELD_KEYS must read "<key id>:<base64 of 32 bytes>".'
            )
        found[key_id.encode()] = AESGCM(key)
    if not found:
        raise ImproperlyConfigured("FIELD_KEYS is empty: set at least one key.")
    return found


@cache
def _index_key() -> bytes:
    return hashlib.sha256(settings.BLIND_INDEX_KEY.encode()).digest()


def blind_index(*parts: str) -> str:
    """A keyed fingerprint (64 hexadecimal digits) that equal values share.

    It lets the database compare identity numbers that it cannot read. Without the key nobody
    can try out numbers against it, which a plain hash of so few digits would allow.
    """
    message = "\x1f".join(parts).encode()
    return hmac.new(_index_key(), message, hashlib.sha256).hexdigest()
