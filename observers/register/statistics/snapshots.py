"""The statistics of an election as they were last counted through.

Pages read what is stored. A task counts anew every few minutes (`register/tasks.py`) where
something has happened since; only the first page of an election that was never counted waits for
it, and whoever comes at the same moment waits for the same counting.
"""

import datetime
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max

from elections.domain.clock import database_now
from elections.models import Election
from observers.domain.holding import STATISTICS
from observers.models import AppealEvent, ApplicationEvent, StatisticsSnapshot
from observers.register.statistics.facts import Facts
from observers.register.statistics.gathering import gather


@dataclass(frozen=True)
class Snapshot:
    taken_at: datetime.datetime
    facts: Facts


def current(election: Election) -> Snapshot:
    return _stored(election) or _first(election)


def refresh() -> int:
    """Count through every published election in which something may have changed; returns how
    many. May run twice: the later one is newer."""
    return sum(_refreshed(election) for election in Election.objects.published())


def take(election: Election) -> Snapshot:
    """Count it through now, and store what was found."""
    with transaction.atomic():
        now, last_event = database_now(), _last_event()
        facts = gather(election, now=now)
        StatisticsSnapshot.objects.update_or_create(
            election=election,
            defaults={"taken_at": now, "last_event": last_event, "facts": facts.as_json()},
        )
    return Snapshot(now, facts)


def _stored(election: Election) -> Snapshot | None:
    found = StatisticsSnapshot.objects.filter(election=election).first()
    return Snapshot(found.taken_at, Facts.from_json(found.facts)) if found else None


def _first(election: Election) -> Snapshot:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [STATISTICS, election.pk])
        return _stored(election) or take(election)


def _refreshed(election: Election) -> bool:
    """What waits becomes overdue without anything happening; where nothing waits and nothing has
    happened, the numbers are what they were."""
    known = StatisticsSnapshot.objects.filter(election=election).first()
    is_still = known and known.last_event == _last_event()
    if known and is_still and not Facts.from_json(known.facts).everything.waiting:
        return False
    take(election)
    return True


def _last_event() -> int:
    """A number that grows with everything that happens to applications and appeals."""
    newest = [
        model.objects.aggregate(newest=Max("pk"))["newest"] or 0
        for model in (ApplicationEvent, AppealEvent)
    ]
    return sum(newest)
