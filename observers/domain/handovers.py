"""Badges are handed over: to whom, when, and with which signature sheet.

Who collects them signs on paper; the portal keeps who that was, and for which badges.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now
from observers.domain import badges
from observers.domain.print_batches import PrintError, printer_of
from observers.domain.print_choice import printable
from observers.enums import BadgeStatus
from observers.lifecycle import HAND_OVER
from observers.models import Badge, Handover, HandoverLine, PrintBatch


@dataclass(frozen=True)
class Handed:
    """What became of it: the handover, and the badges that were not handed over with the reason."""

    handover: Handover
    count: int
    skipped: list[tuple[Badge, str]]


@transaction.atomic
def hand_over(
    chosen: QuerySet[Badge],
    *,
    by: User,
    to_whom: str,
    at: datetime.datetime | None = None,
    note: str = "",
    batch: PrintBatch | None = None,
) -> Handed:
    """Enter that `to_whom` was given these. Those that are not printed, were handed over already or
    have ended are set aside with the reason.

    Raises PrintError when none is left, nobody is named, it lies in the future, or it is not for
    one commission to hand over.
    """
    now = database_now()
    at = at or now
    if not to_whom.strip():
        raise PrintError(_("Say who was given the badges."))
    if at > now:
        raise PrintError(_("The badges cannot have been handed over in the future."))
    mine = printable(chosen, by)
    if not mine.exists():
        raise PrintError(_("Nothing is chosen: there is nothing to hand over."))
    commission = (batch.commission if batch else None) or printer_of(mine, by)
    moved = badges.move(mine, HAND_OVER, actor=by, because=to_whom.strip())
    if not moved.done:
        raise PrintError(_first_reason(moved.skipped))
    handover = Handover.unscoped.create(
        commission=commission,
        batch=batch,
        to_whom=to_whom.strip(),
        at=at,
        by=by,
        note=note.strip(),
    )
    HandoverLine.objects.bulk_create(
        HandoverLine(handover=handover, badge=badge) for badge in moved.done
    )
    return Handed(handover, len(moved.done), moved.skipped)


def _first_reason(skipped: list[tuple[Badge, str]]) -> str:
    reason = skipped[0][1] if skipped else ""
    return _("None of them can be handed over. %(reason)s") % {"reason": reason}


def of_batch(batch: PrintBatch) -> QuerySet[Badge]:
    """What can be handed over of it now, in its order."""
    waiting: QuerySet[Badge] = Badge.unscoped.filter(
        prints__batch=batch, prints__is_printed=True, status=BadgeStatus.PRINTED
    )
    return waiting


def badges_in(keys: QuerySet[Any]) -> QuerySet[Badge]:
    """The badges that lines of a batch or handover name, for a sheet to sign."""
    found: QuerySet[Badge] = Badge.unscoped.filter(pk__in=keys)
    return found
