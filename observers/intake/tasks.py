"""Uploads are worked on in the background, by one worker at a time each. May run twice."""

from celery import shared_task
from django.db.models import F

from observers.enums import UploadStatus
from observers.intake import checking, holding, keeping, progress, storing
from observers.models import Upload

# A file that took its worker down this often is not tried again.
ATTEMPTS = 3


@shared_task
def check_upload(key: int) -> None:
    _work(key, UploadStatus.CHECKING)


@shared_task
def store_upload(key: int) -> None:
    _work(key, UploadStatus.STORING)


@shared_task
def resume_uploads() -> int:
    """Take up what no worker is at: a message was lost, or a worker was killed."""
    tasks = {UploadStatus.CHECKING: check_upload, UploadStatus.STORING: store_upload}
    left = holding.forsaken()
    for upload in left:
        tasks[UploadStatus(upload.status)].delay(upload.pk)
    return len(left)


@shared_task
def remove_old_uploads() -> int:
    return keeping.remove_old_uploads()


def _work(key: int, status: UploadStatus) -> None:
    with holding.held(key) as mine:
        these = Upload.unscoped.filter(pk=key, status=status)
        if not mine or not these.update(attempts=F("attempts") + 1):
            return
        upload = these.select_related("organisation", "election", "constituency").get()
        if upload.attempts > ATTEMPTS:
            checking.abandon(upload)
            return
        work = checking.check if status == UploadStatus.CHECKING else storing.store
        work(upload, tell=progress.telling(upload))
