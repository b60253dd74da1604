"""Who is found as one types: with a letter wrong, by number, by organisation; and what is not."""

import re

import pytest
from django.test import Client

from elections.enums import Kind, NamePolicy
from observers.register import queries, searching
from observers.register.filters import Filters
from organisations.enums import OrganisationKind
from tests import builders as make

pytestmark = pytest.mark.django_db


def found(election, q, **filters):
    return [line["name"] for line in queries.find(election, Filters(q=q, **filters)).rows]


def similar(election, q):
    return [line["name"] for line in queries.find(election, Filters(q=q)).similar]


def registered(election, *names, **columns):
    for name in names:
        surname, _, given_name = name.partition(" ")
        make.an_approved(
            election=election,
            surname=surname,
            given_name=given_name or "Elçin",
            patronymic="",
            **columns,
        )


@pytest.mark.parametrize("typed", ["Quluyev", "quliyef", "QULYEV", "Гулиев", "qulieyv"])
def test_a_name_with_a_letter_wrong_is_said_to_be_similar(election, typed):
    registered(election, "Quliyev Anar", "Babayev Anar")
    assert found(election, typed) == []
    assert similar(election, typed) == ["Quliyev Anar"]


def test_one_letter_wrong_goes_before_two(election):
    registered(election, "Quliyev", "Quliyeva")
    assert similar(election, "Quluyeva") == ["Quliyeva Elçin"]


def test_every_other_word_is_still_asked_for(election):
    registered(election, "Quliyev Anar", "Quliyev Rəna")
    assert similar(election, "quluyev rena") == ["Quliyev Rəna"]


def test_whoever_is_found_is_not_similar_as_well(election):
    registered(election, "Əliyev", "Əlibəyov")
    assert (found(election, "eliyev"), similar(election, "eliyev")) == (["Əliyev Elçin"], [])


def test_short_words_and_numbers_are_not_guessed_at(election):
    registered(election, "Ağa")
    assert similar(election, "axa") == []
    assert similar(election, "A-1234567-89") == []


@pytest.mark.parametrize("how", ["{0}", "a{1}", "{1}", "{2}", "{3}", "A {1}", "{4}"])
def test_a_number_is_found_however_it_is_typed(election, how):
    observer = make.an_approved(election=election, surname="Quliyev", patronymic="")
    make.an_approved(election=election)
    number = observer.accreditation_number
    digits = number[2:].replace("-", "")
    typed = how.format(number, digits, digits[:-2], number.lower(), digits.lstrip("0"))
    assert found(election, typed) == ["Quliyev Elçin"]


def test_the_beginning_of_a_number_finds_those_that_begin_so(election):
    numbers = [make.an_approved(election=election).accreditation_number for _ in range(2)]
    assert len(found(election, numbers[0][:8])) == 2


def test_a_single_letter_finds_nobody_and_says_why(client, election):
    registered(election, "Əliyev")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    html = client.get(f"/elections/{election.slug}/register/", {"q": "e"}).content.decode()
    assert "Type at least two letters of a name." in html
    assert found(election, "e") == []
    assert found(election, "e eliyev") == ["Əliyev Elçin"]


@pytest.mark.parametrize("page_size", [1, 2, 3])
def test_what_is_found_is_paged_like_the_register(election, monkeypatch, page_size):
    monkeypatch.setattr(queries, "PAGE", page_size)
    registered(election, *(f"Əliyev {name}" for name in ("Zaur", "Anar", "Çingiz", "Elçin")))
    seen, after = [], ""
    while page := queries.find(election, Filters(q="eliyev", after=after)):
        seen += [line["name"] for line in page.rows]
        after = page.following
        if not after:
            break
    assert seen == ["Əliyev Anar", "Əliyev Çingiz", "Əliyev Elçin", "Əliyev Zaur"]


# --- More than are counted ------------------------------------------------------------------------


@pytest.fixture
def counts_to_two(monkeypatch):
    for module in (queries, searching):
        monkeypatch.setattr(module, "MOST_COUNTED", 2)
    monkeypatch.setattr(queries, "PAGE", 2)


