"""What `load_demo` leaves behind: a past that could have been, and guards that stand again."""

import datetime
import itertools
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, Sum

from accounts.models import User
from accounts.names import fold, sort_key
from elections.domain.clock import database_now
from elections.enums import Authority, Scope
from elections.loading import read_rows, read_table
from elections.models import Commission, Election
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers import permissions
from observers.demo import load
from observers.demo.people import Name, keys_of_name
from observers.domain import exempt, letters, proposals
from observers.domain.applications import move
from observers.domain.duplicates import likenesses
from observers.domain.identity import identity_index
from observers.domain.snapshots import snapshots
from observers.enums import DECIDED, WAITING, ObserverAnswer, Status
from observers.lifecycle import APPLICATION, APPROVE, BADGE, SUBMIT
from observers.models import (
    Appeal,
    Application,
    ApplicationEvent,
    Badge,
    BadgeEvent,
    BlankMovement,
    Claim,
    CommissionSession,
    Decision,
    HandoverLine,
    InternalNote,
    Message,
    PrintBatch,
    PrintLine,
    Proposal,
    Recusal,
    Return,
)
from organisations.domain import proposals as nomination_proposals
from organisations.lifecycle import NOMINATION
from organisations.models import NominationEvent, NominationProposal, NominationRight, Organisation

FOLDER = Path(settings.BASE_DIR, "elections", "demo", "azerbaijan-2024")
BAKU = ZoneInfo("Asia/Baku")
DAY = datetime.timedelta(days=1)
PASSWORD = "observe-2024-demo"


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The demo with 300 observers, loaded once for all tests here and taken back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load.load_demo(FOLDER, observers=300, seed=7, now=database_now())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _database(demo: Election, db: None) -> None:
    """Each test works on the loaded election and leaves it as it was."""


def of(email: str) -> User:
    return User.objects.get(email=f"{email}@example.org")


# --- The election ---------------------------------------------------------------------------------


def test_there_is_a_commission_for_each_constituency_and_a_central_one(demo: Election) -> None:
    assert demo.constituencies.count() == 125
    assert Commission.objects.filter(authority=Authority.CONSTITUENCY).count() == 125
    assert Commission.objects.filter(authority=Authority.CENTRAL).count() == 1
    assert str(demo.constituencies.get(number=15)) == "15 Yasamal birinci"


def test_polling_is_in_twenty_days_and_windows_close_by_the_clocks_of_baku(
    demo: Election,
) -> None:
    assert demo.polling_on == database_now().astimezone(BAKU).date() + 20 * DAY
    midnight = datetime.datetime.combine(demo.polling_on, datetime.time(), BAKU)
    closing = dict(demo.windows.values_list("scope", "closes_at"))
    assert closing == {
        Scope.NATIONWIDE: midnight - 9 * DAY,
        Scope.SPECIAL_PERMISSION: midnight - 9 * DAY,
        Scope.CONSTITUENCY: midnight - 4 * DAY,
    }
    assert set(demo.windows.values_list("opens_at", flat=True)) == {midnight - 62 * DAY}
    assert demo.windows.open_now().count() == 3


def test_every_status_is_there_and_they_add_up(demo: Election) -> None:
    counts = Counter(Application.unscoped.values_list("status", flat=True))
    assert counts == {
        Status.DRAFT: 14,
        Status.SUBMITTED: 26,
        Status.UNDER_REVIEW: 9,  # and one more is refused today, so that there is an appeal
        Status.RETURNED: 5,
        Status.APPROVED: 239,
        Status.REFUSED: 4,
        Status.WITHDRAWN: 2,
        Status.CANCELLED: 1,
    }


# --- The past -------------------------------------------------------------------------------------


