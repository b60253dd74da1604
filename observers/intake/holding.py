"""One worker at a time for each upload, and never none for long.

The right to work on an upload is a lock of the database session: it is gone at once when the
worker dies, however it dies, and then another may take over.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from observers.models import Upload

# Sets these locks apart from any others in the database.
ROOM = 0x1A7A4E


@contextmanager
def held(key: int) -> Iterator[bool]:
    """Whether this session may work on the upload now; False while another one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [ROOM, key])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [ROOM, key])


def forsaken() -> list[Upload]:
    """Uploads that should be worked on and are not: never begun, or their worker died."""
    left = []
    for upload in Upload.unscoped.unfinished().only("pk", "status").order_by("pk"):
        with held(upload.pk) as free:
            if free:
                left.append(upload)
    return left
