"""The database's clock, moved: for the moments at which a deadline passes."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg import sql


@contextmanager
def the_clock_at(moment: datetime.datetime) -> Iterator[None]:
    """Every statement of this connection, and every guard it wakes, is told that moment.

    A function of ours is found before PostgreSQL's own; columns' defaults keep the true time.
    """
    _run("CREATE SCHEMA IF NOT EXISTS moved_clock")
    _run(
        "CREATE OR REPLACE FUNCTION moved_clock.statement_timestamp() RETURNS timestamptz"
        " LANGUAGE sql STABLE AS {}",
        f"SELECT timestamptz '{moment.isoformat()}'",
    )
    _run("SET search_path = moved_clock, pg_catalog, public")
    try:
        yield
    finally:
        _run("RESET search_path")


def _run(statement: str, *literals: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Literal, literals)))
