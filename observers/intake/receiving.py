"""Taking in a spreadsheet and photos: onto the disk first, read by a worker afterwards."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.models import User
from elections.models import Constituency, Election
from observers.intake import files, tasks
from observers.intake.findings import Unusable
from observers.intake.photos import pack
from observers.models import Upload
from organisations.models import Organisation

ZIP_SIGNATURE = b"PK"
LONGEST_NAME = 200


def receive(
    *,
    organisation: Organisation,
    election: Election,
    by: User,
    sheet: UploadedFile | None,
    photos: Sequence[UploadedFile] = (),
    scope: str = "",
    constituency: Constituency | None = None,
    in_background: bool = True,
) -> Upload:
    """Keep what was handed in and have it checked. `photos` is one ZIP, or pictures.

    `scope` and `constituency` hold for rows that do not say where. Raises Unusable for what can
    be seen to be of no use at once; then nothing is kept.
    """
    upload = Upload(
        organisation=organisation,
        election=election,
        uploaded_by=by,
        scope=scope,
        constituency=constituency,
    )
    try:
        if sheet:
            upload.sheet_name = _short(sheet)
            files.keep_sheet(upload, _content(sheet))
        if photos:
            upload.archive_name = _short(photos[0]) if len(photos) == 1 else ""
            _keep_photos(upload, photos)
        with transaction.atomic():
            upload.save()
            if in_background:
                transaction.on_commit(lambda: tasks.check_upload.delay(upload.pk), robust=True)
    except BaseException:
        files.remove_all(upload)
        raise
    return upload


def _content(sheet: UploadedFile) -> bytes:
    size, limit = sheet.size or 0, settings.SHEET_LIMIT_BYTES
    if size == 0:
        raise Unusable("empty_file")
    if size > limit:
        raise Unusable("file_too_large", limit=limit // 2**20)
    sheet.seek(0)
    return sheet.read()


def _keep_photos(upload: Upload, photos: Sequence[UploadedFile]) -> None:
    if len(photos) == 1 and _is_archive(photos[0]):
        files.keep_archive(upload, photos[0])
        return
    with tempfile.NamedTemporaryFile(suffix=".zip", dir=settings.FILE_UPLOAD_TEMP_DIR) as packed:
        pack(photos, Path(packed.name))
        packed.seek(0)
        files.keep_archive(upload, File(packed))


def _is_archive(photo: UploadedFile) -> bool:
    photo.seek(0)
    start = photo.read(len(ZIP_SIGNATURE))
    photo.seek(0)
    return start == ZIP_SIGNATURE


def _short(file: UploadedFile) -> str:
    """The organisation's own name for the file: for showing, never part of a path."""
    name = (file.name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable())[-LONGEST_NAME:]
