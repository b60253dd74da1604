"""The machines as tables, and PostgreSQL as their keeper (promise 4)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from psycopg import sql

from elections.domain.clock import database_now
from elections.lifecycle import Machine, StatusText, Transition, acting_as
from elections.models import CalendarEvent, Extension
from observers.lifecycle import APPEAL, APPLICATION, BADGE
from observers.models import (
    Appeal,
    AppealEvent,
    Application,
    ApplicationEvent,
    Badge,
    BadgeEvent,
    Decision,
)
from organisations.domain import nominations
from organisations.domain.nominations import Refusal
from organisations.lifecycle import NOMINATION
from organisations.models import NominationDecision, NominationEvent, NominationRight
from tests.builders import (
    DAY,
    a_draft,
    a_ground,
    a_nomination,
    a_refused,
    a_submitted,
    a_user,
    an_application_in,
    an_approved,
    an_election,
    an_organisation,
    badge_of,
    one,
    owner_of,
    stored,
    the_chair,
)

pytestmark = pytest.mark.django_db

# Rows are states, columns are actions, cells are where the action leads.
APPLICATION_TABLE = """
              submit     enter      take_up       approve   return    refuse   withdraw   lapse
draft         submitted  submitted  -             -         -         -        withdrawn  lapsed
submitted     -          -          under_review  -         -         -        withdrawn  -
under_review  -          -          -             approved  returned  refused  withdrawn  -
returned      submitted  submitted  -             -         -         -        withdrawn  -
approved      -          -          -             -         -         -        -          -
refused       -          -          -             -         -         -        -          -
withdrawn     -          -          -             -         -         -        -          -
lapsed        -          -          -             -         -         -        -          -
cancelled     -          -          -             -         -         -        -          -
"""
APPLICATION_TABLE_AFTERWARDS = """
              cancel     undo          uphold    withdraw_on_paper  substitute
draft         -          -             -         -                  -
submitted     -          -             -         withdrawn          -
under_review  -          -             -         withdrawn          -
returned      -          under_review  -         withdrawn          -
approved      cancelled  under_review  -         -                  withdrawn
refused       -          under_review  approved  -                  -
withdrawn     -          -             -         -                  -
lapsed        -          -             -         -                  -
cancelled     -          -             approved  -                  -
"""
BADGE_TABLE = """
              print    hand_over    replace   renew     revoke   expire
issued        printed  -            replaced  replaced  revoked  expired
printed       -        handed_over  replaced  replaced  revoked  expired
handed_over   -        -            replaced  replaced  revoked  expired
replaced      -        -            -         -         -        -
revoked       -        -            -         -         -        -
expired       -        -            -         -         -        -
"""
APPEAL_TABLE = """
              uphold   dismiss    withdraw
lodged        upheld   dismissed  withdrawn
upheld        -        -          -
dismissed     -        -          -
withdrawn     -        -          -
"""
NOMINATION_TABLE = """
              submit     grant    return    refuse   withdraw   undo
