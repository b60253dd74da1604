from celery import shared_task

from notifications import outbox


@shared_task
def send_letters() -> int:
    """Carry what waits. Run by beat, and after each change that wrote a letter."""
    return outbox.carry()
