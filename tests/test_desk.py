"""An organisation's desk: where people land, what needs them first, and the list of people."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from accounts.models import User
from elections.enums import Scope
from elections.models import Election
from observers.domain import desk
from observers.domain.completeness import gaps, missing_documents
from observers.models import Application
from organisations.domain import people
from organisations.models import Organisation
from tests.builders import (
    DAY,
    a_draft,
    a_refused,
    a_representative,
    a_required_document,
    a_returned,
    a_staff_member,
    a_submitted,
    a_user,
    a_window,
    an_approved,
    an_election,
    an_organisation,
    owner_of,
)
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


def close_registration(election: Election) -> None:
    for scope in Scope:
        a_window(election, scope=scope, opens_in=-9 * DAY, closes_in=-SECOND)


def names(answer: Any) -> list[str]:
    return [person["name"].split()[0] for person in answer.context["people"]]


def begin_url(theirs: Organisation) -> str:
    return reverse("people:begin", args=[theirs.key])


@pytest.fixture
def owner(theirs: Organisation) -> Client:
    return signed_in(owner_of(theirs))


# --- Where people land ----------------------------------------------------------------------------


def landing_of(user: User) -> str:
    return signed_in(user).get(reverse("desk")).headers["Location"]


def test_an_anonymous_visitor_signs_in_first() -> None:
    assert Client().get(reverse("desk")).headers["Location"].startswith(reverse("account_login"))


def test_everybody_lands_where_they_belong(election: Election, theirs: Organisation) -> None:
    several = a_user()
    for _ in range(2):
        an_organisation(owner=several)
    staff = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    assert landing_of(staff) == reverse("admin:index")
    assert landing_of(owner_of(theirs)) == theirs.get_absolute_url()
    assert landing_of(several) == reverse("organisations:list")
    assert landing_of(a_user()) == reverse("apply:start")


@pytest.mark.parametrize("verified", [True, False])
def test_an_invited_person_lands_on_the_desk_once_their_address_is_verified(
    theirs: Organisation, verified: bool
) -> None:
    people.invite(organisation=theirs, email="new@example.org", by=owner_of(theirs))
    invited = a_user("new@example.org", verified=verified)
    expected = theirs.get_absolute_url() if verified else reverse("apply:start")
    assert landing_of(invited) == expected


# --- The nomination right on top ------------------------------------------------------------------


def test_without_a_right_the_one_thing_to_do_is_to_apply_for_it(election: Election) -> None:
    theirs = an_organisation()
    page = signed_in(owner_of(theirs)).get(theirs.get_absolute_url()).content.decode()
    assert reverse("organisations:nominate", args=[theirs.key, election.slug]) in page
    assert page.count("btn-primary") == 1


def test_a_draft_of_the_application_is_continued(election: Election) -> None:
    theirs = an_organisation(election=election, granted=False)
    page = signed_in(owner_of(theirs)).get(theirs.get_absolute_url()).content.decode()
    assert "Continue the application" in page
    assert page.count("btn-primary") == 1


def test_with_the_right_the_one_thing_to_do_is_to_enter_an_observer(
    theirs: Organisation, owner: Client
) -> None:
    page = owner.get(theirs.get_absolute_url()).content.decode()
    assert begin_url(theirs) in page
    assert page.count("btn-primary") == 1


def test_without_any_election_the_desk_says_what_it_would_show() -> None:
    theirs = an_organisation()
    page = signed_in(owner_of(theirs)).get(theirs.get_absolute_url())
    assert page.status_code == 200
    assert "No election is open to this organisation" in page.content.decode()


def test_an_election_that_is_not_theirs_is_404(theirs: Organisation, owner: Client) -> None:
    hidden = an_election(is_published=False)
    for slug in (hidden.slug, "no-such-election"):
        assert owner.get(theirs.get_absolute_url(), {"election": slug}).status_code == 404


# --- What needs them first ------------------------------------------------------------------------


def test_what_needs_them_first_is_counted(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    a_returned(organisation=theirs, election=election)
    a_draft(organisation=theirs, election=election)
    for _ in range(2):
        a_draft(organisation=theirs, election=election, photo=False)
    page = owner.get(theirs.get_absolute_url())
    assert [(need["text"], need["status"]) for need in page.context["needs"]] == [
        ("1 application was returned: correct it and send it again.", "returned"),
        ("1 draft is complete and ready to be sent.", "ready"),
        ("2 drafts have no photo.", "without_photo"),
    ]
    assert "4 days 23 hours left" in page.content.decode()


@pytest.mark.parametrize(
    "lacking",
    [
        {},
        {"surname": ""},
        {"given_name": ""},
        {"birth_on": None},
        {"citizenship": ""},
        {"identity_document": ""},
        {"identity_number": ""},
        {"address": ""},
        {"photo": False},
        {"consent": False},
    ],
)
@pytest.mark.parametrize("asked", [False, True])
def test_the_desk_calls_ready_what_the_list_of_gaps_calls_complete(
    theirs: Organisation, election: Election, lacking: dict[str, Any], asked: bool
) -> None:
    if asked:
        a_required_document(election)
    draft = a_draft(organisation=theirs, election=election, **lacking)
    drafts = desk.with_readiness(Application.unscoped.filter(pk=draft.pk), election)
    missing = missing_documents([draft])[draft.pk]
    assert drafts.get().is_ready == (not gaps(draft, missing_documents=missing))
    assert drafts.get().is_ready == (not lacking and not asked)


def test_a_document_asked_of_others_does_not_keep_a_draft_from_being_ready(
    theirs: Organisation, election: Election
) -> None:
    a_required_document(election, kinds=["international"])
    draft = a_draft(organisation=theirs, election=election)
    drafts = desk.with_readiness(Application.unscoped.filter(pk=draft.pk), election)
    assert drafts.get().is_ready


# --- The list -------------------------------------------------------------------------------------


def test_each_row_says_the_next_step_its_date_and_one_action(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    complete = a_draft(organisation=theirs, election=election, surname="Abbasov")
    a_draft(organisation=theirs, election=election, surname="Babayev", consent=False)
    a_submitted(organisation=theirs, election=election, surname="Cəfərov")
    a_returned(organisation=theirs, election=election, surname="Dadaşov")
    a_refused(organisation=theirs, election=election, surname="Eyvazov")
    approved = an_approved(organisation=theirs, election=election, surname="Fərzəliyev")
    rows = owner.get(theirs.get_absolute_url()).context["people"]
    assert [row["action"] for row in rows] == [
        "Check and send", "Confirm and send", "View", "Correct", "View", "View",
    ]  # fmt: skip
    assert rows[0]["action_url"] == reverse("apply:check", args=[complete.key])
    beginnings = [
        "Complete: send it by ",
        "Complete: send it by ",
        "To be decided by ",
        "Correct it and send it again by ",
        "An appeal is possible until ",
        f"Accreditation number {approved.accreditation_number}.",
    ]
    for row, beginning in zip(rows, beginnings, strict=True):
        assert row["next"].startswith(beginning)


def test_names_stand_in_azerbaijani_order(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    for surname in ("Zaurov", "Əliyev", "Eyvazov", "Fətiyev", "İsmayılov", "Işıqlı", "Çobanov"):
        a_draft(organisation=theirs, election=election, surname=surname)
    assert names(owner.get(theirs.get_absolute_url())) == [
        "Çobanov", "Eyvazov", "Əliyev", "Fətiyev", "Işıqlı", "İsmayılov", "Zaurov",
    ]  # fmt: skip


def test_a_name_is_found_without_its_diacritics_and_in_any_order(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    a_draft(organisation=theirs, election=election, surname="Əliyev", given_name="Çingiz")
    a_draft(organisation=theirs, election=election, surname="Əliyev", given_name="Zaur")
    page = owner.get(theirs.get_absolute_url(), {"q": "cingiz ELIYEV"})
    assert [person["name"] for person in page.context["people"]] == ["Əliyev Çingiz Rauf oğlu"]
    nobody = owner.get(theirs.get_absolute_url(), {"q": "100%_"})
    assert "Nobody fits this search." in nobody.content.decode()


def test_filters_count_and_narrow(theirs: Organisation, owner: Client, election: Election) -> None:
    a_draft(organisation=theirs, election=election, surname="Abbasov")
    a_draft(organisation=theirs, election=election, surname="Babayev", photo=False)
    a_submitted(organisation=theirs, election=election, surname="Cəfərov")
    address = theirs.get_absolute_url()
    counted = {f["label"]: f["count"] for f in owner.get(address).context["filters"]}
    assert counted == {
        "All": 3,
        "Draft": 2,
        "Received": 1,
        "Complete drafts": 1,
        "Drafts without a photo": 1,
    }
    for status, expected in {
        "draft": ["Abbasov", "Babayev"],
        "submitted": ["Cəfərov"],
        "ready": ["Abbasov"],
        "without_photo": ["Babayev"],
        "approved": [],
        "nonsense": ["Abbasov", "Babayev", "Cəfərov"],
    }.items():
        assert (status, names(owner.get(address, {"status": status}))) == (status, expected)


def test_pages_follow_one_another_without_gap_or_repetition(
    theirs: Organisation, owner: Client, election: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    for surname in ("Abbasov", "Babayev", "Babayev", "Babayev", "Cəfərov"):
        a_draft(organisation=theirs, election=election, surname=surname)
    address, seen = theirs.get_absolute_url() + "?status=draft", []
    while address:
        page = owner.get(address)
        seen += [person["url"] for person in page.context["people"]]
        following = page.context["pager"]["next"]
        address = theirs.get_absolute_url() + following if following else ""
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("after", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_page_behind_nobody_is_the_first(
    theirs: Organisation, owner: Client, election: Election, after: str
) -> None:
    a_draft(organisation=theirs, election=election, surname="Abbasov")
    assert names(owner.get(theirs.get_absolute_url(), {"after": after})) == ["Abbasov"]


def test_a_stranger_cannot_be_used_as_a_place_in_the_list(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    a_draft(organisation=theirs, election=election, surname="Abbasov")
    foreign = a_draft(organisation=an_organisation(election=election), election=election)
    page = owner.get(theirs.get_absolute_url(), {"after": str(foreign.key)})
    assert names(page) == ["Abbasov"]


def test_the_desk_costs_the_same_for_one_person_and_for_three(
    theirs: Organisation, owner: Client, election: Election, django_assert_num_queries: Any
) -> None:
    a_required_document(election, is_required=False)
    a_refused(organisation=theirs, election=election)
    for more in (0, 2):
        for number in range(more):
            a_draft(organisation=theirs, election=election, constituency=number + 1)
        with django_assert_num_queries(15):
            page = owner.get(theirs.get_absolute_url())
        assert len(page.context["people"]) == 1 + more


# --- After the deadline ---------------------------------------------------------------------------


def test_after_the_deadline_the_desk_says_so_and_shows_the_drafts(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    draft = a_draft(organisation=theirs, election=election)
    close_registration(election)
    page = owner.get(theirs.get_absolute_url())
    (row,) = page.context["people"]
    assert "Registration is closed for this organisation." in page.content.decode()
    assert row["next"].startswith("Registration closed on ")
    assert (row["action"], row["action_url"]) == ("View", draft.get_absolute_url())
    assert page.context["needs"] == []


def test_after_the_deadline_nobody_is_entered(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    close_registration(election)
    for method in (owner.get, owner.post):
        answer = method(begin_url(theirs), follow=True)
        assert "no observer can be entered now" in answer.content.decode()
    assert not Application.unscoped.exists()


# --- Entering an observer -------------------------------------------------------------------------


def test_choosing_a_place_begins_a_draft(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    second = election.constituencies.get(number=2)
    answer = owner.post(begin_url(theirs), {"scope": "constituency", "constituency": second.pk})
    draft = Application.unscoped.get()
    assert answer.headers["Location"] == draft.get_absolute_url()
    assert (draft.organisation, draft.kind, draft.constituency) == (theirs, "party", second)
    assert draft.commission == second.commission


def test_the_next_observer_is_offered_the_same_place(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    second = election.constituencies.get(number=2)
    owner.post(begin_url(theirs), {"scope": "constituency", "constituency": second.pk})
    form = owner.get(begin_url(theirs)).context["form"]
    assert (form.initial["scope"], form.initial["constituency"]) == ("constituency", second.pk)


def test_one_constituency_has_to_be_named_and_a_wider_scope_forgets_it(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    answer = owner.post(begin_url(theirs), {"scope": "constituency"})
    assert answer.context["form"].errors == {"constituency": ["Choose a constituency."]}
    first = election.constituencies.get(number=1)
    owner.post(begin_url(theirs), {"scope": "nationwide", "constituency": first.pk})
    assert Application.unscoped.get().constituency is None


def test_another_elections_constituency_cannot_be_chosen(
    theirs: Organisation, owner: Client
) -> None:
    foreign = an_election(is_published=False).constituencies.get(number=1)
    answer = owner.post(begin_url(theirs), {"scope": "constituency", "constituency": foreign.pk})
    assert list(answer.context["form"].errors) == ["constituency"]
    assert not Application.unscoped.exists()


def test_people_are_entered_before_the_right_is_granted_but_not_offered_to_be_sent(
    election: Election,
) -> None:
    theirs = an_organisation(election=election, granted=False)
    a_draft(organisation=theirs, election=election)
    (row,) = signed_in(owner_of(theirs)).get(theirs.get_absolute_url()).context["people"]
    assert row["action"] == "Continue"
    assert row["next"].startswith("Complete. It can be sent with the nomination right")


# --- Whose it is ----------------------------------------------------------------------------------


def test_owner_and_representative_share_the_desk(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    a_draft(organisation=theirs, election=election)
    representative = signed_in(a_representative(theirs))
    for client in (owner, representative):
        page = client.get(theirs.get_absolute_url())
        assert len(page.context["people"]) == 1
        assert client.get(begin_url(theirs)).status_code == 200


@pytest.mark.parametrize(
    "who", ["stranger", "another organisation", "constituency chair", "central chair", "auditor"]
)
def test_the_desk_is_nobody_elses(theirs: Organisation, election: Election, who: str) -> None:
    user = {
        "stranger": a_user,
        "another organisation": lambda: owner_of(an_organisation(election=election)),
        "constituency chair": lambda: a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election),
        "central chair": lambda: a_staff_member(StaffRole.CENTRAL_CHAIR, election),
        "auditor": lambda: a_staff_member(StaffRole.AUDITOR, election),
    }[who]()
    client = signed_in(user)
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.get(begin_url(theirs)).status_code == 404
    assert client.post(begin_url(theirs), {"scope": "nationwide"}).status_code == 404
    assert not Application.unscoped.exists()


def test_the_desk_asks_an_anonymous_visitor_to_sign_in(theirs: Organisation) -> None:
    for address in (theirs.get_absolute_url(), begin_url(theirs)):
        answer = Client().get(address)
        assert answer.headers["Location"].startswith(reverse("account_login"))


def test_own_initiative_applications_of_a_representative_stay_off_the_desk(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    a_draft(election=election, applicant=owner_of(theirs))
    assert owner.get(theirs.get_absolute_url()).context["people"] == []


def test_a_desk_shows_no_other_organisations_people(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    other = an_organisation(election=election, owner=owner_of(theirs))
    a_draft(organisation=other, election=election)
    page = owner.get(theirs.get_absolute_url())
    assert page.context["people"] == []
    assert page.context["total"] == 0
