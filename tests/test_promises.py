"""The five promises of the portal, each with a try at breaking it.

Closer looks are in test_deadline, test_applications, test_lifecycle and test_access_table.
"""

import itertools
from typing import Any

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from kombu.exceptions import OperationalError

from elections.lifecycle import acting_as
from notifications import outbox
from notifications.models import Letter
from observers.domain.applications import move
from observers.domain.closing import close_registration
from observers.domain.reasons import Reasons
from observers.lifecycle import APPROVE, RETURN, SUBMIT, TAKE_UP, WITHDRAW
from observers.models import Application, ApplicationEvent
from tests.builders import (
    a_draft,
    a_submitted,
    a_user,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    one,
    owner_of,
    shut,
    stored,
    the_chair,
)
from tests.races import at_once, while_waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


# --- 1. The clock decides -------------------------------------------------------------------------


def test_a_dead_worker_keeps_no_window_open():
    """Nobody has announced the closing, and it has happened all the same."""
    draft = a_draft()
    shut(draft.election)
    (skipped,) = move(one(draft), SUBMIT, actor=draft.applicant).skipped
    assert skipped[1] == "Registration has closed. The draft is kept and can still be read."


def test_a_hasty_worker_closes_nothing_early():
    draft = a_draft()
    close_registration()
    assert move(one(draft), SUBMIT, actor=draft.applicant).skipped == []


def test_who_sends_while_the_closing_is_announced_loses_nothing():
    """Sent in time, and not yet committed when the worker comes by."""
    draft = a_draft()

    def send() -> Any:
        moved = move(one(draft), SUBMIT, actor=draft.applicant)
        with connections["default"].copy().cursor() as other:  # as the calendar moves on
            other.execute("UPDATE elections_window SET closes_at = now() - interval '1 second'")
        return moved

    sent, _ = while_waiting(send, close_registration)
    assert sent.skipped == []
    assert stored(draft).status == "submitted"


# --- 2. Nothing is lost ---------------------------------------------------------------------------


def test_whoever_saw_a_receipt_has_a_stored_application():
    """The connection is cut the moment after."""
    draft = a_draft()
    (seen,) = move(one(draft), SUBMIT, actor=draft.applicant).done
    connection.close()
    assert stored(draft).receipt_number == seen.receipt_number is not None
    assert Letter.unscoped.get().reference == seen.receipt_number


def test_a_broker_that_is_down_does_not_undo_a_submission(monkeypatch):
    def down() -> None:
        raise OperationalError("The broker is down.")

    monkeypatch.setattr("notifications.tasks.send_letters.delay", down)
    application = a_submitted()
    assert stored(application).status == "submitted"
    assert Letter.unscoped.get().status == "queued"


def test_a_change_that_fails_halfway_leaves_no_trace(monkeypatch):
    draft = a_draft()
    monkeypatch.setattr("observers.domain.letters.received", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        move(one(draft), SUBMIT, actor=draft.applicant)
    now = stored(draft)
    assert (now.status, now.receipt_number, Letter.unscoped.count()) == ("draft", None, 0)


def test_many_who_send_at_once_all_have_their_own_receipt():
    election = an_election()
    rows = [a_draft(election=election) for _ in range(8)]
    results = at_once(*(lambda r=row: move(one(r), SUBMIT, actor=r.applicant) for row in rows))
    numbers = {moved.done[0].receipt_number for moved in results}
    assert len(numbers) == 8
    assert set(Application.unscoped.values_list("receipt_number", flat=True)) == numbers


# --- 3. Every letter leaves once ------------------------------------------------------------------


def test_carriers_at_once_bring_each_letter_once():
    election = an_election()
    for _ in range(6):
        a_submitted(election=election)
    at_once(*[outbox.carry] * 4)
    assert len(mail.outbox) == 6
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 6
    assert set(Letter.unscoped.values_list("status", flat=True)) == {"sent"}


def test_carrying_again_brings_nothing_twice():
    a_submitted()
    assert [outbox.carry(), outbox.carry()] == [1, 0]
    assert len(mail.outbox) == 1


def test_a_letter_about_what_did_not_happen_does_not_exist():
    draft = a_draft()
    with transaction.atomic():
        move(one(draft), SUBMIT, actor=draft.applicant)
        transaction.set_rollback(True)
    assert (outbox.carry(), mail.outbox) == (0, [])


# --- 4. Every decision can be explained -----------------------------------------------------------


def history(application: Application) -> list[tuple[str, str]]:
    events = ApplicationEvent.objects.filter(application=application).order_by("pk")
    return list(events.values_list("status_from", "status_to"))


def test_the_history_leads_without_a_gap_to_what_is():
    application = an_application_under_review()
    chair, election = the_chair(application.election), application.election
    move(one(application), RETURN, actor=chair, reasons=Reasons(note="The photo."))
    move(one(application), SUBMIT, actor=application.applicant)
    move(Application.unscoped.filter(election=election), TAKE_UP, actor=chair)
    move(Application.unscoped.filter(election=election), APPROVE, actor=chair)
    steps = history(application)
    assert steps[0] == ("", "draft")
    assert all(before[1] == after[0] for before, after in itertools.pairwise(steps))
    assert steps[-1][1] == stored(application).status == "approved"


def test_every_event_of_a_person_names_them_and_the_moment():
    application = an_approved()
    for event in ApplicationEvent.objects.filter(application=application):
        assert event.actor in (application.applicant, the_chair(application.election))
        assert event.action
        assert event.at >= application.created_at


def test_a_shell_that_changes_all_rows_leaves_an_event_for_each():
    election = an_election()
    rows = [a_draft(election=election) for _ in range(3)]
    hand = a_user()
    with (
        transaction.atomic(),
        acting_as(hand, action="shell", reason="By order 5."),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE observers_application SET status = 'withdrawn'")
    for row in rows:
        event = ApplicationEvent.objects.filter(application=row).latest("pk")
        assert (event.actor, event.status_to, event.reason) == (hand, "withdrawn", "By order 5.")


# --- 5. Nobody sees what is not theirs ------------------------------------------------------------


def test_an_organisation_does_not_learn_who_else_applies():
    """The sentence about a person who applies already does not say through whom."""
    election = an_election()
    first, second = (an_organisation(election=election) for _ in "12")
    a_submitted(election=election, organisation=first, identity_number="AA1234567")
    draft = a_draft(election=election, organisation=second, identity_number="AA1234567")
    ((_, sentence),) = move(one(draft), SUBMIT, actor=owner_of(second)).skipped
    assert first.name not in sentence
    assert list(Application.objects.visible_to(owner_of(second))) == [draft]


def test_moving_what_is_not_theirs_changes_nothing():
    mine, not_mine = a_submitted(), a_submitted()
    moved = move(Application.unscoped.all(), WITHDRAW, actor=mine.applicant)
    assert (moved.done, [row for row, _ in moved.skipped]) == ([mine], [not_mine])
    assert stored(not_mine).status == "submitted"
