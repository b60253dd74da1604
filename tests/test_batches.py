"""Many approved in one act: checked, a sample looked at singly, then one transaction."""

import datetime
import itertools
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import DecisionWay
from notifications.models import Letter
from observers.domain import batches, claims
from observers.domain.applications import move
from observers.domain.batches import BatchError
from observers.enums import BatchStatus, Status
from observers.lifecycle import APPROVE, TAKE_UP, WITHDRAW
from observers.models import Application, Batch, Decision, Proposal
from observers.review import batch_pages, decisions, tasks
from tests.builders import (
    a_staff_member,
    a_submitted,
    a_user,
    afresh,
    an_election,
    one,
    stored,
)
from tests.visitors import axe_findings, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/observers/application/"
NAMES = (
    "Abbasov", "Bağırov", "Cəfərov", "Dadaşov", "Eyvazov", "Fətəliyev", "Hacıyev", "İsgəndərov",
)  # fmt: skip


@pytest.fixture
def election(db):
    return an_election(sample_size=2)


@pytest.fixture
def chair(election):
    return a_staff_member(StaffRole.CENTRAL_CHAIR, election)


@pytest.fixture(autouse=True)
def _no_worker_behind_ones_back(request, monkeypatch):
    if "celery_worker" not in request.fixturenames:
        monkeypatch.setattr(tasks.check_batch, "delay", lambda key: None)
        monkeypatch.setattr(tasks.decide_batch, "delay", lambda key: None)


def clean_ones(election: Any, count: int = 3, **columns: Any) -> list[Application]:
    """Each born on another day: nobody of a like name comes into question."""
    return [
        a_submitted(election=election, surname=NAMES[n], birth_on=next(_birthdays), **columns)
        for n in range(count)
    ]


_birthdays = (datetime.date(1970, 1, 1) + datetime.timedelta(days=n) for n in itertools.count())


def these(*rows: Application) -> Any:
    return Application.unscoped.filter(pk__in=[row.pk for row in rows])


def a_batch(rows: list[Application], by: User) -> Batch:
    """Checked, its sample drawn."""
    (batch,) = batches.begin(these(*rows), by=by)
    tasks.check_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def look_at_all(batch: Batch, by: User, **answers: Any) -> None:
    while line := batches.next_of_sample(batch):
        look(line, by, **answers)
        batch.refresh_from_db()
        if batch.status != BatchStatus.SAMPLING:
            return


def look(line: Any, by: User, **answers: Any) -> None:
    told = {"verdict": "in_order", "note": "", "version": line.application.version, **answers}
    batches.look(line, by=by, now=database_now(), **told)


def an_offered(rows: list[Application], by: User) -> Batch:
    batch = a_batch(rows, by)
    look_at_all(batch, by)
    assert batch.status == BatchStatus.OFFERED
    return batch


def decided(batch: Batch, by: User) -> Batch:
    batches.approve(batch, by=by)
    tasks.decide_batch(batch.pk)
    batch.refresh_from_db()
    return batch


def reasons(batch: Batch) -> dict[str, str]:
    return {
        line.application.surname: line.reason
        for line in batches.left_out(batch).select_related("application")
    }


def page_of(batch: Batch, name: str = "change", *more: int) -> str:
    return reverse(f"admin:observers_batch_{name}", args=[batch.pk, *more])


# --- Checking -------------------------------------------------------------------------------------


def test_what_is_clean_stays_and_a_sample_is_drawn(election, chair):
    batch = a_batch(clean_ones(election, 5), chair)
    assert (batch.status, batches.clean(batch).count(), reasons(batch)) == ("sampling", 5, {})
    assert batch.lines.filter(in_sample=True).count() == 2


def test_of_fewer_than_the_sample_every_one_is_looked_at(election, chair):
    election.sample_size = 20
    election.save()
    batch = a_batch(clean_ones(election, 3), chair)
    assert batch.lines.filter(in_sample=True).count() == 3


def test_no_setting_leads_round_the_sample(chair, election):
    election.sample_size = 0
    election.save()
    batch = a_batch(clean_ones(election, 2), chair)
    assert (batch.status, batch.lines.filter(in_sample=True).count()) == ("sampling", 1)


def test_the_sample_is_drawn_once(election, chair):
    batch = a_batch(clean_ones(election, 8), chair)
    drawn = set(batch.lines.filter(in_sample=True).values_list("pk", flat=True))
    for _ in range(5):
        batches.draw(batch)
        tasks.check_batch(batch.pk)
    assert set(batch.lines.filter(in_sample=True).values_list("pk", flat=True)) == drawn


