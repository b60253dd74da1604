"""A slip is undone as long as its letter lies here; whoever has been told is not told otherwise."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from notifications import outbox
from notifications.models import Letter
from notifications.tasks import send_letters
from observers.domain import proposals
from observers.domain.applications import Moved, move
from observers.domain.reasons import Reasons
from observers.lifecycle import (
    APPROVE,
    CANCEL,
    REFUSE,
    RETURN,
    SUBMIT,
    TAKE_UP,
    UNDO,
    UPHOLD,
)
from observers.models import (
    Appeal,
    Application,
    ApplicationEvent,
    CommissionSession,
    Decision,
    Proposal,
    Return,
)
from tests.builders import (
    DAY,
    a_cancelled,
    a_proposal,
    a_returned,
    a_staff_member,
    afresh,
    an_application_on_paper,
    an_application_under_review,
    an_approved,
    an_election,
    one,
    reasons_to_refuse,
    stored,
    the_chair,
)
from tests.races import at_once, while_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "silent_broker")]
racing = pytest.mark.django_db(transaction=True)

TOO_LATE = "It is too late to undo it: the letter has left."
NOT_YOURS = "Only who decided it can undo it."
DECIDING = (APPROVE, REFUSE, RETURN)


@pytest.fixture
def silent_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody carries letters behind the test's back."""
    monkeypatch.setattr(send_letters, "delay", lambda: None)


@pytest.fixture
def lenient(db: None) -> Any:
    """An election whose letters lie for ten seconds."""
    return an_election(undo_seconds=10)


def decided(action: str, election: Any, *, by: User | None = None) -> Application:
    by = by or the_chair(election)
    application = an_application_under_review(election=election, by=by)
    reasons = {
        REFUSE: reasons_to_refuse(election),
        RETURN: Reasons(note="The photo is dark.", fields_to_correct=("photo",)),
    }
    assert move(one(application), action, actor=by, reasons=reasons.get(action)).done
    return stored(application)


def undo(application: Application, *, by: User | None = None) -> Moved:
    """In a request of its own."""
    return move(one(application), UNDO, actor=afresh(by or the_chair(application.election)))


def outcome(moved: Moved) -> str:
    if moved.skipped:
        ((_row, reason),) = moved.skipped
        return reason
    return "done"


def the_letter(application: Application) -> Letter:
    """Of the decision or return, not the receipt."""
    letter: Letter = Letter.unscoped.exclude(kind="received").get(
        reference=application.receipt_number
    )
    return letter


