"""Applications go to another reviewer, or to another commission, and the clock runs on."""

import datetime
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain import posts
from elections.domain.clock import database_now
from elections.enums import Scope
from elections.models import Commission, Election
from notifications import outbox
from notifications.models import Letter
from observers.domain import drafts, proposals, reassigning
from observers.domain.applications import Moved, move
from observers.domain.reassigning import ReassigningError
from observers.enums import Status
from observers.lifecycle import APPROVE, REFUSE
from observers.models import Application, Claim, Proposal, Reassignment, Recusal
from tests.builders import (
    a_returned,
    a_staff_member,
    a_submitted,
    afresh,
    an_application_on_paper,
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
from tests.races import while_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
WHY = "The constituency was drawn anew."


def a_chair(election: Election, constituency: int = 1) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, constituency))


def a_reviewer(election: Election, constituency: int = 1, **columns: Any) -> User:
    where = commission_of(election, constituency)
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, where, **columns)


def assigned(application: Application, *, to: User | None, by: User, reason: str = WHY) -> Moved:
    return reassigning.assign(one(application), to=to, actor=by, reason=reason)


def transferred(application: Application, *, to: Commission, by: User, reason: str = WHY) -> Moved:
    return reassigning.transfer(one(application), to=to, actor=by, reason=reason)


def assigned_all(rows: Iterable[Application], *, by: User, to: User) -> None:
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    assert reassigning.assign(these, to=to, actor=by, reason=WHY).skipped == []


def transferred_all(rows: Iterable[Application], *, by: User, to: User) -> None:
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    above = central_commission(these[0].election)
    assert reassigning.transfer(these, to=above, actor=by, reason=WHY).skipped == []


def why_not(moved: Moved) -> str:
    [(_row, reason)] = moved.skipped
    assert moved.done == []
    return reason


def held_by(application: Application, reviewer: User) -> Claim:
    until = database_now() + datetime.timedelta(minutes=15)
    claim: Claim = Claim.objects.create(
        application=application, reviewer=reviewer, expires_at=until
    )
    return claim


# --- To another reviewer --------------------------------------------------------------------------


def test_many_are_assigned_at_once_and_each_is_recorded(election):
    chair, reviewer = a_chair(election), a_reviewer(election)
    rows = [a_submitted(election=election) for _ in range(3)]
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    moved = reassigning.assign(these, to=reviewer, actor=chair, reason=WHY)
    assert moved.done == rows
    assert {stored(row).assigned_to for row in rows} == {reviewer}
    kept = Reassignment.objects.values_list("to_reviewer", "reassigned_by", "reason")
    assert list(kept) == [(reviewer.pk, chair.pk, WHY)] * 3


def test_it_goes_from_one_reviewer_to_the_next_and_leaves_the_desk_of_the_first(election):
    chair, first, second = a_chair(election), a_reviewer(election), a_reviewer(election)
    application = a_submitted(election=election)
    assigned(application, to=first, by=chair)
    held_by(application, first)
    assigned(application, to=second, by=chair)
    assert not Claim.objects.exists()
    last = application.reassignments.last()
    assert (last.from_reviewer, last.to_reviewer) == (first, second)


def test_who_has_it_on_their_desk_keeps_it_there(election):
    reviewer = a_reviewer(election)
    application = a_submitted(election=election)
    claim = held_by(application, reviewer)
    assigned(application, to=reviewer, by=a_chair(election))
    assert Claim.objects.get() == claim


def test_it_can_be_nobodys_again(election):
    chair, reviewer = a_chair(election), a_reviewer(election)
    application = a_submitted(election=election)
    assigned(application, to=reviewer, by=chair)
    assigned(application, to=None, by=chair)
    assert stored(application).assigned_to is None


def test_a_reviewer_of_another_commission_is_given_nothing(election):
    application = a_submitted(election=election)
    neighbour = a_reviewer(election, constituency=2, full_name="Aydın")
    reason = why_not(assigned(application, to=neighbour, by=a_chair(election)))
    assert reason == "Aydın does not work in the commission that decides it."


def test_who_left_the_commission_is_given_nothing(election):
    reviewer = a_reviewer(election)
    posts.end_post(reviewer.posts.get(), now=database_now())
    left = User.objects.get(pk=reviewer.pk)
    application = a_submitted(election=election)
    assert "does not work" in why_not(assigned(application, to=left, by=a_chair(election)))


def test_who_stood_aside_is_given_nothing(election):
    reviewer = a_reviewer(election)
    application = a_submitted(election=election)
    Recusal.objects.create(reviewer=reviewer, application=application, reason="My brother.")
    assert "stood aside" in why_not(assigned(application, to=reviewer, by=a_chair(election)))


def test_who_entered_it_is_given_nothing(election):
    application = an_application_on_paper(election=election)
    to = application.applicant
    assert "filed or entered it" in why_not(assigned(application, to=to, by=a_chair(election)))


