"""The application form of one person, as people meet it: /apply/ and what lies below it."""

import datetime
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from PIL import Image
from playwright.sync_api import FilePayload

from accounts import kept_forms
from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.domain.windows import closing_moment
from elections.enums import Kind, Scope, Subject
from observers.domain import drafts
from observers.enums import Status
from observers.models import Application, ApplicationEvent
from observers.views import progress
from tests.builders import (
    DAY,
    a_draft,
    a_lapsed,
    a_refused,
    a_required_document,
    a_returned,
    a_staff_member,
    a_submitted,
    a_user,
    a_window,
    an_application_in,
    an_approved,
    an_election,
    an_organisation,
    shut,
    stored,
)
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = pytest.mark.django_db

PAGES = ("overview", "check", "receipt", "withdraw", "documents")
STEPS = ("place", "person", "contact", "photo", "consent")
AUTOSAVED = ("place", "person", "contact", "consent")


def visitor() -> Client:
    return Client(headers={"Accept-Language": "en"})


def url(name: str, application: Application, *more: str) -> str:
    return reverse(f"apply:{name}", args=[application.key, *more])


def step_url(application: Application, step: str) -> str:
    return url("step", application, step)


def a_person(application: Application, **fields: Any) -> dict[str, Any]:
    """The fields of the page about the person, as a browser sends them."""
    return {
        "version": stored(application).version,
        "surname": "Əliyeva",
        "given_name": "Aygün",
        "patronymic": "Çingiz qızı",
        "birth_on": "07.02.1990",
        "citizenship": "AZ",
        "identity_document": "identity_card",
        "identity_number": "AA1234567",
    } | fields


def an_empty_draft(**columns: Any) -> Application:
    """As somebody has it who has just begun."""
    return drafts.begin(
        election=columns.pop("election", None) or an_election(),
        scope=Scope.CONSTITUENCY,
        applicant=columns.pop("applicant", None) or a_user(),
    )


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def notices(answer: Any) -> list[str]:
    found = re.findall(
        r'<div class="notice notice--\w+">(.*?)</div>', answer.content.decode(), re.S
    )
    return [" ".join(re.sub(r"<[^>]+>", " ", notice).split()) for notice in found]


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


# --- The beginning -------------------------------------------------------------------------------


def test_the_beginning_tells_everybody_what_is_open_and_who_decides():
    election = an_election()
    page = text_of(visitor().get(reverse("apply:start")))
    assert election.name in page
    assert page.count("Open until") == 3
    assert "The commission of the constituency decides." in page
    assert "Create an account" in page


def test_an_anonymous_visitor_comes_back_after_signing_in():
    an_election()
    page = visitor().get(reverse("apply:start")).content.decode()
    assert '/accounts/login/?next=/apply/"' in page


def test_a_closed_window_says_when_it_closed():
    election = an_election()
    shut(election)
    page = text_of(signed_in(a_user()).get(reverse("apply:start")))
    assert page.count("Registration closed on") == 3
    assert "Begin the application" not in page


def test_no_election_at_all_is_said():
    assert "No election is open" in text_of(visitor().get(reverse("apply:start")))


def test_an_unpublished_election_is_not_shown():
    election = an_election(is_published=False)
    assert election.name not in text_of(visitor().get(reverse("apply:start")))


def begin(client: Client, election: Any, scope: str = "constituency") -> Any:
    fields = {f"{election.slug}-scope": scope, f"{election.slug}-begin": "1"}
    return client.post(reverse("apply:start"), fields)


def test_beginning_makes_a_draft_and_leads_to_it():
    user, election = a_user(), an_election()
    answer = begin(signed_in(user), election)
    draft = Application.unscoped.get(applicant=user)
    assert (answer.status_code, answer["Location"]) == (302, url("overview", draft))
    assert (draft.kind, draft.scope, draft.status) == ("own_initiative", "constituency", "draft")


def test_beginning_twice_leads_to_the_same_draft():
    user, election = a_user(), an_election()
    client = signed_in(user)
    first, second = begin(client, election), begin(client, election, "nationwide")
    assert first["Location"] == second["Location"]
    assert Application.unscoped.filter(applicant=user).count() == 1


def test_after_a_withdrawal_one_can_begin_anew():
    application = an_application_in(Status.WITHDRAWN)
    begin(signed_in(application.applicant), application.election)
    assert Application.unscoped.filter(applicant=application.applicant).count() == 2


def test_beginning_without_a_choice_says_so_at_the_field():
    user, election = a_user(), an_election()
    answer = signed_in(user).post(reverse("apply:start"), {f"{election.slug}-begin": "1"})
    assert "Choose where you will observe." in text_of(answer)
    assert not Application.unscoped.filter(applicant=user).exists()


def test_beginning_after_the_closing_makes_no_draft():
    user, election = a_user(), an_election()
    shut(election)
    answer = begin(signed_in(user), election)
    assert "Registration closed on" in text_of(answer)
    assert not Application.unscoped.filter(applicant=user).exists()


def test_a_scope_that_does_not_admit_citizens_cannot_be_chosen():
    user, election = a_user(), an_election()
    a_window(election, scope=Scope.NATIONWIDE, kinds=[Kind.PARTY.value])
    assert begin(signed_in(user), election, "nationwide").status_code == 200
    assert not Application.unscoped.filter(applicant=user).exists()


