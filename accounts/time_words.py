"""Moments in words: a deadline is always said in full, with the zone it is counted in.

The word order of a language lives in its catalogue: `%(weekday)s %(day)s %(month)s %(year)s` is one
message, and its parts may be placed in any order. Names of days and months come from Django.
Pages use the filters of `elections/templatetags/time_words.py`, letters those of
`notifications/templatetags/letter_words.py`.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import DateFormat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


def moment_in_full(
    moment: datetime, *, zone: str, zone_name: str = "", begins: bool = False
) -> str:
    """Say a moment as "Sunday 28 January 2024, 24:00 (Baku time)", in that zone.

    Midnight is said as 24:00 of the day before, as the law counts its last days; where something
    `begins` then, as 00:00 of the day that begins.
    """
    local = moment.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M}"
    if clock == "00:00" and not begins:
        local, clock = local - timedelta(minutes=1), "24:00"
    words = _day_words(local)
    words.update(time=clock, zone=zone_name or _zone_in_words(zone))
    return _("%(weekday)s %(day)s %(month)s %(year)s, %(time)s (%(zone)s)") % words


def day_in_full(day: date, *, zone: str) -> str:
    """Say a day as "Sunday 28 January 2024"; a moment counts as the day it falls on there."""
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(zone))
    return _("%(weekday)s %(day)s %(month)s %(year)s") % _day_words(day)


def for_scripts() -> dict[str, Any]:
    """The names of days and months and the lengths of time, for a script that says moments on a
    phone that may not know the language: weekdays from Monday on, months from January on, and 1
    to so many days, hours and minutes."""
    days = [_day_words(date(2024, 1, number)) for number in range(1, 8)]
    months = [_day_words(date(2024, number, 1)) for number in range(1, 13)]
    lengths = {"days": range(1, 61), "hours": range(1, 24), "minutes": range(1, 60)}
    return {
        "weekdays": [words["weekday"] for words in days],
        "months": [words["month"] for words in months],
        "spans": {
            unit: [_in_two_units(timedelta(**{unit: count})) for count in counts]
            for unit, counts in lengths.items()
        },
    }


def date_in_words(day: date) -> str:
    """Say a date as documents have it: "3 February 2024", in Azerbaijani "3 fevral 2024-cü il"."""
    words = _day_words(day)
    if (get_language() or "").startswith("az"):
        words["year"] = f"{day.year}-{_ordinal_ending(day.year)}"
    return _("%(day)s %(month)s %(year)s") % words


def _ordinal_ending(number: int) -> str:
    """Of an Azerbaijani number written in figures: 2024-cü, 2026-cı, 2030-cu, 2035-ci."""
    units, tens = number % 10, number // 10 % 10
    if units:
        return {3: "cü", 4: "cü", 6: "cı", 9: "cu"}.get(units, "ci")
    if tens:
        return {1: "cu", 3: "cu", 4: "cı", 6: "cı", 9: "cı"}.get(tens, "ci")
    return "cü" if number % 1000 else "ci"


def left_in_words(left: timedelta) -> str:
    """Say how long is left, in two units at most: "6 days 14 hours left", rounded down.

    A moment that has come is "no time left": deadlines are half-open.
    """
    if left <= timedelta(0):
        return _("no time left")
    if left < timedelta(minutes=1):
        return _("less than a minute left")
    return _("%(time)s left") % {"time": _in_two_units(left)}


def _zone_in_words(zone: str) -> str:
    if zone == "Asia/Baku":
        return _("Baku time")
    return _("%(city)s time") % {"city": zone.rsplit("/", 1)[-1].replace("_", " ")}


def _day_words(day: date) -> dict[str, str]:
    formatted = DateFormat(day)
    return {
        "weekday": _in_a_sentence(str(formatted.l())),
        "day": str(formatted.j()),
        "month": _in_a_sentence(str(formatted.E())),
        "year": str(formatted.Y()),
    }


def _in_a_sentence(name: str) -> str:
    """Azerbaijani and Russian write days and months small; Azerbaijani İ becomes i, and I ı."""
    language = (get_language() or "").partition("-")[0]
    if language == "az":
        return name.replace("İ", "i").replace("I", "ı").lower()
    if language == "ru":
        return name.lower()
    return name


def _in_two_units(left: timedelta) -> str:
    minutes = int(left.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    said = [
        (days, ngettext("%(n)d day", "%(n)d days", days)),
        (hours, ngettext("%(n)d hour", "%(n)d hours", hours)),
        (minutes, ngettext("%(n)d minute", "%(n)d minutes", minutes)),
    ]
    first = next(place for place, (count, _words) in enumerate(said) if count)
    return " ".join(words % {"n": count} for count, words in said[first : first + 2] if count)


def due_in_words(due_at: datetime, now: datetime) -> str:
    """ "overdue by 5 h", "today, in 3 h", "tomorrow, in 26 h", "in 2 days": for a list.

    Days are those of the portal's time zone. The moment itself is overdue.
    """
    if due_at <= now:
        return _("overdue by %(time)s") % {"time": _briefly(now - due_at)}
    days = (timezone.localdate(due_at) - timezone.localdate(now)).days
    span = {"time": _briefly(due_at - now)}
    if days == 0:
        return _("today, in %(time)s") % span
    if days == 1:
        return _("tomorrow, in %(time)s") % span
    return _("in %(time)s") % span


def _briefly(span: timedelta) -> str:
    """One unit, rounded down: minutes under an hour, hours under two days, then days."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return _("under a minute")
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)d h") % {"n": minutes // 60}
    days = minutes // 1440
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
