"""The archive of photos: a ZIP on disk, read one picture at a time, never unpacked.

Nothing is ever written under a name of the archive, so that no name can lead anywhere.
"""

import shutil
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from observers.intake.findings import Unusable
from observers.intake.photos.names import read_names, shown

MOST_FILES = 60_000
# macOS packs a companion of every file.
MOST_ENTRIES = 130_000
# Pictures hardly shrink when they are packed: what grows beyond this is no archive of pictures.
MOST_GROWTH = 20
ALWAYS_ALLOWED = 1024**3
# The list at the end of the archive, with long names and all.
LONGEST_LIST = MOST_ENTRIES * 300
ENTRY, END, LONG_END = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"
# The record for archives above 4 GB and its locator stand just before the ordinary end.
LONG_END_SIZE = 56 + 20
OTHER_ARCHIVES = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "GZIP"}
ENCRYPTED = 0x1 | 0x40 | 0x2000
JUNK = {"thumbs.db", "desktop.ini", "picasa.ini", "ehthumbs.db"}


class Unreadable(Exception):
    """One file of the archive cannot be read: `code` is of PHOTO_WORDS."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Picture:
    """A file of the archive; `index` is its place there, `name` is for matching and showing."""

    index: int
    name: str
    size: int


def list_pictures(archive: Path) -> list[Picture]:
    """Every file but folders and what systems leave behind. Raises Unusable.

    Files that are no pictures are listed too: preparing them says what is wrong.
    """
    with opened(archive) as zipped:
        entries = zipped.infolist()
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise Unusable("archive_encrypted")
        _check_growth(entries, archive.stat().st_size)
        pictures = [
            Picture(index, name, entry.file_size)
            for index, (entry, name) in enumerate(zip(entries, read_names(entries), strict=True))
            if not entry.is_dir() and not _is_junk(name)
        ]
    if not pictures:
        raise Unusable("archive_empty")
    if len(pictures) > MOST_FILES:
        raise Unusable("too_many_pictures", limit=MOST_FILES)
    return pictures


@contextmanager
def opened(archive: Path) -> Iterator[ZipFile]:
    """The archive to read from, by several threads if need be. Raises Unusable."""
    try:
        file = archive.open("rb")
    except OSError as error:
        raise Unusable("archive_broken") from error
    with file:
        try:
            _check_kind(file)
            _check_list(file, archive.stat().st_size)
            zipped = ZipFile(file)
        except (BadZipFile, struct.error, ValueError, NotImplementedError, OSError) as error:
            raise Unusable("archive_broken") from error
        yield zipped


def read_picture(zipped: ZipFile, index: int) -> bytes:
    """The file's content, whatever size the archive claims. Raises Unreadable."""
    limit = settings.UPLOAD_LIMIT_BYTES * 3
    entry = zipped.infolist()[index]
    try:
        if entry.file_size > limit:
            raise Unreadable("picture_too_heavy", limit=limit // 2**20)
        with zipped.open(entry) as file:
            content = file.read(limit + 1)
    except (NotImplementedError, RuntimeError) as error:
        raise Unreadable("picture_packed_oddly") from error
    except (BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise Unreadable("damaged_picture") from error
    if len(content) > limit:
        raise Unreadable("picture_too_heavy", limit=limit // 2**20)
    if not content:
        raise Unreadable("empty_upload")
    return content


def pack(files: Iterable[UploadedFile], to: Path) -> None:
    """Put loose photos into one ZIP as they are, piece by piece. Raises Unusable for too many."""
    names: set[str] = set()
    with ZipFile(to, "w", ZIP_STORED) as zipped:
        for number, file in enumerate(files):
            if number >= MOST_FILES:
                raise Unusable("too_many_pictures", limit=MOST_FILES)
            name = shown(file.name or "") or "photo"
            if name in names:
                name = f"{number}/{name}"
            names.add(name)
            file.seek(0)
            with zipped.open(ZipInfo(name), "w", force_zip64=True) as packed:
                shutil.copyfileobj(file, packed)


def _is_junk(name: str) -> bool:
    *folders, base = name.lower().split("/")
    return base.startswith(".") or base in JUNK or "__macosx" in folders or not base


def _check_kind(file: IO[bytes]) -> None:
    start = file.read(8)
    for signature, kind in OTHER_ARCHIVES.items():
        if start.startswith(signature):
            raise Unusable("archive_not_zip", kind=kind)
    if not start.startswith(b"PK"):
        raise Unusable("archive_unknown")


def _check_list(file: IO[bytes], size: int) -> None:
    """Before zipfile makes an object of every line of the list, wherever that is said to end."""
    tail_size = min(size, 2**16 + 22)
    file.seek(size - tail_size)
    tail = file.read()
    found = tail.rfind(END)
    if found < 0 or len(tail) < found + 22:
        raise Unusable("archive_broken")
    length = struct.unpack("<L", tail[found + 12 : found + 16])[0]
    end = size - tail_size + found
    file.seek(max(0, end - LONG_END_SIZE))
    long_end = file.read(LONG_END_SIZE)
    if long_end.startswith(LONG_END):
        length = struct.unpack("<Q", long_end[40:48])[0]
        end -= LONG_END_SIZE
    if length > LONGEST_LIST:
        raise Unusable("too_many_pictures", limit=MOST_FILES)
    file.seek(max(0, end - length))
    if file.read(length).count(ENTRY) > MOST_ENTRIES:
        raise Unusable("too_many_pictures", limit=MOST_FILES)


def _check_growth(entries: list[ZipInfo], size: int) -> None:
    """Nothing is unpacked, so this keeps a worker's time rather than its disk."""
    grown = sum(entry.file_size for entry in entries)
    # Files that share their bytes: together they claim more than there is.
    overlapping = sum(entry.compress_size for entry in entries) > size
    if overlapping or grown > max(MOST_GROWTH * size, ALWAYS_ALLOWED):
        raise Unusable("archive_bomb", size=max(1, grown // 1024**3))
