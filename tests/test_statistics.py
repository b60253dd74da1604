"""The statistics of an election: right, of one moment, and nobody can be found in them."""

import csv
import dataclasses
import datetime
import io
import itertools
import re
from collections import Counter, defaultdict
from random import Random
from statistics import median
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from elections.enums import Kind, Outcome, Scope
from elections.models import Election
from elections.templatetags.time_words import in_full
from observers.domain import appeals
from observers.domain.applications import move
from observers.enums import COUNTED, DECIDED, WAITING
from observers.lifecycle import APPROVE, SUBMIT, TAKE_UP, UNDO
from observers.models import Application, Decision, StatisticsSnapshot
from observers.register import tasks
from observers.register.statistics import snapshots
from observers.register.statistics.charts import shades
from observers.register.statistics.concentration import concentration
from observers.register.statistics.facts import Facts, Group, Refusals
from observers.register.statistics.withholding import Hidden, withhold, withhold_column
from observers.register.views.statistics import FILES
from tests import builders as make
from tests.visitors import axe_findings

FEW, WITHHELD = Hidden.FEW, Hidden.WITHHELD
HOUR = datetime.timedelta(hours=1)
needs_database = pytest.mark.django_db


# --- What is not shown ----------------------------------------------------------------------------


def test_one_to_four_are_not_shown_and_nobody_is():
    assert withhold_column([0, 1, 4, 5, 3]) == [0, FEW, FEW, 5, FEW]


def test_what_would_be_the_only_gap_takes_the_smallest_other_with_it():
    assert withhold_column([3, 40, 7, 0]) == [FEW, 40, WITHHELD, 0]


def test_two_that_can_only_be_one_each_take_a_third_with_them():
    assert withhold_column([1, 1, 20, 30]) == [FEW, FEW, WITHHELD, 30]
    assert withhold_column([4, 4, 20, 30]) == [FEW, FEW, WITHHELD, 30]
    assert withhold_column([1, 2, 20, 30]) == [FEW, FEW, 20, 30]


def test_a_zero_is_kept_back_where_there_is_nothing_else():
    assert withhold_column([3, 0]) == [FEW, WITHHELD]
    assert withhold_column([3]) == [FEW]


def test_sums_of_lines_and_totals_of_columns_together_give_nothing_away():
    table = [[2, 10], [20, 25], [30, 40]]
    assert withhold(table, sums=[12, 45, 70]) == [
        [FEW, WITHHELD],
        [WITHHELD, WITHHELD],
        [30, 40],
    ]


def test_a_sum_that_is_hidden_elsewhere_hides_its_parts():
    table = [[2, 10], [20, 25], [30, 40]]
    assert withhold(table, sums=[WITHHELD, WITHHELD, 70]) == [[FEW, 10], [WITHHELD, 25], [30, 40]]


def certain(table, shown):
    """The counts of a few that somebody can work out by trying every table that fits what is shown
    and the totals of the columns. The last column is the sum of the others."""
    totals = [sum(column) for column in zip(*table, strict=True)]
    possible = defaultdict(set)
    lines = [list(lines_that_fit(line, max(totals))) for line in shown]
    for other in itertools.product(*lines):
        if [sum(column) for column in zip(*other, strict=True)] == totals:
            for i, line in enumerate(other):
                for j, n in enumerate(line):
                    possible[i, j].add(n)
    return {(i, j) for (i, j), found in possible.items() if 0 < table[i][j] < 5 and len(found) == 1}


def lines_that_fit(line, most):
    choices = {FEW: range(1, 5), WITHHELD: range(most + 1)}
    for *parts, total in itertools.product(*(choices.get(cell, [cell]) for cell in line)):
        if sum(parts) == total:
            yield [*parts, total]


