"""Moments in words on pages, in the zone of the election they belong to."""

from datetime import datetime, timedelta

from django import template
from django.conf import settings
from django.utils import timezone

from accounts import time_words

register = template.Library()

NEAR = timedelta(days=3)


@register.filter
def in_full(moment: datetime | None, election: object = None) -> str:
    """Say a moment as "Sunday 28 January 2024, 24:00 (Baku time)", in the zone of the election.

    Without an election the zone of the portal is used; without a moment the answer is empty.
    """
    return _said(moment, election, begins=False) if moment else ""


@register.filter
def opening_in_full(moment: datetime | None, election: object = None) -> str:
    """Like `in_full`, of a moment at which something begins: midnight is 00:00 of the new day."""
    return _said(moment, election, begins=True) if moment else ""


@register.filter
def day_in_full(day: datetime | None, election: object = None) -> str:
    """Say a day as "Sunday 28 January 2024"; a moment counts as the day it falls on there."""
    return time_words.day_in_full(day, zone=_zone_of(election)) if day else ""


@register.filter
def time_left(moment: datetime | None, now: datetime | None = None) -> str:
    """Say how long is left: "6 days 14 hours left"; a moment that has come is "no time left"."""
    return time_words.left_in_words(moment - (now or timezone.now())) if moment else ""


@register.filter
def is_near(moment: datetime | None, now: datetime | None = None) -> bool:
    """Whether less than three days are left, but some are: what saffron is for."""
    if not moment:
        return False
    return timedelta(0) < moment - (now or timezone.now()) < NEAR


@register.filter
def is_past(moment: datetime | None, now: datetime | None = None) -> bool:
    """Whether the moment has come. At the moment itself it has."""
    return moment <= (now or timezone.now()) if moment else False


def _said(moment: datetime, election: object, *, begins: bool) -> str:
    named = getattr(election, "time_zone_names", None)
    return time_words.moment_in_full(
        moment,
        zone=_zone_of(election),
        zone_name=getattr(election, "time_zone_name", "") if named else "",
        begins=begins,
    )


def _zone_of(election: object) -> str:
    return getattr(election, "time_zone", None) or settings.TIME_ZONE
