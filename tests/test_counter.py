"""The counter's pages: entering from paper, receipts, letters to hand over, passing on."""

import datetime
import io
import re
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.models import Election
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.domain import reassigning
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.enums import Status
from observers.lifecycle import RETURN, TAKE_UP
from observers.models import Application
from privacy import kept_files
from tests.builders import (
    a_required_document,
    a_staff_member,
    a_submitted,
    a_user,
    an_application_on_paper,
    an_election,
    an_organisation,
    central_commission,
    commission_of,
    one,
    stored,
    the_chair,
)
from tests.visitors import axe_findings, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST = "/admin/observers/application/"
LETTERS = "/admin/observers/letteronpaper/"
PDF = b"%PDF-1.7 startxref %%EOF"


def a_reviewer(election: Election, constituency: int = 1, **columns: Any) -> User:
    where = commission_of(election, constituency)
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, where, **columns)


def a_chair(election: Election, constituency: int = 1) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, constituency))


def form_of(election: Election) -> str:
    return f"{LIST}paper/{election.slug}/"


def a_photo() -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "#8899aa").save(picture, "JPEG")
    return SimpleUploadedFile("photo.jpg", picture.getvalue(), "image/jpeg")


def typed(election: Election, **answers: Any) -> dict[str, Any]:
    """A form as it is sent, with its files; handed in half an hour ago."""
    at = (database_now() - datetime.timedelta(minutes=30)).astimezone(election.zone)
    return {
        "key": str(uuid.uuid4()),
        "received_on": f"{at:%d.%m.%Y}",
        "received_time": f"{at:%H:%M}",
        "language": "az",
        "scope": "constituency",
        "constituency": election.constituencies.get(number=1).pk,
        "surname": "Həsənov",
        "given_name": "Rauf",
        "birth_on": "01.05.1970",
        "citizenship": "AZ",
        "identity_document": "identity_card",
        "identity_number": "AA7654321",
        "address": "Bakı, Nizami küçəsi 5",
        "is_signed": "on",
        "scan": SimpleUploadedFile("form.pdf", PDF, "application/pdf"),
        "photo": a_photo(),
    } | answers


# --- Entering -------------------------------------------------------------------------------------


def test_a_form_is_stored_and_answered_with_its_receipt(election):
    client = signed_in(a_reviewer(election))
    answer = client.post(form_of(election), typed(election), follow=True)
    application = Application.unscoped.get()
    assert answer.redirect_chain == [(f"{LIST}{application.pk}/paper/receipt/", 302)]
    assert application.status == Status.SUBMITTED
    assert application.receipt_number in answer.content.decode()
    assert application.photo
    assert application.paper_form.scan


def test_the_next_form_keeps_place_day_and_language(election):
    theirs = an_organisation(election=election)
    client = signed_in(a_reviewer(election))
    sent = typed(election, organisation=theirs.pk, language="ru")
    receipt = client.post(form_of(election), sent, follow=True)
    following = client.get(receipt.context["next_url"]).context["form"]
    kept = {name: str(following[name].value()) for name in ("received_on", "language")}
    assert kept == {"received_on": sent["received_on"], "language": "ru"}
    assert following["organisation"].value() == str(theirs.pk)
    assert following["constituency"].value() == str(sent["constituency"])
    assert following["received_time"].value() is None