def test_a_reviewer_assigns_nothing(election):
    reviewer = a_reviewer(election)
    application = a_submitted(election=election)
    reason = why_not(assigned(application, to=reviewer, by=reviewer))
    assert reason == "This application is not yours to act on."


def test_what_is_decided_is_assigned_to_nobody(election):
    reviewer = a_reviewer(election)
    assert "decided" in why_not(
        assigned(an_approved(election=election), to=reviewer, by=a_chair(election))
    )


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_goes_anywhere(election, reason):
    chair, application = a_chair(election), a_submitted(election=election)
    with pytest.raises(ReassigningError, match="Give the reason"):
        assigned(application, to=None, by=chair, reason=reason)
    with pytest.raises(ReassigningError, match="Give the reason"):
        transferred(application, to=central_commission(election), by=chair, reason=reason)


def test_only_those_who_decide_are_offered(election):
    reviewer, chair = a_reviewer(election), a_chair(election)
    a_reviewer(election, constituency=2)
    a_staff_member(StaffRole.AUDITOR, election)
    offered = reassigning.reviewers_of([commission_of(election)])
    assert set(offered) == {reviewer, chair}


# --- To another commission ------------------------------------------------------------------------


def test_the_clock_of_a_transferred_one_runs_on(election):
    application = an_application_under_review(election=election)
    transferred(application, to=central_commission(election), by=a_chair(election))
    now = stored(application)
    assert now.commission == central_commission(election)
    for column in ("submitted_at", "due_at", "receipt_number", "status", "scope", "constituency"):
        assert getattr(now, column) == getattr(application, column)


def test_nobody_holds_what_was_transferred(election):
    chair, reviewer = a_chair(election), a_reviewer(election)
    application = a_submitted(election=election)
    assigned(application, to=reviewer, by=chair)
    held_by(application, reviewer)
    transferred(application, to=central_commission(election), by=chair)
    assert stored(application).assigned_to is None
    assert not Claim.objects.exists()
    last = application.reassignments.last()
    assert (last.from_commission, last.to_commission) == (
        commission_of(election),
        central_commission(election),
    )
    assert (last.from_reviewer, last.to_reviewer, last.reason) == (reviewer, None, WHY)


def test_what_was_proposed_is_void_once_it_is_transferred():
    election = an_election(refusal_way="two")
    application = an_application_under_review(election=election)
    reasons = reasons_to_refuse(election)
    proposals.propose(one(application), REFUSE, actor=a_reviewer(election), reasons=reasons)
    transferred(application, to=central_commission(election), by=a_chair(election))
    assert Proposal.unscoped.get().settled_as == "void"


def test_the_old_commission_does_not_see_it_any_more(election):
    chair, reviewer = a_chair(election), a_reviewer(election, constituency=2)
    application = a_submitted(election=election)
    transferred(application, to=commission_of(election, 2), by=the_chair(election))
    assert not Application.unscoped.visible_to(chair).exists()
    assert Application.unscoped.visible_to(reviewer).get() == application


def test_a_constituency_sends_to_the_commission_above_and_nowhere_else(election):
    chair, application = a_chair(election), a_submitted(election=election)
    reason = why_not(transferred(application, to=commission_of(election, 2), by=chair))
    assert reason == "A constituency commission can only send it to the central commission."
    assert transferred(application, to=central_commission(election), by=chair).done


def test_the_central_chair_sends_to_any_commission_of_the_election(election):
    application = a_submitted(election=election)
    foreign = commission_of(an_election())
    chair = the_chair(election)
    assert "another election" in why_not(transferred(application, to=foreign, by=chair))
    assert transferred(application, to=commission_of(election, 2), by=chair).done
    assert "already" in why_not(transferred(application, to=commission_of(election, 2), by=chair))


def test_only_chairs_transfer(election):
    application = a_submitted(election=election)
    for role in (StaffRole.CENTRAL_REVIEWER, StaffRole.AUDITOR):
        somebody = a_staff_member(role, election)
        moved = transferred(application, to=commission_of(election, 2), by=somebody)
        assert why_not(moved) == "This application is not yours to act on."


def test_what_is_decided_stays_where_it_was_decided(election):
    application = an_approved(election=election)
    moved = transferred(application, to=central_commission(election), by=a_chair(election))
    assert "stays with the commission" in why_not(moved)


def test_the_commissions_that_are_offered_are_those_that_may_receive(election):
    rows = [a_submitted(election=election)]
    assert set(reassigning.receiving(a_chair(election), rows)) == {central_commission(election)}
    assert set(reassigning.receiving(the_chair(election), rows)) == {
        central_commission(election),
        commission_of(election, 2),
    }


