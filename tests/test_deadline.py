"""Promise 1: the database's clock decides who is in time."""

import datetime
import time

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from elections.domain.clock import database_now
from elections.domain.windows import closing_moment, elections_open_to, is_open, open_windows
from elections.enums import Scope
from elections.lifecycle import acting_as
from elections.models import Election, Extension, Window
from observers.domain import drafts
from observers.domain.applications import Moved, move
from observers.lifecycle import LAPSE, SUBMIT
from observers.models import Application
from organisations.domain import nominations
from tests.builders import (
    DAY,
    a_draft,
    a_nomination,
    a_user,
    a_window,
    an_election,
    an_organisation,
    one,
    owner_of,
    shut,
    stored,
    the_chair,
)
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECOND = datetime.timedelta(seconds=1)
MICROSECOND = datetime.timedelta(microseconds=1)
LATE = "Registration has closed. The draft is kept and can still be read."
EARLY = "Registration has not opened yet."


def sent(draft: Application) -> str:
    """What sending it came to: nothing if it is stored, else the sentence."""
    moved: Moved = move(one(draft), SUBMIT, actor=draft.applicant)
    return moved.skipped[0][1] if moved.skipped else ""


def window_of(draft: Application) -> Window:
    return Window.objects.get(pk=draft.window_id)


def close_in(draft: Application, seconds: float) -> None:
    """Counted by the database's clock."""
    span = datetime.timedelta(seconds=seconds)
    Window.objects.filter(pk=draft.window_id).update(closes_at=Now() + span)


# --- The moment itself ----------------------------------------------------------------------------


