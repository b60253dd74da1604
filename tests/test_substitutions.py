"""Another person in place of one who is registered: until when, at what price, and never twice."""

import datetime
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import ObserverConsent
from elections.lifecycle import acting_as
from elections.models import Election, Window
from notifications.models import Letter
from observers.domain import agreement, appeals, closing, drafts, proposals, substitutions
from observers.domain.applications import move
from observers.domain.personal_links import token_of
from observers.domain.reasons import Reasons
from observers.domain.submissions import submit_many
from observers.lifecycle import (
    APPROVE,
    CANCEL,
    REFUSE,
    RETURN,
    SUBMIT,
    SUBSTITUTE,
    TAKE_UP,
    UNDO,
    WITHDRAW,
)
from observers.models import Application, Badge
from organisations.models import Organisation
from tests.builders import (
    DAY,
    a_judge,
    a_representative,
    a_staff_member,
    a_submitted,
    a_substitute,
    a_user,
    afresh,
    an_approved,
    an_election,
    an_organisation,
    badges_of,
    commission_of,
    one,
    owner_of,
    reasons_to_refuse,
    shut,
    stored,
    substitutions_close,
    the_chair,
)
from tests.clocks import the_clock_at
from tests.races import at_once, while_waiting
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def an_election_with_substitutions(**columns: Any) -> Election:
    election = an_election(**columns)
    substitutions_close(election)
    return election


@pytest.fixture
def election(db):
    return an_election_with_substitutions()


@pytest.fixture
def party(election):
    return an_organisation(election=election)


@pytest.fixture
def former(election, party):
    return an_approved(election=election, organisation=party)


def owner(former: Application) -> User:
    assert former.organisation
    return owner_of(former.organisation)


def send(draft: Application) -> str:
    """Why it was not sent; empty when it was."""
    moved = move(one(draft), SUBMIT, actor=afresh(draft.applicant))
    return " ".join(reason for _row, reason in moved.skipped)


def decided(draft: Application, action: str, **given: Any) -> Application:
    chair = the_chair(draft.election)
    for each in (TAKE_UP, action):
        move(one(draft), each, actor=chair, **(given if each == action else {}))
    return stored(draft)


def closes_at(former: Application) -> datetime.datetime:
    moment = Window.objects.get(pk=former.window_id).substitutions_close_at
    assert moment
    return moment


def standing(*rows: Application) -> list[str]:
    return [stored(row).status for row in rows]


def badge_statuses(former: Application) -> list[str]:
    return list(badges_of(former).values_list("status", flat=True))


# --- From one to the other ------------------------------------------------------------------------


def test_as_long_as_it_is_not_sent_nothing_changes(former):
    draft = a_substitute(former)
    assert (standing(former, draft), badge_statuses(former)) == (["approved", "draft"], ["issued"])


def test_a_substitute_takes_the_place_and_the_organisation(former):
    draft = a_substitute(former)
    same = ("election", "window", "commission", "kind", "scope", "constituency", "organisation")
    assert [getattr(draft, name) for name in same] == [getattr(former, name) for name in same]


def test_with_the_sending_the_first_registration_and_its_badge_end(former):
    draft = a_substitute(former)
    assert send(draft) == ""
    assert standing(former, draft) == ["withdrawn", "submitted"]
    assert badge_statuses(former) == ["revoked"]
    assert stored(former).accreditation_number == former.accreditation_number


def test_the_history_says_who_took_the_place_and_when(former):
    draft = a_substitute(former)
    send(draft)
    event = former.events.get(status_to="withdrawn")
    assert (event.action, event.actor) == (SUBSTITUTE, draft.applicant)
    assert event.reason == stored(draft).receipt_number
    assert badges_of(former).get().events.last().action == SUBSTITUTE
    assert draft.events.get(status_to="submitted").action == SUBMIT


def test_who_gave_way_leaves_the_public_register(former):
    send(a_substitute(former))
    assert not Application.unscoped.public().filter(pk=former.pk).exists()


def test_the_substitute_is_decided_on_as_anybody(former):
    draft = a_substitute(former)
    send(draft)
    assert decided(draft, APPROVE).status == "approved"
    assert Badge.unscoped.valid().get(application=draft).serial == 1
    assert stored(draft).accreditation_number != former.accreditation_number


def test_the_person_is_told_that_the_badge_is_not_valid(former):
    send(a_substitute(former))
    letter = Letter.unscoped.get(kind="substituted")
    assert letter.address == former.email
    assert letter.facts["accreditation_number"] == former.accreditation_number