@pytest.mark.parametrize("seed", range(30))
def test_no_count_of_a_few_can_be_worked_out_by_trying_every_table(seed):
    """Only one that even a table of which nothing at all is shown would tell."""
    chance = Random(seed)
    parts = [[chance.choice([0, 1, 2, 4, 6]) for _ in range(2)] for _ in range(3)]
    sums = withhold_column([sum(line) for line in parts])
    table = [[*line, sum(line)] for line in parts]
    shown = [[*line, n] for line, n in zip(withhold(parts, sums=sums), sums, strict=True)]
    nothing = [
        [*(FEW if 0 < n < 5 else WITHHELD for n in line), total]
        for line, total in zip(parts, sums, strict=True)
    ]
    assert certain(table, shown) <= certain(table, nothing)


# --- What is counted ------------------------------------------------------------------------------


@pytest.fixture
def election() -> Election:
    return make.an_election(slug="vote")


def facts(election: Election) -> Facts:
    return snapshots.take(election).facts


def decided_after(application: Application, hours: float) -> None:
    """As if it had been sent so many hours before its decision, with three days to decide it."""
    assert application.decided_at
    sent = application.decided_at - hours * HOUR
    with pgtrigger.ignore("observers.Application:submission_is_kept"):
        make.one(application).update(submitted_at=sent, due_at=sent + 72 * HOUR)


@needs_database
def test_every_status_is_counted_by_kind_and_by_commission(election):
    party = make.an_organisation(election=election)
    make.a_draft(election=election)
    make.a_withdrawn(election=election)
    make.a_submitted(election=election)
    make.an_application_under_review(election=election)
    make.a_returned(election=election, organisation=party)
    make.an_approved(election=election, organisation=party, constituency=2)
    make.a_refused(election=election)
    make.a_cancelled(election=election, scope=Scope.NATIONWIDE)
    make.an_approved()  # in another election
    found = facts(election)
    everything = found.everything
    assert (everything.waiting, everything.returned, everything.received) == (2, 1, 6)
    assert (everything.approved, everything.refused, everything.cancelled) == (1, 1, 1)
    assert {kind: group.received for kind, group in found.kinds.items()} == {
        Kind.OWN_INITIATIVE: 4,
        Kind.PARTY: 2,
    }
    central = make.central_commission(election).pk
    commissions = {key: group.received for key, group in found.commissions.items()}
    first, second = (make.commission_of(election, number).pk for number in (1, 2))
    assert commissions == {first: 4, second: 1, central: 1}
    assert found.organisations == {party.pk: 1}
    assert found.constituencies == {election.constituencies.get(number=2).pk: 1}


@needs_database
def test_what_a_commission_first_decided_stays_counted(election):
    """Cancelled, or registered on appeal: neither was refused less, or registered less, before."""
    make.a_cancelled(election=election)
    upheld = make.a_refused(election=election)
    appeal = make.an_appeal(upheld)
    appeals.uphold(appeal, actor=make.a_judge(appeal), reasoning="The number is right.")
    found = facts(election)
    assert (found.everything.first_approved, found.everything.first_refused) == (1, 1)
    assert (found.everything.refused, found.everything.approved) == (0, 1)
    assert found.appeals == {"upheld": 1}
    (refusals,) = found.refusals
    assert (refusals.kind, refusals.count) == (Kind.OWN_INITIATIVE, 1)


@needs_database
def test_what_was_undone_is_not_counted(election):
    election.undo_seconds = 60
    election.save()
    approved = make.an_approved(election=election)
    returned = make.a_returned(election=election)
    for application in (approved, returned):
        assert move(make.one(application), UNDO, actor=make.the_chair(election)).done
    found = facts(election).everything
    assert (found.decided, found.looked_at, found.was_returned) == (0, 0, 0)


@needs_database
def test_what_came_back_and_was_registered_was_returned(election):
    returned = make.a_returned(election=election)
    move(make.one(returned), SUBMIT, actor=returned.applicant)
    for action in (TAKE_UP, APPROVE):
        move(make.one(returned), action, actor=make.the_chair(election))
    make.an_approved(election=election)
    found = facts(election).everything
    assert (found.returned, found.was_returned, found.looked_at) == (0, 1, 2)


