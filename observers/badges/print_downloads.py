"""The files of a print batch, handed out part by part or all together."""

import zipfile
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from observers.domain import print_files
from observers.models import PrintBatch, PrintPart


def part(batch: PrintBatch, number: int) -> HttpResponse:
    """One PDF. Raises Http404 where it is not made, or was removed."""
    found = batch.parts.filter(number=number).first()
    try:
        content = print_files.content(found) if found else b""
    except FileNotFoundError:
        content = b""
    if found is None or not content:
        raise Http404(_("There is no such file, or it has been removed."))
    answer = HttpResponse(content, content_type="application/pdf")
    return _private(answer, _name(found))


def all_parts(batch: PrintBatch) -> StreamingHttpResponse:
    """A ZIP that is made while it is sent: one part at a time is in memory."""
    parts = list(batch.parts.exclude(file=""))
    if not parts:
        raise Http404(_("There is no such file, or it has been removed."))
    answer = StreamingHttpResponse(_zipped(parts), content_type="application/zip")
    return _private(answer, f"badges-{batch.pk}.zip")


def _name(part: PrintPart) -> str:
    return f"badges-{part.batch_id}-{part.number:03}.pdf"


def _private(answer: Any, name: str) -> Any:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class _Outlet:
    """What the archive is written to: handed on, and forgotten. It cannot be wound back."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, content: bytes) -> int:
        self.written.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def emptied(self) -> bytes:
        content, self.written = b"".join(self.written), []
        return content


def _zipped(parts: list[PrintPart]) -> Iterator[bytes]:
    """PDFs are compressed already: they are stored as they are."""
    outlet: Any = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for each in parts:
            archive.writestr(_name(each), print_files.content(each))
            yield outlet.emptied()
    yield outlet.emptied()