def test_several_are_sent_in_one_act(election, party):
    formers = [an_approved(election=election, organisation=party) for _ in range(3)]
    named = [a_substitute(former) for former in formers]
    submit_many(
        Application.unscoped.filter(organisation=party),
        organisation=party,
        election=election,
        actor=owner_of(party),
        confirmed=True,
    )
    assert standing(*formers) == ["withdrawn"] * 3
    assert standing(*named) == ["submitted"] * 3
    assert Letter.unscoped.filter(kind="substituted").count() == 3


def test_an_open_proposal_to_cancel_who_gave_way_is_void(election, party):
    Election.objects.filter(pk=election.pk).update(cancellation_way="two")
    former = an_approved(election=Election.objects.get(pk=election.pk), organisation=party)
    act = Reasons(what_was_checked="Court of Appeal, act 7.")
    chair = the_chair(election)
    proposals.propose(one(former), CANCEL, actor=chair, reasons=act)
    send(a_substitute(former))
    assert former.proposals(manager="unscoped").get().settled_as == "void"


# --- The deadline, half-open ----------------------------------------------------------------------


def test_a_second_before_the_deadline_is_in_time(former):
    draft, moment = a_substitute(former), closes_at(former)
    with the_clock_at(moment - SECOND):
        assert send(draft) == ""
    assert standing(former) == ["withdrawn"]


def test_at_the_deadline_it_is_late_and_nothing_changes(former):
    draft, moment = a_substitute(former), closes_at(former)
    with the_clock_at(moment):
        assert send(draft).startswith("The time to name another person has passed")
    assert (standing(former, draft), badge_statuses(former)) == (["approved", "draft"], ["issued"])


def test_at_the_deadline_no_draft_is_begun(former):
    with the_clock_at(closes_at(former)), pytest.raises(drafts.DraftError, match="has passed"):
        substitutions.begin(former, by=owner(former))


def test_after_the_closing_of_registration_another_can_still_be_named(former):
    shut(former.election)
    assert send(a_substitute(former)) == ""
    assert standing(former) == ["withdrawn"]


def test_a_deadline_before_the_closing_holds_as_well(former):
    draft = a_substitute(former)
    substitutions_close(former.election, within=-SECOND)
    assert send(draft).startswith("The time to name another person has passed")


@pytest.mark.parametrize("within", [-SECOND, datetime.timedelta(0)])
def test_a_late_update_past_the_writer_is_refused(former, within):
    draft = a_substitute(former)
    substitutions_close(former.election, within=within)
    with (
        pytest.raises(DatabaseError, match="has closed"),
        transaction.atomic(),
        acting_as(None, action="shell"),
    ):
        one(draft).update(status="submitted")


def test_where_the_window_names_no_deadline_nobody_is_named(former):
    draft = a_substitute(former)
    former.election.windows.update(substitutions_close_at=None)
    assert send(draft) != ""
    with pytest.raises(drafts.DraftError, match="Nobody is named"):
        substitutions.begin(former, by=owner(former))


# --- Drafts lapse at their own deadline -----------------------------------------------------------


def test_a_draft_outlives_the_closing_of_registration(former):
    draft = a_substitute(former)
    shut(former.election)
    closing.close_registration()
    assert standing(draft) == ["draft"]


def test_a_draft_lapses_at_the_deadline_of_substitutions_even_while_registration_is_open(former):
    draft = a_substitute(former)
    substitutions_close(former.election, within=-SECOND)
    closing.close_registration()
    assert standing(former, draft) == ["approved", "lapsed"]
    letter = Letter.unscoped.get(kind="draft_lapsed")
    assert letter.facts["in_place_of_another"] is True


def test_the_database_lapses_none_early(former):
    draft = a_substitute(former)
    shut(former.election)
    with (
        pytest.raises(DatabaseError, match="does not lapse"),
        transaction.atomic(),
        acting_as(None, action="shell"),
    ):
        one(draft).update(status="lapsed")


def test_what_lapses_of_substitutions_is_not_counted_with_the_window(former):
    a_substitute(former)
    substitutions_close(former.election, within=-SECOND)
    shut(former.election)
    events = {event.window_id: event.lapsed for event in closing.close_registration()}
    assert events[former.window_id] == 0


