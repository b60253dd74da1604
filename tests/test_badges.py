"""Badges: issued with the registration, one valid for each observer, gone with the registration."""

import datetime

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.enums import Kind, ObserverConsent
from elections.models import Election
from observers.domain import agreement, badges
from observers.domain.applications import move
from observers.domain.personal_links import token_of
from observers.enums import BadgeStatus, IssueReason
from observers.lifecycle import (
    APPROVE,
    BADGE,
    CANCEL,
    HAND_OVER,
    ISSUE,
    PRINT,
    REVOKE,
    SUBMIT,
    TAKE_UP,
    UNDO,
)
from observers.models import Application, Badge
from tests.builders import (
    DAY,
    a_cancelled,
    a_staff_member,
    a_submitted,
    an_approved,
    an_election,
    an_organisation,
    badge_of,
    badges_of,
    commission_of,
    many_drafts,
    one,
    owner_of,
    stored,
    the_chair,
    without_badge,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def election(db):
    return an_election()


def anew(election: Election) -> Election:
    return Election.objects.get(pk=election.pk)


def statuses(application: Application) -> list[str]:
    return list(badges_of(application).values_list("status", flat=True))


# --- Issued ---------------------------------------------------------------------------------------


def test_who_is_registered_is_issued_a_badge_that_says_so(election):
    application = an_approved(election=election, constituency=2)
    badge = badge_of(application)
    assert (badge.number, badge.serial) == (application.accreditation_number, 1)
    assert (badge.scope, badge.constituency) == ("constituency", application.constituency)
    assert badge.valid_from == badge.issued_at == application.decided_at
    assert badge.valid_until == election.end_of_day(-1)


def test_its_beginning_is_recorded_with_who_decided(election):
    application = an_approved(election=election)
    (event,) = badge_of(application).events.all()
    assert (event.action, event.status_to) == (ISSUE, BadgeStatus.ISSUED)
    assert event.actor == application.decision.proposed_by


def test_an_international_badge_outlives_the_polling_day(election):
    mission = an_organisation(kind="international", election=election)
    badge = badge_of(an_approved(election=election, organisation=mission))
    assert badge.valid_until == election.badges_valid_until(Kind.INTERNATIONAL)
    assert badge.valid_until > election.badges_valid_until(Kind.PARTY)


def test_who_is_registered_after_the_end_can_still_be_let_in(election):
    Election.objects.filter(pk=election.pk).update(badges_until=database_now() - DAY)
    badge = badge_of(an_approved(election=anew(election)))
    assert badge.valid_until == badge.valid_from + DAY


def test_nobody_is_issued_one_before_they_have_agreed_where_that_is_asked(election):
    Election.objects.filter(pk=election.pk).update(observer_consent=ObserverConsent.BEFORE_BADGE)
    party = an_organisation(election=election)
    application = an_approved(election=anew(election), organisation=party)
    assert statuses(application) == []
    agreement.answer(token_of(application), agreed=True, now=database_now())
    assert statuses(application) == ["issued"]


def test_who_has_agreed_before_is_issued_one_with_the_decision(election):
    Election.objects.filter(pk=election.pk).update(observer_consent=ObserverConsent.BEFORE_BADGE)
    party = an_organisation(election=election)
    application = a_submitted(election=anew(election), organisation=party)
    agreement.answer(token_of(application), agreed=True, now=database_now())
    assert statuses(application) == []
    chair = the_chair(election)
    for action in (TAKE_UP, APPROVE):
        move(one(application), action, actor=chair)
    assert statuses(application) == ["issued"]


def test_the_database_issues_none_to_who_is_not_registered(election):
    application = a_submitted(election=election)
    with pytest.raises(DatabaseError, match="for who is registered"), transaction.atomic():
        badges.issue([application], actor=None, now=database_now())


def test_nobody_has_two_that_are_valid(election):
    application = an_approved(election=election)
    with pytest.raises(DatabaseError, match="one_valid_badge"), transaction.atomic():
        badges.issue([application], actor=None, now=database_now())


def test_many_are_issued_in_as_many_statements_as_one(election):
    chair = the_chair(election)

    def statements(number: int) -> int:
        drafts = many_drafts(number, election=election)
        rows = Application.unscoped.filter(pk__in=[draft.pk for draft in drafts])
        move(rows, SUBMIT, actor=drafts[0].applicant)
        move(rows, TAKE_UP, actor=chair)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(move(rows, APPROVE, actor=chair).done) == number
        return len(captured)

    assert statements(1) == statements(12)


def test_what_is_missing_is_issued_once(election):
    applications = [without_badge(an_approved(election=election)) for _ in range(2)]
    an_approved(election=election)
    chair, everybody = the_chair(election), Application.unscoped.filter(election=election)
    assert badges.issue_missing(everybody, actor=chair) == 2
    assert badges.issue_missing(everybody, actor=chair) == 0
    assert [badge_of(row).serial for row in applications] == [2, 2]


# --- Gone with the registration -------------------------------------------------------------------


def test_who_is_cancelled_has_no_valid_badge(election):
    application = a_cancelled(election=election)
    assert statuses(application) == ["revoked"]
    assert badges_of(application).get().events.last().action == CANCEL


def test_an_undone_approval_takes_its_badge_back():
    application = an_approved(election=an_election(undo_seconds=60))
    assert move(one(application), UNDO, actor=application.decision.proposed_by).done
    assert statuses(application) == ["revoked"]
    move(one(application), APPROVE, actor=the_chair(application.election))
    assert statuses(application) == ["revoked", "issued"]


# --- Moved along ----------------------------------------------------------------------------------


def test_a_badge_is_printed_then_handed_over(election):
    badge = badge_of(an_approved(election=election))
    chair = the_chair(election)
    for action in (PRINT, HAND_OVER):
        assert badges.move(Badge.unscoped.filter(pk=badge.pk), action, actor=chair).done == [badge]
    assert stored(badge).status == "handed_over"


def test_what_may_not_move_stays_with_its_reason(election):
    badge = badge_of(an_approved(election=election))
    moved = badges.move(Badge.unscoped.filter(pk=badge.pk), HAND_OVER, actor=the_chair(election))
    assert moved.done == []
    assert moved.skipped == [(badge, str(BADGE.may("issued", HAND_OVER).reason))]


@pytest.mark.parametrize("action", [PRINT, REVOKE])
def test_another_commission_moves_nothing(election, action):
    badge = badge_of(an_approved(election=election, constituency=1))
    neighbour = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    assert badges.move(Badge.unscoped.filter(pk=badge.pk), action, actor=neighbour).done == []


def test_a_reviewer_revokes_nothing(election):
    badge = badge_of(an_approved(election=election))
    reviewer = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    assert badges.move(Badge.unscoped.filter(pk=badge.pk), REVOKE, actor=reviewer).done == []


def test_a_month_after_its_end_a_badge_is_listed_as_expired(election):
    over, running = (badge_of(an_approved(election=election)) for _ in range(2))
    long_ago = database_now() - badges.KEPT_AFTER_END
    with pgtrigger.ignore("observers.Badge:badge_says_what_it_says"):
        Badge.unscoped.filter(pk=over.pk).update(valid_from=long_ago - DAY, valid_until=long_ago)
    assert badges.expire() == 1
    assert (stored(over).status, stored(running).status) == ("expired", "issued")
    assert badges.expire() == 0


# --- Followed by the next -------------------------------------------------------------------------


def test_a_lost_badge_is_followed_by_the_next_and_worth_nothing(election):
    old, chair = badge_of(an_approved(election=election)), the_chair(election)
    new = badges.replace(old, why=IssueReason.LOST, by=chair, because="Left in a bus.")
    assert stored(old).status == "replaced"
    assert (new.serial, new.status, new.replaces, new.why) == (2, "issued", old, "lost")
    assert (new.number, new.valid_until) == (old.number, old.valid_until)
    assert old.events.get(status_to="replaced").reason == "Left in a bus."


def test_a_replaced_badge_is_not_replaced_again(election):
    old, chair = badge_of(an_approved(election=election)), the_chair(election)
    badges.replace(old, why=IssueReason.LOST, by=chair)
    with pytest.raises(badges.CannotReplace, match=str(BADGE.texts["replaced"].staff)):
        badges.replace(old, why=IssueReason.LOST, by=chair)


def test_who_is_not_of_the_commission_replaces_nothing(election):
    badge = badge_of(an_approved(election=election, constituency=1))
    neighbour = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, 2))
    with pytest.raises(badges.CannotReplace):
        badges.replace(badge, why=IssueReason.LOST, by=neighbour)