@needs_database
def test_times_and_the_legal_limit(election):
    for hours in (10, 20, 30, 71, 73):
        decided_after(make.an_approved(election=election), hours)
    overdue = make.a_submitted(election=election)
    make.one(overdue).update(due_at=overdue.submitted_at - HOUR)
    found = facts(election).everything
    assert found.median == pytest.approx(30 * 3600)
    assert found.ninety == pytest.approx(72.2 * 3600)
    assert (found.lateness.part, found.lateness.whole) == (2, 6)
    assert found.median_low is None  # of five, no interval is certain enough


@needs_database
def test_who_took_longer_than_half_of_all(election):
    for hours in (10, 20, 30):
        decided_after(make.an_approved(election=election), hours)
        decided_after(make.an_approved(election=election, constituency=2), 2 * hours)
    found = facts(election)
    first, second = (make.commission_of(election, number).pk for number in (1, 2))
    assert found.everything.median == pytest.approx(25 * 3600)
    assert found.commissions[first].slow == 1
    assert found.commissions[second].slow == 2
    assert found.everything.slow == 3


@needs_database
def test_days_are_those_of_the_register(client, election):
    make.an_approved(election=election)
    make.a_cancelled(election=election)
    register = client.get("/elections/vote/register.csv").getvalue().decode("utf-8-sig")
    days = Counter(row["registered_on"] for row in csv.DictReader(io.StringIO(register)))
    assert {day.isoformat(): n for day, n in facts(election).days.items()} == days


@needs_database
def test_the_sums_are_what_counting_one_by_one_finds(election):
    """Against Python, over a few dozen applications in any state."""
    chance = Random(5)
    party = make.an_organisation(election=election)
    making = (
        make.a_submitted, make.a_returned, make.an_approved, make.an_approved, make.a_refused,
        make.a_cancelled,
    )  # fmt: skip
    for _ in range(24):
        make_one = chance.choice(making)
        through = chance.choice([None, party])
        make_one(election=election, organisation=through, constituency=chance.choice([1, 2]))
    rows = list(Application.unscoped.filter(election=election, status__in=COUNTED))
    by_commission = Counter(row.commission_id for row in rows)
    first = {
        decision.application_id: decision
        for decision in Decision.objects.exclude(outcome=Outcome.CANCELLED).order_by("pk")
    }
    seconds = [
        (first[row.pk].decided_at - row.submitted_at).total_seconds()
        for row in rows
        if row.status in DECIDED
    ]
    found = facts(election)
    assert {key: group.received for key, group in found.commissions.items()} == by_commission
    assert found.everything.waiting == sum(row.status in WAITING for row in rows)
    assert found.everything.median == pytest.approx(median(seconds), abs=1e-3)
    assert sum(group.slow for group in found.kinds.values()) == sum(
        value > median(seconds) for value in seconds
    )
    for name in ("received", "decided", "was_returned", "late"):
        sums = {
            sum(getattr(group, name) for group in groups.values())
            for groups in (found.kinds, found.commissions)
        }
        assert sums == {getattr(found.everything, name)}


# --- Kept, and counted anew -----------------------------------------------------------------------


@needs_database
def test_what_is_stored_is_what_was_found(election):
    make.an_approved(election=election)
    taken = snapshots.take(election)
    assert snapshots.current(election) == taken


@needs_database
def test_a_page_reads_what_is_stored(election):
    snapshots.take(election)
    make.an_approved(election=election)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert snapshots.current(election).facts.registered == 0
    assert len(asked) == 1


@needs_database
def test_the_task_counts_anew_where_something_has_happened(election):
    make.an_approved(election=election)
    assert tasks.refresh_statistics() == 1
    assert tasks.refresh_statistics() == 0
    make.a_refused(election=election)
    assert tasks.refresh_statistics() == 1
    assert snapshots.current(election).facts.everything.refused == 1


@needs_database
def test_what_waits_is_counted_anew_because_time_passes(election):
    make.a_submitted(election=election)
    assert [tasks.refresh_statistics() for _ in range(2)] == [1, 1]


@needs_database
def test_nothing_is_counted_of_what_is_not_published(election):
    Election.objects.update(is_published=False)
    assert tasks.refresh_statistics() == 0
    assert not StatisticsSnapshot.objects.exists()


