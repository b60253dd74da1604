"""So many registered observers, with names, nominators and places as in the demo election.

Set-based, with the triggers out of the way; then the register and the counts are filled by what
fills them otherwise.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.names import fold, sort_key
from elections.models import Election
from observers.domain import counting
from observers.models import Application
from organisations.models import Organisation
from tests import builders

FOLDER = Path(settings.BASE_DIR, "elections", "demo", "azerbaijan-2024")
PORTION = 50_000
# One person of this name, however many there are.
RARE = "Bənzərsizov"
COMMON = "Məmmədov"

# What differs from row to row; everything else is as in the one that was built.
OWN = {
    "key": "gen_random_uuid()",
    "receipt_number": "'R-' || m.id || '-' || n",
    "accreditation_number": "'A-' || lpad((%(first)s + n)::text, 7, '0') || '-'"
    " || lpad((98 - ((%(first)s + n) * 100) %% 97)::text, 2, '0')",
    "identity_index": "md5(m.id || '-' || n)",
    "birth_index": "md5('b' || n)",
    "surname": "s.name",
    "given_name": "g.name",
    "patronymic": "p.name",
    "sort_key": "s.sort_key || ' ' || g.sort_key || ' ' || p.sort_key",
    "search_key": "s.search_key || ' ' || g.search_key || ' ' || p.search_key",
    "kind": "coalesce(o.kind, 'own_initiative')",
    "organisation_id": "o.id",
    "scope": "CASE WHEN h.place %% 16 = 0 THEN 'nationwide' ELSE 'constituency' END",
    "constituency_id": "CASE WHEN h.place %% 16 = 0 THEN NULL ELSE c.id END",
    "status": "CASE WHEN n %% 500 = 0 THEN 'cancelled' ELSE 'approved' END",
    "decided_at": "m.decided_at - mod(n, 40) * interval '1 day'",
}
_PICKED = """
    FROM observers_application m
    CROSS JOIN generate_series(%(from)s, %(to)s) n
    CROSS JOIN LATERAL (SELECT
        abs(hashint8(n)) AS surname, abs(hashint8(n + 7919)) AS given_name,
        abs(hashint8(n + 104729)) AS patronymic, abs(hashint8(n + 15485863)) AS nominator,
        abs(hashint8(n + 32452843)) AS place
    ) h
    JOIN bench_names s ON s.part = 'surname' AND s.place = CASE WHEN n = 1 THEN 0 ELSE
        1 + h.surname %% (SELECT max(place) FROM bench_names WHERE part = 'surname') END
    JOIN bench_names g ON g.part = 'given_name' AND g.place =
        1 + h.given_name %% (SELECT max(place) FROM bench_names WHERE part = 'given_name')
    JOIN bench_names p ON p.part = 'patronymic' AND p.place =
        1 + h.patronymic %% (SELECT max(place) FROM bench_names WHERE part = 'patronymic')
    LEFT JOIN bench_nominators o ON o.place = h.nominator %% (
        SELECT 1.1 * max(place) FROM bench_nominators)::int
    JOIN elections_constituency c ON c.election_id = m.election_id AND c.number = 1 + h.place %% 125
    WHERE m.id = %(model)s
"""
_FORGET = "DELETE FROM observers_applicationcount WHERE election_id = %s"
_COUNT = """
    INSERT INTO observers_applicationcount (election_id, commission_id, status, kind, scope,
        constituency_id, organisation_id, applications)
    SELECT election_id, commission_id, status, kind, scope, constituency_id, organisation_id,
        count(*)
    FROM observers_application WHERE election_id = %s AND status IN ('approved', 'cancelled')
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def registered(rows: int, *, first: int) -> Election:
    """An election with so many in its register; their numbers are those after `first`."""
    election = builders.an_election(slug=f"bench-{rows}", constituencies=125)
    model = builders.an_approved(election=election)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _tell_names(cursor)
        _tell_nominators(cursor)
        for begun in range(1, rows, PORTION):
            _store(cursor, model, first=first, numbers=(begun, min(begun + PORTION, rows) - 1))
        cursor.execute(
            "DELETE FROM observers_applicationcount WHERE election_id = %s", [election.pk]
        )
        cursor.execute(_COUNT, [election.pk])
    _settle()
    return election


def _store(cursor: Any, model: Application, *, first: int, numbers: tuple[int, int]) -> None:
    fields = Application._meta.concrete_fields
    columns = [str(field.column) for field in fields if field.column != "id"]
    values = ", ".join(
        OWN.get(column, f"m.{column}").replace("% 16", "%% 16").replace("% 500", "%% 500")
        for column in columns
    )
    told = {"model": model.pk, "first": first, "from": numbers[0], "to": numbers[1]}
    cursor.execute(
        f"WITH stored AS (INSERT INTO observers_application ({', '.join(columns)})"  # noqa: S608
        f" SELECT {values} {_PICKED} RETURNING id)"
        " SELECT array_agg(id) FROM stored",
        told,
    )
    (these,) = cursor.fetchone()
    cursor.execute("SELECT observers_register_anew(%s)", [these])


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _tell_names(cursor: Any) -> None:
    """As often as they are frequent, numbered; the rare one is number 0."""
    cursor.execute(
        "CREATE TEMPORARY TABLE bench_names (part text, place int, name text, sort_key text,"
        " search_key text) ON COMMIT DROP"
    )
    given = [(row["name"], row["gender"], int(row["weight"])) for row in _rows("given_names.csv")]
    surnames = [
        (row[gender], int(row["weight"]))
        for row in _rows("surnames.csv")
        for gender in ("masculine", "feminine")
    ]
    parts = {
        "surname": surnames,
        "given_name": [(name, weight) for name, _gender, weight in given],
        "patronymic": [
            (f"{name} {child}", weight)
            for name, gender, weight in given
            if gender == "male"
            for child in ("oğlu", "qızı")
        ],
    }
    lines = [("surname", 0, RARE)]
    for part, weighted in parts.items():
        often = [name for name, weight in weighted for _ in range(weight)]
        lines += [(part, place, name) for place, name in enumerate(often, start=1)]
    with cursor.copy("COPY bench_names FROM STDIN") as copy:
        for part, place, name in lines:
            copy.write_row((part, place, name, sort_key(name), fold(name)))
    cursor.execute("CREATE INDEX ON bench_names (part, place)")
    cursor.execute("ANALYZE bench_names")


def _tell_nominators(cursor: Any) -> None:
    """By their weight."""
    cursor.execute(
        "CREATE TEMPORARY TABLE bench_nominators (place int, id bigint, kind text) ON COMMIT DROP"
    )
    rows = [row for row in _rows("organisations.csv") if int(row["weight"] or 0)]
    organisations = Organisation.unscoped.bulk_create(
        Organisation(
            kind=row["kind"],
            name=row["name_az"],
            short_name=row["short_name"],
            search_key=fold(f"{row['name_az']} {row['short_name']}"),
        )
        for row in rows
    )
    place = 0
    with cursor.copy("COPY bench_nominators FROM STDIN") as copy:
        for row, organisation in zip(rows, organisations, strict=True):
            for _ in range(int(row["weight"])):
                copy.write_row((place, organisation.pk, row["kind"]))
                place += 1
    cursor.execute("CREATE INDEX ON bench_nominators (place)")
    cursor.execute("ANALYZE bench_nominators")


def _settle() -> None:
    counting.fold()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
