"""The dry run: everything that would happen to every row, and nothing that does."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage

from elections.domain.clock import database_now
from observers.enums import UploadStatus
from observers.intake import files, pictures, progress
from observers.intake.comparing import Compared, Fate
from observers.intake.findings import Finding, Unusable
from observers.intake.listing import People, Unmapped, people_of
from observers.intake.progress import Tell
from observers.models import Upload

# A wrong row has a photo all the same: it will be mended.
PICTURED = (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED, Fate.WRONG)


class Stopped(Exception):
    """Somebody asked for the work to end."""


def check(upload: Upload, *, tell: Tell) -> None:
    """Read, compare and report; the upload is then checked, unmapped or unusable.

    May run again after it was interrupted: it begins anew and leaves nothing of the first time.
    """
    try:
        _check(upload, tell)
    except Unmapped:
        upload.status = UploadStatus.UNMAPPED
    except Unusable as unusable:
        give_up(upload, unusable)
    except Stopped:
        cancel(upload)
    else:
        upload.status = UploadStatus.CHECKED
        upload.checked_at = database_now()
    _finish(upload)


def _check(upload: Upload, tell: Tell) -> None:
    counts = Counter({fate.value: 0 for fate in Fate})
    findings: list[Finding] = []
    people: list[pictures.Somebody] = []
    tell(progress.READING, 0, 0)
    if upload.sheet:
        listed = people_of(upload, now=database_now())
        total = len(listed)
        for compared in _compared(upload, listed):
            tell(progress.CHECKING, sum(counts.values()), total)
            counts.update(one.fate.value for one in compared)
            findings += [finding for one in compared for finding in one.row.findings]
            people += [pictures.somebody(one) for one in compared if one.fate in PICTURED]
    looked = pictures.look_through(upload, people, tell=tell, stop=lambda: _stop(upload))
    upload.counts = {**counts, **looked.counts}
    upload.findings = grouped([*findings, *looked.findings])


def _compared(upload: Upload, listed: People) -> Iterator[list[Compared]]:
    comparison = listed.comparison()
    for portion in listed.portions():
        _stop(upload)
        yield comparison.compare(portion)


def _stop(upload: Upload) -> None:
    """Raises Stopped if somebody has asked for it since the work began."""
    if is_stopped(upload):
        raise Stopped


def is_stopped(upload: Upload) -> bool:
    return Upload.unscoped.filter(pk=upload.pk, cancel_asked_at__isnull=False).exists()


def grouped(findings: list[Finding]) -> list[list[Any]]:
    """Equal findings of many rows as one: what is said, and then where."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for each in findings:
        key = (each.column, each.code, tuple(sorted(each.params.items())), each.is_error)
        groups.setdefault(key, []).append([each.row, each.value])
    return [
        [column, code, dict(params), is_error, where]
        for (column, code, params, is_error), where in groups.items()
    ]


def give_up(upload: Upload, unusable: Unusable) -> None:
    """The whole cannot be used: say why, keep nothing."""
    upload.status = UploadStatus.UNUSABLE
    upload.problem = {"code": unusable.code, "params": dict(unusable.params)}
    discard(upload)


def abandon(upload: Upload) -> None:
    """Its work has taken down one worker after another."""
    give_up(upload, Unusable("abandoned"))
    _finish(upload)


def cancel(upload: Upload) -> None:
    upload.status = UploadStatus.CANCELLED
    discard(upload)


def discard(upload: Upload) -> None:
    upload.photos.all().delete()
    files.remove_all(upload)


def _finish(upload: Upload) -> None:
    """The archive goes last: an interrupted check needs it again."""
    archive = upload.archive.name if upload.status == UploadStatus.CHECKED else ""
    if archive:
        upload.archive.name = ""
    upload.cancel_asked_at = None
    upload.attempts = 0
    upload.save(
        update_fields=[
            "status", "problem", "counts", "findings", "checked_at", "cancel_asked_at",
            "attempts", "sheet", "archive",
        ]
    )  # fmt: skip
    if archive:
        default_storage.delete(archive)
