"""Badges are handed over: to whom, when, and what they sign."""

import datetime
import io

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from observers.domain import badges, handover_sheets, handovers, print_batches
from observers.domain.print_batches import PrintError
from observers.lifecycle import HAND_OVER, PRINT, REVOKE
from observers.models import Badge, BadgeEvent, Handover, HandoverLine
from tests.builders import (
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
    the_chair,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db
NOTE = "A box nobody entered."


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def chair(election):
    return the_chair(election)


def printed(*applications, by):
    these = Badge.unscoped.filter(application__in=[each.pk for each in applications])
    badges.move(these, PRINT, actor=by)
    return these


def hand_over(chosen, by, **said):
    return handovers.hand_over(chosen, by=by, **{"to_whom": "Aysel Quliyeva"} | said)


def test_who_was_given_the_badges_is_kept_with_the_badges(election, chair):
    these = printed(*many_approved(2, election=election), by=chair)
    handed = hand_over(these, chair, note="With the sheet.")
    assert (handed.count, handed.skipped) == (2, [])
    assert {line.badge for line in handed.handover.lines.all()} == set(these)
    assert set(these.values_list("status", flat=True)) == {"handed_over"}
    assert (handed.handover.to_whom, handed.handover.by) == ("Aysel Quliyeva", chair)
    events = BadgeEvent.objects.filter(action=HAND_OVER)
    assert set(events.values_list("reason", flat=True)) == {"Aysel Quliyeva"}


def test_what_is_not_printed_or_has_ended_is_set_aside_with_the_reason(election, chair):
    waiting, gone, there = many_approved(3, election=election)
    printed(gone, there, by=chair)
    badges.move(badges_of(gone), REVOKE, actor=chair)
    handed = hand_over(all_badges(election), chair)
    assert {line.badge for line in handed.handover.lines.all()} == {badge_of(there)}
    assert {badge.application for badge, _reason in handed.skipped} == {waiting, gone}


@pytest.mark.usefixtures("english")
def test_nothing_is_entered_when_none_can_be_handed_over(election, chair):
    an_approved(election=election)
    with pytest.raises(PrintError, match="the status is “Issued”"):
        hand_over(all_badges(election), chair)
    assert not Handover.unscoped.exists()


def test_a_batch_is_handed_over_without_what_has_ended_since(election, chair):
    gone, there = many_approved(2, election=election)
    batch = a_print_batch(gone, there, by=chair)
    print_batches.mark_printed(batch, by=chair, note=NOTE)
    badges.move(badges_of(gone), REVOKE, actor=chair)
    handed = hand_over(handovers.of_batch(batch), chair, batch=batch)
    assert [line.badge.application for line in handed.handover.lines.all()] == [there]
    assert handed.handover.batch == batch


def test_badges_cannot_have_been_handed_over_in_the_future(election, chair):
    these = printed(an_approved(election=election), by=chair)
    second = datetime.timedelta(seconds=1)
    with pytest.raises(PrintError):
        hand_over(these, chair, at=database_now() + 60 * second)
    assert hand_over(these, chair, at=database_now() - second).count == 1


def test_somebody_is_named(election, chair):
    these = printed(an_approved(election=election), by=chair)
    with pytest.raises(PrintError):
        hand_over(these, chair, to_whom="  ")


@pytest.mark.django_db(transaction=True)
def test_a_badge_is_handed_over_once(election, chair):
    these = printed(an_approved(election=election), by=chair)

    def give():
        try:
            return hand_over(these.all(), afresh(chair)).count
        except PrintError:
            return "told"

    assert sorted(at_once(give, give), key=str) == [1, "told"]
    assert HandoverLine.objects.count() == 1


def test_another_commission_hands_nothing_over_and_sees_nothing(election, chair):
    these = printed(an_approved(election=election, constituency=1), by=chair)
    other = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    with pytest.raises(PrintError):
        hand_over(these, other)
    hand_over(these, chair)
    assert list(Handover.objects.visible_to(other)) == []
    assert Handover.objects.visible_to(chair).count() == 1


def test_handovers_are_neither_changed_nor_deleted(election, chair):
    these = printed(an_approved(election=election), by=chair)
    hand_over(these, chair)
    for rows, change in (
        (Handover.unscoped.all(), {"to_whom": "Another"}),
        (HandoverLine.objects.all(), {"badge": None}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows._raw_delete(connection.alias)


# --- The signature sheet --------------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages)


def test_the_sheet_names_each_with_number_below_their_organisation(election, chair):
    through = an_organisation(election=election, name="Çinar")
    named = [
        an_approved(election=election, organisation=through, surname=surname)
        for surname in ("Şirinov", "Əliyev")
    ]
    said = text_of(
        handover_sheets.sheet_as_pdf(all_badges(election), commission=commission_of(election, 1))
    )
    places = [said.index(part) for part in ("Çinar", "Əliyev", "Şirinov")]
    assert places == sorted(places)
    assert all(application.accreditation_number in said for application in named)
    assert "1 / 1" in said


def test_the_sheet_of_a_handover_says_when_and_to_whom(election, chair):
    these = printed(an_approved(election=election), by=chair)
    handover = hand_over(these, chair).handover
    said = text_of(
        handover_sheets.sheet_as_pdf(these, commission=handover.commission, handover=handover)
    )
    assert "Aysel Quliyeva" in said


def test_no_name_is_lost_on_a_sheet_of_many_pages(election, chair):
    registered = many_approved(90, election=election)
    said = text_of(
        handover_sheets.sheet_as_pdf(all_badges(election), commission=commission_of(election, 1))
    )
    assert all(application.accreditation_number in said for application in registered)
    assert "3 / 3" in said or "4 / 4" in said
