"""Organisations: who acts for them, and their leave to nominate."""

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Subject
from elections.lifecycle import acting_as
from elections.models import Election
from notifications.models import Letter
from organisations.domain import nominations, people
from organisations.domain.nominations import NominationError, Refusal, StaleNomination
from organisations.domain.people import PeopleError
from organisations.models import (
    NominationDecision,
    NominationEvent,
    NominationRight,
    Organisation,
    Representative,
)
from privacy.uploads import CheckedDocument, check_document
from tests.builders import (
    DAY,
    a_ground,
    a_nomination,
    a_representative,
    a_required_document,
    a_staff_member,
    a_user,
    afresh,
    an_election,
    an_organisation,
    owner_of,
    shut,
    the_chair,
)
from tests.races import at_once, while_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def letters() -> list[str]:
    return list(Letter.unscoped.order_by("pk").values_list("kind", flat=True))


def a_submitted_right(election: Election | None = None) -> NominationRight:
    right = a_nomination(an_organisation(), election or an_election())
    return nominations.submit(right, by=owner_of(right.organisation))


def a_pdf() -> CheckedDocument:
    body = b"%PDF-1.4\nstartxref\n0\n%%EOF"
    return check_document(SimpleUploadedFile("decision.pdf", body, "application/pdf"))


def a_refusal(right: NominationRight) -> Refusal:
    return Refusal(a_ground(right.election, Subject.ORGANISATION), "The register of NGOs.")


# --- Applying -------------------------------------------------------------------------------------


def test_a_submitted_right_has_receipt_time_limit_event_and_letter():
    right = a_submitted_right()
    assert right.receipt_number.startswith("N-")
    assert right.due_at - right.submitted_at == 3 * DAY
    event = NominationEvent.objects.latest("pk")
    assert (event.actor, event.status_from, event.status_to) == (
        owner_of(right.organisation),
        "draft",
        "submitted",
    )
    assert letters() == ["nomination_received"]


def test_beginning_twice_leads_to_the_one_draft():
    election, organisation = an_election(), an_organisation()
    assert a_nomination(organisation, election) == a_nomination(organisation, election)


@pytest.mark.django_db(transaction=True)
def test_beginning_twice_at_once_leads_to_the_one_draft():
    election, organisation = an_election(), an_organisation()
    owner = owner_of(organisation)
    begun = at_once(
        *[lambda: nominations.begin(organisation=organisation, election=election, by=owner)] * 4
    )
    assert len({right.pk for right in begun}) == 1


@pytest.mark.parametrize("ended", ["refused", "withdrawn"])
def test_after_a_refusal_or_withdrawal_one_may_apply_again(ended):
    right = a_submitted_right()
    owner = owner_of(right.organisation)
    if ended == "refused":
        nominations.refuse(right, by=the_chair(right.election), refusal=a_refusal(right))
    else:
        nominations.withdraw(right, by=owner)
    again = a_nomination(right.organisation, right.election)
    assert (again.pk != right.pk, nominations.submit(again, by=owner).status) == (True, "submitted")


def test_an_old_tab_overwrites_nothing():
    right = a_nomination(an_organisation(), an_election())
    nominations.save(right, version=right.version, now=database_now(), statement="Newer.")
    with pytest.raises(StaleNomination):
        nominations.save(right, version=1, now=database_now(), statement="Older.")
    assert NominationRight.unscoped.get().statement == "Newer."


def test_what_was_sent_is_not_overwritten():
    right = a_submitted_right()
    with pytest.raises(StaleNomination):
        nominations.save(right, version=right.version, now=database_now(), statement="Later.")


def test_a_required_document_is_missed_and_then_enough():
    election = an_election()
    document = a_required_document(
        election, subject=Subject.ORGANISATION, titles={"en": "The decision to nominate"}
    )
    a_required_document(election, subject=Subject.ORGANISATION, kinds=["ngo"])
    a_required_document(election, subject=Subject.ORGANISATION, is_required=False)
    right = a_nomination(an_organisation(), election)
    owner = owner_of(right.organisation)
    with pytest.raises(NominationError, match=r"Still missing: The decision to nominate\."):
        nominations.submit(right, by=owner)
    nominations.attach(right, a_pdf(), answers=document, by=owner)
    assert nominations.submit(right, by=owner).status == "submitted"


def test_documents_stay_as_they_were_sent():
    election = an_election()
    document = a_required_document(election, subject=Subject.ORGANISATION)
    right = a_nomination(an_organisation(), election)
    owner = owner_of(right.organisation)
    filed = nominations.attach(right, a_pdf(), answers=document, by=owner)
    nominations.submit(right, by=owner)
    with pytest.raises(StaleNomination):
        nominations.detach(filed)
    with pytest.raises(StaleNomination):
        nominations.attach(right, a_pdf(), answers=document, by=owner)


