"""What the desk shows beside the decision: documents as pictures, and what an applicant changed."""

import io
import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfWriter

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from observers import tasks
from observers.domain import changes, drafts, pages
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.lifecycle import RETURN, SUBMIT
from observers.models import Application, ApplicationDocument
from observers.review import panels
from tests import builders
from tests.test_access import is_shut

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

DESK = Application.unscoped.select_related("election", "window", "commission", "organisation")


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def desk_url(row):
    return reverse("admin:observers_application_change", args=[row.pk])


def page_url(document, page=1):
    return reverse(
        "admin:observers_application_page", args=[document.application_id, document.key, page]
    )


def returned(*fields, **columns):
    """Under review, with a chair who returns it for these fields."""
    application = builders.an_application_under_review(**columns)
    chair = builders.the_chair(application.election)
    reasons = Reasons(note="Correct it.", fields_to_correct=fields)
    move(builders.one(application), RETURN, actor=chair, reasons=reasons)
    return builders.stored(application)


def corrected(application, **answers):
    """Sent again with these answers."""
    drafts.save(application, version=application.version, now=database_now(), **answers)
    move(builders.one(application), SUBMIT, actor=application.applicant)
    return builders.stored(application)


# --- What has changed since it was returned ------------------------------------------------------


def test_changes_are_told_in_words_with_what_was_asked_for():
    row = corrected(returned("surname", "address"), surname="Quliyev", citizenship="TR")
    found = changes.since_returned(row)
    told = [(each.label, each.before, each.after, each.was_asked_for) for each in found.rows]
    assert told == [
        ("Surname", "Məmmədov", "Quliyev", True),
        ("Citizenship", "Azerbaijan", "Türkiye", False),
    ]
    assert found.unanswered == ["Address"]


def test_while_the_applicant_is_at_it_nothing_is_compared():
    assert changes.since_returned(returned("surname")) is None


def test_what_was_never_returned_has_no_changes():
    assert changes.since_returned(builders.a_submitted()) is None


def test_only_the_last_return_counts():
    first = corrected(returned("surname"), surname="Quliyev")
    chair = builders.the_chair(first.election)
    for action, reasons in (("take_up", None), (RETURN, Reasons(note="Again."))):
        move(builders.one(first), action, actor=chair, reasons=reasons)
    again = corrected(builders.stored(first), patronymic="Əli oğlu")
    assert [each.name for each in changes.since_returned(again).rows] == ["patronymic"]


def test_documents_that_came_and_went_are_told_by_their_title():
    application = builders.an_application_under_review()
    gone = builders.a_document(application)
    chair = builders.the_chair(application.election)
    move(builders.one(application), RETURN, actor=chair, reasons=Reasons(note="Another."))
    drafts.detach(gone)
    new = builders.a_document(application)
    row = corrected(builders.stored(application))
    told = {(each.label, each.before, each.after) for each in changes.since_returned(row).rows}
    assert told == {
        (gone.answers.title, "paper.pdf", ""),
        (new.answers.title, "", "paper.pdf"),
    }


def test_the_photo_the_commission_saw_is_shown_beside_the_new_one(
    client, django_capture_on_commit_callbacks
):
    application = returned("photo")
    seen = application.photo.read()
    with django_capture_on_commit_callbacks(execute=True):
        replace_photo(application)
    row = corrected(builders.stored(application))
    client.force_login(builders.the_chair(row.election))
    address = reverse("admin:observers_application_earlier_photo", args=[row.pk])
    assert b"".join(client.get(address).streaming_content) == seen
    assert address in client.get(desk_url(row)).content.decode()


def test_a_photo_nobody_has_seen_leaves_with_its_replacement(django_capture_on_commit_callbacks):
    draft = builders.a_draft()
    storage, earlier = draft.photo.storage, draft.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        replace_photo(draft)
    assert not storage.exists(earlier)


def replace_photo(application):
    new = builders.a_photo("#224466")
    drafts.set_photo(application, new, version=application.version, now=database_now())


# --- Documents as pictures -----------------------------------------------------------------------


def test_each_page_of_a_pdf_is_a_picture_on_the_desk(client):
    application = builders.a_submitted()
    document = builders.a_document(application, builders.a_pdf(3))
    client.force_login(builders.the_chair(application.election))
    page = client.get(desk_url(application)).content.decode()
    found = re.findall(r'<img src="([^"]+\.png)"', page)
    assert found == [page_url(document, number) for number in (1, 2, 3)]
    answer = client.get(found[2])
    assert answer.content.startswith(b"\x89PNG")
    assert answer["Cache-Control"].startswith("private, no-store")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(page_url(document, 4)).status_code == 404


def test_pages_are_counted_once(monkeypatch):
    document = builders.a_document(builders.a_submitted(), builders.a_pdf(2))
    pages.count([document])
    monkeypatch.setattr(pages, "draw", None)
    again = ApplicationDocument.objects.get(pk=document.pk)
    pages.count([again])
    assert again.pages == 2


def test_what_is_attached_is_counted_in_the_background():
    document = builders.a_document(builders.a_submitted(), builders.a_pdf(2))
    tasks.count_pages(document.pk)
    tasks.count_pages(0)
    assert ApplicationDocument.objects.get(pk=document.pk).pages == 2


