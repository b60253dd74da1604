"""What comes on paper: entered by staff, in time by its receipt stamp, in the same queue."""

import datetime
import uuid
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Scope
from elections.models import Election
from notifications import outbox
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers import permissions
from observers.domain import drafts, paper
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.enums import Status
from observers.lifecycle import APPROVE, ENTER, RETURN, TAKE_UP
from observers.models import Application, PaperForm
from tests.builders import (
    DAY,
    a_required_document,
    a_returned,
    a_scan,
    a_staff_member,
    a_submitted,
    a_window,
    an_application_on_paper,
    an_election,
    an_organisation,
    answers_on_paper,
    commission_of,
    one,
    stored,
    the_chair,
)
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECOND = datetime.timedelta(seconds=1)


def a_reviewer(election: Election, constituency: int = 1) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, constituency))


def a_returned_one(election: Election, **answers: Any) -> Application:
    application = an_application_on_paper(election=election, **answers)
    chair = the_chair(election)
    move(one(application), TAKE_UP, actor=chair)
    reasons = Reasons(note="The address lacks the street.", fields_to_correct=("address",))
    move(one(application), RETURN, actor=chair, reasons=reasons)
    return stored(application)


# --- In time by the moment on the paper -----------------------------------------------------------


def test_it_is_submitted_and_due_by_the_moment_at_which_it_was_handed_in(election):
    received_at = database_now() - 20 * datetime.timedelta(hours=1)
    application = an_application_on_paper(election=election, received_at=received_at)
    assert application.status == Status.SUBMITTED
    assert application.submitted_at == application.paper_received_at == received_at
    assert application.due_at == received_at + 3 * DAY
    assert application.receipt_number.startswith("R-")


def test_one_handed_in_a_second_before_the_closing_is_in_time_days_later(election):
    a_window(election, opens_in=-9 * DAY, closes_in=-3 * DAY)
    closes_at = election.windows.get(scope=Scope.CONSTITUENCY).closes_at
    application = an_application_on_paper(election=election, received_at=closes_at - SECOND)
    assert application.submitted_at == closes_at - SECOND


def test_one_handed_in_at_the_moment_of_closing_is_late(election):
    a_window(election, opens_in=-9 * DAY, closes_in=-3 * DAY)
    closes_at = election.windows.get(scope=Scope.CONSTITUENCY).closes_at
    with pytest.raises(paper.PaperError, match="handed in too late: registration closed") as said:
        an_application_on_paper(election=election, received_at=closes_at)
    assert said.value.field == "received_at"
    assert not Application.unscoped.exists()


def test_nothing_is_handed_in_before_the_opening(election):
    opens_at = election.windows.get(scope=Scope.CONSTITUENCY).opens_at
    with pytest.raises(paper.PaperError, match="Registration had not opened then"):
        an_application_on_paper(election=election, received_at=opens_at - SECOND)
    assert an_application_on_paper(election=election, received_at=opens_at).submitted_at == opens_at


def test_nothing_is_handed_in_tomorrow(election):
    with pytest.raises(paper.PaperError, match="has not come yet"):
        an_application_on_paper(election=election, received_at=database_now() + SECOND)


# --- The database has the last word ---------------------------------------------------------------


def a_bare_draft(election: Election, *, received_at: datetime.datetime) -> Application:
    """On paper, complete, and without its scan."""
    by = a_reviewer(election)
    draft = drafts.begin(
        election=election,
        scope=Scope.CONSTITUENCY,
        applicant=by,
        constituency=election.constituencies.get(number=1),
        paper_received_at=received_at,
    )
    now = database_now()
    drafts.save(draft, version=1, now=now, **answers_on_paper())
    drafts.set_photo(draft, ContentFile(b"x"), version=2, now=now)
    drafts.consent(draft, given=True, version=3, now=now)
    return draft


def test_without_a_scan_the_database_refuses(election):
    draft = a_bare_draft(election, received_at=database_now() - SECOND)
    with pytest.raises(DatabaseError, match="What came on paper has its scan") as refused:
        move(one(draft), ENTER, actor=draft.applicant)
    assert refused.value.__cause__.sqlstate == "PD007"


def test_what_is_dated_into_the_future_the_database_refuses(election):
    draft = a_bare_draft(election, received_at=database_now() + datetime.timedelta(hours=1))
    PaperForm.objects.create(application=draft, entered_by=draft.applicant, language="az", size=1)
    with pytest.raises(DatabaseError, match="came before now"):
        move(one(draft), ENTER, actor=draft.applicant)


def test_the_time_of_receipt_is_not_changed_afterwards(election):
    application = an_application_on_paper(election=election)
    with pytest.raises(DatabaseError, match="paper_time_is_kept"):
        one(application).update(paper_received_at=database_now() - 2 * DAY)


def test_who_entered_it_does_not_decide_it(election):
    application = an_application_on_paper(election=election)
    assert not permissions.may(application.applicant, "approve", application)
    moved = move(one(application), TAKE_UP, actor=application.applicant)
    [(_row, reason)] = moved.skipped
    assert reason == "You filed this application, or act for who did: a colleague decides it."