@pytest.mark.django_db(transaction=True)
def test_a_document_taken_out_in_that_moment_is_missed():
    election = an_election()
    document = a_required_document(election, subject=Subject.ORGANISATION)
    right = a_nomination(an_organisation(), election)
    owner = owner_of(right.organisation)
    filed = nominations.attach(right, a_pdf(), answers=document, by=owner)

    def send() -> str:
        try:
            return nominations.submit(right, by=owner).status
        except NominationError as error:
            return str(error)

    results = while_waiting(lambda: nominations.detach(filed), send)
    assert results[1].startswith("Still missing: ")
    assert NominationRight.unscoped.get().status == "draft"


def test_who_only_represents_does_not_send():
    right = a_nomination(an_organisation(), an_election())
    with pytest.raises(NominationError, match="not yours"):
        nominations.submit(right, by=a_representative(right.organisation))


# --- Deciding -------------------------------------------------------------------------------------


def test_a_grant_leaves_decision_event_and_letter():
    right = a_submitted_right()
    chair = the_chair(right.election)
    granted = nominations.grant(right, by=chair)
    decision = NominationDecision.objects.get()
    assert (granted.status, granted.decision) == ("granted", decision)
    assert (decision.outcome, decision.decided_by) == ("granted", chair)
    assert decision.letter == Letter.unscoped.get(kind="nomination_granted")
    assert NominationEvent.objects.latest("pk").actor == chair


def test_a_refusal_says_ground_check_and_where_to_appeal():
    right = a_submitted_right()
    refused = nominations.refuse(right, by=the_chair(right.election), refusal=a_refusal(right))
    decision = refused.decision
    assert decision.ground == a_ground(right.election, Subject.ORGANISATION)
    assert decision.appeal_until > decision.decided_at + 3 * DAY
    facts = Letter.unscoped.get(kind="nomination_refused").facts
    assert (facts["what_was_checked"], facts["appeal_body"]) == (
        "The register of NGOs.",
        "The body above (en)",
    )


def test_the_database_refuses_a_refusal_without_its_reasons():
    right = a_submitted_right()
    ground = a_ground(right.election, Subject.ORGANISATION)
    for columns in ({"ground": None, "what_was_checked": "x"}, {"ground": ground}):
        with pytest.raises(DatabaseError, match="refused_right_has_a_ground"), transaction.atomic():
            NominationDecision.objects.create(
                right=right, outcome="refused", decided_by=the_chair(right.election), **columns
            )


def test_a_return_without_a_note_is_refused():
    right = a_submitted_right()
    with pytest.raises(NominationError, match="correct"):
        nominations.give_back(right, by=the_chair(right.election), note=" ")


def test_a_correction_keeps_its_place_and_the_clock_stood_still():
    right = a_submitted_right()
    returned = nominations.give_back(right, by=the_chair(right.election), note="How many?")
    again = nominations.submit(returned, by=owner_of(right.organisation))
    assert (again.submitted_at, again.receipt_number) == (right.submitted_at, right.receipt_number)
    stood = NominationEvent.objects.filter(right=right).order_by("-pk")
    assert again.due_at - right.due_at == stood[0].at - stood[1].at
    assert letters() == ["nomination_received", "nomination_returned"]


def test_a_correction_comes_back_after_the_closing():
    right = a_submitted_right()
    returned = nominations.give_back(right, by=the_chair(right.election), note="How many?")
    shut(right.election)
    assert nominations.submit(returned, by=owner_of(right.organisation)).status == "submitted"


def test_the_commission_of_another_election_does_not_decide():
    right = a_submitted_right()
    with pytest.raises(NominationError, match="not yours"):
        nominations.grant(right, by=the_chair(an_election()))


@pytest.mark.parametrize("role", ["constituency_chair", "election_administrator", "auditor"])
def test_who_may_not_decide_is_told(role):
    right = a_submitted_right()
    with pytest.raises(NominationError, match="not yours"):
        nominations.grant(right, by=a_staff_member(StaffRole(role), right.election))


def test_the_owner_does_not_grant():
    right = a_submitted_right()
    with pytest.raises(NominationError, match="not yours"):
        nominations.grant(right, by=owner_of(right.organisation))


def test_what_is_granted_is_not_refused():
    right = a_submitted_right()
    chair = the_chair(right.election)
    nominations.grant(right, by=chair)
    with pytest.raises(NominationError, match="the status is “Granted”"):
        nominations.refuse(right, by=chair, refusal=a_refusal(right))
    assert NominationDecision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told():
    right = a_submitted_right()
    chair, reviewer = (
        a_staff_member(role, right.election)
        for role in (StaffRole.CENTRAL_CHAIR, StaffRole.CENTRAL_REVIEWER)
    )

    def refuse() -> str:
        try:
            nominations.refuse(right, by=reviewer, refusal=a_refusal(right))
        except NominationError as error:
            return str(error)
        return "refused"

    results = while_waiting(lambda: nominations.grant(right, by=chair), refuse)
    assert results[1] == "“Refuse” is not possible: the status is “Granted”."
    assert NominationDecision.objects.get().outcome == "granted"


