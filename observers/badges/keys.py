"""The keys that sign badges and the revocation list, read once from the settings.

`BADGE_KEYS` (or the lines of `BADGE_KEYS_FILE`) names keys whose private part is here, newest
first: the first signs, all verify. `BADGE_RETIRED_KEYS` names those whose private part is gone:
what they signed verifies still. A sentence about a wrong entry names its place and never repeats
it, because it may be the key itself.
"""

import base64
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
# What a badge names its key by; as short as that, because it stands in every QR code.
KID = re.compile(r"[A-Za-z0-9]{1,4}")
# The public part of the key in docs/badge-test-vectors.json: everybody has its private part.
PUBLISHED_TEST_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@dataclass(frozen=True)
class BadgeKey:
    """A key by its id. `seed` is the private part; a retired key has none."""

    kid: str
    public: bytes
    seed: bytes | None = field(default=None, repr=False)

    @property
    def x(self) -> str:
        """The public part in the letters of a JWK, which `BADGE_RETIRED_KEYS` takes as well."""
        return base64.urlsafe_b64encode(self.public).decode().rstrip("=")

    def jwk(self) -> dict[str, str]:
        """The public part, as RFC 8037 writes it."""
        says = {"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "use": "sig", "alg": "EdDSA"}
        return says | {"x": self.x}


@dataclass(frozen=True)
class Keyring:
    """What the settings say: keys that can be used, and a sentence for each entry that cannot."""

    keys: tuple[BadgeKey, ...]
    problems: tuple[str, ...]


def signing_key() -> BadgeKey:
    """The one that signs now. Raises ImproperlyConfigured where there is none."""
    return _usable().keys[0]


def public_keys() -> dict[str, BadgeKey]:
    """All that badges may be signed with, by id, the one that signs first.

    Raises ImproperlyConfigured when any entry is wrong: a key left out in silence would make
    forgeries of genuine badges.
    """
    return {key.kid: key for key in _usable().keys}


def problems() -> tuple[str, ...]:
    """Sentences on what is wrong with the settings; none when badges can be signed."""
    return _keyring().problems


def uses_the_published_test_key() -> bool:
    return any(key.public.hex() == PUBLISHED_TEST_KEY for key in _keyring().keys)


def from_seed(kid: str, seed: bytes) -> BadgeKey:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return BadgeKey(kid, private.public_key().public_bytes_raw(), seed)


# --- Reading the settings -------------------------------------------------------------------------

NO_KEY = "BADGE_KEYS is empty: badges need a key to sign with. `manage.py badge_key` makes one."


def _usable() -> Keyring:
    keyring = _keyring()
    if keyring.problems:
        raise ImproperlyConfigured(keyring.problems[0])
    return keyring


def _keyring() -> Keyring:
    return _read(
        tuple(settings.BADGE_KEYS), settings.BADGE_KEYS_FILE, tuple(settings.BADGE_RETIRED_KEYS)
    )


@lru_cache(maxsize=8)
def _read(private: tuple[str, ...], path: str, retired: tuple[str, ...]) -> Keyring:
    """Kept by what was set: a process reads its keys, and the file, once."""
    wrong: list[str] = []
    source = "BADGE_KEYS"
    if path:
        if private:
            wrong.append("BADGE_KEYS and BADGE_KEYS_FILE are both set. Set one of them.")
        source, private = "BADGE_KEYS_FILE", _lines(path, wrong)
    signing = [from_seed(kid, seed) for kid, seed in _entries(source, private, PRIVATE, wrong)]
    gone = [
        BadgeKey(kid, public)
        for kid, public in _entries("BADGE_RETIRED_KEYS", retired, PUBLIC, wrong)
    ]
    if not (signing or wrong):
        wrong.append(NO_KEY)
    wrong += _named_twice([*signing, *gone])
    return Keyring((*signing, *gone), tuple(wrong))


def _lines(path: str, wrong: list[str]) -> tuple[str, ...]:
    try:
        lines = Path(path).read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        wrong.append(f"BADGE_KEYS_FILE={path} cannot be read: {type(error).__name__}.")
        return ()
    return tuple(line.strip() for line in lines if line.strip())


def _entries(
    source: str, entries: tuple[str, ...], form: "Form", wrong: list[str]
) -> Iterator[tuple[str, bytes]]:
    """Key id and 32 bytes of each good entry."""
    for position, entry in enumerate(entries, start=1):
        kid, colon, encoded = entry.partition(":")
        key = form.decoded(encoded)
        if colon and KID.fullmatch(kid) and len(key) == KEY_BYTES:
            yield kid, key
        else:
            wrong.append(
                f"Entry {position} of {source} must read <key id>:<{form.words}>, "
                "the id being 1 to 4 letters (A-Z, a-z) or digits."
            )


def _named_twice(keys: list[BadgeKey]) -> list[str]:
    counted = Counter(key.kid for key in keys)
    return [
        f"The badge key id {kid} is given twice; a badge could not say which one signed it."
        for kid, times in counted.items()
        if times > 1
    ]


@dataclass(frozen=True)
class Form:
    """How 32 bytes are written. Public parts are published, so they are written otherwise than
    private ones: a private key in the place of a public one is refused, not published."""

    words: str
    pattern: re.Pattern[str]
    altchars: bytes

    def decoded(self, encoded: str) -> bytes:
        """Nothing where it is written otherwise."""
        if not self.pattern.fullmatch(encoded):
            return b""
        return base64.b64decode(encoded.ljust(44, "="), self.altchars)


PRIVATE = Form("base64 of 32 bytes", re.compile(r"[A-Za-z0-9+/]{43}="), b"+/")
PUBLIC = Form("x of the key in keys.json", re.compile(r"[A-Za-z0-9_-]{43}"), b"-_")
