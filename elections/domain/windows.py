"""Which windows are open, for whom, until when."""

import datetime
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from elections.models import ClosesAt, Constituency, Election, Window


def window_for(election: Election, *, kind: str, scope: str) -> Window | None:
    """The window that admits applications of this kind and scope, open or not."""
    return election.windows.admitting(kind).filter(scope=scope).order_by("-closes_at").first()


def closing_moment(
    window: Window, *, kind: str, constituency: Constituency | None
) -> datetime.datetime:
    """When the window closes for these, extensions included; without a constituency yet, when it
    closes for the last of them."""
    return (
        Window.objects.filter(pk=window.pk)
        .annotate(closing=ClosesAt(F("pk"), constituency.pk if constituency else None, kind))
        .values_list("closing", flat=True)
        .get()
    )


def is_open(window: Window, *, now: datetime.datetime, closes_at: datetime.datetime) -> bool:
    """Half-open: the moment of opening is in time, the moment of closing is late."""
    return window.opens_at <= now < closes_at


def open_windows(election: Election, *, kind: str) -> list[Window]:
    """The windows that this kind of applicant may use at this moment."""
    return list(election.windows.admitting(kind).open_now().order_by("closes_at"))


def last_closing(election: Election, *, kind: str) -> datetime.datetime | None:
    """When the last window that admits this kind closes, extensions included; None without any."""
    admitting: Any = Window.objects.filter(election=election).admitting(kind)
    closing = admitting.with_closing().order_by("-last_closes_at")
    return closing.values_list("last_closes_at", flat=True).first()


def elections_open_to(kind: str) -> list[Election]:
    """Published elections that this kind of applicant may use now, the soonest first."""
    windows = Window.objects.admitting(kind).open_now().values("election")
    return list(Election.objects.published().filter(pk__in=windows).order_by("polling_on"))


def opened_at(election: Election) -> datetime.datetime | None:
    """When the first window opened; None while none has.

    From then on what is asked of applicants, and on what grounds they are refused, stands fixed.
    """
    opened = election.windows.filter(opens_at__lte=Now()).order_by("opens_at")
    return opened.values_list("opens_at", flat=True).first()