def test_samples_differ(election, chair):
    rows = clean_ones(election, 8)
    drawn = {
        tuple(a_batch(rows, chair).lines.filter(in_sample=True).values_list("application"))
        for _ in range(8)
    }
    assert len(drawn) > 1


@pytest.mark.usefixtures("english")
def test_what_a_person_has_to_look_at_is_left_out_with_its_reason(election, chair):
    good, odd = clean_ones(election, 2)
    Application.unscoped.filter(pk=odd.pk).update(identity_number="1")
    taken, assigned, aside = (
        a_submitted(election=election, surname=name) for name in ("Tutulmuş", "Verilmiş", "Kənar")
    )
    gone = a_submitted(election=election, surname="Geri")
    move(one(gone), WITHDRAW, actor=gone.applicant)
    colleague = a_staff_member(StaffRole.CENTRAL_REVIEWER, election, full_name="Aygün")
    claims.claim_next(one(taken), reviewer=colleague)
    Application.unscoped.filter(pk=assigned.pk).update(assigned_to=colleague)
    chair.recusals.create(application=aside, reason="A cousin.")
    proposed = a_submitted(election=election, surname="Təklif")
    decisions.applications.move(one(proposed), TAKE_UP, actor=colleague)
    decisions.proposals.propose(one(proposed), APPROVE, actor=colleague)
    found = reasons(a_batch([good, odd, taken, assigned, aside, gone, proposed], afresh(chair)))
    assert set(found) == {odd.surname, "Tutulmuş", "Verilmiş", "Kənar", "Geri", "Təklif"}
    assert found[odd.surname] == "The number does not have the form that such documents have."
    assert found["Tutulmuş"].startswith("Aygün has this on their desk.")
    assert found["Verilmiş"] == "It is assigned to Aygün."
    assert found["Kənar"].startswith("You stood aside")
    assert found["Geri"] == "“Approve” is not possible: the status is “Withdrawn”."
    assert found["Təklif"] == "Something is proposed for this application already."


def test_where_nothing_is_clean_there_is_no_offer(election, chair):
    (row,) = clean_ones(election, 1)
    move(one(row), WITHDRAW, actor=row.applicant)
    batch = a_batch([row], chair)
    assert (batch.status, batch.lines.filter(in_sample=True).count()) == ("cancelled", 0)


def test_another_commissions_are_not_in_it(election):
    own, other = clean_ones(election, 1), clean_ones(election, 1, constituency=2)
    local = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    signed_in(local).post(LIST, {"action": "approve", "_selected_action": [own[0].pk, other[0].pk]})
    batch = Batch.unscoped.get()
    assert list(batch.lines.values_list("application", flat=True)) == [own[0].pk]


def test_nothing_chosen_begins_nothing(chair):
    with pytest.raises(BatchError):
        batches.begin(Application.unscoped.none(), by=chair)


def test_what_is_chosen_of_two_elections_makes_two_batches(election, chair):
    elsewhere = an_election()
    rows = clean_ones(election, 1) + clean_ones(elsewhere, 1)
    begun = batches.begin(these(*rows), by=chair)
    assert {batch.election_id for batch in begun} == {election.pk, elsewhere.pk}


def test_a_check_asks_as_much_for_one_as_for_many(election, chair):
    rows = clean_ones(election, 6)

    def queries(some: list[Application]) -> int:
        (batch,) = batches.begin(these(*some), by=chair)
        with CaptureQueriesContext(connection) as counted:
            tasks.check_batch(batch.pk)
        return len(counted)

    queries(rows[:1])
    assert queries(rows[:1]) == queries(rows)


# --- The sample -----------------------------------------------------------------------------------


def test_when_all_of_the_sample_are_in_order_the_batch_is_offered(election, chair):
    batch = a_batch(clean_ones(election, 3), chair)
    look(batches.next_of_sample(batch), chair)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SAMPLING
    look(batches.next_of_sample(batch), chair)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.OFFERED


