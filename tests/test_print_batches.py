"""Badges printed together: what a batch holds, its files, and what is marked as printed."""

import datetime
import io
import time
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts.enums import StaffRole
from observers.badges import making, rendering, tasks
from observers.domain import badges, print_batches, print_choice, print_files
from observers.domain.applications import move
from observers.domain.blanks import ShortOfBlanks
from observers.domain.print_batches import PrintError
from observers.domain.reasons import Reasons
from observers.enums import BadgeSize, IssueReason, PrintSheet, PrintStatus
from observers.lifecycle import CANCEL, PRINT, REVOKE
from observers.models import BadgeEvent, MissingPhoto, PrintBatch
from tests.builders import (
    DAY,
    a_print_batch,
    a_staff_member,
    afresh,
    all_badges,
    an_approved,
    an_election,
    an_organisation,
    badge_of,
    badges_of,
    commission_of,
    many_approved,
    one,
    the_chair,
)
from tests.clocks import the_clock_at
from tests.races import at_once

pytestmark = pytest.mark.django_db
PATIENCE_S = 60
CARDS = {"size": BadgeSize.CARD, "sheet": PrintSheet.SINGLE}


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def chair(election):
    return the_chair(election)


def names_in(batch: PrintBatch) -> list[str]:
    return list(batch.lines.values_list("badge__application__surname", flat=True))


def statuses(batch: PrintBatch) -> list[str]:
    return list(batch.lines.values_list("badge__status", flat=True))


# --- What it holds --------------------------------------------------------------------------------


def test_a_batch_holds_its_badges_by_organisation_and_then_by_name(election, chair):
    late, early = (
        an_organisation(election=election, name=name) for name in ("Şəffaf seçki", "Çinar")
    )
    an_approved(election=election, surname="Abbasov")
    for through in (late, early):
        for name in ("Xəlilov", "Həsənov", "Əliyev"):
            an_approved(election=election, organisation=through, surname=name)
    batch = print_batches.begin(all_badges(election), by=chair, **CARDS)
    in_order = ["Əliyev", "Həsənov", "Xəlilov"]
    assert names_in(batch) == [*in_order, *in_order, "Abbasov"]
    assert batch.count == 7
    first = batch.lines.first().badge.application.organisation
    assert first == early


def test_it_is_printed_by_the_commission_whose_badges_it_holds(election):
    commission = commission_of(election, 1)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission)
    batch = a_print_batch(an_approved(election=election, constituency=1), by=reviewer)
    assert batch.commission == commission


def test_the_central_commission_prints_for_all(election, chair):
    batch = a_print_batch(
        *(an_approved(election=election, constituency=number) for number in (1, 2)), by=chair
    )
    assert batch.commission.is_central


def test_a_commission_does_not_print_the_badges_of_another(election):
    an_approved(election=election, constituency=2)
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, 1))
    with pytest.raises(PrintError):
        print_batches.begin(all_badges(election), by=reviewer, **CARDS)


def test_an_auditor_prints_nothing(election):
    an_approved(election=election)
    auditor = a_staff_member(StaffRole.AUDITOR, election)
    with pytest.raises(PrintError):
        print_batches.begin(all_badges(election), by=auditor, **CARDS)


def test_badges_that_have_ended_are_left_out(election, chair):
    lost, revoked, valid = many_approved(3, election=election)
    badges.replace(badge_of(lost), why=IssueReason.LOST, by=chair)
    badges.move(badges_of(revoked), REVOKE, actor=chair)
    found = print_choice.look_over(all_badges(election), by=chair)
    assert (found.total, found.count, found.ended) == (4, 2, 2)
    batch = print_batches.begin(all_badges(election), by=chair, **CARDS)
    assert {line.badge for line in batch.lines.all()} == {badge_of(lost), badge_of(valid)}


def test_a_badge_past_its_time_is_left_out(election, chair):
    badge = badge_of(an_approved(election=election))
    for moment, count in (
        (badge.valid_until - datetime.timedelta(seconds=1), 1),
        (badge.valid_until, 0),
    ):
        with the_clock_at(moment):
            assert print_choice.look_over(all_badges(election), by=chair).count == count


