"""The public page of an observer, an organisation, a constituency."""

import datetime

import pytest
from django.test import Client

from elections.models import RunOff
from tests import builders as make
from tests.visitors import axe_findings

pytestmark = pytest.mark.django_db


@pytest.fixture
def english_client() -> Client:
    return Client(headers={"accept-language": "en"})


def html_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_observer_has_a_page_that_says_what_the_badge_says(english_client, election):
    party = make.an_organisation(election=election, short_name="Horizon")
    observer = make.an_approved(
        election=election, organisation=party, constituency=2, surname="Quliyev", patronymic=""
    )
    page = html_of(
        english_client, f"/elections/{election.slug}/register/{observer.accreditation_number}/"
    )
    until = make.badge_of(observer).valid_until.astimezone(election.zone)
    last = until - datetime.timedelta(days=1)
    said = ("Quliyev Elçin", "Registered", "Horizon", "2 Constituency 2 (en)", f"{last.day} ")
    assert [words for words in said if words not in page] == []
    assert str(party.key) in page
    assert "shows full names" in page


def test_a_run_off_keeps_the_badge_valid(english_client, election):
    observer = make.an_approved(election=election)
    address = f"/elections/{election.slug}/register/{observer.accreditation_number}/"
    before = html_of(english_client, address)
    RunOff.objects.create(
        election=election,
        polling_on=election.polling_on + 14 * make.DAY,
        badges_until=election.end_of_day(-15),
        announced_by=make.the_chair(election),
    )
    assert html_of(english_client, address) != before


def test_a_cancelled_registration_says_that_the_badge_is_not_valid(english_client, election):
    observer = make.a_cancelled(election=election)
    page = html_of(
        english_client, f"/elections/{election.slug}/register/{observer.accreditation_number}/"
    )
    assert "Registration cancelled" in page
    assert "is not valid" in page
    assert "Badge valid until" not in page


@pytest.mark.parametrize(("policy", "title"), [("initials", "Quliyev E."), ("number", "")])
def test_the_page_shows_as_much_of_the_name_as_the_policy(english_client, policy, title):
    election = make.an_election(name_policies={"own_initiative": policy})
    observer = make.an_approved(election=election, surname="Quliyev", patronymic="")
    number = observer.accreditation_number
    page = html_of(english_client, f"/elections/{election.slug}/register/{number}/")
    assert f"<title>{title or number} – " in page
    assert "Elçin" not in page


def test_who_is_not_registered_there_has_no_page(client, election):
    observer = make.an_approved(election=election)
    other = make.an_election()
    number = observer.accreditation_number
    addresses = [
        f"/elections/{other.slug}/register/{number}/",
        f"/elections/{election.slug}/register/{number[:-2]}00/",
        f"/elections/{election.slug}/register/{number.lower()}/",
        f"/elections/{election.slug}/register/{observer.receipt_number}/",
    ]
    assert {client.get(address).status_code for address in addresses} == {404}


def test_an_organisation_has_a_page_with_its_decision_and_its_places(english_client, election):
    party = make.an_organisation(election=election, name="Horizon Party")
    make.an_approved(election=election, organisation=party, constituency=1)
    make.an_approved(election=election, organisation=party, scope="nationwide")
    page = html_of(english_client, f"/elections/{election.slug}/organisations/{party.key}/")
    said = ("Horizon Party", "Granted", "1 Constituency 1 (en)", "1 is not registered for one")
    assert [words for words in said if words not in page] == []
    listed = html_of(english_client, f"/elections/{election.slug}/organisations/")
    assert f"/elections/{election.slug}/organisations/{party.key}/" in listed


def test_an_organisation_that_has_only_applied_is_nobodys_business(client, election):
    waiting = make.an_organisation(election=election, granted=False, name="Waiting Party")
    answer = client.get(f"/elections/{election.slug}/organisations/{waiting.key}/")
    assert answer.status_code == 404
    assert "Waiting Party" not in html_of(client, f"/elections/{election.slug}/organisations/")


def test_an_organisation_of_another_election_has_no_page_here(client, election):
    theirs = make.an_organisation(election=make.an_election())
    address = f"/elections/{election.slug}/organisations/{theirs.key}/"
    assert client.get(address).status_code == 404


def test_a_constituency_has_a_page_with_who_nominates_there(english_client, election):
    party = make.an_organisation(election=election, name="Horizon Party", short_name="")
    make.an_approved(election=election, organisation=party, constituency=2)
    make.an_approved(election=election, constituency=2)
    page = html_of(english_client, f"/elections/{election.slug}/constituencies/2/")
    said = ("2 Constituency 2 (en)", "Horizon Party", "Own initiative", "?kind=party&amp;const")
    assert [words for words in said if words not in page] == []
    assert english_client.get(f"/elections/{election.slug}/constituencies/999/").status_code == 404


def test_the_lists_keep_the_filters_and_count_under_them(english_client, election):
    party = make.an_organisation(election=election, name="Horizon")
    make.an_approved(election=election, organisation=party, constituency=2, surname="Quliyev")
    make.an_approved(election=election, constituency=1)
    page = html_of(english_client, f"/elections/{election.slug}/constituencies/?q=quliyev")
    assert "?q=quliyev&amp;constituency=2" in page
    assert "Constituency 1 (en)" not in page
    wrong = english_client.get(f"/elections/{election.slug}/organisations/?kind=x")
    assert wrong.status_code == 400
    assert "no such kind" in wrong.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_are_sound_at_every_width(new_visitor, width):
    election = make.an_election(slug="vote")
    party = make.an_organisation(election=election, name="Horizon")
    observer = make.an_approved(election=election, organisation=party)
    page = new_visitor(width=width)
    for path in (
        f"register/{observer.accreditation_number}/", "register/?q=mamedov", "organisations/",
        f"organisations/{party.key}/", "constituencies/", "constituencies/1/", "snapshots/",
    ):  # fmt: skip
        page.goto(f"/elections/vote/{path}")
        assert axe_findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
