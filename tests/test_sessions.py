"""The commission in session: its agenda, the record that adopts it, the protocol."""

import datetime
import io
import re
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from pypdf import PdfReader

from accounts.enums import StaffRole
from accounts.models import User
from accounts.time_words import date_in_words
from elections.domain.clock import database_now
from elections.enums import DecisionWay, SettledAs
from notifications import outbox
from notifications.models import Letter
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
from tests.visitors import axe_findings, signed_in

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
    ordinary: dict[str, Any] = {
        "number": "12",
        "held_on": today(),
        "place": "Bakı şəhəri",
        "chaired_by": "Sevda Sədrova",
        "present": ("Sevda Sədrova", "Orxan Üzvlü"),
    }
    return Protocol(**ordinary | changes)


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


# --- On paper ------------------------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    """In one line: a name may be broken anywhere."""
    read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(read.replace("\u200b", "").split())


@pytest.fixture
def protocol_of(election, commission, chair, reviewer):
    """A session with one of everything, and its protocol as an English reader downloads it."""
    proposed(election, reviewer, surname="Ağayev", identity_number="AA7654321")
    proposed(election, reviewer, REFUSE, "Bağırov")
    proposed(election, reviewer, surname="Cavadov")
    proposed(election, chair, surname="Çingizov")
    session = sessions.open_agenda(commission, actor=chair)
    sessions.note_exceptions(
        session, items(session, "Cavadov"), actor=chair, reason="Şəkil köhnədir."
    )
    protocol = a_protocol(secretary="Orxan Üzvlü", absent=("Rəna Gəlməyən",), guests=("Jurnalist",))
    sessions.record(session, protocol, actor=chair)
    answer = signed_in(chair).get(address("protocol", session))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return text_of(answer.content)


def test_the_protocol_names_everybody_and_every_reason(protocol_of, election):
    said = [
        "№ 12", "Bakı şəhəri", "Sevda Sədrova", "Orxan Üzvlü", "Rəna Gəlməyən", "Jurnalist",
        "Ağayev Elçin Rauf oğlu", "Bağırov", "Cavadov", "Çingizov", "Şəkil köhnədir.",
        "The register of identity cards does not know the number.", "The body above (az)",
        "1 / 2", "2 / 2",
    ]  # fmt: skip
    assert [words for words in said if words not in protocol_of] == []
    numbers = Application.unscoped.filter(election=election).values_list(
        "accreditation_number", flat=True
    )
    assert [n for n in numbers if n and n not in protocol_of] == []


def test_no_identity_number_stands_in_the_protocol(protocol_of):
    assert re.findall(r"AA\d{7}|AA ?7654321", protocol_of) == []


def test_the_protocol_is_in_the_language_of_the_state(protocol_of, commission):
    with translation.override("az"):
        title = gettext("Protocol of the session")
        day = date_in_words(today())
    assert (commission.names["az"] in protocol_of, commission.names["en"] in protocol_of) == (
        True,
        False,
    )
    assert (f"{title} № 12" in protocol_of, day in protocol_of) == (True, True)


def test_an_agenda_is_printed_and_has_no_protocol(election, commission, chair, reviewer):
    proposed(election, reviewer, REFUSE, "Bağırov")
    session = sessions.open_agenda(commission, actor=chair)
    client = signed_in(chair)
    assert "Bağırov" in text_of(client.get(address("agenda_pdf", session)).content)
    assert client.get(address("protocol", session)).status_code == 404


# --- Pages ----------------------------------------------------------------------------------------

LIST = "/admin/observers/commissionsession/"


def address(name: str, session: CommissionSession) -> str:
    return reverse(f"admin:observers_commissionsession_{name}", args=[session.pk])


def answers(chair: User, reviewer: User, **changes: Any) -> dict[str, Any]:
    posts = {user: str(user.posts.get().pk) for user in (chair, reviewer)}
    return {
        "number": "12",
        "held_on": today().isoformat(),
        "place": "Bakı şəhəri",
        "chaired_by": posts[chair],
        "members": list(posts.values()),
        "other_members": "Ayaz Ayazov\n\n",
        "secretary": "",
        "guests": "",
    } | changes


