"""The closing is announced once, and everybody is told once."""

import datetime
import time

import pytest
from django.core.management import call_command

from elections.domain.clock import database_now
from elections.enums import Scope
from elections.models import CalendarEvent, Election, Extension
from notifications.models import Letter
from observers.domain import closing
from observers.domain.closing import close_registration, remind_of_drafts
from observers.models import Application, ApplicationEvent
from observers.tasks import close_registration as close_registration_task
from tests.builders import (
    DAY,
    a_draft,
    a_submitted,
    a_user,
    a_window,
    an_election,
    an_organisation,
    many_drafts,
    owner_of,
    shut,
    stored,
)
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOUR = datetime.timedelta(hours=1)


def letters(kind: str) -> list[Letter]:
    return list(Letter.unscoped.filter(kind=kind).order_by("pk"))


def lapsed_by_scope() -> dict[str, int]:
    return dict(CalendarEvent.objects.values_list("window__scope", "lapsed"))


# --- Closing --------------------------------------------------------------------------------------


def test_a_draft_lapses_with_an_event_and_a_letter():
    draft = a_draft()
    shut(draft.election)
    close_registration()
    event = ApplicationEvent.objects.latest("pk")
    assert (event.application_id, event.actor, event.status_to) == (draft.pk, None, "lapsed")
    assert [letter.recipient for letter in letters("draft_lapsed")] == [draft.applicant]


def test_what_was_entered_can_still_be_read():
    draft = a_draft()
    shut(draft.election)
    close_registration()
    seen = Application.objects.visible_to(draft.applicant).get()
    assert (seen.status, seen.surname, seen.phone) == ("lapsed", draft.surname, draft.phone)


def test_what_was_sent_in_time_does_not_lapse():
    application = a_submitted()
    shut(application.election)
    close_registration()
    assert (stored(application).status, letters("draft_lapsed")) == ("submitted", [])


def test_open_windows_are_left_alone():
    draft = a_draft()
    assert close_registration() == []
    assert stored(draft).status == "draft"


def test_each_closing_is_recorded_with_its_moment_and_number():
    election = an_election()
    for _ in range(3):
        a_draft(election=election)
    shut(election)
    recorded = close_registration()
    assert {event.closed_at for event in recorded} == {
        window.closes_at for window in election.windows.all()
    }
    assert lapsed_by_scope() == {"constituency": 3, "nationwide": 0, "special_permission": 0}


def test_closing_twice_changes_nothing():
    draft = a_draft()
    shut(draft.election)
    close_registration()
    before = (CalendarEvent.objects.count(), Letter.unscoped.count())
    assert close_registration() == []
    assert (CalendarEvent.objects.count(), Letter.unscoped.count()) == before


def test_a_person_gets_one_letter_for_all_drafts():
    election = an_election()
    organisation = an_organisation(election=election)
    for surname in ("Əliyev", "Quliyev"):
        a_draft(election=election, organisation=organisation, surname=surname)
    a_draft(election=election, organisation=organisation, scope=Scope.NATIONWIDE)
    shut(election)
    close_registration()
    (letter,) = letters("draft_lapsed")
    assert (letter.recipient, letter.facts["count"]) == (owner_of(organisation), 3)


def test_a_person_gets_one_letter_however_the_work_is_cut(monkeypatch):
    monkeypatch.setattr(closing, "CHUNK", 2)
    election = an_election()
    people = [a_user() for _ in range(5)]
    for person in people:
        many_drafts(3, election=election, applicant=person)
    shut(election)
    close_registration()
    told = letters("draft_lapsed")
    assert [letter.recipient for letter in told] == people
    assert {letter.facts["count"] for letter in told} == {3}
    assert lapsed_by_scope()["constituency"] == 15


def test_drafts_of_an_extended_constituency_wait_for_their_own_closing():
    election = an_election()
    here, there = (a_draft(election=election, constituency=number) for number in (1, 2))
    shut(election)
    an_extension(election, constituency=2, until=database_now() + DAY)
    close_registration()
    assert (stored(here).status, stored(there).status) == ("lapsed", "draft")


def an_extension(
    election: Election, *, until: datetime.datetime, constituency: int = 1
) -> Extension:
    return Extension.objects.create(
        window=election.windows.get(scope=Scope.CONSTITUENCY),
        constituency=election.constituencies.get(number=constituency),
        until=until,
        reason="A power cut.",
        granted_by=a_user(),
    )