def test_the_same_form_sent_again_leads_to_the_same_receipt(election):
    client, sent = signed_in(a_reviewer(election)), typed(election)
    first = client.post(form_of(election), sent)
    sent["scan"].seek(0)
    sent["photo"].seek(0)
    assert client.post(form_of(election), sent)["Location"] == first["Location"]
    assert Application.unscoped.count() == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"received_time": "25:00"}, "Write hours and minutes"),
        ({"received_on": "01.01.2090"}, "This moment has not come yet"),
        ({"received_on": "01.01.2001"}, "Registration had not opened then"),
        ({"scan": ""}, "without it nothing on paper counts"),
        ({"photo": ""}, "Choose a photo file"),
        ({"is_signed": ""}, "A form without a signature is no application"),
        ({"constituency": ""}, "Choose a constituency."),
        ({"surname": "7"}, "Write it in letters"),
        ({"identity_number": "12"}, "5 to 20 letters and digits"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(election, answer, sentence):
    client = signed_in(a_reviewer(election))
    response = client.post(form_of(election), typed(election, **answer))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Application.unscoped.exists()


def test_a_person_who_applied_already_is_said_at_the_number(election):
    other = a_submitted(election=election, identity_number="AA7654321")
    response = signed_in(a_reviewer(election)).post(form_of(election), typed(election))
    assert other.receipt_number in str(response.context["form"].errors["identity_number"])


def test_files_are_kept_while_anything_else_is_wrong(election):
    a_required_document(election)
    name = f"document-{election.required_documents.get().code}"
    client, sent = signed_in(a_reviewer(election)), typed(election, surname="")
    sent[name] = SimpleUploadedFile("card.pdf", PDF, "application/pdf")
    page = client.post(form_of(election), sent).content.decode()
    kept = dict(re.findall(r'name="([\w-]+)-kept" value="(\w+)"', page))
    assert set(kept) == {"scan", "photo", name}
    again = {k: v for k, v in sent.items() if k not in kept} | {"surname": "Həsənov"}
    again |= {f"{field}-kept": token for field, token in kept.items()}
    assert client.post(form_of(election), again).status_code == 302
    application = Application.unscoped.get()
    assert application.paper_form.original_name == "form.pdf"
    assert application.paper_form.scan.read() == PDF
    assert application.documents.get().original_name == "card.pdf"


def test_what_was_typed_after_the_session_had_ended_is_shown_again(election):
    clerk, client = a_reviewer(election), Client(HTTP_ACCEPT_LANGUAGE="en")
    sent = typed(election)
    assert client.post(form_of(election), sent).status_code == 302
    client.force_login(clerk)
    page = client.get(form_of(election))
    again = {name: page.context["form"][name].value() for name in ("surname", "received_time")}
    assert again == {"surname": "Həsənov", "received_time": sent["received_time"]}
    assert str(page.context["form"]["key"].value()) == sent["key"]
    assert "Choose the files once more" in page.content.decode()


def test_a_file_that_is_wrong_is_not_kept(election):
    client = signed_in(a_reviewer(election))
    wrong = SimpleUploadedFile("form.pdf", b"no scan", "application/pdf")
    page = client.post(form_of(election), typed(election, scan=wrong)).content.decode()
    assert re.findall(r'name="([\w-]+)-kept"', page) == ["photo"]


def test_kept_files_are_sealed_and_nobody_elses(election):
    upload = SimpleUploadedFile("form.pdf", PDF)
    kept = kept_files.keep(upload, owner=1)
    assert kept_files.find(kept.token, owner=1).read() == PDF
    assert kept_files.find(kept.token, owner=2) is None
    assert kept_files.find("../1/" + kept.token, owner=2) is None
    with default_storage.open(f"kept/1/{kept.token}") as lying:
        assert PDF not in lying.read()
    kept_files.forget([kept.token], owner=1)
    assert kept_files.find(kept.token, owner=1) is None


def test_what_nobody_came_back_for_is_removed(monkeypatch):
    old = kept_files.keep(SimpleUploadedFile("a.pdf", PDF), owner=7)
    monkeypatch.setattr(kept_files, "KEPT_FOR", datetime.timedelta(seconds=-1))
    new = kept_files.keep(SimpleUploadedFile("b.pdf", PDF), owner=7)
    assert kept_files.find(old.token, owner=7) is None
    assert kept_files.find(new.token, owner=7)


def test_constituency_staff_are_offered_their_own_constituency_alone(election):
    form = signed_in(a_reviewer(election)).get(form_of(election)).context["form"]
    assert [place.number for place in form.fields["constituency"].queryset] == [1]
    assert [value for value, _ in form.fields["scope"].choices] == ["constituency"]
    central = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    form = signed_in(central).get(form_of(election)).context["form"]
    assert [place.number for place in form.fields["constituency"].queryset] == [1, 2]
    assert len(form.fields["scope"].choices) == 3


def test_another_constituency_cannot_be_slipped_in(election):
    client = signed_in(a_reviewer(election, constituency=2))
    response = client.post(form_of(election), typed(election))
    assert "constituency" in response.context["form"].errors
    assert not Application.unscoped.exists()


def test_only_organisations_with_the_right_are_offered(election):
    may, may_not = (
        an_organisation(election=election),
        an_organisation(election=election, granted=False),
    )
    form = signed_in(a_reviewer(election)).get(form_of(election)).context["form"]
    assert list(form.fields["organisation"].queryset) == [may]
    assert may_not not in form.fields["organisation"].queryset


def test_of_several_elections_one_is_chosen(election):
    user = a_reviewer(election)
    client = signed_in(user)
    assert client.get(f"{LIST}paper/")["Location"] == form_of(election)
    another = an_election()
    a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(another), user=user)
    page = signed_in(User.objects.get(pk=user.pk)).get(f"{LIST}paper/").content.decode()
    assert form_of(election) in page
    assert form_of(another) in page


