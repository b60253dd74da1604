"""Rows in bulk: PostgreSQL's COPY, in lines of text that are put together here.

Putting them together costs a fraction of what a driver needs that adapts value by value.

`link` is the connection to use: Django's belongs to the thread that opened it, the one beneath it
(`connection.connection`) may be handed to another.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from operator import attrgetter
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from privacy.fields import EncryptedTextField

# The columns of a row by attribute (`applicant_id`, not `applicant`), as Python has them.
Columns = dict[str, Any]

NULL = r"\N"
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
# Python's own words for values of these are PostgreSQL's as well.
SPOKEN_ALIKE = (
    models.BooleanField,
    models.DateTimeField,
    models.ForeignKey,
    models.IntegerField,
    models.UUIDField,
)


class Sheet(NamedTuple):
    """Rows of one table, ready to be taken in: `target` is the table with its columns."""

    target: str
    lines: bytes


def sheet(model: type[models.Model], rows: Sequence[Columns]) -> Sheet:
    """All rows have the same columns in the same order; any other is left to the database."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in rows[0]] if rows else []
    return _sheet(model, fields, [row.values() for row in rows])


def sheet_of(model: type[models.Model], rows: Sequence[models.Model]) -> Sheet:
    """From instances. Those without a key get one from the database, unseen.

    COPY knows no defaults of Python and no `db_default`: every column must hold its value.
    """
    has_keys = bool(rows) and rows[0].pk is not None
    fields = [f for f in model._meta.concrete_fields if has_keys or not f.primary_key]
    return _sheet(model, fields, map(attrgetter(*(field.attname for field in fields)), rows))


def _sheet(
    model: type[models.Model], fields: Sequence[Any], rows: Iterable[Iterable[Any]]
) -> Sheet:
    """Column by column, which is quicker to say than row by row."""
    quoted = connection.ops.quote_name
    said = [
        _say(values, field) for field, values in zip(fields, zip(*rows, strict=True), strict=False)
    ]
    lines = "\n".join(map("\t".join, zip(*said, strict=True)))
    columns = ", ".join(quoted(field.column) for field in fields)
    return Sheet(f"{quoted(model._meta.db_table)} ({columns})", lines.encode())


def _say(values: Sequence[Any], field: Any) -> Iterable[str]:
    """All values of a column in words."""
    words = _words(field)
    if None in values:
        return [NULL if value is None else words(value) for value in values]
    if words is _escaped and _is_plain("".join(values)):
        return values
    return map(words, values)


def _words(field: Any) -> Callable[[Any], str]:
    """How a value of that column is said, None excepted. An array's must be plain words."""
    if isinstance(field, EncryptedTextField):
        return lambda value: rf"\\x{field.get_db_prep_value(value, connection).hex()}"
    if isinstance(field, ArrayField):
        return lambda values: f"{{{','.join(values)}}}"
    if isinstance(field, models.JSONField):
        return lambda value: _escaped(AS_JSON(value))
    if isinstance(field, models.CharField | models.TextField):
        return _escaped
    if isinstance(field, models.FileField):
        return lambda file: _escaped(str(file))
    if isinstance(field, SPOKEN_ALIKE):
        return str
    raise TypeError(f"Nobody has said how {field} is written for COPY.")


def _is_plain(text: str) -> bool:
    return text.isprintable() and "\\" not in text


def _escaped(text: str) -> str:
    if not _is_plain(text):
        for sign, written in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r")):
            text = text.replace(sign, written)
    return text


def take_in(*sheets: Sheet, link: Any = connection) -> None:
    """Store the rows, sheet by sheet. What the database refuses is raised as Django does."""
    errors_as_djangos = getattr(link, "wrap_database_errors", nullcontext())
    with errors_as_djangos, link.cursor() as cursor:
        for target, lines in sheets:
            if lines:
                with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    copy.write(lines)


def reserve_keys(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that nobody else will get, so that rows can point to one another."""
    return _column(
        "WITH keys AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS series)"
        " SELECT nextval(keys.series) FROM keys, generate_series(1, %s)",
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
