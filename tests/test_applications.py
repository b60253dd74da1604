"""The one writer of statuses: `move`, for one and for many."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from elections.models import Election
from notifications.models import Letter
from observers.domain.applications import Moved, move
from observers.domain.reasons import Reasons
from observers.enums import LIVE
from observers.lifecycle import (
    APPROVE,
    CANCEL,
    LAPSE,
    REFUSE,
    RETURN,
    SUBMIT,
    TAKE_UP,
    WITHDRAW,
)
from observers.models import Application, ApplicationEvent, Decision
from tests.builders import (
    DAY,
    a_cancelled,
    a_draft,
    a_ground,
    a_refused,
    a_representative,
    a_required_document,
    a_returned,
    a_staff_member,
    a_submitted,
    a_user,
    a_withdrawn,
    afresh,
    an_application_in,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    commission_of,
    many_drafts,
    one,
    owner_of,
    reasons_to_refuse,
    shut,
    stored,
    the_chair,
)
from tests.races import at_once, while_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TWICE = (
    "This person already has an application in this election. One person, one application: "
    "withdraw the other first, or ask the commission."
)
NOT_YOURS = "This application is not yours to act on."


def sentence(moved: Moved) -> str:
    """Why the only row did not move."""
    assert moved.done == []
    ((_, reason),) = moved.skipped
    return reason


def these(*applications: Application) -> Any:
    return Application.unscoped.filter(pk__in=[row.pk for row in applications])


def letters() -> list[str]:
    return list(Letter.unscoped.order_by("pk").values_list("kind", flat=True))


# --- One ------------------------------------------------------------------------------------------


def test_submitting_stamps_receipt_time_and_legal_limit():
    draft, before = a_draft(), database_now()
    (row,) = move(one(draft), SUBMIT, actor=draft.applicant).done
    assert row.receipt_number == stored(draft).receipt_number
    assert before < row.submitted_at < database_now()
    assert row.due_at - row.submitted_at == 3 * DAY


def test_the_receipt_is_sent_with_the_submission():
    application = a_submitted()
    letter = Letter.unscoped.get()
    assert (letter.kind, letter.reference) == ("received", application.receipt_number)
    assert letter.recipient == application.applicant


def test_an_approval_leaves_number_decision_event_and_letter():
    application = an_approved()
    decision = Decision.objects.get()
    assert (application.decision, decision.outcome) == (decision, "approved")
    assert decision.letter == Letter.unscoped.get(kind="approved")
    assert decision.letter.facts["accreditation_number"] == application.accreditation_number
    event = ApplicationEvent.objects.latest("pk")
    assert (event.actor, event.status_to) == (the_chair(application.election), "approved")


def test_a_refusal_says_ground_fields_check_and_where_to_appeal():
    application = a_refused()
    decision, zone = application.decision, application.election.zone
    assert decision.ground == a_ground(application.election)
    assert decision.unconfirmed_fields == ["identity_number"]
    assert decision.appeal_body_names == application.commission.appeal_body_names
    last_day = decision.decided_at.astimezone(zone).date() + 3 * DAY
    late = decision.appeal_until.astimezone(zone)
    assert (late.date(), late.hour, late.minute) == (last_day + DAY, 0, 0)
    assert decision.letter.kind == "refused"


def test_the_event_of_a_refusal_says_why():
    application = a_refused()
    assert ApplicationEvent.objects.latest("pk").reason == (
        f"{application.decision.ground} The register of identity cards does not know the number."
    )


def test_a_return_says_what_to_correct_and_until_when():
    application = a_returned(note="The photo shows two people.")
    assert application.return_note == "The photo shows two people."
    assert application.answer_by - application.returned_at == 2 * DAY
    assert Letter.unscoped.get(kind="returned").facts["note"] == "The photo shows two people."


def test_a_correction_keeps_its_place_and_the_clock_stood_still():
    application = a_returned()
    one(application).update(returned_at=database_now() - 7 * DAY)
    move(one(application), SUBMIT, actor=application.applicant)
    again = stored(application)
    assert (again.submitted_at, again.receipt_number) == (
        application.submitted_at,
        application.receipt_number,
    )
    gained = again.due_at - application.due_at
    assert 7 * DAY <= gained < 7 * DAY + DAY / 24
    assert letters().count("received") == 1


def test_a_correction_comes_back_after_the_closing():
    application = a_returned()
    shut(application.election)
    assert move(one(application), SUBMIT, actor=application.applicant).skipped == []


def test_a_cancellation_rests_on_its_act():
    application = a_cancelled()
    assert application.decision.outcome == "cancelled"
    assert application.decision.what_was_checked == "Court of Appeal, act 7 of 1 February 2024."
    assert list(application.decisions.values_list("outcome", flat=True)) == [
        "approved",
        "cancelled",
    ]


def test_an_incomplete_draft_is_told_what_is_missing():
    draft = a_draft(photo=False, consent=False, surname="")
    assert sentence(move(one(draft), SUBMIT, actor=draft.applicant)) == (
        "Enter the surname. Add a photo. Confirm that the information is true."
    )


def test_a_number_without_letters_or_digits_is_no_number():
    draft = a_draft(identity_number="---")
    assert sentence(move(one(draft), SUBMIT, actor=draft.applicant)) == (
        "Enter the number of the identity document."
    )


def test_a_required_document_is_missed():
    election = an_election()
    draft = a_draft(election=election)
    document = a_required_document(election)
    assert sentence(move(one(draft), SUBMIT, actor=draft.applicant)) == f"Add: {document.title}."


def test_an_organisation_without_a_right_does_not_nominate():
    election = an_election()
    organisation = an_organisation(election=election, granted=False)
    draft = a_draft(election=election, organisation=organisation)
    assert sentence(move(one(draft), SUBMIT, actor=draft.applicant)) == (
        "The organisation has no nomination right for this election yet."
    )


def test_a_right_for_another_election_does_not_help():
    election = an_election()
    organisation = an_organisation(election=an_election())
    draft = a_draft(election=election, organisation=organisation)
    assert sentence(move(one(draft), SUBMIT, actor=draft.applicant)).startswith("The organisation")


def test_a_window_that_no_longer_admits_the_kind_is_named():
    draft, other = a_draft(), a_draft()
    draft.election.windows.update(kinds=["party"])
    moved = move(these(draft), SUBMIT, actor=draft.applicant)
    assert sentence(moved) == (
        "Applications of this kind are not admitted there. Choose the place of observation again."
    )
    assert move(one(other), SUBMIT, actor=other.applicant).skipped == []


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "approved", "withdrawn"])
def test_what_is_not_under_review_is_not_approved(status):
    application = an_application_in(status)
    moved = move(one(application), APPROVE, actor=the_chair(application.election))
    assert sentence(moved).startswith("“Approve” is not possible: the status is “")
    assert stored(application).status == status


# --- Rights ---------------------------------------------------------------------------------------


STAFF_ACTIONS = [TAKE_UP, APPROVE, RETURN, REFUSE]


def all_reasons(election: Election) -> Reasons:
    """Enough for any action."""
    return replace(reasons_to_refuse(election), note="Correct it.")


def attempted(application: Application, action: str, actor: User) -> Moved:
    return move(one(application), action, actor=actor, reasons=all_reasons(application.election))


@pytest.mark.parametrize("action", STAFF_ACTIONS)
def test_another_commission_does_not_decide(action):
    application = a_submitted(constituency=1)
    other = commission_of(application.election, 2)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, other)
    assert sentence(attempted(application, action, reviewer)) == NOT_YOURS


@pytest.mark.parametrize("action", STAFF_ACTIONS)
def test_the_central_commission_of_another_election_does_not_decide(action):
    application = a_submitted()
    stranger = a_staff_member(StaffRole.CENTRAL_CHAIR, an_election())
    assert sentence(attempted(application, action, stranger)) == NOT_YOURS


@pytest.mark.parametrize("action", [*STAFF_ACTIONS, WITHDRAW])
@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.ELECTION_ADMINISTRATOR])
def test_who_only_watches_does_not_act(role, action):
    application = a_submitted()
    watcher = a_staff_member(role, application.election)
    assert sentence(attempted(application, action, watcher)) == NOT_YOURS


@pytest.mark.parametrize("action", STAFF_ACTIONS)
def test_the_applicant_does_not_decide(action):
    application = a_submitted()
    assert sentence(attempted(application, action, application.applicant)) == NOT_YOURS


def test_a_reviewer_does_not_cancel():
    application = an_approved()
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, application.commission)
    assert sentence(attempted(application, CANCEL, reviewer)) == NOT_YOURS
    chair = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, application.commission)
    assert attempted(application, CANCEL, chair).skipped == []


def test_the_commission_does_not_withdraw():
    application = a_submitted()
    chair = the_chair(application.election)
    assert sentence(attempted(application, WITHDRAW, chair)) == NOT_YOURS


@pytest.mark.parametrize("action", [SUBMIT, WITHDRAW])
def test_a_stranger_and_another_organisation_do_not_act(action):
    election = an_election()
    application = a_draft(election=election, organisation=an_organisation(election=election))
    other = owner_of(an_organisation(election=election))
    for stranger in (a_user(), other):
        assert sentence(attempted(application, action, stranger)) == NOT_YOURS


def test_another_representative_of_the_organisation_may_send():
    election = an_election()
    organisation = an_organisation(election=election)
    draft = a_draft(election=election, organisation=organisation)
    colleague = a_representative(organisation)
    assert move(one(draft), SUBMIT, actor=colleague).skipped == []


def test_a_representative_who_was_removed_may_no_longer_act():
    election = an_election()
    organisation = an_organisation(election=election)
    former = a_representative(organisation)
    draft = a_draft(election=election, organisation=organisation, applicant=former)
    organisation.representatives.filter(user=former).delete()
    assert sentence(move(one(draft), WITHDRAW, actor=former)) == NOT_YOURS


def test_the_system_does_not_decide():
    application = an_application_under_review()
    assert sentence(move(one(application), APPROVE, actor=None)) == "This needs a person."


# --- Reasons --------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["ground", "unconfirmed_fields", "what_was_checked"])
def test_a_refusal_without_its_reasons_is_a_mistake(missing):
    application = an_application_under_review()
    election = application.election
    given = vars(reasons_to_refuse(election)) | {
        missing: {"ground": None, "unconfirmed_fields": (), "what_was_checked": "  "}[missing]
    }
    with pytest.raises(ValueError, match="reasons"):
        move(one(application), REFUSE, actor=the_chair(election), reasons=Reasons(**given))


@pytest.mark.parametrize("action", [REFUSE, RETURN, CANCEL])
def test_no_reasons_at_all_are_a_mistake(action):
    application = an_application_under_review()
    with pytest.raises(ValueError, match="reasons"):
        move(one(application), action, actor=the_chair(application.election))


@pytest.mark.parametrize(
    "missing",
    [
        {"ground": None},
        {"unconfirmed_fields": []},
        {"what_was_checked": ""},
        {"appeal_until": None},
    ],
    ids=lambda missing: next(iter(missing)),
)
def test_the_database_refuses_a_refusal_without_its_reasons(missing):
    application = an_application_under_review()
    reasons = reasons_to_refuse(application.election)
    complete = {
        "ground": reasons.ground,
        "unconfirmed_fields": list(reasons.unconfirmed_fields),
        "what_was_checked": reasons.what_was_checked,
        "appeal_until": database_now(),
    }
    with pytest.raises(DatabaseError, match="refusal_has_a_ground"):
        a_raw_decision(application, "refused", **complete | missing)


def a_raw_decision(application: Application, outcome: str, **columns: Any) -> Decision:
    return Decision.objects.create(
        application=application,
        commission=application.commission,
        outcome=outcome,
        proposed_by=the_chair(application.election),
        **columns,
    )


def test_the_database_refuses_a_cancellation_without_its_act():
    with pytest.raises(DatabaseError, match="cancellation_names_its_act"):
        a_raw_decision(an_approved(), "cancelled")


def test_nobody_confirms_their_own_proposal():
    application = an_application_under_review()
    with pytest.raises(DatabaseError, match="nobody_confirms_their_own_proposal"):
        a_raw_decision(application, "approved", confirmed_by=the_chair(application.election))


def test_the_database_refuses_a_decided_status_without_its_decision():
    application = an_application_under_review()
    with pytest.raises(DatabaseError, match="must point to a new decision"):
        set_status(application, "approved")


def test_the_database_refuses_a_decision_about_somebody_else():
    application, other = an_application_under_review(), an_application_under_review()
    decision = a_raw_decision(other, "approved")
    with pytest.raises(DatabaseError, match="must point to a new decision"):
        set_status(application, "approved", decision=decision)


def test_the_database_refuses_a_decision_that_says_otherwise():
    application = an_approved()
    with pytest.raises(DatabaseError, match="must point to a new decision"):
        set_status(application, "cancelled")


def set_status(application: Application, status: str, **columns: Any) -> None:
    """Past the writer, as a shell would."""
    with transaction.atomic(), acting_as(None, action="shell"):
        one(application).update(status=status, **columns)


# --- Many -----------------------------------------------------------------------------------------


def test_many_move_together_and_the_others_are_named():
    election = an_election()
    ready = [an_application_under_review(election=election) for _ in range(3)]
    withdrawn, elsewhere = a_withdrawn(election=election), an_application_under_review()
    moved = move(these(*ready, withdrawn, elsewhere), APPROVE, actor=the_chair(election))
    assert moved.done == ready
    assert moved.skipped == [
        (withdrawn, "“Approve” is not possible: the status is “Withdrawn”."),
        (elsewhere, NOT_YOURS),
    ]


def test_each_of_many_gets_its_own_number_decision_event_and_letter():
    election = an_election()
    ready = [an_application_under_review(election=election) for _ in range(3)]
    moved = move(these(*ready), APPROVE, actor=the_chair(election))
    assert len({row.accreditation_number for row in moved.done}) == 3
    for row in moved.done:
        decision = Decision.objects.get(application=row)
        assert stored(row).decision == decision
        assert decision.letter.facts["accreditation_number"] == row.accreditation_number
        assert ApplicationEvent.objects.filter(application=row, action=APPROVE).count() == 1


def test_nothing_moves_without_rows():
    moved = move(Application.unscoped.none(), SUBMIT, actor=a_user())
    assert (moved.done, moved.skipped) == ([], [])


def test_a_person_who_stands_twice_among_many_is_set_aside():
    election = an_election()
    organisation = an_organisation(election=election)
    owner = owner_of(organisation)
    numbers = ["AA0000001", "aa 0000001", "AA0000002"]
    drafts = [
        a_draft(election=election, organisation=organisation, identity_number=number)
        for number in numbers
    ]
    moved = move(these(*drafts), SUBMIT, actor=owner)
    assert moved.done == [drafts[2]]
    assert {reason for _, reason in moved.skipped} == {
        "This person stands more than once among these applications."
    }


def statements(applications: Any, action: str, actor: Any) -> int:
    """In a request of its own: what is kept on the user has to be read again."""
    actor = actor and afresh(actor)
    reasons = all_reasons(applications[0].election)
    with CaptureQueriesContext(connection) as captured:
        moved = move(these(*applications), action, actor=actor, reasons=reasons)
    assert moved.skipped == []
    return len(captured)


@pytest.mark.parametrize(
    ("most", "way"),
    [
        (50, [SUBMIT, TAKE_UP, RETURN, SUBMIT, TAKE_UP, APPROVE, CANCEL]),
        (10, [SUBMIT, TAKE_UP, REFUSE]),
        (10, [WITHDRAW]),
    ],
)
def test_moving_many_costs_as_many_statements_as_moving_one(most, way):
    election = an_election()
    organisation = an_organisation(election=election)
    chair = the_chair(election)
    counts = {}
    for size in (1, 3, most):
        drafts = many_drafts(size, election=election, organisation=organisation)
        counts[size] = [
            statements(drafts, action, owner_of(organisation) if own(action) else chair)
            for action in way
        ]
    assert counts[1] == counts[3] == counts[most]


def own(action: str) -> bool:
    return action in (SUBMIT, WITHDRAW)


def test_lapsing_many_costs_as_many_statements_as_lapsing_one():
    counts = {}
    for size in (1, 3, 8):
        election = an_election()
        drafts = [a_draft(election=election) for _ in range(size)]
        shut(election)
        counts[size] = statements(drafts, LAPSE, None)
    assert counts[1] == counts[3] == counts[8]


# --- With all its traces or not at all ------------------------------------------------------------


def test_a_rollback_leaves_neither_status_nor_event_nor_letter():
    draft = a_draft()
    with transaction.atomic():
        move(one(draft), SUBMIT, actor=draft.applicant)
        transaction.set_rollback(True)
    assert (stored(draft).status, letters()) == ("draft", [])
    assert not ApplicationEvent.objects.filter(action=SUBMIT).exists()


def test_a_letter_that_cannot_be_written_takes_the_change_with_it(monkeypatch):
    application = an_application_under_review()

    def no_paper(letters: Any, **how: Any) -> None:
        list(letters)
        raise OSError("No paper.")

    monkeypatch.setattr("observers.domain.applications.outbox.write", no_paper)
    with pytest.raises(OSError, match="paper"):
        move(one(application), APPROVE, actor=the_chair(application.election))
    assert (stored(application).status, Decision.objects.count()) == ("under_review", 0)


# --- Numbers --------------------------------------------------------------------------------------


def iso_7064_mod_97_10(digits: str) -> str:
    """The check digits, computed as the standard describes it: digit by digit."""
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 10 % 97
    check = (98 - remainder * 10 % 97) % 97
    return f"{check:02}"


def has_valid_check_digits(number: str) -> bool:
    """As a reader checks it: the whole number leaves a remainder of one."""
    return int(re.sub(r"\D", "", number)) % 97 == 1


def test_the_standards_own_example():
    assert iso_7064_mod_97_10("794") == "44"


@pytest.mark.parametrize("column", ["receipt_number", "accreditation_number"])
def test_numbers_carry_check_digits(column):
    election = an_election()
    numbers = [getattr(an_approved(election=election), column) for _ in range(5)]
    for number in numbers:
        prefix, running, check = number.split("-")
        assert (prefix, len(running)) == ({"r": "R", "a": "A"}[column[0]], 7)
        assert int(check) % 97 == int(iso_7064_mod_97_10(running)) % 97
        assert has_valid_check_digits(number)


def test_a_slip_of_the_pen_is_noticed():
    _, running, check = an_approved().accreditation_number.split("-")
    for place, digit in enumerate(running):
        wrong = running[:place] + str((int(digit) + 1) % 10) + running[place + 1 :]
        assert not has_valid_check_digits(wrong + check)


def test_the_ten_millionth_number_is_not_cut_short():
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE observers_receipt_numbers RESTART 12345679")
        cursor.execute("SELECT elections_numbered('R', 'observers_receipt_numbers')")
        (number,) = cursor.fetchone()
    assert number == "R-12345679-" + iso_7064_mod_97_10("12345679")


# --- One person, one live application -------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["AA1234567", "aa1234567", " AA 123 45 67 ", "AA-1234567", "АА1234567", "ＡＡ１２３４５６７"],
    ids=["same", "small", "spaces", "dash", "cyrillic", "full-width"],
)
def test_the_same_person_in_other_writing_is_recognised(written):
    first = a_submitted(identity_number="AA1234567")
    second = a_draft(election=first.election, identity_number=written)
    assert sentence(move(one(second), SUBMIT, actor=second.applicant)) == TWICE


def test_the_same_number_of_another_country_is_another_person():
    first = a_submitted(identity_number="AA1234567", citizenship="AZ")
    second = a_draft(election=first.election, identity_number="AA1234567", citizenship="GE")
    assert move(one(second), SUBMIT, actor=second.applicant).skipped == []


def test_numbers_that_differ_in_a_letter_beyond_latin_are_two_people():
    first = a_submitted(identity_number="ЖЩ123456", citizenship="UA")
    second = a_draft(election=first.election, identity_number="ЖЮ123456", citizenship="UA")
    assert move(one(second), SUBMIT, actor=second.applicant).skipped == []


def test_the_same_person_may_observe_another_election():
    a_submitted(identity_number="AA1234567")
    assert a_submitted(identity_number="AA1234567").status == "submitted"


@pytest.mark.parametrize("status", [str(status) for status in LIVE])
def test_a_live_application_holds_the_person(status):
    first = an_application_in(status, identity_number="AA1234567")
    second = a_draft(election=first.election, identity_number="AA1234567")
    assert sentence(move(one(second), SUBMIT, actor=second.applicant)) == TWICE


@pytest.mark.parametrize("status", ["draft", "withdrawn", "refused", "cancelled"])
def test_what_is_over_frees_the_person(status):
    first = an_application_in(status, identity_number="AA1234567")
    second = a_draft(election=first.election, identity_number="AA1234567")
    assert move(one(second), SUBMIT, actor=second.applicant).skipped == []


def test_the_database_refuses_a_second_live_application():
    first = a_submitted(identity_number="AA1234567")
    second = a_draft(election=first.election, identity_number="AA1234567")
    with pytest.raises(DatabaseError, match="one_live_application_per_person"):
        set_status(second, "submitted")


# --- Races ----------------------------------------------------------------------------------------

racing = pytest.mark.django_db(transaction=True)


def outcome(moved: Moved) -> str:
    return "done" if moved.done else sentence(moved)


@racing
def test_of_two_who_send_the_same_person_at_once_one_is_told():
    election = an_election()
    rows = [a_draft(election=election, identity_number="AA1234567") for _ in range(2)]
    results = while_waiting(*(lambda row=row: submitted(row) for row in rows))
    assert [outcome(moved) for moved in results] == ["done", TWICE]
    assert [stored(row).status for row in rows] == ["submitted", "draft"]


def submitted(*rows: Application) -> Moved:
    return move(these(*rows), SUBMIT, actor=rows[0].applicant)


@racing
def test_of_eight_who_send_the_same_person_at_once_one_gets_through():
    election = an_election()
    rows = [a_draft(election=election, identity_number="AA1234567") for _ in range(8)]
    results = at_once(*(lambda row=row: submitted(row) for row in rows))
    assert sorted(map(outcome, results)) == [TWICE] * 7 + ["done"]
    assert Application.unscoped.live().count() == 1


@racing
def test_two_uploads_of_the_same_people_in_opposite_order_do_not_stop_each_other():
    """PostgreSQL ends the deadlock by sending one of them back, and it begins again."""
    election, numbers = an_election(), [f"AA{number:07}" for number in range(4)]
    batches = [an_upload(election, numbers), an_upload(election, numbers[::-1])]
    with slow_updates():
        results = at_once(*(lambda batch=batch: submitted(*batch) for batch in batches))
    assert sorted(len(moved.done) for moved in results) == [0, 4]


def an_upload(election: Election, numbers: list[str]) -> list[Application]:
    organisation = an_organisation(election=election)
    return [
        a_draft(election=election, organisation=organisation, identity_number=number)
        for number in numbers
    ]


@contextmanager
def slow_updates() -> Iterator[None]:
    """Every row takes its time, so that two statements are sure to meet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$;"
            "CREATE TRIGGER dawdle BEFORE UPDATE ON observers_application"
            " FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION dawdle CASCADE")


