"""The demo election, loaded as a whole or not at all."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pgtrigger
from django.apps import apps
from django.db import connection, transaction
from django.utils import translation

from elections.loading import load_election, read_rows, read_table
from elections.models import Election
from observers.demo.accounts import Bench, DemoAccounts, make_demo_accounts, staff_commissions
from observers.demo.agreements import Agreements
from observers.demo.applications import Applications
from observers.demo.badges import Badges
from observers.demo.chance import Weighted, dice
from observers.demo.clock import Clock
from observers.demo.desk import Desk
from observers.demo.histories import Histories
from observers.demo.nominations import Nominations
from observers.demo.organisations import by_kind, make_organisations
from observers.demo.papers import store_portraits
from observers.demo.people import Names, People
from observers.demo.pins import pin_down
from observers.demo.plan import make_plan
from observers.demo.reasons import Reasons
from observers.domain import registering
from observers.enums import Status
from observers.models import Application
from privacy.fields import EncryptedTextField

# The guards that see a row come into being. All others stay: checks, unique persons, foreign
# keys, append-only histories.
BEGINNINGS = (
    *(
        f"{model}:{guard}"
        for model in ("observers.Application", "observers.Badge", "organisations.NominationRight")
        for guard in ("begins_as_initial", "beginnings_are_recorded")
    ),
    # Some have been cancelled since.
    "observers.Badge:badge_is_for_the_registered",
)


@contextmanager
def begun_in_the_past() -> Iterator[None]:
    """Let rows be inserted as they are today rather than as drafts, with histories of their own.

    The guards of the machines forbid that on purpose: what happens now must happen step by step,
    at the database's time, recorded by the database. The demo needs a past that never happened,
    so this, and nothing else in the portal, goes round them.
    """
    with pgtrigger.ignore(*BEGINNINGS), connection.cursor() as cursor:
        # pgtrigger tells the database with the next statement; COPY alone would not be one.
        cursor.execute("SELECT 1")
        yield


def load_demo(folder: Path, *, observers: int, seed: int, now: datetime.datetime) -> Election:
    """Store the demo election with that many observers, its accounts and its past.

    In one transaction: a load that is cut short leaves nothing. The same seed, number and `now`
    give the same people, numbers and days again.
    """
    distribution = read_table(folder, "distribution.toml")
    portraits = store_portraits()
    with transaction.atomic():
        election = load_election(
            folder, polling_on=_polling_day(folder, distribution, now), is_published=True
        )
        with translation.override(election.languages[0]):
            with begun_in_the_past():
                staff = _fill(election, folder, distribution, portraits, observers, seed, now)
            _set_the_desks(election, folder, distribution, staff, seed)
        # Their approvals were stored after them.
        cancelled = Application.unscoped.filter(election=election, status=Status.CANCELLED)
        registering.write_anew(cancelled)
    return election


@dataclass(frozen=True)
class Staff:
    demo: DemoAccounts
    benches: dict[int, Bench]


def _polling_day(
    folder: Path, distribution: dict[str, Any], now: datetime.datetime
) -> datetime.date:
    """So many days after today, as the election's clocks have it, that registration is open."""
    zone = ZoneInfo(read_table(folder, "election.toml")["time_zone"])
    days = datetime.timedelta(days=distribution["today_days_before_polling"])
    return now.astimezone(zone).date() + days


def _fill(
    election: Election,
    folder: Path,
    distribution: dict[str, Any],
    portraits: list[str],
    observers: int,
    seed: int,
    now: datetime.datetime,
) -> Staff:
    habits = distribution["people"]
    since = min(window.opens_at for window in election.windows.all())
    clock = Clock(
        election,
        now=now,
        today_days=distribution["today_days_before_polling"],
        hour_weights=distribution["hours"]["weights"],
        chance=dice(seed, "clock"),
    )
    names = Names(folder, habits, dice(seed, "staff"))
    demo = make_demo_accounts(folder, joined_at=since)
    benches = staff_commissions(election, demo, names, since=since)
    nominators = make_organisations(
        read_rows(folder, "organisations.csv"),
        demo=demo,
        names=names,
        chance=dice(seed, "organisations"),
        since=since,
    )
    Nominations(
        election,
        benches,
        clock=clock,
        reasons=Reasons(folder, election, dice(seed, "nominations")),
        chance=dice(seed, "nominations"),
    ).write(nominators)
    plan = make_plan(distribution["spread"], observers=observers, chance=dice(seed, "plan"))
    Applications(
        election=election,
        plan=plan,
        clock=clock,
        histories=Histories(
            distribution["decisions"], now=now.timestamp(), chance=dice(seed, "histories")
        ),
        people=People(folder, habits, polling_on=election.polling_on, chance=dice(seed, "people")),
        reasons=Reasons(folder, election, dice(seed, "reasons")),
        benches=benches,
        nominators=by_kind(nominators),
        pins=pin_down(plan, demo=demo, nominators=nominators, names=names),
        portraits=portraits,
        languages=Weighted(habits["languages"].keys(), habits["languages"].values()),
        chance=dice(seed, "applications"),
        agreements=Agreements(now=now.timestamp(), chance=dice(seed, "agreements")),
    ).store()
    Badges(election, benches, now=now.timestamp(), chance=dice(seed, "badges")).store()
    return Staff(demo, benches)


def _set_the_desks(
    election: Election, folder: Path, distribution: dict[str, Any], staff: Staff, seed: int
) -> None:
    """With every guard in force again."""
    Desk(
        election,
        folder,
        benches=staff.benches,
        names=Names(folder, distribution["people"], dice(seed, "desk")),
        reasons=Reasons(folder, election, dice(seed, "desk")),
        chance=dice(seed, "desk"),
    ).set(staff.demo)


def gather_statistics() -> None:
    """So that the first pages after the load are planned for what is there now.

    Columns that the database cannot read have nothing to tell, and are the longest.
    """
    quoted = connection.ops.quote_name
    tables = []
    for model in apps.get_models():
        read = [f for f in model._meta.concrete_fields if not isinstance(f, EncryptedTextField)]
        columns = ", ".join(quoted(field.column or "") for field in read)
        tables.append(f"{quoted(model._meta.db_table)} ({columns})")
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(sorted(set(tables)))}")
