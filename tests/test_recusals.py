"""Who has an interest in an application takes no part in it."""

import datetime

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.enums import Outcome, SettledAs
from observers import permissions
from observers.domain import proposals
from observers.domain.applications import move
from observers.domain.recusals import RecusalError, of, stand_aside
from observers.lifecycle import APPROVE, REFUSE
from observers.models import Application, Claim, Decision, Reassignment, Recusal
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def client():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def a_claim(row, reviewer):
    return Claim.objects.create(
        application=row, reviewer=reviewer, expires_at=database_now() + datetime.timedelta(hours=1)
    )


def two_of_one_organisation():
    election = builders.an_election(refusal_way="two")
    organisation = builders.an_organisation(election=election)
    rows = [
        builders.an_application_under_review(election=election, organisation=organisation)
        for _ in range(2)
    ]
    return *rows, builders.a_staff_member(StaffRole.CENTRAL_REVIEWER, election)


def test_who_stands_aside_may_decide_nothing_of_it():
    row = builders.an_application_under_review()
    reviewer = builders.a_staff_member(StaffRole.CENTRAL_REVIEWER, row.election)
    assert permissions.may(reviewer, "approve", row)
    stand_aside(reviewer, row, reason="My cousin.")
    assert not permissions.may(reviewer, "approve", row)
    moved = move(builders.one(row), APPROVE, actor=reviewer)
    assert moved.skipped == [
        (row, "You stood aside from this application: a colleague decides it.")
    ]


def test_only_this_application_unless_the_whole_organisation_is_meant():
    one, other, reviewer = two_of_one_organisation()
    stand_aside(reviewer, one, reason="My cousin.")
    assert permissions.may(reviewer, "approve", other)
    stand_aside(reviewer, one, reason="My former employer.", whole_organisation=True)
    assert not permissions.may(reviewer, "approve", other)
    assert [recusal.reason for recusal in of(other)] == ["My former employer."]


def test_what_the_reviewer_holds_goes_back_to_the_queue():
    one, other, reviewer = two_of_one_organisation()
    a_claim(one, reviewer)
    theirs = a_claim(other, builders.the_chair(one.election))
    builders.one(one).update(assigned_to=reviewer)
    stand_aside(reviewer, one, reason="My cousin.", whole_organisation=True)
    assert list(Claim.objects.all()) == [theirs]
    assert builders.stored(one).assigned_to is None
    given_back = Reassignment.objects.get()
    assert (given_back.from_reviewer, given_back.to_reviewer) == (reviewer, None)


def test_what_the_reviewer_proposed_is_taken_back():
    one, other, reviewer = two_of_one_organisation()
    reasons = builders.reasons_to_refuse(one.election)
    both = Application.unscoped.filter(pk__in=[one.pk, other.pk])
    assert len(proposals.propose(both, REFUSE, actor=reviewer, reasons=reasons).proposed) == 2
    stand_aside(reviewer, one, reason="My cousin.")
    settled = dict(both.values_list("pk", "proposals__settled_as"))
    assert settled == {one.pk: SettledAs.TAKEN_BACK, other.pk: ""}


def test_the_database_takes_no_decision_from_who_stood_aside():
    row = builders.an_application_under_review()
    reviewer = builders.a_staff_member(StaffRole.CENTRAL_REVIEWER, row.election)
    stand_aside(reviewer, row, reason="My cousin.")
    with pytest.raises(DatabaseError, match="Who has stood aside does not decide"):
        Decision.objects.create(
            application=row,
            commission=row.commission,
            outcome=Outcome.APPROVED,
            proposed_by=reviewer,
            decided_at=database_now(),
        )


def test_the_database_does_so_for_a_whole_organisation_and_for_who_confirms():
    one, other, reviewer = two_of_one_organisation()
    stand_aside(reviewer, one, reason="My former employer.", whole_organisation=True)
    with pytest.raises(DatabaseError, match="Who has stood aside does not decide"):
        Decision.objects.create(
            application=other,
            commission=other.commission,
            outcome=Outcome.APPROVED,
            proposed_by=builders.the_chair(one.election),
            confirmed_by=reviewer,
            decided_at=database_now(),
        )


def test_said_twice_the_first_stands():
    row = builders.an_application_under_review()
    chair = builders.the_chair(row.election)
    first = stand_aside(chair, row, reason="My cousin.")
    assert stand_aside(chair, row, reason="Changed my mind.") == first
    assert Recusal.objects.get().reason == "My cousin."


def test_without_a_reason_nobody_stands_aside():
    row = builders.an_application_under_review()
    with pytest.raises(RecusalError, match="Say why"):
        stand_aside(builders.the_chair(row.election), row, reason="  ")


def test_who_could_not_decide_it_cannot_stand_aside():
    row = builders.an_application_under_review()
    auditor = builders.a_staff_member(StaffRole.AUDITOR, row.election)
    with pytest.raises(RecusalError):
        stand_aside(auditor, row, reason="My cousin.")


# --- Pages ---------------------------------------------------------------------------------------


def address_of(row):
    return reverse("admin:observers_application_recuse", args=[row.pk])


def test_the_page_asks_why_and_the_desk_shows_who_and_why(client):
    row = builders.an_application_under_review()
    chair = builders.the_chair(row.election)
    client.force_login(chair)
    assert "Say why you stand aside." in client.post(address_of(row), {}).content.decode()
    client.post(address_of(row), {"reason": "My cousin."})
    page = client.get(reverse("admin:observers_application_change", args=[row.pk]))
    said = page.content.decode()
    assert "My cousin." in said
    assert address_of(row) not in said
    assert Recusal.objects.get().reviewer == chair


def test_an_organisation_is_stood_aside_from_by_a_tick(client):
    one, _other, reviewer = two_of_one_organisation()
    client.force_login(reviewer)
    client.post(address_of(one), {"reason": "My former employer.", "whole_organisation": "on"})
    assert Recusal.objects.get().organisation == one.organisation


def test_of_a_citizen_there_is_no_organisation_to_tick(client):
    row = builders.an_application_under_review()
    client.force_login(builders.the_chair(row.election))
    assert "whole_organisation" not in client.get(address_of(row)).content.decode()


def test_another_commission_and_the_auditor_are_shut_out(client):
    election = builders.an_election()
    row = builders.an_application_under_review(election=election, constituency=2)
    client.force_login(builders.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    assert client.post(address_of(row), {"reason": "Mine."}).status_code == 404
    client.force_login(builders.a_staff_member(StaffRole.AUDITOR, election))
    assert client.post(address_of(row), {"reason": "Mine."}).status_code == 403
    assert not Recusal.objects.exists()
