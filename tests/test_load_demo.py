"""`load_demo` and `load_election`: the same again for the same seed, once only, all or nothing."""

import datetime
import io
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Scope
from elections.loading import LoadError, load_election, read_table
from elections.models import Election, Window
from notifications.models import Letter
from observers.demo import load
from observers.demo.applications import Applications
from observers.demo.chance import apportion, at_least_one, dice
from observers.demo.plan import Plan, make_plan
from observers.models import Application

FOLDER = Path(settings.BASE_DIR, "elections", "demo", "azerbaijan-2024")
BAKU = ZoneInfo("Asia/Baku")
DAY = datetime.timedelta(days=1)
PASSWORD = "observe-2024-demo"


@pytest.fixture(autouse=True)
def _in_the_demo(settings: Any, db: None) -> None:
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def loaded(observers: int, *, seed: int = 7, now: datetime.datetime | None = None) -> Election:
    return load.load_demo(FOLDER, observers=observers, seed=seed, now=now or database_now())


def command(*arguments: str) -> str:
    said = io.StringIO()
    call_command("load_demo", *arguments, stdout=said)
    return said.getvalue()


# --- How many, and how they are spread ------------------------------------------------------------


@pytest.fixture(scope="module")
def spread() -> dict[str, Any]:
    table: dict[str, Any] = read_table(FOLDER, "distribution.toml")["spread"]
    return table


@pytest.fixture(scope="module")
def whole_plan(spread: dict[str, Any]) -> Plan:
    return make_plan(spread, observers=25_841, chance=dice(1, "plan"))


def test_the_plan_of_all_meets_every_figure_of_the_files(
    spread: dict[str, Any], whole_plan: Plan
) -> None:
    cells: Counter[tuple[str, str]] = Counter()
    days = []
    for day, numbers in whole_plan.by_day():
        slots = [whole_plan.slot(number, day) for number in numbers]
        cells.update((slot.kind, slot.scope) for slot in slots)
        local = sum(slot.scope == Scope.CONSTITUENCY for slot in slots)
        statuses = Counter(slot.status for slot in slots)
        row = {"day": day, "central": len(slots) - local, "constituency": local}
        days.append(row | {status: statuses[status] for status in whole_plan.statuses})
    assert days == spread["days"]
    assert cells == {(cell["kind"], cell["scope"]): cell["count"] for cell in spread["cells"]}


def test_claiming_people_for_the_demo_accounts_keeps_the_totals(spread: dict[str, Any]) -> None:
    plan = make_plan(spread, observers=400, chance=dice(1, "plan"))
    before = Counter(plan.slot(number)[2:] for number in range(400))
    claimed = plan.claim(status="cancelled", kind="own_initiative", count=1)
    assert [plan.slot(number)[2:4] for number in claimed] == [("cancelled", "own_initiative")]
    after = Counter(plan.slot(number)[2:] for number in range(400))
    for column in (0, slice(1, 3)):
        assert _summed(before, column) == _summed(after, column)


def _summed(counts: Counter[tuple[str, str, str]], column: int | slice) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for slot, count in counts.items():
        sums[slot[column]] += count
    return sums


@pytest.mark.parametrize("observers", [0, 1, 7])
def test_any_number_of_observers_can_be_loaded(observers: int) -> None:
    loaded(observers)
    assert Application.unscoped.count() == observers


def test_shares_add_up_and_keep_within_their_limits() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(7, [0, 0]) == [0, 0]
    assert apportion(9, [8, 1, 0], limits=[5, 2, 9]) == [5, 2, 2]
    assert at_least_one([98, 2, 0], [970, 25, 5]) == [97, 2, 1]


# --- The same again, and once only ----------------------------------------------------------------


def _people() -> list[tuple[Any, ...]]:
    rows = Application.unscoped.order_by("pk")
    return [
        (
            row.key,
            row.full_name,
            row.birth_on,
            row.identity_number,
            row.phone,
            row.status,
            row.commission.name,
            row.organisation and row.organisation.name,
            row.submitted_at,
            row.decided_at,
        )
        for row in rows.select_related("commission", "organisation")
    ]


def _loaded_and_taken_back(seed: int, now: datetime.datetime) -> list[tuple[Any, ...]]:
    with transaction.atomic():
        loaded(80, seed=seed, now=now)
        people = _people()
        transaction.set_rollback(True)
    return people


def test_the_same_seed_makes_the_same_people() -> None:
    now = database_now()
    first = _loaded_and_taken_back(3, now)
    assert first == _loaded_and_taken_back(3, now)
    assert first != _loaded_and_taken_back(4, now)


def test_a_second_load_changes_nothing() -> None:
    first = command("--observers", "5")
    before = (User.objects.count(), Application.unscoped.count(), Letter.unscoped.count())
    second = command("--observers", "50")
    assert (
        User.objects.count(),
        Application.unscoped.count(),
        Letter.unscoped.count(),
    ) == before
    assert second == f"The demo election is there already; nothing was changed.\n{first}"


def test_a_load_that_is_cut_short_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(self: Applications) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Applications, "store", cut)
    with pytest.raises(KeyboardInterrupt):
        loaded(5)
    assert not Election.objects.exists()
    assert not User.objects.exists()


def test_outside_the_demo_nothing_is_loaded(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        command()
    assert not Election.objects.exists()


# --- An election of one's own ---------------------------------------------------------------------


def test_an_election_of_ones_own_is_loaded_unpublished() -> None:
    said = io.StringIO()
    call_command("load_election", FOLDER, "--polling-day", "2027-02-07", stdout=said)
    election = Election.objects.get()
    assert (election.polling_on, election.is_published) == (datetime.date(2027, 2, 7), False)
    assert Window.objects.get(scope=Scope.CONSTITUENCY).closes_at == datetime.datetime(
        2027, 2, 3, tzinfo=BAKU
    )
    assert "125 constituencies, 126 commissions" in said.getvalue()


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"election\.toml"):
        call_command("load_election", tmp_path, "--polling-day", "2027-02-07")
    (tmp_path / "election.toml").write_text('slug = "x"\n')
    with pytest.raises(LoadError, match=r"election\.toml: 'code' is missing\."):
        load_election(tmp_path, polling_on=datetime.date(2027, 2, 7), is_published=False)
