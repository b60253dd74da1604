"""The public register: what it shows, finds and never tells, as page, CSV and JSON."""

import csv
import datetime
import io
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from elections.enums import Kind, NamePolicy, Scope
from elections.models import CommissionMember, Election, Extension
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.lifecycle import CANCEL
from observers.models import Application
from observers.register import facets, queries
from observers.register.exports import COLUMNS
from organisations.enums import OrganisationKind
from tests import builders as make
from tests.visitors import axe_findings, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def election() -> Election:
    return make.an_election(slug="vote")


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def page(client: Client, election: Election, **asked: Any) -> str:
    response = client.get(f"/elections/{election.slug}/register/", asked)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    """Of the rows; similar names are not among them."""
    rows = html.partition('id="similar"')[0]
    return re.findall(r'<th scope="row"[^>]*><a [^>]*>(.*?)</a></th>', rows)


def found(client: Client, election: Election, **asked: Any) -> list[str]:
    return names(page(client, election, **asked))


def in_csv(client: Client, election: Election, **asked: Any) -> list[dict[str, str]]:
    response = client.get(f"/elections/{election.slug}/register.csv", asked)
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def cancelled(application: Application) -> Application:
    chair = make.the_chair(application.election)
    reasons = Reasons(what_was_checked="Court act 5 of 1 February.")
    move(make.one(application), CANCEL, actor=chair, reasons=reasons)
    return make.stored(application)


# --- What stands in the register ------------------------------------------------------------------


def test_only_who_was_registered_stands_in_the_register(client, election):
    make.a_draft(election=election, surname="Draft")
    make.a_submitted(election=election, surname="Sent")
    make.a_returned(election=election, surname="Returned")
    make.a_refused(election=election, surname="Refused")
    make.an_approved(election=election, surname="Registered", patronymic="")
    cancelled(make.an_approved(election=election, surname="Cancelled", patronymic=""))
    assert found(client, election) == ["Cancelled Elçin", "Registered Elçin"]


def test_names_stand_in_azerbaijani_order(client, election):
    for surname in ("Zeynalov", "Əliyev", "İsmayılov", "Fətiyev", "Eyvazov", "Hüseynov", "Çələbi"):
        make.an_approved(election=election, surname=surname, given_name="A", patronymic="")
    shown = [name.split()[0] for name in found(client, election)]
    assert shown == [
        "Çələbi", "Eyvazov", "Əliyev", "Fətiyev", "Hüseynov", "İsmayılov", "Zeynalov",
    ]  # fmt: skip


def test_a_row_says_number_nominator_place_day_and_status(client, election):
    party = make.an_organisation(election=election, short_name="Horizon")
    observer = make.an_approved(election=election, organisation=party, constituency=2)
    html = page(client, election)
    row = re.sub(r"<[^>]+>", " ", html[html.index("<tbody>") : html.index("</tbody>")]).split()
    day = observer.decided_at.astimezone(election.zone)
    assert " ".join(row) == (
        f"Məmmədov Elçin Rauf oğlu {observer.accreditation_number} Horizon"
        f" 2 Constituency 2 (en) {day:%d.%m.%Y} Registered"
    )


def test_what_is_not_public_is_nowhere(client, election):
    observer = make.an_approved(
        election=election,
        identity_number="AZE7654321",
        address="Secret street 5",
        phone="+994 55 123 45 67",
        email="private@example.org",
        birth_on=datetime.date(1971, 3, 4),
    )
    everything = page(client, election)
    for name in ("csv", "json"):
        everything += client.get(f"/elections/vote/register.{name}").getvalue().decode()
    secrets = (
        "AZE7654321", "Secret street", "123 45 67", "private@example.org", "1971", "04.03",
        str(observer.key), observer.receipt_number, "photos/", observer.applicant.email,
        observer.identity_index,
    )  # fmt: skip
    assert [secret for secret in secrets if secret in everything] == []


def test_a_cancelled_registration_keeps_the_day_it_was_made(client, election):
    observer = cancelled(make.an_approved(election=election))
    approval = observer.decisions.get(outcome="approved")
    (row,) = in_csv(client, election)
    assert row["registered_on"] == f"{approval.decided_at.astimezone(election.zone):%Y-%m-%d}"
    assert row["status"] == "cancelled"
    (line,) = queries.find(election, queries.Filters()).rows
    assert line["registered_at"] == approval.decided_at