def admitted(draft: Application, at: datetime.datetime) -> str:
    """Ask the function that the trigger asks; the answer in one word."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT observers_admit(a, %s) FROM observers_application a WHERE id = %s",
                [at, draft.pk],
            )
            (due_at,) = cursor.fetchone()
    except DatabaseError as error:
        return {"PD001": "late", "PD003": "early"}[getattr(error.__cause__, "sqlstate", "")]
    assert due_at == at + 3 * DAY
    return "in time"


@pytest.mark.parametrize(
    ("moment", "distance", "answer"),
    [
        ("opens_at", -SECOND, "early"),
        ("opens_at", -MICROSECOND, "early"),
        ("opens_at", 0 * SECOND, "in time"),
        ("closes_at", -SECOND, "in time"),
        ("closes_at", -MICROSECOND, "in time"),
        ("closes_at", 0 * SECOND, "late"),
        ("closes_at", MICROSECOND, "late"),
        ("closes_at", SECOND, "late"),
    ],
)
def test_a_window_is_half_open(moment, distance, answer):
    draft = a_draft()
    window = window_of(draft)
    at = getattr(window, moment) + distance
    assert admitted(draft, at) == answer
    assert is_open(window, now=at, closes_at=window.closes_at) == (answer == "in time")


def test_the_day_of_the_deadline_belongs_to_the_window_until_midnight_in_baku():
    election = an_election(polling_on=datetime.date(2024, 2, 7))
    assert election.end_of_day(10).isoformat() == "2024-01-29T00:00:00+04:00"
    assert election.end_of_day(5).isoformat() == "2024-02-03T00:00:00+04:00"


def test_days_to_decide_are_days_of_the_clock_not_of_the_calendar():
    draft = a_draft()
    Window.objects.update(days_to_decide=5)
    assert sent(draft) == ""
    row = stored(draft)
    assert row.due_at - row.submitted_at == 5 * DAY


# --- Two threads at the deadline ------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_around_the_deadline_each_is_treated_as_the_databases_clock_says():
    election = an_election()
    rows = [a_draft(election=election) for _ in range(8)]
    close_in(rows[0], 0.7)
    offsets = [0.2, 0.4, 0.55, 0.65, 0.71, 0.75, 0.85, 1.0]
    begun = time.monotonic()

    def send_after(row: Application, offset: float) -> str:
        time.sleep(max(0, begun + offset - time.monotonic()))
        return sent(row)

    results = at_once(*(lambda p=pair: send_after(*p) for pair in zip(rows, offsets, strict=True)))

    closes_at = window_of(rows[0]).closes_at
    for row, result in zip(rows, results, strict=True):
        now = stored(row)
        if result == "":
            assert (now.status, now.receipt_number is not None) == ("submitted", True)
            assert now.submitted_at < closes_at
        else:
            assert (result, now.status, now.receipt_number) == (LATE, "draft", None)
            assert (now.surname, now.identity_number) == ("Məmmədov", row.identity_number)
    assert results[0] == ""
    assert results[-1] == LATE


@pytest.mark.django_db(transaction=True)
def test_a_transaction_begun_before_the_deadline_smuggles_nothing():
    draft = a_draft()
    close_in(draft, 0.3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT now(), pg_sleep(0.4)")
        began = cursor.fetchone()[0]
        assert began < window_of(draft).closes_at
        assert sent(draft) == LATE
    assert stored(draft).status == "draft"


@pytest.mark.django_db(transaction=True)
def test_what_python_holds_for_open_the_trigger_still_refuses(monkeypatch):
    """The look beforehand is only there for the sentence."""
    draft = a_draft()
    shut(draft.election)
    looks = []

    def look(rows, *, now):
        looks.append(now)
        return {rows[0].pk: LATE} if len(looks) == 2 else {}

    monkeypatch.setattr("observers.domain.admission.hindrances", look)
    assert sent(draft) == LATE
    assert len(looks) == 2


@pytest.mark.parametrize("stamp", [None, -DAY])
def test_a_late_update_past_the_writer_is_refused(stamp):
    """Also when it claims to have been written yesterday."""
    draft = a_draft()
    shut(draft.election)
    claimed = {"submitted_at": database_now() + stamp} if stamp else {}
    with pytest.raises(DatabaseError, match="Registration has closed"), late_hand():
        one(draft).update(status="submitted", **claimed)


def test_an_early_update_past_the_writer_is_refused():
    draft = a_draft()
    a_window(draft.election, scope=Scope.CONSTITUENCY, opens_in=DAY)
    with pytest.raises(DatabaseError, match="Registration has not opened"), late_hand():
        one(draft).update(status="submitted")


def test_a_claimed_time_is_replaced_by_the_databases_own():
    draft, before = a_draft(), database_now()
    with late_hand():
        one(draft).update(status="submitted", submitted_at=before - 3 * DAY)
    assert stored(draft).submitted_at >= before


def test_a_closed_window_cannot_be_swapped_for_an_open_one_of_another_kind():
    draft = a_draft(scope=Scope.NATIONWIDE)
    a_window(draft.election, scope=Scope.NATIONWIDE, closes_in=-SECOND)
    open_one = draft.election.windows.get(scope=Scope.CONSTITUENCY)
    with pytest.raises(DatabaseError, match="does not admit"), late_hand():
        one(draft).update(status="submitted", window=open_one)


def late_hand():
    return acting_as(None, action="shell")


# --- Sentences, and what stays readable -----------------------------------------------------------


def test_late_and_early_have_their_sentences():
    late, early = a_draft(), a_draft()
    shut(late.election)
    a_window(early.election, scope=Scope.CONSTITUENCY, opens_in=DAY)
    assert (sent(late), sent(early)) == (LATE, EARLY)


def test_a_draft_stays_readable_and_its_owners_after_the_closing():
    draft = a_draft()
    shut(draft.election)
    seen = Application.objects.visible_to(draft.applicant).get()
    assert (seen.surname, seen.address) == (draft.surname, draft.address)


def test_no_draft_is_begun_after_the_closing():
    election = an_election()
    shut(election)
    with pytest.raises(drafts.DraftError, match="not open"):
        a_draft(election=election)


def test_no_draft_is_begun_where_the_election_has_no_such_window():
    election = an_election()
    election.windows.update(kinds=["party"])
    with pytest.raises(drafts.DraftError, match="no registration of that kind"):
        a_draft(election=election)


def test_a_nomination_after_the_closing_gets_a_sentence():
    election, organisation = an_election(), an_organisation()
    right = a_nomination(organisation, election)
    shut(election)
    with pytest.raises(nominations.NominationError, match="Registration has closed"):
        nominations.submit(right, by=owner_of(organisation))


# --- Extensions -----------------------------------------------------------------------------------


def extend(election: Election, *, constituency: int = 0, kind: str = "") -> Extension:
    """A day more, in the constituency window."""
    place = election.constituencies.get(number=constituency) if constituency else None
    return Extension.objects.create(
        window=election.windows.get(scope=Scope.CONSTITUENCY),
        constituency=place,
        kind=kind,
        until=database_now() + DAY,
        reason="A power cut.",
        granted_by=the_chair(election),
    )


@pytest.fixture
def late_drafts() -> dict[tuple[int, str], Application]:
    """By constituency and kind, in an election whose registration has closed."""
    election = an_election()
    party = an_organisation(election=election)
    found: dict[tuple[int, str], Application] = {}
    for number in (1, 2):
        own = a_draft(election=election, constituency=number)
        nominated = a_draft(election=election, constituency=number, organisation=party)
        found |= {(number, "own_initiative"): own, (number, "party"): nominated}
    shut(election)
    return found


@pytest.mark.parametrize(
    ("extension", "in_time"),
    [
        ({}, {(1, "own_initiative"), (1, "party"), (2, "own_initiative"), (2, "party")}),
        ({"constituency": 1}, {(1, "own_initiative"), (1, "party")}),
        ({"kind": "party"}, {(1, "party"), (2, "party")}),
        ({"constituency": 2, "kind": "party"}, {(2, "party")}),
    ],
    ids=["all", "constituency", "kind", "both"],
)
def test_an_extension_is_for_those_it_names(late_drafts, extension, in_time):
    extend(late_drafts[1, "party"].election, **extension)
    results = {who: sent(draft) for who, draft in late_drafts.items()}
    assert {who for who, result in results.items() if result == ""} == in_time
    assert {result for who, result in results.items() if who not in in_time} <= {LATE}


def test_an_extension_is_half_open_too():
    draft = a_draft()
    until = extend(draft.election).until
    shut(draft.election)
    assert admitted(draft, until - MICROSECOND) == "in time"
    assert admitted(draft, until) == "late"


def test_an_extension_before_the_closing_takes_nothing_away():
    draft = a_draft()
    window = window_of(draft)
    Extension.objects.create(
        window=window, until=database_now(), reason="A mistake.", granted_by=a_user()
    )
    assert closing_moment(window, kind=draft.kind, constituency=draft.constituency) == (
        window.closes_at
    )


def test_an_extended_window_is_open_to_the_public():
    election = an_election()
    shut(election)
    assert (elections_open_to("party"), open_windows(election, kind="party")) == ([], [])
    extension = extend(election, constituency=2)
    assert elections_open_to("party") == [election]
    assert open_windows(election, kind="party") == [extension.window]


def test_who_has_not_chosen_yet_may_begin_for_an_extended_constituency():
    election = an_election()
    shut(election)
    extend(election, constituency=2)
    draft = drafts.begin(election=election, scope=Scope.CONSTITUENCY, applicant=a_user())
    two = election.constituencies.get(number=2)
    place = {"scope": Scope.CONSTITUENCY, "constituency": two}
    assert drafts.choose_place(draft, version=1, now=database_now(), **place) == 2


def test_who_has_not_chosen_yet_cannot_choose_where_it_is_closed():
    election = an_election()
    shut(election)
    extend(election, constituency=2)
    draft = drafts.begin(election=election, scope=Scope.CONSTITUENCY, applicant=a_user())
    place = {"scope": Scope.CONSTITUENCY, "constituency": election.constituencies.get(number=1)}
    with pytest.raises(drafts.DraftError):
        drafts.choose_place(draft, version=1, now=database_now(), **place)


# --- Nothing closes early -------------------------------------------------------------------------


def test_a_draft_does_not_lapse_while_registration_is_open():
    draft = a_draft()
    moved = move(one(draft), LAPSE, actor=None)
    assert [reason for _, reason in moved.skipped] == ["Registration is still open."]


def test_the_database_lapses_nothing_early():
    draft = a_draft()
    with pytest.raises(DatabaseError, match="does not lapse"), late_hand():
        one(draft).update(status="lapsed")


def test_a_window_cannot_close_before_it_opens():
    election = an_election()
    with pytest.raises(DatabaseError, match="window_closes_after_it_opens"):
        election.windows.update(closes_at=F("opens_at"))
