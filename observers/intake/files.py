"""Where an upload's files lie: a folder of its own, emptied when they are no longer needed.

The spreadsheet is sealed. The archive of photos is not (it is read in place, never whole in
memory), so it goes as soon as its pictures are prepared.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from observers.models import Application, Upload
from privacy.sealed_files import sealed, unsealed


def folder(upload: Upload) -> str:
    return f"uploads/{upload.key}"


def keep_sheet(upload: Upload, content: bytes) -> None:
    upload.sheet.name = default_storage.save(f"{folder(upload)}/sheet", sealed(content))


def read_sheet(upload: Upload) -> bytes:
    with upload.sheet.open("rb") as stored:
        return unsealed(stored.read())


def keep_archive(upload: Upload, archive: File) -> None:
    """Moved into place where it lies on disk already, otherwise copied piece by piece."""
    upload.archive.name = default_storage.save(f"{folder(upload)}/photos.zip", archive)


@contextmanager
def archive_on_disk(upload: Upload) -> Iterator[Path]:
    """The archive as a file that can be read at any place, also where the storage is remote."""
    try:
        yield Path(upload.archive.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(suffix=".zip") as copy:
            with upload.archive.open("rb") as stored:
                shutil.copyfileobj(stored, copy)
            copy.flush()
            yield Path(copy.name)


def keep_picture(upload: Upload, name: str, content: bytes) -> str:
    """Under that very name, whatever an interrupted run has left there."""
    path = f"{folder(upload)}/{name}"
    return replace(path, content)


def replace(path: str, content: bytes) -> str:
    default_storage.delete(path)
    return default_storage.save(path, ContentFile(content))


def remove_all(upload: Upload) -> None:
    """Everything of the upload but the portraits that applications have been given."""
    try:
        _folders, names = default_storage.listdir(folder(upload))
    except FileNotFoundError:
        names = []
    paths = [f"{folder(upload)}/{name}" for name in names]
    used = set(Application.unscoped.filter(photo__in=paths).values_list("photo", flat=True))
    for path in paths:
        if path not in used:
            default_storage.delete(path)
    if not used:
        default_storage.delete(folder(upload))
    upload.sheet.name = upload.archive.name = ""
