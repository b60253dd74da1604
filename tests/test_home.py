"""The first page: the right sentence before, during, between and after, and the right numbers."""

import datetime
import re
from typing import Any

import pgtrigger
import pytest
from django.test import Client

from elections.domain.clock import database_now
from elections.enums import Authority, Kind, Scope
from elections.models import Election, Window
from elections.templatetags.time_words import in_full, opening_in_full
from observers.models import Application
from observers.register.standing import Phase, Standing, standing
from observers.register.totals import totals
from tests import builders as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

NOW = datetime.datetime(2024, 1, 20, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def words(client: Client, path: str = "/") -> str:
    """The page as it is read."""
    html = client.get(path).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


def an_election_from(opens_in: datetime.timedelta, closes_in: datetime.timedelta) -> Election:
    """All its windows open and close together."""
    election = make.an_election()
    now = database_now()
    election.windows.update(opens_at=now + opens_in, closes_at=now + closes_in)
    return election


# --- The sentence ---------------------------------------------------------------------------------


def test_without_an_election_the_page_says_what_it_will_show(client):
    make.an_election(is_published=False)
    assert "No election has been announced here yet." in words(client)


def test_while_it_is_open_the_closing_is_said_in_full(client):
    election = an_election_from(-DAY, 6 * DAY + 3 * HOUR)
    closes_at = in_full(election.windows.first().closes_at, election)
    said = words(client)
    assert f"Registration closes {closes_at} : 6 days 2 hours left" in said
    assert "full days left to apply 6" in said
    assert "Accredit your organisation's observers" in said
    assert "Register on your own initiative" in said


def test_two_closings_are_said_with_their_commissions(client):
    election = an_election_from(-DAY, 5 * DAY)
    make.a_window(election, scope=Scope.CONSTITUENCY, closes_in=10 * DAY)
    said = words(client)
    central = said.index("Registration at the central commission closes")
    assert central < said.index("Registration at the constituency commissions closes")


def test_an_extension_moves_the_closing(client):
    election = an_election_from(-2 * DAY, -DAY)
    chair = make.a_staff_member("election_administrator", election)
    election.windows.get(scope=Scope.NATIONWIDE).extensions.create(
        until=database_now() + 2 * DAY, reason="The network was down.", granted_by=chair
    )
    assert "1 day 23 hours left" in words(client)


def test_before_the_opening_the_opening_is_said_and_no_door_is_shown(client):
    election = an_election_from(2 * DAY, 6 * DAY)
    said = words(client)
    opens_at = opening_in_full(election.windows.first().opens_at, election)
    assert f"Registration opens {opens_at}: 1 day 23 hours left" in said
    assert "Accredit your organisation's observers" not in said
    assert "Register on your own initiative" not in said


def test_after_the_closing_it_is_said_that_decisions_go_on(client):
    election = an_election_from(-6 * DAY, -DAY)
    closed_at = in_full(election.windows.first().closes_at, election)
    said = words(client)
    assert f"Registration closed {closed_at}. What was sent before is still decided." in said
    assert "Register on your own initiative" not in said


def test_between_two_windows_both_moments_are_said(client):
    election = an_election_from(-6 * DAY, -DAY)
    make.a_window(election, scope=Scope.NATIONWIDE, opens_in=DAY, closes_in=2 * DAY)
    said = words(client)
    assert "and opens again for others." in said
    assert "Registration opens again" in said


def test_of_several_elections_the_open_one_comes_first(client):
    over = make.an_election(polling_on=datetime.date(2020, 2, 9))
    Window.objects.filter(election=over).delete()
    coming = an_election_from(2 * DAY, 6 * DAY)
    current = an_election_from(-DAY, DAY)
    said = words(client)
    assert said.startswith(current.names["en"])
    others = said[said.index("Other elections") :]
    assert others.index(coming.names["en"]) < others.index(over.names["en"])
    assert "Polling day was Sunday 9 February 2020. The register remains open to read." in others


def test_a_kind_that_no_open_window_admits_has_no_door(client):
    election = an_election_from(-DAY, DAY)
    election.windows.update(kinds=[Kind.PARTY])
    said = words(client)
    assert "Accredit your organisation's observers" in said
    assert "Register on your own initiative" not in said


def a_window(opens_at: datetime.datetime, closes_at: datetime.datetime, **columns: Any) -> Window:
    window = Window(
        opens_at=opens_at,
        closes_at=closes_at,
        **{"kinds": ["party"], "authority": Authority.CENTRAL} | columns,
    )
    vars(window)["last_closes_at"] = closes_at  # as `with_closing` does
    return window


def at(now: datetime.datetime, *windows: Window) -> Standing:
    election = Election(time_zone="Asia/Baku", polling_on=datetime.date(2024, 2, 7))
    return standing(election, windows, now=now)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (NOW - SECOND, Phase.BEFORE),
        (NOW, Phase.OPEN),
        (NOW + DAY - SECOND, Phase.OPEN),
        (NOW + DAY, Phase.BETWEEN),
        (NOW + 2 * DAY - SECOND, Phase.BETWEEN),
        (NOW + 2 * DAY, Phase.OPEN),
        (NOW + 3 * DAY, Phase.CLOSED),
        (datetime.datetime(2024, 2, 7, 19, 59, tzinfo=datetime.UTC), Phase.CLOSED),
        (datetime.datetime(2024, 2, 7, 20, 0, tzinfo=datetime.UTC), Phase.OVER),
    ],
)
def test_phases_are_half_open(now, phase):
    windows = a_window(NOW, NOW + DAY), a_window(NOW + 2 * DAY, NOW + 3 * DAY)
    assert at(now, *windows).phase == phase