@racing
def test_of_two_reviewers_who_decide_at_once_one_is_told():
    application = an_application_under_review()
    election, commission = application.election, application.commission
    first, second = (a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission) for _ in "12")
    reasons = reasons_to_refuse(election)
    results = while_waiting(
        lambda: move(one(application), APPROVE, actor=first),
        lambda: move(one(application), REFUSE, actor=second, reasons=reasons),
    )
    assert [outcome(moved) for moved in results] == [
        "done",
        "“Refuse” is not possible: the status is “Approved”.",
    ]
    assert list(Decision.objects.values_list("outcome", "proposed_by")) == [("approved", first.pk)]


@racing
def test_an_application_withdrawn_in_that_moment_is_not_approved():
    application = an_application_under_review()
    chair = the_chair(application.election)
    results = while_waiting(
        lambda: move(one(application), WITHDRAW, actor=application.applicant),
        lambda: move(one(application), APPROVE, actor=chair),
    )
    assert [outcome(moved) for moved in results] == [
        "done",
        "“Approve” is not possible: the status is “Withdrawn”.",
    ]
    assert stored(application).accreditation_number is None


@racing
def test_an_application_approved_in_that_moment_is_not_withdrawn():
    application = an_application_under_review()
    chair = the_chair(application.election)
    results = while_waiting(
        lambda: move(one(application), APPROVE, actor=chair),
        lambda: move(one(application), WITHDRAW, actor=application.applicant),
    )
    assert outcome(results[1]) == "“Withdraw” is not possible: the status is “Approved”."
    assert stored(application).status == "approved"
