"""The API: what it answers, what it refuses, and what it never tells."""

import datetime
import json
from typing import Any, get_args

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from elections.enums import Kind, NamePolicy
from elections.models import Election
from observers.api.asking import Language, StatusWord
from observers.api.problems import ordinary
from observers.domain import badges
from observers.enums import IssueReason
from observers.register.exports import COLUMNS
from observers.register.filters import STATUSES
from organisations.models import NominationRight
from tests import builders as make
from tests.badge_codes import a_badge, code_of
from tests.visitors import axe_findings

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def election() -> Election:
    return make.an_election(slug="vote")


def answer(client: Client, path: str, **asked: Any) -> Any:
    response = client.get(f"{API}{path}", asked)
    assert response.status_code == 200, response.content
    return response.json()


def refused(client: Client, path: str, **asked: Any) -> dict[str, Any]:
    """The problem."""
    response = client.get(f"{API}{path}", asked)
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    return problem


# --- Elections ------------------------------------------------------------------------------------


def test_an_election_is_described_in_its_own_time_zone(client, election):
    found = answer(client, "/elections")["elections"]
    assert [one["slug"] for one in found] == ["vote"]
    window = found[0]["windows"][0]
    assert datetime.datetime.fromisoformat(window["opens_at"]).utcoffset() == datetime.timedelta(
        hours=4
    )
    assert answer(client, "/elections/vote") == found[0]


def test_how_much_of_a_name_is_shown_is_said_by_kind(client):
    policies = {Kind.OWN_INITIATIVE: NamePolicy.NUMBER}
    make.an_election(slug="vote", name_policies=policies)
    shown = answer(client, "/elections/vote")["shown_names"]
    assert shown == dict.fromkeys(Kind, "full") | {"own_initiative": "number"}


@pytest.mark.parametrize(
    "path", ["", "/organisations", "/observers", "/statistics", "/statistics/standing"]
)
def test_an_unpublished_election_is_not_there(client, path):
    make.an_election(slug="secret", is_published=False)
    assert answer(client, "/elections")["elections"] == []
    assert refused(client, f"/elections/secret{path}")["status"] == 404


def test_elections_take_as_many_queries_for_three_as_for_one(client):
    make.an_election()
    with CaptureQueriesContext(connection) as few:
        answer(client, "/elections")
    make.an_election()
    make.an_election()
    with CaptureQueriesContext(connection) as more:
        answer(client, "/elections")
    assert len(few) == len(more) == 2


# --- Organisations --------------------------------------------------------------------------------


def test_organisations_are_those_that_may_nominate(client, election):
    party = make.an_organisation(election=election)
    undecided = make.an_organisation()
    make.a_nomination(undecided, election)
    make.an_approved(election=election, organisation=party)
    make.a_submitted(election=election, organisation=party)
    make.a_cancelled(election=election, organisation=party)
    [found] = answer(client, "/elections/vote/organisations")["organisations"]
    assert (found["key"], found["name"]) == (str(party.key), party.name)
    assert (found["registered"], found["cancelled"]) == (1, 1)
    assert answer(client, f"/elections/vote/organisations/{party.key}") == found
    assert refused(client, f"/elections/vote/organisations/{undecided.key}")["status"] == 404


def test_the_next_page_of_organisations_begins_behind_the_last_one(client, election):
    keys = [str(make.an_organisation(election=election).key) for _ in range(3)]
    first = answer(client, "/elections/vote/organisations", limit=2)
    assert [one["key"] for one in first["organisations"]] == keys[:2]
    assert first["next"].endswith(f"/elections/vote/organisations?limit=2&after={keys[1]}")
    second = client.get(first["next"]).json()
    assert [one["key"] for one in second["organisations"]] == keys[2:]
    assert second["next"] is None


def test_a_page_of_organisations_takes_as_many_queries_for_three_as_for_one(client, election):
    make.an_organisation(election=election)
    with CaptureQueriesContext(connection) as few:
        answer(client, "/elections/vote/organisations")
    make.an_organisation(election=election)
    make.an_organisation(election=election)
    with CaptureQueriesContext(connection) as more:
        answer(client, "/elections/vote/organisations")
    assert len(few) == len(more) == 3


