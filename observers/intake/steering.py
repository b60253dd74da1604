"""What the organisation does with an upload: name its columns, store it, stop it, mend photos."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now
from observers.domain import drafts
from observers.enums import EDITABLE, StoreMode, UploadStatus
from observers.intake import checking, photos, pictures, tasks
from observers.intake.reading import missing_columns
from observers.models import Application, Upload, UploadedPhoto


class NotNow(Exception):
    """The upload is not at the point where that can be done. The message says what to do."""


def start_storing(upload: Upload, *, mode: str, by: User, in_background: bool = True) -> None:
    """Raises NotNow when it is not checked, is being stored already, or has nothing to store."""
    counts = upload.counts
    if mode == StoreMode.ALL_OR_NOTHING and counts.get("wrong"):
        raise NotNow(_("Some rows are wrong: mend them first, or store the good rows."))
    if not any(counts.get(name) for name in ("new", "changed", "photos_used")):
        raise NotNow(_("There is nothing to store: everything in the file is stored already."))
    with transaction.atomic():
        these = Upload.unscoped.filter(pk=upload.pk, status=UploadStatus.CHECKED)
        if not these.update(status=UploadStatus.STORING, mode=mode, stored_by=by, attempts=0):
            raise NotNow(_("This upload is being stored already, or was cancelled."))
        if in_background:
            transaction.on_commit(lambda: tasks.store_upload.delay(upload.pk), robust=True)
    upload.refresh_from_db()


def cancel(upload: Upload) -> None:
    """Stop the work, or drop what was checked. Portions that are stored already stay stored.

    Raises NotNow for what has been stored altogether.
    """
    now = database_now()
    these = Upload.unscoped.filter(pk=upload.pk)
    with transaction.atomic():
        held = these.select_for_update().get()
        if held.status in (UploadStatus.CHECKING, UploadStatus.STORING):
            these.update(cancel_asked_at=now)
        elif held.status in (UploadStatus.UNMAPPED, UploadStatus.CHECKED):
            checking.cancel(held)
            held.save(update_fields=["status", "sheet", "archive"])
        elif held.status == UploadStatus.STORED:
            raise NotNow(_("This upload is stored already. Drafts are withdrawn one by one."))
    upload.refresh_from_db()


def name_columns(upload: Upload, *, headings_row: int, columns: dict[str, int]) -> None:
    """Say which column holds what, and have the file checked again.

    Raises NotNow when a required column is still missing, or the upload is past that point.
    """
    if missing := missing_columns(columns):
        raise NotNow(
            _("Choose a column for: %(columns)s.") % {"columns": ", ".join(missing.values())}
        )
    with transaction.atomic():
        stopped = Upload.unscoped.filter(
            pk=upload.pk, status__in=(UploadStatus.UNMAPPED, UploadStatus.CHECKED)
        )
        if not stopped.update(
            columns={"row": headings_row, "columns": columns},
            status=UploadStatus.CHECKING,
            attempts=0,
        ):
            raise NotNow(_("The columns of this upload can no longer be named."))
        transaction.on_commit(lambda: tasks.check_upload.delay(upload.pk), robust=True)
    upload.refresh_from_db()


def recrop(photo: UploadedPhoto, *, crop: list[float]) -> None:
    """Cut the portrait anew from the picture that was handed in.

    `crop` is left, top, right and bottom as shares of the picture. Raises NotNow when the
    application can no longer be changed, FileRefused for a crop that is too small to print.
    """
    with photo.source.open("rb") as source:
        portrait, photo.crop = photos.recrop(source.read(), crop)
    if photo.application_id is None:
        pictures.keep_portrait(photo, portrait)
    else:
        photo.portrait.name = _give(photo.application_id, portrait)
    photo.save(update_fields=["crop", "portrait"])


def _give(application_id: int, portrait: bytes) -> str:
    application = Application.unscoped.filter(pk=application_id, status__in=EDITABLE).first()
    if application is None:
        raise NotNow(_("The application has been sent: its photo stays as it is."))
    try:
        drafts.set_photo(
            application, ContentFile(portrait), version=application.version, now=database_now()
        )
    except drafts.DraftError as error:
        raise NotNow(str(error)) from error
    return application.photo.name or ""


@transaction.atomic
def assign(photo: UploadedPhoto, row_number: int | None) -> None:
    """Say by hand whose a picture is, before it is stored. None: nobody's.

    Raises NotNow when the upload is stored, or the row has another picture.
    """
    upload = Upload.unscoped.select_for_update().get(pk=photo.upload_id)
    if upload.status != UploadStatus.CHECKED or photo.application_id:
        raise NotNow(_("The upload is stored: give the photo to the person on their own page."))
    taken = upload.photos.exclude(pk=photo.pk).filter(row_number=row_number)
    if row_number is not None and taken.exists():
        raise NotNow(_("This row has a photo already: take that one away first."))
    moved = (row_number is not None) - (photo.row_number is not None)
    photo.row_number = row_number
    photo.save(update_fields=["row_number"])
    counts = upload.counts
    counts["photos_used"] = counts.get("photos_used", 0) + moved
    counts["photos_unused"] = max(0, counts.get("photos_unused", 0) - moved)
    counts["without_photo"] = max(0, counts.get("without_photo", 0) - moved)
    upload.save(update_fields=["counts"])