def test_every_status_is_the_end_of_a_legal_history(demo: Election) -> None:
    moves = {("", "draft"), *APPLICATION.moves()}
    histories = _histories(ApplicationEvent.objects.values_list("application_id", *STEP))
    assert {key: steps[-1][1] for key, steps in histories.items()} == dict(
        Application.unscoped.values_list("pk", "status")
    )
    for steps in histories.values():
        assert {(step[0], step[1]) for step in steps} <= moves
        assert all(one[1] == other[0] for one, other in itertools.pairwise(steps))


def test_every_nomination_right_has_a_legal_history(demo: Election) -> None:
    moves = {("", "draft"), *NOMINATION.moves()}
    histories = _histories(NominationEvent.objects.values_list("right_id", *STEP))
    assert {key: steps[-1][1] for key, steps in histories.items()} == dict(
        NominationRight.unscoped.values_list("pk", "status")
    )
    assert all({(s[0], s[1]) for s in steps} <= moves for steps in histories.values())


STEP = ("at", "status_from", "status_to", "actor_id")


def _histories(rows: Any) -> dict[int, list[tuple[str, str]]]:
    """From and to of every step, by row, in order of time; each was taken by somebody."""
    histories: dict[int, list[tuple[str, str]]] = {}
    for key, _at, status_from, status_to, actor in rows.order_by("at", "pk"):
        assert actor
        histories.setdefault(key, []).append((status_from, status_to))
    return histories


def test_nothing_of_it_lies_in_the_future_or_before_the_opening(demo: Election) -> None:
    opening = min(demo.windows.values_list("opens_at", flat=True))
    now = database_now()
    for model in (ApplicationEvent, BadgeEvent, NominationEvent):
        moments = list(model.objects.values_list("at", flat=True))
        assert opening <= min(moments) <= max(moments) <= now
    assert all(
        row.submitted_at < row.decided_at for row in Application.unscoped.filter(status__in=DECIDED)
    )


def test_what_waits_is_due_three_days_after_it_came(demo: Election) -> None:
    for row in Application.unscoped.filter(status__in=WAITING):
        stood_still = row.due_at - row.submitted_at - 3 * DAY
        assert bool(stood_still) == row.returns.exists()
        assert stood_still >= datetime.timedelta()


def test_receipt_numbers_grow_with_time(demo: Election) -> None:
    submitted = Application.unscoped.filter(submitted_at__isnull=False)
    numbers = list(submitted.order_by("submitted_at").values_list("receipt_number", flat=True))
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 286


def test_each_decision_has_its_letter_and_each_refusal_its_ground(demo: Election) -> None:
    decided = Application.unscoped.filter(status__in=DECIDED).select_related("decision__letter")
    for row in decided:
        assert row.decision.outcome == row.status
        assert row.decision.letter.kind == row.status
        assert row.decision.letter.reference == row.receipt_number
    for refusal in Decision.objects.filter(outcome="refused"):
        columns = {field.name for field in Application._meta.fields}
        assert set(refusal.unconfirmed_fields) <= columns
        assert refusal.confirmed_by_id not in (None, refusal.proposed_by_id)


def test_letters_made_from_a_specimen_are_those_of_the_domain(demo: Election) -> None:
    words = {
        "received": lambda row: letters.received(row),
        "approved": lambda row: letters.approved(row, row.decision),
    }
    for kind, word in words.items():
        for stored in Letter.unscoped.filter(kind=kind)[:40]:
            row = Application.unscoped.get(receipt_number=stored.reference)
            if row.status == Status.APPROVED and row.answer_by is None:
                if row.observer_answered_at and row.observer_answered_at > stored.written_at:
                    row.observer_answer = ""  # as it was then
                made = word(row)
                for column in ("recipient_id", "language", "reference", "facts", "election"):
                    assert getattr(stored, column) == getattr(made, column)


def test_no_letter_of_the_past_is_sent_now(demo: Election) -> None:
    assert Letter.unscoped.filter(status=LetterStatus.SENT).count() > 500
    assert not Letter.unscoped.due().exists()
    others = Letter.unscoped.exclude(status=LetterStatus.SENT)
    assert Counter(others.values_list("status", flat=True)) == {
        LetterStatus.ON_PAPER: 3,
        LetterStatus.FAILED: 1,
    }