def test_the_chair_opens_an_agenda_and_records_it_in_two_steps(
    election, commission, chair, reviewer
):
    row = proposed(election, reviewer, surname="Ağayev").application
    client = signed_in(chair)
    client.post(f"{LIST}open/", {"commission": commission.pk})
    client.post(f"{LIST}open/", {"commission": commission.pk})
    session = CommissionSession.unscoped.get()
    assert [
        item.proposal.application for item in client.get(address("change", session)).context["rows"]
    ] == [row]
    asked = client.post(address("record", session), answers(chair, reviewer))
    assert (asked.context["ready"], asked.context["happens"]) == (True, ["1 will be registered"])
    assert make.stored(row).status == Status.UNDER_REVIEW
    confirmed = answers(chair, reviewer, confirmed="1", seal=asked.context["seal"])
    done = client.post(address("record", session), confirmed, follow=True)
    assert done.redirect_chain == [(address("change", session), 302)]
    assert make.stored(row).status == Status.APPROVED
    session.refresh_from_db()
    assert session.present == ["Sevda Sədrova", "Orxan Üzvlü", "Ayaz Ayazov"]


def test_what_is_wrong_with_the_protocol_is_said_at_its_question(
    election, commission, chair, reviewer
):
    proposed(election, reviewer)
    session = sessions.open_agenda(commission, actor=chair)
    page = address("record", session)
    late = answers(chair, reviewer, held_on=today(days=3).isoformat())
    alone = answers(chair, reviewer, members=[], other_members="")
    wrong = [signed_in(chair).post(page, data).context["form"].errors for data in (late, alone, {})]
    assert [list(errors) for errors in wrong] == [
        ["held_on"],
        ["members"],
        ["number", "held_on", "place", "chaired_by"],
    ]


def test_an_agenda_that_changed_meanwhile_is_read_again(election, commission, chair, reviewer):
    row = proposed(election, reviewer).application
    session = sessions.open_agenda(commission, actor=chair)
    stale = answers(chair, reviewer, confirmed="1", seal="of another agenda")
    answer = signed_in(chair).post(address("record", session), stale)
    assert "has changed" in str(answer.context["form"].non_field_errors())
    assert make.stored(row).status == Status.UNDER_REVIEW


def test_what_is_ticked_is_left_out_excepted_and_added(election, commission, chair, reviewer):
    for surname in ("Ağayev", "Bağırov"):
        proposed(election, reviewer, surname=surname)
    session = sessions.open_agenda(commission, actor=chair)
    client, page = signed_in(chair), address("agenda", session)
    client.post(page, {"do": "leave_out", "item": items(session, "Ağayev")})
    assert names(session) == ["Bağırov"]
    client.post(page, {"do": "except", "item": items(session, "Bağırov"), "reason": "No."})
    assert session.agenda.get().is_adopted is False
    client.post(page, {"do": "put_back", "item": items(session, "Bağırov")})
    assert session.agenda.get().is_adopted is None
    client.post(page, {"do": "add", "proposal": [sessions.missing(session).get().pk]})
    assert names(session) == ["Ağayev", "Bağırov"]


def test_a_reviewer_looks_and_changes_nothing(election, commission, chair, reviewer):
    proposed(election, reviewer, surname="Ağayev")
    session = sessions.open_agenda(commission, actor=chair)
    client = signed_in(reviewer)
    page = client.get(address("change", session))
    assert (page.status_code, page.context["may_adopt"]) == (200, False)
    tried = [
        client.post(
            address("agenda", session), {"do": "leave_out", "item": items(session, "Ağayev")}
        ),
        client.post(address("record", session), answers(chair, reviewer, confirmed="1")),
        client.get(address("record", session)),
        client.post(f"{LIST}open/", {"commission": commission.pk}),
    ]
    assert [answer.status_code for answer in tried] == [403, 403, 403, 404]
    assert names(session) == ["Ağayev"]


@pytest.mark.parametrize("name", ["change", "agenda", "record", "agenda_pdf", "protocol"])
def test_another_commissions_session_is_not_there(recorded, election, commission, reviewer, name):
    proposed(election, reviewer)
    prepared = sessions.open_agenda(
        commission, actor=commission.members.get(role=StaffRole.CONSTITUENCY_CHAIR).user
    )
    neighbour = make.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, make.commission_of(election, 2))
    stranger = make.a_staff_member(StaffRole.CENTRAL_CHAIR, make.an_election())
    for user in (neighbour, stranger, make.a_user()):
        client = signed_in(user)
        for session in (recorded, prepared):
            tried = [client.get(address(name, session)), client.post(address(name, session), {})]
            assert [answer.status_code for answer in tried] == [404, 404]
    assert list(CommissionSession.objects.visible_to(neighbour)) == []
    assert (
        signed_in(neighbour).post(f"{LIST}open/", {"commission": commission.pk}).status_code == 404
    )


