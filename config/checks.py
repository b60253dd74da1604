"""`manage.py check` refuses settings that contradict each other, and says what to change."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

from observers.badges import keys as badge_keys

KEY_BYTES = 32
OLDEST_POSTGRESQL = 150000  # as the server numbers itself: 15.0
MACHINE_ITSELF = {"localhost", "127.0.0.1", "::1"}

Apps = Sequence[AppConfig] | None


@register(Tags.security)
def demo_stays_at_home(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The demo's accounts have known passwords and its staff need no second factor."""
    site = urlsplit(settings.SITE_URL)
    is_public = site.scheme == "https" and site.hostname not in MACHINE_ITSELF
    found: list[CheckMessage] = []
    if settings.DEMO and is_public:
        found.append(
            Error(
                f"DEMO=1 and SITE_URL={settings.SITE_URL}: demo accounts with known passwords "
                "would be open to the public. Unset DEMO.",
                id="portal.E001",
            )
        )
    if settings.DEBUG and not settings.DEMO and site.scheme == "https":
        found.append(
            Error(
                "DEBUG=1 behind https shows settings and personal data on error pages. "
                "Unset DEBUG.",
                id="portal.E002",
            )
        )
    return found


@register(Tags.security)
def keys_are_usable(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A wrong key shows here, not when the first identity number is to be stored."""
    sentences = [*_wrong_field_keys(), *_wrong_blind_index_key()]
    return [Error(sentence, id=f"portal.{code}") for code, sentence in sentences]


def _wrong_field_keys() -> Iterator[tuple[str, str]]:
    names = []
    for position, entry in enumerate(settings.FIELD_KEYS, start=1):
        name, colon, encoded = entry.partition(":")
        names.append(name)
        if not (name and colon and _length(encoded) == KEY_BYTES):
            # By position: an entry without a colon may be the key itself.
            yield (
                "E003",
                f"Entry {position} of FIELD_KEYS must read <key id>:<base64 of 32 bytes>.",
            )
    if not names:
        yield "E003", "FIELD_KEYS is empty: it needs at least one <key id>:<base64 of 32 bytes>."
    if len(set(names)) < len(names):
        yield "E004", "FIELD_KEYS names two keys alike; each key needs an id of its own."


def _wrong_blind_index_key() -> Iterator[tuple[str, str]]:
    if _length(settings.BLIND_INDEX_KEY) < KEY_BYTES:
        yield "E005", "BLIND_INDEX_KEY must be the base64 of at least 32 random bytes."
    field_keys = {entry.partition(":")[2] for entry in settings.FIELD_KEYS}
    if settings.BLIND_INDEX_KEY in field_keys | {settings.SECRET_KEY}:
        yield (
            "E006",
            "BLIND_INDEX_KEY is also used as another key; whoever learns one would have both. "
            "Make a new one before the first application is stored.",
        )


@register(Tags.security)
def badge_keys_are_usable(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A wrong key shows here, not when the first badges are to be printed."""
    found: list[CheckMessage] = [
        Error(sentence, id="portal.E011") for sentence in badge_keys.problems()
    ]
    if badge_keys.uses_the_published_test_key():
        found.append(
            Error(
                "BADGE_KEYS holds the key of docs/badge-test-vectors.json, whose private part is "
                "public: anybody could forge badges. Make one with `manage.py badge_key`.",
                id="portal.E012",
            )
        )
    return found


def _length(encoded: str) -> int:
    """Bytes behind the base64; 0 when it is none."""
    try:
        return len(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        return 0


@register(Tags.security)
def database_is_postgresql(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        return []
    return [
        Error(
            "DATABASE_URL must name a PostgreSQL database (postgres://...): deadlines and "
            "histories are kept by its triggers.",
            id="portal.E007",
        )
    ]


@register(Tags.database)
def postgresql_is_recent(
    app_configs: Apps, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Asked by `migrate` and `check --database default`, the ones that may open a connection."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        try:
            connection.ensure_connection()
        except DatabaseError:
            continue  # Django's own message says that it cannot be reached
        version = getattr(connection, "pg_version", OLDEST_POSTGRESQL)
        if version < OLDEST_POSTGRESQL:
            found.append(
                Error(
                    f"The portal needs PostgreSQL 15 or newer; this server is {version // 10000}.",
                    id="portal.E008",
                )
            )
    return found


@register(Tags.files)
def private_files_stay_private(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Whatever lies under STATIC_ROOT is served to everyone; photos and documents may not be."""
    media, static = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    if static in (media, *media.parents):
        return [
            Error(
                "MEDIA_ROOT lies inside STATIC_ROOT: photos and documents would be public. "
                "Give them separate folders.",
                id="portal.E009",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def site_is_reachable_as_configured(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """What only a public site must have."""
    site = urlsplit(settings.SITE_URL)
    found: list[CheckMessage] = []
    if site.scheme != "https":
        found.append(
            checks.Warning(
                f"SITE_URL={settings.SITE_URL} is not https: identity numbers and passwords "
                "would travel in the clear.",
                id="portal.W001",
            )
        )
    if not any(_admits(pattern, site.hostname or "") for pattern in settings.ALLOWED_HOSTS):
        found.append(
            Error(
                f"ALLOWED_HOSTS does not name {site.hostname}, the host of SITE_URL: every page "
                "would answer 400. Set ALLOWED_HOSTS.",
                id="portal.E010",
            )
        )
    return found


def _admits(pattern: str, host: str) -> bool:
    return pattern in ("*", host) or (pattern.startswith(".") and host.endswith(pattern))
