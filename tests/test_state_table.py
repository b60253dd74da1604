"""Who may do what to an application in which status, and of which commission: the whole of it.

The table below is what a lawyer reads. Everything that it does not name is refused: every status,
every action and every role are tried, with what is one's own (or one's commission's) and with what
is not, first as questions, then with real moves.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.access import Role
from accounts.enums import CONSTITUENCY_ROLES, StaffRole
from elections.models import Commission
from observers import permissions
from observers.domain.applications import Moved, _hindrance, move
from observers.domain.reasons import Reasons
from observers.enums import Status
from observers.lifecycle import APPLICATION, CANCEL, LAPSE, REFUSE, RETURN, SUBSTITUTE, UNDO, UPHOLD
from observers.models import Appeal, Application
from tests.builders import (
    a_representative,
    a_staff_member,
    a_submitted,
    a_user,
    afresh,
    an_application_in,
    an_application_on_paper,
    an_election,
    an_organisation,
    commission_of,
    one,
    owner_of,
    reasons_to_refuse,
    stored,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

# Columns: the applicant, a representative and an owner of the organisation that nominates;
# constituency reviewer and chair; central reviewer and chair; election administrator; auditor.
# own: what they filed, or their organisation. com: what lies with their commission. all: whatever
# lies with any commission of their election. A dash: never.
FROM_ACCOUNTS = """
status        action    appl  repr  ownr  crev  ccha  zrev  zcha  admn  audt

draft         submit    own   own   own   -     -     -     -     -     -
draft         withdraw  own   own   own   -     -     -     -     -     -

submitted     take_up   -     -     -     com   com   all   all   -     -
submitted     withdraw  own   own   own   -     -     -     -     -     -

under_review  approve   -     -     -     com   com   all   all   -     -
under_review  return    -     -     -     com   com   all   all   -     -
under_review  refuse    -     -     -     com   com   all   all   -     -
under_review  withdraw  own   own   own   -     -     -     -     -     -

returned      submit    own   own   own   -     -     -     -     -     -
returned      withdraw  own   own   own   -     -     -     -     -     -
returned      undo      -     -     -     com   com   all   all   -     -

approved      cancel    -     -     -     -     com   -     all   -     -
approved      undo      -     -     -     com   com   all   all   -     -
approved      substitute  -   own   own   -     -     -     -     -     -

refused       undo      -     -     -     com   com   all   all   -     -
refused       uphold    -     -     -     -     -     all   all   -     -

cancelled     uphold    -     -     -     -     -     all   all   -     -
"""
# Its applicant has no account: staff enter it, and withdraw it at a written request.
FROM_PAPER = """
status        action             appl  repr  ownr  crev  ccha  zrev  zcha  admn  audt

draft         enter              -     -     -     com   com   all   all   -     -

submitted     take_up            -     -     -     com   com   all   all   -     -
submitted     withdraw_on_paper  -     -     -     com   com   all   all   -     -

under_review  approve            -     -     -     com   com   all   all   -     -
under_review  return             -     -     -     com   com   all   all   -     -
under_review  refuse             -     -     -     com   com   all   all   -     -
under_review  withdraw_on_paper  -     -     -     com   com   all   all   -     -

returned      enter              -     -     -     com   com   all   all   -     -
returned      withdraw_on_paper  -     -     -     com   com   all   all   -     -
returned      undo               -     -     -     com   com   all   all   -     -

approved      cancel             -     -     -     -     com   -     all   -     -
approved      undo               -     -     -     com   com   all   all   -     -

refused       undo               -     -     -     com   com   all   all   -     -
refused       uphold             -     -     -     -     -     all   all   -     -