# --- Search and filters ---------------------------------------------------------------------------


def test_a_name_is_found_without_its_diacritics(client, election):
    make.an_approved(election=election, surname="Çələbizadə", given_name="Gülşən", patronymic="")
    make.an_approved(election=election, surname="Quliyev")
    for typed in ("celebizade", "GULSEN celebi", "çələbizadə", "Челебизаде"):
        assert found(client, election, q=typed) == ["Çələbizadə Gülşən"]


def test_every_word_must_be_found(client, election):
    make.an_approved(election=election, surname="Quliyev", given_name="Anar", patronymic="")
    make.an_approved(election=election, surname="Quliyev", given_name="Rəna", patronymic="")
    assert found(client, election, q="quliyev rena") == ["Quliyev Rəna"]


def test_a_number_is_found_whole_and_in_part(client, election):
    observer = make.an_approved(election=election, patronymic="")
    make.an_approved(election=election)
    for typed in (observer.accreditation_number, observer.accreditation_number[2:].lower()):
        assert found(client, election, q=typed) == ["Məmmədov Elçin"]


def test_an_organisation_is_found_with_a_name_beside_it(client, election):
    party = make.an_organisation(election=election, name="Üfüq Partiyası", short_name="Üfüq")
    make.an_approved(election=election, organisation=party, surname="Quliyev", patronymic="")
    make.an_approved(election=election, organisation=party, surname="Babayev", patronymic="")
    make.an_approved(election=election, surname="Quliyev", patronymic="")
    assert found(client, election, q="ufuq") == ["Babayev Elçin", "Quliyev Elçin"]
    assert found(client, election, q="quliyev partiyasi") == ["Quliyev Elçin"]


def test_what_means_something_to_the_database_is_only_text(client, election):
    make.an_approved(election=election)
    for typed in ("%", "_", "\\", "mamm%dov", "'; drop table"):
        assert found(client, election, q=typed) == []


def test_filters_and_their_counts(client, election):
    party = make.an_organisation(election=election, short_name="Horizon")
    mission = make.an_organisation(
        election=election, kind=OrganisationKind.INTERNATIONAL, short_name="Mission"
    )
    of_party = make.an_approved(
        election=election, organisation=party, surname="Party", patronymic="", constituency=2
    )
    make.an_approved(
        election=election, organisation=mission, scope=Scope.NATIONWIDE, surname="Guest"
    )
    cancelled(make.an_approved(election=election, surname="Own", patronymic=""))
    assert found(client, election, kind="party") == ["Party Elçin"]
    assert found(client, election, constituency=2) == ["Party Elçin"]
    assert found(client, election, organisation=party.key) == ["Party Elçin"]
    assert found(client, election, status="cancelled") == ["Own Elçin"]
    assert found(client, election, kind="party", status="cancelled") == []
    assert in_csv(client, election, kind="party")[0]["number"] == of_party.accreditation_number
    html = page(client, election, status="registered")
    counts = dict(
        re.findall(r'<a href="\?kind=(\w+)&amp;status=registered">.*?__count">(\d+)', html)
    )
    assert counts == {"party": "1", "international": "1"}


def test_a_filter_of_another_election_shows_nobody(client, election):
    other = make.an_election()
    party = make.an_organisation(election=other)
    make.an_approved(election=other, organisation=party)
    assert found(client, election, organisation=party.key) == []
    assert found(client, election) == []


# --- Pages ----------------------------------------------------------------------------------------


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)


def walk(client: Client, election: Election, **asked: Any) -> list[list[str]]:
    """The pages in turn, as their links lead."""
    pages, query = [], urlencode(asked)
    while True:
        html = client.get(f"/elections/{election.slug}/register/?{query}").content.decode()
        pages.append(names(html))
        following = re.search(r'<a href="\?([^"]*)" rel="next">', html)
        if not following:
            return pages
        query = following[1].replace("&amp;", "&")


def test_pages_follow_each_other_without_gap_or_repetition(client, election, short_pages):
    for given_name in "ABCDE":
        make.an_approved(election=election, given_name=given_name, patronymic="")
    expected = [["Məmmədov A", "Məmmədov B"], ["Məmmədov C", "Məmmədov D"], ["Məmmədov E"]]
    assert walk(client, election) == expected
    assert walk(client, election, kind="own_initiative", q="memmedov") == expected