draft         submitted  -        -         -        withdrawn  -
submitted     -          granted  returned  refused  withdrawn  -
returned      submitted  -        -         -        withdrawn  submitted
granted       -          -        -         -        -          submitted
refused       -          -        -         -        -          submitted
withdrawn     -          -        -         -        -          -
"""


def cells(*tables: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for table in tables:
        actions, *rows = (line.split() for line in table.strip().splitlines())
        found |= {
            (status, action): target
            for status, *targets in rows
            for action, target in zip(actions, targets, strict=True)
        }
    return found


@pytest.mark.parametrize(
    ("machine", "tables"),
    [
        (APPLICATION, [APPLICATION_TABLE, APPLICATION_TABLE_AFTERWARDS]),
        (BADGE, [BADGE_TABLE]),
        (APPEAL, [APPEAL_TABLE]),
        (NOMINATION, [NOMINATION_TABLE]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_action_leads_from_every_state_where_the_table_says(machine, tables):
    found = {
        (str(status), t.action): str(t.target) if machine.may(status, t.action) else "-"
        for status in machine.texts
        for t in machine.transitions
    }
    assert found == cells(*tables)


@pytest.mark.parametrize("machine", [APPLICATION, BADGE, APPEAL, NOMINATION], ids=lambda m: m.name)
def test_every_status_has_its_words(machine):
    choices = (
        {
            "application": Application,
            "badge": Badge,
            "appeal": Appeal,
            "nomination": NominationRight,
        }[machine.name]
        ._meta.get_field("status")
        .choices
    )
    assert {str(status) for status in machine.texts} == {value for value, _ in choices}
    assert all(text.staff and text.public and text.next_step for text in machine.texts.values())


def test_a_refused_action_is_named_with_the_status(english):
    assert APPLICATION.may("withdrawn", "approve").reason == (
        "“Approve” is not possible: the status is “Withdrawn”."
    )


def test_an_action_that_does_not_exist_is_a_mistake():
    with pytest.raises(KeyError):
        APPLICATION.may("draft", "publish")


def test_a_machine_with_an_unknown_state_cannot_be_made():
    words = {"open": StatusText("Open", "Open", "Wait.")}
    with pytest.raises(ValueError, match="shut"):
        Machine("door", "open", words, (Transition("shut", "Shut", ("open",), "closed"),))


# --- What PostgreSQL lets through -----------------------------------------------------------------


def a_badge(status: str = "issued") -> Badge:
    return _led(badge_of(an_approved()), BADGE, status)


def the_next(badge: Badge, **columns: Any) -> Badge:
    """As it would be issued, when the one before is revoked."""
    with acting_as(None, action="revoke"):
        Badge.unscoped.filter(pk=badge.pk).update(status="revoked")
    badge.pk, badge.serial = None, badge.serial + 1
    for name, value in columns.items():
        setattr(badge, name, value)
    return badge


def an_appeal(status: str = "lodged") -> Appeal:
    """With its answer from the beginning, so that it can be led anywhere."""
    decision = Decision.objects.get(application=a_refused())
    with acting_as(None, action="lodge"):
        appeal = Appeal.unscoped.create(
            decision=decision,
            commission=decision.commission.appeals_to,
            lodged_by=a_user(),
            grounds="Wrong.",
            reasoning="It was.",
            decided_by=a_user(),
            decided_at=database_now(),
        )
    return _led(appeal, APPEAL, status)


def a_right(status: str = "draft") -> NominationRight:
    """By the domain, since a decided right needs its decision."""
    election = an_election()
    organisation = an_organisation()
    right = a_nomination(organisation, election)
    owner, chair = owner_of(organisation), the_chair(election)
    if status == "withdrawn":
        return nominations.withdraw(right, by=owner)
    if status != "draft":
        right = nominations.submit(right, by=owner)
    if status == "returned":
        return nominations.give_back(right, by=chair, note="Say how many.")
    if status == "granted":
        return nominations.grant(right, by=chair)
    if status == "refused":
        ground = a_ground(election, "organisation")
        return nominations.refuse(right, by=chair, refusal=Refusal(ground, "Unknown."))
    return right


def _led(row: Any, machine: Machine, status: str) -> Any:
    """Through the states between, by plain updates."""
    paths = [[machine.initial]]
    while paths[0][-1] != status:
        path = paths.pop(0)
        paths += [[*path, target] for source, target in machine.moves() if source == path[-1]]
    for step in paths[0][1:]:
        with acting_as(None, action="step"):
            type(row).unscoped.filter(pk=row.pk).update(status=step)
    return row


def objection(row: Any, status: str) -> str:
    """What the database says to a plain UPDATE of the status, if anything. It is taken back."""
    try:
        with transaction.atomic():
            with acting_as(None, action="shell"):
                type(row).unscoped.filter(pk=row.pk).update(status=status)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


MAKERS: dict[str, Callable[[str], Any]] = {
    "application": an_application_in,
    "badge": a_badge,
    "appeal": an_appeal,
    "nomination": a_right,
}


@pytest.mark.parametrize("machine", [APPLICATION, BADGE, APPEAL, NOMINATION], ids=lambda m: m.name)
def test_the_database_refuses_every_pair_of_states_that_is_no_move(machine):
    possible = []
    for status in machine.texts:
        row = MAKERS[machine.name](status)
        for target in set(machine.texts) - {status}:
            if "Invalid transition" not in objection(row, target):
                possible.append((str(status), str(target)))
    assert sorted(possible) == machine.moves()


@pytest.mark.parametrize(
    ("maker", "machine"), [(a_badge, BADGE), (an_appeal, APPEAL)], ids=["badge", "appeal"]
)
def test_the_database_allows_every_move(maker, machine):
    rows = {source: maker(source) for source, _ in machine.moves()}
    objections = [objection(rows[source], target) for source, target in machine.moves()]
    assert objections == [""] * len(machine.moves())


def test_an_application_is_not_born_submitted():
    draft = a_draft()
    draft.pk, draft.key = None, "11111111-1111-1111-1111-111111111111"
    draft.status = "submitted"
    with pytest.raises(DatabaseError, match="begins as draft"), acting_as(None, action="begin"):
        draft.save()


def test_a_right_is_not_born_granted():
    right = a_right()
    fields = {"election": an_election(), "organisation": right.organisation}
    with pytest.raises(DatabaseError, match="begins as draft"), acting_as(None, action="begin"):
        NominationRight.unscoped.create(
            **fields, commission=right.commission, filed_by=right.filed_by, status="granted"
        )


def test_a_badge_is_not_born_printed():
    badge = the_next(a_badge(), status="printed")
    with pytest.raises(DatabaseError, match="begins as issued"), acting_as(None, action="issue"):
        badge.save()


def test_an_appeal_is_not_born_upheld():
    decision = a_refused().decision
    fields = {"decision": decision, "lodged_by": a_user(), "grounds": "Wrong."}
    with pytest.raises(DatabaseError, match="begins as lodged"), acting_as(None, action="lodge"):
        Appeal.unscoped.create(**fields, status="upheld")


# --- Who, when, from, to, why ---------------------------------------------------------------------


def test_a_change_of_status_without_a_name_is_refused():
    draft = a_draft()
    with pytest.raises(DatabaseError, match="must say who"):
        one(draft).update(status="withdrawn")


def test_a_beginning_without_a_name_is_refused():
    badge = the_next(a_badge())
    with pytest.raises(DatabaseError, match="must say who"):
        badge.save()


def test_within_a_block_another_speaks_for_itself_alone():
    badge, draft = a_badge(), a_draft()
    with acting_as(draft.applicant, action="withdraw"):
        with acting_as(None, action="revoke"):
            Badge.unscoped.filter(pk=badge.pk).update(status="revoked")
        one(draft).update(status="withdrawn")
    assert badge.events.get(status_to="revoked").actor is None
    assert draft.events.get(status_to="withdrawn").actor == draft.applicant


def test_a_name_is_forgotten_at_the_end_of_its_block():
    first, second = a_draft(), a_draft()
    with acting_as(first.applicant, action="withdraw"):
        one(first).update(status="withdrawn")
    with pytest.raises(DatabaseError, match="must say who"):
        one(second).update(status="withdrawn")


def test_a_name_is_forgotten_when_its_block_fails():
    draft = a_draft()
    with pytest.raises(ZeroDivisionError), acting_as(draft.applicant, action="withdraw"):
        raise ZeroDivisionError
    with pytest.raises(DatabaseError, match="must say who"):
        one(draft).update(status="withdrawn")


@pytest.mark.django_db(transaction=True)
def test_a_name_needs_a_transaction():
    with pytest.raises(RuntimeError), acting_as(None, action="withdraw"):
        pass  # pragma: no cover


def in_sql(statement: str, *names: str) -> None:
    """As from the database's own shell; {} stands for names."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def last_event(application: Application) -> tuple[Any, ...]:
    event = ApplicationEvent.objects.filter(application=application).latest("pk")
    return (event.actor, event.action, event.status_from, event.status_to, event.reason)


