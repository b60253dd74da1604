"""Files of an upload as they arrive: straight to disk, never whole in memory, no more than allowed.

Thousands of pictures lie one behind the other in a single file without a name: a file for each
would be more than a process may hold open, and a file without a name is gone with its process. An
archive lies in a file of its own, which is moved to where it stays.
"""

import io
import os
import tempfile
from collections import Counter
from contextlib import suppress
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

SHEET, PHOTOS = "sheet", "photos"
# Pictures that may come one by one; more of them come as a ZIP.
PICTURES_AT_ONCE = 2_000
ARCHIVE_SIGNATURE = b"PK"
TOO_LARGE, TOO_MANY = "too_large", "too_many"


class Stretch(io.RawIOBase):
    """A part of a file, read as if it were a file; closing it leaves the whole open."""

    def __init__(self, whole: IO[bytes], start: int, size: int) -> None:
        self._whole, self._start, self._size, self._at = whole, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), max(0, self._size - self._at))
        found = os.pread(self._whole.fileno(), wanted, self._start + self._at)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


class Archive(UploadedFile):
    """Has a path on disk: Django's storage moves such a file instead of copying it."""

    file: IO[Any]

    def temporary_file_path(self) -> str:
        return str(self.file.name)

    def close(self) -> None:
        # It may have been moved to where it stays.
        with suppress(FileNotFoundError):
            self.file.close()


class Incoming(FileUploadHandler):
    """Of the fields `sheet` (one file) and `photos` (pictures, or one archive); no others.

    What is too large or too many is let go while it arrives, and `refused` says so by field; the
    rest of the form is read all the same.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.refused: dict[str, str] = {}
        self._left = {
            SHEET: settings.SHEET_LIMIT_BYTES,
            PHOTOS: settings.ARCHIVE_LIMIT_BYTES,
        }
        self._most = {SHEET: 1, PHOTOS: PICTURES_AT_ONCE}
        self._count: Counter[str] = Counter()
        self._together = _nameless()
        self._end = 0
        self._archive: IO[bytes] | None = None
        self._has_archive = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        self._count[field_name] += 1
        self._archive = None
        if self._count[field_name] > self._most.get(field_name, 0):
            self._let_go(TOO_MANY)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        name = str(self.field_name)
        if start == 0 and name == PHOTOS and raw_data.startswith(ARCHIVE_SIGNATURE):
            self._begin_archive()
        if start + len(raw_data) > self._left[name]:
            self._let_go(TOO_LARGE)
        if self._archive:
            self._archive.write(raw_data)
        else:
            self._together.seek(self._end + start)
            self._together.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._left[str(self.field_name)] -= file_size
        about: Any = (self.file_name, self.content_type, file_size, self.charset)
        if self._archive:
            self._archive.flush()
            self._archive.seek(0)
            archive, self._archive = self._archive, None
            return Archive(archive, *about)
        self._together.flush()
        stretch = Stretch(self._together, self._end, file_size)
        self._end += file_size
        return UploadedFile(io.BufferedReader(stretch), *about)

    def upload_interrupted(self) -> None:
        if self._archive:
            self._archive.close()
        self._together.close()

    def _begin_archive(self) -> None:
        """One at most: each of them holds a file open."""
        if self._has_archive:
            self._let_go(TOO_MANY)
        self._has_archive = True
        self._archive = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed with the request
            suffix=".upload", dir=settings.FILE_UPLOAD_TEMP_DIR
        )

    def _let_go(self, reason: str) -> None:
        if str(self.field_name) in self._most:
            self.refused.setdefault(str(self.field_name), reason)
        if self._archive:
            self._archive.close()
            self._archive = None
        self._together.truncate(self._end)
        raise SkipFile


def _nameless() -> IO[bytes]:
    return tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)
