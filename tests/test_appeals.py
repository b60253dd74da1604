"""Appeals: in time by the database's clock, decided by others, and what each answer leads to."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.enums import StaffRole
from elections.domain.appeals import appeal_deadline
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from notifications.models import Letter
from observers import permissions
from observers.domain import appeals, proposals
from observers.domain.appeals import AppealError
from observers.domain.applications import move
from observers.domain.reasons import Reasons
from observers.lifecycle import CANCEL, REFUSE, UNDO
from observers.models import Appeal, AppealEvent, Application, Decision, Proposal, Recusal
from tests.builders import (
    DAY,
    a_cancelled,
    a_judge,
    a_refused,
    a_representative,
    a_ruling,
    a_staff_member,
    a_submitted,
    a_user,
    a_withdrawn,
    afresh,
    an_appeal,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    central_commission,
    commission_of,
    one,
    owner_of,
    reasons_to_refuse,
    stored,
    the_chair,
)
from tests.clocks import the_clock_at
from tests.races import at_once, while_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECOND = datetime.timedelta(seconds=1)
MICROSECOND = datetime.timedelta(microseconds=1)
WHY = "The number is right."


def lodged(application: Application, by: Any = None) -> str:
    """What lodging came to: nothing if it is stored, else the sentence."""
    try:
        appeals.lodge(application, by=by or application.applicant, grounds=WHY)
    except AppealError as error:
        return str(error)
    return ""


def kept(appeal: Appeal) -> Appeal:
    found: Appeal = Appeal.unscoped.get(pk=appeal.pk)
    return found


def in_the_database(decision: Decision, **columns: Any) -> Appeal:
    """Past the domain, as a careless line would."""
    ordinary = {
        "decision": decision,
        "commission": decision.commission.appeals_to,
        "lodged_by": decision.application.applicant,
        "grounds": WHY,
    }
    with transaction.atomic(), acting_as(None, action="lodge"):
        return Appeal.unscoped.create(**ordinary | columns)


# --- Until when -----------------------------------------------------------------------------------


def test_the_time_to_appeal_ends_with_the_last_day_in_local_time():
    commission = commission_of(an_election())
    decided = datetime.datetime(2024, 1, 20, 21, 30, tzinfo=datetime.UTC)  # 01:30 in Baku
    until = appeal_deadline(commission, now=decided)
    assert until.isoformat() == "2024-01-25T00:00:00+04:00"


@pytest.mark.parametrize(
    ("distance", "in_time"),
    [(-SECOND, True), (-MICROSECOND, True), (0 * SECOND, False), (SECOND, False)],
)
def test_an_appeal_is_in_time_until_the_last_moment_and_not_at_it(distance, in_time):
    application = a_refused()
    until = application.decision.appeal_until
    with the_clock_at(until + distance):
        said = lodged(application)
    assert (said == "") == in_time
    assert said.startswith("The time to appeal has passed: it ended on ") != in_time
    assert Appeal.unscoped.count() == in_time


@pytest.mark.parametrize(("distance", "in_time"), [(-MICROSECOND, True), (0 * SECOND, False)])
def test_the_guard_by_itself_keeps_the_last_moment(distance, in_time):
    decision = a_refused().decision
    with the_clock_at(decision.appeal_until + distance):
        if in_time:
            assert in_the_database(decision).lodged_at
            return
        with pytest.raises(DatabaseError, match="The time to appeal has passed"):
            in_the_database(decision)


def test_what_python_holds_for_timely_the_guard_still_refuses(monkeypatch):
    application = a_refused()
    monkeypatch.setattr(appeals, "_in_time", lambda decision, now: appeals.YES)
    with the_clock_at(application.decision.appeal_until):
        assert lodged(application).startswith("The time to appeal has passed")


def test_a_claimed_time_is_replaced_by_the_databases_own():
    decision = a_refused().decision
    with the_clock_at(decision.appeal_until), pytest.raises(DatabaseError, match="has passed"):
        in_the_database(decision, lodged_at=decision.decided_at)


def test_it_is_to_be_decided_within_the_days_the_law_gives():
    election = an_election()
    election.commissions.update(days_to_decide_appeal=2)
    appeal = an_appeal(election=election)
    assert appeal.due_at - appeal.lodged_at == 2 * DAY
    assert appeal.commission == central_commission(election)


# --- Against what ---------------------------------------------------------------------------------


def test_there_is_no_appeal_where_nothing_was_refused():
    for application in (a_submitted(), an_approved(), a_withdrawn()):
        assert lodged(application) == "There is no refusal or cancellation to appeal against."
    with pytest.raises(DatabaseError, match="there is no appeal"):
        in_the_database(an_approved().decision)


def test_a_cancellation_can_be_appealed_against():
    application = a_cancelled()
    assert lodged(application) == ""


def test_what_the_central_commission_decided_goes_to_a_court_outside():
    application = a_refused(scope="nationwide")
    said = lodged(application)
    assert said.startswith("This appeal is lodged outside this portal, with: The body above (en)")
    with pytest.raises(DatabaseError, match="there is no appeal"):
        in_the_database(application.decision, commission=central_commission(application.election))


def test_it_goes_to_the_body_above_and_no_other():
    application = a_refused()
    with pytest.raises(DatabaseError, match="there is no appeal"):
        in_the_database(application.decision, commission=application.commission)


def test_an_appeal_is_lodged_once():
    application = a_refused()
    assert lodged(application) == ""
    assert lodged(application).startswith("An appeal has been lodged already, on ")
    with pytest.raises(DatabaseError, match="one_open_appeal_per_decision"):
        in_the_database(application.decision)


def test_it_says_why():
    application = a_refused()
    with pytest.raises(AppealError, match="Write why"):
        appeals.lodge(application, by=application.applicant, grounds="  ")


@pytest.mark.django_db(transaction=True)
def test_lodged_twice_at_once_it_is_stored_once():
    application = a_refused()
    results = at_once(*[lambda: lodged(stored(application), by=application.applicant)] * 2)
    assert sorted(bool(said) for said in results) == [False, True]
    assert Appeal.unscoped.count() == Letter.unscoped.filter(kind="appeal_lodged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_constraint_still_stores_it_once(monkeypatch):
    application = a_refused()
    monkeypatch.setattr(appeals, "_not_yet", lambda decision: appeals.YES)
    results = at_once(*[lambda: lodged(stored(application), by=application.applicant)] * 2)
    assert sorted(results) == ["", "An appeal has been lodged already. It waits for its decision."]


def test_withdrawn_in_time_it_may_be_lodged_again():
    appeal = an_appeal()
    application = appeal.decision.application
    appeals.withdraw(appeal, by=application.applicant)
    assert kept(appeal).status == "withdrawn"
    assert lodged(application) == ""


def test_what_was_decided_is_not_appealed_against_there_again():
    appeal = an_appeal()
    appeals.dismiss(appeal, actor=a_judge(appeal), reasoning="No.")
    application = appeal.decision.application
    assert lodged(application) == "The appeal against this decision has been decided."
    with pytest.raises(DatabaseError, match="there is no appeal"):
        in_the_database(application.decision)


# --- By whom --------------------------------------------------------------------------------------


def test_an_appeal_is_lodged_by_who_applied():
    application = a_refused()
    for somebody in (a_user(), the_chair(application.election)):
        assert lodged(application, somebody) == "An appeal is lodged by who applied."


def test_representatives_lodge_for_their_people():
    election = an_election()
    theirs, others = an_organisation(election=election), an_organisation(election=election)
    application = a_refused(election=election, organisation=theirs)
    assert lodged(application, owner_of(others)) == "An appeal is lodged by who applied."
    assert lodged(application, a_representative(theirs)) == ""


def test_another_does_not_withdraw_it():
    appeal = an_appeal()
    for somebody in (a_user(), a_judge(appeal)):
        with pytest.raises(AppealError, match="not yours"):
            appeals.withdraw(appeal, by=somebody)
    assert kept(appeal).status == "lodged"


# --- Upheld ---------------------------------------------------------------------------------------


def test_upheld_a_new_decision_of_the_body_above_registers_the_person():
    appeal = an_appeal()
    judge, old = a_judge(appeal), appeal.decision
    appeals.uphold(appeal, actor=judge, reasoning="The card was valid.")
    application, answered = stored(old.application), kept(appeal)
    new = application.decision
    assert (application.status, bool(application.accreditation_number)) == ("approved", True)
    assert (answered.status, answered.decided_by, answered.letter) == ("upheld", judge, new.letter)
    assert (new.outcome, new.appeal, new.commission) == ("approved", appeal, appeal.commission)
    assert (new.what_was_checked, new.proposed_by) == ("The card was valid.", judge)
    assert list(application.decisions.values_list("pk", flat=True)) == [old.pk, new.pk]


def test_each_step_is_an_event_with_its_reason():
    appeal = an_appeal()
    judge = a_judge(appeal)
    appeals.uphold(appeal, actor=judge, reasoning="It was valid.")
    told = AppealEvent.objects.filter(appeal=appeal).values_list("actor", "action", "reason")
    assert list(told) == [(appeal.lodged_by_id, "lodge", ""), (judge.pk, "uphold", "It was valid.")]
    last = appeal.decision.application.events.latest("pk")
    assert (last.actor, last.action, last.reason) == (judge, "uphold", "It was valid.")


def test_a_cancelled_registration_comes_back_under_its_number():
    application = a_cancelled()
    appeal = an_appeal(application)
    appeals.uphold(appeal, actor=a_judge(appeal), reasoning="The act was annulled.")
    now = stored(application)
    assert (now.status, now.accreditation_number) == ("approved", application.accreditation_number)


def test_who_has_applied_again_meanwhile_is_not_registered_twice():
    """Nothing half done: the appeal still waits."""
    application = a_refused(identity_number="AA7654321")
    appeal = an_appeal(application)
    a_submitted(election=application.election, identity_number="AA7654321")
    with pytest.raises(AppealError, match="a person is registered once"):
        appeals.uphold(appeal, actor=a_judge(appeal), reasoning="It was valid.")
    assert (kept(appeal).status, stored(application).status) == ("lodged", "refused")
    assert application.decisions.count() == 1
    assert not Letter.unscoped.filter(kind="registered_on_appeal").exists()


def test_an_upheld_appeal_registers_only_while_its_decision_is_the_newest():
    """Registered on appeal, then cancelled: the old appeal has no say in that."""
    appeal = an_appeal()
    appeals.uphold(appeal, actor=a_judge(appeal), reasoning="It was valid.")
    application = stored(appeal.decision.application)
    chair = the_chair(application.election)
    move(one(application), CANCEL, actor=chair, reasons=Reasons(what_was_checked="Act 7."))
    with pytest.raises(AppealError, match="overtaken"):
        appeals._register(appeals_row(appeal), actor=a_judge(appeal))


def appeals_row(appeal: Appeal) -> Appeal:
    found: Appeal = Appeal.unscoped.select_related("decision__application").get(pk=appeal.pk)
    return found


def test_a_decision_on_appeal_is_not_undone():
    election = an_election(undo_seconds=60)
    appeal = an_appeal(election=election)
    judge = a_judge(appeal)
    appeals.uphold(appeal, actor=judge, reasoning="It was valid.")
    moved = move(one(appeal.decision.application), UNDO, actor=judge)
    assert [reason for _row, reason in moved.skipped] == ["It was decided on appeal, and stands."]


def test_what_was_appealed_against_is_not_undone():
    application = a_refused(election=an_election(undo_seconds=60))
    an_appeal(application)
    moved = move(one(application), UNDO, actor=the_chair(application.election))
    assert (len(moved.done), len(moved.skipped)) == (0, 1)
    Letter.unscoped.filter(kind="refused").update(status="withdrawn")
    with pytest.raises(DatabaseError, match="undone only before"), acting_as(None, action="undo"):
        one(application).update(status="under_review", decision=None)


# --- Dismissed ------------------------------------------------------------------------------------


def test_dismissed_the_decision_stands_and_the_next_body_is_named():
    appeal = an_appeal()
    judge, before = a_judge(appeal), database_now()
    appeals.dismiss(appeal, actor=judge, reasoning="The register does not know it.")
    answered, application = kept(appeal), stored(appeal.decision.application)
    assert (answered.status, application.status) == ("dismissed", "refused")
    assert application.decision == appeal.decision
    assert answered.further_body == "The body above (en)"
    assert answered.further_until == appeal_deadline(appeal.commission, now=before)
    assert answered.letter.kind == "appeal_dismissed"


def test_an_answer_says_why():
    appeal = an_appeal()
    for answer in (appeals.uphold, appeals.dismiss):
        with pytest.raises(AppealError, match="Write why"):
            answer(appeal, actor=a_judge(appeal), reasoning=" ")
    assert kept(appeal).status == "lodged"


def test_what_is_answered_is_not_answered_again():
    appeal = an_appeal()
    judge = a_judge(appeal)
    appeals.dismiss(appeal, actor=judge, reasoning="No.")
    with pytest.raises(AppealError, match="the status is “Dismissed”"):
        appeals.uphold(appeal, actor=judge, reasoning="Yes.")


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_decide_once():
    appeal = an_appeal()
    judges = [a_judge(appeal), a_judge(appeal)]

    def decide(answer: Any, judge: Any) -> str:
        try:
            answer(appeal, actor=afresh(judge), reasoning="So it is.")
        except AppealError as error:
            return str(error)
        return ""

    said = while_waiting(
        lambda: decide(appeals.uphold, judges[0]), lambda: decide(appeals.dismiss, judges[1])
    )
    assert said == ["", "“Dismiss” is not possible: the status is “Upheld”."]
    assert (kept(appeal).status, kept(appeal).decided_by) == ("upheld", judges[0])


# --- By others ------------------------------------------------------------------------------------


def verdict(user: Any, appeal: Appeal) -> str:
    """Why the user does not decide it; nothing if they may."""
    return permissions.may_appeal(afresh(user), "decide", appeal).reason


def guard_says(appeal: Appeal, user: Any) -> str:
    """What the database says to a decision past the domain. It is taken back."""
    answer = {"reasoning": "So.", "decided_by": user, "decided_at": database_now()}
    try:
        with transaction.atomic():
            with acting_as(None, action="shell"):
                Appeal.unscoped.filter(pk=appeal.pk).update(status="dismissed", **answer)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).split("\n")[0]
    return ""


def test_one_of_the_body_without_a_part_in_it_decides():
    appeal = an_appeal()
    judge = a_judge(appeal)
    assert (verdict(judge, appeal), guard_says(appeal, judge)) == ("", "")


def test_who_refused_does_not_decide_the_appeal():
    appeal = an_appeal()
    chair = appeal.decision.proposed_by
    assert verdict(chair, appeal).startswith("You took part in the decision appealed against")
    assert guard_says(appeal, chair) == "Nobody decides an appeal against their own decision."


def test_who_confirmed_the_refusal_does_not_decide_the_appeal():
    election = an_election(refusal_way="two")
    proposer, confirmer = (a_staff_member(StaffRole.CENTRAL_CHAIR, election) for _ in range(2))
    application = an_application_under_review(election=election, by=proposer)
    proposals.propose(one(application), REFUSE, actor=proposer, reasons=reasons_to_refuse(election))
    proposals.adopt(Proposal.unscoped.filter(application=application), actor=confirmer)
    appeal = an_appeal(stored(application))
    for user in (proposer, confirmer):
        assert verdict(user, appeal).startswith("You took part in the decision appealed against")
        assert guard_says(appeal, user) == "Nobody decides an appeal against their own decision."


def test_who_stood_aside_does_not_decide_the_appeal():
    appeal = an_appeal()
    judge = a_judge(appeal)
    Recusal.objects.create(
        reviewer=judge, application=appeal.decision.application, reason="A relative."
    )
    assert verdict(judge, appeal).startswith("You stood aside")
    assert guard_says(appeal, judge) == "Who has a hand in it, or stood aside, decides no appeal."


def test_who_represents_the_organisation_does_not_decide_the_appeal():
    election = an_election()
    theirs = an_organisation(election=election)
    appeal = an_appeal(election=election, organisation=theirs)
    judge = a_representative(theirs, user=a_judge(appeal))
    assert verdict(judge, appeal).startswith("You filed this application, or act for who did")
    assert guard_says(appeal, judge) == "Who has a hand in it, or stood aside, decides no appeal."


def test_who_applied_does_not_decide_their_own_appeal():
    election = an_election()
    judge = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    application = a_refused(election=election, applicant=judge, by=the_chair_besides(judge))
    appeal = an_appeal(application)
    assert verdict(judge, appeal).startswith("You filed this application")
    assert guard_says(appeal, judge) == "Who has a hand in it, or stood aside, decides no appeal."


def the_chair_besides(user: Any) -> Any:
    election = user.posts.get().commission.election
    return a_staff_member(StaffRole.CENTRAL_CHAIR, election)


def test_the_constituency_does_not_decide_about_itself_nor_another_election_about_this():
    appeal = an_appeal()
    election = appeal.decision.application.election
    for user in (
        a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election),
        a_staff_member(StaffRole.CENTRAL_CHAIR, an_election()),
        a_staff_member(StaffRole.AUDITOR, election),
        a_user(),
    ):
        assert verdict(user, appeal) == "This appeal is not yours to act on."
        with pytest.raises(AppealError, match="not yours"):
            appeals.dismiss(appeal, actor=user, reasoning="No.")


# --- What a court has ruled -----------------------------------------------------------------------


def test_a_ruling_that_upholds_registers_the_person_and_keeps_its_document():
    application = a_refused(scope="nationwide")
    chair = the_chair(application.election)
    appeal = appeals.record_ruling(application, actor=chair, ruling=a_ruling())
    found, now = kept(appeal), stored(application)
    assert (found.status, found.body, now.status) == ("upheld", "Court of Appeal", "approved")
    assert (found.ruling_number, found.ruled_on) == ("2-1(103)-77/2024", datetime.date(2024, 2, 1))
    assert found.ruling.name.startswith("rulings/")
    assert found.ruling.read() == b"%PDF-1.4 ruling"
    assert (now.decision.appeal, now.decision.commission) == (found, application.commission)


def test_a_ruling_that_dismisses_is_told_and_changes_nothing():
    application = a_refused(scope="nationwide")
    chair = the_chair(application.election)
    appeal = appeals.record_ruling(application, actor=chair, ruling=a_ruling(upheld=False))
    assert (kept(appeal).status, stored(application).status) == ("dismissed", "refused")
    assert kept(appeal).letter.kind == "appeal_ruling"


def test_a_court_rules_after_the_commission_and_however_late():
    appeal = an_appeal()
    application = appeal.decision.application
    appeals.dismiss(appeal, actor=a_judge(appeal), reasoning="No.")
    with the_clock_at(database_now() + 60 * DAY):
        appeals.record_ruling(application, actor=the_chair(application.election), ruling=a_ruling())
    assert stored(application).status == "approved"


def test_while_an_appeal_waits_no_ruling_is_recorded():
    application = a_refused()
    an_appeal(application)
    with pytest.raises(AppealError, match="It is decided first"):
        appeals.record_ruling(application, actor=the_chair(application.election), ruling=a_ruling())


def test_rulings_are_recorded_by_the_central_chair_alone():
    application = a_refused()
    for role in StaffRole:
        user = a_staff_member(role, application.election)
        possible = bool(appeals.may_be_recorded(application, actor=user))
        assert possible == (role == StaffRole.CENTRAL_CHAIR), role


def test_of_a_registered_person_there_is_nothing_to_rule():
    application = an_approved()
    with pytest.raises(AppealError, match="no refusal or cancellation"):
        appeals.record_ruling(application, actor=the_chair(application.election), ruling=a_ruling())
