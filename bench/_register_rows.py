"""So many lines of a register, with names, nominators and places as in the demo election.

Only what the public pages read is there: the lines, the words of their names and the counts. The
applications behind them are not, for they are never read.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from accounts.names import fold, sort_key
from elections.models import Election
from organisations.models import Organisation
from tests import builders

FOLDER = Path(settings.BASE_DIR, "elections", "demo", "azerbaijan-2024")
# One person of this name, however many there are; and one that many have.
RARE, COMMON = "Bənzərsizov", "Məmmədov"

_LINES = """
INSERT INTO observers_registeredobserver (application_id, election_id, number, name, kind, scope,
    constituency_id, organisation_id, status, registered_at, order_key, search_key)
SELECT %(first)s + n, %(election)s,
    'A-' || lpad((%(first)s + n)::text, 7, '0') || '-'
        || lpad((98 - ((%(first)s + n) * 100) %% 97)::text, 2, '0'),
    s.name || ' ' || g.name || ' ' || p.name, coalesce(o.kind, 'own_initiative'),
    CASE WHEN h.place %% 16 = 0 THEN 'nationwide' ELSE 'constituency' END,
    CASE WHEN h.place %% 16 > 0 THEN c.id END, o.id,
    CASE WHEN n %% 500 = 0 THEN 'cancelled' ELSE 'approved' END,
    now() - mod(n, 40) * interval '1 day',
    s.sort_key || ' ' || g.sort_key || ' ' || p.sort_key,
    s.search_key || ' ' || g.search_key || ' ' || p.search_key
FROM generate_series(1, %(rows)s) n
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
-- One of eleven has no nominator.
LEFT JOIN bench_nominators o ON o.place = h.nominator %% (
    SELECT 1.1 * max(place) FROM bench_nominators)::int
JOIN elections_constituency c ON c.election_id = %(election)s AND c.number = 1 + h.place %% 125
"""
_REST = (
    "INSERT INTO observers_registeredname (election_id, word, order_key, application_id)"
    " SELECT DISTINCT election_id, w, order_key, application_id FROM observers_registeredobserver"
    " CROSS JOIN unnest(string_to_array(search_key, ' ')) w WHERE election_id = %(election)s"
    " ORDER BY 1, 2, 3, 4",
    "INSERT INTO observers_registerword (election_id, word, observers)"
    " SELECT election_id, word, count(*) FROM observers_registeredname"
    " WHERE election_id = %(election)s GROUP BY 1, 2",
    "INSERT INTO observers_registerchange (election_id, at, changes)"
    " VALUES (%(election)s, now(), 1)",
    "INSERT INTO observers_applicationcount (election_id, commission_id, status, kind, scope,"
    " constituency_id, organisation_id, applications)"
    " SELECT r.election_id, coalesce(c.id, central.id), r.status, r.kind, r.scope,"
    " r.constituency_id, r.organisation_id, count(*)"
    " FROM observers_registeredobserver r"
    " LEFT JOIN elections_commission c ON c.constituency_id = r.constituency_id"
    " JOIN elections_commission central ON central.election_id = r.election_id"
    " AND central.authority = 'central'"
    " WHERE r.election_id = %(election)s GROUP BY 1, 2, 3, 4, 5, 6, 7",
)


def registered(rows: int, *, first: int) -> Election:
    """An election with so many in its register; their numbers are those after `first`."""
    election = builders.an_election(slug=f"bench-{rows}", constituencies=125)
    told = {"election": election.pk, "rows": rows, "first": first}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        _tell_names(cursor)
        _tell_nominators(cursor)
        for statement in (_LINES, *_REST):
            cursor.execute(statement, told)
    return election


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def _tell_names(cursor: Any) -> None:
    """As often as they are frequent, numbered; the rare one is number 0."""
    cursor.execute(
        "CREATE TEMPORARY TABLE bench_names (part text, place int, name text, sort_key text,"
        " search_key text) ON COMMIT DROP"
    )
    lines = [("surname", 0, RARE)]
    for part, weighted in _weighted().items():
        often = [name for name, weight in weighted for _ in range(weight)]
        lines += [(part, place, name) for place, name in enumerate(often, start=1)]
    with cursor.copy("COPY bench_names FROM STDIN") as copy:
        for part, place, name in lines:
            copy.write_row((part, place, name, sort_key(name), fold(name)))
    cursor.execute("CREATE INDEX ON bench_names (part, place)")
    cursor.execute("ANALYZE bench_names")


def _weighted() -> dict[str, list[tuple[str, int]]]:
    given = [(row["name"], row["gender"], int(row["weight"])) for row in _rows("given_names.csv")]
    return {
        "surname": [
            (row[gender], int(row["weight"]))
            for row in _rows("surnames.csv")
            for gender in ("masculine", "feminine")
        ],
        "given_name": [(name, weight) for name, _gender, weight in given],
        "patronymic": [
            (f"{name} {child}", weight)
            for name, gender, weight in given
            if gender == "male"
            for child in ("oğlu", "qızı")
        ],
    }


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