def test_a_page_behind_nobody_is_not_there(client, election):
    stranger = make.an_organisation()
    problem = refused(client, "/elections/vote/organisations", after=stranger.key)
    assert problem["status"] == 404
    assert problem["detail"] == "There is no such page of this list. Begin again at the first."


# --- Observers ------------------------------------------------------------------------------------


def listed(client: Client, **asked: Any) -> list[str]:
    shown = answer(client, "/elections/vote/observers", **asked)
    return [one["name"] for one in shown["observers"]]


def test_the_register_is_that_of_the_csv(client, election):
    party = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=party, surname="Əliyev")
    make.a_cancelled(election=election, surname="Bağırov")
    make.a_submitted(election=election, surname="Cəfərov")
    shown = answer(client, "/elections/vote/observers")
    file = client.get("/elections/vote/register.json")
    exported = json.loads(b"".join(file.streaming_content))["observers"]
    assert [{name: one[name] for name in COLUMNS} for one in shown["observers"]] == exported
    assert [one["organisation_key"] for one in shown["observers"]] == [None, str(party.key)]
    assert (shown["count"], shown["is_more"], shown["next"]) == (2, False, None)


def test_filters_are_those_of_the_registers_page(client, election):
    party = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=party, surname="Əliyev")
    make.an_approved(election=election, constituency=2, surname="Quliyev")
    make.a_cancelled(election=election, surname="Rzayev")
    own = {"kind": "own_initiative"}
    assert [name.split()[0] for name in listed(client, organisation=party.key)] == ["Əliyev"]
    assert [name.split()[0] for name in listed(client, constituency=2)] == ["Quliyev"]
    assert [name.split()[0] for name in listed(client, status="cancelled")] == ["Rzayev"]
    assert [name.split()[0] for name in listed(client, **own)] == ["Quliyev", "Rzayev"]
    assert [name.split()[0] for name in listed(client, q="quliyev")] == ["Quliyev"]
    assert listed(client, constituency=77) == []


def test_the_next_page_begins_behind_the_last_line_and_keeps_the_filters(client, election):
    for surname in ("Abbasov", "Babayev", "Cavadov"):
        make.an_approved(election=election, surname=surname)
    make.an_approved(election=election, constituency=2, surname="Aslanov")
    first = answer(client, "/elections/vote/observers", constituency=1, limit=2)
    make.an_approved(election=election, surname="Aydınov")
    second = client.get(first["next"]).json()
    seen = [one["name"].split()[0] for one in first["observers"] + second["observers"]]
    assert seen == ["Abbasov", "Babayev", "Cavadov"]
    assert second["next"] is None


def test_a_page_of_observers_takes_as_many_queries_for_three_as_for_one(client, election):
    make.an_approved(election=election)
    with CaptureQueriesContext(connection) as few:
        answer(client, "/elections/vote/observers")
    make.many_approved(2, election=election)
    with CaptureQueriesContext(connection) as more:
        answer(client, "/elections/vote/observers")
    assert len(few) == len(more)


@pytest.mark.parametrize(
    ("policy", "name"), [("initials", "Quliyev E. R."), ("number", ""), ("full", None)]
)
def test_of_a_name_it_tells_what_the_election_shows(client, policy, name):
    election = make.an_election(slug="vote", name_policy=policy)
    person = make.an_approved(election=election, surname="Quliyev")
    assert listed(client) == [person.full_name if name is None else name]


def test_one_observer_is_told_with_the_end_of_the_badge(client, election):
    person = make.an_approved(election=election)
    badge = make.badge_of(person)
    path = f"/elections/vote/observers/{person.accreditation_number}"
    found = answer(client, path)
    assert datetime.datetime.fromisoformat(found["valid_until"]) == badge.valid_until
    make.an_election(slug="other")
    assert refused(client, path.replace("vote", "other"))["status"] == 404


def test_who_is_registered_no_more_has_no_valid_badge(client, election):
    person = make.a_cancelled(election=election)
    found = answer(client, f"/elections/vote/observers/{person.accreditation_number}")
    assert (found["status"], found["valid_until"]) == ("cancelled", None)


def test_a_place_in_another_register_is_none_in_this_one(client, election):
    stranger = make.an_approved(election=make.an_election())
    after = stranger.accreditation_number
    assert refused(client, "/elections/vote/observers", after=after)["status"] == 404


