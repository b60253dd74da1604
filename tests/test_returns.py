"""Returned for correction: what has to be corrected, by when, whose clock runs, what was seen."""

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from elections.domain.clock import database_now
from elections.enums import ObserverConsent
from elections.lifecycle import acting_as
from notifications import outbox
from notifications.models import Letter
from observers.domain import drafts
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.domain.snapshots import STATED, snapshots
from observers.lifecycle import RETURN, SUBMIT, TAKE_UP
from observers.models import Application, Return
from tests.builders import (
    DAY,
    a_required_document,
    a_user,
    afresh,
    an_application_under_review,
    an_election,
    many_drafts,
    one,
    stored,
    the_chair,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
MINUTE = datetime.timedelta(minutes=1)


def give_back(application: Application, **reasons: Any) -> Application:
    words = {"note": "The photo is dark."} | reasons
    actor = the_chair(application.election)
    moved = move(one(application), RETURN, actor=actor, reasons=Reasons(**words))
    assert moved.skipped == []
    return stored(application)


def come_back(application: Application, **answers: Any) -> Application:
    if answers:
        drafts.save(application, version=application.version, now=database_now(), **answers)
    moved = move(one(application), SUBMIT, actor=application.applicant)
    assert moved.skipped == []
    return stored(application)


# --- What has to be corrected ---------------------------------------------------------------------


def test_a_return_names_the_fields_the_note_and_who_asks():
    application = an_application_under_review()
    give_back(application, fields_to_correct=("photo", "surname"), note="Dark.\nMisspelt.")
    asked = Return.objects.get()
    assert (asked.application, asked.returned_by) == (application, the_chair(application.election))
    assert (asked.fields, asked.note) == (["photo", "surname"], "Dark.\nMisspelt.")
    assert asked.letter == Letter.unscoped.get(kind="returned")


@pytest.mark.parametrize("note", ["", " \n"])
def test_a_return_without_a_note_is_a_mistake(note):
    with pytest.raises(ValueError, match="return needs its reasons"):
        give_back(an_application_under_review(), note=note, fields_to_correct=("photo",))


def test_each_of_many_is_told_its_own(election):
    first, second = (an_application_under_review(election=election) for _ in "12")
    reasons = {
        first.pk: Reasons(note="Dark.", fields_to_correct=("photo",), days_to_answer=1),
        second.pk: Reasons(note="Misspelt.", fields_to_correct=("surname",), days_to_answer=4),
    }
    these = Application.unscoped.filter(pk__in=reasons)
    move(these, RETURN, actor=the_chair(election), reasons=reasons)
    assert list(Return.objects.order_by("pk").values_list("application", "note", "fields")) == [
        (first.pk, "Dark.", ["photo"]),
        (second.pk, "Misspelt.", ["surname"]),
    ]
    days = [stored(row).answer_by - stored(row).returned_at for row in (first, second)]
    assert days == [DAY, 4 * DAY]


def test_returning_many_alike_costs_as_many_statements_as_returning_one():
    assert statements(3) == statements(30)


def statements(size: int) -> int:
    election = an_election()
    rows = many_drafts(size, election=election)
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    move(these, SUBMIT, actor=rows[0].applicant)
    chair = the_chair(election)
    move(these, TAKE_UP, actor=chair)
    chair, reasons = afresh(chair), Reasons(note="Dark.", fields_to_correct=("photo",))
    with CaptureQueriesContext(connection) as captured:
        assert len(move(these, RETURN, actor=chair, reasons=reasons).done) == size
    return len(captured)


# --- The days to answer ---------------------------------------------------------------------------


def test_the_window_gives_the_days_to_answer():
    application = an_application_under_review()
    application.window.days_to_answer = 5
    application.window.save()
    row = give_back(application)
    assert row.answer_by - row.returned_at == 5 * DAY
    assert Return.objects.get().answer_by == row.answer_by


@pytest.mark.parametrize("days", [1, 7])
def test_the_reviewer_gives_other_days(days):
    row = give_back(an_application_under_review(), days_to_answer=days)
    assert row.answer_by - row.returned_at == days * DAY


def test_who_answers_late_is_still_heard():
    """The commission decides what comes late; the portal refuses nothing that it asked for."""
    application = give_back(an_application_under_review())
    one(application).update(answer_by=database_now() - DAY)
    assert come_back(application).status == "submitted"


# --- The clock ------------------------------------------------------------------------------------


def after(days: int, *, stands_still: bool) -> datetime.timedelta:
    """How much later the decision is due after so many days with the applicant."""
    election = an_election(clock_stands_still=stands_still)
    application = give_back(an_application_under_review(election=election))
    due = application.due_at
    assert due is not None
    one(application).update(returned_at=database_now() - days * DAY)
    later = come_back(stored(application)).due_at
    assert later is not None
    return later - due


def test_the_clock_stands_still_where_the_election_says_so():
    gained = after(4, stands_still=True)
    assert 4 * DAY <= gained < 4 * DAY + MINUTE


def test_the_clock_runs_on_where_the_election_says_so():
    assert after(4, stands_still=False) == datetime.timedelta()


def test_two_returns_stop_the_clock_twice():
    application = give_back(an_application_under_review())
    due = application.due_at
    for days in (1, 2):
        one(application).update(returned_at=database_now() - days * DAY)
        application = come_back(stored(application))
        move(one(application), TAKE_UP, actor=the_chair(application.election))
        if days == 1:
            application = give_back(application)
    assert 3 * DAY <= application.due_at - due < 3 * DAY + MINUTE


def test_nobody_sets_the_clock_of_a_correction_by_hand():
    """Whatever a statement says beside the status, the database reckons the due time itself."""
    application = give_back(an_application_under_review())
    columns = {"due_at": database_now() + 30 * DAY, "status": "submitted"}
    with transaction.atomic(), acting_as(application.applicant, action="submit"):
        one(application).update(**columns)
    assert stored(application).due_at - application.due_at < MINUTE


def test_what_came_back_is_no_longer_returned():
    row = come_back(give_back(an_application_under_review()), surname="Əliyev")
    assert (row.status, row.returned_at, row.return_note) == ("submitted", None, "")
    assert Return.objects.get().note == "The photo is dark."


# --- What was seen --------------------------------------------------------------------------------


def test_what_was_seen_is_kept_as_it_was():
    application = an_application_under_review(surname="Əliyev", identity_number="AA7654321")
    before = snapshots([application])[application.pk]
    come_back(give_back(application), surname="Quliyev", identity_number="AA7654322")
    seen = Return.objects.get().seen
    assert seen == before
    assert (seen["surname"], seen["identity_number"]) == ("Əliyev", "AA7654321")
    assert snapshots([stored(application)])[application.pk]["surname"] == "Quliyev"


def test_every_stated_field_is_seen_and_the_files():
    election = an_election()
    document = a_required_document(election, is_required=False)
    application = an_application_under_review(election=election)
    filed = application.documents.create(
        answers=document,
        file=SimpleUploadedFile("letter.pdf", b"%PDF-1.4", "application/pdf"),
        original_name="letter.pdf",
        content_type="application/pdf",
        size=8,
        uploaded_by=application.applicant,
    )
    give_back(application)
    seen = Return.objects.get().seen
    assert [name for name in STATED if not seen[name]] == []
    assert seen["documents"] == [[document.code, "letter.pdf", str(filed.key)]]
    assert seen["constituency_id"] == str(application.constituency_id)


def test_each_return_keeps_what_it_saw():
    application = give_back(an_application_under_review(surname="Əliyev"))
    application = come_back(application, surname="Quliyev")
    move(one(application), TAKE_UP, actor=the_chair(application.election))
    give_back(application)
    assert [r.seen["surname"] for r in Return.objects.all()] == ["Əliyev", "Quliyev"]


def test_what_was_seen_is_sealed_in_its_column():
    application = an_application_under_review(surname="Əliyev", identity_number="AA7654321")
    give_back(application)
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen FROM observers_return")
        ((raw,),) = cursor.fetchall()
    sealed = bytes(raw)
    for word in ("AA7654321", "Əliyev", "1980-02-29", "Nizami", "surname"):
        assert word.encode() not in sealed


def test_a_return_is_neither_changed_nor_deleted():
    give_back(an_application_under_review())
    for attempt in (
        lambda: Return.objects.update(note="Never."),
        lambda: Return.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            attempt()


def test_a_return_that_is_rolled_back_leaves_nothing():
    application = an_application_under_review()
    with transaction.atomic():
        give_back(application)
        transaction.set_rollback(True)
    assert not Return.objects.exists()
    assert not Letter.unscoped.filter(kind="returned").exists()


def test_another_person_in_a_correction_is_asked_anew():
    """The fields that the commission names are a hint: all of it may be corrected."""
    election = an_election(observer_consent=ObserverConsent.BEFORE_BADGE)
    application = give_back(an_application_under_review(election=election))
    one(application).update(observer_answer="agreed", observer_answered_at=database_now())
    application = stored(application)
    drafts.save(
        application, version=application.version, now=database_now(), identity_number="AA7654399"
    )
    assert stored(application).observer_answer == ""


# --- The letter -----------------------------------------------------------------------------------

NAMES = {
    "az": ["şəkil", "soyadı", "sənədin nömrəsi", "sənədlər"],
    "en": ["photo", "surname", "number of the document", "documents"],
    "ru": ["фотография", "фамилия", "номер документа", "документы"],
}


@pytest.mark.parametrize("language", NAMES)
def test_the_letter_names_the_fields_in_the_applicants_language(language):
    application = an_application_under_review(applicant=a_user(language=language))
    with override("ru"):  # that of the reviewer's page does not matter
        give_back(
            application,
            fields_to_correct=("photo", "surname", "identity_number", "documents"),
        )
    letter = Letter.unscoped.get(kind="returned")
    assert letter.facts["fields"] == NAMES[language]
    message = outbox.compose(letter, "a@example.org")
    html = str(message.alternatives[0][0])
    for name in NAMES[language]:
        assert name in message.body
        assert name in html


def test_a_letter_that_names_no_fields_has_no_empty_line_for_them():
    application = an_application_under_review(applicant=a_user(language="en"))
    give_back(application)
    message = outbox.compose(Letter.unscoped.get(kind="returned"), "a@example.org")
    lines = message.body.splitlines()
    assert [line for line in lines if line.endswith(":")] == [
        "What to correct:",
        "Correct the application:",
    ]