def test_who_has_such_drafts_is_reminded_of_their_own_deadline(former):
    a_substitute(former)
    substitutions_close(former.election, within=2 * DAY)
    closing.remind_of_drafts()
    letter = Letter.unscoped.get(kind="draft_reminder")
    assert letter.facts["closes_at"] == closes_at(former).isoformat()
    assert letter.facts["in_place_of_another"] is True


# --- Who, and once --------------------------------------------------------------------------------


def test_a_second_click_finds_what_the_first_began(former):
    assert a_substitute(former) == substitutions.begin(former, by=owner(former))


def test_a_colleague_finds_it_as_well(former):
    colleague = a_representative(former.organisation)
    assert substitutions.begin(former, by=colleague) == substitutions.begin(
        former, by=owner(former)
    )


def test_after_a_draft_was_given_up_another_can_be_begun(former):
    first = a_substitute(former)
    move(one(first), WITHDRAW, actor=afresh(first.applicant))
    second = a_substitute(former)
    assert send(second) == ""
    assert standing(former, first) == ["withdrawn", "withdrawn"]


def test_the_database_has_nobody_named_twice_in_one_place(former):
    draft = stored(a_substitute(former))
    draft.pk, draft.key = None, uuid.uuid4()
    with (
        pytest.raises(IntegrityError, match="one_substitution_at_a_time"),
        transaction.atomic(),
        acting_as(None, action="begin"),
    ):
        draft.save(force_insert=True)


def test_strangers_and_other_organisations_name_nobody(former):
    stranger, rival = a_user(), owner_of(an_organisation(election=former.election))
    for user in (stranger, rival, the_chair(former.election)):
        with pytest.raises(drafts.DraftError, match="not yours"):
            substitutions.begin(former, by=user)


def test_who_registered_themselves_names_nobody_else(election):
    citizen = an_approved(election=election)
    with pytest.raises(drafts.DraftError, match="not yours"):
        substitutions.begin(citizen, by=citizen.applicant)


def test_who_is_not_registered_gives_way_to_nobody(election, party):
    waiting = a_submitted(election=election, organisation=party)
    with pytest.raises(drafts.DraftError, match="Only who is registered"):
        substitutions.begin(waiting, by=owner_of(party))


def test_nobody_takes_their_own_place(former):
    same = {
        "identity_number": former.identity_number,
        "citizenship": former.citizenship,
    }
    draft = a_substitute(former, **same)
    assert "already has an application" in send(draft)
    assert standing(former) == ["approved"]


def test_the_place_of_observation_is_not_chosen_anew(former):
    draft = a_substitute(former)
    two = former.election.constituencies.get(number=2)
    with pytest.raises(drafts.DraftError, match="observes where the other did"):
        drafts.choose_place(
            draft, version=draft.version, scope="constituency", constituency=two, now=database_now()
        )


def test_another_place_past_the_writer_is_refused(former):
    draft = a_substitute(former)
    two = former.election.constituencies.get(number=2)
    one(draft).update(constituency=two, commission=commission_of(former.election, 2))
    assert send(draft) != ""
    with (
        pytest.raises(DatabaseError, match="Nobody is substituted there"),
        transaction.atomic(),
        acting_as(None, action="shell"),
    ):
        one(draft).update(status="submitted")


def test_in_whose_place_somebody_is_named_is_kept(former, election, party):
    draft, other = a_substitute(former), an_approved(election=election, organisation=party)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        one(draft).update(substitutes=other)


def test_nobody_who_is_registered_is_withdrawn_without_another(former):
    with (
        pytest.raises(DatabaseError, match="gives way only to another"),
        transaction.atomic(),
        acting_as(None, action="shell"),
    ):
        one(former).update(status="withdrawn")


# --- What may happen to either --------------------------------------------------------------------


def test_the_place_of_who_was_cancelled_meanwhile_is_nobodys(former):
    draft = a_substitute(former)
    act = Reasons(what_was_checked="Court of Appeal, act 7.")
    move(one(former), CANCEL, actor=the_chair(former.election), reasons=act)
    assert "is not registered any more" in send(draft)
    assert standing(former, draft) == ["cancelled", "draft"]


def test_the_place_of_who_is_looked_at_anew_is_nobodys():
    election = an_election_with_substitutions(undo_seconds=60)
    former = an_approved(election=election, organisation=an_organisation(election=election))
    draft = a_substitute(former)
    move(one(former), UNDO, actor=former.decision.proposed_by)
    assert "is not registered any more" in send(draft)