@pytest.mark.parametrize("q", ["a" * 100, "%" * 100, "a b c d e f g h i j", "\x00", "_", "'; --"])
def test_any_search_is_answered(client, election, q):
    make.an_approved(election=election)
    assert answer(client, "/elections/vote/observers", q=q)["next"] is None


# --- Statistics -----------------------------------------------------------------------------------


def test_the_tables_are_those_of_the_files(client, election):
    make.an_approved(election=election)
    listed = answer(client, "/elections/vote/statistics")
    for link in listed["tables"]:
        table = client.get(link["url"]).json()
        file = client.get(link["csv"].removesuffix(".csv") + ".json").json()
        assert table["rows"] == file["rows"]
        assert [list(row) for row in table["rows"]] == [table["columns"]] * len(table["rows"])
    assert len(listed["tables"]) > 10


def test_a_table_that_is_not_kept_is_not_there(client, election):
    assert refused(client, "/elections/vote/statistics/weather")["status"] == 404


# --- Verification ---------------------------------------------------------------------------------


@pytest.fixture
def badge(election: Election) -> Any:
    return a_badge(
        election=election, surname="Əliyeva", given_name="Nərmin", patronymic="Rauf qızı"
    )


def test_a_number_is_checked(client, badge):
    found = answer(client, f"/verification/numbers/{badge.number.replace('-', ' ').lower()}")
    assert found["verdict"] == "valid"
    assert found["sentence"].startswith("Valid: 1 ")
    assert (found["number"], found["name"]) == (badge.number, "Əliyeva Nərmin Rauf qızı")
    assert (found["constituency"], found["serial"], found["election"]) == (1, 1, "vote")


def test_of_a_name_a_number_tells_what_the_register_shows_of_that_kind(client):
    election = make.an_election(name_policies={Kind.OWN_INITIATIVE: NamePolicy.NUMBER})
    badge = a_badge(election=election, organisation=None, surname="Quliyev")
    assert answer(client, f"/verification/numbers/{badge.number}")["name"] == ""
    assert answer(client, f"/verification/tokens/{code_of(badge)}")["name"].startswith("Quliyev")


def test_a_code_is_checked(client, badge):
    found = answer(client, f"/verification/tokens/{code_of(badge)}")
    assert (found["verdict"], found["serial"]) == ("valid", 1)


def test_a_replaced_badge_says_so(client, badge):
    code = code_of(badge)
    chair = make.the_chair(badge.application.election)
    badges.replace(badge, why=IssueReason.LOST, by=chair)
    assert answer(client, f"/verification/tokens/{code}")["verdict"] == "replaced"


@pytest.mark.parametrize(
    ("path", "verdict"),
    [("numbers/A-0012345-20", "unknown"), ("numbers/x", "unknown"), ("tokens/x", "not_genuine")],
)
def test_nobodys_badge_is_not_there(client, path, verdict):
    problem = refused(client, f"/verification/{path}")
    assert (problem["status"], problem["verdict"]) == (404, verdict)


def test_the_status_of_a_badge_is_kept_by_nobody(client, badge):
    response = client.get(f"{API}/verification/numbers/{badge.number}")
    assert (response["Cache-Control"], response.has_header("ETag")) == ("no-store", False)


def test_numbers_are_limited_as_on_the_page(client, badge, settings):
    settings.VERIFY_NUMBER_RATE = "2/10m"
    client.get(f"/verify/{badge.number}/")
    answer(client, f"/verification/numbers/{badge.number}")
    response = client.get(f"{API}/verification/numbers/{badge.number}")
    assert (response.status_code, int(response["Retry-After"]) <= 600) == (429, True)
    assert "name" not in response.json()


# --- What holds for every address -----------------------------------------------------------------


def test_a_misspelt_filter_is_refused_and_shows_nobody(client, election):
    problem = refused(client, "/elections/vote/organisations", knid="ngo")
    assert problem["status"] == 422
    assert problem["errors"] == [
        {"parameter": "knid", "detail": "No such parameter is known here."}
    ]