def test_a_batch_with_a_failing_sample_is_not_offered(election, chair):
    rows = clean_ones(election, 3)
    batch = a_batch(rows, chair)
    look(batches.next_of_sample(batch), chair, verdict="not_in_order", note="A drawing, no photo.")
    batch.refresh_from_db()
    assert batch.status == BatchStatus.FAILED
    with pytest.raises(BatchError):
        batches.approve(batch, by=chair)
    tasks.decide_batch(batch.pk)
    assert {stored(row).status for row in rows} == {Status.SUBMITTED}
    assert "A drawing, no photo." in signed_in(chair).get(page_of(batch)).content.decode()


def test_not_in_order_says_why(election, chair):
    batch = a_batch(clean_ones(election, 1), chair)
    with pytest.raises(BatchError):
        look(batches.next_of_sample(batch), chair, verdict="not_in_order", note="  ")


def test_a_verdict_is_given_once(election, chair):
    batch = a_batch(clean_ones(election, 3), chair)
    line = batches.next_of_sample(batch)
    look(line, chair)
    with pytest.raises(BatchError):
        look(line, chair, verdict="not_in_order", note="After all.")


def test_what_changed_under_ones_eyes_is_looked_at_again(election, chair):
    batch = a_batch(clean_ones(election, 1), chair)
    line = batches.next_of_sample(batch)
    with pytest.raises(BatchError):
        look(line, chair, version=line.application.version + 1)
    assert batches.next_of_sample(batch) == line


def test_who_stood_aside_does_not_look(election, chair):
    batch = a_batch(clean_ones(election, 1), chair)
    line = batches.next_of_sample(batch)
    reviewer = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    reviewer.recusals.create(application=line.application, reason="A neighbour.")
    with pytest.raises(BatchError):
        look(line, afresh(reviewer))


def test_the_page_of_the_batch_does_not_offer_before_the_sample(election, chair):
    rows = clean_ones(election, 3)
    batch = a_batch(rows, chair)
    signed_in(chair).post(page_of(batch, "approve"))
    tasks.decide_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, Decision.objects.count()) == (BatchStatus.SAMPLING, 0)


# --- Deciding -------------------------------------------------------------------------------------


def test_a_batch_is_approved_with_decisions_events_and_letters(election, chair):
    rows = clean_ones(election, 3)
    move(one(rows[2]), TAKE_UP, actor=chair)
    batch = decided(an_offered(rows, chair), chair)
    assert {stored(row).status for row in rows} == {Status.APPROVED}
    assert (batch.status, batch.lines.filter(is_approved=True).count()) == ("decided", 3)
    assert Decision.objects.filter(proposed_by=chair).count() == 3
    assert Letter.unscoped.filter(kind="approved").count() == 3
    assert {row.events.filter(action="approve", actor=chair).count() for row in rows} == {1}


@pytest.mark.usefixtures("english")
def test_what_changed_since_it_was_checked_is_left_out_with_its_reason(election, chair):
    rows = clean_ones(election, 3)
    batch = an_offered(rows, chair)
    changed, withdrawn, kept = rows
    Application.unscoped.filter(pk=changed.pk).update(version=changed.version + 1)
    move(one(withdrawn), WITHDRAW, actor=withdrawn.applicant)
    decided(batch, chair)
    assert stored(kept).status == Status.APPROVED
    assert stored(changed).status == Status.SUBMITTED
    assert reasons(batch) == {
        changed.surname: decisions.changed_since(),
        withdrawn.surname: "“Approve” is not possible: the status is “Withdrawn”.",
    }


@pytest.mark.usefixtures("english")
def test_what_went_to_another_commission_is_left_out(election):
    rows = clean_ones(election, 2)
    local = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    batch = an_offered(rows, local)
    elsewhere = a_submitted(election=election, constituency=2).commission
    Application.unscoped.filter(pk=rows[0].pk).update(commission=elsewhere)
    decided(batch, afresh(local))
    assert [stored(row).status for row in rows] == [Status.SUBMITTED, Status.APPROVED]
    assert set(reasons(batch)) == {rows[0].surname}


