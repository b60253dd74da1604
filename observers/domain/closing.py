"""The end of a window. The clock closes it; this announces it, and warns beforehand."""

import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Q, Sum

from elections.domain.clock import database_now
from elections.models import CalendarEvent, Window
from notifications import outbox
from notifications.models import Letter
from observers.domain import letters
from observers.domain.applications import move
from observers.enums import Status
from observers.lifecycle import LAPSE
from observers.models import Application
from observers.models.application import ApplicationQuerySet
from observers.models.closing import ClosesAt

# People whose drafts lapse in one transaction.
CHUNK = 500
# Days before the closing at which applicants with unsent drafts are reminded.
REMINDERS = (3, 1)


def close_registration() -> list[CalendarEvent]:
    """Lapse the drafts of windows that the clock has closed and record each closing once.

    May run at any time, twice, beside itself, and again after it was interrupted: a draft is
    only lapsed when its own window has closed, extensions included, and a closing is recorded
    when none is left. Returns the closings that were recorded now.
    """
    now = database_now()
    _lapse_drafts(now=now)
    recorded = []
    for window in Window.objects.filter(closes_at__lte=now).prefetch_related("extensions"):
        moments = [window.closes_at, *(extension.until for extension in window.extensions.all())]
        event, is_new = CalendarEvent.objects.get_or_create(
            window=window,
            closed_at=max(moment for moment in moments if moment <= now),
            defaults={"lapsed": _lapsed_since_last_closing(window)},
        )
        if is_new:
            recorded.append(event)
    return recorded


def _lapse_drafts(*, now: datetime.datetime) -> None:
    """All drafts of a person together, whatever their windows: each person gets one letter."""
    at_hand = Q(window__closes_at__lte=now) | Q(substitutes__isnull=False)
    late = _drafts().filter(at_hand, closing__lte=now)
    people = late.order_by("applicant").values_list("applicant", flat=True).distinct()
    while some := list(people[:CHUNK]):
        move(late.filter(applicant__in=some), LAPSE, actor=None)


def _lapsed_since_last_closing(window: Window) -> int:
    """Counted from what is stored: another process may have lapsed some of them. Who was to take
    another's place does not lapse with the window."""
    recorded = window.events.aggregate(total=Sum("lapsed"))["total"] or 0
    lapsed = Application.unscoped.filter(window=window, status=Status.LAPSED)
    return int(lapsed.filter(substitutes__isnull=True).count()) - recorded


def _drafts() -> ApplicationQuerySet:
    """Drafts, each with the moment from which it can no longer be sent."""
    drafts: ApplicationQuerySet = Application.unscoped.filter(status=Status.DRAFT)
    return drafts.annotate(closing=ClosesAt())


def remind_of_drafts() -> int:
    """Write to everybody who has unsent drafts three days and one day before their closing.

    One letter for all of a person's drafts that close at the same moment, however often this
    runs; who begins on the last day is reminded once. Returns how many letters were written now.
    """
    now = database_now()
    written = 0
    for days, following in zip(REMINDERS, (*REMINDERS[1:], 0), strict=True):
        soon = _drafts().filter(
            closing__gt=now + datetime.timedelta(days=following),
            closing__lte=now + datetime.timedelta(days=days),
        )
        with transaction.atomic():
            written += len(outbox.write(_unwritten(_reminders(soon, days=days))))
    return written


def _reminders(drafts: ApplicationQuerySet, *, days: int) -> list[Letter]:
    rows = drafts.select_related("applicant", "election", "organisation", "commission")
    ordered = rows.annotate(is_own_place=Q(substitutes__isnull=True)).order_by(
        "applicant", "election", "closing", "is_own_place", "pk"
    )
    together = groupby(
        ordered,
        key=lambda row: (row.applicant_id, row.election_id, row.closing, row.is_own_place),
    )
    return [
        letters.draft_reminder(list(group), closes_at=closing, days=days)
        for (_, _, closing, _), group in together
    ]


def _unwritten(reminders: list[Letter]) -> list[Letter]:
    keys = [letter.once_key for letter in reminders]
    known = set(Letter.unscoped.filter(once_key__in=keys).values_list("once_key", flat=True))
    return [letter for letter in reminders if letter.once_key not in known]