# --- Badges ---------------------------------------------------------------------------------------


def test_every_badge_has_a_legal_history(demo: Election) -> None:
    moves = {("", "issued"), *BADGE.moves()}
    histories: dict[int, list[tuple[str, str]]] = {}
    for key, *step in BadgeEvent.objects.order_by("at", "pk").values_list(
        "badge_id", "status_from", "status_to"
    ):
        histories.setdefault(key, []).append((step[0], step[1]))
    statuses = dict(Badge.unscoped.values_list("pk", "status"))
    assert {key: steps[-1][1] for key, steps in histories.items()} == statuses
    for steps in histories.values():
        assert set(steps) <= moves
        assert all(one[1] == other[0] for one, other in itertools.pairwise(steps))


def test_who_is_registered_and_has_agreed_has_a_valid_badge_and_nobody_else(
    demo: Election,
) -> None:
    agreed = Q(organisation=None) | Q(observer_answer=ObserverAnswer.AGREED)
    entitled = Application.unscoped.filter(agreed, status=Status.APPROVED)
    valid = Badge.unscoped.valid()
    assert set(valid.values_list("application", flat=True)) == set(
        entitled.values_list("pk", flat=True)
    )
    assert valid.filter(number=F("application__accreditation_number")).count() == valid.count()


def test_badges_are_waiting_printed_and_handed_over(demo: Election) -> None:
    counts = Counter(Badge.unscoped.values_list("status", flat=True))
    assert min(counts[each] for each in ("issued", "printed", "handed_over")) > 5
    cancelled = Badge.unscoped.filter(application__status=Status.CANCELLED)
    assert set(cancelled.values_list("status", flat=True)) <= {"replaced", "revoked"}


def test_what_is_printed_was_in_a_batch_and_what_is_handed_over_was_signed_for(
    demo: Election,
) -> None:
    printed = set(PrintLine.objects.filter(is_printed=True).values_list("badge", flat=True))
    handed = set(HandoverLine.objects.values_list("badge", flat=True))
    events = BadgeEvent.objects.values_list("badge", flat=True)
    assert printed == set(events.filter(status_to="printed"))
    assert handed == set(events.filter(status_to="handed_over"))


def test_one_batch_is_being_prepared_and_others_were_printed_before(demo: Election) -> None:
    begun = PrintBatch.objects.visible_to(of("reviewer15"))
    assert begun.filter(status="preparing").count() == 1
    assert begun.filter(printed_at__isnull=False).count() > 1


def test_no_commission_has_used_more_blanks_than_it_had(demo: Election) -> None:
    stocks = BlankMovement.unscoped.values("commission").annotate(left=Sum("change"))
    assert len(stocks) > 20
    assert min(stock["left"] for stock in stocks) > 0


# --- What lies on the desks -----------------------------------------------------------------------


def at(number: int) -> Any:
    """The applications of that constituency's commission."""
    return Application.unscoped.filter(commission__constituency__number=number)


def test_every_return_keeps_what_was_seen(demo: Election) -> None:
    asked = ApplicationEvent.objects.filter(action="return")
    assert Return.objects.count() == asked.count() > 0
    for row in Application.unscoped.filter(status=Status.RETURNED):
        last = row.returns.latest("pk")
        assert (last.note, last.answer_by) == (row.return_note, row.answer_by)
        assert last.seen == snapshots([row])[row.pk]
        assert last.letter.facts["fields"]


def test_what_came_back_says_something_else_than_before(demo: Election) -> None:
    came_back = Application.unscoped.filter(status__in=WAITING, returns__isnull=False)
    changed = [row for row in came_back if _changes(row)]
    assert len(changed) >= 2
    for row in came_back:
        assert _changes(row) <= set(row.returns.latest("pk").fields)


def _changes(row: Application) -> set[str]:
    seen, says = row.returns.latest("pk").seen, snapshots([row])[row.pk]
    return {name for name in says if says[name] != seen[name]}