def test_beginning_without_a_session_makes_no_draft():
    election = an_election()
    assert begin(visitor(), election).status_code == 302
    assert not Application.unscoped.exists()


def test_own_applications_are_listed_and_nobody_elses():
    mine, other = a_draft(), a_draft()
    page = signed_in(mine.applicant).get(reverse("apply:start")).content.decode()
    assert str(mine.key) in page
    assert str(other.key) not in page


# --- The list of what is left --------------------------------------------------------------------


def test_a_new_draft_has_everything_before_it():
    draft = an_empty_draft()
    tasks = signed_in(draft.applicant).get(url("overview", draft)).context["progress"].tasks
    assert [(task.slug, task.state) for task in tasks] == [
        ("place", "not_started"),
        ("person", "not_started"),
        ("contact", "not_started"),
        ("photo", "not_started"),
        ("consent", "not_started"),
    ]


def test_a_complete_draft_is_done():
    draft = a_draft()
    progress = signed_in(draft.applicant).get(url("overview", draft)).context["progress"]
    assert (progress.done, len(progress.tasks)) == (5, 5)


def test_a_part_that_is_begun_says_what_it_lacks():
    draft = a_draft(given_name="", identity_number="")
    tasks = signed_in(draft.applicant).get(url("overview", draft)).context["progress"].tasks
    assert [(task.state, task.hint) for task in tasks if task.slug == "person"] == [
        ("in_progress", "Enter the given name. Enter the number of the identity document.")
    ]


def test_optional_documents_do_not_stand_in_the_way():
    election = an_election()
    a_required_document(election, is_required=False)
    draft = a_draft(election=election)
    tasks = signed_in(draft.applicant).get(url("overview", draft)).context["progress"].tasks
    assert [(task.state, task.label) for task in tasks if task.slug == "documents"] == [
        ("not_started", "Optional")
    ]


def test_the_deadline_is_said_in_full():
    draft = a_draft()
    page = text_of(signed_in(draft.applicant).get(url("overview", draft)))
    assert re.search(
        r"Registration closes \w+ \d+ \w+ \d{4}, \d\d:\d\d \(Baku time.*?\) ?: 4 days", page
    )


def test_a_returned_one_says_what_to_correct_and_by_when():
    application = a_returned(note="The face cannot be seen in the photo.")
    page = text_of(signed_in(application.applicant).get(url("overview", application)))
    assert "asks you to correct: The face cannot be seen in the photo." in page
    assert "Correct it and send it again by" in page
    assert "1 day 23 hours left" in page


def test_a_returned_ones_place_is_settled():
    application = a_returned()
    client = signed_in(application.applicant)
    assert "place" not in client.get(url("overview", application)).context["progress"].steps
    assert client.get(step_url(application, "place"))["Location"] == url("overview", application)
    fields = {"version": application.version, "scope": "nationwide"}
    assert client.post(step_url(application, "place"), fields).status_code == 409
    assert stored(application).scope == Scope.CONSTITUENCY


# --- Saving a step -------------------------------------------------------------------------------


def test_what_is_typed_is_stored_and_the_next_step_follows():
    draft = an_empty_draft()
    answer = signed_in(draft.applicant).post(step_url(draft, "person"), a_person(draft))
    assert answer["Location"] == step_url(draft, "contact")
    kept = stored(draft)
    assert (kept.surname, kept.given_name, kept.patronymic) == ("Əliyeva", "Aygün", "Çingiz qızı")
    assert (str(kept.birth_on), kept.citizenship) == ("1990-02-07", "AZ")
    assert (kept.identity_document, kept.identity_number) == ("identity_card", "AA1234567")


@pytest.mark.parametrize(
    "typed",
    ["07.02.1990", "7/2/1990", "1990-02-07", " 7.2.1990 ", "07-02-1990", "7 2 1990"],
)
def test_dates_are_read_as_people_write_them(typed):
    draft = an_empty_draft()
    signed_in(draft.applicant).post(step_url(draft, "person"), a_person(draft, birth_on=typed))
    assert stored(draft).birth_on == datetime.date(1990, 2, 7)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("aa 1234567", "AA1234567"),
        ("AZE № 12345678", "AZE12345678"),
        ("АА-1234567", "AA1234567"),  # Cyrillic letters that look alike
        ("c.12/345.678", "C12345678"),
    ],
)
def test_document_numbers_are_stored_in_one_form(typed, kept):
    draft = an_empty_draft()
    fields = a_person(draft, identity_number=typed)
    signed_in(draft.applicant).post(step_url(draft, "person"), fields)
    assert stored(draft).identity_number == kept


LETTERS = "Write it in letters, as it stands in the identity document."
DATE = "Write the date as day, month and year, for example 07.02.1990."
YEAR = "This cannot be a date of birth. Check the year."
SHAPE = "A document number has 5 to 20 letters and digits. Check it against the document."
LATIN = "Write the number with Latin letters and digits, as it stands in the document."
PHONE = "Write the number in digits with the country code, for example +994 50 123 45 67."
ADDRESS = "Write the whole address, for example name@example.org."
CHOICE = "Select a valid choice. {} is not one of the available choices."