cancelled     uphold             -     -     -     -     -     all   all   -     -
"""
# Registration closes: the portal itself, and no person.
OF_THE_SYSTEM = {("draft", "lapse")}

ROLES = [role for role in Role if role != Role.ANONYMOUS]
PEOPLE = (Role.APPLICANT, Role.REPRESENTATIVE, Role.ORGANISATION_OWNER)
ACTIONS = [transition.action for transition in APPLICATION.transitions]
Cell = tuple[str, str, Role, str]


def allowed_cells(table: str) -> set[Cell]:
    """(status, action, role, where): where is "here", the next "commission", another "election"."""
    _header, *lines = [line.split() for line in table.strip().splitlines() if line.strip()]
    reaches = {"-": (), "own": ("here",), "com": ("here",), "all": ("here", "commission")}
    return {
        (status, action, role, where)
        for status, action, *cells in lines
        for role, cell in zip(ROLES, cells, strict=True)
        for where in reaches[cell]
    }


@dataclass(frozen=True)
class Actor:
    """Somebody, and how they stand to the application: "here" it is theirs or their commission's,
    otherwise it lies with the next commission, or in another election."""

    role: Role
    where: str
    user: Any


def everybody(election: Any, *, organisation: Any, applicant: Any) -> list[Actor]:
    """Each role in each place that it has: nineteen people, of whom ten are strangers here."""
    other = an_election()
    elsewhere = an_organisation(election=election)
    found = [
        Actor(Role.APPLICANT, "here", applicant),
        Actor(Role.APPLICANT, "election", a_user()),
        Actor(Role.REPRESENTATIVE, "here", a_representative(organisation)),
        Actor(Role.REPRESENTATIVE, "election", a_representative(elsewhere)),
        Actor(Role.ORGANISATION_OWNER, "here", owner_of(organisation)),
        Actor(Role.ORGANISATION_OWNER, "election", owner_of(elsewhere)),
    ]
    for role in StaffRole:
        found.append(Actor(Role(role), "here", a_staff_member(role, election)))
        found.append(Actor(Role(role), "election", a_staff_member(role, other)))
    for role in CONSTITUENCY_ROLES:
        next_door: Commission = commission_of(election, 2)
        found.append(Actor(Role(role), "commission", a_staff_member(role, next_door)))
    return found


def stands(actor: Actor, application: Application) -> bool:
    """Whether this application is one with which the actor's "here" has anything to do: people
    with an organisation act on what it nominates, applicants on what they filed themselves."""
    if actor.role == Role.APPLICANT:
        return application.organisation_id is None
    return actor.role not in PEOPLE or application.organisation_id is not None


def expected(table: str, status: str, action: str, actor: Actor) -> bool:
    cells = allowed_cells(table)
    if actor.role not in PEOPLE and actor.where == "commission":
        return (status, action, actor.role, "commission") in cells
    return actor.where == "here" and (status, action, actor.role, "here") in cells


# --- As questions: every status, action, role and place -------------------------------------------


@pytest.mark.parametrize(
    ("table", "way"), [(FROM_ACCOUNTS, "account"), (FROM_PAPER, "paper")], ids=["account", "paper"]
)
def test_every_cell_is_as_the_table_says(table, way, record_property):
    election = an_election()
    organisation = an_organisation(election=election)
    if way == "paper":
        applications = [an_application_on_paper(election=election)]
    else:
        applications = [
            a_submitted(election=election),
            a_submitted(election=election, organisation=organisation),
        ]
    applicant = a_user() if way == "paper" else applications[0].applicant
    people = everybody(election, organisation=organisation, applicant=applicant)
    wrong, cells = [], 0
    for application in applications:
        for actor in people:
            if way == "account" and not stands(actor, application):
                continue
            for status in Status:
                application.status = status
                for action in ACTIONS:
                    cells += 1
                    may = not _hindrance(application, action, actor.user)
                    if may != expected(table, status, action, actor):
                        wrong.append((status.value, action, actor.role.value, actor.where, may))
    record_property("access cells checked", cells)
    assert wrong == []
    assert cells > 9 * len(ACTIONS) * 15


def test_the_central_commission_reaches_what_lies_with_every_commission():
    """In the table: all."""
    election = an_election()
    far = a_submitted(election=election, constituency=2)
    for role in (StaffRole.CENTRAL_REVIEWER, StaffRole.CENTRAL_CHAIR):
        assert permissions.may(a_staff_member(role, election), "approve", far)


@pytest.mark.parametrize("status", list(Status))
def test_who_has_not_signed_in_does_nothing(status):
    application = a_submitted()
    application.status = status
    visitor = AnonymousUser()
    assert [action for action in ACTIONS if not _hindrance(application, action, visitor)] == []


def test_the_system_does_its_own_and_nothing_else():
    application = a_submitted()
    may = set()
    for status in Status:
        application.status = status
        may |= {(str(status), a) for a in ACTIONS if not _hindrance(application, a, None)}
    assert may == OF_THE_SYSTEM


def test_the_table_names_every_move_that_a_person_can_make():
    """A new transition of the machine has to be written down here."""
    cells = allowed_cells(FROM_ACCOUNTS) | allowed_cells(FROM_PAPER)
    named = {(status, action) for status, action, _role, _where in cells}
    moves = {(str(s), t.action) for t in APPLICATION.transitions for s in t.sources}
    assert named | OF_THE_SYSTEM == moves


# --- As moves -------------------------------------------------------------------------------------

# What these rest on is tried where it is made: an appeal (test_appeals), an own decision
# (test_undo), another person’s application (test_substitutions). Here: that nobody else gets so
# far.
NEED_MORE = (UPHOLD, UNDO, SUBSTITUTE)


def really(application: Application, action: str, user: Any) -> Moved:
    """The move itself, taken back afterwards."""
    reasons = {
        REFUSE: reasons_to_refuse(application.election),
        RETURN: Reasons(note="The photo is dark."),
        CANCEL: Reasons(what_was_checked="Court act 7."),
        UPHOLD: Reasons(appeal=Appeal()),
    }
    with transaction.atomic():
        moved = move(one(application), action, actor=afresh(user), reasons=reasons.get(action))
        transaction.set_rollback(True)
    return moved


@pytest.mark.parametrize("status", [s for s in Status if s != Status.LAPSED])
def test_every_move_is_made_for_whom_the_table_allows_it_and_for_nobody_else(status):
    election = an_election()
    organisation = an_organisation(election=election)
    own = an_application_in(status, election=election)
    nominated = an_application_in(status, election=election, organisation=organisation)
    people = everybody(election, organisation=organisation, applicant=own.applicant)
    possible = [t.action for t in APPLICATION.actions_from(status) if t.action != LAPSE]
    wrong = []
    for application in (own, nominated):
        for actor in people:
            if not stands(actor, application):
                continue
            for action in possible:
                allowed = expected(FROM_ACCOUNTS, status, action, actor)
                if allowed and action in NEED_MORE:
                    continue
                moved = really(application, action, actor.user)
                if bool(moved.done) != allowed:
                    wrong.append((action, actor.role.value, actor.where, moved.skipped))
    assert wrong == []
    assert {stored(own).status, stored(nominated).status} == {status}


@pytest.mark.parametrize("status", list(Status))
def test_what_the_status_does_not_allow_nobody_does_though_they_have_the_right(status):
    election = an_election()
    application = an_application_in(status, election=election)
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    sources = {t.action: t.sources for t in APPLICATION.transitions}
    for action in [action for action in ACTIONS if status not in sources[action]]:
        for user in (chair, application.applicant):
            assert not really(application, action, user).done, (action, user)
    assert stored(application).status == status


def test_a_person_does_not_make_a_draft_lapse():
    application = an_application_in("draft")
    moved = really(application, LAPSE, application.applicant)
    assert [reason for _, reason in moved.skipped] == ["This happens by itself."]
