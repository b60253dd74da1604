"""The pages on which badges are printed, handed over, and blanks are counted."""

import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import StaffRole
from observers.badges import tasks
from observers.domain import badges, blanks, handovers, print_batches, print_files
from observers.enums import BadgeStatus, PrintStatus
from observers.lifecycle import PRINT, REVOKE
from observers.models import Badge, BlankMovement, Handover, PrintBatch
from tests.builders import (
    a_print_batch,
    a_staff_member,
    an_approved,
    an_election,
    an_organisation,
    badge_of,
    badges_of,
    commission_of,
    many_approved,
    owner_of,
)
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LIST = "/admin/observers/badge/"
PRINT_PAGE = "/admin/observers/badge/print/"
PAPER = {"size": "card", "sheet": "single", "begin": "1"}
NOTE = "From a box that nobody entered."


@pytest.fixture(autouse=True)
def _no_worker_behind_ones_back(monkeypatch):
    monkeypatch.setattr(tasks.make_prints, "delay", lambda key: None)


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def commission(election):
    return commission_of(election, 1)


@pytest.fixture
def member(commission):
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission, language="en")


@pytest.fixture
def client(member: Any) -> Client:
    return signed_in(member)


def page(batch: PrintBatch, what: str = "") -> str:
    return f"/admin/observers/printbatch/{batch.pk}/{what or 'change/'}"


def only_batch() -> PrintBatch:
    return PrintBatch.unscoped.get()


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# --- Choosing -------------------------------------------------------------------------------------


def test_all_that_match_the_filters_are_printed_and_the_batch_says_which(client, election):
    mine = an_organisation(election=election, name="Çinar")
    inside = an_approved(election=election, organisation=mine)
    an_approved(election=election)
    address = f"{PRINT_PAGE}?organisation=cinar"
    assert "Organisation: cinar" in text(client.get(address))
    answer = client.post(address, PAPER)
    batch = only_batch()
    assert answer["Location"] == reverse("admin:observers_printbatch_change", args=[batch.pk])
    assert [line.badge.application for line in batch.lines.all()] == [inside]
    assert (batch.chosen, batch.size) == ("Organisation: cinar", "card")


def test_ticked_rows_are_printed(client, election):
    first, _second = many_approved(2, election=election)
    ticked = {"action": "print_chosen", "_selected_action": badge_of(first).pk}
    shown = client.post(LIST, ticked)
    assert f'name="badge" value="{badge_of(first).pk}"' in shown.content.decode()
    client.post(PRINT_PAGE, {**PAPER, "badge": badge_of(first).pk})
    assert [line.badge for line in only_batch().lines.all()] == [badge_of(first)]


def test_the_page_says_what_was_printed_before_by_whom_and_asks(client, election, member):
    printed, new = many_approved(2, election=election)
    badges.move(badges_of(printed), PRINT, actor=member)
    assert f"by {member.full_name}" in text(client.get(PRINT_PAGE))
    client.post(PRINT_PAGE, PAPER)
    assert [line.badge.application for line in only_batch().lines.all()] == [new]


def test_said_yes_to_it_is_printed_again(client, election, member):
    printed = an_approved(election=election)
    badges.move(badges_of(printed), PRINT, actor=member)
    refused = client.post(PRINT_PAGE, PAPER)
    assert "All of them have been printed before" in text(refused)
    client.post(PRINT_PAGE, {**PAPER, "reprint": "on"})
    assert only_batch().count == 1


def test_a_filter_that_is_not_offered_is_no_page(client, election):
    assert client.get(f"{PRINT_PAGE}?application__surname=A").status_code == 400
    assert not PrintBatch.unscoped.exists()


# --- One batch ------------------------------------------------------------------------------------


def test_while_its_pages_are_made_it_says_how_many_are(client, election, member):
    batch = a_print_batch(*many_approved(2, election=election), by=member, ready=False)
    line = batch.lines.first()
    print_files.keep(batch, b"%PDF", [(line.badge.number, line.badge.serial)])
    shown = text(client.get(page(batch)))
    assert "1 of 2 done" in shown
    assert 'hx-trigger="every 2s"' in shown