@pytest.mark.parametrize(
    ("step", "field", "typed", "said"),
    [
        ("person", "surname", "Əli<yev", LETTERS),
        ("person", "surname", "123", LETTERS),
        ("person", "given_name", "---", LETTERS),
        ("person", "patronymic", "x@y", LETTERS),
        ("person", "birth_on", "7 feb", DATE),
        ("person", "birth_on", "31.02.1990", DATE),
        ("person", "birth_on", "07.02.2990", YEAR),
        ("person", "birth_on", "07.02.1890", YEAR),
        ("person", "identity_number", "AB", SHAPE),
        ("person", "identity_number", "ABCDEFG", SHAPE),
        ("person", "identity_number", "ЖЖ1234567", LATIN),
        ("person", "citizenship", "XX", CHOICE.format("XX")),
        ("person", "identity_document", "library", CHOICE.format("library")),
        ("contact", "phone", "call me", PHONE),
        ("contact", "phone", "12", PHONE),
        ("contact", "email", "nobody@", ADDRESS),
        ("place", "scope", "moon", CHOICE.format("moon")),
        ("place", "constituency", "0", CHOICE.format("That choice")),
    ],
)
def test_every_error_is_named_at_its_field_and_in_the_summary(step, field, typed, said):
    draft = a_draft()
    before = stored(draft)
    fields = {"version": draft.version, field: typed}
    answer = signed_in(draft.applicant).post(step_url(draft, step), fields)
    assert answer.status_code == 200
    assert errors(answer) == {field: [said]}
    html = answer.content.decode()
    assert re.search(rf'data-error-summary.*?<a href="#id_{field}(_0)?">', html, re.S)
    assert f'id="id_{field}_error"' in html
    assert getattr(stored(draft), field) == getattr(before, field)


def test_an_observer_who_is_too_young_on_polling_day_is_told():
    draft = an_empty_draft()
    day = draft.election.polling_on
    late = day.replace(year=day.year - 18) + datetime.timedelta(days=1)
    in_time = day.replace(year=day.year - 18)
    client = signed_in(draft.applicant)
    answer = client.post(step_url(draft, "person"), a_person(draft, birth_on=f"{late:%d.%m.%Y}"))
    assert errors(answer) == {
        "birth_on": ["An observer must be at least 18 years old on polling day."]
    }
    client.post(step_url(draft, "person"), a_person(draft, birth_on=f"{in_time:%d.%m.%Y}"))
    assert stored(draft).birth_on == in_time


def test_with_one_answer_wrong_the_others_are_stored_and_what_was_typed_stays():
    draft = an_empty_draft()
    client = signed_in(draft.applicant)
    answer = client.post(step_url(draft, "person"), a_person(draft, birth_on="seventh of May"))
    assert (stored(draft).surname, stored(draft).birth_on) == ("Əliyeva", None)
    html = answer.content.decode()
    assert 'value="seventh of May"' in html
    assert f'name="version" value="{stored(draft).version}"' in html


def test_after_an_error_the_corrected_page_can_be_saved():
    draft = an_empty_draft()
    client = signed_in(draft.applicant)
    answer = client.post(step_url(draft, "person"), a_person(draft, birth_on="x"))
    version = answer.context["form"]["version"].value()
    answer = client.post(step_url(draft, "person"), a_person(draft, version=version))
    assert (answer.status_code, str(stored(draft).birth_on)) == (302, "1990-02-07")


def test_a_draft_is_saved_with_blanks():
    draft = an_empty_draft()
    blank = {"given_name": "", "birth_on": "", "citizenship": "", "identity_number": ""}
    answer = signed_in(draft.applicant).post(step_url(draft, "person"), a_person(draft, **blank))
    assert (answer.status_code, stored(draft).surname) == (302, "Əliyeva")


def test_what_was_submitted_keeps_its_required_answers():
    application = a_returned()
    fields = a_person(application, surname="", given_name="Nigar")
    answer = signed_in(application.applicant).post(step_url(application, "person"), fields)
    assert errors(answer) == {"surname": ["This field is required."]}
    assert (stored(application).surname, stored(application).given_name) == ("Məmmədov", "Nigar")


def test_a_correction_leads_back_to_what_is_left():
    application = a_returned()
    answer = signed_in(application.applicant).post(
        step_url(application, "person"), a_person(application)
    )
    assert answer["Location"] == url("overview", application)


def test_a_correction_cannot_take_another_persons_number():
    election = an_election()
    a_submitted(election=election, identity_number="AA7654321")
    application = a_returned(election=election)
    fields = a_person(application, identity_number="AA 7654321")
    answer = signed_in(application.applicant).post(step_url(application, "person"), fields)
    assert errors(answer) == {
        "identity_number": [
            "Another application in this election already has this identity number."
        ]
    }
    assert stored(application).identity_number != "AA7654321"


def test_the_place_decides_which_commission_decides():
    draft = an_empty_draft()
    constituency = draft.election.constituencies.get(number=2)
    client = signed_in(draft.applicant)
    fields = {"version": 1, "scope": "constituency", "constituency": constituency.pk}
    client.post(step_url(draft, "place"), fields)
    assert stored(draft).commission == constituency.commission
    client.post(
        step_url(draft, "place"),
        {"version": 2, "scope": "nationwide"} | {"constituency": constituency.pk},
    )
    assert (stored(draft).constituency, stored(draft).commission.authority) == (None, "central")


def test_a_constituency_of_another_election_cannot_be_chosen():
    draft = an_empty_draft()
    foreign = an_election().constituencies.get(number=1)
    fields = {"version": 1, "scope": "constituency", "constituency": foreign.pk}
    answer = signed_in(draft.applicant).post(step_url(draft, "place"), fields)
    assert list(errors(answer)) == ["constituency"]