def test_the_database_refuses_a_decision_about_somebody_else():
    right, other = a_submitted_right(), a_submitted_right()
    granted = nominations.grant(other, by=the_chair(other.election))
    with pytest.raises(DatabaseError, match="own decision"), acting_as(None, action="shell"):
        NominationRight.unscoped.filter(pk=right.pk).update(
            status="granted", decision=granted.decision
        )


def test_the_time_and_number_of_a_submission_stay():
    right = a_submitted_right()
    for column in ({"submitted_at": database_now()}, {"receipt_number": "N-1"}):
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            NominationRight.unscoped.filter(pk=right.pk).update(**column)


def test_a_submitted_right_is_not_deleted():
    right = a_submitted_right()
    with pytest.raises(DatabaseError, match="not deleted"):
        NominationRight.unscoped.filter(pk=right.pk)._raw_delete("default")


# --- People ---------------------------------------------------------------------------------------


def test_who_enters_an_organisation_owns_it():
    user = a_user()
    organisation = people.register(owner=user, name="  Üfüq   Partiyası ", kind="party")
    assert (organisation.name, organisation.search_key) == ("Üfüq Partiyası", "ufuq partiyasi")
    assert owner_of(organisation) == user


def test_an_invitation_is_a_letter_and_gives_no_right_yet():
    organisation, guest = an_organisation(), a_user("guest@example.org")
    people.invite(organisation=organisation, email=" Guest@Example.org ", by=owner_of(organisation))
    letter = Letter.unscoped.get()
    assert (letter.kind, letter.to_address) == ("invitation", "guest@example.org")
    assert not Organisation.objects.visible_to(guest).exists()


def test_an_invitation_is_accepted_by_signing_in():
    organisation = an_organisation()
    guest = a_representative(organisation)
    assert list(Organisation.objects.visible_to(guest)) == [organisation]


def test_an_address_that_is_not_verified_accepts_nothing():
    organisation, guest = an_organisation(), a_user("guest@example.org", verified=False)
    people.invite(organisation=organisation, email=guest.email, by=owner_of(organisation))
    assert people.accept_invitations(guest) == 0
    assert not Organisation.objects.visible_to(afresh(guest)).exists()


def test_another_person_does_not_accept_it():
    organisation, other = an_organisation(), a_user()
    people.invite(organisation=organisation, email="guest@example.org", by=owner_of(organisation))
    assert people.accept_invitations(other) == 0


def test_nobody_is_invited_twice():
    organisation = an_organisation()
    owner = owner_of(organisation)
    people.invite(organisation=organisation, email="guest@example.org", by=owner)
    with pytest.raises(PeopleError, match="already on the list"):
        people.invite(organisation=organisation, email="GUEST@example.org", by=owner)
    assert letters() == ["invitation"]


def test_who_is_invited_under_two_addresses_is_attached_once():
    organisation, guest = an_organisation(), a_user("first@example.org")
    EmailAddress.objects.create(user=guest, email="second@example.org", verified=True)
    for address in ("first@example.org", "second@example.org"):
        people.invite(organisation=organisation, email=address, by=owner_of(organisation))
    assert people.accept_invitations(guest) == 1
    assert people.accept_invitations(guest) == 0


def test_an_owner_invited_under_another_address_stays_one():
    organisation = an_organisation()
    owner = owner_of(organisation)
    EmailAddress.objects.create(user=owner, email="second@example.org", verified=True)
    people.invite(organisation=organisation, email="second@example.org", by=owner)
    assert people.accept_invitations(owner) == 0


def test_the_last_owner_stays():
    organisation = an_organisation()
    a_representative(organisation)
    with pytest.raises(PeopleError, match="at least one owner"):
        people.remove(organisation.representatives.get(role="owner"))


def test_an_invited_owner_who_has_not_come_does_not_count():
    organisation = an_organisation()
    people.invite(
        organisation=organisation, email="x@example.org", by=owner_of(organisation), role="owner"
    )
    with pytest.raises(PeopleError, match="at least one owner"):
        people.remove(organisation.representatives.get(role="owner", user__isnull=False))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_do_not_leave_it_alone():
    organisation = an_organisation()
    second = a_representative(organisation)
    organisation.representatives.filter(user=second).update(role="owner")
    owners = list(organisation.representatives.all())

    def leave(representative: Representative) -> str:
        try:
            people.remove(representative)
        except PeopleError:
            return "stays"
        return "left"

    assert while_waiting(*(lambda o=owner: leave(o) for owner in owners)) == ["left", "stays"]
    assert User.objects.filter(representations__organisation=organisation).count() == 1
