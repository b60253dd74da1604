"""The files of a print batch: kept part by part as a worker makes them, and removed in time.

They hold names, photos and passport numbers, so they lie sealed (`privacy.sealed_files`).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, FilteredRelation, Max, Q, QuerySet

from elections.domain.clock import database_now
from observers.enums import PrintStatus
from observers.models import Badge, PrintBatch, PrintLine, PrintPart
from privacy.sealed_files import sealed, unsealed

# A badge as its page says it: accreditation number and serial.
Said = tuple[str, int]


# --- Made -----------------------------------------------------------------------------------------


def take_up(key: int, *, attempts: int) -> PrintBatch | None:
    """The batch, with one attempt more counted; None when there is nothing to do to it. One that
    has taken its workers down too often is given up; what it holds can be chosen again."""
    these = PrintBatch.unscoped.filter(pk=key, status=PrintStatus.PREPARING)
    if not these.update(attempts=F("attempts") + 1):
        return None
    batch: PrintBatch = these.select_related("election", "begun_by", "commission").get()
    if batch.attempts > attempts:
        these.update(status=PrintStatus.BROKEN)
        remove(batch)
        return None
    return batch


def unmade(batch: PrintBatch) -> QuerySet[Badge]:
    """Badges whose pages are still to be made, in the order of the batch."""
    own = FilteredRelation("prints", condition=Q(prints__batch=batch.pk))
    valid: Any = Badge.unscoped.valid()
    left: QuerySet[Badge] = (
        valid.annotate(line=own)
        .filter(line__isnull=False, line__part__isnull=True, line__lacks_photo=False)
        .order_by("line__position")
    )
    return left


def keep(batch: PrintBatch, pdf: bytes, said: Iterable[Said]) -> bool:
    """Store the next part, whose pages are of these. False when somebody has cancelled the batch:
    then nothing is kept.

    A worker that dies halfway leaves a file which the next one writes anew.
    """
    number = (batch.parts.aggregate(last=Max("number"))["last"] or 0) + 1
    path = _path(batch, number)
    default_storage.delete(path)
    default_storage.save(path, sealed(pdf))
    with transaction.atomic():
        held = PrintBatch.unscoped.select_for_update().get(pk=batch.pk)
        if held.status == PrintStatus.PREPARING:
            lines = _lines_of(held, set(said))
            PrintLine.objects.filter(pk__in=lines).update(part=number)
            held.parts.create(number=number, file=path, badges=len(lines), size=len(pdf))
            return True
    default_storage.delete(path)
    return False


def _path(batch: PrintBatch, number: int) -> str:
    return f"print/{batch.key}/{number}.pdf"


def _lines_of(batch: PrintBatch, said: set[Said]) -> list[int]:
    numbers = [number for number, _serial in said]
    rows = batch.lines.filter(part__isnull=True, badge__number__in=numbers)
    return [
        key
        for key, *badge in rows.values_list("pk", "badge__number", "badge__serial")
        if tuple(badge) in said
    ]


def leave_out(batch: PrintBatch, number: str) -> None:
    """The photo of the badge with this number is gone: the others are printed without it."""
    batch.lines.filter(badge__number=number, part__isnull=True).update(lacks_photo=True)


def finish(batch: PrintBatch) -> None:
    """All pages are made that can be."""
    these = PrintBatch.unscoped.filter(pk=batch.pk, status=PrintStatus.PREPARING)
    these.update(status=PrintStatus.READY, ready_at=database_now(), attempts=0)


@dataclass(frozen=True)
class Progress:
    """`seconds` are what is left at the pace so far; None while nobody can say."""

    done: int
    total: int
    seconds: int | None


def progress(batch: PrintBatch, *, now: datetime.datetime) -> Progress:
    """The parts are its milestones: the first says how fast the others will come."""
    parts = list(batch.parts.order_by("number").values_list("badges", "made_at"))
    done = sum(badges for badges, _made_at in parts)
    if len(parts) < 2:
        return Progress(done, batch.count, None)
    (first, begun), (_badges, latest) = parts[0], parts[-1]
    pace = (done - first) / max((latest - begun).total_seconds(), 0.001)
    left = (batch.count - done) / pace - (now - latest).total_seconds()
    return Progress(done, batch.count, max(1, round(left)))


# --- Read, and removed ----------------------------------------------------------------------------


def content(part: PrintPart) -> bytes:
    """The PDF. Raises FileNotFoundError where it was removed."""
    if not part.file:
        raise FileNotFoundError(str(part))
    with part.file.open() as stored:
        return unsealed(stored.read())


def remove(batch: PrintBatch) -> None:
    """What was in them stays known; so does how large they were."""
    for part in batch.parts.all():
        default_storage.delete(_path(batch, part.number))
    # A worker that was stopped in the middle may have left the next one.
    default_storage.delete(_path(batch, batch.parts.count() + 1))
    batch.parts.update(file="")
    PrintBatch.unscoped.filter(pk=batch.pk).update(files_removed_at=database_now())


def remove_old() -> int:
    """Returns how many batches lost their files now. May run twice."""
    latest = database_now() - datetime.timedelta(days=settings.PRINT_FILES_KEPT_DAYS)
    old = PrintBatch.unscoped.filter(begun_at__lt=latest, files_removed_at__isnull=True)
    removed = 0
    for batch in old.exclude(status=PrintStatus.PREPARING):
        remove(batch)
        removed += 1
    return removed


def unfinished() -> QuerySet[PrintBatch]:
    """What a worker is at, or should be."""
    found: QuerySet[PrintBatch] = PrintBatch.unscoped.filter(status=PrintStatus.PREPARING)
    return found.order_by("pk")
