"""A commission at a glance, and all commissions in one table."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.models import Commission, Election
from observers.domain import appeals, workload
from observers.domain.applications import move
from observers.domain.forecast import Load, forecast
from observers.lifecycle import APPROVE, SUBMIT, UNDO
from observers.models import Application, Claim, Decision
from observers.review import dashboard
from observers.review.forecast_words import in_words
from tests import builders
from tests.builders import (
    DAY,
    a_proposal,
    a_returned,
    a_staff_member,
    a_submitted,
    a_user,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    central_commission,
    commission_of,
    one,
    without_badge,
)
from tests.visitors import axe_findings, signed_in

pytestmark = pytest.mark.django_db
HOME = "/admin/observers/application/dashboard/"
ALL = "/admin/observers/application/dashboard/commissions/"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def election() -> Election:
    return an_election()


@pytest.fixture
def reviewer(election: Election) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)


@pytest.fixture
def chair(election: Election) -> User:
    return a_staff_member(StaffRole.CENTRAL_CHAIR, election)


def due(application: Application, moment: datetime.datetime) -> None:
    one(application).update(due_at=moment)


def shown(user: User, address: str = HOME) -> dict[str, Any]:
    """What the page is filled with."""
    response: Any = signed_in(user).get(address)
    assert response.status_code == 200
    return dict(response.context_data)


def all_numbers(page: dict[str, Any]) -> list[dashboard.Number]:
    groups = ("numbers", "own", "kinds", "nominators", "problems", "rights")
    return [number for group in groups for number in page[group]]


def count(page: dict[str, Any], label: str) -> int:
    (found,) = {number.count for number in all_numbers(page) if str(number.label) == label}
    return found


# --- Numbers and the lists behind them ------------------------------------------------------------


def a_busy_commission(election: Election, reviewer: User) -> None:
    """Something of everything that the dashboard of constituency 1 counts."""
    organisation = an_organisation(election=election)
    overdue = a_submitted(election=election, organisation=organisation, surname="Gecikən")
    due(overdue, database_now() - MINUTE)
    again = a_returned(election=election, surname="Qayıdan")
    move(one(again), SUBMIT, actor=again.applicant)
    mine = an_application_under_review(election=election, surname="Mənim")
    one(mine).update(assigned_to=reviewer)
    soon = database_now() + MINUTE
    Claim.objects.create(application=mine, reviewer=reviewer, expires_at=soon)
    a_proposal(an_application_under_review(election=election, surname="Təklif"), by=reviewer)
    without_badge(an_approved(election=election, surname="Razı", by=reviewer))
    forgotten = a_submitted(election=election, surname="Unudulmuş")
    Claim.objects.create(
        application=forgotten, reviewer=reviewer, expires_at=database_now() - MINUTE
    )


@pytest.mark.usefixtures("english")
def test_everything_is_counted(election, reviewer):
    a_busy_commission(election, reviewer)
    a_submitted(election=election, constituency=2)
    page = shown(reviewer)
    assert {str(number.label): number.count for number in page["numbers"]} == {
        "waiting": 5,
        "overdue": 1,
        "due today": 0,
        "came back after a return": 1,
        "wait for a second person": 1,
        "assigned to nobody": 4,
    }
    assert [number.count for number in page["own"]] == [1, 1, 1, 1, 0]
    assert {str(number.label): number.count for number in page["kinds"]} == {
        "Own initiative": 4,
        "Political party": 1,
    }
    assert count(page, "claimed and forgotten") == 1
    assert count(page, "approved without a badge") == 1


def test_every_number_leads_to_a_list_of_so_many(election, reviewer):
    a_busy_commission(election, reviewer)
    client = signed_in(reviewer)
    wrong = []
    for number in all_numbers(client.get(HOME).context_data):
        listed = client.get(number.url).context_data
        found = len(listed["pairs"]) if "pairs" in listed else listed["cl"].result_count
        if found != number.count:
            wrong.append((str(number.label), number.count, found))
    assert wrong == []


def test_every_number_of_the_central_commission_too(election, chair):
    an_organisation(election=election, granted=False)
    a_submitted(
        election=election, scope="nationwide", organisation=an_organisation(election=election)
    )
    client = signed_in(chair)
    for number in all_numbers(client.get(HOME).context_data):
        listed = client.get(number.url).context_data
        found = len(listed["pairs"]) if "pairs" in listed else listed["cl"].result_count
        assert (number.label, found) == (number.label, number.count)


@pytest.mark.usefixtures("english")
def test_due_today_ends_at_midnight(election, reviewer):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    for moment in (midnight - MINUTE, midnight):
        due(a_submitted(election=election), moment)
    assert count(shown(reviewer), "due today") == (database_now() < midnight - MINUTE)


@pytest.mark.usefixtures("english")
def test_a_return_that_was_undone_did_not_come_back():
    election = an_election(undo_seconds=10)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    returned = a_returned(election=election, by=reviewer)
    assert not move(one(returned), UNDO, actor=reviewer).skipped
    assert count(shown(reviewer), "came back after a return") == 0


@pytest.mark.usefixtures("english")
def test_a_decision_that_was_undone_is_not_counted_as_mine():
    election = an_election(undo_seconds=10)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    approved = an_approved(election=election, by=reviewer)
    assert count(shown(reviewer), "decided by me today") == 1
    assert not move(one(approved), UNDO, actor=reviewer).skipped
    assert count(shown(reviewer), "decided by me today") == 0


@pytest.mark.usefixtures("english")
def test_of_many_organisations_the_smallest_are_summed(election, reviewer):
    for _ in range(dashboard.NAMED + 2):
        a_submitted(election=election, organisation=an_organisation(election=election))
    largest = an_organisation(election=election, name="Largest")
    for _ in range(2):
        a_submitted(election=election, organisation=largest)
    numbers = shown(reviewer)["nominators"]
    assert (str(numbers[0].label), numbers[0].count) == ("Largest", 2)
    assert (str(numbers[-1].label), numbers[-1].count) == ("3 more organisations", 3)
    assert len(shown(reviewer, numbers[-1].url)["nominators"]) == dashboard.NAMED + 3


@pytest.mark.usefixtures("english")
def test_nomination_rights_stand_on_the_central_commissions_page(election, chair, reviewer):
    organisation = an_organisation(election=election, granted=False)
    right = organisation.rights.visible_to(builders.owner_of(organisation)).get()
    from organisations.domain import nominations

    nominations.submit(right, by=builders.owner_of(organisation))
    assert [number.count for number in shown(chair)["rights"]] == [1, 0, 0]
    assert shown(reviewer)["rights"] == []


# --- Trend and forecast ---------------------------------------------------------------------------


def flow(election: Election) -> workload.Flow:
    commission = commission_of(election)
    return workload.flows([commission], now=database_now())[commission.pk]


def test_what_came_in_and_what_was_decided_stand_under_their_days(election):
    an_approved(election=election)
    a_submitted(election=election)
    a_submitted(election=election, constituency=2)
    found = flow(election)
    assert (found.days[-1], len(found.days)) == (timezone.localdate(), 14)
    assert (found.incoming[-1], found.decided[-1]) == (2, 1)
    assert sum(found.incoming[:-1] + found.decided[:-1]) == 0


def test_an_application_decided_twice_on_one_day_counts_once():
    election = an_election(undo_seconds=10)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    approved = an_approved(election=election, by=reviewer)
    move(one(approved), UNDO, actor=reviewer)
    move(one(approved), APPROVE, actor=reviewer)
    assert Decision.objects.filter(application=approved).count() == 2
    assert flow(election).decided[-1] == 1


def test_what_is_decided_on_appeal_is_not_the_pace_of_a_desk(election):
    appeal = builders.an_appeal(election=election)
    judge = builders.a_judge(appeal)
    appeals.uphold(appeal, actor=judge, reasoning="The card shows the number.")
    above = central_commission(election)
    assert Decision.objects.filter(commission=above, outcome="approved").count() == 1
    assert workload.flows([above], now=database_now())[above.pk].decided[-1] == 0
    assert flow(election).decided[-1] == 1


def test_the_load_counts_days_from_today(election):
    overdue, today, later = (a_submitted(election=election) for _ in range(3))
    now = database_now()
    due(overdue, now - MINUTE)
    due(today, now)
    due(later, now + 2 * DAY)
    commission = commission_of(election)
    flows = workload.flows([commission], now=now)
    load = workload.loads([commission], flows, now=now)[commission.pk]
    assert (load.overdue, load.due, load.days_to_decide) == (1, [1, 0, 1], 3)
    assert (load.decided, load.incoming, load.decided_today) == ([], [], 0)
    assert load.days_open in (4, 5)


TODAY = datetime.date(2024, 1, 22)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("load", "words"),
    [
        (Load(), "Nothing waits for a decision."),
        (
            Load(due=[100, 100, 52], decided=[120, 120, 120]),
            "At the pace of the last 3 days (120 a day) what waits is decided in 2.1 days: the "
            "limit of 3 days holds.",
        ),
        (
            Load(overdue=1, due=[9], decided=[120]),
            "1 application is overdue already. At the pace of the last day (120 a day) what waits "
            "is decided in less than a day: for the others the limit of 3 days holds.",
        ),
        (
            Load(due=[0, 0, 0, 690], decided=[120, 120, 120]),
            "At the pace of the last 3 days (120 a day) what waits takes 5.8 days: 70 more "
            "decisions a day are needed from tomorrow, or 210 will be late by Thursday 25 January "
            "2024.",
        ),
        (
            Load(due=[1000], decided=[120], decided_today=120),
            "At the pace of the last day (120 a day) 1,000 of those due today will be late, unless "
            "as many more are decided. From tomorrow on the pace is enough.",
        ),
        (
            Load(due=[1000, 60], decided=[120], decided_today=120),
            "At the pace of the last day (120 a day) 1,000 of those due today will be late, unless "
            "as many more are decided. From tomorrow on 940 more decisions a day are needed.",
        ),
        (
            Load(due=[0, 80], decided=[0, 0, 0]),
            "Nothing has been decided lately: 80 decisions a day are needed from tomorrow, or 80 "
            "will be late by tomorrow.",
        ),
        (
            Load(due=[8], decided=[0]),
            "Nothing has been decided lately, and 8 are due today.",
        ),
        (
            Load(overdue=60, decided=[7, 8, 7]),
            "Everything that waits is overdue. At the pace of the last 3 days (7.3 a day) it is "
            "decided in 8.2 days.",
        ),
        (
            Load(overdue=60),
            "Everything that waits is overdue, and nothing has been decided lately.",
        ),
        (
            Load(due=[0, 0, 0, 10], decided_today=10, incoming=[30], days_open=9),
            "At today’s pace (10 so far) what waits is decided in 1.0 days: the limit of 3 days "
            "holds. But applications come in at 30 a day: if that goes on, some will be late from "
            "Saturday 27 January 2024.",
        ),
    ],
)
def test_the_forecast_in_words(load, words):
    assert in_words(forecast(load), days_to_decide=3, today=TODAY) == words


def test_the_chart_is_drawn_without_style(election, reviewer):
    a_submitted(election=election)
    page = signed_in(reviewer).get(HOME).content.decode()
    heights = re.findall(r'<rect [^>]*height="(\d+)"', page)
    assert (len(heights), heights[13], heights[27]) == (28, "100", "0")


# --- All commissions ------------------------------------------------------------------------------


def names(page: dict[str, Any]) -> list[str]:
    return [row.commission.name for row in page["rows"]]


@pytest.fixture
def three(election: Election) -> dict[str, Commission]:
    """The commission of constituency 1 has one that is overdue, that of 2 one that will be late."""
    due(a_submitted(election=election, constituency=1), database_now() - MINUTE)
    due(a_submitted(election=election, constituency=2), database_now() + MINUTE)
    found = {
        "first": commission_of(election, 1),
        "second": commission_of(election, 2),
        "central": central_commission(election),
    }
    for name, commission in found.items():
        Commission.objects.filter(pk=commission.pk).update(names=builders.in_all_languages(name))
    return found


@pytest.mark.usefixtures("english", "three")
def test_the_worst_commission_stands_first(chair):
    page = shown(chair, ALL)
    assert names(page) == ["first (en)", "second (en)", "central (en)"]
    assert page["failing"] == 2
    assert page["totals"] == {
        "overdue": 1, "late": 1, "today": 1, "waiting": 2, "incoming": 0, "pace": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("english", "three")
def test_the_table_is_sorted_by_links(chair):
    page = shown(chair, ALL)
    links = {column["name"]: column["url"] for column in page["columns"]}
    assert names(shown(chair, links["name"])) == ["central (en)", "first (en)", "second (en)"]
    assert names(shown(chair, links["late"]))[0] == "second (en)"
    assert signed_in(chair).get(f"{ALL}?sort=surname").status_code == 404


@pytest.mark.usefixtures("english", "three")
def test_an_auditor_sees_all_and_has_no_work_of_their_own(election):
    auditor = a_staff_member(StaffRole.AUDITOR, election)
    assert len(names(shown(auditor, ALL))) == 3
    assert shown(auditor)["own"] == []


def test_where_there_is_one_commission_its_own_page_is_shown(election, reviewer):
    response = signed_in(reviewer).get(ALL)
    assert response["Location"] == f"{HOME}?commission={commission_of(election).pk}"


def test_all_commissions_cost_as_many_queries_as_a_few(django_assert_max_num_queries):
    few, many = an_election(constituencies=1), an_election(constituencies=12)
    for constituency in range(1, 13):
        a_submitted(election=many, constituency=constituency)
    chairs = [signed_in(a_staff_member(StaffRole.CENTRAL_CHAIR, each)) for each in (few, many)]
    with django_assert_max_num_queries(15) as first:
        chairs[0].get(ALL)
    with django_assert_max_num_queries(len(first)):
        chairs[1].get(ALL)


@pytest.mark.parametrize("address", [HOME, "/admin/"])
def test_much_that_waits_costs_as_many_queries_as_a_little(
    address, election, reviewer, django_assert_max_num_queries
):
    a_submitted(election=election, organisation=an_organisation(election=election))
    client = signed_in(reviewer)
    client.get(address)
    with django_assert_max_num_queries(40) as first:
        client.get(address)
    for number in range(12):
        organisation = an_organisation(election=election)
        a_submitted(election=election, organisation=organisation, surname=f"Soyad{number}")
    with django_assert_max_num_queries(len(first)):
        client.get(address)


# --- The first page -------------------------------------------------------------------------------


@pytest.mark.usefixtures("english", "three")
def test_the_first_page_says_whether_the_limit_holds(election, reviewer, chair):
    page = signed_in(reviewer).get("/admin/").content.decode()
    assert "Everything that waits is overdue, and nothing has been decided lately." in page
    assert f"{HOME}?commission={commission_of(election).pk}" in page
    assert ALL in signed_in(chair).get("/admin/").content.decode()


# --- Who sees what --------------------------------------------------------------------------------


def test_another_commissions_dashboard_is_not_there(election, reviewer):
    client = signed_in(reviewer)
    assert client.get(f"{HOME}?commission={commission_of(election, 1).pk}").status_code == 200
    for other in (commission_of(election, 2), central_commission(election)):
        assert client.get(f"{HOME}?commission={other.pk}").status_code == 404
    assert client.get(f"{HOME}?commission=x").status_code == 404


def test_another_elections_dashboard_is_not_there(chair):
    other = central_commission(an_election())
    assert signed_in(chair).get(f"{HOME}?commission={other.pk}").status_code == 404


@pytest.mark.parametrize("address", [HOME, ALL])
def test_strangers_find_nothing(address, election):
    administrator = a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election)
    assert signed_in(administrator).get(address).status_code == 404
    assert signed_in(a_user()).get(address).status_code == 404
    assert Client().get(address).status_code == 302


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_a_chair_looks_around(new_visitor, live_server, width):
    election = an_election()
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    a_busy_commission(election, a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election))
    page = new_visitor(width=width)
    cookie = signed_in(chair).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto("/admin/")
    assert axe_findings(page) == []
    page.get_by_role("link", name="All commissions").click()
    assert axe_findings(page) == []
    page.locator("table.commissions tbody tr").nth(1).get_by_role("link").first.click()
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Claimed and forgotten 1").click()
    assert axe_findings(page) == []
    assert page.get_by_text("Unudulmuş").is_visible()


def test_badges_that_wait_to_be_printed_are_counted(election, chair, reviewer):
    """The central commission's page and first page do not count those of a constituency."""
    an_approved(election=election, constituency=1)
    commission = commission_of(election, 1)
    number = signed_in(chair).get(f"{HOME}?commission={commission.pk}").context["own"][-1]
    assert number.count == 1
    assert number.url.endswith(f"commission={commission.pk}&printed=no")
    assert "badges to print" in signed_in(reviewer).get("/admin/").content.decode()
    assert "badges to print" not in signed_in(chair).get("/admin/").content.decode()