def test_strangers_and_other_elections_find_no_counter(election):
    for user in (
        a_user(),
        a_staff_member(StaffRole.AUDITOR, election),
        a_reviewer(an_election()),
    ):
        assert signed_in(user).get(form_of(election)).status_code == 404
        assert signed_in(user).post(form_of(election), typed(election)).status_code == 404
    assert not Application.unscoped.exists()


# --- What it shows afterwards ---------------------------------------------------------------------


def test_the_page_says_that_it_came_on_paper_and_who_entered_it(election):
    clerk = a_reviewer(election, full_name="Nigar Quliyeva")
    application = an_application_on_paper(election=election, by=clerk)
    page = signed_in(a_chair(election)).get(f"{LIST}{application.pk}/change/").content.decode()
    assert "came on paper" in page
    assert "Nigar Quliyeva" in page
    assert f"{LIST}{application.pk}/paper/scan/" in page


def test_the_scan_is_shown_to_those_who_see_files_and_to_nobody_else(election):
    application = an_application_on_paper(election=election)
    scan = f"{LIST}{application.pk}/paper/scan/"
    for user in (a_chair(election), a_staff_member(StaffRole.AUDITOR, election)):
        answer = signed_in(user).get(scan)
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert "no-store" in answer["Cache-Control"]
    for user in (a_reviewer(election, constituency=2), a_reviewer(an_election()), a_user()):
        assert signed_in(user).get(scan).status_code == 404


def test_what_did_not_come_on_paper_has_no_such_pages(election):
    application, client = a_submitted(election=election), signed_in(a_chair(election))
    for page in ("scan", "receipt", "correct", "withdraw"):
        assert client.get(f"{LIST}{application.pk}/paper/{page}/").status_code == 404


def test_the_list_marks_and_finds_what_came_on_paper(election):
    on_paper = an_application_on_paper(election=election)
    a_submitted(election=election, surname="Quliyev")
    client = signed_in(a_chair(election))
    assert client.get(LIST).content.decode().count("paper-mark") == 1
    found = client.get(f"{LIST}?mark=paper").context["cl"].result_list
    assert [row.pk for row in found] == [on_paper.pk]


def test_the_list_costs_the_same_for_one_and_for_many(election):
    client = signed_in(a_chair(election))
    reviewer = a_reviewer(election)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            client.get(LIST)
        return len(counted)

    def one_more() -> None:
        application = an_application_on_paper(election=election, by=the_chair(election))
        reassigning.assign(
            one(application), to=reviewer, actor=a_chair(election), reason="It is yours."
        )

    one_more()
    first = queries()
    for _ in range(5):
        one_more()
    assert queries() == first


# --- Corrections and withdrawals ------------------------------------------------------------------


def a_returned_one(election: Election) -> Application:
    application = an_application_on_paper(election=election)
    chair = the_chair(election)
    move(one(application), TAKE_UP, actor=chair)
    move(one(application), RETURN, actor=chair, reasons=Reasons(note="The street is missing."))
    return stored(application)


def test_a_correction_is_entered_and_goes_back_to_the_queue(election):
    application = a_returned_one(election)
    client, address = signed_in(a_reviewer(election)), f"{LIST}{application.pk}/paper/correct/"
    page = client.get(address)
    assert "The street is missing." in page.content.decode()
    sent = {k: v for k, v in page.context["form"].initial.items() if v is not None}
    sent |= {"birth_on": "01.05.1970", "address": "Bakı, Füzuli küçəsi 7", "because": "A letter."}
    assert client.post(address, sent).status_code == 302
    assert stored(application).status == Status.SUBMITTED
    assert stored(application).address == "Bakı, Füzuli küçəsi 7"


def test_a_correction_from_an_old_page_is_not_stored(election):
    application = a_returned_one(election)
    client, address = signed_in(a_reviewer(election)), f"{LIST}{application.pk}/paper/correct/"
    sent = {k: v for k, v in client.get(address).context["form"].initial.items() if v is not None}
    sent |= {"birth_on": "01.05.1970", "address": "Gəncə", "because": "A letter.", "version": 1}
    response = client.post(address, sent)
    assert (response.status_code, stored(application).status) == (422, Status.RETURNED)
    assert "Gəncə" in response.content.decode()


