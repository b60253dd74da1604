"""Blanks: what a commission has, what printing takes, and what it says when they run out."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.enums import StaffRole
from observers.domain import blanks, print_batches
from observers.domain.blanks import BlanksError, ShortOfBlanks
from observers.enums import BadgeSize, BlankReason
from observers.models import BlankMovement
from tests.builders import (
    a_print_batch,
    a_staff_member,
    afresh,
    an_election,
    central_commission,
    commission_of,
    many_approved,
    the_chair,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db
CARD, LANYARD = BadgeSize.CARD, BadgeSize.LANYARD


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def commission(election):
    return commission_of(election, 1)


@pytest.fixture
def member(commission):
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission)


def receive(commission, member, number=100, size=CARD):
    blanks.enter(commission, size=size, why=BlankReason.RECEIVED, number=number, by=member)


def test_what_is_received_and_spoiled_adds_up_by_size(commission, member):
    receive(commission, member, 100)
    receive(commission, member, 40, LANYARD)
    blanks.enter(commission, size=CARD, why=BlankReason.SPOILED, number=3, by=member)
    assert blanks.stock(commission) == {"card": 97, "lanyard": 40}


def test_printing_takes_its_badges_and_what_was_spoiled(election):
    chair, central = the_chair(election), central_commission(election)
    receive(central, chair, 10)
    batch = a_print_batch(*many_approved(3, election=election), by=chair)
    print_batches.mark_printed(batch, by=chair, spoiled=2)
    assert blanks.stock(central)["card"] == 5
    taken = BlankMovement.objects.visible_to(chair).filter(batch=batch).order_by("pk")
    assert list(taken.values_list("why", "change")) == [
        ("printed", -3),
        ("spoiled", -2),
    ]


def test_a_count_makes_the_stock_right(commission, member):
    receive(commission, member, 100)
    blanks.enter(commission, size=CARD, why=BlankReason.COUNTED, number=92, by=member)
    assert blanks.stock(commission)["card"] == 92
    blanks.enter(commission, size=CARD, why=BlankReason.COUNTED, number=0, by=member)
    assert blanks.stock(commission)["card"] == 0


def test_what_one_commission_gives_the_other_has(election, commission, member):
    receive(commission, member, 100)
    other = commission_of(election, 2)
    blanks.enter(commission, size=CARD, why=BlankReason.GIVEN, number=30, by=member, to=other)
    assert (blanks.stock(commission)["card"], blanks.stock(other)["card"]) == (70, 30)


def test_below_zero_takes_a_note(commission, member):
    receive(commission, member, 5)
    with pytest.raises(ShortOfBlanks):
        blanks.enter(commission, size=CARD, why=BlankReason.SPOILED, number=6, by=member)
    blanks.enter(
        commission, size=CARD, why=BlankReason.SPOILED, number=6, by=member, note="A new box."
    )
    assert blanks.stock(commission)["card"] == -1


def test_what_is_received_needs_no_note_even_while_some_are_lacking(commission, member):
    blanks.enter(
        commission, size=CARD, why=BlankReason.SPOILED, number=6, by=member, note="A new box."
    )
    receive(commission, member, 2)
    assert blanks.stock(commission)["card"] == -4


@pytest.mark.parametrize(
    "said",
    [
        {"why": BlankReason.RECEIVED, "number": 0},
        {"why": BlankReason.RECEIVED, "number": -5},
        {"why": BlankReason.PRINTED, "number": 5},
        {"why": BlankReason.GIVEN, "number": 5},
        {"why": BlankReason.COUNTED, "number": -1},
    ],
)
def test_nonsense_is_not_entered(commission, member, said):
    with pytest.raises(BlanksError):
        blanks.enter(commission, size=CARD, by=member, **said)
    assert not BlankMovement.unscoped.exists()


def test_nobody_gives_to_themselves_or_to_another_election(commission, member):
    for to in (commission, commission_of(an_election(), 1)):
        with pytest.raises(BlanksError):
            blanks.enter(
                commission, size=CARD, why=BlankReason.GIVEN, number=1, by=member, to=to, note="x"
            )


def test_the_blanks_of_another_commission_are_not_ones_own(election, commission, member):
    receive(commission, member)
    other = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    with pytest.raises(BlanksError):
        receive(commission, other)
    assert list(BlankMovement.objects.visible_to(other)) == []
    assert BlankMovement.objects.visible_to(the_chair(election)).count() == 1
    auditor = a_staff_member(StaffRole.AUDITOR, election)
    assert BlankMovement.objects.visible_to(auditor).count() == 1
    with pytest.raises(BlanksError):
        receive(commission, auditor)


def test_movements_are_neither_changed_nor_deleted(commission, member):
    receive(commission, member)
    rows = BlankMovement.unscoped.all()
    for change in (lambda: rows.update(change=1), lambda: rows._raw_delete(connection.alias)):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_the_last_blanks_are_used_once(commission, member):
    receive(commission, member, 5)

    def spoil():
        try:
            blanks.enter(
                commission, size=CARD, why=BlankReason.SPOILED, number=4, by=afresh(member)
            )
        except ShortOfBlanks:
            return "short"
        return "entered"

    assert sorted(at_once(spoil, spoil)) == ["entered", "short"]