def test_the_end_of_an_extension_is_a_closing_of_its_own():
    election = an_election()
    for number in (1, 2):
        a_draft(election=election, constituency=number)
    shut(election)
    until = database_now() + datetime.timedelta(seconds=0.3)
    extension = an_extension(election, constituency=2, until=until)
    close_registration()
    time.sleep(0.35)
    close_registration()
    events = CalendarEvent.objects.filter(window=extension.window).order_by("closed_at")
    assert list(events.values_list("closed_at", "lapsed")) == [
        (election.windows.get(scope=Scope.CONSTITUENCY).closes_at, 1),
        (until, 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_closing_many_times_at_once_lapses_tells_and_records_once(monkeypatch):
    monkeypatch.setattr(closing, "CHUNK", 2)
    election = an_election()
    people = [a_user() for _ in range(6)]
    rows = [row for person in people for row in many_drafts(2, election=election, applicant=person)]
    shut(election)

    recorded = at_once(*[close_registration] * 4)

    assert sum(len(events) for events in recorded) == 3
    assert lapsed_by_scope() == {"constituency": 12, "nationwide": 0, "special_permission": 0}
    assert ApplicationEvent.objects.filter(status_to="lapsed").count() == len(rows)
    told = [letter.recipient_id for letter in letters("draft_lapsed")]
    assert sorted(told) == [person.pk for person in people]


def test_a_closing_that_was_interrupted_still_counts_all_drafts(monkeypatch):
    monkeypatch.setattr(closing, "CHUNK", 1)
    election = an_election()
    for _ in range(3):
        a_draft(election=election)
    shut(election)
    real, calls = closing.move, []

    def killed_halfway(*args, **kwargs):
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(closing, "move", killed_halfway)
    with pytest.raises(KeyboardInterrupt):
        close_registration()
    monkeypatch.setattr(closing, "move", real)
    close_registration()
    assert lapsed_by_scope()["constituency"] == 3
    assert len(letters("draft_lapsed")) == 3


def test_the_task_and_the_command_close_as_well(capsys):
    draft = a_draft()
    shut(draft.election)
    assert close_registration_task() == 3
    call_command("close_registration")
    assert capsys.readouterr().out == "Nothing to close.\n"


# --- Reminders ------------------------------------------------------------------------------------


def closing_in(span: datetime.timedelta) -> Application:
    draft = a_draft()
    a_window(draft.election, scope=Scope.CONSTITUENCY, closes_in=span)
    return draft


@pytest.mark.parametrize(
    ("left", "reminders"),
    [
        (3 * DAY + HOUR, 0),
        (3 * DAY - HOUR, 1),
        (DAY + HOUR, 1),
        (DAY - HOUR, 1),
        (-HOUR, 0),
    ],
)
def test_a_reminder_is_written_three_days_and_one_day_before(left, reminders):
    closing_in(left)
    remind_of_drafts()
    assert len(letters("draft_reminder")) == reminders


def test_a_reminder_is_written_once():
    closing_in(2 * DAY)
    assert [remind_of_drafts() for _ in range(3)] == [1, 0, 0]
    assert len(letters("draft_reminder")) == 1


def window_closing(draft: Application) -> datetime.datetime:
    return draft.election.windows.get(scope=Scope.CONSTITUENCY).closes_at


def test_the_second_reminder_follows_the_first(monkeypatch):
    draft = closing_in(2 * DAY)
    remind_of_drafts()
    later = database_now() + DAY + HOUR
    monkeypatch.setattr(closing, "database_now", lambda: later)
    for _ in range(3):
        remind_of_drafts()
    told = letters("draft_reminder")
    assert [letter.recipient for letter in told] == [draft.applicant] * 2
    assert {letter.facts["closes_at"] for letter in told} == {window_closing(draft).isoformat()}


def test_a_draft_begun_on_the_last_day_gets_one_reminder():
    closing_in(DAY - HOUR)
    remind_of_drafts()
    assert len(letters("draft_reminder")) == 1


def test_one_reminder_for_all_drafts_that_close_together():
    election = an_election()
    organisation = an_organisation(election=election)
    for surname in ("Əliyev", "Quliyev", "Həsənov"):
        a_draft(election=election, organisation=organisation, surname=surname)
    a_window(election, scope=Scope.CONSTITUENCY, closes_in=2 * DAY)
    assert remind_of_drafts() == 1
    (letter,) = letters("draft_reminder")
    assert letter.facts["count"] == 3
    assert [name.split()[0] for name in letter.facts["people"]] == ["Əliyev", "Quliyev", "Həsənov"]


def test_who_has_sent_is_not_reminded():
    application = a_submitted()
    a_window(application.election, scope=Scope.CONSTITUENCY, closes_in=2 * DAY)
    assert remind_of_drafts() == 0


def test_an_extension_moves_the_reminder():
    draft = closing_in(2 * DAY)
    an_extension(draft.election, constituency=1, until=database_now() + 10 * DAY)
    assert remind_of_drafts() == 0


@pytest.mark.django_db(transaction=True)
def test_reminding_at_once_writes_one_letter():
    closing_in(2 * DAY)
    at_once(*[remind_of_drafts] * 4)
    assert len(letters("draft_reminder")) == 1
