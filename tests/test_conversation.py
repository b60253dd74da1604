"""Notes for colleagues, and the conversation with the applicant."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.domain import conversation
from observers.domain.conversation import ConversationError, answer, note, write_to_applicant
from observers.models import Application, InternalNote, Message
from tests import builders, races

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def desk(name, row):
    return reverse(f"admin:observers_application_{name}", args=[row.pk])


def asked(**columns):
    """Submitted, and the commission has written about it."""
    row = builders.a_submitted(**columns)
    write_to_applicant(row, author=builders.the_chair(row.election), text="Which address?")
    return row


# --- The commission writes -----------------------------------------------------------------------


def test_a_message_leaves_as_a_letter_and_moves_nothing():
    row = builders.a_submitted()
    write_to_applicant(row, author=builders.the_chair(row.election), text=" Which address?\n")
    letter = Letter.unscoped.get(kind="message")
    assert (letter.recipient, letter.facts["text"]) == (row.applicant, "Which address?")
    after = builders.stored(row)
    assert (after.status, after.due_at, after.version) == (row.status, row.due_at, row.version)


@pytest.mark.parametrize(
    ("email", "status"), [("me@example.org", LetterStatus.QUEUED), ("", LetterStatus.ON_PAPER)]
)
def test_who_applied_on_paper_is_written_to_by_address_or_on_paper(email, status):
    row = builders.an_application_on_paper(email=email)
    write_to_applicant(row, author=builders.the_chair(row.election), text="Which address?")
    letter = Letter.unscoped.get(kind="message")
    assert (letter.recipient, letter.address or "", letter.status) == (None, email, status)
    assert letter.facts["path"] == ""


def test_only_who_may_decide_it_writes_for_the_commission():
    election = builders.an_election()
    row = builders.a_submitted(election=election, constituency=2)
    for role in (StaffRole.CONSTITUENCY_CHAIR, StaffRole.AUDITOR):
        with pytest.raises(ConversationError):
            write_to_applicant(row, author=builders.a_staff_member(role, election), text="Yes?")
    assert not Message.objects.exists()


def test_nobody_writes_for_the_commission_on_what_they_filed_themselves():
    election = builders.an_election()
    chair = builders.the_chair(election)
    row = builders.a_submitted(election=election, applicant=chair)
    with pytest.raises(ConversationError, match="You filed this application"):
        write_to_applicant(row, author=chair, text="Yes?")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001])
def test_nothing_and_too_much_are_not_sent(text):
    row = builders.a_submitted()
    with pytest.raises(ConversationError):
        write_to_applicant(row, author=builders.the_chair(row.election), text=text)
    assert not Letter.unscoped.filter(kind="message").exists()


def test_about_a_withdrawn_application_nothing_more_is_written():
    row = builders.a_withdrawn()
    with pytest.raises(ConversationError, match="Nothing more is written"):
        write_to_applicant(row, author=builders.the_chair(row.election), text="Yes?")


# --- The applicant answers -----------------------------------------------------------------------


def test_an_applicant_answers_but_does_not_begin():
    row = builders.a_submitted()
    with pytest.raises(ConversationError, match="has not written to you"):
        answer(row, author=row.applicant, text="Hello?")
    write_to_applicant(row, author=builders.the_chair(row.election), text="Yes?")
    assert answer(row, author=row.applicant, text="Hello.").from_commission is False


def test_the_twenty_first_in_a_row_is_refused_until_there_is_an_answer():
    row = asked()
    for _ in range(20):
        answer(row, author=row.applicant, text="And another thing.")
    with pytest.raises(ConversationError, match="20 messages in a row"):
        answer(row, author=row.applicant, text="And another thing.")
    write_to_applicant(row, author=builders.the_chair(row.election), text="I see.")
    answer(row, author=row.applicant, text="And another thing.")
    assert row.messages.count() == 23


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_both_write_the_last_that_is_allowed():
    row = asked()
    for _ in range(19):
        answer(row, author=row.applicant, text="And another thing.")

    def one_more():
        try:
            return answer(row, author=row.applicant, text="And another thing.")
        except ConversationError:
            return None

    told = races.at_once(one_more, one_more)
    assert told.count(None) == 1
    assert row.messages.filter(from_commission=False).count() == 20


def test_who_has_answered_is_found_until_somebody_writes_back():
    row, _other = asked(), asked()
    answer(row, author=row.applicant, text="This one.")
    waiting = Application.unscoped.filter(conversation.answered())
    assert list(waiting) == [row]
    write_to_applicant(row, author=builders.the_chair(row.election), text="Thank you.")
    assert not waiting.all().exists()


# --- Pages of the applicant ----------------------------------------------------------------------


def test_an_applicant_reads_and_answers_on_the_page_of_the_application(client):
    row = asked()
    client.force_login(row.applicant)
    page = client.get(row.get_absolute_url()).content.decode()
    assert "Which address?" in page
    assert builders.the_chair(row.election).full_name not in page
    sent = client.post(reverse("apply:message", args=[row.key]), {"text": "This one."})
    assert sent["Location"] == f"{row.get_absolute_url()}#conversation"
    assert row.messages.get(from_commission=False).author == row.applicant


def test_every_representative_of_the_organisation_may_answer(client):
    election = builders.an_election()
    organisation = builders.an_organisation(election=election)
    row = asked(election=election, organisation=organisation)
    colleague = builders.a_representative(organisation)
    client.force_login(colleague)
    client.post(reverse("apply:message", args=[row.key]), {"text": "This one."})
    assert row.messages.get(from_commission=False).author == colleague


def test_where_nothing_was_written_there_is_no_form(client):
    row = builders.a_submitted()
    client.force_login(row.applicant)
    address = reverse("apply:message", args=[row.key])
    assert address not in client.get(row.get_absolute_url()).content.decode()
    client.post(address, {"text": "Hello?"})
    assert not Message.objects.exists()


def test_a_returned_application_shows_its_messages_as_well(client):
    row = builders.a_returned()
    write_to_applicant(row, author=builders.the_chair(row.election), text="Which address?")
    client.force_login(row.applicant)
    assert "Which address?" in client.get(row.get_absolute_url()).content.decode()


def test_an_applicant_never_sees_a_note(client):
    row = asked()
    note(row, author=builders.the_chair(row.election), text="Looks odd.")
    client.force_login(row.applicant)
    assert "Looks odd." not in client.get(row.get_absolute_url()).content.decode()


def test_a_strangers_answer_is_not_taken(client):
    row = asked()
    client.force_login(builders.a_user())
    sent = client.post(reverse("apply:message", args=[row.key]), {"text": "This one."})
    assert sent.status_code == 404
    assert row.messages.count() == 1


# --- Pages of the desk ---------------------------------------------------------------------------


def test_a_note_and_a_message_are_written_on_the_desk(client):
    row = builders.a_submitted()
    chair = builders.the_chair(row.election)
    client.force_login(chair)
    client.post(desk("note", row), {"text": "I rang them."})
    client.post(desk("message", row), {"text": "Which address?"})
    assert row.internal_notes.get().author == chair
    assert row.messages.get().from_commission is True
    page = client.get(desk("change", row)).content.decode()
    assert "I rang them." in page
    assert "Which address?" in page


def test_an_answer_is_flagged_on_the_desk_and_found_in_the_list(client):
    election = builders.an_election()
    row = asked(election=election, surname="Quliyev")
    asked(election=election, surname="Vəliyev")
    answer(row, author=row.applicant, text="This one.")
    client.force_login(builders.the_chair(election))
    assert "The applicant has answered." in client.get(desk("change", row)).content.decode()
    address = reverse("admin:observers_application_changelist")
    found = client.get(address, {"mark": "answered"}).content.decode()
    assert "Quliyev" in found
    assert "Vəliyev" not in found


def test_an_auditor_reads_but_does_not_write(client):
    row = asked()
    note(row, author=builders.the_chair(row.election), text="Looks odd.")
    client.force_login(builders.a_staff_member(StaffRole.AUDITOR, row.election))
    page = client.get(desk("change", row)).content.decode()
    assert "Looks odd." in page
    assert desk("note", row) not in page
    assert client.post(desk("note", row), {"text": "Hm."}).status_code == 403
    assert client.post(desk("message", row), {"text": "Hm."}).status_code == 403


def test_another_commission_neither_reads_nor_writes(client):
    election = builders.an_election()
    row = asked(election=election, constituency=2)
    client.force_login(builders.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    assert client.post(desk("note", row), {"text": "Hm."}).status_code == 404
    assert client.post(desk("message", row), {"text": "Hm."}).status_code == 404
    assert not InternalNote.objects.exists()