def test_an_update_from_the_shell_leaves_an_event():
    draft, before = a_draft(), database_now()
    with acting_as(draft.applicant, action="withdraw", reason="Asked by phone."):
        in_sql("UPDATE {} SET status = 'withdrawn'", "observers_application")
    assert last_event(draft) == (
        draft.applicant,
        "withdraw",
        "draft",
        "withdrawn",
        "Asked by phone.",
    )
    assert before < ApplicationEvent.objects.latest("pk").at < database_now()


def test_many_rows_changed_by_one_statement_leave_one_event_each():
    rows = [a_draft(), a_draft(), a_submitted()]
    with acting_as(None, action="withdraw", reason="All of them."):
        Application.unscoped.update(status="withdrawn")
    found = ApplicationEvent.objects.filter(action="withdraw").order_by("application")
    assert list(found.values_list("application", "status_from", "status_to", "reason")) == [
        (rows[0].pk, "draft", "withdrawn", "All of them."),
        (rows[1].pk, "draft", "withdrawn", "All of them."),
        (rows[2].pk, "submitted", "withdrawn", "All of them."),
    ]


def test_the_system_itself_has_no_name():
    draft = a_draft()
    with acting_as(None, action="withdraw"):
        one(draft).update(status="withdrawn")
    assert last_event(draft)[0] is None