def test_the_chair_can_adopt_what_the_reviewer_proposed(demo: Election) -> None:
    chair = of("chair15")
    waiting = Proposal.objects.visible_to(chair).open()
    assert {proposal.proposed_by for proposal in waiting} == {of("reviewer15")}
    adopted = proposals.adopt(waiting, actor=chair)
    assert (len(adopted.done) > 0, adopted.skipped) == (True, [])


def test_the_central_chair_can_adopt_what_was_proposed_of_an_organisation(demo: Election) -> None:
    (proposal,) = NominationProposal.unscoped.open()
    assert nomination_proposals.adopt(proposal, by=of("chair")).status == "refused"


def test_a_session_is_recorded_and_the_next_prepared(demo: Election) -> None:
    prepared = CommissionSession.objects.visible_to(of("chair")).get(recorded_at__isnull=True)
    assert prepared.commission.is_central
    assert {item.proposal.is_open for item in prepared.agenda.all()} <= {True}


def test_some_came_on_paper_and_one_of_them_without_an_address(demo: Election) -> None:
    rows = list(at(15).filter(paper_received_at__isnull=False).select_related("paper_form"))
    assert len(rows) == 4
    assert {bool(row.email) for row in rows} == {True, False}
    for row in rows:
        assert row.submitted_at == row.paper_received_at
        assert row.paper_form.scan.open().read(5) == b"%PDF-"
        assert [event.action for event in row.events.all()][:2] == ["begin", "enter"]


def test_an_appeal_waits_for_the_body_above(demo: Election) -> None:
    appeal = Appeal.unscoped.filter(status="lodged").earliest("pk")
    assert appeal.decision.commission.constituency.number == 15
    assert appeal.commission.is_central
    assert permissions.may_appeal(of("reviewer"), "decide", appeal)


def test_the_desk_of_constituency_15_has_something_of_everything(demo: Election) -> None:
    mine = at(15)
    assert Claim.objects.filter(application__in=mine, expires_at__lt=database_now()).exists()
    assert mine.filter(assigned_to=of("reviewer15")).exists()
    assert InternalNote.objects.filter(application__in=mine).exists()
    assert Message.objects.filter(application__in=mine, from_commission=False).exists()
    assert Recusal.objects.filter(reviewer=of("reviewer15")).exists()
    undelivered = Letter.unscoped.filter(status=LetterStatus.FAILED)
    assert mine.filter(decision__letter__in=undelivered.values("key")).exists()
    assert any(exempt.exempt(mine).values())
    assert any(likenesses(mine.filter(status__in=WAITING)).values())


# --- The guards -----------------------------------------------------------------------------------


def test_all_constraints_hold(demo: Election) -> None:
    connection.check_constraints()


def test_the_guards_are_back_in_force(demo: Election) -> None:
    approved = Application.unscoped.filter(status=Status.APPROVED)
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        approved.update(status=Status.DRAFT)
    with pytest.raises(DatabaseError, match="begins as draft"), transaction.atomic():
        _copy_of(approved.earliest("pk")).save(force_insert=True)
    with pytest.raises(DatabaseError, match="must say who"), transaction.atomic():
        _copy_of(Application.unscoped.filter(status=Status.DRAFT).earliest("pk")).save(
            force_insert=True
        )


def _copy_of(row: Application) -> Application:
    values = {field.attname: getattr(row, field.attname) for field in Application._meta.fields}
    unique = {"id": None, "key": None, "receipt_number": None, "accreditation_number": None}
    del unique["key"], values["key"]
    return Application(**values | unique)


# --- The people -----------------------------------------------------------------------------------


def test_everybody_is_invented(demo: Election) -> None:
    surnames = {form for row in _files_names("surnames") for form in _forms(row)}
    surnames |= {form for row in _files_names("foreign_names") for form in _forms(row)}
    for row in Application.unscoped.exclude(applicant=of("applicant")):
        assert row.surname in surnames
        assert row.identity_number == "" or row.identity_number.startswith("XD")
        assert row.email == "" or row.email.endswith("@example.org")
    assert not User.objects.exclude(email__endswith="@example.org").exists()


