"""From checked rows to drafts: new ones are begun, drafts and returned applications corrected.

Portion by portion, each in one transaction; or, if all or nothing was asked for, in one
transaction altogether. What was stored before a worker died is found again as unchanged.
"""

import datetime
from contextlib import nullcontext

from django.db import transaction

from elections.domain.clock import database_now
from observers.enums import StoreMode, UploadStatus
from observers.intake import drafting, pictures, progress
from observers.intake.checking import Stopped, give_up, grouped, is_stopped
from observers.intake.comparing import Comparison, Fate
from observers.intake.drafting import Given
from observers.intake.findings import Finding, Unusable
from observers.intake.listing import people_of
from observers.intake.progress import Tell
from observers.intake.reading import PersonRow
from observers.models import Upload
from organisations.models import Organisation


class NotAllGood(Exception):
    """All or nothing was asked for, and some rows are wrong by now: how many."""


def store(upload: Upload, *, tell: Tell) -> None:
    """Store what can be stored; the upload is then stored, or checked again if it was stopped.

    May run again after it was interrupted, and beside another upload of the same people: the
    organisation is held for the length of each transaction.
    """
    all_or_nothing = upload.mode == StoreMode.ALL_OR_NOTHING
    findings: list[Finding] = []
    try:
        with transaction.atomic() if all_or_nothing else nullcontext():
            _store(upload, findings, tell)
    except Unusable as unusable:
        give_up(upload, unusable)
    except (Stopped, NotAllGood) as stopped:
        upload.refresh_from_db(fields=["counts"])
        if isinstance(stopped, NotAllGood):
            (upload.counts["wrong"],) = stopped.args
        upload.status = UploadStatus.CHECKED
    else:
        upload.status = UploadStatus.STORED
        upload.stored_at = database_now()
    _finish(upload, findings)


def _store(upload: Upload, findings: list[Finding], tell: Tell) -> None:
    now = database_now()
    given = Given(upload)
    if not upload.sheet:
        _store_photos_alone(upload, given, now, tell)
        return
    people = people_of(upload, now=now)
    comparison, total = people.comparison(), len(people)
    wrong = done = 0
    for portion in people.portions():
        if is_stopped(upload):
            raise Stopped
        tell(progress.STORING, done, total)
        wrong += _store_portion(upload, portion, comparison, given, now)
        done += len(portion)
        findings += [finding for row in portion for finding in row.findings]
    upload.counts["wrong"] = wrong
    if wrong and upload.mode == StoreMode.ALL_OR_NOTHING:
        raise NotAllGood(wrong)


def _store_portion(
    upload: Upload,
    rows: list[PersonRow],
    comparison: Comparison,
    given: Given,
    now: datetime.datetime,
) -> int:
    """Returns how many of the rows were wrong."""
    with transaction.atomic():
        _hold(upload)
        compared = comparison.compare(rows, locking=True)
        new = [one for one in compared if one.fate == Fate.NEW]
        kept = [one for one in compared if one.fate in (Fate.CHANGED, Fate.UNCHANGED)]
        drafting.begin(upload, new, comparison, given)
        changed = drafting.correct(upload, kept, given, now=now)
        _count(upload, stored_new=len(new), stored_changed=changed)
    return sum(one.fate == Fate.WRONG for one in compared)


def _store_photos_alone(upload: Upload, given: Given, now: datetime.datetime, tell: Tell) -> None:
    photos = list(pictures.stored_photos(upload).exclude(application=None).order_by("pk"))
    for start in range(0, len(photos), pictures.PORTION):
        if is_stopped(upload):
            raise Stopped
        tell(progress.STORING, start, len(photos))
        with transaction.atomic():
            _hold(upload)
            portion = photos[start : start + pictures.PORTION]
            _count(upload, stored_changed=drafting.give(portion, given, now=now))


def _hold(upload: Upload) -> None:
    """Two who store people of one organisation wait for each other: neither begins a draft that
    the other has just begun. Nobody else is kept waiting."""
    Organisation.unscoped.select_for_update(no_key=True).get(pk=upload.organisation_id)


def _count(upload: Upload, **stored: int) -> None:
    """In the transaction that stores: whoever goes on later counts on from here."""
    for name, number in stored.items():
        upload.counts[name] = upload.counts.get(name, 0) + number
    Upload.unscoped.filter(pk=upload.pk).update(counts=upload.counts)


def _finish(upload: Upload, findings: list[Finding]) -> None:
    """What was said of the photos stays; what was said of the rows is said anew."""
    if findings:
        of_photos = [group for group in upload.findings if group[0] == "photo"]
        upload.findings = grouped(findings) + of_photos
    upload.cancel_asked_at = None
    upload.attempts = 0
    upload.save(
        update_fields=[
            "status", "problem", "counts", "findings", "stored_at", "cancel_asked_at", "attempts",
            "sheet", "archive",
        ]
    )  # fmt: skip