def test_an_approval_that_was_followed_by_another_person_is_not_undone():
    election = an_election_with_substitutions(undo_seconds=60)
    former = an_approved(election=election, organisation=an_organisation(election=election))
    send(a_substitute(former))
    assert not move(one(former), UNDO, actor=former.decision.proposed_by).done
    assert standing(former) == ["withdrawn"]


def test_who_gave_way_does_not_come_back_when_the_other_is_refused(former):
    draft = a_substitute(former)
    send(draft)
    Election.objects.filter(pk=former.election_id).update(refusal_way="one")
    assert decided(draft, REFUSE, reasons=reasons_to_refuse(former.election)).status == "refused"
    assert standing(former) == ["withdrawn"]


def test_a_refused_substitute_is_registered_on_appeal(former):
    draft = a_substitute(former)
    send(draft)
    Election.objects.filter(pk=former.election_id).update(refusal_way="one")
    refused = decided(draft, REFUSE, reasons=reasons_to_refuse(former.election))
    appeal = appeals.lodge(refused, by=afresh(refused.applicant), grounds="See the card.")
    appeals.uphold(appeal, actor=a_judge(appeal), reasoning="The card was valid.")
    assert standing(former, draft) == ["withdrawn", "approved"]


def test_a_withdrawn_substitute_brings_nobody_back(former):
    draft = a_substitute(former)
    send(draft)
    move(one(draft), WITHDRAW, actor=afresh(draft.applicant))
    assert standing(former, draft) == ["withdrawn", "withdrawn"]
    with pytest.raises(drafts.DraftError):
        substitutions.begin(former, by=owner(former))


def test_a_returned_substitute_comes_back_after_the_deadline(former):
    draft = a_substitute(former)
    send(draft)
    decided(draft, RETURN, reasons=Reasons(note="The photo is not of one person."))
    with the_clock_at(closes_at(former) + DAY):
        assert send(draft) == ""
    assert standing(former, draft) == ["withdrawn", "submitted"]
    assert former.events.filter(status_to="withdrawn").count() == 1


def test_an_undone_approval_of_the_substitute_brings_nobody_back():
    election = an_election_with_substitutions(undo_seconds=60)
    former = an_approved(election=election, organisation=an_organisation(election=election))
    draft = a_substitute(former)
    send(draft)
    decided(draft, APPROVE)
    assert move(one(draft), UNDO, actor=the_chair(election)).done
    assert standing(former, draft) == ["withdrawn", "under_review"]


def test_a_substitute_who_has_taken_a_place_gives_way_in_turn(former):
    second = a_substitute(former)
    send(second)
    third = a_substitute(decided(second, APPROVE))
    assert send(third) == ""
    assert standing(former, second, third) == ["withdrawn", "withdrawn", "submitted"]


def test_who_gave_way_may_apply_again_while_registration_is_open(former):
    send(a_substitute(former))
    number = {"identity_number": former.identity_number}
    again = a_submitted(election=former.election, **number)
    assert again.status == "submitted"


def test_the_substitute_has_to_agree_where_that_is_asked():
    election = an_election_with_substitutions(observer_consent=ObserverConsent.BEFORE_BADGE)
    former = an_approved(election=election, organisation=an_organisation(election=election))
    agreement.answer(token_of(former), agreed=True, now=database_now())
    Election.objects.filter(pk=election.pk).update(observer_consent="before_submission")
    draft = a_substitute(former)
    assert "has not agreed" in send(draft)
    agreement.answer(token_of(stored(draft)), agreed=True, now=database_now())
    assert send(draft) == ""


def test_an_answer_to_a_substitution_is_taken_until_its_own_deadline():
    election = an_election_with_substitutions(observer_consent=ObserverConsent.BEFORE_SUBMISSION)
    party = an_organisation(election=election)
    former = a_substitutable(election, party)
    draft = a_substitute(former)
    asked = agreement.nomination(token_of(stored(draft)))
    assert asked.closing == closes_at(former)


def a_substitutable(election: Election, party: Organisation) -> Application:
    """Registered where the observer is asked before the submission."""
    Election.objects.filter(pk=election.pk).update(observer_consent="not_asked")
    former = an_approved(election=Election.objects.get(pk=election.pk), organisation=party)
    Election.objects.filter(pk=election.pk).update(observer_consent="before_submission")
    return former


# --- Races ----------------------------------------------------------------------------------------