def test_countries_are_named_in_the_language_of_the_page_the_home_country_first():
    draft = an_empty_draft()
    client = signed_in(draft.applicant)
    names = []
    for language in ("az", "en", "ru"):
        page = client.get(step_url(draft, "person"), headers={"Accept-Language": language})
        choices = page.context["form"].fields["citizenship"].choices
        names.append((choices[1][1], dict(choices)["DE"]))
    assert names == [
        ("Azərbaycan", "Almaniya"),
        ("Azerbaijan", "Germany"),
        ("Азербайджан", "Германия"),
    ]


def test_consent_can_be_given_and_taken_back():
    draft = a_draft(consent=False)
    client = signed_in(draft.applicant)
    client.post(step_url(draft, "consent"), {"version": draft.version, "consent": "on"})
    assert stored(draft).consented_at is not None
    client.post(step_url(draft, "consent"), {"version": stored(draft).version})
    assert stored(draft).consented_at is None


@pytest.mark.parametrize("version", ["", "x", "-1", str(2**40), "1.5"])
def test_a_version_that_is_none_stores_nothing(version):
    draft = an_empty_draft()
    fields = a_person(draft, version=version)
    answer = signed_in(draft.applicant).post(step_url(draft, "person"), fields)
    assert (answer.status_code, list(errors(answer))) == (200, ["version"])
    assert stored(draft).surname == ""


def test_a_null_character_is_an_error_and_no_500():
    draft = an_empty_draft()
    fields = a_person(draft, surname="Əli\x00yev")
    assert list(errors(signed_in(draft.applicant).post(step_url(draft, "person"), fields))) == [
        "surname"
    ]


def test_coming_from_the_check_leads_back_there():
    draft = a_draft()
    answer = signed_in(draft.applicant).post(
        step_url(draft, "person") + "?from=check", a_person(draft)
    )
    assert answer["Location"] == url("check", draft)


# --- An old tab ----------------------------------------------------------------------------------


def test_an_old_tab_overwrites_nothing_and_keeps_what_was_typed():
    draft = an_empty_draft()
    client = signed_in(draft.applicant)
    old = a_person(draft, surname="Həsənova", identity_number="BB7654321")
    client.post(step_url(draft, "person"), a_person(draft))
    answer = client.post(step_url(draft, "person"), old)
    assert (answer.status_code, stored(draft).surname) == (409, "Əliyeva")
    html = answer.content.decode()
    assert 'value="Həsənova"' in html
    assert 'value="BB7654321"' in html
    assert notices(answer) == [
        "Not stored This form was changed in another window, or has been submitted. What you typed "
        "here was not stored; open the form again to see what is. Open what is stored"
    ]
    assert f'<a href="{step_url(draft, "person")}">Open what is stored</a>' in html


def test_a_second_click_on_save_is_no_old_tab():
    draft = an_empty_draft()
    client, fields = signed_in(draft.applicant), a_person(draft)
    first = client.post(step_url(draft, "person"), fields)
    second = client.post(step_url(draft, "person"), fields)
    assert (first.status_code, second.status_code) == (302, 302)


def test_an_old_tab_cannot_change_what_was_submitted():
    application = a_submitted()
    client = signed_in(application.applicant)
    answer = client.post(step_url(application, "person"), a_person(application))
    assert (answer.status_code, stored(application).surname) == (409, "Məmmədov")
    assert 'value="Əliyeva"' in answer.content.decode()
    assert (
        f'<a href="{url("overview", application)}">Open what is stored</a>'
        in answer.content.decode()
    )


def test_a_submitted_ones_steps_lead_to_its_page():
    application = a_submitted()
    client = signed_in(application.applicant)
    for step in STEPS:
        assert client.get(step_url(application, step))["Location"] == url("overview", application)


# --- Saving by itself ----------------------------------------------------------------------------


def autosave(client: Client, application: Application, step: str, fields: dict[str, Any]) -> Any:
    return client.post(
        url("autosave", application, step),
        fields,
        headers={"X-Autosave": "1", "Accept": "application/json"},
    )


def test_autosave_stores_and_answers_with_the_new_version():
    draft = an_empty_draft()
    answer = autosave(signed_in(draft.applicant), draft, "person", a_person(draft))
    said = answer.json()
    assert (answer.status_code, said["version"]) == (200, 2)
    assert re.fullmatch(r"Saved \d\d:\d\d", said["message"])
    assert stored(draft).surname == "Əliyeva"


def test_autosave_names_what_is_not_saved_yet():
    draft = an_empty_draft()
    fields = a_person(draft, birth_on="7.2.", identity_number="A")
    said = autosave(signed_in(draft.applicant), draft, "person", fields).json()["message"]
    assert re.fullmatch(r"Saved \d\d:\d\d, but not yet: Date of birth, Series and number.", said)
    assert (stored(draft).surname, stored(draft).birth_on) == ("Əliyeva", None)


def test_autosave_of_an_old_tab_is_refused():
    draft = an_empty_draft()
    client = signed_in(draft.applicant)
    autosave(client, draft, "person", a_person(draft))
    answer = autosave(client, draft, "person", a_person(draft, version=1, surname="Həsənova"))
    assert (answer.status_code, list(answer.json())) == (409, ["message"])
    assert stored(draft).surname == "Əliyeva"


def test_autosave_after_submission_is_refused():
    application = a_submitted()
    answer = autosave(
        signed_in(application.applicant), application, "person", a_person(application)
    )
    assert (answer.status_code, stored(application).surname) == (409, "Məmmədov")