def test_people_of_the_same_name_are_each_on_one_page(client, election, short_pages):
    numbers = {make.an_approved(election=election).accreditation_number for _ in range(5)}
    html = ""
    for after in ("", *sorted(numbers)):
        html += page(client, election, after=after) if after else page(client, election)
    assert [len(names_) for names_ in walk(client, election)] == [2, 2, 1]
    assert set(re.findall(r"A-\d{7}-\d\d", html)) == numbers


@pytest.mark.parametrize("policy", NamePolicy.values)
def test_the_address_of_a_page_gives_no_name_away(client, short_pages, policy):
    election = make.an_election(name_policy=policy)
    observers = [make.an_approved(election=election) for _ in range(3)]
    html = page(client, election)
    following = parse_qs(re.search(r'href="\?([^"]*)" rel="next"', html)[1])
    assert following == {"after": [observers[1].accreditation_number]}


def test_an_address_can_be_kept_and_shared(client, election, short_pages):
    for _ in range(3):
        make.an_approved(election=election)
    address = "/elections/vote/register/?q=memmedov&kind=own_initiative&status=registered"
    html = client.get(address).content.decode()
    assert 'value="memmedov"' in html
    assert '<input type="hidden" name="kind" value="own_initiative">' in html
    assert "?q=memmedov&amp;kind=own_initiative&amp;status=registered&amp;after=A-" in html


# --- How much of a name ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        (NamePolicy.FULL, "Əliyev Çingiz Rəsul oğlu"),
        (NamePolicy.INITIALS, "Əliyev Ç. R."),
        (NamePolicy.NUMBER, ""),
    ],
)
def test_the_policy_of_the_election_decides_what_is_shown(client, policy, shown):
    election = make.an_election(name_policy=policy)
    make.an_approved(
        election=election, surname="Əliyev", given_name="Çingiz", patronymic="Rəsul oğlu"
    )
    html = page(client, election)
    (row,) = in_csv(client, election)
    listed = client.get(f"/elections/{election.slug}/register.json").getvalue()
    assert row["name"] == json.loads(listed)["observers"][0]["name"] == shown
    assert names(html) == [shown or row["number"]]
    hidden = {"Çingiz", "Rəsul", "Əliyev"} - set(shown.split())
    everything = html + str(row) + listed.decode()
    assert [part for part in hidden if part in everything] == []


@pytest.mark.parametrize("policy", [NamePolicy.INITIALS, NamePolicy.NUMBER])
def test_a_name_that_is_not_shown_cannot_be_asked_for(client, policy):
    election = make.an_election(name_policy=policy)
    party = make.an_organisation(election=election, name="Üfüq Partiyası")
    observer = make.an_approved(election=election, organisation=party, surname="Əliyev")
    for asked in ("eliyev", "əliyev elçin", "rauf", "eliyev ufuq"):
        assert found(client, election, q=asked) == []
        assert in_csv(client, election, q=asked) == []
    assert len(found(client, election, q="ufuq")) == 1
    assert len(found(client, election, q=observer.accreditation_number)) == 1


def test_without_names_the_order_does_not_tell_them(client):
    election = make.an_election(name_policy=NamePolicy.NUMBER)
    observers = [make.an_approved(election=election, surname=surname) for surname in "CAB"]
    assert found(client, election) == [o.accreditation_number for o in observers]


# --- In full --------------------------------------------------------------------------------------


def test_csv_and_json_say_the_same(client, election):
    party = make.an_organisation(election=election, short_name="Horizon")
    make.an_approved(election=election, organisation=party)
    make.an_approved(election=election, scope=Scope.NATIONWIDE, surname="Babayev")
    rows = in_csv(client, election)
    document = json.loads(client.get("/elections/vote/register.json").getvalue())
    assert document["election"] == "vote"
    observers = [
        {name: "" if value is None else str(value) for name, value in observer.items()}
        for observer in document["observers"]
    ]
    assert observers == rows
    assert list(rows[0]) == list(COLUMNS)
    assert rows[1]["organisation"] == "Horizon"
    assert rows[1]["constituency_name"] == "Constituency 1 (az)"