def test_a_long_agenda_has_pages(election, commission, chair, reviewer, monkeypatch):
    monkeypatch.setattr("observers.review.sessions.PAGE", 2)
    for surname in ("Ağayev", "Bağırov", "Cavadov"):
        proposed(election, reviewer, surname=surname)
    session = sessions.open_agenda(commission, actor=chair)
    client, page = signed_in(chair), address("change", session)
    first = client.get(page).context
    second = client.get(page + first["next_url"]).context
    assert [[row.position for row in context["rows"]] for context in (first, second)] == [
        [1, 2],
        [3],
    ]
    found = client.get(f"{page}?q=cavadov&show=approved").context["rows"]
    assert [row.position for row in found] == [3]


def test_pages_ask_the_same_for_two_and_for_many(election, commission, chair, reviewer):
    session = sessions.open_agenda(commission, actor=chair)
    counted: list[dict[str, int]] = []
    for size in (2, 12):
        many_proposed(size, election, reviewer)
        sessions.gather(session, actor=chair)
        many_proposed(size, election, reviewer)
        counted.append(
            {
                path: statements(signed_in(chair), path)
                for path in (LIST, address("change", session), address("record", session))
            }
        )
    assert counted[0] == counted[1]


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as context:
        assert client.get(path).status_code == 200
    return len(context)


def many_proposed(size: int, election: Any, by: User) -> None:
    rows = make.many_drafts(size, election=election)
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    move(these, "submit", actor=rows[0].applicant)
    move(these, "take_up", actor=by)
    proposals.propose(these, APPROVE, actor=by)


# --- Where a decision is read ---------------------------------------------------------------------


@pytest.mark.parametrize(("action", "kind"), [(APPROVE, "approved"), (REFUSE, "refused")])
def test_a_decision_carries_the_number_of_its_protocol(
    election, commission, chair, reviewer, action, kind
):
    applicant = make.a_user(language="en")
    row = proposed(election, reviewer, action, applicant=applicant).application
    session = sessions.open_agenda(commission, actor=chair)
    sessions.record(session, a_protocol(), actor=chair)
    session.refresh_from_db()
    with translation.override("en"):
        protocol = session.protocol
    assert protocol.startswith("Protocol No 12 of ")
    letter = outbox.compose(Letter.unscoped.get(kind=kind), applicant.email)
    desk = signed_in(chair).get(reverse("admin:observers_application_change", args=[row.pk]))
    own = signed_in(applicant).get(row.get_absolute_url())
    for read in (letter.body, letter.alternatives[0][0], desk.text, own.text):
        assert protocol in read


def test_a_decision_without_a_session_names_none(election):
    type(election).objects.filter(pk=election.pk).update(approval_way=DecisionWay.ONE)
    applicant = make.a_user(language="en")
    row = make.an_approved(election=election, applicant=applicant)
    letter = outbox.compose(Letter.unscoped.get(kind="approved"), applicant.email)
    own = signed_in(applicant).get(row.get_absolute_url())
    assert ("rotocol" in letter.body, "rotocol" in own.text) == (False, False)


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_session_in_a_browser(
    new_visitor, live_server, election, commission, chair, reviewer, width
):
    for surname in ("Ağayev", "Bağırov"):
        proposed(election, reviewer, surname=surname)
    proposed(election, reviewer, REFUSE, "Cavadov")
    page = new_visitor(width=width)
    client = signed_in(chair)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(LIST)
    assert axe_findings(page) == []
    page.get_by_role("button", name="Open an agenda").click()
    assert axe_findings(page) == []
    page.get_by_label("Bağırov").check()
    page.get_by_label("Why they are not adopted").fill("The photo is too old.")
    page.get_by_role("button", name="Do not adopt").click()
    page.get_by_role("link", name="Record the session").click()
    assert axe_findings(page) == []
    page.get_by_label("Number of the protocol").fill("12")
    page.get_by_label("Place").fill("Bakı şəhəri")
    page.get_by_label("Orxan Üzvlü").check()
    page.get_by_role("button", name="Continue").click()
    assert axe_findings(page) == []
    page.get_by_role("button", name="Record the session").click()
    page.get_by_role("heading", name="Protocol No 12").wait_for()
    assert axe_findings(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert (wide <= 0, Application.unscoped.filter(status=Status.APPROVED).count()) == (True, 1)


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
