"""The register in full, as CSV and as JSON, written while it is read from the database."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from elections.models import Election
from observers.register import queries
from observers.register.entries import COLUMNS, entry
from observers.register.filters import Filters

# Rows fetched from the server-side cursor, and written, at a time.
CHUNK = 1000
# By this Excel knows that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet would take for a formula, were it the first character of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_chunks(election: Election, filters: Filters) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _csv_lines([COLUMNS])
    rows = ([_as_text(value) for value in row.values()] for row in _exported(election, filters))
    while lines := list(islice(rows, CHUNK)):
        yield _csv_lines(lines)


def json_chunks(election: Election, filters: Filters) -> Iterator[str]:
    about = {"election": election.slug, "names": election.name_policy}
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "observers": [\n'
    rows = (json.dumps(row, ensure_ascii=False) for row in _exported(election, filters))
    separator = ""
    while lines := list(islice(rows, CHUNK)):
        yield separator + ",\n".join(lines)
        separator = ",\n"
    yield "\n]}\n"


def _exported(election: Election, filters: Filters) -> Iterator[dict[str, Any]]:
    rows = queries.in_order(queries.registered(election, filters), election)
    language = election.languages[0] if election.languages else ""
    for row in rows.iterator(chunk_size=CHUNK):
        yield entry(row, election).exported(language)


def _as_text(value: Any) -> str:
    """A cell that a spreadsheet shows and does not calculate."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_lines(rows: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
