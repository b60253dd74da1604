"""90,000 clean applications approved, against the bare SQL that does as much to as many rows.

The bare SQL locks the same rows, updates them and inserts as many decisions, events, badges with
their events, and letters, in a handful of statements and with all triggers and foreign keys out of
the way: less cannot be done. The letters it inserts are of the same size, and sealed beforehand.
The portal's side runs in a process of its own, so that its peak of memory is its own.
"""

import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.db import connection, transaction

from accounts.enums import StaffRole
from accounts.models import User
from bench._report import Line, show
from elections.models import Election
from observers.domain.applications import move_in_portions
from observers.lifecycle import APPROVE
from observers.models import Application
from tests import builders

ROWS = int(os.environ.get("BENCH_ROWS", "90000"))
FEWER = ROWS // 9
# From spreadsheets come three of four, by these many organisations; the others file themselves.
ORGANISATIONS, CITIZENS = 20, 1000
# What differs from row to row; everything else is as in the one that was built.
OWN = {
    "key": "gen_random_uuid()",
    "receipt_number": "'R-' || m.id || '-' || n",
    "identity_index": "md5(m.id || '-' || n)",
    "birth_index": "md5('b' || n / 3)",
    "surname": "initcap(translate(md5(n::text), '0123456789', 'aeiouaeiou'))",
    "search_key": "translate(md5(n::text), '0123456789', 'aeiouaeiou') || ' elcin rauf oglu'",
    "sort_key": "translate(md5(n::text), '0123456789', 'aeiouaeiou')",
    "constituency_id": "c.constituency_id",
    "commission_id": "c.id",
    "organisation_id": "CASE WHEN mod(n, 4) > 0 THEN $organisations$[1 + mod(n, $many$)] END",
    "kind": "CASE WHEN mod(n, 4) > 0 THEN 'party' ELSE 'own_initiative' END",
    "applicant_id": "CASE WHEN mod(n, 4) > 0 THEN $owners$[1 + mod(n, $many$)]"
    " ELSE $citizens$[1 + mod(n, $citizens_number$)] END",
}


def waiting(rows: int) -> Election:
    """So many clean ones under review, in 125 constituencies of an election of their own."""
    election = builders.an_election(constituencies=125, undo_seconds=10)
    organisations = [builders.an_organisation(election=election) for _ in range(ORGANISATIONS)]
    citizens = User.objects.bulk_create(
        User(email=f"{election.slug}.{n}@example.org", full_name=f"Citizen {n}")
        for n in range(CITIZENS)
    )
    words = {
        "$organisations$": _array(organisations),
        "$owners$": _array([builders.owner_of(each) for each in organisations]),
        "$citizens$": _array(citizens),
        "$many$": str(ORGANISATIONS),
        "$citizens_number$": str(CITIZENS),
    }
    model = builders.an_application_under_review(election=election)
    _multiply(model, rows - 1, words)
    return election


def _array(rows: list[Any]) -> str:
    return f"(ARRAY[{','.join(str(row.pk) for row in rows)}])"


def _multiply(model: Application, count: int, words: dict[str, str]) -> None:
    fields = Application._meta.concrete_fields
    columns = [str(field.column) for field in fields if field.column != "id"]
    values = ", ".join(OWN.get(column, f"m.{column}") for column in columns)
    for word, meant in words.items():
        values = values.replace(word, meant)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO observers_application ({', '.join(columns)}) SELECT {values}"  # noqa: S608
            " FROM observers_application m CROSS JOIN generate_series(1, %s) n"
            " JOIN elections_constituency k ON k.election_id = m.election_id"
            " AND k.number = 1 + mod(n, 125)"
            " JOIN elections_commission c ON c.constituency_id = k.id WHERE m.id = %s",
            [count, model.pk],
        )


