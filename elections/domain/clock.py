"""The time. Deadlines are the database's: its clock is the one that decides."""

import datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone


def database_now() -> datetime.datetime:
    """The database's clock, aware, in UTC. Read once per operation and handed down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now.astimezone(datetime.UTC)


def due_conditions(now: datetime.datetime) -> dict[str, Q]:
    """Overdue, and the days that follow, as half-open spans of `due_at`."""
    midnight = midnight_before(now)
    tomorrow, day_after = (midnight + datetime.timedelta(days=days) for days in (1, 2))
    return {
        "overdue": Q(due_at__lt=now),
        "today": Q(due_at__gte=now, due_at__lt=tomorrow),
        "tomorrow": Q(due_at__gte=tomorrow, due_at__lt=day_after),
        "later": Q(due_at__gte=day_after),
    }


def midnight_before(now: datetime.datetime) -> datetime.datetime:
    """When today began, in the portal's time zone."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
