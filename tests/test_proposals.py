"""A refusal takes two where the election says so: one proposes, another adopts what both saw."""

import dataclasses
import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from notifications.models import Letter
from observers.domain import agreement, drafts, proposals
from observers.domain.applications import Moved, move
from observers.domain.reasons import Reasons
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN, SUBMIT, TAKE_UP, UNDO, WITHDRAW
from observers.models import (
    Application,
    CommissionSession,
    Decision,
    InternalNote,
    Proposal,
    Recusal,
)
from tests.builders import (
    a_proposal,
    a_required_document,
    a_staff_member,
    a_user,
    afresh,
    an_application_under_review,
    an_approved,
    an_election,
    an_organisation,
    central_commission,
    commission_of,
    many_drafts,
    one,
    owner_of,
    reasons_to_refuse,
    stored,
    the_chair,
)
from tests.races import at_once, while_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
racing = pytest.mark.django_db(transaction=True)

CHANGED = "The application has changed since this was proposed: look at it again."
NOT_ONES_OWN = "You proposed it yourself: a colleague has to adopt it."
NOT_YOURS = "This application is not yours to act on."
IN_SESSION = "This is decided in a session of the commission."


@pytest.fixture
def two() -> Any:
    """An election in which a refusal takes two."""
    return an_election(refusal_way="two")


@pytest.fixture
def reviewer(two: Any) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, two)


@pytest.fixture
def colleague(two: Any) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_CHAIR, two)


def these(*found: Proposal) -> Any:
    return Proposal.unscoped.filter(pk__in=[proposal.pk for proposal in found])


def adopt(*found: Proposal, by: User, **how: Any) -> Moved:
    """In a request of its own."""
    return proposals.adopt(these(*found), actor=afresh(by), **how)


def outcome(moved: Moved) -> str:
    """Of a move of one: what became of it."""
    if moved.skipped:
        ((_row, reason),) = moved.skipped
        return reason
    return "proposed" if moved.proposed else "done"


def settled(proposal: Proposal) -> str:
    return str(Proposal.unscoped.get(pk=proposal.pk).settled_as)


def a_session(by: User, proposal: Proposal) -> CommissionSession:
    """Of the commission of the application, with the proposal on its agenda."""
    commission = proposal.application.commission
    session: CommissionSession = CommissionSession.unscoped.create(
        election=commission.election, commission=commission, opened_by=by
    )
    session.agenda.create(proposal=proposal, position=1)
    return session


# --- One proposes ---------------------------------------------------------------------------------


def test_proposing_decides_nothing(two, reviewer):
    application = an_application_under_review(election=two)
    letters = Letter.unscoped.count()
    moved = proposals.propose(
        one(application), REFUSE, actor=reviewer, reasons=reasons_to_refuse(two)
    )
    assert (moved.proposed, moved.done, moved.skipped) == ([application], [], [])
    assert (stored(application).status, stored(application).decision) == ("under_review", None)
    assert not Decision.objects.exists()
    assert Letter.unscoped.count() == letters


def test_a_proposal_keeps_who_what_and_why(two, reviewer):
    application = an_application_under_review(election=two)
    reasons = reasons_to_refuse(two)
    proposals.propose(one(application), REFUSE, actor=reviewer, reasons=reasons)
    proposal = Proposal.unscoped.get()
    assert (proposal.application, proposal.proposed_by) == (application, reviewer)
    assert (proposal.outcome, proposal.ground) == ("refused", reasons.ground)
    assert proposal.unconfirmed_fields == list(reasons.unconfirmed_fields)
    assert proposal.what_was_checked == reasons.what_was_checked
    assert proposal.is_open


def test_only_one_thing_is_proposed_at_a_time(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    a_proposal(application, by=reviewer)
    reasons = reasons_to_refuse(two)
    moved = proposals.propose(one(application), REFUSE, actor=colleague, reasons=reasons)
    assert outcome(moved) == "Something is proposed for this application already."
    assert Proposal.unscoped.count() == 1


def test_what_is_not_under_review_is_not_proposed_for_refusal(reviewer, two):
    application = an_approved(election=two)
    moved = proposals.propose(
        one(application), REFUSE, actor=reviewer, reasons=reasons_to_refuse(two)
    )
    assert outcome(moved) == "“Refuse” is not possible: the status is “Approved”."


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.ELECTION_ADMINISTRATOR])
def test_who_only_watches_proposes_nothing(two, role):
    application = an_application_under_review(election=two)
    watcher = a_staff_member(role, two)
    moved = proposals.propose(
        one(application), REFUSE, actor=watcher, reasons=reasons_to_refuse(two)
    )
    assert outcome(moved) == NOT_YOURS