def test_its_files_are_handed_out_one_by_one_and_together(client, election, member):
    batch = a_print_batch(*many_approved(2, election=election), by=member, ready=False)
    for line in batch.lines.all():
        print_files.keep(batch, b"%%PDF %d" % line.position, [(line.badge.number, 1)])
    print_files.finish(batch)
    one = client.get(page(batch, "parts/2/"))
    assert (one.content, one["Content-Type"]) == (b"%PDF 2", "application/pdf")
    assert "no-store" in one["Cache-Control"]
    whole = b"".join(client.get(page(batch, "all.zip")).streaming_content)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [b"%PDF 1", b"%PDF 2"]
        assert archive.testzip() is None


def test_a_file_that_was_removed_is_not_there(client, election, member):
    batch = a_print_batch(an_approved(election=election), by=member)
    print_files.remove(batch)
    for what in ("parts/1/", "parts/7/", "all.zip"):
        assert client.get(page(batch, what)).status_code == 404


def test_what_ended_since_is_to_be_destroyed(client, election, member):
    gone, there = many_approved(2, election=election)
    batch = a_print_batch(gone, there, by=member)
    badges.move(badges_of(gone), REVOKE, actor=a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    assert "Destroy this one" in text(client.get(page(batch)))


def test_it_is_marked_as_printed_with_what_was_spoiled(client, election, commission, member):
    blanks.enter(commission, size="card", why="received", number=10, by=member)
    batch = a_print_batch(an_approved(election=election), by=member)
    assert "9 remain" in text(client.get(page(batch, "printed/")))
    client.post(page(batch, "printed/"), {"spoiled": "2", "note": ""})
    batch.refresh_from_db()
    assert batch.printed_by == member
    assert blanks.stock(commission)["card"] == 7


def test_short_of_blanks_it_asks_how_that_can_be(client, election, member):
    batch = a_print_batch(an_approved(election=election), by=member)
    asked = client.post(page(batch, "printed/"), {"spoiled": "", "note": ""})
    assert "Say in the note how that can be" in text(asked)
    client.post(page(batch, "printed/"), {"spoiled": "", "note": NOTE})
    batch.refresh_from_db()
    assert batch.printed_at


def test_it_is_cancelled(client, election, member):
    batch = a_print_batch(an_approved(election=election), by=member)
    assert client.get(page(batch, "cancel/")).status_code == 405
    client.post(page(batch, "cancel/"))
    batch.refresh_from_db()
    assert batch.status == PrintStatus.CANCELLED


def test_one_organisation_collects_its_badges_from_the_batch(client, election, member):
    through = an_organisation(election=election, name="Çinar")
    theirs = an_approved(election=election, organisation=through)
    own = an_approved(election=election)
    batch = a_print_batch(theirs, own, by=member)
    print_batches.mark_printed(batch, by=member, note=NOTE)
    address = page(batch, f"hand-over/?whose={through.pk}")
    assert "Hand over 1 badge" in text(client.get(address))
    client.post(address, {"to_whom": "Aysel Quliyeva", "at": "", "note": ""})
    handover = Handover.unscoped.get()
    assert [line.badge.application for line in handover.lines.all()] == [theirs]
    assert badge_of(own).status == BadgeStatus.PRINTED
    sheet = client.get(page(batch, "signatures.pdf"))
    assert sheet.content.startswith(b"%PDF-")


def test_ticked_badges_are_handed_over(client, election, member):
    printed, waiting = many_approved(2, election=election)
    badges.move(badges_of(printed), PRINT, actor=member)
    keys = [badge_of(each).pk for each in (printed, waiting)]
    shown = client.post(LIST, {"action": "hand_over_chosen", "_selected_action": keys})
    assert "1 cannot" in text(shown)
    client.post(
        "/admin/observers/badge/hand-over/",
        {"badge": keys, "to_whom": "Aysel Quliyeva", "at": "2026-02-03T10:30", "note": ""},
    )
    handover = Handover.unscoped.get()
    assert [line.badge.application for line in handover.lines.all()] == [printed]
    shown = text(client.get(f"/admin/observers/handover/{handover.pk}/change/"))
    assert "Aysel Quliyeva" in shown
    sheet = client.get(f"/admin/observers/handover/{handover.pk}/signatures.pdf")
    assert sheet.content.startswith(b"%PDF-")


# --- Blanks ---------------------------------------------------------------------------------------


def test_blanks_are_entered_and_the_stock_shown(client, commission):
    said = {"commission": commission.pk, "size": "card", "why": "received", "number": "1500"}
    client.post("/admin/observers/blankmovement/enter/", said)
    assert "1,500" in text(client.get("/admin/observers/blankmovement/"))


def test_blanks_of_another_commission_are_not_entered(client, election):
    other = commission_of(election, 2)
    said = {"commission": other.pk, "size": "card", "why": "received", "number": "5"}
    client.post("/admin/observers/blankmovement/enter/", said)
    assert not BlankMovement.unscoped.exists()


# --- How much is asked of the database ------------------------------------------------------------


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_batch_of_ten_costs_as_many_queries_as_one_of_one(client, election, member):
    small = a_print_batch(an_approved(election=election), by=member)
    large = a_print_batch(*many_approved(10, election=election), by=member)
    client.get(page(small))
    assert queries(client, page(small)) == queries(client, page(large))


def test_the_lists_cost_as_many_queries_with_one_row_as_with_ten(client, election, member):
    def one_more():
        batch = a_print_batch(an_approved(election=election), by=member)
        print_batches.mark_printed(batch, by=member, note=NOTE)
        handovers.hand_over(handovers.of_batch(batch), by=member, to_whom="Somebody", batch=batch)

    one_more()
    lists = [f"/admin/observers/{name}/" for name in ("printbatch", "handover", "blankmovement")]
    for address in lists:
        client.get(address)
    first = [queries(client, address) for address in lists]
    for _ in range(9):
        one_more()
    assert [queries(client, address) for address in lists] == first


# --- Who gets nothing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", ["", "printed/", "hand-over/", "signatures.pdf", "parts/1/", "all.zip", "cancel/"]
)
def test_another_commission_an_organisation_and_a_stranger_find_nothing(
    client, election, member, what
):
    through = an_organisation(election=election)
    batch = a_print_batch(an_approved(election=election, organisation=through), by=member)
    other = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    elsewhere = a_staff_member(StaffRole.CENTRAL_CHAIR, an_election())
    for nobody in (other, elsewhere, owner_of(through)):
        client.force_login(nobody)
        answer = (
            client.post(page(batch, what)) if what == "cancel/" else client.get(page(batch, what))
        )
        assert answer.status_code == 404