def test_an_organisation_replaces_none_itself(election):
    party = an_organisation(election=election)
    badge = badge_of(an_approved(election=election, organisation=party))
    with pytest.raises(badges.CannotReplace):
        badges.replace(badge, why=IssueReason.LOST, by=owner_of(party))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_replace_one_badge_at_once_one_does():
    election = an_election()
    badge, chair = badge_of(an_approved(election=election)), the_chair(election)

    def attempt() -> bool:
        try:
            badges.replace(badge, why=IssueReason.LOST, by=chair)
        except badges.CannotReplace:
            return False
        return True

    assert sorted(at_once(*[attempt] * 8)) == [False] * 7 + [True]
    assert statuses(badge.application) == ["replaced", "issued"]


def test_badges_are_renewed_all_at_once(election):
    chair, until = the_chair(election), database_now() + 60 * DAY
    applications = [an_approved(election=election) for _ in range(3)]
    theirs = Badge.unscoped.filter(application__in=applications)
    assert len(badges.renew(theirs, until=until, by=chair).done) == 3
    assert {badge_of(row).valid_until for row in applications} == {until}
    assert [statuses(row) for row in applications] == [["replaced", "issued"]] * 3


def test_what_a_badge_says_is_never_changed(election):
    badge = badge_of(an_approved(election=election))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Badge.unscoped.filter(pk=badge.pk).update(number="A-0000001-95")


def test_a_badge_is_never_deleted(election):
    badge = badge_of(an_approved(election=election))
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Badge.unscoped.filter(pk=badge.pk)._raw_delete("default")


# --- Valid, half-open -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds_to_end", "valid"), [(1, True), (0, False)], ids=["before its end", "at its end"]
)
def test_a_badge_is_valid_up_to_its_end(election, seconds_to_end, valid):
    badge = badge_of(an_approved(election=election))
    moment = badge.valid_until - datetime.timedelta(seconds=seconds_to_end)
    assert badge.is_valid_at(moment) is valid


def test_a_revoked_badge_is_valid_at_no_time(election):
    badge = badge_of(an_approved(election=election))
    badges.move(Badge.unscoped.filter(pk=badge.pk), REVOKE, actor=the_chair(election))
    assert not stored(badge).is_valid_at(database_now())