def test_an_empty_register_is_still_a_file(client, election):
    assert in_csv(client, election) == []
    assert json.loads(client.get("/elections/vote/register.json").getvalue())["observers"] == []


@pytest.mark.parametrize("first", ["=", "+", "-", "@"])
def test_a_spreadsheet_finds_no_formula_in_the_csv(client, election, first):
    party = make.an_organisation(election=election, short_name=f"{first}cmd|' /C calc'!A0")
    make.an_approved(election=election, organisation=party)
    (row,) = in_csv(client, election)
    assert row["organisation"] == f"'{first}cmd|' /C calc'!A0"


def test_the_files_may_be_cached_by_anybody(client, election):
    as_csv = client.get("/elections/vote/register.csv")
    assert as_csv["Cache-Control"] == "public, max-age=60"
    assert as_csv["Content-Type"] == "text/csv; charset=utf-8"
    assert as_csv["Content-Disposition"] == 'attachment; filename="register-vote.csv"'
    assert as_csv.getvalue().startswith(b"\xef\xbb\xbf")
    as_json = client.get("/elections/vote/register.json")
    assert as_json["Cache-Control"] == "public, max-age=60"
    assert as_json["Content-Type"] == "application/json"


def test_strangers_may_keep_the_pages_and_whoever_has_signed_in_may_not(client, election):
    party = make.an_organisation(election=election)
    observer = make.an_approved(election=election, organisation=party)
    pages = (
        "register/", f"register/{observer.accreditation_number}/", "organisations/",
        f"organisations/{party.key}/", "constituencies/", "constituencies/1/",
        "lists/", "snapshots/",
    )  # fmt: skip
    member = signed_in(make.the_chair(election))
    for address in (f"/elections/vote/{page}" for page in pages):
        answer = client.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "public, max-age=60"), address
        assert {"Cookie", "Accept-Language"} <= set(answer["Vary"].split(", "))
        assert not answer.cookies
        assert member.get(address)["Cache-Control"] == "private, no-cache"


def test_nobody_keeps_an_answer_that_something_is_wrong(client, election):
    refused = client.get("/elections/vote/register/", {"kind": "unknown"})
    assert (refused.status_code, refused["Cache-Control"]) == (400, "private, no-cache")


# --- Bad addresses --------------------------------------------------------------------------------


NASTY = [
    "\0", "a\0b", "%00", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "x" * 5000, "a " * 200, "-1", "0", "99999999999999999999", "١٢", "1e9", "²", "None", "null",
    "[]", "{}", "' OR 1=1 --", "%", "_", "\\", "\u202eabc", "\u200b", "A-9999999-99", "🗳", "ﷺ" * 20,
    "00000000-0000-0000-0000-000000000000", "../../etc/passwd", "<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("name", ["q", "kind", "constituency", "organisation", "status", "after"])
def test_no_address_breaks_the_register(client, election, name):
    make.an_approved(election=election)
    for value in NASTY:
        for path in ("register/", "register.csv", "register.json"):
            response = client.get(f"/elections/vote/{path}", {name: value})
            body = response.getvalue() if response.streaming else response.content
            assert response.status_code in (200, 400), (path, name, value)
            assert b"<script>alert" not in body


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff%fe", "q=%ed%a0%80", "kind[]=x", "after=%00", "q"]
)
def test_no_bytes_break_the_register(client, election, query):
    assert client.get(f"/elections/vote/register/?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=xyz", "no such kind"),
        ("status=draft", "no such status"),
        ("constituency=abc", "no constituency"),
        ("organisation=abc", "no such organisation"),
        ("after=A-0000000-00", "no such page"),
        ("q=" + "x" * 101, "too long"),
    ],
)
def test_a_wrong_address_gets_a_sentence_and_a_way_out(client, election, query, sentence):
    response = client.get(f"/elections/vote/register/?{query}")
    html = response.content.decode()
    assert response.status_code == 400
    assert sentence in html
    assert '<a href="/elections/vote/register/">Show the whole register</a>' in html
    if not query.startswith("after"):
        assert sentence in client.get(f"/elections/vote/register.csv?{query}").content.decode()


def test_an_election_that_is_not_published_has_no_pages(client):
    make.an_election(slug="hidden", is_published=False)
    for slug in ("hidden", "unknown"):
        for path in ("", "register/", "register.csv", "register.json"):
            assert client.get(f"/elections/{slug}/{path}").status_code == 404


