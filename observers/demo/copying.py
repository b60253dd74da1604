"""Rows in bulk: PostgreSQL's COPY, fed from model instances.

`link` is the connection to use: Django's belongs to the thread that opened it, the one beneath it
(`connection.connection`) may be handed to another.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

from django.db import connection, models

# Values of these go as they are; all others are prepared by their field (encrypted, for one).
PLAIN = (
    models.BigAutoField,
    models.BooleanField,
    models.CharField,
    models.DateTimeField,
    models.EmailField,
    models.ForeignKey,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.TextField,
    models.UUIDField,
)


def copy_in(rows: Sequence[models.Model], *, link: Any = connection) -> None:
    """Store instances of one model. Those without a key get one from the database, unseen.

    COPY knows no defaults of Python and no `db_default`: every column must hold its value.
    """
    if rows:
        fields = [f for f in rows[0]._meta.concrete_fields if not f.primary_key or rows[0].pk]
        read = attrgetter(*(field.attname for field in fields))
        _copy(type(rows[0]), fields, map(read, rows), link)


def copy_columns(
    model: type[models.Model], rows: Sequence[dict[str, Any]], *, link: Any = connection
) -> None:
    """Store rows that are not worth an instance each. All have the same columns, by attribute;
    any other column is left to the database."""
    if rows:
        by_name = {field.attname: field for field in model._meta.concrete_fields}
        _copy(model, [by_name[name] for name in rows[0]], (row.values() for row in rows), link)


def _copy(
    model: type[models.Model], fields: list[Any], rows: Iterable[Iterable[Any]], link: Any
) -> None:
    prepared = [(place, _prepare(f)) for place, f in enumerate(fields) if type(f) not in PLAIN]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with (
        link.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = list(row)
            for place, prepare in prepared:
                values[place] = prepare(values[place])
            copy.write_row(values)


def _prepare(field: Any) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that nobody else will get, so that rows can point to one another."""
    return _column(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [model._meta.db_table, count],
    )


def draw_numbers(prefix: str, sequence: str, count: int) -> list[str]:
    """The next numbers of a running series, as the triggers would give them."""
    return _column(
        "SELECT elections_numbered(%s, %s) FROM generate_series(1, %s)", [prefix, sequence, count]
    )


def _column(statement: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [value for (value,) in cursor.fetchall()]


def check_pending_constraints(*, link: Any = connection) -> None:
    """Have foreign keys checked now rather than at the end, so that the database need not
    remember every row until then."""
    with link.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def search_index_filled_at_leisure() -> Iterator[None]:
    """Enter new names into the search index together rather than each at once: a third of the
    work. Whoever searches meanwhile finds them all the same."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX application_search SET (fastupdate = on)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER INDEX application_search SET (fastupdate = off)")
        cursor.execute("SELECT gin_clean_pending_list('application_search')")