@needs_database
def test_an_election_without_applications_has_statistics(election):
    assert facts(election) == Facts(everything=Group())


# --- Tables, pages and files ----------------------------------------------------------------------


EVERY_FILE = [f"{name}.{ending}" for name in FILES for ending in ("csv", "json")]
PAGES = ["statistics/", "statistics/equality/"]


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def words(client: Client, path: str = "statistics/") -> str:
    """The page as it is read."""
    response = client.get(f"/elections/vote/{path}")
    assert response.status_code == 200
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\u00a0", " ").split())


def file(client: Client, name: str) -> list[dict[str, Any]]:
    response = client.get(f"/elections/vote/statistics/{name}")
    assert response.status_code == 200
    if name.endswith(".json"):
        rows: list[dict[str, Any]] = response.json()["rows"]
        return rows
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def kept(election: Election, **columns: Any) -> None:
    """Statistics of figures that nobody has to apply for one by one."""
    snapshots.take(election)
    found = Facts(**columns)
    StatisticsSnapshot.objects.filter(election=election).update(facts=found.as_json())


def of_kinds(**groups: Group) -> dict[str, Any]:
    """With the sums of everything."""
    names = [one.name for one in dataclasses.fields(Group) if one.type is int]
    sums = {name: sum(getattr(group, name) for group in groups.values()) for name in names}
    return {"kinds": groups, "everything": Group(**sums)}


@needs_database
def test_the_page_says_where_the_applications_stand(client, election):
    make.a_submitted(election=election)
    make.an_approved(election=election)
    make.a_refused(election=election)
    said = "Of 3 applications 1 stand in the register, 1 are being decided and 1 are refused."
    assert said in words(client)


@needs_database
def test_the_page_says_of_which_moment_it_is(client, election):
    taken = snapshots.take(election)
    with translation.override("en"):
        assert f"As of {in_full(taken.taken_at, election)}." in words(client)


@needs_database
def test_page_csv_and_json_say_the_same(client, election):
    kept(
        election,
        **of_kinds(party=Group(approved=1200, refused=7), ngo=Group(approved=3, refused=2)),
    )
    in_csv, in_json = (file(client, f"kinds.{ending}") for ending in ("csv", "json"))
    assert in_csv == [{key: str(value) for key, value in row.items()} for row in in_json]
    assert [(row["kind"], row["registered"], row["refused"]) for row in in_csv] == [
        ("party", "1200", "withheld"),
        ("ngo", "3", "<5"),
    ]
    assert "Political party 1,200 0 0 withheld 0" in words(client)
    assert "Non-governmental organisation 3 0 0 fewer than 5 0" in words(client)


@needs_database
def test_what_is_hidden_in_one_place_is_hidden_in_all(client, election):
    """Whether asked by status, by decision or by ground, and from whichever file."""
    groups = of_kinds(
        party=Group(approved=90, refused=9, first_approved=90, first_refused=10, looked_at=100),
        ngo=Group(approved=90, refused=20, first_approved=90, first_refused=20, looked_at=110),
        bloc=Group(approved=90, refused=2, first_approved=90, first_refused=2, looked_at=92),
    )
    grounds = [make.a_ground(election).pk, make.a_ground(election, "organisation").pk]
    refusals = [
        Refusals(grounds[0], "party", 4), Refusals(grounds[1], "party", 6),
        Refusals(grounds[0], "ngo", 15), Refusals(grounds[1], "ngo", 5),
        Refusals(grounds[0], "bloc", 2),
    ]  # fmt: skip
    kept(election, **groups, refusals=refusals)
    kinds = {row["kind"]: row["refused"] for row in file(client, "kinds.json")}
    assert kinds == {"party": "withheld", "bloc": "<5", "ngo": 20}
    by_ground = {row.pop("kind"): row for row in file(client, "refusals.json")}
    assert by_ground["party"] == {"ground_1": "<5", "ground_2": 6, "in_all": "withheld"}
    assert by_ground["bloc"] == {"ground_1": "<5", "ground_2": 0, "in_all": "<5"}
    audited = {
        row["kind"]: row["value"]
        for row in file(client, "equality-by-kind.json")
        if row["measure"] == "refused_share"
    }
    assert audited == {"party": "withheld", "bloc": "<5", "ngo": 0.182}