def a_former() -> Application:
    election = an_election_with_substitutions()
    return an_approved(election=election, organisation=an_organisation(election=election))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_begin_at_once_all_have_the_same_draft():
    former = a_former()
    colleague, chief = a_representative(former.organisation), owner(former)
    begun = at_once(
        *[lambda by=by: substitutions.begin(former, by=by).pk for by in [colleague, chief] * 3]
    )
    assert len(set(begun)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_it_at_once_one_does():
    former = a_former()
    draft = a_substitute(former)
    assert sorted(bool(answer) for answer in at_once(*[lambda: send(draft)] * 2)) == [False, True]
    assert standing(former, draft) == ["withdrawn", "submitted"]


def cancel(former: Application) -> bool:
    act = Reasons(what_was_checked="Court of Appeal, act 7.")
    return bool(move(one(former), CANCEL, actor=the_chair(former.election), reasons=act).done)


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_that_is_under_way_comes_first():
    former = a_former()
    draft = a_substitute(former)
    done, answer = while_waiting(lambda: cancel(former), lambda: send(draft))
    assert done is True
    assert "is not registered any more" in answer
    assert standing(former, draft) == ["cancelled", "draft"]


@pytest.mark.django_db(transaction=True)
def test_who_gives_way_at_this_moment_is_not_cancelled():
    former = a_former()
    draft = a_substitute(former)
    assert while_waiting(lambda: send(draft), lambda: cancel(former)) == ["", False]
    assert standing(former, draft) == ["withdrawn", "submitted"]


# --- The pages ------------------------------------------------------------------------------------


def page(former: Application) -> str:
    return reverse("apply:substitute", args=[former.key])


def test_the_organisation_reads_what_it_means_and_begins(former):
    client = signed_in(owner(former))
    assert page(former) in client.get(former.get_absolute_url()).content.decode()
    asked = client.get(page(former)).content.decode()
    assert "the registration of Məmmədov Elçin Rauf oğlu ends" in asked
    assert "does not come back" in asked
    answer = client.post(page(former))
    draft = Application.unscoped.get(substitutes=former)
    assert answer["Location"] == draft.get_absolute_url()


def test_the_draft_says_in_whose_place_and_asks_for_no_place(former):
    draft = a_substitute(former)
    client = signed_in(owner(former))
    overview = client.get(draft.get_absolute_url()).content.decode()
    assert f"the registration {former.accreditation_number} of" in overview
    assert reverse("apply:step", args=[draft.key, "place"]) not in overview
    assert "Another person can be named" in overview


def test_it_is_sent_with_the_pages_of_any_application(former):
    draft = a_substitute(former)
    address = reverse("apply:check", args=[draft.key])
    signed_in(owner(former)).post(address, {"version": draft.version})
    assert standing(former, draft) == ["withdrawn", "submitted"]


def test_who_sends_many_reads_how_many_give_way(former):
    a_substitute(former)
    address = reverse("people:submit", args=[former.organisation.key])
    shown = signed_in(owner(former)).get(address, {"election": former.election.slug})
    assert "whose registration and badge end with the sending" in shown.content.decode()


def test_after_the_deadline_the_page_says_why_not(former):
    substitutions_close(former.election, within=-SECOND)
    client = signed_in(owner(former))
    assert page(former) not in client.get(former.get_absolute_url()).content.decode()
    assert client.post(page(former)).status_code == 409
    assert not Application.unscoped.filter(substitutes=former).exists()


def test_a_late_draft_says_that_nothing_has_changed(former):
    draft = a_substitute(former)
    substitutions_close(former.election, within=-SECOND)
    shown = signed_in(owner(former)).get(draft.get_absolute_url()).content.decode()
    assert "nothing has changed for Məmmədov Elçin Rauf oğlu" in shown


def test_strangers_other_organisations_and_staff_see_no_page(former):
    reviewer = a_staff_member("constituency_reviewer", commission_of(former.election, 1))
    rival = owner_of(an_organisation(election=former.election))
    for user in (a_user(), rival, reviewer):
        assert signed_in(user).get(page(former)).status_code == 404
        assert signed_in(user).post(page(former)).status_code == 404


def test_the_commission_reads_in_whose_place(former):
    draft = a_substitute(former)
    send(draft)
    address = reverse("admin:observers_application_change", args=[draft.pk])
    shown = signed_in(the_chair(former.election)).get(address).content.decode()
    assert reverse("admin:observers_application_change", args=[former.pk]) in shown


def test_the_number_of_who_gave_way_verifies_as_revoked(former, client):
    send(a_substitute(former))
    address = reverse("verify:number", args=[former.accreditation_number])
    shown = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Revoked" in shown