def test_it_is_withdrawn_from_its_page_with_the_request_named(election):
    application = an_application_on_paper(election=election)
    client, address = signed_in(a_reviewer(election)), f"{LIST}{application.pk}/paper/withdraw/"
    assert "Name the written request" in client.post(address, {}).content.decode()
    client.post(address, {"request": "Letter of 2 February."})
    assert stored(application).status == Status.WITHDRAWN


def test_neighbours_and_auditors_enter_nothing(election):
    application = a_returned_one(election)
    for user in (
        a_reviewer(election, constituency=2),
        a_staff_member(StaffRole.AUDITOR, election),
        a_user(),
    ):
        for page in ("receipt", "correct", "withdraw"):
            address = f"{LIST}{application.pk}/paper/{page}/"
            assert signed_in(user).get(address).status_code == 404
            assert signed_in(user).post(address, {"request": "x"}).status_code == 404
    assert stored(application).status == Status.RETURNED


# --- Letters to hand over -------------------------------------------------------------------------


def the_letter(application: Application) -> Letter:
    letter: Letter = Letter.unscoped.get(reference=application.receipt_number)
    return letter


def test_a_letter_is_printed_and_marked_as_handed_over(election):
    application = an_application_on_paper(election=election)
    letter, clerk = the_letter(application), a_reviewer(election)
    client = signed_in(clerk)
    page = client.get(f"{LETTERS}{letter.pk}/change/").content.decode()
    assert "has been received and stored" in page
    client.post(f"{LETTERS}handed-over/", {"chosen": f"{letter.pk}:0"})
    letter.refresh_from_db()
    assert (letter.status, letter.handed_over_by) == (LetterStatus.HANDED_OVER, clerk)
    assert letter.sent_at
    assert list(client.get(LETTERS).context["cl"].result_list) == []


def test_letters_are_those_of_ones_own_commission(election):
    application = an_application_on_paper(election=election)
    letter = the_letter(application)
    for user in (
        a_reviewer(election, constituency=2),
        a_reviewer(an_election()),
        a_staff_member(StaffRole.AUDITOR, election),
        a_user(),
    ):
        client = signed_in(user)
        assert client.get(f"{LETTERS}{letter.pk}/change/").status_code == 404
        client.post(f"{LETTERS}handed-over/", {"chosen": f"{letter.pk}:0"})
    letter.refresh_from_db()
    assert letter.status == LetterStatus.ON_PAPER


def test_a_letter_that_can_still_be_undone_is_not_printed():
    election = an_election(undo_seconds=60)
    application = an_application_on_paper(election=election)
    chair = the_chair(election)
    move(one(application), TAKE_UP, actor=chair)
    move(one(application), RETURN, actor=chair, reasons=Reasons(note="The street."))
    client = signed_in(a_reviewer(election))
    shown = [letter.kind for letter in client.get(LETTERS).context["cl"].result_list]
    assert shown == ["received"]


def test_a_letter_that_came_back_from_its_address_is_handed_over_as_well(election):
    application = an_application_on_paper(election=election, email="rauf@example.org")
    client = signed_in(a_reviewer(election))
    assert list(client.get(LETTERS).context["cl"].result_list) == []
    Letter.unscoped.update(status=LetterStatus.FAILED)
    assert [row.pk for row in client.get(LETTERS).context["cl"].result_list] == [
        the_letter(application).pk
    ]


# --- Passing on -----------------------------------------------------------------------------------


def chosen(*rows: Application) -> str:
    return " ".join(f"{row.pk}:{row.version}" for row in rows)


def test_many_are_assigned_from_the_list(election):
    rows = [a_submitted(election=election) for _ in range(3)]
    reviewer = a_reviewer(election, full_name="Aydın")
    client = signed_in(a_chair(election))
    asked = {"action": "assign", "_selected_action": [row.pk for row in rows]}
    page = client.post(LIST, asked)
    assert "Assign 3 applications" in page.content.decode()
    sent = {"chosen": page.context["form"]["chosen"].value(), "to": reviewer.pk, "reason": "Yours."}
    client.post(f"{LIST}assign/", sent)
    assert {stored(row).assigned_to for row in rows} == {reviewer}
    mine = signed_in(reviewer).get(f"{LIST}?whose=mine").context["cl"].result_list
    assert {row.pk for row in mine} == {row.pk for row in rows}


