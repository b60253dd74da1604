"""The forecast as a chair reads it."""

import datetime
from fractions import Fraction
from math import ceil

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.time_words import day_in_full
from observers.domain.forecast import Forecast, Outlook


def in_words(found: Forecast, *, days_to_decide: int, today: datetime.date) -> str:
    """A sentence or two: whether the limit will hold and, where it will not, what it takes."""
    if found.outlook == Outlook.NOTHING_WAITS:
        return _("Nothing waits for a decision.")
    if found.outlook == Outlook.ALL_OVERDUE:
        return _all_overdue(found)
    sentences = [_overdue(found)] if found.overdue else []
    if found.outlook == Outlook.FAILS:
        sentences.append(_fails(found, today))
    else:
        sentences.append(_holds(found, days_to_decide))
    if found.breaks_on is not None:
        sentences.append(
            _(
                "But applications come in at %(incoming)s a day: if that goes on, some will be "
                "late from %(day)s."
            )
            % {"incoming": _rounded(found.incoming_pace), "day": _day(today, found.breaks_on)}
        )
    return " ".join(sentences)


def _overdue(found: Forecast) -> str:
    return ngettext(
        "%(n)s application is overdue already.",
        "%(n)s applications are overdue already.",
        found.overdue,
    ) % {"n": number_format(found.overdue, force_grouping=True)}


def _all_overdue(found: Forecast) -> str:
    if not found.pace:
        return _("Everything that waits is overdue, and nothing has been decided lately.")
    return _("Everything that waits is overdue. %(pace)s it is decided in %(time)s.") % {
        "pace": _pace(found),
        "time": _time(found),
    }


def _holds(found: Forecast, days_to_decide: int) -> str:
    limit = ngettext("%(n)d day", "%(n)d days", days_to_decide) % {"n": days_to_decide}
    words = {"pace": _pace(found), "time": _time(found), "limit": limit}
    if found.overdue:
        return (
            _(
                "%(pace)s what waits is decided in %(time)s: for the others the limit of "
                "%(limit)s holds."
            )
            % words
        )
    return _("%(pace)s what waits is decided in %(time)s: the limit of %(limit)s holds.") % words


def _fails(found: Forecast, today: datetime.date) -> str:
    words = {
        "pace": _pace(found),
        "time": _time(found),
        "late": number_format(found.late, force_grouping=True),
        "more": number_format(found.more_a_day, force_grouping=True),
        "day": _day(today, found.late_on),
    }
    if not found.pace:
        return (
            _(
                "Nothing has been decided lately: %(more)s decisions a day are needed from "
                "tomorrow, or %(late)s will be late by %(day)s."
            )
            % words
            if found.more_a_day
            else _("Nothing has been decided lately, and %(late)s are due today.") % words
        )
    if not found.late_on:
        today_words = (
            _("%(pace)s %(late)s of those due today will be late, unless as many more are decided.")
            % words
        )
        return f"{today_words} {_from_tomorrow(found)}"
    return (
        _(
            "%(pace)s what waits takes %(time)s: %(more)s more decisions a day are needed from "
            "tomorrow, or %(late)s will be late by %(day)s."
        )
        % words
    )


def _from_tomorrow(found: Forecast) -> str:
    if not found.more_a_day:
        return _("From tomorrow on the pace is enough.")
    return ngettext(
        "From tomorrow on %(n)s more decision a day is needed.",
        "From tomorrow on %(n)s more decisions a day are needed.",
        found.more_a_day,
    ) % {"n": number_format(found.more_a_day, force_grouping=True)}


def _pace(found: Forecast) -> str:
    """How a sentence begins."""
    pace = {"pace": _rounded(found.pace), "n": found.of_days}
    if found.by_today:
        return _("At today’s pace (%(pace)s so far)") % pace
    return (
        ngettext(
            "At the pace of the last day (%(pace)s a day)",
            "At the pace of the last %(n)d days (%(pace)s a day)",
            found.of_days,
        )
        % pace
    )


def _rounded(number: Fraction) -> str:
    """A pace of less than ten with one decimal."""
    places = 1 if number < 10 and number.denominator > 1 else 0
    return number_format(float(round(number, places)), places, force_grouping=True)


def _time(found: Forecast) -> str:
    days = found.days_needed or Fraction(0)
    if days < 1:
        return _("less than a day")
    return _("%(days)s days") % {"days": number_format(ceil(days * 10) / 10, 1)}


def _day(today: datetime.date, ahead: int) -> str:
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    return day_in_full(today + datetime.timedelta(days=ahead), zone="UTC")
