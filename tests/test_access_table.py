"""The access table, and that permissions and querysets say what it says."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.access import ACCESS, Reach, Role, _parse, reach
from accounts.enums import CENTRAL_ROLES, CONSTITUENCY_ROLES, StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import end_post
from elections.models import CommissionMember
from observers import permissions
from observers.lifecycle import APPLICATION
from observers.models import Application
from organisations.lifecycle import NOMINATION
from organisations.models import NominationRight, Organisation
from organisations.permissions import may_nomination
from tests.builders import (
    a_draft,
    a_representative,
    a_staff_member,
    a_submitted,
    a_user,
    a_withdrawn,
    afresh,
    an_application_on_paper,
    an_election,
    an_organisation,
    commission_of,
    owner_of,
)

PEOPLE = (Role.APPLICANT, Role.REPRESENTATIVE, Role.ORGANISATION_OWNER)
READING = {"view", "files", "history"}


def reaches(kind: str, *roles: Any) -> set[Reach]:
    """All cells of those roles on objects of that kind."""
    return {cells[Role(r)] for (k, _), cells in ACCESS.items() if k == kind for r in roles}


# --- The table ------------------------------------------------------------------------------------


def test_the_staff_roles_are_the_posts():
    assert set(Role) - {Role.ANONYMOUS, *PEOPLE} == {Role(role) for role in StaffRole}


def test_anonymous_visitors_see_what_is_published_and_no_more():
    found = {cell: cells[Role.ANONYMOUS] for cell, cells in ACCESS.items()}
    assert {cell for cell, how in found.items() if how != Reach.NOTHING} == {
        ("register", "view"),
        ("election", "view"),
    }
    assert set(found.values()) == {Reach.NOTHING, Reach.PUBLISHED}


@pytest.mark.parametrize("kind", ["application", "organisation", "nomination", "letter", "staff"])
def test_people_reach_their_own_only(kind):
    assert reaches(kind, *PEOPLE) <= {Reach.NOTHING, Reach.OWN}


@pytest.mark.parametrize("kind", ["application", "organisation", "nomination", "letter", "staff"])
def test_constituency_staff_reach_their_commission_only(kind):
    assert reaches(kind, *CONSTITUENCY_ROLES) <= {Reach.NOTHING, Reach.COMMISSION}


def test_the_auditor_reads_and_does_nothing_else():
    does = {action for (_, action), cells in ACCESS.items() if cells[Role.AUDITOR] != "-"}
    assert does == READING


def test_the_administrator_of_the_election_sees_no_applications():
    assert reaches("application", Role.ELECTION_ADMINISTRATOR) == {Reach.NOTHING}


@pytest.mark.parametrize("action", ["create", "edit", "withdraw"])
def test_no_staff_writes_an_application(action):
    assert {reach(role, "application", action) for role in StaffRole} == {Reach.NOTHING}


@pytest.mark.parametrize("action", ["review", "approve", "return", "refuse", "cancel", "history"])
def test_nobody_decides_on_their_own_application(action):
    assert {reach(role, "application", action) for role in PEOPLE} == {Reach.NOTHING}


@pytest.mark.parametrize(
    ("machine", "kind"), [(APPLICATION, "application"), (NOMINATION, "nomination")]
)
def test_every_right_of_a_machine_stands_in_the_table(machine, kind):
    assert {(kind, t.right) for t in machine.transitions if t.right} <= set(ACCESS)


def test_a_right_that_nobody_wrote_down_is_a_mistake():
    with pytest.raises(KeyError):
        reach(Role.CENTRAL_CHAIR, "application", "publish")


@pytest.mark.parametrize(
    "table", ["object action anon\nregister view pub", "object action " + "r " * 10 + "\na b pub"]
)
def test_a_table_with_a_cell_missing_is_refused(table):
    with pytest.raises(ValueError, match=r"column|shorter"):
        _parse(table)


def test_a_reach_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="some"):
        _parse("object action " + "r " * 10 + "\na b " + "some " * 10)


# --- Applications: the table times roles and places -----------------------------------------------

APPLICATION_ACTIONS = sorted(action for kind, action in ACCESS if kind == "application")
NOMINATION_ACTIONS = sorted(action for kind, action in ACCESS if kind == "nomination")


def allowed(user: Any, application: Application) -> set[str]:
    return {action for action in APPLICATION_ACTIONS if permissions.may(user, action, application)}


def by_table(role: Any, kind: str, *reaches: Reach) -> set[str]:
    """The actions that reach so far."""
    return {
        action
        for (found, action), cells in ACCESS.items()
        if found == kind and cells[Role(role)] in reaches
    }


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(StaffRole))
def test_staff_may_what_the_table_says_and_where(role):
    """What did not come on paper nobody enters."""
    application = a_submitted(constituency=1)
    here = a_staff_member(role, application.election)
    may_all = by_table(role, "application", Reach.COMMISSION, Reach.ALL)
    assert allowed(here, application) == may_all - {"enter"}
    on_paper = an_application_on_paper(election=application.election)
    assert allowed(here, on_paper) == may_all
    assert allowed(a_staff_member(role, an_election()), application) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", CONSTITUENCY_ROLES)
def test_the_commission_next_door_may_nothing(role):
    application = a_submitted(constituency=1)
    next_door = a_staff_member(role, commission_of(application.election, 2))
    assert allowed(next_door, application) == set()


@pytest.mark.django_db
def test_people_may_what_the_table_says_with_their_own():
    election = an_election()
    organisation = an_organisation(election=election)
    nominated = a_submitted(election=election, organisation=organisation)
    own = a_submitted(election=election)
    mine = [
        (Role.APPLICANT, own.applicant, own, nominated),
        (Role.ORGANISATION_OWNER, owner_of(organisation), nominated, own),
        (Role.REPRESENTATIVE, a_representative(organisation), nominated, own),
    ]
    for role, user, theirs, not_theirs in mine:
        assert allowed(user, theirs) == by_table(role, "application", Reach.OWN)
        assert allowed(user, not_theirs) == set()


@pytest.mark.django_db
def test_strangers_may_nothing():
    election = an_election()
    application = a_submitted(election=election, organisation=an_organisation(election=election))
    strangers: list[Any] = [a_user(), owner_of(an_organisation(election=election)), AnonymousUser()]
    assert [allowed(stranger, application) for stranger in strangers] == [set(), set(), set()]


@pytest.mark.django_db
def test_who_filed_for_an_organisation_and_left_it_may_nothing():
    """The application belongs to the organisation, not to the hand that typed it."""
    election = an_election()
    organisation = an_organisation(election=election)
    former = a_representative(organisation)
    application = a_submitted(election=election, organisation=organisation, applicant=former)
    organisation.representatives.filter(user=former).delete()
    assert not permissions.may(afresh(former), "view", application)
    assert not Application.objects.visible_to(afresh(former)).exists()


@pytest.mark.django_db
def test_a_post_that_has_ended_gives_no_right():
    application = a_submitted()
    user = a_staff_member(StaffRole.CENTRAL_CHAIR, application.election)
    end_post(CommissionMember.objects.get(user=user), now=database_now())
    assert not permissions.may(afresh(user), "view", application)
    assert not Application.objects.visible_to(afresh(user)).exists()
    assert not afresh(user).is_staff


@pytest.mark.django_db
def test_a_blocked_account_gives_no_right():
    application = a_submitted()
    user = a_staff_member(StaffRole.CENTRAL_CHAIR, application.election)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not permissions.may(afresh(user), "view", application)


# --- What they see --------------------------------------------------------------------------------


def seen(user: Any) -> list[Application]:
    return list(Application.objects.visible_to(user).order_by("pk"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(StaffRole))
def test_staff_see_what_was_submitted_where_the_table_says(role):
    election = an_election()
    here, next_door = (a_submitted(election=election, constituency=n) for n in (1, 2))
    elsewhere = a_submitted()
    a_draft(election=election, constituency=1)
    how_far = reach(role, "application", "view")
    assert (
        seen(a_staff_member(role, election))
        == {
            Reach.ALL: [here, next_door],
            Reach.COMMISSION: [here],
            Reach.NOTHING: [],
        }[how_far]
    )
    assert elsewhere not in seen(a_staff_member(role, election))


@pytest.mark.django_db
def test_people_see_their_own_and_their_organisations():
    election = an_election()
    organisation, other = (an_organisation(election=election) for _ in "12")
    nominated = a_draft(election=election, organisation=organisation)
    a_draft(election=election, organisation=other)
    own = a_draft(election=election, applicant=owner_of(organisation))
    assert seen(owner_of(organisation)) == [nominated, own]
    assert seen(a_representative(organisation)) == [nominated]
    assert (seen(a_user()), seen(AnonymousUser())) == ([], [])


@pytest.mark.django_db
def test_the_commission_still_sees_what_was_withdrawn():
    application = a_withdrawn()
    assert seen(a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, application.commission)) == [
        application
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(CENTRAL_ROLES) + list(CONSTITUENCY_ROLES))
def test_staff_see_organisations_and_rights_where_the_table_says(role):
    election = an_election()
    sent = an_organisation(election=election)
    an_organisation(election=election, granted=False)
    an_organisation(election=an_election())
    user = a_staff_member(role, election)
    visible = reach(role, "nomination", "view") == Reach.ALL
    assert list(Organisation.objects.visible_to(user)) == ([sent] if visible else [])
    rights = NominationRight.objects.visible_to(user)
    assert [right.organisation for right in rights] == ([sent] if visible else [])


def allowed_with(user: Any, right: NominationRight) -> set[str]:
    return {action for action in NOMINATION_ACTIONS if may_nomination(user, action, right)}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(StaffRole))
def test_staff_may_what_the_table_says_with_nomination_rights(role):
    election = an_election()
    right = NominationRight.unscoped.get(organisation=an_organisation(election=election))
    here, elsewhere = (a_staff_member(role, where) for where in (election, an_election()))
    assert allowed_with(here, right) == by_table(role, "nomination", Reach.ALL)
    assert allowed_with(elsewhere, right) == set()


@pytest.mark.django_db
def test_representatives_may_what_the_table_says_with_nomination_rights():
    organisation = an_organisation(election=an_election())
    right = NominationRight.unscoped.get(organisation=organisation)
    for role, user in {
        Role.ORGANISATION_OWNER: owner_of(organisation),
        Role.REPRESENTATIVE: a_representative(organisation),
    }.items():
        assert allowed_with(user, right) == by_table(role, "nomination", Reach.OWN)
    assert allowed_with(owner_of(an_organisation()), right) == set()