def test_autosave_after_the_closing_is_refused():
    draft = a_draft()
    shut(draft.election)
    answer = autosave(signed_in(draft.applicant), draft, "person", a_person(draft))
    assert (answer.status_code, stored(draft).surname) == (409, "Məmmədov")
    assert answer.json() == {"message": "Registration has closed. What you typed is not stored."}


def test_autosave_without_a_session_says_so():
    draft = an_empty_draft()
    answer = autosave(visitor(), draft, "person", a_person(draft))
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("Not saved: your session has ended.")


def test_photos_and_unknown_steps_are_not_autosaved():
    draft = an_empty_draft()
    client = signed_in(draft.applicant)
    found = [autosave(client, draft, step, {}).status_code for step in ("photo", "documents", "x")]
    assert found == [404, 404, 404]


# --- A session that ended ------------------------------------------------------------------------


PASSWORD = "observe-2024-demo"


def sign_in(client: Client, user: Any, *, next_url: str) -> Any:
    fields = {"login": user.email, "password": PASSWORD, "next": next_url}
    return client.post(reverse("account_login"), fields)


def test_what_was_typed_without_a_session_is_there_after_signing_in():
    user = a_user(password=PASSWORD)
    draft = an_empty_draft(applicant=user)
    client, page = visitor(), step_url(draft, "person")
    sent = client.post(page, a_person(draft, surname="Həsənova", birth_on="seventh of May"))
    assert sent["Location"] == f"{reverse('account_login')}?next={page}"
    assert sign_in(client, user, next_url=page)["Location"] == page

    shown = client.get(page)

    html = shown.content.decode()
    assert 'value="Həsənova"' in html
    assert 'value="seventh of May"' in html
    assert notices(shown)[0].startswith("Not stored yet Your session had ended")
    assert stored(draft).surname == ""
    assert client.post(page, a_person(draft, surname="Həsənova")).status_code == 302
    assert stored(draft).surname == "Həsənova"
    assert notices(client.get(page)) == []


def test_what_is_kept_cannot_be_read_in_the_session():
    draft = an_empty_draft()
    client = visitor()
    client.post(step_url(draft, "person"), a_person(draft, identity_number="ZZ9999999"))
    assert list(client.session[kept_forms.KEPT_IN]) == [step_url(draft, "person")]
    assert "ZZ9999999" not in str(dict(client.session))


def test_somebody_else_who_signs_in_there_finds_nothing():
    draft = an_empty_draft()
    stranger = a_user(password=PASSWORD)
    client, page = visitor(), step_url(draft, "person")
    client.post(page, a_person(draft))
    sign_in(client, stranger, next_url=page)
    assert client.get(page).status_code == 404
    assert client.session[kept_forms.KEPT_IN] == {}


def test_a_kept_form_does_not_overwrite_what_was_stored_meanwhile():
    user = a_user(password=PASSWORD)
    draft = an_empty_draft(applicant=user)
    client, page = visitor(), step_url(draft, "person")
    client.post(page, a_person(draft, surname="Həsənova"))
    signed_in(user).post(page, a_person(draft))
    sign_in(client, user, next_url=page)
    version = client.get(page).context["form"]["version"].value()
    answer = client.post(page, a_person(draft, surname="Həsənova", version=version))
    assert (answer.status_code, stored(draft).surname) == (409, "Əliyeva")


def test_an_autosave_ends_the_keeping():
    user = a_user(password=PASSWORD)
    draft = an_empty_draft(applicant=user)
    client, page = visitor(), step_url(draft, "person")
    client.post(page, a_person(draft))
    sign_in(client, user, next_url=page)
    autosave(client, draft, "person", a_person(draft))
    assert client.session[kept_forms.KEPT_IN] == {}


def test_the_keeping_ends_after_an_hour(time_machine):
    user = a_user(password=PASSWORD)
    draft = an_empty_draft(applicant=user)
    client, page = visitor(), step_url(draft, "person")
    start = database_now().replace(microsecond=0)
    time_machine.move_to(start, tick=False)
    client.post(page, a_person(draft))
    client.force_login(user)
    time_machine.move_to(start + datetime.timedelta(hours=1), tick=False)
    assert len(notices(client.get(page))) == 1
    time_machine.move_to(start + datetime.timedelta(hours=1, seconds=1), tick=False)
    assert notices(client.get(page)) == []


def test_a_form_that_is_too_large_is_not_kept():
    draft = an_empty_draft()
    client = visitor()
    answer = client.post(step_url(draft, "person"), a_person(draft, surname="x" * 200_000))
    assert (answer.status_code, kept_forms.KEPT_IN in client.session) == (302, False)


def test_only_the_newest_forms_of_a_browser_are_kept():
    client = visitor()
    for _number in range(7):
        draft = an_empty_draft()
        client.post(step_url(draft, "person"), {"surname": "x"})
    assert len(client.session[kept_forms.KEPT_IN]) == 5


def test_a_form_with_an_old_token_says_that_nothing_was_sent():
    draft = an_empty_draft()
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.force_login(draft.applicant)
    answer = client.post(step_url(draft, "person"), a_person(draft))
    assert answer.status_code == 403
    assert "what you typed is still there" in text_of(answer)
    assert "no-store" not in client.get(step_url(draft, "person"))["Cache-Control"]