def test_one_without_a_photo_is_left_out_and_counted(election, chair):
    MissingPhoto.objects.create(application=an_approved(election=election))
    found = print_choice.look_over(all_badges(election), by=chair)
    assert (found.count, found.without_photo) == (0, 1)


# --- Printing again -------------------------------------------------------------------------------


def test_what_lies_in_another_batch_is_left_out_and_it_says_whose(election, chair):
    a_print_batch(an_approved(election=election), by=chair)
    new = an_approved(election=election)
    found = print_choice.look_over(all_badges(election), by=chair)
    assert found.keys == [badge_of(new).pk]
    (earlier,) = found.under_way
    assert (earlier.count, earlier.by) == (1, chair.full_name)


@pytest.mark.usefixtures("english")
def test_printing_again_asks_first(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")
    with pytest.raises(PrintError, match="printed"):
        print_batches.begin(all_badges(election), by=chair, **CARDS)
    (earlier,) = print_choice.look_over(all_badges(election), by=chair).printed
    assert (earlier.count, earlier.by) == (1, chair.full_name)
    again = print_batches.begin(all_badges(election), by=chair, reprint=True, **CARDS)
    assert again.count == 1


def test_printing_again_leaves_what_was_handed_over_as_it_is(election, chair):
    application = an_approved(election=election)
    badges.move(badges_of(application), PRINT, actor=chair)
    badges.move(badges_of(application), "hand_over", actor=chair)
    batch = a_print_batch(application, by=chair, reprint=True)
    print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")
    assert badge_of(application).status == "handed_over"
    assert batch.lines.get().is_printed


def test_a_cancelled_batch_gives_its_badges_back(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    print_batches.cancel(batch, by=chair)
    assert print_choice.look_over(all_badges(election), by=chair).count == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_with_the_same_badges_one_is_told(election, chair):
    many_approved(3, election=election)
    colleague = a_staff_member(StaffRole.CENTRAL_REVIEWER, election)

    def begin(user):
        try:
            return print_batches.begin(all_badges(election), by=afresh(user), **CARDS).count
        except PrintError:
            return "told"

    found = at_once(lambda: begin(chair), lambda: begin(colleague))
    assert sorted(found, key=str) == [3, "told"]


# --- Its files ------------------------------------------------------------------------------------


def test_its_files_are_made_part_by_part_in_the_order_of_the_batch(election, chair):
    batch = a_print_batch(*many_approved(5, election=election), by=chair, ready=False)
    making.make(batch, size=2)
    batch.refresh_from_db()
    assert batch.status == PrintStatus.READY
    assert [(part.number, part.badges) for part in batch.parts.all()] == [(1, 2), (2, 2), (3, 1)]
    assert list(batch.lines.values_list("part", flat=True)) == [1, 1, 2, 2, 3]
    content = print_files.content(batch.parts.get(number=1))
    assert content.startswith(b"%PDF-")
    assert len(content) == batch.parts.get(number=1).size


def test_its_files_cannot_be_read_on_the_disk(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    part = batch.parts.get()
    assert b"%PDF" not in part.file.open().read()


def test_making_goes_on_where_it_stopped_and_twice_does_no_harm(election, chair):
    batch = a_print_batch(*many_approved(3, election=election), by=chair, ready=False)
    first = batch.lines.first().badge
    print_files.keep(batch, b"made before", [(first.number, first.serial)])
    making.make(batch, size=2)
    making.make(batch, size=2)
    assert [part.badges for part in batch.parts.all()] == [1, 2]
    assert print_files.content(batch.parts.get(number=1)) == b"made before"


def test_what_ended_before_its_page_was_made_has_none(election, chair):
    gone, there = many_approved(2, election=election)
    batch = a_print_batch(gone, there, by=chair, ready=False)
    badges.move(badges_of(gone), REVOKE, actor=chair)
    making.make(batch)
    assert batch.lines.get(badge__application=gone).part is None
    assert (batch.parts.get().badges, print_batches.to_destroy(batch).count()) == (1, 0)


def test_one_whose_photo_is_gone_does_not_stop_the_others(election, chair):
    gone, there = many_approved(2, election=election)
    one(gone).update(photo="photos/nowhere.jpg")
    batch = a_print_batch(gone, there, by=chair, ready=False)
    making.make(batch)
    batch.refresh_from_db()
    assert (batch.status, batch.parts.get().badges) == (PrintStatus.READY, 1)
    assert batch.lines.get(lacks_photo=True).badge.application == gone


def test_a_batch_that_is_cancelled_meanwhile_keeps_no_file(election, chair, monkeypatch):
    batch = a_print_batch(*many_approved(3, election=election), by=chair, ready=False)
    made = rendering.parts

    def interrupted(*args, **options):
        for part in made(*args, **options):
            yield part
            print_batches.cancel(PrintBatch.unscoped.get(pk=batch.pk), by=chair)

    monkeypatch.setattr(rendering, "parts", interrupted)
    with transaction.atomic():
        making.make(batch, size=1)
    batch.refresh_from_db()
    assert batch.status == PrintStatus.CANCELLED
    assert batch.parts.count() == 1
    assert not default_storage.exists(f"print/{batch.key}/2.pdf")


def test_one_that_takes_its_workers_down_is_given_up(election, chair, monkeypatch):
    batch = a_print_batch(an_approved(election=election), by=chair, ready=False)

    def fail(batch):
        raise MemoryError

    monkeypatch.setattr(making, "make", fail)
    for _ in range(tasks.ATTEMPTS):
        with pytest.raises(MemoryError):
            tasks.make_prints(batch.pk)
    tasks.make_prints(batch.pk)
    batch.refresh_from_db()
    assert batch.status == PrintStatus.BROKEN
    assert print_choice.look_over(all_badges(election), by=chair).count == 1


def test_files_are_removed_after_their_days_and_the_lines_stay(election, chair, settings):
    settings.PRINT_FILES_KEPT_DAYS = 14
    batch = a_print_batch(an_approved(election=election), by=chair)
    part = batch.parts.get()
    second = datetime.timedelta(seconds=1)
    for moment, removed in (
        (batch.begun_at + 14 * DAY, 0),
        (batch.begun_at + 14 * DAY + second, 1),
    ):
        with the_clock_at(moment):
            assert tasks.remove_old_prints() == removed
    assert not default_storage.exists(part.file.name)
    assert batch.lines.count() == 1
    part.refresh_from_db()
    with pytest.raises(FileNotFoundError):
        print_files.content(part)


def test_progress_says_how_long_the_rest_takes(election, chair):
    batch = a_print_batch(*many_approved(4, election=election), by=chair, ready=False)
    begun = batch.begun_at
    for line, seconds in zip(batch.lines.all()[:3], (10, 12, 14), strict=True):
        print_files.keep(batch, b"a part", [(line.badge.number, line.badge.serial)])
        batch.parts.filter(number=batch.parts.count()).update(
            made_at=begun + datetime.timedelta(seconds=seconds)
        )
    found = print_files.progress(batch, now=begun + datetime.timedelta(seconds=14))
    assert (found.done, found.total, found.seconds) == (3, 4, 2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_prints_is_followed_by_another(
    election, chair, worker_process, settings
):
    batch = a_print_batch(*many_approved(450, election=election), by=chair, ready=False)
    worker = worker_process()
    tasks.make_prints.delay(batch.pk)
    wait_until(lambda: batch.parts.exists())
    worker.kill()
    worker.wait()
    batch.refresh_from_db()
    assert batch.status == PrintStatus.PREPARING
    begun = dict(batch.parts.values_list("number", "made_at"))
    assert tasks.resume_prints() == 1
    worker_process()
    wait_until(lambda: PrintBatch.unscoped.filter(pk=batch.pk, status="ready").exists())
    assert sorted(batch.parts.values_list("badges", flat=True)) == [50, 200, 200]
    assert begun.items() <= dict(batch.parts.values_list("number", "made_at")).items()
    assert set(batch.lines.values_list("part", flat=True)) == {1, 2, 3}


def wait_until(ready: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_S * 50):
        if ready():
            return
        time.sleep(0.02)
    pytest.fail("It takes too long.")


# --- Marked as printed ----------------------------------------------------------------------------


def test_marked_as_printed_its_badges_can_be_collected(election, chair):
    batch = a_print_batch(*many_approved(2, election=election), by=chair)
    assert print_batches.mark_printed(batch, by=chair, note="A box nobody entered.") == 2
    assert statuses(batch) == ["printed", "printed"]
    assert (batch.printed_by, batch.printed_at is not None) == (chair, True)
    assert set(BadgeEvent.objects.filter(action=PRINT).values_list("actor", flat=True)) == {
        chair.pk
    }


def test_what_ended_after_its_page_was_made_is_not_marked_and_is_to_be_destroyed(election, chair):
    gone, there = many_approved(2, election=election)
    batch = a_print_batch(gone, there, by=chair)
    act = Reasons(what_was_checked="Court of Appeal, act 7 of 1 February 2024.")
    move(one(gone), CANCEL, actor=chair, reasons=act)
    assert print_batches.mark_printed(batch, by=chair, note="A box nobody entered.") == 1
    (line,) = print_batches.to_destroy(batch)
    assert (line.badge.application, line.is_printed) == (gone, False)


def test_it_is_marked_once(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")
    with pytest.raises(PrintError):
        print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_mark_it_at_once_one_does(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)

    def mark():
        try:
            own = PrintBatch.unscoped.get(pk=batch.pk)
            return print_batches.mark_printed(own, by=afresh(chair), note="From a new box.")
        except PrintError:
            return "told"

    assert sorted(at_once(mark, mark), key=str) == [1, "told"]


def test_more_than_there_were_needs_a_note_and_nothing_is_marked_without(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    with pytest.raises(ShortOfBlanks):
        print_batches.mark_printed(batch, by=chair)
    assert statuses(batch) == ["issued"]


def test_what_is_not_ready_is_not_marked(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair, ready=False)
    with pytest.raises(PrintError):
        print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")


def test_a_printed_batch_is_not_cancelled(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")
    with pytest.raises(PrintError):
        print_batches.cancel(batch, by=chair)


def test_another_commission_neither_marks_nor_cancels_it(election, chair):
    own = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 1))
    batch = a_print_batch(an_approved(election=election, constituency=1), by=own)
    other = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    for act in (print_batches.mark_printed, print_batches.cancel):
        with pytest.raises(PrintError):
            act(batch, by=other)
    assert list(PrintBatch.objects.visible_to(other)) == []
    assert list(PrintBatch.objects.visible_to(chair)) == [batch]


# --- The guards -----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"size": "lanyard"}, {"chosen": "Others"}])
def test_what_a_batch_says_is_not_changed(election, change):
    batch = a_print_batch(an_approved(election=election))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        PrintBatch.unscoped.filter(pk=batch.pk).update(**change)


def test_neither_batches_nor_their_lines_are_deleted(election):
    batch = a_print_batch(an_approved(election=election))
    for rows in (batch.lines.all(), PrintBatch.unscoped.filter(pk=batch.pk)):
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_a_line_does_not_change_its_badge(election):
    batch = a_print_batch(an_approved(election=election))
    other = badge_of(an_approved(election=election))
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        batch.lines.update(badge=other)


def test_a_printed_batch_stays_printed(election, chair):
    batch = a_print_batch(an_approved(election=election), by=chair)
    print_batches.mark_printed(batch, by=chair, note="A box nobody entered.")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        PrintBatch.unscoped.filter(pk=batch.pk).update(printed_at=None, printed_by=None)


# --- For the print shop ---------------------------------------------------------------------------


def test_the_command_writes_what_waits_and_marks_nothing(election, chair, tmp_path):
    printed, waiting = many_approved(2, election=election)
    badges.move(badges_of(printed), PRINT, actor=chair)
    an_approved(election=election, constituency=2)
    call_command(
        "print_badges", election=election.slug, to=tmp_path, commission=1, stdout=io.StringIO()
    )
    (written,) = tmp_path.iterdir()
    assert (written.stat().st_mode & 0o777, written.read_bytes()[:5]) == (0o600, b"%PDF-")
    assert badge_of(waiting).status == "issued"


def test_the_command_knows_its_elections(election, tmp_path):
    with pytest.raises(CommandError):
        call_command("print_badges", election="nowhere", to=tmp_path)