def test_without_a_reason_the_page_asks_again_and_nothing_goes(election):
    application, reviewer = a_submitted(election=election), a_reviewer(election)
    client = signed_in(a_chair(election))
    sent = {"chosen": chosen(application), "to": reviewer.pk, "reason": " "}
    assert "Give the reason." in client.post(f"{LIST}assign/", sent).content.decode()
    assert stored(application).assigned_to is None


def test_one_is_sent_to_another_commission_from_its_page(election):
    application, chair = a_submitted(election=election), a_chair(election)
    client = signed_in(chair)
    page = client.get(f"{LIST}{application.pk}/change/").content.decode()
    address = f"{LIST}transfer/?chosen={application.pk}%3A{application.version}"
    assert address in page
    central = central_commission(election)
    assert client.get(address).context["form"]["to"].value() == central.pk
    sent = {"chosen": chosen(application), "to": central.pk, "reason": "It is nationwide."}
    answer = client.post(f"{LIST}transfer/", sent)
    assert answer["Location"] == LIST
    assert client.get(f"{LIST}{application.pk}/change/").status_code == 404
    page = signed_in(the_chair(election)).get(f"{LIST}{application.pk}/change/").content.decode()
    assert "It is nationwide." in page


def test_another_commissions_application_is_not_passed_on(election):
    application = a_submitted(election=election, constituency=2)
    client = signed_in(a_chair(election))
    sent = {"chosen": chosen(application), "reason": "Mine.", "to": ""}
    for action in ("assign", "transfer"):
        assert client.post(f"{LIST}{action}/", sent).status_code == 404
    assert stored(application).commission == commission_of(election, 2)


def test_reviewers_have_neither_the_actions_nor_the_pages(election):
    application = a_submitted(election=election)
    client = signed_in(a_reviewer(election))
    page = client.get(LIST).content.decode()
    assert "Assign to…" not in page
    assert "Send to another commission…" not in page
    for action in ("assign", "transfer"):
        sent = {"chosen": chosen(application), "reason": "Mine.", "to": ""}
        assert client.post(f"{LIST}{action}/", sent).status_code == 404


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_a_form_is_entered_with_the_keyboard_and_the_next_one_is_ready(
    new_visitor, live_server, tmp_path, width
):
    election = an_election()
    page = new_visitor(width=width)
    sign_in(page, live_server, a_reviewer(election))
    page.goto(LIST)
    assert axe_findings(page) == []
    page.get_by_role("link", name="Enter from paper").click()
    assert axe_findings(page) == []
    (tmp_path / "form.pdf").write_bytes(PDF)
    (tmp_path / "photo.jpg").write_bytes(a_photo().read())
    sent = typed(election)
    type_in(page, sent | {"surname": ""}, tmp_path)
    page.get_by_role("button", name="Store and give the receipt").press("Enter")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert axe_findings(page) == []
    page.get_by_label("Surname").fill(sent["surname"])
    page.get_by_label("Surname").press("Enter")
    page.get_by_text("Receipt of an application on paper").wait_for()
    assert axe_findings(page) == []
    assert Application.unscoped.get().surname == "Həsənov"
    page.get_by_role("link", name="Enter the next one").click()
    assert page.get_by_label("Day on which it was handed in").input_value() == sent["received_on"]


def type_in(page: Any, sent: dict[str, Any], files: Any) -> None:
    for name in ("received_on", "received_time", "surname", "given_name", "birth_on",
                 "identity_number", "address"):  # fmt: skip
        page.locator(f"[name={name}]").fill(sent[name])
    page.get_by_label("Identity card", exact=True).check()
    page.locator("select[name=language]").select_option("en")
    page.get_by_label("has signed the form").check()
    page.locator("[name=scan]").set_input_files(files / "form.pdf")
    page.locator("[name=photo]").set_input_files(files / "photo.jpg")


@pytest.mark.django_db(transaction=True)
def test_passing_on_and_letters_hold_in_a_browser(new_visitor, live_server):
    election = an_election()
    application = an_application_on_paper(election=election)
    page = new_visitor()
    sign_in(page, live_server, a_chair(election))
    page.goto(f"{LIST}{application.pk}/change/")
    assert axe_findings(page) == []
    page.get_by_role("link", name="Assign to…").click()
    assert axe_findings(page) == []
    page.goto(LETTERS)
    assert axe_findings(page) == []
    page.get_by_role("link", name="Həsənov Rauf").click()
    assert axe_findings(page) == []
    page.get_by_role("button", name="Mark as handed over").click()
    page.get_by_text("1 letter is handed over.").wait_for()


def sign_in(page: Any, live_server: Any, user: User) -> None:
    client = signed_in(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