# --- After the deadline --------------------------------------------------------------------------


def test_after_the_deadline_the_draft_can_be_read():
    draft = a_draft(surname="Quliyev")
    shut(draft.election)
    shown = text_of(signed_in(draft.applicant).get(url("overview", draft)))
    assert "Registration has closed" in shown
    assert "Quliyev" in shown
    assert "Change" not in shown


def test_a_lapsed_draft_can_be_read():
    application = a_lapsed(surname="Quliyev")
    shown = text_of(signed_in(application.applicant).get(url("overview", application)))
    assert "Registration has closed" in shown
    assert "Quliyev" in shown


@pytest.mark.parametrize("step", STEPS)
def test_a_step_sent_after_the_deadline_gets_a_page_that_shows_the_draft(step):
    draft = a_draft(surname="Quliyev")
    shut(draft.election)
    answer = signed_in(draft.applicant).post(step_url(draft, step), a_person(draft))
    assert answer.status_code == 409
    assert "came after the deadline and was not stored" in text_of(answer)
    assert "Quliyev" in text_of(answer)
    assert stored(draft).surname == "Quliyev"


def test_sending_after_the_deadline_is_late():
    draft = a_draft()
    shut(draft.election)
    answer = signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    assert (answer.status_code, stored(draft).status) == (409, Status.DRAFT)
    assert "Registration has closed" in text_of(answer)


def test_editing_ends_with_the_moment_of_closing(monkeypatch):
    draft = a_draft()
    closes_at = closing_moment(draft.window, kind=draft.kind, constituency=draft.constituency)
    client, seen = signed_in(draft.applicant), []
    for moment in (closes_at - datetime.timedelta(seconds=1), closes_at):
        monkeypatch.setattr(progress, "database_now", lambda moment=moment: moment)
        seen.append(client.get(step_url(draft, "person")).status_code)
    assert seen == [200, 302]


def test_a_correction_is_not_bound_to_the_window():
    application = a_returned()
    shut(application.election)
    client = signed_in(application.applicant)
    answer = client.post(step_url(application, "person"), a_person(application))
    assert (answer.status_code, stored(application).surname) == (302, "Əliyeva")
    client.post(url("check", application), {"version": stored(application).version})
    assert stored(application).status == Status.SUBMITTED


# --- Check, send, receipt ------------------------------------------------------------------------


def test_the_check_page_shows_every_answer():
    draft = a_draft()
    page = text_of(signed_in(draft.applicant).get(url("check", draft)))
    for answer in ("Məmmədov", "Elçin", "Rauf oğlu", "29 February 1980", "Azerbaijan",
                   draft.identity_number, draft.address, draft.phone, draft.email):  # fmt: skip
        assert escape(answer) in page
    assert "Send the application" in page


def test_the_check_page_names_what_is_missing_with_a_way_there():
    draft = a_draft(surname="", photo=False, consent=False)
    html = signed_in(draft.applicant).get(url("check", draft)).content.decode()
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', html)
    assert links[-3:] == [
        (step_url(draft, "person") + "?from=check#div_id_surname", "Enter the surname."),
        (step_url(draft, "photo") + "?from=check#div_id_photo", "Add a photo."),
        (
            step_url(draft, "consent") + "?from=check#div_id_consent",
            "Confirm that the information is true.",
        ),
    ]


def test_sending_stores_it_and_leads_to_the_receipt():
    draft = a_draft()
    client = signed_in(draft.applicant)
    answer = client.post(url("check", draft), {"version": draft.version})
    assert answer["Location"] == url("receipt", draft)
    sent = stored(draft)
    assert sent.status == Status.SUBMITTED
    page = text_of(client.get(url("receipt", draft)))
    assert str(sent.receipt_number) in page
    assert "What happens next" in page
    assert "Appeal within 3 days of the decision to: The body above (en)." in page


def test_sending_twice_leads_to_the_one_receipt():
    draft = a_draft()
    client = signed_in(draft.applicant)
    first = client.post(url("check", draft), {"version": draft.version})
    second = client.post(url("check", draft), {"version": draft.version}, follow=True)
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "It had been sent already. This is its receipt." in text_of(second)
    events = ApplicationEvent.objects.filter(application=draft, status_to=Status.SUBMITTED)
    assert events.count() == 1


def test_an_incomplete_one_is_not_sent_and_says_why():
    draft = a_draft(photo=False)
    answer = signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    assert (answer.status_code, stored(draft).status) == (409, Status.DRAFT)
    assert "Not sent Add a photo." in notices(answer)


def test_the_same_person_is_not_sent_twice():
    election = an_election()
    a_submitted(election=election, identity_number="AA7654321")
    draft = a_draft(election=election, identity_number="AA7654321")
    answer = signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    assert (answer.status_code, stored(draft).status) == (409, Status.DRAFT)
    assert notices(answer)[0].startswith("Not sent This person already has an application")


def test_what_is_sent_is_what_was_looked_at():
    draft = a_draft()
    client = signed_in(draft.applicant)
    client.post(step_url(draft, "person"), a_person(draft))
    answer = client.post(url("check", draft), {"version": draft.version})
    assert (answer.status_code, stored(draft).status) == (409, Status.DRAFT)
    assert notices(answer)[0].startswith("Not sent It was changed since this page was opened.")


