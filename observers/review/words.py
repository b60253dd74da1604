"""How the desk says when something is due."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from observers.enums import Status


def due_in_words(row: Any, now: datetime.datetime) -> str:
    """ "overdue by 5 h", "today, in 3 h", "tomorrow, in 26 h", "in 2 days"; empty once decided."""
    if row.due_at is None:
        return ""
    if row.status == Status.RETURNED:
        return _("stands still while returned")
    if not row.is_waiting:
        return ""
    if row.due_at <= now:
        return _("overdue by %(time)s") % {"time": _briefly(now - row.due_at)}
    days = (timezone.localdate(row.due_at) - timezone.localdate(now)).days
    span = {"time": _briefly(row.due_at - now)}
    if days == 0:
        return _("today, in %(time)s") % span
    if days == 1:
        return _("tomorrow, in %(time)s") % span
    return _("in %(time)s") % span


def _briefly(span: datetime.timedelta) -> str:
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