def test_a_parameter_given_twice_is_refused(client, election):
    problem = refused(client, "/elections/vote/organisations?limit=1&limit=2")
    assert problem["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("limit", ["0", "201", "1.0", "%201", "1_0", "x", ""])
def test_a_page_has_between_one_and_two_hundred_lines(client, election, limit):
    assert refused(client, f"/elections/vote/organisations?limit={limit}")["status"] == 422


@pytest.mark.parametrize("language", ["az", "ru"])
def test_a_problem_speaks_the_language_asked_for(client, language):
    with translation.override(language):
        sentence = ordinary(404)
    asked = client.get(f"{API}/elections/none?language={language}")
    by_header = client.get(f"{API}/elections/none", headers={"accept-language": language})
    assert asked.json()["detail"] == by_header.json()["detail"] == sentence
    assert asked["Content-Language"] == by_header["Content-Language"] == language


def test_the_words_of_the_description_are_those_of_the_portal(settings):
    assert get_args(Language) == tuple(dict(settings.LANGUAGES))
    assert get_args(StatusWord) == tuple(STATUSES)


def test_what_is_nowhere_is_a_problem_too(client):
    assert refused(client, "/nothing/here")["status"] == 404
    assert refused(client, "/elections/A%00B")["status"] == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(client, method):
    response = getattr(client, method)(f"{API}/elections")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_pages_of_every_site_may_read_it(client):
    response = client.get(f"{API}/elections", headers={"origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.has_header("Access-Control-Allow-Credentials")
    before = client.options(f"{API}/elections")
    assert (before.status_code, before.content) == (204, b"")
    assert before["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert not client.get("/").has_header("Access-Control-Allow-Origin")


def test_search_engines_keep_none_of_it(client, badge):
    response = client.get(f"{API}/verification/numbers/{badge.number}")
    assert response["X-Robots-Tag"] == "noindex"


def test_it_knows_nobody(client, election, settings):
    strangers = client.get(f"{API}/elections/vote")
    client.force_login(make.the_chair(election))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    response = client.get(f"{API}/elections/vote")
    assert response.content == strangers.content
    assert response["Content-Language"] == "en"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_staff_without_a_second_factor_read_it_as_everybody(client, election, settings):
    settings.STAFF_MFA_REQUIRED = True
    client.force_login(make.the_chair(election))
    assert answer(client, "/elections/vote")["slug"] == "vote"


def test_what_has_not_changed_is_not_sent_again(client, election):
    first = client.get(f"{API}/elections")
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get(f"{API}/elections", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Election.objects.update(languages=["en"])
    changed = client.get(f"{API}/elections", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200


def test_the_head_of_an_answer_comes_without_its_content(client, election):
    whole, head = client.get(f"{API}/elections"), client.head(f"{API}/elections")
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == whole["ETag"]
    assert head["Content-Length"] == str(len(whole.content))


def test_who_asks_too_often_is_told_how_long_to_wait(client, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [client.get(f"{API}/elections") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    left = [one["RateLimit"].split(";")[1] for one in answers]
    assert left == ["r=1", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"default";q=2;w=60'
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert answers[2]["Cache-Control"] == "no-store"
    assert client.get(f"{API}/elections", REMOTE_ADDR="192.0.2.9").status_code == 200


def test_the_page_about_it_leads_to_what_there_is(client, election):
    page = client.get("/api/").content.decode()
    for address in ("/api/v1/", "/api/v1/openapi.json"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200


def test_nothing_private_is_in_any_answer(client, election):
    party = make.an_organisation(election=election, phone="+994121234567")
    badge = a_badge(election=election, organisation=party)
    make.a_submitted(election=election, organisation=party, surname="Gizlinov")
    right = NominationRight.unscoped.get(organisation=party)
    person = badge.application
    private = [
        person.birth_on.isoformat(), person.identity_number, person.phone, person.email,
        person.address, str(person.key), person.receipt_number, "Gizlinov",
        right.receipt_number, right.filed_by.email, "+994121234567",
    ]  # fmt: skip
    paths = [
        "/elections/vote/organisations", f"/elections/vote/organisations/{party.key}",
        f"/verification/numbers/{badge.number}", f"/verification/tokens/{code_of(badge)}",
        "/elections/vote/statistics", "/elections/vote/statistics/commissions",
        "/elections/vote/observers", f"/elections/vote/observers/{badge.number}",
        "/elections/vote/observers?q=gizlinov",
    ]  # fmt: skip
    told = " ".join(client.get(f"{API}{path}").content.decode() for path in paths)
    assert [value for value in private if value and value in told] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_page_about_it_is_sound_at_every_width(new_visitor, width):
    make.an_election(slug="vote")
    page = new_visitor(width=width)
    page.goto("/api/")
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
