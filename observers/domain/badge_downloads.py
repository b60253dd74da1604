"""All badges of an organisation as PDFs, made in the background by what prints batches.

One at a time, and the last one only: the files of the one before are removed. What has ended since
they were made is on the revocation list, and its file is not given out again.
"""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now
from elections.models import Election
from observers.domain import print_batches, print_files, verification
from observers.enums import BadgeSize, PrintSheet, PrintStatus
from observers.models import Badge, PrintBatch, PrintPart
from organisations.models import Organisation


class CannotDownload(Exception):
    """Nothing is made. The message says why, and may be shown."""


def to_download(organisation: Organisation, election: Election) -> QuerySet[Badge]:
    """The badges of the organisation's observers that are valid now."""
    now = database_now()
    valid: QuerySet[Badge] = Badge.unscoped.valid().filter(
        application__organisation=organisation,
        application__election=election,
        valid_from__lte=now,
    )
    kept = verification.kept_until(election)
    return valid if kept and kept > now else valid.filter(valid_until__gt=now)


@transaction.atomic
def begin(
    organisation: Organisation, election: Election, *, by: User, size: BadgeSize, sheet: PrintSheet
) -> PrintBatch:
    """A batch of all of them, by name; a worker makes its files. Raises CannotDownload."""
    if not election.badge_download:
        raise CannotDownload(_("In this election badges are printed by the commission."))
    # Two representatives who press at once begin one.
    Organisation.unscoped.select_for_update(no_key=True).get(pk=organisation.pk)
    earlier = list(_all(organisation, election).filter(files_removed_at__isnull=True))
    if any(batch.status == PrintStatus.PREPARING for batch in earlier):
        raise CannotDownload(
            _("The PDFs are being made already: this page shows how far they are.")
        )
    keys = print_batches.in_order(to_download(organisation, election))
    if not keys:
        raise CannotDownload(_("Nobody has a badge that is valid now."))
    batch: PrintBatch = PrintBatch.unscoped.create(
        election=election,
        organisation=organisation,
        is_download=True,
        begun_by=by,
        size=size,
        sheet=sheet,
        chosen=organisation.name[:400],
        count=len(keys),
    )
    print_batches.put_in(batch, keys)
    transaction.on_commit(lambda: _remove(earlier))
    return batch


def _remove(batches: list[PrintBatch]) -> None:
    for batch in batches:
        print_files.remove(batch)


def latest(organisation: Organisation, election: Election) -> PrintBatch | None:
    """The one whose files can be had, or are being made."""
    found = _all(organisation, election).exclude(status=PrintStatus.CANCELLED)
    batch: PrintBatch | None = found.order_by("-pk").first()
    return batch


def _all(organisation: Organisation, election: Election) -> QuerySet[PrintBatch]:
    these: QuerySet[PrintBatch] = PrintBatch.unscoped.filter(
        is_download=True, organisation=organisation, election=election
    )
    return these


def parts_of(batch: PrintBatch) -> Any:
    """In order, each with `has_ended`: a badge in it is not valid any more."""
    if batch.organisation is None:
        raise ValueError("A download of all badges is an organisation's.")
    valid = to_download(batch.organisation, batch.election)
    ended = batch.lines.filter(part=OuterRef("number")).exclude(badge__in=valid)
    parts = batch.parts.exclude(file="").order_by("number")
    return parts.annotate(has_ended=Exists(ended))


def without_photo(batch: PrintBatch) -> int:
    """How many were left out because the storage has no photo of them."""
    return batch.lines.filter(lacks_photo=True).count()


def content(batch: PrintBatch, number: int) -> bytes:
    """The PDF of that part. Raises PrintPart.DoesNotExist where there is none, or where it holds
    a badge that has ended, and FileNotFoundError where it was removed this moment."""
    part: PrintPart = parts_of(batch).get(number=number, has_ended=False)
    return print_files.content(part)
