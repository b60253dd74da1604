"""The register of people who need no registration."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from observers.domain.identity import birth_index, identity_index
from observers.intake.exempt_list import keep_list
from observers.models import ExemptPerson
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

UPLOAD = "admin:observers_exemptperson_upload"
GOOD = "Əliyev Elçin Rauf oğlu; candidate; AA1234567; 31.12.1970"


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def kept(text, election):
    return keep_list(text.encode(), election=election)


def test_a_row_is_kept_with_fingerprints_only():
    election = builders.an_election()
    kept(GOOD, election)
    person = ExemptPerson.objects.get()
    assert (person.full_name, person.capacity) == ("Əliyev Elçin Rauf oğlu", "candidate")
    assert person.identity_index == identity_index(citizenship="AZ", number="AA1234567")
    assert person.birth_index == birth_index(datetime.date(1970, 12, 31))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Əliyev; candidate", "Write surname and given name in the first column."),
        ("Əliyev 3lçin; candidate", "Write it in letters, as it stands in the identity document."),
        (
            "Əliyev Elçin; wizard",
            "“wizard” is not one of: Candidate, Agent of a candidate, Member of a commission.",
        ),
        (
            "Əliyev Elçin; candidate; AA1",
            "A document number has 5 to 20 letters and digits. Check it against the document.",
        ),
        (
            "Əliyev Elçin; candidate; ; 31.02.1970",
            "This is no date of birth. Write it as 31.12.1980.",
        ),
        (
            "Əliyev Elçin; candidate; ; ; x",
            "There are more than four columns: name, capacity, number, birth date.",
        ),
    ],
)
def test_a_bad_row_comes_back_as_it_was_typed_and_the_others_are_kept(row, problem):
    election = builders.an_election()
    found = kept(f"Name;Capacity\n{row}\n{GOOD}\n", election)
    assert [(bad.number, bad.text, bad.problem) for bad in found.bad] == [(2, row, problem)]
    assert found.added == 1


def test_an_unclosed_quote_takes_no_other_row_with_it():
    found = kept(f'"Əliyev Elçin; candidate\n{GOOD}', builders.an_election())
    assert (found.added, [bad.number for bad in found.bad]) == (1, [1])


@pytest.mark.parametrize("word", ["Namizəd", "КАНДИДАТ", "Candidate", "candidate"])
def test_a_capacity_is_understood_in_every_language(word):
    assert kept(f"Əliyev Elçin;{word}", builders.an_election()).added == 1


def test_a_list_sent_twice_changes_nothing_and_a_fuller_one_completes():
    election = builders.an_election()
    kept("Əliyev Elçin; candidate", election)
    assert kept("Əliyev Elçin; candidate", election).unchanged == 1
    assert kept("ELIYEV Elçin; candidate; AA1234567", election).completed == 1
    assert ExemptPerson.objects.get().identity_index
    assert kept("Əliyev Elçin; candidate; AA7654321", election).added == 1


@pytest.mark.parametrize("text", ["", "\n\n", "Name;Capacity\n"])
def test_what_has_no_rows_is_refused(text):
    with pytest.raises(ValueError, match="no rows"):
        kept(text, builders.an_election())


# --- Pages ---------------------------------------------------------------------------------------


def an_administrator(election):
    return builders.a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election)


def test_the_administrator_uploads_a_list_and_mends_what_was_bad(client):
    election = builders.an_election()
    client.force_login(an_administrator(election))
    file = SimpleUploadedFile("list.csv", f"{GOOD}\nƏliyev;agent".encode("utf-8-sig"))
    sent = {"election": election.pk, "file": file}
    page = client.post(reverse(UPLOAD), sent).content.decode()
    assert "Write surname and given name in the first column." in page
    assert "Əliyev;agent</textarea>" in page
    mended = {"election": election.pk, "rows": "Əliyev Murad;agent"}
    client.post(reverse(UPLOAD), mended)
    names = set(ExemptPerson.objects.values_list("full_name", flat=True))
    assert names == {"Əliyev Elçin Rauf oğlu", "Əliyev Murad"}


def test_nothing_chosen_is_said(client):
    election = builders.an_election()
    client.force_login(an_administrator(election))
    page = client.post(reverse(UPLOAD), {"election": election.pk}).content.decode()
    assert "Choose a file, or write rows below." in page


def test_one_person_is_added_and_changed_without_losing_the_number(client):
    election = builders.an_election()
    client.force_login(an_administrator(election))
    person = {"election": election.pk, "capacity": "agent", "citizenship": "AZ"}
    filled = {"full_name": "Əliyev Elçin", "number": "aa 1234567", "born": "31.12.1970"}
    client.post(reverse("admin:observers_exemptperson_add"), person | filled)
    kept_row = ExemptPerson.objects.get()
    assert kept_row.identity_index == identity_index(citizenship="AZ", number="AA1234567")
    address = reverse("admin:observers_exemptperson_change", args=[kept_row.pk])
    assert "1234567" not in client.get(address).content.decode()
    client.post(address, person | {"full_name": "Vəliyev Elçin", "number": "", "born": ""})
    changed = ExemptPerson.objects.get()
    assert changed.full_name == "Vəliyev Elçin"
    assert changed.identity_index == kept_row.identity_index
    assert changed.search_key != kept_row.search_key


def test_a_list_is_for_ones_own_election_only(client):
    client.force_login(an_administrator(builders.an_election()))
    other = builders.an_election()
    client.post(reverse(UPLOAD), {"election": other.pk, "rows": GOOD})
    assert not ExemptPerson.objects.exists()


def test_the_central_commission_looks_and_keeps_nothing(client):
    election = builders.an_election()
    builders.an_exempt_person(election, "Əliyev Elçin")
    client.force_login(builders.the_chair(election))
    listed = client.get(reverse("admin:observers_exemptperson_changelist")).content.decode()
    assert "Əliyev Elçin" in listed
    assert reverse(UPLOAD) not in listed
    assert client.post(reverse(UPLOAD), {"election": election.pk, "rows": GOOD}).status_code == 403


def test_another_elections_register_is_not_there(client):
    person = builders.an_exempt_person(builders.an_election(), "Əliyev Elçin")
    client.force_login(an_administrator(builders.an_election()))
    address = reverse("admin:observers_exemptperson_change", args=[person.pk])
    assert client.get(address).status_code == 404
