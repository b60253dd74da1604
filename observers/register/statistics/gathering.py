"""Counting an election through, once, for all of its statistics.

One statement reads the applications into a table of this transaction, a row for each with nothing
in it but what is counted; all sums are then made of that table. So they are of one moment, and a
million applications are read once. Done in the background: see `snapshots.py`.
"""

# ruff: noqa: S608 - the statements are put together from names of columns only

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import connection

from elections.models import Election
from observers.enums import COUNTED, WAITING
from observers.register.statistics.chance import median_ranks
from observers.register.statistics.facts import STATUSES, Facts, Group, Refusals

_READ = """
CREATE TEMPORARY TABLE counted_through ON COMMIT DROP AS
SELECT
    a.commission_id, a.kind, a.constituency_id, a.organisation_id, a.status,
    coalesce(earlier.outcome, d.outcome) AS outcome,
    coalesce(earlier.ground_id, d.ground_id) AS ground_id,
    extract(epoch FROM coalesce(earlier.decided_at, d.decided_at) - a.submitted_at)::float8
        AS seconds,
    coalesce(earlier.decided_at, d.decided_at) > a.due_at AS is_late,
    a.status = ANY(%(waiting)s) AND a.due_at < %(now)s AS is_overdue,
    returned.application_id IS NOT NULL AS was_returned,
    CASE a.status WHEN 'approved' THEN a.decided_at WHEN 'cancelled' THEN (
        SELECT min(r.decided_at) FROM observers_decision r
        WHERE r.application_id = a.id AND r.outcome = 'approved'
    ) END AS registered_at
FROM observers_application a
LEFT JOIN observers_decision d ON d.id = a.decision_id
-- How it was decided before an appeal or a cancellation.
LEFT JOIN LATERAL (
    SELECT e.outcome, e.ground_id, e.decided_at FROM observers_decision e
    WHERE (d.appeal_id IS NOT NULL OR d.outcome = 'cancelled')
      AND e.application_id = a.id AND e.appeal_id IS NULL AND e.outcome <> 'cancelled'
    ORDER BY e.id DESC LIMIT 1
) earlier ON true
-- A return that was undone before its letter left is none.
LEFT JOIN (
    SELECT DISTINCT r.application_id FROM observers_return r
    LEFT JOIN notifications_letter l ON l.key = r.letter_id
    WHERE l.status IS DISTINCT FROM 'withdrawn'
) returned ON returned.application_id = a.id
WHERE a.election_id = %(election)s AND a.status = ANY(%(counted)s)
"""
_SUMS = {
    **{status.value: f"status = '{status}'" for status in STATUSES},
    "first_approved": "outcome = 'approved'",
    "first_refused": "outcome = 'refused'",
    "late": "is_late",
    "overdue": "is_overdue",
    "looked_at": "outcome IS NOT NULL OR was_returned",
    "was_returned": "was_returned",
}
_COUNT = f"""
SELECT commission_id, kind,
    {", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _SUMS.values())}
FROM counted_through GROUP BY GROUPING SETS ((), (commission_id), (kind))
"""
# Percentiles by rank. What a group asks for stands beside its name.
_TIMES = """
SELECT asked.name,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds),
    percentile_disc(ARRAY[asked.low, asked.high]) WITHIN GROUP (ORDER BY seconds),
    count(*) FILTER (WHERE seconds > %s)
FROM unnest(%s::text[], %s::float8[], %s::float8[]) AS asked (name, low, high)
JOIN counted_through ON {column}::text = asked.name
WHERE outcome IS NOT NULL GROUP BY asked.name, asked.low, asked.high
"""
_PLAIN = {
    "days": "SELECT (registered_at AT TIME ZONE %(zone)s)::date, count(*) FROM counted_through"
    " WHERE registered_at IS NOT NULL GROUP BY 1 ORDER BY 1",
    "constituencies": "SELECT constituency_id, count(*) FROM counted_through"
    " WHERE status = 'approved' AND constituency_id IS NOT NULL GROUP BY 1 ORDER BY 1",
    "organisations": "SELECT organisation_id, count(*) FROM counted_through"
    " WHERE status = 'approved' AND organisation_id IS NOT NULL GROUP BY 1 ORDER BY 1",
    "appeals": "SELECT p.status, count(*) FROM observers_appeal p"
    " JOIN observers_decision d ON d.id = p.decision_id"
    " JOIN observers_application a ON a.id = d.application_id"
    " WHERE a.election_id = %(election)s GROUP BY 1 ORDER BY 1",
}
_REFUSALS = """
SELECT ground_id, kind, count(*) FROM counted_through
WHERE outcome = 'refused' AND ground_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""


def gather(election: Election, *, now: datetime.datetime) -> Facts:
    """To be called within a transaction."""
    with connection.cursor() as cursor:
        # Enough to sort the times of a million in memory; until the end of the transaction.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        read = {"waiting": list(WAITING), "counted": list(COUNTED)}
        cursor.execute(_READ, {"election": election.pk, "now": now, **read})
        groups = _groups(cursor)
        plain = {"election": election.pk, "zone": election.time_zone}
        sums = {name: dict(_rows(cursor, sql, plain)) for name, sql in _PLAIN.items()}
        refusals = [Refusals(*row) for row in _rows(cursor, _REFUSALS)]
        # Somebody may count again in this transaction.
        cursor.execute("DROP TABLE counted_through")
    return Facts(
        everything=groups["all"].get("all", Group()),
        kinds=groups["kind"],
        commissions={int(key): group for key, group in groups["commission_id"].items()},
        refusals=refusals,
        **sums,
    )


def _groups(cursor: Any) -> dict[str, dict[str, Group]]:
    """By what they are grouped by, and by the name of the group."""
    counted: dict[str, dict[str, dict[str, Any]]] = {"all": {}, "commission_id": {}, "kind": {}}
    for commission, kind, *sums in _rows(cursor, _COUNT):
        by = "commission_id" if commission else "kind" if kind else "all"
        counted[by][str(commission or kind or "all")] = dict(zip(_SUMS, sums, strict=True))
    half = _add_times(cursor, "all", counted["all"], half=None)
    for by in ("commission_id", "kind"):
        _add_times(cursor, by, counted[by], half=half)
    for columns in counted["all"].values():
        columns["slow"] = sum(kind.get("slow", 0) for kind in counted["kind"].values())
    return {
        by: {name: Group(**columns) for name, columns in groups.items()}
        for by, groups in counted.items()
    }


def _add_times(
    cursor: Any, by: str, groups: dict[str, dict[str, Any]], *, half: float | None
) -> float | None:
    """Within which time half of the last group was decided."""
    asked = [(name, *_fractions(columns)) for name, columns in groups.items()]
    statement = _TIMES.format(column="'all'" if by == "all" else by)
    names, lows, highs = zip(*asked, strict=True) if asked else ((), (), ())
    median = None
    for name, (median, ninety), (low, high), slow in _rows(
        cursor, statement, [half, list(names), list(lows), list(highs)]
    ):
        has_interval = median_ranks(_decided(groups[name])) is not None
        groups[name] |= {
            "median": median,
            "ninety": ninety,
            "median_low": low if has_interval else None,
            "median_high": high if has_interval else None,
            "slow": slow,
        }
    return median


def _decided(columns: dict[str, Any]) -> int:
    return int(columns["first_approved"] + columns["first_refused"])


def _fractions(columns: dict[str, Any]) -> tuple[float, float]:
    """The ranks of the median's interval as the database wants them: it takes the first value at
    or behind that part of the way."""
    number = _decided(columns)
    low, high = median_ranks(number) or (1, 1)
    return ((low - 0.5) / number, (high - 0.5) / number) if number else (0.5, 0.5)


def _rows(cursor: Any, sql: str, parameters: Any = None) -> Iterable[tuple[Any, ...]]:
    cursor.execute(sql, parameters)
    return list(cursor.fetchall())