def test_the_database_takes_no_decision_of_who_entered_it(election, monkeypatch):
    application = an_application_on_paper(election=election)
    monkeypatch.setattr(permissions, "_has_a_hand_in_it", lambda user, row: False)
    move(one(application), TAKE_UP, actor=application.applicant)
    with pytest.raises(DatabaseError, match="Who filed it, or entered it from paper"):
        move(one(application), APPROVE, actor=application.applicant)


def test_a_colleague_decides_it(election):
    application = an_application_on_paper(election=election)
    colleague = a_reviewer(election)
    move(one(application), TAKE_UP, actor=colleague)
    assert move(one(application), APPROVE, actor=colleague).done


# --- Whose it is ----------------------------------------------------------------------------------


def test_it_is_not_an_application_of_whoever_entered_it(election):
    application = an_application_on_paper(election=election)
    by = application.applicant
    assert not Application.unscoped.owned_by(by).exists()
    assert not permissions.may(by, "edit", application)
    assert not permissions.may(by, "withdraw", application)


def test_staff_enter_nothing_into_what_did_not_come_on_paper(election):
    application = a_returned(election=election)
    moved = move(one(application), ENTER, actor=the_chair(election))
    [(_row, reason)] = moved.skipped
    assert reason == "It did not come on paper: only its applicant changes it."


def test_another_commissions_paper_is_handed_on(election):
    neighbour = a_reviewer(election, constituency=2)
    with pytest.raises(paper.PaperError, match="hand the paper on to it"):
        an_application_on_paper(election=election, by=neighbour, constituency=1)
    assert not Application.unscoped.exists()


def test_the_central_commission_enters_for_any_of_its_election(election):
    clerk = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    application = an_application_on_paper(election=election, by=clerk, constituency=2)
    assert application.commission == commission_of(election, 2)


# --- One person, one application ------------------------------------------------------------------


def test_a_person_with_another_application_is_named_by_its_number(election):
    other = a_submitted(election=election, identity_number="AA7654321")
    with pytest.raises(paper.PaperError, match=other.receipt_number) as said:
        an_application_on_paper(election=election, identity_number="aa 7654321")
    assert said.value.field == "identity_number"


def test_of_another_commissions_application_no_number_is_told(election):
    other = a_submitted(election=election, constituency=2, identity_number="AA7654321")
    with pytest.raises(paper.PaperError, match="with another commission") as said:
        an_application_on_paper(election=election, identity_number="AA7654321")
    assert other.receipt_number not in str(said.value)


def test_the_same_form_sent_twice_is_one_application(election):
    key, by = uuid.uuid4(), a_reviewer(election)
    first = an_application_on_paper(election=election, by=by, key=key)
    assert an_application_on_paper(election=election, by=by, key=key) == first
    assert Application.unscoped.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_one_application():
    election, key = an_election(), uuid.uuid4()
    by = a_reviewer(election)

    def enter() -> Application:
        return an_application_on_paper(
            election=election, by=by, key=key, identity_number="AA7654321"
        )

    first, second = at_once(enter, enter)
    assert first == second
    assert Application.unscoped.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_enter_one_person_at_once_make_one_application():
    election = an_election()
    clerks = [a_reviewer(election) for _ in range(2)]

    def enter(clerk: User) -> str:
        try:
            an_application_on_paper(election=election, by=clerk, identity_number="AA7654321")
        except paper.PaperError as error:
            return str(error)
        return "entered"

    said = at_once(*(lambda clerk=clerk: enter(clerk) for clerk in clerks))
    assert sorted(sentence[:11] for sentence in said) == ["This person", "entered"]
    assert Application.unscoped.count() == 1


# --- All of it or nothing -------------------------------------------------------------------------


def test_what_cannot_be_sent_leaves_neither_rows_nor_files(election):
    a_required_document(election)
    before = files_below("photos") + files_below("paper")
    with pytest.raises(paper.PaperError, match="Add: Document"):
        an_application_on_paper(election=election)
    assert not Application.unscoped.exists()
    assert not PaperForm.objects.exists()
    assert files_below("photos") + files_below("paper") == before


def files_below(folder: str) -> int:
    if not default_storage.exists(folder):
        return 0
    folders, names = default_storage.listdir(folder)
    return len(names) + sum(files_below(f"{folder}/{below}") for below in folders)


def test_documents_that_came_with_it_are_attached(election):
    asked = a_required_document(election)
    by = a_reviewer(election)
    place = paper.Place(election, Scope.CONSTITUENCY, election.constituencies.get(number=1))
    sheet = paper.Sheet(
        answers_on_paper(), ContentFile(b"x"), documents=[(asked, a_scan("card.pdf"))]
    )
    received = paper.Received(database_now() - SECOND, a_scan(), "az")
    application = paper.enter(place, sheet, received, actor=by)
    assert application.documents.get().original_name == "card.pdf"
    assert application.paper_form.original_name == "form.pdf"


