"""Badges to print-ready PDFs, in parts of a fixed number, on both cores.

Each part is made by a process of its own (`typesetting.py`), which ends with it: photos in their
full size and the typesetter's memory are gone before the next part begins. This process only reads
facts and photos. Never within a transaction.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from observers.badges.layout import Form, PrintedBadge

# Full sheets of both sizes; a process that makes them takes 200 MB.
PART = 200
WORKERS = min(2, os.cpu_count() or 1)
# A part takes a second or two; a machine that is busy with other things, longer.
PATIENCE = 300


class PhotoMissing(Exception):
    """The storage does not have the photo of a badge. The message names the badge."""


@dataclass(frozen=True)
class Part:
    """A PDF with some of the badges, in their order. `first` counts from 1."""

    first: int
    badges: tuple[PrintedBadge, ...]
    pdf: bytes


def as_pdf(badge: PrintedBadge, form: Form | None = None) -> bytes:
    """One badge, for the person or the counter: well under a second."""
    return _typeset((badge,), form or Form())


def parts(badges: Iterable[PrintedBadge], form: Form, *, size: int = PART) -> Iterator[Part]:
    """The PDFs one after the other; the next are made while one is looked at.

    Whoever stops asking has cancelled the rest. Raises PhotoMissing, and CalledProcessError where
    a template is wrong.
    """
    coming = iter(badges)
    first = 1
    with ThreadPoolExecutor(WORKERS, "badges") as pool:
        made: deque[tuple[int, tuple[PrintedBadge, ...], Future[bytes]]] = deque()
        try:
            while portion := tuple(islice(coming, size)):
                made.append((first, portion, pool.submit(_typeset, portion, form)))
                first += len(portion)
                if len(made) > WORKERS:
                    yield _part(*made.popleft())
            while made:
                yield _part(*made.popleft())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _part(first: int, badges: tuple[PrintedBadge, ...], pdf: Future[bytes]) -> Part:
    return Part(first, badges, pdf.result())


def _typeset(badges: tuple[PrintedBadge, ...], form: Form) -> bytes:
    with tempfile.TemporaryDirectory(prefix="badges-") as folder:
        lay_out(Path(folder), badges, form)
        subprocess.run(
            [sys.executable, "-m", "observers.badges.typesetting", folder],
            cwd=settings.BASE_DIR,
            timeout=PATIENCE,
            check=True,
        )
        return Path(folder, "badges.pdf").read_bytes()


def lay_out(folder: Path, badges: tuple[PrintedBadge, ...], form: Form) -> None:
    """Everything that the typesetter needs, and nothing it could look for elsewhere.

    All photos are one file: hundreds of small ones take longer to make and remove than to read.
    """
    said = []
    with (folder / "photos.bin").open("wb") as photos:
        for badge in badges:
            start = photos.tell()
            photos.write(_photo(badge))
            said.append(badge.as_json(photo=(start, photos.tell())))
    (folder / "badges.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    (folder / "form.json").write_text(json.dumps(form.as_json()), encoding="utf-8")


def _photo(badge: PrintedBadge) -> bytes:
    if isinstance(badge.photo, bytes):
        return badge.photo
    try:
        with default_storage.open(badge.photo) as stored:
            content: bytes = stored.read()
            return content
    except FileNotFoundError as error:
        raise PhotoMissing(badge.number) from error