def test_of_many_pages_twenty_are_shown_and_the_rest_is_counted(client):
    application = builders.a_submitted()
    document = builders.a_document(application, builders.a_pdf(22))
    (shown,) = panels.documents(application)
    assert (len(shown.pictures), shown.more) == (20, 2)
    client.force_login(builders.the_chair(application.election))
    assert client.get(page_url(document, 20)).status_code == 200
    assert client.get(page_url(document, 21)).status_code == 404


def a_protected_pdf():
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 and then nothing", b"", a_protected_pdf()],
    ids=["broken", "empty", "locked"],
)
def test_what_cannot_be_drawn_gets_a_sentence_and_its_download(client, content):
    application = builders.a_submitted()
    document = builders.a_document(application, content)
    client.force_login(builders.the_chair(application.election))
    page = client.get(desk_url(application)).content.decode()
    assert "it is damaged, or protected by a password" in page
    assert reverse("apply:document", args=[application.key, document.key]) in page
    assert client.get(page_url(document)).status_code == 404


def a_blank_pdf(*, width=200, height=200, number=1):
    writer = PdfWriter()
    for _ in range(number):
        writer.add_blank_page(width, height)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("width", "height"), [(10**7, 10**7), (10**9, 1), (1, 10**9), (0.001, 0.001)]
)
def test_a_page_of_any_size_is_drawn_small(width, height):
    drawn = pages.draw(a_blank_pdf(width=width, height=height), page=1)
    assert len(drawn.png) < 100_000


def test_thousands_of_pages_take_no_time():
    began = time.monotonic()
    assert pages.draw(a_blank_pdf(number=5000), page=5000).pages == 5000
    assert time.monotonic() - began < pages.PATIENCE


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(pages, "PATIENCE", 0.001)
    with pytest.raises(pages.Unreadable):
        pages.draw(builders.a_pdf(), page=1)


def test_a_file_that_wants_too_much_memory_takes_only_its_process_down(monkeypatch):
    monkeypatch.setattr(pages, "_LIMITS", [str(24 * 2**20), "5"])
    with pytest.raises(pages.Unreadable):
        pages.draw(builders.a_pdf(), page=1)


# --- The page ------------------------------------------------------------------------------------


def test_the_panels_cost_as_many_queries_for_much_as_for_little():
    counts = []
    for many in (1, 8):
        election = builders.an_election()
        row = builders.a_submitted(election=election)
        chair = builders.the_chair(election)
        for _ in range(many):
            builders.a_document(row, b"", content_type="image/png")
            row.internal_notes.create(author=builders.a_user(), text="A note.")
            row.messages.create(author=builders.a_user(), text="Yes?", from_commission=True)
            builders.a_submitted(election=election)
        fetched = DESK.get(pk=row.pk)
        with CaptureQueriesContext(connection) as queries:
            panels.shown(fetched, user=chair, now=database_now())
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_checks_stand_on_the_desk(client):
    row = builders.a_submitted(identity_number="QQ77")
    client.force_login(builders.the_chair(row.election))
    page = client.get(desk_url(row)).content.decode()
    assert "The number does not have the form that such documents have." in page
    assert "9 checks in order" in page


@pytest.mark.parametrize("role", [StaffRole.CONSTITUENCY_CHAIR, StaffRole.ELECTION_ADMINISTRATOR])
def test_who_may_not_see_the_application_gets_none_of_its_pages(client, role):
    election = builders.an_election()
    row = builders.a_submitted(election=election, constituency=2)
    document = builders.a_document(row)
    client.force_login(builders.a_staff_member(role, election))
    for address in (
        page_url(document),
        reverse("admin:observers_application_earlier_photo", args=[row.pk]),
    ):
        assert is_shut(client.get(address))


def test_a_document_of_another_application_is_not_there(client):
    election = builders.an_election()
    mine, other = (builders.a_submitted(election=election) for _ in range(2))
    document = builders.a_document(other)
    client.force_login(builders.the_chair(election))
    address = reverse("admin:observers_application_page", args=[mine.pk, document.key, 1])
    assert client.get(address).status_code == 404


def test_the_scan_of_a_paper_form_is_shown_page_by_page(client):
    row = builders.an_application_on_paper()
    client.force_login(builders.the_chair(row.election))
    page = client.get(desk_url(row)).content.decode()
    address = reverse("admin:observers_paperapplication_scan_page", args=[row.pk, 1])
    assert address in page
    assert client.get(address).content.startswith(b"\x89PNG")
    assert client.get(address.replace("1.png", "2.png")).status_code == 404


def test_a_note_leads_back_to_the_queue_one_came_from(client):
    row = builders.a_submitted()
    client.force_login(builders.the_chair(row.election))
    note = reverse("admin:observers_application_note", args=[row.pk])
    left = f"https://testserver{desk_url(row)}?kind=party"
    sent = client.post(note, {"text": "A note."}, headers={"Referer": left})
    assert sent["Location"] == f"{desk_url(row)}?kind=party#notes"
    elsewhere = client.post(note, {"text": "A note."}, headers={"Referer": "https://x.org/?a=b"})
    assert elsewhere["Location"] == f"{desk_url(row)}#notes"
