"""Nomination rights decided by two where the election says so, and undone while the letter lies."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Subject
from elections.lifecycle import acting_as
from elections.models import Election
from notifications.enums import LetterStatus
from notifications.models import Letter
from organisations.domain import nominations, proposals
from organisations.domain.nominations import NominationError, Refusal
from organisations.models import NominationDecision, NominationProposal, NominationRight
from tests.builders import (
    a_ground,
    a_nomination,
    a_staff_member,
    an_election,
    an_organisation,
    owner_of,
    the_chair,
)
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def a_right(election: Election) -> NominationRight:
    right = a_nomination(an_organisation(), election)
    return nominations.submit(right, by=owner_of(right.organisation))


def a_refusal(right: NominationRight) -> Refusal:
    return Refusal(a_ground(right.election, Subject.ORGANISATION), "The register of NGOs.")


def a_proposal(right: NominationRight, *, by: User | None = None) -> NominationProposal:
    by = by or a_staff_member(StaffRole.CENTRAL_REVIEWER, right.election)
    return proposals.propose(right, by=by, refusal=a_refusal(right))


def status(right: NominationRight) -> str:
    return str(NominationRight.unscoped.get(pk=right.pk).status)


def settled(proposal: NominationProposal) -> tuple[str, Any]:
    found = NominationProposal.unscoped.get(pk=proposal.pk)
    return (found.settled_as, found.settled_by)


@pytest.fixture
def election(db: None) -> Election:
    return an_election(refusal_way="two", undo_seconds=10)


def test_nobody_refuses_alone_where_it_takes_two(election):
    right = a_right(election)
    with pytest.raises(NominationError, match="takes two people"):
        nominations.refuse(right, by=the_chair(election), refusal=a_refusal(right))
    assert (status(right), NominationDecision.objects.count()) == ("submitted", 0)


def test_the_database_does_not_let_one_refuse_either(election):
    right, ground = a_right(election), a_ground(election, Subject.ORGANISATION)
    alone = {"decided_by": the_chair(election), "ground": ground, "what_was_checked": "Nothing."}
    with pytest.raises(DatabaseError, match="takes two people"):
        NominationDecision.objects.create(right=right, outcome="refused", **alone)


def test_granting_takes_one_where_only_refusing_takes_two(election):
    right = a_right(election)
    nominations.grant(right, by=the_chair(election))
    assert status(right) == "granted"


def test_what_one_proposes_another_adopts(election):
    right, chair = a_right(election), the_chair(election)
    proposal = a_proposal(right)
    assert status(right) == "submitted"
    proposals.adopt(proposal, by=chair)
    decision = NominationDecision.objects.get(right=right)
    assert (decision.proposed_by, decision.decided_by) == (proposal.proposed_by, chair)
    assert (status(right), *settled(proposal)) == ("refused", "adopted", chair)


def test_nobody_adopts_their_own(election):
    right, chair = a_right(election), the_chair(election)
    proposal = a_proposal(right, by=chair)
    with pytest.raises(NominationError, match="yourself"):
        proposals.adopt(proposal, by=chair)
    assert (status(right), *settled(proposal)) == ("submitted", "", None)


def test_a_proposal_is_void_once_the_organisation_has_changed_what_was_seen(election):
    right = a_right(election)
    proposal = a_proposal(right)
    right.organisation.name = "Another name"
    right.organisation.save()
    with pytest.raises(NominationError, match="has changed"):
        proposals.adopt(proposal, by=the_chair(election))
    assert (status(right), *settled(proposal)) == ("submitted", "void", None)


def test_a_return_makes_the_proposal_void(election):
    right = a_right(election)
    proposal = a_proposal(right)
    nominations.give_back(right, by=the_chair(election), note="Attach the charter.")
    assert settled(proposal) == ("void", None)


def test_what_is_not_adopted_goes_back_with_the_reason(election):
    right, chair = a_right(election), the_chair(election)
    proposal = a_proposal(right)
    proposals.decline(proposal, by=chair, note="The register has it.")
    found = NominationProposal.unscoped.get(pk=proposal.pk)
    assert (found.settled_as, found.settled_note) == ("declined", "The register has it.")
    assert a_proposal(right).is_open


def test_two_who_adopt_at_once_decide_once(transactional_db):
    election = an_election(refusal_way="two")
    right = a_right(election)
    proposal = a_proposal(right)
    chairs = [a_staff_member(StaffRole.CENTRAL_CHAIR, election) for _ in range(2)]

    def adopt(number: int) -> str:
        try:
            proposals.adopt(proposal, by=chairs[number])
        except NominationError as error:
            return str(error)
        return "decided"

    said = at_once(lambda: adopt(0), lambda: adopt(1))
    assert said.count("decided") == 1
    assert NominationDecision.objects.filter(right=right).count() == 1


# --- Undone while the letter lies -----------------------------------------------------------------


@pytest.mark.parametrize("action", ["grant", "return"])
def test_a_slip_is_undone_and_its_letter_never_leaves(election, action):
    right, chair = a_right(election), the_chair(election)
    if action == "grant":
        nominations.grant(right, by=chair)
    else:
        nominations.give_back(right, by=chair, note="Attach the charter.")
    nominations.undo(right, by=chair)
    letter = Letter.unscoped.latest("pk")
    assert (status(right), letter.status) == ("submitted", LetterStatus.WITHDRAWN)


def test_after_the_letter_has_been_released_nothing_is_undone(election):
    right, chair = a_right(election), the_chair(election)
    nominations.grant(right, by=chair)
    Letter.unscoped.update(next_attempt_at=database_now())
    with pytest.raises(NominationError, match="too late"):
        nominations.undo(right, by=chair)
    assert status(right) == "granted"


def test_nobody_undoes_what_another_decided(election):
    right = a_right(election)
    nominations.grant(right, by=the_chair(election))
    with pytest.raises(NominationError, match="Only who decided"):
        nominations.undo(right, by=a_staff_member(StaffRole.CENTRAL_CHAIR, election))


def test_the_database_keeps_what_a_letter_has_told(election):
    right, chair = a_right(election), the_chair(election)
    nominations.grant(right, by=chair)
    with (
        pytest.raises(DatabaseError, match="before its letter"),
        transaction.atomic(),
        acting_as(chair, action="undo"),
    ):
        NominationRight.unscoped.filter(pk=right.pk).update(status="submitted")