def _files_names(name: str) -> list[dict[str, str]]:
    return read_rows(FOLDER, f"{name}.csv")


def _forms(row: dict[str, str]) -> tuple[str, str]:
    return row["masculine"], row["feminine"]


def test_each_person_is_found_put_in_order_and_known_again(demo: Election) -> None:
    for row in Application.unscoped.all()[:60]:
        assert row.search_key == fold(row.full_name)
        assert row.sort_key == sort_key(row.full_name)
        assert row.identity_index == identity_index(
            citizenship=row.citizenship, number=row.identity_number
        )
    assert keys_of_name(Name("Əli-zadə", "Łukasz")) == (
        sort_key("Əli-zadə Łukasz"),
        fold("Əli-zadə Łukasz"),
    )


def test_photos_are_pictures_of_the_size_that_is_printed(demo: Election) -> None:
    from PIL import Image

    row = Application.unscoped.exclude(photo="").earliest("pk")
    with row.photo.open() as file:
        assert Image.open(file).size == (600, 800)


# --- The accounts ---------------------------------------------------------------------------------


def test_the_nine_accounts_sign_in_and_nobody_else_can(demo: Election) -> None:
    emails = [account["email"] for account in read_table(FOLDER, "accounts.toml")["accounts"]]
    assert len(emails) == 9
    can = [user.email for user in User.objects.all() if user.has_usable_password()]
    assert sorted(can) == sorted(emails)
    assert authenticate(email=emails[0], password=PASSWORD) == of("applicant")
    assert EmailAddress.objects.filter(email__in=emails, verified=True, primary=True).count() == 9


def test_the_applicant_has_a_draft_and_one_to_correct(demo: Election) -> None:
    rows = Application.objects.visible_to(of("applicant")).order_by("status")
    assert [row.status for row in rows] == [Status.DRAFT, Status.RETURNED]
    assert rows[0].full_name.startswith("Söyüdlü Nərgiz")
    assert (rows[0].photo.name, rows[0].consented_at) == ("", None)
    assert rows[1].return_note
    assert rows[1].answer_by > rows[1].returned_at


def test_the_party_has_people_in_every_state(demo: Election) -> None:
    rows = Application.objects.visible_to(of("representative"))
    assert {row.status for row in rows} == set(Status) - {Status.LAPSED}
    drafts = rows.filter(status=Status.DRAFT)
    assert drafts.filter(photo="").exists()
    assert drafts.exclude(photo="").filter(consented_at__isnull=False).exists()


def test_a_draft_that_looks_ready_is(demo: Election) -> None:
    owner = of("owner")
    ready = (
        Application.objects.visible_to(owner)
        .filter(status=Status.DRAFT, consented_at__isnull=False)
        .exclude(photo="")
    )
    moved = move(ready, SUBMIT, actor=owner)
    assert moved.skipped == []
    assert [row.status for row in moved.done] == [Status.SUBMITTED] * len(moved.done) != []


def test_staff_find_the_work_of_their_commission(demo: Election) -> None:
    reviewer = of("reviewer15")
    mine = Application.objects.visible_to(reviewer)
    assert {row.commission.constituency.number for row in mine} == {15}
    taken_up = mine.filter(status=Status.UNDER_REVIEW)
    assert move(taken_up, APPROVE, actor=reviewer).skipped == []


def test_organisations_stand_in_every_state(demo: Election) -> None:
    assert Organisation.unscoped.count() == 178
    counts = Counter(NominationRight.unscoped.values_list("status", flat=True))
    assert set(counts) == {"draft", "submitted", "returned", "granted", "refused"}
    assert counts["granted"] == 167
    for right in NominationRight.unscoped.exclude(status="draft"):
        assert right.due_at - right.submitted_at == 3 * DAY
