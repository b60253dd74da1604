"""The register in full, as CSV and as JSON, written by the database while it is read.

PostgreSQL writes the lines itself (`COPY`): a million take about as long as it takes to read them,
and no more memory than a few.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from elections.models import Election
from observers.register import queries
from observers.register.filters import WORDS_OF_STATUS, Filters

# Names of the CSV's columns and the JSON's members. They are a contract: do not translate them.
COLUMNS = (
    "number",
    "name",
    "kind",
    "organisation",
    "scope",
    "constituency",
    "constituency_name",
    "registered_on",
    "status",
)
# Bytes sent at a time.
CHUNK = 64 * 1024
# By this Excel knows that the file is UTF-8.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What a spreadsheet would take for a formula, were it the first character of a cell.
_FORMULA = r"'^[=+\-@\t\r\n]'"
_AS_TEXT = f"CASE WHEN {{0}} ~ {_FORMULA} THEN '''' || {{0}} ELSE {{0}} END"

_LINES = """
    WITH places AS MATERIALIZED (
        SELECT id, number, coalesce(
            nullif(names ->> %(language)s, ''),
            (SELECT value FROM jsonb_each_text(names) LIMIT 1), ''
        ) AS name
        FROM elections_constituency WHERE election_id = %(election)s
    ), nominators AS MATERIALIZED (
        SELECT id, coalesce(nullif(short_name, ''), name) AS name FROM organisations_organisation
    )
    SELECT r.number, {name} AS name, r.kind, {organisation} AS organisation, r.scope,
        c.number AS constituency, {place} AS constituency_name,
        coalesce(((r.registered_at AT TIME ZONE %(zone)s)::date)::text, '') AS registered_on,
        CASE r.status {statuses} END AS status
    FROM observers_registeredobserver r
    LEFT JOIN places c ON c.id = r.constituency_id
    LEFT JOIN nominators o ON o.id = r.organisation_id
    WHERE r.election_id = %(election)s AND {asked}
    ORDER BY r.order_key, r.application_id
"""
_STATUSES = " ".join(f"WHEN '{status}' THEN '{word}'" for status, word in WORDS_OF_STATUS.items())
# JSON has neither of these two characters: so it leaves as it is.
_BARE = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"


def csv_chunks(
    election: Election, filters: Filters, *, columns: tuple[str, ...] = COLUMNS
) -> Iterator[bytes]:
    yield BYTE_ORDER_MARK + ",".join(columns).encode() + b"\n"
    place = "coalesce(c.name, '')"
    lines, values = _lines(
        election,
        filters,
        name=_AS_TEXT.format("r.name"),
        organisation=_AS_TEXT.format("coalesce(o.name, '')"),
        place=_AS_TEXT.format(place),
    )
    chosen = f"SELECT {', '.join(columns)} FROM ({lines}) AS lines"  # noqa: S608
    yield from _copied(f"COPY ({chosen}) TO STDOUT (FORMAT csv)", values)


def json_chunks(election: Election, filters: Filters) -> Iterator[bytes]:
    about = {"election": election.slug, "names": election.name_policy}
    if election.name_policies:
        about["names_by_kind"] = election.name_policies
    yield (json.dumps(about, ensure_ascii=False)[:-1] + ', "observers": [\n').encode()
    lines, values = _lines(
        election,
        filters,
        name="r.name",
        organisation="coalesce(o.name, '')",
        place="coalesce(c.name, '')",
    )
    each = f"SELECT row_to_json(lines) FROM ({lines}) AS lines"  # noqa: S608
    written = _copied(f"COPY ({each}) TO STDOUT ({_BARE})", values)
    before = b""
    for chunk in written:
        # Each chunk is of whole lines; the last has no comma behind it.
        yield before + chunk[:-1].replace(b"\n", b",\n")
        before = b",\n"
    yield b"\n]}\n"


def _lines(election: Election, filters: Filters, **columns: str) -> tuple[str, dict[str, Any]]:
    asked, values = queries.asked_of_a_line(election, filters)
    language = election.languages[0] if election.languages else ""
    sql = _LINES.format(statuses=_STATUSES, asked=asked, **columns)
    known = {"election": election.pk, "language": language, "zone": election.time_zone}
    return sql, {**values, **known}


def _copied(statement: str, values: dict[str, Any]) -> Iterator[bytes]:
    """What the statement writes, in chunks of whole lines."""
    operations: Any = connection.ops
    complete = operations.compose_sql(statement, values)
    with connection.cursor() as cursor, cursor.copy(complete) as copy:
        gathered, size = [], 0
        for line in copy:
            gathered.append(bytes(line))
            size += len(line)
            if size >= CHUNK:
                yield b"".join(gathered)
                gathered, size = [], 0
        if gathered:
            yield b"".join(gathered)