def test_an_auditor_sees_the_batch_and_not_its_files(client, election, member):
    batch = a_print_batch(an_approved(election=election), by=member)
    client.force_login(a_staff_member(StaffRole.AUDITOR, election))
    assert client.get(page(batch)).status_code == 200
    assert client.get(page(batch, "parts/1/")).status_code == 403
    assert client.get(PRINT_PAGE).status_code == 403


def test_badges_of_another_commission_are_neither_printed_nor_handed_over(client, election, member):
    foreign = badge_of(an_approved(election=election, constituency=2))
    client.post(PRINT_PAGE, {**PAPER, "badge": foreign.pk})
    hand_over = {"badge": foreign.pk, "to_whom": "Me"}
    client.post("/admin/observers/badge/hand-over/", hand_over)
    assert not PrintBatch.unscoped.exists()
    assert Badge.unscoped.get(pk=foreign.pk).status == BadgeStatus.ISSUED


# --- In a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_pages_are_without_findings_on_a_phone(election, member, new_visitor):
    gone, printed, new = many_approved(3, election=election)
    batch = a_print_batch(gone, printed, by=member)
    print_batches.mark_printed(batch, by=member, note=NOTE)
    waiting = a_print_batch(new, by=member)
    badges.move(badges_of(gone), REVOKE, actor=a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    visitor = with_session(new_visitor(width=360), member)
    for address in (
        PRINT_PAGE, page(batch), page(batch, "hand-over/"), page(waiting, "printed/"),
        "/admin/observers/printbatch/", "/admin/observers/blankmovement/",
        "/admin/observers/blankmovement/enter/", "/admin/observers/handover/",
    ):  # fmt: skip
        visitor.goto(address)
        assert axe_findings(visitor) == [], address
