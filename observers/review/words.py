"""How the desk says when something is due."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.time_words import due_in_words as moment_in_words
from observers.enums import Status


def due_in_words(row: Any, now: datetime.datetime) -> str:
    """By when an application has to be decided; empty once it is."""
    if row.status == Status.RETURNED and row.election.clock_stands_still:
        return _("stands still while returned")
    runs = row.is_waiting or row.status == Status.RETURNED
    return moment_in_words(row.due_at, now) if runs and row.due_at else ""