def test_who_has_not_signed_has_not_applied(election):
    by = a_reviewer(election)
    place = paper.Place(election, Scope.CONSTITUENCY, election.constituencies.get(number=1))
    sheet = paper.Sheet(answers_on_paper(), ContentFile(b"x"), is_signed=False)
    received = paper.Received(database_now() - SECOND, a_scan(), "az")
    with pytest.raises(paper.PaperError, match="Confirm that the information is true"):
        paper.enter(place, sheet, received, actor=by)


# --- Through an organisation ----------------------------------------------------------------------


def test_an_organisation_sees_who_was_nominated_on_paper():
    election = an_election(observer_consent="before_submission")
    theirs = an_organisation(election=election)
    application = an_application_on_paper(election=election, organisation=theirs)
    owner = theirs.representatives.get().user
    assert Application.unscoped.owned_by(owner).get() == application
    assert application.observer_answer == "agreed"
    assert application.kind == theirs.kind


def test_an_organisation_without_the_right_nominates_nobody_on_paper(election):
    theirs = an_organisation(election=election, granted=False)
    with pytest.raises(paper.PaperError, match="no nomination right"):
        an_application_on_paper(election=election, organisation=theirs)


# --- Letters --------------------------------------------------------------------------------------


def test_without_an_address_the_letter_is_handed_over_on_paper(election):
    application = an_application_on_paper(election=election, language="az")
    letter = Letter.unscoped.get(reference=application.receipt_number)
    assert (letter.status, letter.language, letter.recipient) == (LetterStatus.ON_PAPER, "az", None)


def test_with_an_address_the_letter_goes_there(election):
    application = an_application_on_paper(election=election, email="rauf@example.org")
    letter = Letter.unscoped.get(reference=application.receipt_number)
    assert (letter.status, letter.address) == (LetterStatus.QUEUED, "rauf@example.org")


def test_a_letter_to_somebody_without_an_account_leads_to_no_page(election):
    application = an_application_on_paper(election=election)
    letter = Letter.unscoped.get(reference=application.receipt_number)
    message = outbox.compose(letter, "")
    for text in (str(message.body), str(message.alternatives[0][0])):
        assert "/apply/" not in text
        assert f"ask it with the receipt number {application.receipt_number}" in text
        assert "Where the application stands" not in text


def test_a_return_of_paper_says_where_to_bring_the_correction(election):
    a_returned_one(election)
    message = outbox.compose(Letter.unscoped.get(kind="returned"), "")
    assert "Bring or send the correction to the commission" in message.body
    assert "Correct the application" not in message.body


# --- Corrections and withdrawals ------------------------------------------------------------------


def test_a_correction_keeps_the_place_and_says_what_it_rests_on(election):
    application = a_returned_one(election)
    clerk = a_reviewer(election)
    corrected = paper.correct(
        application,
        paper.Sheet({"address": "Bakı, Füzuli küçəsi 7"}),
        version=application.version,
        actor=clerk,
        because="Letter of 3 February.",
    )
    assert corrected.status == Status.SUBMITTED
    assert corrected.address == "Bakı, Füzuli küçəsi 7"
    assert corrected.submitted_at == corrected.paper_received_at == application.submitted_at
    event = corrected.events.last()
    assert (event.action, event.actor, event.reason) == (ENTER, clerk, "Letter of 3 February.")


def test_a_correction_of_what_was_changed_meanwhile_is_not_stored(election):
    application = a_returned_one(election)
    with pytest.raises(drafts.StaleDraft):
        paper.correct(
            application,
            paper.Sheet({"address": "Bakı"}),
            version=application.version - 1,
            actor=a_reviewer(election),
            because="Letter.",
        )
    assert stored(application).status == Status.RETURNED


def test_nobody_of_another_commission_corrects_it(election):
    application = a_returned_one(election)
    sheet, neighbour = paper.Sheet({"address": "Bakı"}), a_reviewer(election, constituency=2)
    with pytest.raises(paper.PaperError, match="not yours"):
        paper.correct(
            application, sheet, version=application.version, actor=neighbour, because="Letter."
        )


def test_it_is_withdrawn_at_a_written_request_and_the_applicant_is_told(election):
    application = an_application_on_paper(election=election)
    colleague = a_reviewer(election)
    paper.withdraw(application, actor=colleague, request="Letter of 2 February, signed.")
    assert stored(application).status == Status.WITHDRAWN
    assert application.events.last().reason == "Letter of 2 February, signed."
    letter = Letter.unscoped.get(kind="withdrawn")
    assert "If nobody asked for this on your behalf" in outbox.compose(letter, "").body


def test_without_a_written_request_nothing_is_withdrawn(election):
    application = an_application_on_paper(election=election)
    with pytest.raises(paper.PaperError, match="Name the written request"):
        paper.withdraw(application, actor=a_reviewer(election), request=" ")
    online = a_submitted(election=election)
    moved = paper.withdraw(online, actor=a_reviewer(election), request="Letter.")
    assert [row for row, _reason in moved.skipped] == [online]
