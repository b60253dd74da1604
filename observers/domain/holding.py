"""One worker at a time for each piece of long work, and never none for long.

The right to work on it is a lock of the database session: it is gone at once when the worker dies,
however it dies, and then another may take over.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Set these locks apart from one another, and from any others in the database.
UPLOADS = 0x1A7A4E
BATCHES = 0x1A7A4F
STATISTICS = 0x1A7A50
PRINTS = 0x1A7A51


@contextmanager
def held(room: int, key: int) -> Iterator[bool]:
    """Whether this session may work on it now; False while another one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [room, key])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [room, key])