def test_an_election_without_windows_is_unannounced():
    assert at(NOW).phase == Phase.UNANNOUNCED


# --- The numbers ----------------------------------------------------------------------------------


def test_registered_waiting_and_the_median_are_counted(client):
    election = make.an_election()
    make.a_submitted(election=election)
    make.an_application_under_review(election=election)
    make.a_refused(election=election)
    for _ in range(2):
        make.an_approved(election=election)
    make.an_approved()
    found = totals(election)
    assert (found.registered, found.waiting, found.refused, found.cancelled) == (2, 2, 1, 0)
    assert 0 < found.median_days < 0.01
    assert "registered observers 2 being decided 2 refused 1" in words(
        client, f"/elections/{election.slug}/"
    )


def test_nobody_decided_yet_means_no_median(client):
    election = make.an_election()
    assert totals(election).median_days is None
    assert "median" not in words(client)


def test_the_median_is_the_middle_one():
    election = make.an_election()
    for days in (1, 2, 6):
        observer = make.an_approved(election=election)
        with pgtrigger.ignore("observers.Application:submission_is_kept"):
            make.one(observer).update(submitted_at=observer.decided_at - days * DAY)
    assert totals(election).median_days == 2.0


def test_days_are_those_of_the_election_and_none_is_left_out():
    election = make.an_election()
    for moment in ("2024-01-10T19:59Z", "2024-01-10T20:00Z", "2024-01-12T20:00Z"):
        observer = make.an_approved(election=election)
        decided_at = datetime.datetime.fromisoformat(moment)
        Application.unscoped.filter(pk=observer.pk).update(decided_at=decided_at)
    assert totals(election).days == [
        (datetime.date(2024, 1, 10), 1),
        (datetime.date(2024, 1, 11), 1),
        (datetime.date(2024, 1, 12), 0),
        (datetime.date(2024, 1, 13), 1),
    ]


def test_how_it_works_is_told_in_four_steps(client):
    make.an_election()
    html = client.get("/").content.decode()
    assert re.findall(r"<h3>(.*?)</h3>", html) == [
        "Apply", "Keep the receipt", "The commission decides", "Observe",
    ]  # fmt: skip
    assert "Within 3 days. Incomplete applications come back" in words(client)


def test_a_window_that_opens_at_midnight_opens_on_the_new_day(client):
    election = make.an_election(slug="vote")
    election.windows.update(opens_at=election.end_of_day(30))
    day = election.polling_on - 29 * DAY
    assert f"{day.day} {day:%B %Y}, 00:00 (Baku time (en))" in words(client, "/elections/vote/")


def test_the_chart_says_its_finding_and_the_search_leads_to_the_register(client):
    election = make.an_election()
    make.an_approved(election=election)
    assert "The most on one day: 1 observer," in words(client)
    html = client.get("/").content.decode()
    assert f'action="/elections/{election.slug}/register/"' in html


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_page_is_there_in_every_language(client, language):
    make.an_approved()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    for path in ("/", Election.objects.get().get_absolute_url()):
        response = client.get(path)
        assert response.status_code == 200
        assert f'<html lang="{language}"' in response.content.decode()
