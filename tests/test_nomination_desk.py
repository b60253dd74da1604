"""Nomination rights at the desk: one after the other, by keys, by two, with a way back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import StaffRole
from elections.models import Election, SavedReply
from observers.models import Claim, Recusal
from organisations.domain import nominations
from organisations.models import NominationProposal, NominationRight
from tests.builders import (
    a_ground,
    a_nomination,
    a_representative,
    a_staff_member,
    afresh,
    an_election,
    an_organisation,
    in_all_languages,
    owner_of,
)
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST = "/admin/organisations/nominationright/"


@pytest.fixture
def election(db: None) -> Election:
    return an_election(refusal_way="two", undo_seconds=60)


def a_right(election: Election, name: str = "Çinar Partiyası") -> NominationRight:
    draft = a_nomination(an_organisation(name=name), election)
    return nominations.submit(draft, by=owner_of(draft.organisation))


def at(right: NominationRight, page: str, *more: Any) -> str:
    return reverse(f"admin:organisations_nominationright_{page}", args=[right.pk, *more])


def status(right: NominationRight) -> str:
    return str(NominationRight.unscoped.get(pk=right.pk).status)


def granting(right: NominationRight) -> dict[str, Any]:
    return {"version": right.version, "confirmed": "1"}


# --- One after the other --------------------------------------------------------------------------


def test_two_reviewers_are_given_two_rights(election):
    first, second = a_right(election), a_right(election, "Palıd")
    desk = reverse("admin:organisations_nominationright_desk")
    given = [
        signed_in(a_staff_member(StaffRole.CENTRAL_REVIEWER, election)).post(desk)["Location"]
        for _ in range(2)
    ]
    assert given == [at(first, "change"), at(second, "change")]
    assert Claim.objects.filter(right__in=[first, second]).count() == 2


def test_what_a_colleague_has_on_their_desk_is_not_decided(election):
    right = a_right(election)
    signed_in(a_staff_member(StaffRole.CENTRAL_REVIEWER, election)).post(at(right, "deed", "take"))
    other = signed_in(a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    assert other.get(at(right, "change")).context["desk"].decide == []
    other.post(at(right, "decide", "grant"), granting(right))
    assert status(right) == "submitted"


def test_who_stood_aside_from_the_organisation_does_not_decide_its_right(election):
    right, chair = a_right(election), a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    Recusal.objects.create(reviewer=chair, organisation=right.organisation, reason="My brother.")
    client = signed_in(chair)
    assert "stood aside" in client.get(at(right, "change")).context["desk"].hindrance
    client.post(at(right, "decide", "grant"), granting(right))
    assert status(right) == "submitted"


def test_nobody_decides_for_an_organisation_they_act_for(election):
    right, chair = a_right(election), a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    a_representative(right.organisation, user=chair)
    answer = signed_in(afresh(chair)).post(at(right, "decide", "grant"), granting(right))
    assert (answer.status_code, status(right)) == (403, "submitted")


def test_a_saved_reply_is_what_the_organisation_reads(election):
    right = a_right(election)
    texts = {"titles": in_all_languages("Papers"), "texts": in_all_languages("Attach the rest")}
    reply = SavedReply.objects.create(
        election=election, subject="organisation", code="papers", **texts
    )
    client = signed_in(a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    answers = {"version": right.version, "confirmed": "1", "reply": reply.pk, "note": ""}
    client.post(at(right, "decide", "return"), answers)
    assert nominations.what_to_correct(right) == "Attach the rest (en)"


def test_the_list_asks_as_often_for_one_as_for_many(election):
    client = signed_in(a_staff_member(StaffRole.CENTRAL_CHAIR, election))

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(LIST)
        return len(counted)

    a_right(election)
    queries()  # what is read once for everybody
    for_one = queries()
    for number in range(9):
        a_right(election, f"Party {number}")
    assert queries() == for_one


# --- Whose it is not ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "more"), [("change", ()), ("deed", ("take",)), ("settle", ("confirm",))]
)
def test_the_desk_of_another_election_is_not_there(election, page, more):
    stranger = signed_in(a_staff_member(StaffRole.CENTRAL_CHAIR, an_election()))
    assert stranger.post(at(a_right(election), page, *more)).status_code == 404


def test_a_constituency_has_no_desk_of_rights(election):
    client = signed_in(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election))
    desk = reverse("admin:organisations_nominationright_desk")
    assert (client.get(desk).status_code, client.post(desk).status_code) == (403, 403)


# --- By keys, in a browser ------------------------------------------------------------------------


def sit_down(page: Page, election: Election, role: StaffRole) -> None:
    with_session(page, a_staff_member(role, election)).goto(
        reverse("admin:organisations_nominationright_desk")
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_one_proposes_a_refusal_and_another_confirms_it_by_keys(
    election: Election, new_visitor: Callable[..., Page], width: int
) -> None:
    right, ground = a_right(election), a_ground(election, "organisation")
    reviewer = new_visitor(width=width)
    sit_down(reviewer, election, StaffRole.CENTRAL_REVIEWER)
    press(reviewer, "n")
    press(reviewer, "f")
    reviewer.get_by_label(str(ground)).check()
    reviewer.get_by_label("What was not confirmed, and what was checked").fill("The register.")
    assert axe_findings(reviewer) == []
    press(reviewer, "Control+Enter")
    expect(reviewer.get_by_text("Refusal proposed: Çinar Partiyası.")).to_be_visible()
    chair = new_visitor(width=width)
    sit_down(chair, election, StaffRole.CENTRAL_CHAIR)
    press(chair, "n")
    expect(chair.get_by_text("The register.")).to_be_visible()
    assert axe_findings(chair) == []
    press(chair, "c")
    expect(chair.get_by_text("Refused: Çinar Partiyası.")).to_be_visible()
    assert status(right) == "refused"
    press(chair, "u")
    expect(chair.get_by_text("Undone: Çinar Partiyası waits again.")).to_be_visible()
    assert status(right) == "submitted"
    assert NominationProposal.unscoped.get(right=right).settled_as == "adopted"


def press(page: Page, key: str) -> None:
    page.wait_for_selector("html[data-keys=ready]")
    with page.expect_navigation():
        page.keyboard.press(key)