def seconds_pass(seconds: float) -> None:
    """For the letters that are held, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_letter SET next_attempt_at = next_attempt_at"
            " - make_interval(secs => %s)",
            [seconds],
        )


# --- In time --------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", DECIDING)
def test_what_is_undone_in_time_is_as_if_nothing_had_been_decided(lenient, action):
    application = decided(action, lenient)
    assert outcome(undo(application)) == "done"
    row = stored(application)
    assert (row.status, row.decision, row.decided_at) == ("under_review", None, None)
    assert (row.accreditation_number, row.return_note, row.returned_at) == (None, "", None)
    assert (row.due_at, row.submitted_at) == (application.due_at, application.submitted_at)


@pytest.mark.parametrize("action", DECIDING)
def test_its_letter_is_withdrawn_and_never_sent(lenient, action, smtp_sink):
    application = decided(action, lenient)
    undo(application)
    seconds_pass(3600)
    outbox.carry()
    assert the_letter(application).status == "withdrawn"
    assert [m["Subject"] for m in smtp_sink.messages if "received" not in m["Subject"]] == []


@pytest.mark.parametrize("action", DECIDING)
def test_the_history_keeps_both(lenient, action):
    application = decided(action, lenient)
    undo(application)
    events = ApplicationEvent.objects.filter(application=application).order_by("-pk")[:2]
    assert [(e.action, e.status_from, e.status_to) for e in events] == [
        ("undo", application.status, "under_review"),
        (action, "under_review", application.status),
    ]


def test_the_decision_that_was_undone_stays_on_record(lenient):
    application = decided(REFUSE, lenient)
    undo(application)
    assert Decision.objects.get().pk == application.decision_id


def test_who_was_undone_is_not_in_the_register(lenient, client):
    application = decided(APPROVE, lenient)
    address = f"{lenient.get_absolute_url()}register/"
    assert application.accreditation_number in client.get(address).content.decode()
    undo(application)
    assert application.accreditation_number not in client.get(address).content.decode()


def test_what_was_undone_is_decided_anew_with_a_letter_of_its_own(lenient, smtp_sink):
    application = decided(REFUSE, lenient)
    undo(application)
    assert outcome(move(one(application), APPROVE, actor=the_chair(lenient))) == "done"
    seconds_pass(11)
    outbox.carry()
    subjects = [m["Subject"] for m in smtp_sink.messages]
    assert [s.strip().partition(":")[0] for s in subjects] == [
        "Application received",
        "Registered as an observer",
    ]


def test_a_number_that_was_undone_is_given_to_nobody_else(lenient):
    first = decided(APPROVE, lenient)
    undo(first)
    move(one(first), APPROVE, actor=the_chair(lenient))
    numbers = {first.accreditation_number, stored(first).accreditation_number}
    assert len(numbers | {decided(APPROVE, lenient).accreditation_number}) == 3


def test_an_undone_return_leaves_the_clock_as_it_was(lenient):
    """Nothing stood still: nobody was asked for anything."""
    application = decided(RETURN, lenient)
    undo(application)
    move(one(application), RETURN, actor=the_chair(lenient), reasons=Reasons(note="Again."))
    one(application).update(returned_at=Now() - DAY)
    move(one(application), SUBMIT, actor=application.applicant)
    longer = stored(application).due_at - application.due_at
    assert DAY <= longer < DAY + datetime.timedelta(minutes=1)


def test_an_earlier_return_is_not_undone_with_a_later_one(lenient):
    """Its letter left days ago, and its correction came back."""
    application = decided(RETURN, lenient)
    seconds_pass(11)
    move(one(application), SUBMIT, actor=application.applicant)
    move(one(application), TAKE_UP, actor=the_chair(lenient))
    move(one(application), RETURN, actor=the_chair(lenient), reasons=Reasons(note="Again."))
    assert outcome(undo(application)) == "done"
    letters = Letter.unscoped.filter(kind="returned").order_by("pk")
    assert [letter.status for letter in letters] == ["queued", "withdrawn"]
    assert Return.objects.count() == 2


def test_many_are_undone_together_and_the_late_are_named(lenient):
    early, late = decided(APPROVE, lenient), decided(APPROVE, lenient)
    Letter.unscoped.filter(pk=the_letter(late).pk).update(next_attempt_at=Now())
    these = Application.unscoped.filter(pk__in=[early.pk, late.pk])
    moved = move(these, UNDO, actor=afresh(the_chair(lenient)))
    assert (moved.done, moved.skipped) == ([early], [(late, TOO_LATE)])


# --- Too late -------------------------------------------------------------------------------------


def test_the_last_moment_is_by_the_clock_of_the_database(lenient):
    """One second before it is in time, one second after it is late."""
    early, late = decided(APPROVE, lenient), decided(APPROVE, lenient)
    Letter.unscoped.filter(pk=the_letter(early).pk).update(
        next_attempt_at=Now() + datetime.timedelta(seconds=1)
    )
    Letter.unscoped.filter(pk=the_letter(late).pk).update(
        next_attempt_at=Now() - datetime.timedelta(seconds=1)
    )
    assert (outcome(undo(early)), outcome(undo(late))) == ("done", TOO_LATE)
    assert stored(late).status == "approved"


def test_a_letter_lies_as_long_as_the_election_says(lenient):
    before = database_now()
    letter = the_letter(decided(APPROVE, lenient))
    waits = letter.next_attempt_at - before
    assert datetime.timedelta(seconds=10) <= waits < datetime.timedelta(seconds=15)


def test_where_the_election_gives_no_seconds_nothing_is_undone():
    application = an_approved()
    assert outcome(undo(application)) == TOO_LATE


@pytest.mark.parametrize("action", DECIDING)
def test_what_a_carrier_has_claimed_stays(lenient, action):
    application = decided(action, lenient)
    Letter.unscoped.update(claimed_until=Now() + outbox.LEASE)
    assert outcome(undo(application)) == TOO_LATE
    assert stored(application).status == application.status
    assert the_letter(application).status == "queued"


@pytest.mark.parametrize("action", DECIDING)
def test_what_was_sent_stays(lenient, action, smtp_sink):
    application = decided(action, lenient)
    seconds_pass(11)
    assert outbox.carry() == 2
    assert outcome(undo(application)) == TOO_LATE


def test_what_a_carrier_has_tried_in_vain_stays(lenient):
    """The mail server may have kept it, and said nothing."""
    application = decided(APPROVE, lenient)
    Letter.unscoped.update(attempts=1, next_attempt_at=Now() + DAY)
    assert outcome(undo(application)) == TOO_LATE


def test_what_was_decided_on_appeal_is_not_undone(lenient):
    application = decided(REFUSE, lenient)
    central = a_staff_member(StaffRole.CENTRAL_CHAIR, lenient)
    appeal = an_upheld_appeal(application, by=central)
    assert move(one(application), UPHOLD, actor=central, reasons=Reasons(appeal=appeal)).done
    assert outcome(undo(application, by=central)) == "It was decided on appeal, and stands."
    assert stored(application).status == "approved"


def an_upheld_appeal(application: Application, *, by: User) -> Appeal:
    decision: Any = application.decision
    with transaction.atomic(), acting_as(application.applicant, action="lodge"):
        appeal: Appeal = Appeal.unscoped.create(
            decision=decision,
            commission=application.commission.appeals_to,
            lodged_by=application.applicant,
            grounds="The number is right.",
        )
    answer = {"reasoning": "It is.", "decided_by": by, "decided_at": database_now()}
    with transaction.atomic(), acting_as(by, action="uphold"):
        Appeal.unscoped.filter(pk=appeal.pk).update(status="upheld", **answer)
    appeal.refresh_from_db()
    return appeal


def test_what_a_session_decided_is_not_undone(lenient):
    """Its protocol says that it was adopted."""
    lenient.refusal_way = "session"
    lenient.save()
    application = an_application_under_review(election=lenient)
    proposal = a_proposal(application, by=a_staff_member(StaffRole.CENTRAL_REVIEWER, lenient))
    chair, commission = the_chair(lenient), application.commission
    session = CommissionSession.unscoped.create(
        election=lenient, commission=commission, opened_by=chair
    )
    session.agenda.create(proposal=proposal, position=1)
    proposals.adopt(Proposal.unscoped.all(), actor=chair, session=session)
    assert outcome(undo(application)) == (
        "It was decided in a session of the commission, and stands."
    )


def test_what_was_undone_is_not_undone_again(lenient):
    application = decided(APPROVE, lenient)
    undo(application)
    assert outcome(undo(application)) == "“Undo” is not possible: the status is “Under review”."


def test_a_cancellation_is_not_undone():
    application = a_cancelled(election=an_election(undo_seconds=10))
    assert outcome(undo(application)) == "“Undo” is not possible: the status is “Cancelled”."


def test_what_is_withdrawn_stays_withdrawn(lenient):
    application = decided(APPROVE, lenient)
    undo(application)
    assert not outbox.withdraw(the_letter(application))
    assert outbox.send_again(Letter.unscoped.all()) == 0
    assert the_letter(application).status == "withdrawn"


# --- By another -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", DECIDING)
def test_a_colleague_does_not_undo_it(lenient, action):
    application = decided(action, lenient)
    colleague = a_staff_member(StaffRole.CENTRAL_CHAIR, lenient)
    assert outcome(undo(application, by=colleague)) == NOT_YOURS
    assert stored(application).status == application.status
    assert the_letter(application).status == "queued"


def test_the_applicant_does_not_undo_it(lenient):
    application = decided(REFUSE, lenient)
    assert outcome(undo(application, by=application.applicant)) == (
        "This application is not yours to act on."
    )


def test_the_system_does_not_undo_it(lenient):
    application = decided(APPROVE, lenient)
    assert outcome(move(one(application), UNDO, actor=None)) == "This needs a person."


# --- On paper -------------------------------------------------------------------------------------


def entered_and_approved(election: Any, *, email: str) -> Application:
    application = an_application_on_paper(election=election, email=email)
    for action in (TAKE_UP, APPROVE):
        assert move(one(application), action, actor=the_chair(election)).done
    return stored(application)


@pytest.mark.parametrize(("email", "lies_as"), [("", "on_paper"), ("a@example.org", "queued")])
def test_what_came_on_paper_is_undone_as_well(lenient, email, lies_as):
    application = entered_and_approved(lenient, email=email)
    assert the_letter(application).status == lies_as
    decider = application.decision.proposed_by
    assert outcome(undo(application, by=decider)) == "done"
    assert the_letter(application).status == "withdrawn"
    assert stored(application).status == "under_review"


def test_a_letter_on_paper_that_may_have_been_printed_stays(lenient):
    application = entered_and_approved(lenient, email="")
    seconds_pass(11)
    assert outcome(undo(application, by=application.decision.proposed_by)) == TOO_LATE


# --- Beside a carrier -----------------------------------------------------------------------------


@racing
def test_a_carrier_that_is_first_takes_the_letter_and_the_decision_stays(smtp_sink):
    election = an_election(undo_seconds=10)
    application, chair = decided(APPROVE, election), the_chair(election)
    results = while_waiting(
        lambda: Letter.unscoped.update(claimed_until=Now() + outbox.LEASE),
        lambda: outcome(move(one(application), UNDO, actor=chair)),
    )
    assert results[1] == TOO_LATE
    Letter.unscoped.update(claimed_until=Now() - outbox.LEASE / 100, next_attempt_at=Now())
    outbox.carry()
    assert (stored(application).status, the_letter(application).status) == ("approved", "sent")


@racing
def test_who_undoes_it_first_leaves_the_carrier_nothing(smtp_sink):
    election = an_election(undo_seconds=10)
    application, chair = decided(APPROVE, election), the_chair(election)
    results = while_waiting(
        lambda: outcome(move(one(application), UNDO, actor=chair)),
        lambda: due_and_carried(application),
    )
    assert results[0] == "done"
    assert (stored(application).status, the_letter(application).status) == (
        "under_review",
        "withdrawn",
    )
    assert [m["Subject"] for m in smtp_sink.messages if "Registered" in m["Subject"]] == []


def due_and_carried(application: Application) -> None:
    Letter.unscoped.filter(pk=the_letter(application).pk).update(next_attempt_at=Now())
    outbox.carry()


@racing
@pytest.mark.parametrize("attempt", range(6))
def test_either_the_letter_leaves_and_the_decision_stays_or_neither(smtp_sink, attempt):
    """At the very end of the time: whoever comes first."""
    election = an_election(undo_seconds=10)
    application, chair = decided(REFUSE, election), the_chair(election)
    moment = datetime.timedelta(milliseconds=20)
    Letter.unscoped.update(next_attempt_at=Now() + moment)
    at_once(
        lambda: move(one(application), UNDO, actor=chair),
        lambda: [outbox.carry() for _ in range(30)],
    )
    while outbox.carry():
        pass
    left = sum("Refused" in message["Subject"] for message in smtp_sink.messages)
    assert (stored(application).status, the_letter(application).status, left) in [
        ("refused", "sent", 1),
        ("under_review", "withdrawn", 0),
    ]


# --- What PostgreSQL insists on -------------------------------------------------------------------

TOLD = "only before its letter has left"


def undone_in_the_shell(application: Application, **columns: Any) -> None:
    with transaction.atomic(), acting_as(None, action="undo"):
        one(application).update(status="under_review", **columns)


@pytest.mark.parametrize("action", DECIDING)
def test_the_database_refuses_to_undo_what_has_been_told(lenient, action):
    """From the shell, with a letter that was not withdrawn."""
    application = decided(action, lenient)
    with (
        pytest.raises(DatabaseError, match="only before its letter has left"),
        transaction.atomic(),
        acting_as(the_chair(lenient), action="undo"),
    ):
        one(application).update(status="under_review", decision=None, accreditation_number=None)
    assert stored(application).status == application.status


def test_the_database_looks_at_the_last_return_not_at_an_earlier_one(lenient):
    application = a_returned(election=lenient)
    undo(application)
    move(one(application), RETURN, actor=the_chair(lenient), reasons=Reasons(note="Again."))
    with (
        pytest.raises(DatabaseError, match="only before its letter has left"),
        transaction.atomic(),
        acting_as(the_chair(lenient), action="undo"),
    ):
        one(application).update(status="under_review")


def test_a_rollback_leaves_decision_and_letter(lenient):
    application = decided(APPROVE, lenient)
    with transaction.atomic():
        assert undo(application).done
        transaction.set_rollback(True)
    assert (stored(application).status, the_letter(application).status) == ("approved", "queued")


def test_who_cancels_in_time_to_undo_is_not_undone_into_the_queue(lenient):
    application = decided(APPROVE, lenient)
    act = Reasons(what_was_checked="Court act 7.")
    move(one(application), CANCEL, actor=the_chair(lenient), reasons=act)
    assert outcome(undo(application)).startswith("“Undo” is not possible")