def test_the_applicant_and_the_commission_next_door_propose_nothing(two):
    application = an_application_under_review(election=two, constituency=1)
    next_door = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(two, 2))
    for somebody in (application.applicant, next_door):
        moved = proposals.propose(
            one(application), REFUSE, actor=somebody, reasons=reasons_to_refuse(two)
        )
        assert outcome(moved) == NOT_YOURS


@pytest.mark.parametrize(
    "missing", [{"ground": None}, {"unconfirmed_fields": ()}, {"what_was_checked": ""}]
)
def test_a_proposal_of_refusal_without_its_reasons_is_refused_by_the_database(
    two, reviewer, missing
):
    application = an_application_under_review(election=two)
    reasons = dataclasses.replace(reasons_to_refuse(two), **missing)
    with pytest.raises(IntegrityError, match="proposal_of_refusal"):
        proposals.propose(one(application), REFUSE, actor=reviewer, reasons=reasons)


# --- Another adopts -------------------------------------------------------------------------------


def test_what_another_adopts_is_decided_by_both(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    assert outcome(adopt(proposal, by=colleague)) == "done"
    decision = stored(application).decision
    assert (decision.outcome, decision.proposal) == ("refused", proposal)
    assert (decision.proposed_by, decision.confirmed_by) == (reviewer, colleague)
    assert (decision.ground, decision.what_was_checked) == (
        proposal.ground,
        proposal.what_was_checked,
    )
    assert decision.letter.kind == "refused"


def test_what_was_adopted_says_so_and_by_whom(two, reviewer, colleague):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    adopt(proposal, by=colleague)
    proposal.refresh_from_db()
    assert (proposal.settled_as, proposal.settled_by) == ("adopted", colleague)
    assert proposal.settled_at < database_now()


def test_the_event_of_an_adopted_refusal_says_why(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    adopt(a_proposal(application, by=reviewer), by=colleague)
    event = application.events.latest("pk")
    assert (event.actor, event.status_to) == (colleague, "refused")
    assert event.reason == Reasons.of(Proposal.unscoped.get()).in_words()


def test_nobody_adopts_their_own(two, reviewer):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    assert outcome(adopt(proposal, by=reviewer)) == NOT_ONES_OWN
    assert (stored(application).status, settled(proposal)) == ("under_review", "")


def test_nobody_adopts_their_own_with_a_second_post(two, colleague):
    """A chair of the constituency who is appointed to the central commission stays one person."""
    proposal = a_proposal(an_application_under_review(election=two), by=colleague)
    a_staff_member(StaffRole.CENTRAL_CHAIR, two, user=colleague)
    assert outcome(adopt(proposal, by=colleague)) == NOT_ONES_OWN


@pytest.mark.parametrize("role", [StaffRole.AUDITOR, StaffRole.ELECTION_ADMINISTRATOR])
def test_who_only_watches_adopts_nothing(two, reviewer, role):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    assert outcome(adopt(proposal, by=a_staff_member(role, two))) == NOT_YOURS


def test_the_commission_next_door_and_the_applicant_adopt_nothing(two, reviewer):
    application = an_application_under_review(election=two, constituency=1)
    proposal = a_proposal(application, by=reviewer)
    next_door = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(two, 2))
    assert outcome(adopt(proposal, by=next_door)) == NOT_YOURS
    assert outcome(adopt(proposal, by=application.applicant)) == NOT_YOURS
    assert stored(application).status == "under_review"


def test_the_central_commission_adopts_what_a_constituency_proposed(two, reviewer):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    assert outcome(adopt(proposal, by=the_chair(two))) == "done"


def test_who_represents_the_organisation_adopts_nothing(two, reviewer):
    organisation = an_organisation(election=two)
    application = an_application_under_review(election=two, organisation=organisation)
    proposal = a_proposal(application, by=reviewer)
    both = a_staff_member(StaffRole.CENTRAL_REVIEWER, two, user=owner_of(organisation))
    assert "a colleague decides it" in outcome(adopt(proposal, by=both))


def test_who_stood_aside_adopts_nothing(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    Recusal.objects.create(reviewer=colleague, application=application, reason="My cousin.")
    assert "You stood aside" in outcome(adopt(proposal, by=colleague))
    assert settled(proposal) == ""


@pytest.mark.parametrize("aside_from", ["application", "organisation"])
def test_what_somebody_proposed_who_stood_aside_later_is_not_adopted(
    two, reviewer, colleague, aside_from
):
    organisation = an_organisation(election=two)
    application = an_application_under_review(election=two, organisation=organisation)
    proposal = a_proposal(application, by=reviewer)
    aside = {"application": application, "organisation": organisation}[aside_from]
    Recusal.objects.create(reviewer=reviewer, reason="My cousin.", **{aside_from: aside})
    assert outcome(adopt(proposal, by=colleague)) == (
        "Who proposed it has stood aside: decline it."
    )
    assert stored(application).status == "under_review"


def test_an_adopted_proposal_is_not_adopted_again(two, reviewer, colleague):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    adopt(proposal, by=colleague)
    assert outcome(adopt(proposal, by=the_chair(two))) == (
        "The proposal is settled already: Adopted."
    )
    assert Decision.objects.count() == 1


def test_after_an_undone_decision_it_is_proposed_anew(reviewer, two, colleague):
    two.undo_seconds = 10
    two.save()
    application = an_application_under_review(election=two)
    adopt(a_proposal(application, by=reviewer), by=colleague)
    assert outcome(move(one(application), UNDO, actor=colleague)) == "done"
    adopt(a_proposal(application, by=reviewer), by=colleague)
    assert stored(application).status == "refused"
    assert Decision.objects.count() == 2


# --- Not adopted, taken back ----------------------------------------------------------------------


def test_what_is_declined_goes_back_with_the_reason(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    proposals.decline(proposal, actor=colleague, note=" The number is in the register. ")
    proposal.refresh_from_db()
    assert (proposal.settled_as, proposal.settled_by) == ("declined", colleague)
    assert proposal.settled_note == "The number is in the register."
    assert stored(application).status == "under_review"
    assert outcome(adopt(proposal, by=the_chair(two))) == (
        "The proposal is settled already: Not adopted."
    )


@pytest.mark.parametrize("note", ["", "  \n"])
def test_declining_needs_a_reason(two, reviewer, colleague, note):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    with pytest.raises(proposals.ProposalError, match="Say why"):
        proposals.decline(proposal, actor=colleague, note=note)
    assert settled(proposal) == ""


def test_nobody_declines_their_own_or_somebody_elses_business(two, reviewer):
    application = an_application_under_review(election=two, constituency=1)
    proposal = a_proposal(application, by=reviewer)
    next_door = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(two, 2))
    with pytest.raises(proposals.ProposalError, match="take it back instead"):
        proposals.decline(proposal, actor=reviewer, note="No.")
    with pytest.raises(proposals.ProposalError, match="not yours"):
        proposals.decline(proposal, actor=next_door, note="No.")
    assert settled(proposal) == ""


def test_who_proposed_it_takes_it_back_and_nobody_else(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    with pytest.raises(proposals.ProposalError, match="Only who proposed it"):
        proposals.take_back(proposal, actor=colleague)
    proposals.take_back(proposal, actor=reviewer)
    assert settled(proposal) == "taken_back"
    assert a_proposal(application, by=colleague).is_open


def test_what_is_settled_is_neither_declined_nor_taken_back(two, reviewer, colleague):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    adopt(proposal, by=colleague)
    with pytest.raises(proposals.ProposalError, match="settled already"):
        proposals.take_back(proposal, actor=reviewer)
    with pytest.raises(proposals.ProposalError, match="settled already"):
        proposals.decline(proposal, actor=the_chair(two), note="No.")
    assert settled(proposal) == "adopted"


# --- Void by a change -----------------------------------------------------------------------------


def in_sql(statement: str, *values: Any) -> None:
    """As from the database's own shell."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def returned(application: Application) -> None:
    chair = the_chair(application.election)
    move(one(application), RETURN, actor=chair, reasons=Reasons(note="The photo is dark."))


def withdrawn(application: Application) -> None:
    organisation: Any = application.organisation
    move(one(application), WITHDRAW, actor=owner_of(organisation))


def answered(application: Application) -> None:
    token = agreement.path_of(application).rstrip("/").rpartition("/")[2]
    agreement.answer(token, agreed=False, now=database_now())


def transferred(application: Application) -> None:
    one(application).update(commission=commission_of(application.election, 2))


def rewritten_in_the_shell(application: Application) -> None:
    in_sql("UPDATE observers_application SET version = version + 1 WHERE id = %s", application.pk)


def approved_meanwhile(application: Application) -> None:
    move(one(application), APPROVE, actor=the_chair(application.election))


CHANGES = [
    returned, withdrawn, answered, transferred, rewritten_in_the_shell, approved_meanwhile,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_makes_the_proposal_void_at_once(change, two, reviewer, colleague):
    """By the database, so that the desk shows it, whoever changes it from wherever."""
    two.observer_consent = "before_badge"
    two.save()
    organisation = an_organisation(election=two)
    application = an_application_under_review(election=two, organisation=organisation)
    proposal = a_proposal(application, by=reviewer)
    change(application)
    proposal.refresh_from_db()
    assert (proposal.settled_as, proposal.settled_by) == ("void", None)
    assert proposal.settled_at <= database_now()
    assert outcome(adopt(proposal, by=the_chair(two))).startswith("The proposal is settled already")
    assert not Decision.objects.filter(outcome="refused").exists()


def test_a_correction_is_proposed_on_anew(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    old = a_proposal(application, by=reviewer)
    returned(application)
    row = stored(application)
    drafts.save(row, version=row.version, now=database_now(), surname="Əliyev")
    move(one(row), SUBMIT, actor=row.applicant)
    move(one(row), TAKE_UP, actor=reviewer)
    new = a_proposal(row, by=reviewer)
    assert (settled(old), new.digest != old.digest) == ("void", True)
    assert outcome(adopt(new, by=colleague)) == "done"


def test_what_another_wrote_beside_it_does_not_make_it_void(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    InternalNote.objects.create(application=application, author=colleague, text="I agree.")
    one(application).update(assigned_to=colleague)
    assert outcome(adopt(proposal, by=colleague)) == "done"


@pytest.mark.parametrize(
    "columns",
    [
        {"surname": "Əliyev"},
        {"identity_number": "AA9999999"},
        {"birth_on": datetime.date(1980, 3, 1)},
        {"photo": "photos/another.jpg"},
        {"address": "Gəncə"},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_what_changes_unnoticed_is_found_by_its_digest(two, reviewer, colleague, columns):
    """From a shell that forgets the version."""
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    one(application).update(**columns)
    assert settled(proposal) == ""
    assert outcome(adopt(proposal, by=colleague)) == CHANGED
    assert (settled(proposal), stored(application).status) == ("void", "under_review")


def test_a_file_that_was_exchanged_is_found_by_its_digest(two, reviewer, colleague):
    document = a_required_document(two, is_required=False)
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    upload = SimpleUploadedFile("letter.pdf", b"%PDF-1.4", "application/pdf")
    application.documents.create(
        answers=document,
        file=upload,
        original_name="letter.pdf",
        content_type="application/pdf",
        size=8,
        uploaded_by=application.applicant,
    )
    assert outcome(adopt(proposal, by=colleague)) == CHANGED


def test_one_void_among_many_does_not_hold_up_the_others(two, reviewer, colleague):
    found = [a_proposal(an_application_under_review(election=two), by=reviewer) for _ in "123"]
    one(found[1].application).update(surname="Əliyev")
    moved = adopt(*found, by=colleague)
    assert moved.done == [found[0].application, found[2].application]
    assert [reason for _, reason in moved.skipped] == [CHANGED]
    assert [settled(proposal) for proposal in found] == ["adopted", "void", "adopted"]


# --- In a session, and with a cancellation --------------------------------------------------------


def test_what_a_session_decides_needs_a_session(reviewer, two):
    two.refusal_way = "session"
    two.save()
    application = an_application_under_review(election=two)
    proposal, chair = a_proposal(application, by=reviewer), the_chair(two)
    assert outcome(adopt(proposal, by=chair)) == IN_SESSION
    session = a_session(chair, proposal)
    assert outcome(adopt(proposal, by=chair, session=session)) == "done"
    assert stored(application).decision.session == session


def test_a_reviewer_does_not_adopt_for_the_session(two, reviewer, colleague):
    two.refusal_way = "session"
    two.save()
    proposal = a_proposal(an_application_under_review(election=two), by=colleague)
    moved = adopt(proposal, by=reviewer, session=a_session(colleague, proposal))
    assert (moved.done, len(moved.skipped)) == ([], 1)
    assert (stored(proposal.application).status, settled(proposal)) == ("under_review", "")


def test_a_cancellation_takes_two_where_the_election_says_so(two, colleague):
    two.cancellation_way = "two"
    two.save()
    application, act = an_approved(election=two), Reasons(what_was_checked="Court act 7.")
    moved = proposals.propose(one(application), CANCEL, actor=colleague, reasons=act)
    assert outcome(moved) == "proposed"
    assert stored(application).status == "approved"
    assert outcome(adopt(Proposal.unscoped.get(), by=the_chair(two))) == "done"
    decision = stored(application).decision
    assert (decision.outcome, decision.what_was_checked) == ("cancelled", "Court act 7.")


def test_who_may_not_cancel_adopts_no_cancellation(two, reviewer, colleague):
    two.cancellation_way = "two"
    two.save()
    application, act = an_approved(election=two), Reasons(what_was_checked="Court act 7.")
    proposals.propose(one(application), CANCEL, actor=colleague, reasons=act)
    assert outcome(adopt(Proposal.unscoped.get(), by=reviewer)) == NOT_YOURS
    assert (stored(application).status, settled(Proposal.unscoped.get())) == ("approved", "")


def test_an_approval_takes_two_where_the_election_says_so(two, reviewer, colleague):
    two.approval_way = "two"
    two.save()
    application = an_application_under_review(election=two)
    proposals.propose(one(application), APPROVE, actor=reviewer)
    assert outcome(adopt(Proposal.unscoped.get(), by=colleague)) == "done"
    assert stored(application).accreditation_number


# --- Many -----------------------------------------------------------------------------------------


def test_proposals_of_several_elections_are_each_adopted_where_that_is_allowed(two, reviewer):
    chair, other = the_chair(two), an_election(refusal_way="two")
    elsewhere_in_session = an_election(refusal_way="session")
    a_staff_member(StaffRole.CENTRAL_CHAIR, elsewhere_in_session, user=chair)
    here = a_proposal(an_application_under_review(election=two), by=reviewer)
    foreign = a_proposal(an_application_under_review(election=other), by=the_chair(other))
    for_a_session = an_application_under_review(election=elsewhere_in_session, by=chair)
    waiting = a_proposal(
        for_a_session, by=a_staff_member(StaffRole.CENTRAL_REVIEWER, elsewhere_in_session)
    )
    moved = adopt(here, foreign, waiting, by=chair)
    assert moved.done == [here.application]
    assert dict(moved.skipped) == {foreign.application: NOT_YOURS, for_a_session: IN_SESSION}


def test_refusals_and_cancellations_are_adopted_together(two, reviewer, colleague):
    two.cancellation_way = "two"
    two.save()
    refused = a_proposal(an_application_under_review(election=two), by=reviewer)
    registered, act = an_approved(election=two), Reasons(what_was_checked="Court act 7.")
    proposals.propose(one(registered), CANCEL, actor=a_second_chair(two), reasons=act)
    cancelled = Proposal.unscoped.get(application=registered)
    moved = adopt(refused, cancelled, by=colleague)
    assert {stored(row).status for row in moved.done} == {"refused", "cancelled"}
    assert Letter.unscoped.filter(kind__in=["refused", "cancelled"]).count() == 2


def a_second_chair(election: Any) -> User:
    return a_staff_member(StaffRole.CENTRAL_CHAIR, central_commission(election))


def test_each_of_many_is_told_its_own_reasons(two, reviewer, colleague):
    found = []
    for checked in ("First.", "Second."):
        application = an_application_under_review(election=two)
        reasons = dataclasses.replace(reasons_to_refuse(two), what_was_checked=checked)
        proposals.propose(one(application), REFUSE, actor=reviewer, reasons=reasons)
        found.append(Proposal.unscoped.get(application=application))
    adopt(*found, by=colleague)
    told = Letter.unscoped.filter(kind="refused").order_by("pk")
    assert [letter.facts["what_was_checked"] for letter in told] == ["First.", "Second."]


@pytest.mark.parametrize("work", ["propose", "adopt"])
def test_thirty_cost_as_many_statements_as_three(work):
    counts = {size: statements(work, size) for size in (3, 30)}
    assert counts[3] == counts[30]


def statements(work: str, size: int) -> int:
    election = an_election(refusal_way="two")
    reviewer = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    rows = many_drafts(size, election=election)
    waiting = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    move(waiting, SUBMIT, actor=rows[0].applicant)
    move(waiting, TAKE_UP, actor=reviewer)
    reasons, chair = reasons_to_refuse(election), afresh(the_chair(election))
    with CaptureQueriesContext(connection) as proposing:
        proposals.propose(waiting, REFUSE, actor=afresh(reviewer), reasons=reasons)
    with CaptureQueriesContext(connection) as adopting:
        moved = proposals.adopt(Proposal.unscoped.filter(application__in=rows), actor=chair)
    assert len(moved.done) == size
    return len(proposing if work == "propose" else adopting)


# --- At once --------------------------------------------------------------------------------------


@racing
def test_of_two_colleagues_who_adopt_at_once_one_decides():
    election = an_election(refusal_way="two")
    proposer, *both = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in "123")
    proposal = a_proposal(an_application_under_review(election=election), by=proposer)
    results = while_waiting(*(lambda user=user: adopt(proposal, by=user) for user in both))
    assert [outcome(moved) for moved in results] == [
        "done",
        "The proposal is settled already: Adopted.",
    ]
    assert Decision.objects.get().confirmed_by == both[0]
    assert Letter.unscoped.filter(kind="refused").count() == 1


@racing
def test_of_eight_who_adopt_at_once_one_decides():
    election = an_election(refusal_way="two")
    proposer, *others = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in range(9))
    proposal = a_proposal(an_application_under_review(election=election), by=proposer)
    results = at_once(*(lambda user=user: adopt(proposal, by=user) for user in others))
    assert sum(outcome(moved) == "done" for moved in results) == 1
    assert Decision.objects.count() == 1


@racing
def test_of_one_who_adopts_and_one_who_takes_it_back_the_first_is_heard():
    election = an_election(refusal_way="two")
    proposer, other = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in "12")
    proposal = a_proposal(an_application_under_review(election=election), by=proposer)
    results = while_waiting(
        lambda: adopt(proposal, by=other), lambda: too_late_to_take_back(proposal, proposer)
    )
    assert (outcome(results[0]), results[1]) == ("done", "The proposal is settled already.")
    assert settled(proposal) == "adopted"


def too_late_to_take_back(proposal: Proposal, proposer: User) -> str:
    try:
        proposals.take_back(proposal, actor=proposer)
    except proposals.ProposalError as error:
        return str(error)
    return ""


@racing
def test_what_the_applicant_withdraws_in_that_moment_is_not_refused():
    election = an_election(refusal_way="two")
    proposer, other = (a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in "12")
    application = an_application_under_review(election=election)
    proposal = a_proposal(application, by=proposer)
    results = while_waiting(
        lambda: move(one(application), WITHDRAW, actor=application.applicant),
        lambda: adopt(proposal, by=other),
    )
    assert outcome(results[1]) == (
        "The proposal is settled already: Void: the application has changed."
    )
    assert stored(application).status == "withdrawn"


@racing
def test_of_two_who_propose_at_once_one_is_told():
    election = an_election(refusal_way="two")
    both = [a_staff_member(StaffRole.CENTRAL_REVIEWER, election) for _ in "12"]
    application, reasons = an_application_under_review(election=election), None
    reasons = reasons_to_refuse(election)
    results = while_waiting(
        *(
            lambda user=user: proposals.propose(
                one(application), REFUSE, actor=user, reasons=reasons
            )
            for user in both
        )
    )
    assert [outcome(moved) for moved in results] == [
        "proposed",
        "Something is proposed for this application already.",
    ]


# --- What PostgreSQL insists on -------------------------------------------------------------------


def decided_in_the_shell(application: Application, **columns: Any) -> None:
    """A decision and the status by plain statements, by whom the columns say."""
    reasons = reasons_to_refuse(application.election)
    with transaction.atomic(), acting_as(columns["proposed_by"], action="shell"):
        decision = Decision.objects.create(
            **{
                "application": application,
                "commission": application.commission,
                "outcome": "refused",
                "ground": reasons.ground,
                "unconfirmed_fields": ["surname"],
                "what_was_checked": "Nothing.",
                "appeal_until": database_now(),
            }
            | columns
        )
        one(application).update(status=columns.get("outcome", "refused"), decision=decision)


def test_the_database_refuses_a_refusal_by_one_person(two, reviewer):
    application = an_application_under_review(election=two)
    with pytest.raises(DatabaseError, match="This takes two people"):
        decided_in_the_shell(application, proposed_by=reviewer)
    assert stored(application).status == "under_review"


def test_the_database_refuses_one_person_twice(two, reviewer):
    application = an_application_under_review(election=two)
    with pytest.raises(IntegrityError, match="nobody_confirms_their_own_proposal"):
        decided_in_the_shell(application, proposed_by=reviewer, confirmed_by=reviewer)


def test_the_database_refuses_that_one_decides_by_the_ordinary_way(two, reviewer):
    """A caller who forgets to ask how many it takes."""
    application = an_application_under_review(election=two)
    with pytest.raises(DatabaseError, match="This takes two people"), transaction.atomic():
        move(one(application), REFUSE, actor=reviewer, reasons=reasons_to_refuse(two))
    assert stored(application).status == "under_review"


@pytest.mark.parametrize("aside", ["proposed_by", "confirmed_by"])
@pytest.mark.parametrize("way", ["one", "two"])
def test_the_database_refuses_who_stood_aside(two, reviewer, colleague, aside, way):
    two.refusal_way = way
    two.save()
    application = an_application_under_review(election=two)
    people = {"proposed_by": reviewer, "confirmed_by": colleague}
    Recusal.objects.create(reviewer=people[aside], application=application, reason="My cousin.")
    with pytest.raises(DatabaseError, match="stood aside"):
        decided_in_the_shell(application, **people)


def test_the_database_refuses_who_stood_aside_from_the_organisation(two, reviewer, colleague):
    organisation = an_organisation(election=two)
    application = an_application_under_review(election=two, organisation=organisation)
    Recusal.objects.create(reviewer=colleague, organisation=organisation, reason="My party.")
    with pytest.raises(DatabaseError, match="stood aside"):
        decided_in_the_shell(application, proposed_by=reviewer, confirmed_by=colleague)


def test_the_database_refuses_two_people_where_it_takes_a_session(two, reviewer, colleague):
    two.refusal_way = "session"
    two.save()
    application = an_application_under_review(election=two)
    with pytest.raises(DatabaseError, match="in a session"):
        decided_in_the_shell(application, proposed_by=reviewer, confirmed_by=colleague)
    proposal = a_proposal(application, by=reviewer)
    on_it = {"session": a_session(colleague, proposal), "proposal": proposal}
    decided_in_the_shell(application, proposed_by=reviewer, confirmed_by=colleague, **on_it)
    assert stored(application).status == "refused"


@pytest.mark.parametrize(
    ("outcome_said", "way"), [("approved", "approval_way"), ("cancelled", "cancellation_way")]
)
def test_every_outcome_has_its_own_way(two, reviewer, outcome_said, way):
    setattr(two, way, "two")
    two.save()
    application = an_application_under_review(election=two)
    if outcome_said == "cancelled":
        two.approval_way = "one"
        two.save()
        move(one(application), APPROVE, actor=the_chair(two))
    with pytest.raises(DatabaseError, match="This takes two people"):
        decided_in_the_shell(application, proposed_by=reviewer, outcome=outcome_said)


def test_the_database_refuses_that_somebody_adopts_their_own(two, reviewer):
    proposal = a_proposal(an_application_under_review(election=two), by=reviewer)
    with pytest.raises(IntegrityError, match="is_not_adopted_by_its_proposer"):
        these(proposal).update(settled_as="adopted", settled_by=reviewer, settled_at=database_now())


def test_the_database_refuses_a_second_open_proposal(two, reviewer, colleague):
    application = an_application_under_review(election=two)
    proposal = a_proposal(application, by=reviewer)
    proposal.pk, proposal.proposed_by = None, colleague
    with pytest.raises(IntegrityError, match="one_open_proposal"):
        proposal.save()


def test_a_proposal_is_seen_by_the_commission_alone(two, reviewer, colleague):
    application = an_application_under_review(election=two, constituency=1)
    proposal = a_proposal(application, by=reviewer)
    auditor = a_staff_member(StaffRole.AUDITOR, two)
    next_door = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(two, 2))
    sees = [reviewer, colleague, the_chair(two), auditor]
    blind = [application.applicant, a_user(), next_door, the_chair(an_election())]
    assert [list(Proposal.objects.visible_to(afresh(user))) for user in sees] == [[proposal]] * 4
    assert [list(Proposal.objects.visible_to(afresh(user))) for user in blind] == [[]] * 4