def test_a_required_document_has_to_be_attached_first():
    election = an_election()
    document = a_required_document(election)
    draft = a_draft(election=election)
    answer = signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    assert (answer.status_code, stored(draft).status) == (409, Status.DRAFT)
    assert f"Add: {document.titles['en']}." in text_of(answer)


def test_an_organisations_document_is_not_asked_of_a_person():
    election = an_election()
    a_required_document(election, subject=Subject.ORGANISATION)
    draft = a_draft(election=election)
    steps = signed_in(draft.applicant).get(url("overview", draft)).context["progress"].steps
    assert "documents" not in steps


def test_a_draft_has_no_receipt():
    draft = a_draft()
    answer = signed_in(draft.applicant).get(url("receipt", draft))
    assert answer["Location"] == url("overview", draft)


# --- Afterwards ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_page(status):
    application = an_application_in(status)
    answer = signed_in(application.applicant).get(url("overview", application))
    assert answer.status_code == 200
    if status not in (Status.RETURNED, Status.LAPSED):
        assert str(application.public_status()["label"]) in text_of(answer)


def test_a_refusal_says_why_and_where_to_appeal():
    application = a_refused()
    page = text_of(signed_in(application.applicant).get(url("overview", application)))
    assert "The information is not confirmed (en) (Election Code, art. 40 (en))" in page
    assert "number of the document" in page
    assert "The register of identity cards does not know the number." in page
    assert "The body above (en)" in page


def test_an_approved_one_says_its_number():
    application = an_approved()
    page = text_of(signed_in(application.applicant).get(url("overview", application)))
    assert str(application.accreditation_number) in page


def test_the_history_does_not_say_who():
    application = a_refused()
    page = text_of(signed_in(application.applicant).get(url("overview", application)))
    assert application.decision
    assert application.decision.proposed_by.full_name not in page


@pytest.mark.parametrize(
    "status", [Status.DRAFT, Status.SUBMITTED, Status.UNDER_REVIEW, Status.RETURNED]
)
def test_an_undecided_one_can_be_withdrawn(status):
    application = an_application_in(status)
    client = signed_in(application.applicant)
    assert client.get(url("withdraw", application)).status_code == 200
    assert stored(application).status == status
    client.post(url("withdraw", application))
    assert stored(application).status == Status.WITHDRAWN


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REFUSED, Status.LAPSED])
def test_a_decided_one_cannot_be_withdrawn(status):
    application = an_application_in(status)
    client = signed_in(application.applicant)
    assert client.post(url("withdraw", application))["Location"] == url("overview", application)
    assert stored(application).status == status


# --- Organisations' observers --------------------------------------------------------------------


def test_a_representative_fills_in_the_same_form_and_finds_the_way_back():
    election = an_election()
    organisation = an_organisation(election=election)
    draft = a_draft(election=election, organisation=organisation)
    page = signed_in(draft.applicant).get(url("overview", draft))
    assert page.context["progress"].crumbs == [
        {"label": organisation.shown_name, "url": organisation.get_absolute_url()}
    ]
    signed_in(draft.applicant).post(step_url(draft, "person"), a_person(draft))
    assert stored(draft).surname == "Əliyeva"


def test_an_organisation_without_a_right_cannot_send():
    election = an_election()
    organisation = an_organisation(election=election, granted=False)
    draft = a_draft(election=election, organisation=organisation)
    answer = signed_in(draft.applicant).post(url("check", draft), {"version": draft.version})
    assert (answer.status_code, stored(draft).status) == (409, Status.DRAFT)
    assert "no nomination right" in text_of(answer)


# --- Who sees it ---------------------------------------------------------------------------------


def everybody_else(application: Application) -> list[Any]:
    """A stranger, another organisation's owner, the deciding commission and another one."""
    election = application.election
    return [
        a_user(),
        an_organisation(election=election).representatives.get().user,
        a_staff_member(StaffRole.CONSTITUENCY_CHAIR, application.commission),
        a_staff_member(StaffRole.CENTRAL_CHAIR, an_election()),
    ]


def every_address(application: Application) -> list[str]:
    return [
        *(url(page, application) for page in PAGES),
        *(step_url(application, step) for step in STEPS),
        step_url(application, "nothing"),
    ]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_nobody_else_meets_these_pages(status):
    application = an_application_in(status)
    before = stored(application)
    for user in everybody_else(application):
        client = signed_in(user)
        for address in every_address(application):
            assert client.get(address).status_code == 404, (user, address)
            if address != url("receipt", application):
                assert client.post(address, a_person(application)).status_code == 404, (
                    user,
                    address,
                )
        for step in AUTOSAVED:
            assert autosave(client, application, step, a_person(application)).status_code == 404
    after = stored(application)
    assert (after.status, after.version, after.surname) == (
        before.status,
        before.version,
        before.surname,
    )


def test_another_organisation_does_not_see_an_organisations_observer():
    election = an_election()
    draft = a_draft(election=election, organisation=an_organisation(election=election))
    for user in everybody_else(draft):
        addresses = (url("overview", draft), step_url(draft, "person"))
        found = {signed_in(user).get(address).status_code for address in addresses}
        assert found == {404}


def test_an_anonymous_visitor_is_asked_to_sign_in_whether_it_exists_or_not():
    draft = a_draft()
    for address in every_address(draft):
        there = visitor().get(address)
        elsewhere = address.replace(str(draft.key), "00000000-0000-4000-8000-000000000000")
        nowhere = visitor().get(elsewhere)
        assert (there.status_code, nowhere.status_code) == (302, 302)
        assert there["Location"].startswith(reverse("account_login"))


