"""All pictures of an archive, made into portraits on every core, a few in memory at a time."""

import io
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from observers.domain.cropping import Crop
from observers.domain.photos import make_portrait
from observers.intake.photos.archive import Picture, Unreadable, opened, read_picture
from privacy.uploads import FileRefused

# Threads, not processes: decoding, finding faces and packing let others run meanwhile, and a
# worker of Celery may not have children.
CORES = os.cpu_count() or 1
IN_FLIGHT = 2 * CORES
ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}


@dataclass(slots=True)
class Prepared:
    """What became of one picture. `problem` is empty, or {"code": …, "params": …}."""

    index: int
    portrait: bytes = b""
    source: bytes = b""
    crop: Crop = field(default_factory=list)
    has_face: bool = False
    problem: dict[str, Any] = field(default_factory=dict)


def prepare_pictures(archive: Path, pictures: Sequence[Picture]) -> Iterator[Prepared]:
    """Each picture as it is done, in no particular order. Raises Unusable if the archive is gone.

    What is wrong with one picture stands in its `problem`.
    """
    with opened(archive) as zipped, ThreadPoolExecutor(CORES, "photos") as pool:
        waiting = iter(pictures)
        at_work: set[Future[Prepared]] = set()
        try:
            while True:
                for picture in islice(waiting, IN_FLIGHT - len(at_work)):
                    at_work.add(pool.submit(_prepare, zipped, picture.index))
                if not at_work:
                    return
                done, at_work = wait(at_work, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            # Somebody stopped listening: what has not begun does not begin.
            pool.shutdown(cancel_futures=True)


def _prepare(zipped: ZipFile, index: int) -> Prepared:
    try:
        content = read_picture(zipped, index)
        _check_kind(content)
        portrait = make_portrait(io.BytesIO(content))
    except (Unreadable, FileRefused) as refused:
        return Prepared(index, problem={"code": refused.code, "params": refused.params})
    return Prepared(index, portrait.photo, portrait.source, portrait.crop, portrait.has_face)


def _check_kind(content: bytes) -> None:
    """What people take for a picture, or for one more folder, and what to do about it."""
    if content.startswith(ARCHIVES):
        raise Unreadable("picture_is_archive")
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        raise Unreadable("picture_heic")