def test_a_change_of_other_columns_leaves_no_event():
    draft = a_draft()
    one(draft).update(surname="Quliyev", status="draft")
    assert last_event(draft)[1] == "begin"


# --- What was written stays -----------------------------------------------------------------------


def a_decision() -> Decision:
    return Decision.objects.get(application=an_approved())


def an_extension() -> Extension:
    window = an_election().windows.get(scope="nationwide")
    return Extension.objects.create(
        window=window, until=database_now() + DAY, reason="A power cut.", granted_by=a_user()
    )


def a_closing() -> CalendarEvent:
    window = an_election().windows.get(scope="nationwide")
    return CalendarEvent.objects.create(window=window, closed_at=window.closes_at, lapsed=0)


RECORDS: dict[str, Callable[[], models.Model]] = {
    "application event": lambda: a_draft().events.model.objects.latest("pk"),
    "badge event": lambda: BadgeEvent.objects.get(badge=a_badge()),
    "appeal event": lambda: AppealEvent.objects.get(appeal=an_appeal()),
    "nomination event": lambda: NominationEvent.objects.get(right=a_right()),
    "decision": a_decision,
    "nomination decision": lambda: NominationDecision.objects.get(right=a_right("granted")),
    "extension": an_extension,
    "closing": a_closing,
}


@pytest.mark.parametrize("record", RECORDS)
def test_what_was_recorded_is_neither_changed_nor_deleted(record):
    row = RECORDS[record]()
    table, these = row._meta.db_table, type(row)._base_manager.filter(pk=row.pk)
    date = next(f.column for f in row._meta.fields if isinstance(f, models.DateTimeField))
    attempts: list[Callable[[], Any]] = [
        row.save,
        lambda: these.update(**{date: database_now()}),
        lambda: these._raw_delete("default"),
        lambda: in_sql("UPDATE {} SET {} = now()", table, date),
        lambda: in_sql("DELETE FROM {}", table),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            attempt()


@pytest.mark.parametrize("status", ["submitted", "withdrawn", "refused"])
def test_a_submitted_application_is_not_deleted(status):
    application = an_application_in(status)
    with pytest.raises(DatabaseError, match="not deleted"):
        one(application)._raw_delete("default")


def test_the_time_and_number_of_a_submission_stay():
    application = a_submitted()
    for column in ({"submitted_at": database_now()}, {"receipt_number": "R-1"}):
        with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
            one(application).update(**column)
    assert stored(application).receipt_number == application.receipt_number
