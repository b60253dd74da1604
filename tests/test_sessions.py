"""The commission in session: its agenda, the record that adopts it, the protocol."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import DecisionWay, SettledAs
from observers.domain import proposals, sessions
from observers.domain.applications import move
from observers.domain.sessions import Protocol, SessionError
from observers.enums import Status
from observers.lifecycle import APPROVE, REFUSE, UNDO, WITHDRAW
from observers.models import (
    AgendaItem,
    Application,
    CommissionSession,
    Decision,
    Proposal,
)
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def election():
    """What is decided there is decided in a session."""
    return make.an_election(
        approval_way=DecisionWay.SESSION,
        refusal_way=DecisionWay.SESSION,
        cancellation_way=DecisionWay.SESSION,
    )


@pytest.fixture
def commission(election):
    return make.commission_of(election)


@pytest.fixture
def chair(election):
    return make.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election, full_name="Sevda Sədrova")


@pytest.fixture
def reviewer(election):
    return make.a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election, full_name="Orxan Üzvlü")


def proposed(
    election: Any, by: User, action: str = APPROVE, surname: str = "Məmmədov", **columns: Any
) -> Proposal:
    row = make.an_application_under_review(election=election, by=by, surname=surname, **columns)
    reasons = make.reasons_to_refuse(election) if action == REFUSE else None
    moved = proposals.propose(make.one(row), action, actor=by, reasons=reasons)
    assert moved.skipped == []
    found: Proposal = Proposal.unscoped.get(application=row)
    return found


def today(days: int = 0) -> datetime.date:
    return database_now().date() + datetime.timedelta(days=days)


def a_protocol(**changes: Any) -> Protocol:
    return Protocol(
        **{
            "number": "12",
            "held_on": today(),
            "place": "Bakı şəhəri",
            "chaired_by": "Sevda Sədrova",
            "present": ("Sevda Sədrova", "Orxan Üzvlü"),
        }
        | changes
    )


def refusal(session: CommissionSession, actor: User, **changes: Any) -> str:
    with pytest.raises(SessionError) as error, translation.override("en"):
        sessions.record(session, a_protocol(**changes), actor=actor)
    return str(error.value)


def names(session: CommissionSession) -> list[str]:
    listed = AgendaItem.objects.filter(session=session).order_by("position")
    return list(listed.values_list("proposal__application__surname", flat=True))


def items(session: CommissionSession, *surnames: str) -> list[int]:
    listed = AgendaItem.objects.filter(session=session)
    return list(
        listed.filter(proposal__application__surname__in=surnames).values_list("pk", flat=True)
    )


def status_of(proposal: Proposal) -> str:
    return make.stored(proposal.application).status


# --- The agenda -----------------------------------------------------------------------------------


def test_an_agenda_gathers_what_is_proposed_in_order(election, commission, chair, reviewer):
    proposed(election, reviewer, REFUSE, "Abbasov")
    for surname in ("Ədilov", "Zeynalov", "Elçinov", "Çələbi", "Cəfərov"):
        proposed(election, reviewer, surname=surname)
    session = sessions.open_agenda(commission, actor=chair)
    assert names(session) == ["Cəfərov", "Çələbi", "Elçinov", "Ədilov", "Zeynalov", "Abbasov"]


def test_another_commissions_proposals_are_not_on_it(election, commission, chair, reviewer):
    other = make.commission_of(election, 2)
    colleague = make.a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, other)
    proposed(election, colleague, constituency=2)
    assert names(sessions.open_agenda(commission, actor=chair)) == []


def test_one_agenda_is_prepared_at_a_time(commission, chair):
    sessions.open_agenda(commission, actor=chair)
    with pytest.raises(SessionError, match="prepared already"), translation.override("en"):
        sessions.open_agenda(commission, actor=chair)
    assert CommissionSession.unscoped.count() == 1


def test_who_is_not_its_chair_opens_no_agenda(election, commission, reviewer):
    neighbour = make.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, make.commission_of(election, 2))
    for stranger in (reviewer, neighbour, make.a_user()):
        with pytest.raises(SessionError):
            sessions.open_agenda(commission, actor=stranger)


def test_what_is_left_out_stays_open_and_can_be_taken_up_again(
    election, commission, chair, reviewer
):
    first, second = (proposed(election, reviewer, surname=name) for name in ("Ağayev", "Bağırov"))
    session = sessions.open_agenda(commission, actor=chair)
    assert sessions.leave_out(session, items(session, "Ağayev"), actor=chair) == 1
    assert (names(session), list(sessions.missing(session))) == (["Bağırov"], [first])
    assert sessions.gather(session, actor=chair, only=[first.pk, second.pk]) == 1
    listed = AgendaItem.objects.filter(session=session).order_by("position")
    assert [item.position for item in listed] == [1, 2]
    assert names(session) == ["Ağayev", "Bağırov"]


def test_what_is_proposed_anew_takes_the_place_of_what_became_void(
    election, commission, chair, reviewer
):
    void = proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    changed(void)
    proposals.propose(make.one(void.application), APPROVE, actor=reviewer)
    assert sessions.gather(session, actor=chair) == 1
    anew = AgendaItem.objects.get(session=session).proposal
    assert (anew.is_open, anew.pk != void.pk) == (True, True)


def changed(proposal: Proposal) -> None:
    """The applicant's part changes under the commission's hands."""
    row = make.stored(proposal.application)
    make.one(row).update(version=row.version + 1)


# --- The record -----------------------------------------------------------------------------------


def test_all_is_adopted_under_the_protocol(election, commission, chair, reviewer):
    good, bad = proposed(election, reviewer), proposed(election, reviewer, REFUSE)
    session = sessions.open_agenda(commission, actor=chair)
    result = sessions.record(session, a_protocol(), actor=chair)
    assert result.adopted == {"approved": 1, "refused": 1}
    assert (result.declined, result.undecided) == (0, [])
    assert (status_of(good), status_of(bad)) == (Status.APPROVED, Status.REFUSED)
    made = Decision.objects.get(application=bad.application)
    assert (made.session, made.proposed_by, made.confirmed_by) == (session, reviewer, chair)
    assert made.ground == make.a_ground(election)


def test_the_event_names_the_protocol_in_the_language_of_the_state(
    election, commission, chair, reviewer
):
    row = proposed(election, reviewer).application
    session = sessions.open_agenda(commission, actor=chair)
    with translation.override("en"):
        sessions.record(session, a_protocol(), actor=chair)
    session.refresh_from_db()
    with translation.override("az"):
        assert row.events.get(action=APPROVE).reason == session.protocol


def test_exceptions_go_back_to_the_queue_with_their_reason(election, commission, chair, reviewer):
    rest = proposed(election, reviewer, surname="Ağayev")
    except_this = proposed(election, reviewer, surname="Bağırov")
    session = sessions.open_agenda(commission, actor=chair)
    sessions.note_exceptions(
        session, items(session, "Bağırov"), actor=chair, reason="The photo is too old."
    )
    result = sessions.record(session, a_protocol(), actor=chair)
    assert (result.adopted, result.declined) == ({"approved": 1}, 1)
    assert (status_of(rest), status_of(except_this)) == (Status.APPROVED, Status.UNDER_REVIEW)
    except_this.refresh_from_db()
    assert (except_this.settled_as, except_this.settled_note, except_this.settled_by) == (
        SettledAs.DECLINED,
        "The photo is too old.",
        chair,
    )


def test_an_exception_needs_its_reason_and_can_be_cleared(election, commission, chair, reviewer):
    proposed(election, reviewer, surname="Ağayev")
    session = sessions.open_agenda(commission, actor=chair)
    chosen = items(session, "Ağayev")
    with pytest.raises(SessionError):
        sessions.note_exceptions(session, chosen, actor=chair, reason="  ")
    sessions.note_exceptions(session, chosen, actor=chair, reason="Why not.")
    sessions.clear_exceptions(session, chosen, actor=chair)
    assert sessions.record(session, a_protocol(), actor=chair).adopted == {"approved": 1}


def test_what_cannot_be_decided_is_listed_with_its_reason(election, commission, chair, reviewer):
    own = proposed(election, chair, surname="Aözüm")
    void = proposed(election, reviewer, surname="Bdəyişmiş")
    withdrawn = proposed(election, reviewer, surname="Cgeri")
    good = proposed(election, reviewer, surname="Çyaxşı")
    session = sessions.open_agenda(commission, actor=chair)
    changed(void)
    applicant = withdrawn.application.applicant
    move(make.one(withdrawn.application), WITHDRAW, actor=applicant)
    foreseen = sessions.foresee(session, actor=chair)
    result = sessions.record(session, a_protocol(), actor=chair)
    surnames = [item.proposal.application.surname for item, _reason in result.undecided]
    assert surnames == ["Aözüm", "Bdəyişmiş", "Cgeri"]
    assert all(reason for _item, reason in result.undecided)
    assert [item for item, _reason in foreseen.undecided] == [item for item, _ in result.undecided]
    assert foreseen.adopted == result.adopted == {"approved": 1}
    assert (status_of(good), status_of(void)) == (Status.APPROVED, Status.UNDER_REVIEW)
    own.refresh_from_db()
    assert own.is_open


def test_a_file_that_changed_makes_its_proposal_void(election, commission, chair, reviewer):
    """Even where no trigger noticed: the digest is that of what was seen."""
    proposal = proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    Proposal.unscoped.filter(pk=proposal.pk).update(digest="of something else")
    assert sessions.record(session, a_protocol(), actor=chair).adopted == {}
    proposal.refresh_from_db()
    assert proposal.settled_as == SettledAs.VOID


def test_an_exception_settled_meanwhile_is_not_decided(election, commission, chair, reviewer):
    void = proposed(election, reviewer, surname="Ağayev")
    session = sessions.open_agenda(commission, actor=chair)
    sessions.note_exceptions(session, items(session, "Ağayev"), actor=chair, reason="No.")
    changed(void)
    result = sessions.record(session, a_protocol(), actor=chair)
    assert (result.declined, len(result.undecided)) == (0, 1)


def test_the_day_is_not_to_come_and_not_before_the_proposals(election, commission, chair, reviewer):
    proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    local = database_now().astimezone(election.zone).date()
    day = datetime.timedelta(days=1)
    assert "to come" in refusal(session, chair, held_on=local + day)
    assert "after that day" in refusal(session, chair, held_on=local - day)
    assert sessions.record(session, a_protocol(held_on=local), actor=chair).adopted


def test_nobody_sits_alone(election, commission, chair, reviewer):
    proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    twice = ("Sevda Sədrova", "Sevda Sədrova")
    assert "at least two" in refusal(session, chair, present=("Sevda Sədrova",))
    assert "at least two" in refusal(session, chair, present=twice)
    assert "was present" in refusal(session, chair, present=("Orxan Üzvlü", "Ayaz Ayazov"))
    assert "wrote" in refusal(session, chair, secretary="Başqa Adam")
    assert "number" in refusal(session, chair, number=" ")


def test_an_empty_agenda_is_not_recorded(commission, chair):
    session = sessions.open_agenda(commission, actor=chair)
    assert "nothing on the agenda" in refusal(session, chair)


def test_a_number_stands_once_in_a_commission(election, commission, chair, reviewer):
    proposed(election, reviewer)
    sessions.record(sessions.open_agenda(commission, actor=chair), a_protocol(), actor=chair)
    again = proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    assert "this number already" in refusal(session, chair, number=" 12 ")
    assert status_of(again) == Status.UNDER_REVIEW
    assert sessions.record(session, a_protocol(number="13"), actor=chair).adopted


def test_what_was_read_is_what_is_recorded(election, commission, chair, reviewer):
    proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    seen = sessions.seal(session)
    proposed(election, reviewer, surname="Yenisi")
    sessions.gather(session, actor=chair)
    with pytest.raises(SessionError, match="has changed"), translation.override("en"):
        sessions.record(session, a_protocol(), actor=chair, seen=seen)
    assert sessions.record(session, a_protocol(), actor=chair, seen=sessions.seal(session))


# --- A recorded session ---------------------------------------------------------------------------


@pytest.fixture
def recorded(election, commission, chair, reviewer):
    proposed(election, reviewer, surname="Ağayev")
    session = sessions.open_agenda(commission, actor=chair)
    sessions.record(session, a_protocol(), actor=chair)
    session.refresh_from_db()
    return session


def test_a_recorded_session_stays_as_it_is(recorded, chair):
    for act in (
        lambda: sessions.gather(recorded, actor=chair),
        lambda: sessions.leave_out(recorded, items(recorded, "Ağayev"), actor=chair),
        lambda: sessions.record(recorded, a_protocol(number="13"), actor=chair),
    ):
        with pytest.raises(SessionError):
            act()


@pytest.mark.parametrize("what", ["session", "gone", "item", "left out", "added"])
def test_the_database_keeps_a_recorded_session(recorded, election, reviewer, what):
    session = CommissionSession.unscoped.filter(pk=recorded.pk)
    item = AgendaItem.objects.filter(session=recorded)
    acts = {
        "session": lambda: session.update(number="13"),
        "gone": lambda: session._raw_delete("default"),
        "item": lambda: item.update(reason="Another."),
        "left out": lambda: item._raw_delete("default"),
        "added": lambda: AgendaItem.objects.create(
            session=recorded, position=2, proposal=proposed(election, reviewer)
        ),
    }
    with pytest.raises(DatabaseError, match=r"recorded|Cannot update or delete"):
        acts[what]()


def test_nothing_is_decided_under_an_older_protocol(recorded, election, chair, reviewer):
    late = proposed(election, reviewer)
    with pytest.raises(DatabaseError, match="on its agenda"):
        proposals.adopt(Proposal.unscoped.filter(pk=late.pk), actor=chair, session=recorded)


def test_what_a_session_decided_is_not_undone(election, commission, chair, reviewer):
    type(election).objects.filter(pk=election.pk).update(undo_seconds=60)
    row = proposed(election, reviewer).application
    sessions.record(sessions.open_agenda(commission, actor=chair), a_protocol(), actor=chair)
    moved = move(make.one(row), UNDO, actor=chair)
    assert (moved.done, len(moved.skipped)) == ([], 1)


def test_the_statements_do_not_grow_with_the_agenda(election, commission, chair, reviewer):
    counted = []
    for number, size in (("1", 2), ("2", 12)):
        rows = make.many_drafts(size, election=election)
        keys = [row.pk for row in rows]
        these = Application.unscoped.filter(pk__in=keys)
        move(these, "submit", actor=rows[0].applicant)
        move(these, "take_up", actor=reviewer)
        proposals.propose(these, APPROVE, actor=reviewer)
        asked = make.afresh(chair)
        with CaptureQueriesContext(connection) as context:
            session = sessions.open_agenda(commission, actor=asked)
            sessions.record(session, a_protocol(number=number), actor=asked)
        assert session.agenda.filter(is_adopted=True).count() == size
        counted.append(len(context))
    assert counted[0] == counted[1]