@needs_database
def test_who_is_registered_is_never_hidden(client, election):
    """The register shows it anyway."""
    make.an_approved(election=election, constituency=2)
    place = file(client, "constituencies.json")[1]
    assert (place["number"], place["registered"]) == ("2", 1)
    assert file(client, "commissions.json")[2]["registered"] == 1


@needs_database
def test_a_time_of_a_few_is_somebodys_and_not_shown(client, election):
    make.an_approved(election=election)
    assert file(client, "times-by-kind.json") == [
        {"kind": "own_initiative", "median_days": None, "ninety_percent_days": None,
         "in_time_share": None}
    ]  # fmt: skip


@needs_database
def test_days_run_from_the_first_to_the_last(client, election):
    days = {datetime.date(2024, 1, 30): 5, datetime.date(2024, 2, 1): 2}
    kept(election, days=days)
    assert file(client, "days.json") == [
        {"day": "2024-01-30", "registered": 5, "registered_in_all": 5},
        {"day": "2024-01-31", "registered": 0, "registered_in_all": 5},
        {"day": "2024-02-01", "registered": 2, "registered_in_all": 7},
    ]


@needs_database
def test_the_closings_stand_in_the_chart_of_days(client, election):
    make.an_approved(election=election)
    election.windows.filter(scope=Scope.CONSTITUENCY).update(closes_at=election.end_of_day(5))
    election.windows.exclude(scope=Scope.CONSTITUENCY).update(closes_at=election.end_of_day(10))
    said = words(client)
    day = election.polling_on
    for before, what in (
        (10, "central commission closes"),
        (5, "constituency commissions close"),
        (0, "polling day"),
    ):
        assert f"{day - before * make.DAY:%d.%m} {what}" in said


def test_shares_of_the_largest_and_how_many_equal_ones_they_are_like():
    found = concentration([50, 30, 20])
    assert found.largest == {1: 0.5, 3: pytest.approx(1), 5: pytest.approx(1)}
    assert found.as_many_as == pytest.approx(1 / 0.38)
    assert concentration([10, 10, 10, 10]).as_many_as == pytest.approx(4)
    assert concentration([]).as_many_as == 0


def test_the_strongest_tiles_have_the_most():
    assert shades([1.0, 2.0, 3.0, 4.0, 4.0, None]) == [1, 1, 2, 3, 3, 0]


@needs_database
def test_a_name_that_a_spreadsheet_would_calculate_is_text(client, election):
    party = make.an_organisation(election=election, short_name="=1+1")
    make.an_approved(election=election, organisation=party)
    assert file(client, "nominators.csv")[0]["organisation"] == "'=1+1"


@needs_database
def test_the_package_of_open_data_describes_every_table_as_it_is(client, election):
    make.an_approved(election=election)
    described = client.get("/elections/vote/datapackage.json").json()
    tables = [one for one in described["resources"] if one["name"] != "register"]
    assert [one["path"] for one in tables] == [f"statistics/{name}.csv" for name in FILES]
    for table in tables:
        text = client.get(f"/elections/vote/{table['path']}").content.decode("utf-8-sig")
        fields = [field["name"] for field in table["schema"]["fields"]]
        assert text.splitlines()[0] == ",".join(fields)


# --- Who sees what --------------------------------------------------------------------------------


@needs_database
@pytest.mark.parametrize("path", [*PAGES, *(f"statistics/{name}" for name in EVERY_FILE)])
def test_nothing_of_an_unpublished_election(client, election, path):
    make.an_approved(election=election)
    assert client.get(f"/elections/vote/{path}").status_code == 200
    Election.objects.update(is_published=False)
    assert client.get(f"/elections/vote/{path}").status_code == 404