@pytest.mark.usefixtures("counts_to_two")
@pytest.mark.parametrize("q", ["eliyev", "eliyev elcin", "eliyev horizon", "elcin eliyev"])
def test_of_many_the_pages_are_right_and_the_count_is_more(election, q):
    party = make.an_organisation(election=election, name="Horizon")
    for surname in ("Əliyeva", "Əliyev", "Əliyevli", "Əliyevski"):
        registered(election, surname, organisation=party)
    registered(election, "Babayev", organisation=party)
    pages, after = [], ""
    for _ in range(2):
        page = queries.find(election, Filters(q=q, after=after))
        pages.append([line["name"].split()[0] for line in page.rows])
        assert (page.count, page.is_more, page.counted) == (2, True, None) or after
        after = page.following
    assert pages == [["Əliyev", "Əliyeva"], ["Əliyevli", "Əliyevski"]]
    assert after == ""


@pytest.mark.usefixtures("counts_to_two")
def test_of_many_a_filter_shows_those_who_fit(election):
    party = make.an_organisation(election=election)
    registered(election, *["Əliyev", "Əliyeva", "Əliyevli"])
    registered(election, "Əliyevski", organisation=party, constituency=2)
    assert found(election, "eliyev", kind=Kind.PARTY) == ["Əliyevski Elçin"]
    assert found(election, "eliyev", constituency=2) == ["Əliyevski Elçin"]
    assert found(election, "eliyev", organisation=party.key) == ["Əliyevski Elçin"]


@pytest.mark.usefixtures("counts_to_two")
def test_more_is_said_in_words_and_without_numbers(client, election):
    registered(election, *["Əliyev", "Əliyeva", "Əliyevli"])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    html = client.get(f"/elections/{election.slug}/register/", {"q": "eliyev"}).content.decode()
    assert "More than 2 observers found for “eliyev”." in html
    assert "2 of more than 2" in html
    assert "filters__count" not in html


def test_words_that_everybody_has_are_refused_with_a_sentence(client, election, monkeypatch):
    monkeypatch.setattr(searching, "_COMMON", 0)
    monkeypatch.setattr(searching, "_MOST_READ", 1)
    registered(election, "Əliyev Anar", "Babayev Elçin", "Cəfərov Elçin")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    refused = client.get(f"/elections/{election.slug}/register/", {"q": "eliyev elcin"})
    assert refused.status_code == 400
    assert "too many names" in refused.content.decode()


# --- Names that are not shown ---------------------------------------------------------------------


@pytest.fixture
def mixed() -> object:
    """Of parties full names, of the others initials, of internationals numbers."""
    election = make.an_election(
        name_policy=NamePolicy.INITIALS, name_policies={"party": "full", "international": "number"}
    )
    party = make.an_organisation(election=election)
    mission = make.an_organisation(election=election, kind=OrganisationKind.INTERNATIONAL)
    registered(election, "Cəfərov Zaur", organisation=party)
    registered(election, "Cəfərov Anar")
    registered(election, "Abbasov Anar", organisation=mission, scope="nationwide")
    return election


def test_each_kind_is_shown_by_its_own_policy_in_an_order_that_tells_no_more(mixed):
    shown = [line["name"] for line in queries.find(mixed, Filters()).rows]
    assert shown == ["Cəfərov A.", "Cəfərov Zaur", ""]


@pytest.mark.parametrize("q", ["abbasov", "cefrov", "anar", "ceferov anar", "abasov"])
def test_a_name_that_is_not_shown_in_full_is_not_found(mixed, q):
    page = queries.find(mixed, Filters(q=q))
    names = [line["name"] for line in [*page.rows, *page.similar]]
    assert set(names) <= {"Cəfərov Zaur"}


def test_the_page_says_what_is_shown_of_whom(client, mixed):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    html = client.get(f"/elections/{mixed.slug}/register/").content.decode()
    sentences = re.findall(r"<p>([^<]*are shown of[^<]*)</p>", html)
    assert sentences[1] == "Full names are shown of: Political party."
    assert sentences[2] == "Only accreditation numbers are shown of: International organisation."
    assert "name not shown" in html


def test_what_waits_is_not_found_by_any_word(election):
    party = make.an_organisation(election=election, name="Horizon")
    make.a_submitted(election=election, surname="Quliyev", organisation=party)
    for q in ("quliyev", "quluyev", "horizon"):
        page = queries.find(election, Filters(q=q))
        assert (page.rows, page.similar, page.count) == ([], [], 0)


def test_a_search_of_one_election_finds_nobody_of_another(election):
    registered(make.an_election(), "Quliyev")
    assert found(election, "quliyev") == similar(election, "quluyev") == []


def test_people_who_look_for_nobody_are_not_a_mistake(election):
    client = Client()
    answer = client.get(f"/elections/{election.slug}/register/", {"q": "’’ %"})
    assert answer.status_code == 200
