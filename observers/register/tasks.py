"""What the public pages need done in the background. May run twice."""

from celery import shared_task

from observers.register import open_data
from observers.register.statistics import snapshots


@shared_task
def refresh_statistics() -> int:
    """How many elections were counted through."""
    return snapshots.refresh()


@shared_task
def keep_snapshots() -> int:
    """How many registers were kept as they are today."""
    return open_data.keep_snapshots()