def test_the_register_is_only_read(client, election):
    for path in ("", "register/", "register.csv", "register.json"):
        assert client.post(f"/elections/vote/{path}").status_code == 405


# --- The page of an election ----------------------------------------------------------------------


def test_an_election_says_who_may_apply_until_when(client, election):
    make.a_window(election, scope=Scope.NATIONWIDE, kinds=[Kind.PARTY], days_to_decide=4)
    make.a_required_document(election, titles=make.in_all_languages("Copy of the card"))
    html = client.get("/elections/vote/").content.decode()
    said = (
        "4 days from the submission",
        "Political party",
        "Copy of the card (en)",
        "The information is not confirmed (en)",
        "Election Code, art. 40 (en)",
    )
    assert [words for words in said if words not in html] == []


def test_an_extension_is_public_with_the_office_that_gave_it(client, election):
    administrator = make.a_staff_member("election_administrator", election)
    window = election.windows.get(scope=Scope.CONSTITUENCY)
    Extension.objects.create(
        window=window,
        constituency=election.constituencies.get(number=2),
        kind=Kind.NGO,
        until=window.closes_at + make.DAY,
        reason="The office was flooded.",
        granted_by=administrator,
    )
    html = client.get("/elections/vote/").content.decode()
    office = CommissionMember.objects.get(user=administrator).commission
    assert "The office was flooded." in html
    assert f"Election administrator, {office.names['en']}" in html
    assert "One constituency, 2 Constituency 2 (en), Non-governmental organisation" in html
    assert administrator.full_name not in html
    assert administrator.email not in html


# --- Cost -----------------------------------------------------------------------------------------


def queries_of(client: Client, path: str) -> int:
    facets._added_up.cache_clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(path)
        assert response.getvalue() if response.streaming else response.content
    return len(captured)


@pytest.mark.parametrize(
    "path", ["/", "/elections/vote/", "/elections/vote/register/",
             "/elections/vote/register/?q=memmedov", "/elections/vote/register.csv"],
)  # fmt: skip
def test_three_rows_cost_as_many_queries_as_one(client, election, path):
    party = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=party)
    queries_of(client, path)  # the first one counts the statistics
    once = queries_of(client, path)
    other = make.an_organisation(election=election, kind=OrganisationKind.NGO)
    make.an_approved(election=election, organisation=other, constituency=2)
    cancelled(make.an_approved(election=election))
    assert queries_of(client, path) == once


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_register_is_searched_as_one_types(new_visitor):
    election = make.an_election(slug="vote")
    make.an_approved(election=election, surname="Çələbi", patronymic="")
    make.an_approved(election=election, surname="Quliyev", patronymic="")
    page = new_visitor()
    page.goto("/elections/vote/register/?kind=own_initiative")
    page.get_by_label("Find an observer").press_sequentially("celebi", delay=20)
    page.wait_for_url("**/register/?q=celebi&kind=own_initiative")
    page.get_by_text("1 observer found for “celebi”.").wait_for()
    assert page.locator("tbody th").all_inner_texts() == ["Çələbi Elçin"]
    page.go_back()
    page.get_by_text("2 observers in the register.").wait_for()
    assert axe_findings(page) == []


@pytest.mark.django_db(transaction=True)
def test_the_register_works_without_script_on_a_phone(new_visitor):
    election = make.an_election(slug="vote")
    make.an_approved(election=election, surname="Çələbi", patronymic="")
    make.an_approved(election=election, surname="Quliyev", patronymic="")
    page = new_visitor(width=360, script=False)
    page.goto("/elections/vote/register/")
    page.get_by_label("Find an observer").fill("quliyev")
    page.get_by_role("button", name="Find").click()
    assert page.locator("tbody th").all_inner_texts() == ["Quliyev Elçin"]
    page.get_by_role("link", name="Own initiative").click()
    assert page.url.endswith("?q=quliyev&kind=own_initiative")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_public_pages_are_sound_at_every_width(new_visitor, width):
    election = make.an_election(slug="vote")
    make.an_approved(election=election)
    page = new_visitor(width=width)
    register = "/elections/vote/register/"
    for path in ("/", "/elections/vote/", register, f"{register}?q=zzz", f"{register}?kind=x"):
        page.goto(path)
        assert axe_findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