def test_reassignments_are_neither_changed_nor_deleted(election):
    application = a_submitted(election=election)
    assigned(application, to=a_reviewer(election), by=a_chair(election))
    with pytest.raises(DatabaseError, match="reassignments_are_append_only"):
        Reassignment.objects.update(reason="Another.")


@pytest.mark.parametrize("act", [assigned_all, transferred_all])
def test_many_cost_as_many_queries_as_one(election, act):
    theirs = an_organisation(election=election)
    rows = [a_submitted(election=election, organisation=theirs) for _ in range(4)]
    chair, reviewer = a_chair(election), a_reviewer(election)

    def queries(*these: Application) -> int:
        with CaptureQueriesContext(connection) as counted:
            act(these, by=afresh(chair), to=afresh(reviewer))
        return len(counted)

    assert queries(rows[0]) == queries(*rows[1:])


# --- What the applicant is told -------------------------------------------------------------------


def test_the_applicant_is_told_who_decides_now_and_that_the_time_runs_on(election):
    application = a_submitted(election=election)
    transferred(application, to=central_commission(election), by=a_chair(election))
    letter = Letter.unscoped.get(kind="reassigned")
    body = outbox.compose(letter, "x@example.org").body
    assert letter.recipient == application.applicant
    assert (
        "from “Constituency election commission (en)” to “Central election commission (en)”" in body
    )
    assert "The receipt number and the time to decide stay as they were: it decides by" in body
    assert letter.facts["due_at"] == application.due_at.isoformat()


def test_who_has_to_correct_it_is_told_that_they_still_have_to(election):
    application = a_returned(election=election)
    transferred(application, to=central_commission(election), by=a_chair(election))
    letter = Letter.unscoped.get(kind="reassigned")
    body = outbox.compose(letter, "x@example.org").body
    assert "the correction is still asked for: send it by" in body
    assert "it decides by" not in body


def test_a_returned_one_is_corrected_in_full_after_the_transfer(election):
    """Its place as well, as long as it leads to the commission that decided at first."""
    application = a_returned(election=election)
    transferred(application, to=central_commission(election), by=a_chair(election))
    returned = stored(application)
    drafts.choose_place(
        returned,
        version=returned.version,
        scope=Scope.CONSTITUENCY,
        constituency=returned.constituency,
        now=database_now(),
    )
    assert stored(application).commission == central_commission(election)


def test_through_an_organisation_its_representative_is_told(election):
    theirs = an_organisation(election=election)
    application = a_submitted(election=election, organisation=theirs)
    transferred(application, to=central_commission(election), by=a_chair(election))
    assert Letter.unscoped.get(kind="reassigned").recipient == owner_of(theirs)


# --- Two things at once ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_decides_while_it_is_transferred_away_decides_nothing():
    election = an_election()
    application = an_application_under_review(election=election)
    chair, reviewer = a_chair(election), a_reviewer(election)
    _transferred, decided = while_waiting(
        lambda: transferred(application, to=central_commission(election), by=chair),
        lambda: move(one(application), APPROVE, actor=reviewer),
    )
    assert why_not(decided) == "This application is not yours to act on."
    assert stored(application).status == Status.UNDER_REVIEW


@pytest.mark.django_db(transaction=True)
def test_a_decision_of_the_central_chair_meanwhile_is_one_of_the_new_commission():
    election = an_election()
    application = an_application_under_review(election=election)
    chair = the_chair(election)
    _transferred, decided = while_waiting(
        lambda: transferred(application, to=commission_of(election, 2), by=chair),
        lambda: move(one(application), APPROVE, actor=chair),
    )
    assert decided.done == [application]
    assert application.decisions.get().commission == commission_of(election, 2)


@pytest.mark.django_db(transaction=True)
def test_what_is_transferred_while_it_is_decided_stays():
    election = an_election()
    application = an_application_under_review(election=election)
    chair, reviewer = a_chair(election), a_reviewer(election)
    _decided, moved = while_waiting(
        lambda: move(one(application), APPROVE, actor=reviewer),
        lambda: transferred(application, to=central_commission(election), by=chair),
    )
    assert "stays with the commission" in why_not(moved)
    assert stored(application).commission == commission_of(election)


@pytest.mark.django_db(transaction=True)
def test_what_is_transferred_while_it_is_adopted_is_not_decided():
    election = an_election(refusal_way="two")
    application = an_application_under_review(election=election)
    reasons = reasons_to_refuse(election)
    proposals.propose(one(application), REFUSE, actor=a_reviewer(election), reasons=reasons)
    chair = the_chair(election)
    _transferred, adopted = while_waiting(
        lambda: transferred(application, to=commission_of(election, 2), by=chair),
        lambda: proposals.adopt(Proposal.unscoped.all(), actor=chair),
    )
    assert "settled already: " in why_not(adopted)
    assert stored(application).status == Status.UNDER_REVIEW
