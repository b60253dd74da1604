"""The time. Deadlines are the database's: its clock is the one that decides."""

import datetime

from django.db import connection


def database_now() -> datetime.datetime:
    """The database's clock, aware, in UTC. Read once per operation and handed down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now.astimezone(datetime.UTC)
