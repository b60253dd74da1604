"""One worker at a time for each upload, and never none for long (`observers/domain/holding.py`)."""

from collections.abc import Iterator
from contextlib import contextmanager

from observers.domain import holding
from observers.models import Upload


@contextmanager
def held(key: int) -> Iterator[bool]:
    """Whether this session may work on the upload now; False while another one does."""
    with holding.held(holding.UPLOADS, key) as mine:
        yield mine


def forsaken() -> list[Upload]:
    """Uploads that should be worked on and are not: never begun, or their worker died."""
    left = []
    for upload in Upload.unscoped.unfinished().only("pk", "status").order_by("pk"):
        with held(upload.pk) as free:
            if free:
                left.append(upload)
    return left