def test_killed_halfway_it_has_done_nothing_and_is_done_again(election, chair, monkeypatch):
    rows = clean_ones(election, 4)
    batch = an_offered(rows, chair)
    monkeypatch.setattr(batches, "PORTION", 2)
    batches.approve(batch, by=chair)
    real, calls = decisions.decide, []

    def dies(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(decisions, "decide", dies)
    with pytest.raises(KeyboardInterrupt):
        tasks.decide_batch(batch.pk)
    assert {stored(row).status for row in rows} == {Status.SUBMITTED}
    assert (Decision.objects.count(), Letter.unscoped.filter(kind="approved").count()) == (0, 0)
    assert tasks.resume_batches() == 1
    tasks.decide_batch(batch.pk)
    assert {stored(row).status for row in rows} == {Status.APPROVED}


def test_what_kills_its_worker_again_and_again_is_given_up(election, chair, monkeypatch):
    rows = clean_ones(election, 1)
    batch = an_offered(rows, chair)
    batches.approve(batch, by=chair)

    def dies(*args: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(decisions, "decide", dies)
    for _ in range(tasks.ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            tasks.decide_batch(batch.pk)
    tasks.decide_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, stored(rows[0]).status) == (BatchStatus.BROKEN, Status.SUBMITTED)


def test_a_batch_is_decided_once(election, chair):
    batch = decided(an_offered(clean_ones(election, 2), chair), chair)
    with pytest.raises(BatchError):
        batches.approve(batch, by=chair)
    tasks.decide_batch(batch.pk)
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("way", [DecisionWay.TWO, DecisionWay.SESSION])
def test_where_approval_takes_more_than_one_the_batch_proposes(way):
    election = an_election(approval_way=way)
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    rows = clean_ones(election, 3)
    batch = an_offered(rows, chair)
    assert "Propose to approve 3" in signed_in(chair).get(page_of(batch)).content.decode()
    decided(batch, chair)
    assert (batch.is_proposed, Proposal.unscoped.open().count()) == (True, 3)
    assert {stored(row).status for row in rows} == {Status.UNDER_REVIEW}
    assert "3 approvals proposed" in signed_in(chair).get(page_of(batch)).content.decode()


def test_portions_are_decided_alike(election, chair, monkeypatch):
    rows = clean_ones(election, 5)
    batch = an_offered(rows, chair)
    monkeypatch.setattr(batches, "PORTION", 2)
    decided(batch, chair)
    assert {stored(row).status for row in rows} == {Status.APPROVED}


def test_a_batch_takes_as_many_statements_for_one_as_for_many(election, chair):
    def statements(count: int) -> int:
        batch = an_offered(clean_ones(election, count), chair)
        batches.approve(batch, by=chair)
        with CaptureQueriesContext(connection) as counted:
            tasks.decide_batch(batch.pk)
        return len(counted)

    statements(1)
    assert statements(1) == statements(6)


# --- The pages ------------------------------------------------------------------------------------


def test_all_that_match_are_chosen_not_only_those_of_the_page(election, chair):
    clean_ones(election, 3)
    a_submitted(election=election, surname="Başqa", constituency=2)
    client = signed_in(chair)
    commission = Application.unscoped.filter(surname=NAMES[0]).get().commission_id
    query = f"commission={commission}&q="
    assert "Approve all 3 that match" in client.get(f"{LIST}?{query}").content.decode()
    answer = client.post(f"{LIST}approve/?{query}")
    batch = Batch.unscoped.get()
    assert (answer.url, batch.lines.count(), batch.chosen_by) == (page_of(batch), 3, query)


def test_selected_rows_begin_a_batch_and_approve_nothing(election, chair):
    rows = clean_ones(election, 3)
    selected = {"action": "approve", "_selected_action": [row.pk for row in rows[:2]]}
    answer = signed_in(chair).post(LIST, selected)
    batch = Batch.unscoped.get()
    assert (answer.url, batch.lines.count()) == (page_of(batch), 2)
    assert {stored(row).status for row in rows} == {Status.SUBMITTED}


def test_every_page_is_nobody_elses(election, chair):
    batch = a_batch(clean_ones(election, 2), chair)
    line = batches.next_of_sample(batch)
    strangers = [
        a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election, user=a_user()),
        a_staff_member(StaffRole.CENTRAL_CHAIR, an_election()),
        a_user(),
    ]
    Batch.unscoped.update(commission=None)
    for stranger in strangers:
        client = signed_in(stranger)
        pages = [page_of(batch), page_of(batch, "look"), page_of(batch, "left_out")]
        answers = [client.get(page) for page in (*pages, page_of(batch, "sample", line.pk))]
        answers += [client.post(page_of(batch, name)) for name in ("approve", "cancel")]
        answers += [client.post(page_of(batch, "sample", line.pk), {"verdict": "in_order"})]
        assert {answer.status_code for answer in answers} == {404}
    batch.refresh_from_db()
    assert batch.status == BatchStatus.SAMPLING


def test_a_constituency_sees_the_batches_of_its_own(election):
    local = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    own = a_batch(clean_ones(election, 1), local)
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    other = a_batch(clean_ones(election, 1, constituency=2), chair)
    listed = signed_in(local).get("/admin/observers/batch/").context["cl"].result_list
    assert list(listed) == [own]
    assert signed_in(local).get(page_of(other)).status_code == 404


def test_an_auditor_sees_and_cannot_approve(election, chair):
    batch = an_offered(clean_ones(election, 2), chair)
    client = signed_in(a_staff_member(StaffRole.AUDITOR, election))
    page = client.get(page_of(batch))
    assert (page.status_code, "Approve 2" in page.content.decode()) == (200, False)
    assert client.post(page_of(batch, "approve")).status_code == 403
    assert client.post(f"{LIST}approve/").status_code == 403
    line = batch.lines.filter(in_sample=True)[0]
    assert client.get(page_of(batch, "sample", line.pk)).status_code == 403


def test_the_left_out_are_paged_and_downloaded(election, chair, monkeypatch):
    monkeypatch.setattr(batch_pages, "PAGE", 2)
    rows = clean_ones(election, 4)
    for row in rows[:3]:
        move(one(row), WITHDRAW, actor=row.applicant)
    batch = a_batch(rows, chair)
    client = signed_in(chair)
    page = client.get(page_of(batch))
    assert [line.application.surname for line in page.context["left_out"]] == list(NAMES[:2])
    following = client.get(page_of(batch) + page.context["next_url"].partition("#")[0])
    assert [line.application.surname for line in following.context["left_out"]] == [NAMES[2]]
    answer = client.get(page_of(batch, "left_out"))
    table = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (len(table), NAMES[0] in table[1]) == (4, True)


def test_a_dropped_batch_decides_nothing(election, chair):
    batch = an_offered(clean_ones(election, 2), chair)
    signed_in(chair).post(page_of(batch, "cancel"))
    with pytest.raises(BatchError):
        batches.approve(batch, by=chair)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.CANCELLED


def test_the_list_asks_the_same_for_one_and_for_many(election, chair):
    client = signed_in(chair)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/admin/observers/batch/").status_code == 200
        return len(counted)

    batches.begin(these(*clean_ones(election, 1)), by=chair)
    queries()
    with_one = queries()
    for _ in range(20):
        batches.begin(Application.unscoped.filter(election=election), by=chair)
    assert queries() == with_one


def test_the_page_of_a_batch_asks_the_same_for_one_and_for_many(election, chair):
    client = signed_in(chair)
    few = a_batch(clean_ones(election, 1), chair)
    rows = clean_ones(election, 8)
    for row in rows[:5]:
        move(one(row), WITHDRAW, actor=row.applicant)
    many = a_batch(rows, chair)

    def queries(batch: Batch) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(page_of(batch)).status_code == 200
        return len(counted)

    queries(few)
    assert queries(few) == queries(many)


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1440])
def test_a_batch_from_the_list_to_the_end_with_keys(new_visitor, live_server, celery_worker, width):
    election = an_election(sample_size=2)
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election, password="correct horse battery")
    rows = clean_ones(election, 4)
    gone = a_submitted(election=election, surname="Tutulmuş")
    colleague = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)
    claims.claim_next(one(gone), reviewer=colleague)
    page = new_visitor(width=width)
    client = Client()
    client.force_login(chair)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}{LIST}")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Approve all 5 that match").click()
    page.get_by_role("heading", name="Look at the sample").wait_for(timeout=20000)
    assert axe_findings(page) == []
    pressed(page, "n")
    for place in (1, 2):
        page.get_by_text(f"{place} of 2").wait_for()
        assert axe_findings(page) == []
        pressed(page, "o")
    page.get_by_role("heading", name="The sample is in order").wait_for()
    assert page.get_by_role("button", name=re.compile("Approve 4")).is_visible()
    assert axe_findings(page) == []
    pressed(page, "a")
    page.get_by_role("heading", name="4 applications approved").wait_for(timeout=20000)
    assert page.get_by_text("has this on their desk").is_visible()
    assert axe_findings(page) == []
    assert {stored(row).status for row in rows} == {Status.APPROVED}
    assert stored(gone).status == Status.SUBMITTED


def pressed(page: Any, key: str) -> None:
    """Once the page listens."""
    page.wait_for_selector('html[data-keys="ready"]')
    page.keyboard.press(key)
