"""The end of a window. The clock closes it; this announces it, and warns beforehand."""

import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F

from elections.domain.clock import database_now
from elections.models import CalendarEvent, ClosesAt, Window
from notifications import outbox
from observers.domain import letters
from observers.domain.applications import move
from observers.enums import Status
from observers.lifecycle import LAPSE
from observers.models import Application
from observers.models.application import ApplicationQuerySet

CHUNK = 1000
# Days before the closing at which applicants with unsent drafts are reminded.
REMINDERS = (3, 1)


def close_registration() -> list[CalendarEvent]:
    """Lapse the drafts of windows that the clock has closed and record each closing once.

    May run at any time, twice, and beside itself: a draft is only lapsed when its own window has
    closed, extensions included. Returns the closings that were recorded now.
    """
    now = database_now()
    recorded = []
    for window in Window.objects.filter(closes_at__lte=now).prefetch_related("extensions"):
        lapsed = _lapse_drafts(window, now=now)
        moments = [window.closes_at, *(extension.until for extension in window.extensions.all())]
        event, is_new = CalendarEvent.objects.get_or_create(
            window=window,
            closed_at=max(moment for moment in moments if moment <= now),
            defaults={"lapsed": lapsed},
        )
        if is_new:
            recorded.append(event)
    return recorded


def _lapse_drafts(window: Window, *, now: datetime.datetime) -> int:
    lapsed = 0
    while True:
        late = _drafts().filter(window=window, closing__lte=now).order_by("applicant", "pk")
        keys = list(late.values_list("pk", flat=True)[:CHUNK])
        moved = move(Application.unscoped.filter(pk__in=keys), LAPSE, actor=None)
        lapsed += len(moved.done)
        if not moved.done:
            return lapsed


def _drafts() -> ApplicationQuerySet:
    """Drafts, each with the moment its window closes for it."""
    closing = ClosesAt(F("window_id"), "constituency_id", F("kind"))
    drafts: ApplicationQuerySet = Application.unscoped.filter(status=Status.DRAFT)
    return drafts.annotate(closing=closing)


def remind_of_drafts() -> int:
    """Write to everybody who has unsent drafts three days and one day before their closing.

    One letter for all of a person's drafts that close at the same moment, however often this
    runs. Returns how many letters were put together (those already written are left out).
    """
    now = database_now()
    written = 0
    for days in REMINDERS:
        until = now + datetime.timedelta(days=days)
        soon = _drafts().filter(closing__gt=now, closing__lte=until)
        rows = soon.select_related("applicant", "election", "organisation", "commission")
        ordered = rows.order_by("applicant", "election", "closing", "pk")
        with transaction.atomic():
            written += len(
                outbox.write(
                    letters.draft_reminder(list(group), closes_at=closing, days=days)
                    for (_, _, closing), group in groupby(
                        ordered, key=lambda row: (row.applicant_id, row.election_id, row.closing)
                    )
                )
            )
    return written
