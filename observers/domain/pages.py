"""PDFs that people attach, as pictures of their pages.

They are opened in a process of their own, with little memory and little time: the file comes from
a stranger. The process sees nothing of the portal, neither its modules nor its environment.
"""

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2

from observers.domain import pdf_child
from observers.models import ApplicationDocument
from organisations.models import NominationDocument
from privacy.uploads import CheckedDocument

Document = ApplicationDocument | NominationDocument

PDF = "application/pdf"
# As far as a document is shown; who needs more downloads it.
MOST_PAGES = 20
MEMORY = 768 * 2**20
# Of the processor, and by the clock on the wall.
SECONDS = 5
PATIENCE = 10
# In pixels: a page of A4 at 150 points an inch.
WIDTH, HEIGHT = 1240, 1754
_LIBRARY = str(Path(pypdfium2.__file__).parent.parent)
_LIMITS = [str(MEMORY), str(SECONDS)]
_SIZE = [str(WIDTH), str(HEIGHT)]


class Unreadable(Exception):
    """Damaged, protected by a password, or asking for more than it may have."""


@dataclass(frozen=True)
class Drawn:
    """How many pages there are, and one of them as PNG: empty where none was asked for, or where
    there is no such page."""

    pages: int
    png: bytes


def draw(content: bytes, *, page: int = 0) -> Drawn:
    """The page with that number, from 1. Not within a transaction. Raises Unreadable."""
    command = [sys.executable, "-I", "-S", pdf_child.__file__, _LIBRARY, *_LIMITS, str(page)]
    try:
        made = subprocess.run(
            [*command, *_SIZE],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=PATIENCE,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Unreadable from error
    number, _line, png = made.stdout.partition(b"\n")
    if not number.isdigit() or number == b"0":
        raise Unreadable
    return Drawn(int(number), png)


def number_of(document: CheckedDocument) -> int | None:
    """The pages of a PDF before it is stored; 0 where it cannot be shown, None for a picture."""
    if document.content_type != PDF:
        return None
    document.content.seek(0)
    number = _number(document.content.read())
    document.content.seek(0)
    return number


def count(documents: Iterable[Document]) -> None:
    """See to it that each PDF knows its number of pages: 0 where it cannot be shown. What is
    counted once is kept, so that nothing is opened when a page of the desk is."""
    for document in documents:
        if document.pages is None and document.content_type == PDF:
            document.pages = _number(_read(document.file))
            document.save(update_fields=["pages"])


def _number(content: bytes) -> int:
    try:
        return draw(content).pages
    except Unreadable:
        return 0


def drawn_from(file: Any, *, page: int) -> bytes:
    """That page of a stored PDF as PNG. Raises Unreadable, also where there is no such page."""
    found = draw(_read(file), page=page).png if 1 <= page <= MOST_PAGES else b""
    if not found:
        raise Unreadable
    return found


def _read(file: Any) -> bytes:
    """Empty where the file has been removed."""
    try:
        with file.open("rb") as stored:
            content: bytes = stored.read()
            return content
    except FileNotFoundError:
        return b""