def test_what_does_not_exist_is_404():
    client = signed_in(a_user())
    assert client.get("/apply/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_the_beginning_shows_only_days_left_of_open_windows():
    election = an_election(closes_in=2 * DAY)
    page = visitor().get(reverse("apply:start"))
    assert election.name in text_of(page)
    assert page.content.decode().count("deadline--near") == 3


# --- In a browser --------------------------------------------------------------------------------


def a_photo_file() -> FilePayload:
    picture = io.BytesIO()
    Image.new("RGB", (450, 600), "#99aabb").save(picture, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": picture.getvalue()}


@pytest.mark.django_db(transaction=True)
def test_the_whole_form_works_without_script_on_a_phone(new_visitor):
    election = an_election()
    user = a_user()
    page = with_session(new_visitor(width=360, script=False), user)
    page.goto("/apply/")
    page.get_by_label("One constituency").check()
    page.get_by_role("button", name="Begin the application").click()
    page.get_by_role("link", name="Place").click()
    page.get_by_label("Constituency", exact=True).select_option("2 Constituency 2 (en)")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Surname").fill("Əliyeva")
    page.get_by_label("Given name").fill("Aygün")
    page.get_by_label("Date of birth").fill("7/2/1990")
    page.get_by_label("Identity card", exact=True).check()
    page.get_by_label("Series and number").fill("aa 1234567")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Address").fill("Bakı, Nizami küçəsi 20")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Photo file").set_input_files(a_photo_file())
    page.get_by_role("button", name="Upload and continue").click()
    page.get_by_label("I confirm that the information is true").check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Send the application").click()
    sent = Application.unscoped.get(applicant=user)
    assert (sent.status, sent.citizenship, sent.identity_number) == ("submitted", "AZ", "AA1234567")
    assert sent.commission == election.constituencies.get(number=2).commission
    assert page.get_by_text(str(sent.receipt_number)).is_visible()


@pytest.mark.django_db(transaction=True)
def test_typing_saves_by_itself_and_an_old_tab_stops(new_visitor):
    draft = an_empty_draft()
    page = with_session(new_visitor(), draft.applicant)
    page.goto(step_url(draft, "person"))
    other = page.context.new_page()
    other.goto(step_url(draft, "person"))
    page.get_by_label("Surname").fill("Əliyeva")
    page.get_by_label("Given name").focus()
    page.locator("[data-saved-state]", has_text="Saved ").wait_for()
    assert stored(draft).surname == "Əliyeva"
    other.get_by_label("Surname").fill("Həsənova")
    other.get_by_label("Given name").focus()
    other.locator("[data-saved-state]", has_text="was not stored").wait_for()
    assert (stored(draft).surname, other.get_by_label("Surname").input_value()) == (
        "Əliyeva",
        "Həsənova",
    )


@pytest.mark.parametrize(
    ("make", "action"), [(a_draft, "Continue"), (a_returned, "Correct it"), (a_submitted, "Open")]
)
def test_the_first_page_says_what_to_do_with_each_application(client, make, action):
    application = make()
    client.force_login(application.applicant)
    page = client.get(reverse("apply:start"), headers={"accept-language": "en"}).content.decode()
    assert re.search(rf'href="{application.get_absolute_url()}"[^>]*>\s*{action}', page)


@pytest.mark.django_db(transaction=True)
def test_a_form_is_not_overtaken_by_its_own_autosave(new_visitor):
    """On a slow line the button is pressed while an earlier save is still on its way."""
    draft = an_empty_draft()
    page = with_session(new_visitor(), draft.applicant)

    def slowly(route: Any) -> None:
        answer = route.fetch()
        page.wait_for_timeout(700)
        route.fulfill(response=answer)

    page.route("**/autosave/", slowly)
    page.goto(step_url(draft, "contact"))
    page.get_by_label("Address").fill("Bakı")
    page.get_by_label("Telephone").focus()
    page.get_by_label("Telephone").fill("+994 50 123 45 67")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/photo/")
    assert (stored(draft).address, stored(draft).phone) == ("Bakı", "+994 50 123 45 67")


@pytest.mark.django_db(transaction=True)
def test_a_form_that_stays_open_while_its_owner_signs_in_again_is_saved(new_visitor):
    user = a_user()
    draft = an_empty_draft(applicant=user)
    page = with_session(new_visitor(), user)
    page.goto(step_url(draft, "contact"))
    page.get_by_label("Address").fill("Bakı")
    page.context.clear_cookies(name="csrftoken")
    page.context.add_cookies(
        [{"name": "csrftoken", "value": "a" * 32, "url": page.url}],
    )
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/photo/")
    assert stored(draft).address == "Bakı"


@pytest.mark.django_db(transaction=True)
def test_nothing_keeps_anybody_out(new_visitor):
    election = an_election()
    a_required_document(election, is_required=False)
    draft, returned = a_draft(election=election), a_returned(election=election)
    draft_pages = [url("overview", draft), url("check", draft), url("documents", draft)]
    draft_pages += [step_url(draft, step) for step in STEPS]
    for user, addresses in [
        (draft.applicant, ["/apply/", *draft_pages, url("withdraw", draft)]),
        (returned.applicant, [url("overview", returned), url("receipt", returned)]),
    ]:
        page = with_session(new_visitor(width=360), user)
        for address in addresses:
            page.goto(address)
            assert axe_findings(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
