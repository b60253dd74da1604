"""How far the work on an upload has come: said by the worker, read by the page.

Kept in the cache, not in the database: what a long transaction has written nobody else can see.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache

from observers.models import Upload

READING, CHECKING, PHOTOS, STORING = "reading", "checking", "photos", "storing"
KEPT_FOR = 60 * 60

# Tells the stage, how much is done, and of how much; 0 where nobody knows yet.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Progress:
    stage: str
    done: int
    total: int


def telling(upload: Upload) -> Tell:
    def tell(stage: str, done: int, total: int) -> None:
        cache.set(_name(upload), (stage, done, total), KEPT_FOR)

    return tell


def of(upload: Upload) -> Progress:
    """The newest word of the worker; the first stage while it has said nothing."""
    return Progress(*(cache.get(_name(upload)) or (READING, 0, 0)))


def _name(upload: Upload) -> str:
    return f"upload-progress:{upload.key}"