@needs_database
def test_there_is_no_other_table(client, election):
    for name in ("nothing.csv", "statistics.json", "kinds.xml"):
        assert client.get(f"/elections/vote/statistics/{name}").status_code == 404


@needs_database
def test_nobody_can_be_found_in_any_of_it(client, election):
    secrets = []
    for make_one in (make.an_approved, make.a_refused, make.a_returned, make.a_submitted):
        one = make_one(election=election, surname=f"Surname{make_one.__name__}")
        secrets += [one.surname, one.receipt_number, one.accreditation_number, str(one.key)]
        secrets += [one.identity_number, one.applicant.email, one.address]
    everything = "".join(
        client.get(f"/elections/vote/{path}").content.decode()
        for path in [*PAGES, *(f"statistics/{name}" for name in EVERY_FILE)]
    )
    assert [secret for secret in secrets if secret and secret in everything] == []


# --- Quick, and right when cached -----------------------------------------------------------------


@needs_database
def test_the_number_of_queries_does_not_grow(client, election):
    def asked() -> list[int]:
        snapshots.take(election)
        numbers = []
        for path in PAGES:
            with CaptureQueriesContext(connection) as queries_made:
                client.get(f"/elections/vote/{path}")
            numbers.append(len(queries_made))
        return numbers

    make.an_approved(election=election, organisation=make.an_organisation(election=election))
    before = asked()
    make.a_constituency(election, 3)
    for place in (1, 2, 3):
        party = make.an_organisation(election=election)
        make.an_approved(election=election, organisation=party, constituency=place)
    assert asked() == before
    assert max(before) <= 9


@needs_database
@pytest.mark.parametrize("path", [*PAGES, "statistics/kinds.csv", "statistics/kinds.json"])
def test_who_has_it_already_is_told_so_until_it_changes(client, election, path):
    first = client.get(f"/elections/vote/{path}")
    assert first["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    headers = {"If-None-Match": first["ETag"]}
    assert client.get(f"/elections/vote/{path}", headers=headers).status_code == 304
    make.an_approved(election=election)
    snapshots.take(election)
    assert client.get(f"/elections/vote/{path}", headers=headers).status_code == 200


@needs_database
@pytest.mark.parametrize("path", PAGES)
def test_what_names_a_visitor_is_kept_by_them_alone(client, election, path):
    client.force_login(make.a_user())
    theirs = client.get(f"/elections/vote/{path}")
    assert theirs["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(theirs["Vary"].split(", "))
    headers = {"If-None-Match": theirs["ETag"]}
    assert client.get(f"/elections/vote/{path}", headers=headers).status_code == 304
    assert Client().get(f"/elections/vote/{path}", headers=headers).status_code == 200


@needs_database
def test_each_language_has_an_etag_of_its_own(client, election):
    etags = {
        client.get("/elections/vote/statistics/", headers={"accept-language": language})["ETag"]
        for language in ("az", "en", "ru")
    }
    assert len(etags) == 3


@needs_database
def test_a_file_is_the_same_in_every_language(client, election):
    make.an_approved(election=election)
    answers = {
        client.get(
            "/elections/vote/statistics/commissions.csv", headers={"accept-language": language}
        ).content
        for language in ("az", "en", "ru")
    }
    assert len(answers) == 1


# --- In front of a browser ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_read_it(new_visitor, path, width):
    election = make.an_election(slug="vote")
    election.constituencies.update(polling_stations=10)
    make.an_approved(election=election)
    make.a_refused(election=election)
    page = new_visitor(width=width)
    page.goto(f"/elections/vote/{path}")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.django_db(transaction=True)
def test_a_tile_leads_to_the_register_without_script(new_visitor):
    election = make.an_election(slug="vote")
    election.constituencies.update(polling_stations=2)
    make.an_approved(election=election, surname="Quliyev", constituency=2)
    page = new_visitor(width=360, script=False)
    page.goto("/elections/vote/")
    page.get_by_role("link", name="Statistics").click()
    page.get_by_role("link", name="2 Constituency 2 (en): 0.5").click()
    assert "Quliyev" in page.locator("main").inner_text()