def settle() -> None:
    """What was written is written, and counted: neither side pays for it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


# --- The portal ------------------------------------------------------------------------------


def approve_all(slug: str) -> None:
    """In a process of its own: prints how long it took, and the most memory it had."""
    chair = builders.the_chair(Election.objects.get(slug=slug))
    these = Application.objects.visible_to(chair).filter(status="under_review")
    begun, count = time.perf_counter(), 0
    with transaction.atomic():
        for moved in move_in_portions(these, APPROVE, actor=chair):
            count += len(moved.done)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "MB": peak / 1024, "count": count}))


def approved(rows: int) -> dict[str, float]:
    election = waiting(rows)
    builders.a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    settle()
    command = [sys.executable, "-m", "bench.approval", election.slug]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, float] = json.loads(told.splitlines()[-1])
    assert figures["count"] == rows  # noqa: S101 - a figure of nothing is no figure
    return figures


# --- The least that can be done ---------------------------------------------------------------

BARE = (
    "SELECT count(*) FROM (SELECT id FROM observers_application"
    " WHERE election_id = %(election)s AND status = 'under_review' ORDER BY id FOR UPDATE) held",
    "CREATE TEMPORARY TABLE these ON COMMIT DROP AS SELECT a.id, a.commission_id, a.applicant_id,"
    " a.receipt_number, nextval('observers_decision_id_seq') AS decision_id,"
    " gen_random_uuid() AS letter, 'A-' || a.id AS number"
    " FROM observers_application a"
    " WHERE a.election_id = %(election)s AND a.status = 'under_review'",
    "INSERT INTO observers_decision (id, application_id, commission_id, outcome,"
    " unconfirmed_fields, what_was_checked, proposed_by_id, decided_at, letter_id,"
    " appeal_body_names) SELECT decision_id, id, commission_id, 'approved', '{}', '', %(chair)s,"
    " now(), letter, '{}' FROM these",
    "UPDATE observers_application a SET status = 'approved', decided_at = now(),"
    " updated_at = now(), decision_id = t.decision_id, accreditation_number = t.number"
    " FROM these t WHERE t.id = a.id",
    "INSERT INTO observers_applicationevent (application_id, at, actor_id, action, status_from,"
    " status_to, reason) SELECT id, now(), %(chair)s, 'approve', 'under_review', 'approved', ''"
    " FROM these",
    "WITH badges AS (INSERT INTO observers_badge (application_id, serial, status, number, kind,"
    " scope, constituency_id, valid_from, valid_until, why, issued_at)"
    " SELECT t.id, 1, 'issued', t.number, a.kind, a.scope, a.constituency_id, now(),"
    " now() + interval '30 days', 'first', now()"
    " FROM these t JOIN observers_application a ON a.id = t.id RETURNING id)"
    " INSERT INTO observers_badgeevent (badge_id, at, actor_id, action, status_from, status_to,"
    " reason) SELECT id, now(), %(chair)s, 'issue', '', 'issued', '' FROM badges",
    "INSERT INTO notifications_letter (key, kind, recipient_id, to_address, language, reference,"
    " election, facts, status, written_at, next_attempt_at, attempts, last_error)"
    " SELECT letter, 'approved', applicant_id, '', 'en', receipt_number, %(slug)s, %(facts)s,"
    " 'queued', now(), now() + interval '10 seconds', 0, '' FROM these",
)


def bare_sql(rows: int) -> float:
    election = waiting(rows)
    told: dict[str, Any] = {
        "election": election.pk,
        "slug": election.slug,
        "chair": builders.the_chair(election).pk,
        "facts": os.urandom(_size_of_a_letter()),
    }
    settle()
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in BARE:
            cursor.execute(statement, told)
    return time.perf_counter() - begun


def _size_of_a_letter() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT avg(octet_length(facts))::int FROM notifications_letter WHERE kind = 'approved'"
        )
        (size,) = cursor.fetchone()
    return int(size)


def main() -> None:
    few, all_of_them = approved(FEWER), approved(ROWS)
    bare = bare_sql(ROWS)
    show(
        f"Approval: {ROWS:,} clean applications",
        [
            Line("against bare SQL", all_of_them["seconds"] / bare, "×", bar=4),
            Line("approved per second", ROWS / all_of_them["seconds"], "/s"),
            Line("bare SQL", bare, "s"),
            Line("peak memory", all_of_them["MB"], "MB"),
            Line(f"peak memory against {FEWER:,}", all_of_them["MB"] / few["MB"], "×", bar=1.1),
        ],
    )


if __name__ == "__main__":
    approve_all(sys.argv[1])
