"""Claims: nobody is given what a colleague holds, and nothing stays with who has forgotten it."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.enums import StaffRole
from accounts.models import User
from elections.enums import DecisionWay
from observers.domain import claims, proposals
from observers.domain.applications import move
from observers.enums import Status
from observers.lifecycle import REFUSE, SUBMIT
from observers.models import Application, Claim, Recusal
from organisations.domain import nominations
from organisations.models import NominationRight, Representative
from tests.builders import (
    DAY,
    a_nomination,
    a_returned,
    a_staff_member,
    a_submitted,
    an_application_under_review,
    an_election,
    an_organisation,
    many_drafts,
    one,
    owner_of,
    reasons_to_refuse,
    stored,
)
from tests.races import at_once, while_waiting

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def reviewer(election):
    return a_staff_member(StaffRole.CENTRAL_REVIEWER, election)


@pytest.fixture
def colleague(election):
    return a_staff_member(StaffRole.CENTRAL_REVIEWER, election)


def queue(election: Any) -> Any:
    return Application.unscoped.filter(election=election).waiting()


def due_in(application: Application, distance: datetime.timedelta) -> Application:
    one(application).update(due_at=Now() + distance)
    return application


def runs_out(application: Application, distance: datetime.timedelta) -> None:
    """The claim on it, that long from now."""
    Claim.objects.filter(application=application).update(expires_at=Now() + distance)


def next_for(user: User, election: Any, **options: Any) -> Any:
    return claims.claim_next(queue(election), reviewer=user, **options)


# --- What comes next ------------------------------------------------------------------------------


def test_the_most_urgent_comes_first(election, reviewer, colleague):
    later = due_in(a_submitted(election=election), 2 * DAY)
    sooner = due_in(an_application_under_review(election=election), DAY)
    assert next_for(reviewer, election) == sooner
    assert next_for(colleague, election) == later


def test_of_two_due_at_once_the_earlier_comes_first(election, reviewer):
    first, second = (a_submitted(election=election) for _ in range(2))
    moment = stored(second).due_at
    Application.unscoped.update(due_at=moment)
    assert next_for(reviewer, election) == first


def test_what_came_back_comes_in_its_place(election, reviewer):
    returned = due_in(a_returned(election=election), DAY)
    due_in(a_submitted(election=election), 2 * DAY)
    move(one(returned), SUBMIT, actor=returned.applicant)
    assert next_for(reviewer, election) == returned


def test_only_what_waits_in_the_filter_is_given(election, reviewer):
    a_submitted(election=election, constituency=1)
    other = a_submitted(election=election, constituency=2)
    rows = queue(election).filter(constituency__number=2)
    assert claims.claim_next(rows, reviewer=reviewer) == other


def test_where_nothing_waits_nothing_is_given(election, reviewer):
    a_returned(election=election)
    assert next_for(reviewer, election) is None


def test_what_one_holds_already_comes_before_anything_new(election, reviewer):
    held = a_submitted(election=election)
    next_for(reviewer, election)
    due_in(a_submitted(election=election), -DAY)
    assert next_for(reviewer, election) == held
    assert Claim.objects.count() == 1


def test_what_was_passed_over_is_not_given_again(election, reviewer):
    first, second = (a_submitted(election=election) for _ in range(2))
    next_for(reviewer, election)
    assert next_for(reviewer, election, passed_over=[first.pk]) == second
    assert next_for(reviewer, election, passed_over=[first.pk, second.pk]) is None


# --- What is not for somebody ---------------------------------------------------------------------


def test_what_one_filed_is_for_a_colleague(election, reviewer, colleague):
    own = a_submitted(election=election, applicant=reviewer)
    assert next_for(reviewer, election) is None
    assert next_for(colleague, election) == own


def test_what_an_organisation_filed_is_not_for_its_representative(election, reviewer, colleague):
    organisation = an_organisation(election=election)
    theirs = a_submitted(election=election, organisation=organisation)
    Representative.objects.create(organisation=organisation, user=reviewer, email=reviewer.email)
    assert next_for(reviewer, election) is None
    assert next_for(colleague, election) == theirs


@pytest.mark.parametrize("whole_organisation", [False, True])
def test_who_stood_aside_is_not_given_it(election, reviewer, colleague, whole_organisation):
    organisation = an_organisation(election=election)
    theirs = a_submitted(election=election, organisation=organisation)
    from_what: dict[str, Any] = (
        {"organisation": organisation} if whole_organisation else {"application": theirs}
    )
    Recusal.objects.create(reviewer=reviewer, reason="My brother.", **from_what)
    assert next_for(reviewer, election) is None
    assert next_for(colleague, election) == theirs


def test_what_is_assigned_is_for_one_alone(election, reviewer, colleague):
    assigned = a_submitted(election=election)
    one(assigned).update(assigned_to=reviewer)
    assert next_for(colleague, election) is None
    assert next_for(reviewer, election) == assigned


def proposed(election: Any, by: User) -> Application:
    application = an_application_under_review(election=election)
    reasons = reasons_to_refuse(election)
    assert proposals.propose(one(application), REFUSE, actor=by, reasons=reasons).proposed
    return application


def test_what_one_proposed_is_for_a_second_person(reviewer, colleague, election):
    application = proposed(election, by=reviewer)
    assert next_for(reviewer, election) is None
    assert next_for(colleague, election) == application


def test_what_was_declined_is_for_everybody_again(reviewer, colleague, election):
    application = proposed(election, by=reviewer)
    proposals.decline(application.proposals(manager="unscoped").get(), actor=colleague, note="No.")
    assert next_for(reviewer, election) == application


def test_what_a_session_adopts_is_on_nobodys_desk(election, reviewer, colleague):
    type(election).objects.filter(pk=election.pk).update(refusal_way=DecisionWay.SESSION)
    proposed(election, by=reviewer)
    assert next_for(colleague, election) is None


# --- How long it holds ----------------------------------------------------------------------------


def test_a_claim_holds_as_long_as_the_election_says(reviewer):
    election = an_election(claim_minutes=7)
    a_submitted(election=election)
    next_for(reviewer, election)
    claim = Claim.objects.get()
    assert claim.expires_at - claim.claimed_at == datetime.timedelta(minutes=7)


def test_a_claim_that_ran_out_is_given_to_the_next(election, reviewer, colleague):
    application = a_submitted(election=election)
    next_for(reviewer, election)
    runs_out(application, SECOND)
    assert next_for(colleague, election) is None
    runs_out(application, -SECOND)
    assert next_for(colleague, election) == application
    assert Claim.objects.get().reviewer == colleague


def test_it_is_handed_back_at_once(election, reviewer, colleague):
    application = a_submitted(election=election)
    next_for(reviewer, election)
    assert claims.hand_back(application, reviewer=reviewer)
    assert next_for(colleague, election) == application


def test_nobody_hands_back_what_a_colleague_holds(election, reviewer, colleague):
    application = a_submitted(election=election)
    next_for(reviewer, election)
    assert not claims.hand_back(application, reviewer=colleague)
    assert not claims.renew(application, reviewer=colleague)
    assert claims.holding(application).reviewer == reviewer


def test_a_claim_is_renewed_until_it_has_run_out(election, reviewer):
    application = a_submitted(election=election)
    next_for(reviewer, election)
    runs_out(application, SECOND)
    assert claims.renew(application, reviewer=reviewer)
    assert claims.holding(application).expires_at > stored(application).submitted_at + 10 * SECOND
    runs_out(application, -SECOND)
    assert not claims.renew(application, reviewer=reviewer)


def test_who_holds_many_is_told_in_one_query(election, reviewer, colleague):
    rows = [a_submitted(election=election) for _ in range(3)]
    next_for(colleague, election)
    with CaptureQueriesContext(connection) as counted:
        found = claims.held_by_others(rows, reviewer=reviewer)
    assert ({key: claim.reviewer for key, claim in found.items()}, len(counted)) == (
        {rows[0].pk: colleague},
        1,
    )
    assert claims.held_by_others(rows, reviewer=colleague) == {}


# --- Nomination rights ----------------------------------------------------------------------------


def test_nomination_rights_are_claimed_in_the_same_way(election, reviewer, colleague):
    organisation = an_organisation()
    right = a_nomination(organisation, election)
    nominations.submit(right, by=owner_of(organisation))
    rights = NominationRight.unscoped.filter(status="submitted")
    assert claims.claim_next(rights, reviewer=reviewer) == right
    assert claims.claim_next(rights, reviewer=colleague) is None
    Recusal.objects.create(reviewer=colleague, organisation=organisation, reason="A member.")
    claims.hand_back(right, reviewer=reviewer)
    assert claims.claim_next(rights, reviewer=colleague) is None
    assert claims.claim_next(rights, reviewer=reviewer) == right


# --- Many at once ---------------------------------------------------------------------------------


def submitted_many(number: int, **columns: Any) -> list[Application]:
    rows = many_drafts(number, **columns)
    keys = [row.pk for row in rows]
    move(Application.unscoped.filter(pk__in=keys), SUBMIT, actor=rows[0].applicant)
    return rows


@pytest.mark.django_db(transaction=True)
def test_twenty_reviewers_who_claim_at_once_are_never_given_the_same():
    election = an_election()
    submitted_many(60, election=election)
    people = [a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in range(20)]

    def takes_three(person: User) -> list[int]:
        given: list[int] = []
        for _ in range(3):
            row = next_for(person, election, passed_over=given)
            given.append(row.pk)
        return given

    given = at_once(*(lambda person=person: takes_three(person) for person in people))
    assert len({key for keys in given for key in keys}) == 60
    assert Claim.objects.held().count() == 60


@pytest.mark.django_db(transaction=True)
def test_twenty_who_want_the_last_one_leave_nineteen_without():
    election = an_election()
    a_submitted(election=election)
    people = [a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in range(20)]
    given = at_once(*(lambda person=person: next_for(person, election) for person in people))
    assert (len([row for row in given if row]), Claim.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_is_being_decided_is_not_given_and_not_waited_for():
    election = an_election()
    first, second = (a_submitted(election=election) for _ in range(2))
    reviewer = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    _, given = while_waiting(
        lambda: list(one(first).select_for_update()), lambda: next_for(reviewer, election)
    )
    assert given == second


@pytest.mark.django_db(transaction=True)
def test_a_claim_of_which_ones_own_look_knows_nothing_is_respected(monkeypatch):
    """The row is free of locks again, the claim on it is newer than the look: the trap of
    SKIP LOCKED alone."""
    election = an_election()
    first, second = (a_submitted(election=election) for _ in range(2))
    reviewer, faster = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in range(2))
    take, beaten = claims._taken, []

    def beaten_once(row: Any, person: User) -> bool:
        if not beaten:
            beaten.append(row.pk)
            Claim.objects.create(application=row, reviewer=faster, expires_at=Now() + DAY)
        return take(row, person)

    monkeypatch.setattr(claims, "_taken", beaten_once)
    assert (next_for(reviewer, election), beaten) == (second, [first.pk])
    assert stored(first).status == Status.SUBMITTED
