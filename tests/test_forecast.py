"""Whether the legal limit will hold: the forecast at its edges. Day 0 is today."""

from fractions import Fraction

import pytest

from observers.domain.forecast import Forecast, Load, Outlook, forecast


def test_where_nothing_waits_there_is_nothing_to_foresee():
    assert forecast(Load()) == Forecast(Outlook.NOTHING_WAITS, waiting=0, overdue=0)


def test_the_limit_holds_at_a_sufficient_pace():
    found = forecast(Load(due=[100, 100, 52], decided=[120, 110, 130]))
    assert (found.outlook, found.pace, found.late) == (Outlook.HOLDS, 120, 0)
    assert found.days_needed == Fraction(252, 120)


@pytest.mark.parametrize(
    ("due_tomorrow", "outlook", "late", "more"),
    [(240, Outlook.HOLDS, 0, 0), (241, Outlook.FAILS, 1, 1)],
)
def test_one_more_than_can_be_decided_in_time_is_late(due_tomorrow, outlook, late, more):
    """What is left of today's pace, and tomorrow's."""
    found = forecast(Load(due=[0, due_tomorrow], decided=[120, 120, 120]))
    assert (found.outlook, found.late, found.more_a_day) == (outlook, late, more)


def test_what_was_decided_today_is_not_decided_again():
    load = Load(due=[0, 240], decided=[120, 120, 120], decided_today=20)
    found = forecast(load)
    assert (found.outlook, found.late, found.late_on) == (Outlook.FAILS, 20, 1)


def test_so_many_more_a_day_suffice_and_one_fewer_does_not():
    due, pace = [0, 100, 500], 120
    found = forecast(Load(due=due, decided=[pace] * 3))
    assert (found.late, found.late_on, found.more_a_day) == (240, 2, 120)
    assert sum(due) == pace + 2 * (pace + found.more_a_day)


def test_the_worst_day_is_named_though_it_is_not_the_last():
    found = forecast(Load(due=[0, 400, 0, 10], decided=[100, 100, 100]))
    assert (found.late, found.late_on) == (200, 1)


def test_nothing_decided_yet_makes_everything_late():
    found = forecast(Load(due=[0, 80, 160], decided=[0, 0, 0]))
    assert found.days_needed is None
    assert (found.outlook, found.late, found.late_on) == (Outlook.FAILS, 240, 2)
    assert found.more_a_day == 120


def test_on_the_first_day_the_pace_is_todays():
    found = forecast(Load(due=[0, 0, 0, 90], decided=[], decided_today=30))
    assert (found.pace, found.by_today, found.outlook) == (30, True, Outlook.HOLDS)


def test_a_better_day_than_the_last_three_counts_as_the_pace():
    found = forecast(Load(due=[0, 10], decided=[0, 0, 0], decided_today=50))
    assert (found.pace, found.by_today) == (50, True)


def test_only_the_last_three_days_count():
    assert forecast(Load(due=[1], decided=[900, 30, 30, 30])).pace == 30


def test_a_pace_of_a_fraction_is_exact():
    found = forecast(Load(due=[0, 0, 1], decided=[0, 0, 1]))
    assert (found.pace, found.outlook) == (Fraction(1, 3), Outlook.HOLDS)


def test_nothing_incoming_leaves_what_waits():
    found = forecast(Load(due=[0, 10], decided=[10, 10, 10], incoming=[0, 0, 0], days_open=5))
    assert (found.outlook, found.incoming_pace) == (Outlook.HOLDS, 0)


def test_all_overdue_cannot_be_in_time_any_more():
    found = forecast(Load(overdue=300, due=[0, 0], decided=[120, 120, 120]))
    assert (found.outlook, found.days_needed) == (Outlook.ALL_OVERDUE, Fraction(5, 2))
    assert (found.late, found.more_a_day) == (0, 0)


def test_what_is_overdue_is_decided_first_and_makes_others_late():
    assert forecast(Load(due=[0, 100], decided=[60] * 3)).outlook == Outlook.HOLDS
    found = forecast(Load(overdue=50, due=[0, 100], decided=[60] * 3))
    assert (found.outlook, found.late, found.more_a_day) == (Outlook.FAILS, 30, 30)


def test_of_the_overdue_none_is_counted_as_becoming_late():
    found = forecast(Load(overdue=500, due=[0, 20], decided=[60] * 3))
    assert (found.late, found.overdue) == (20, 500)


def test_those_due_today_cannot_be_saved_from_tomorrow_on():
    found = forecast(Load(due=[100, 0], decided=[60] * 3))
    assert (found.late, found.late_on, found.more_a_day) == (40, 0, 0)


RISING = [60, 120, 240]


def test_where_more_and_more_comes_in_the_last_day_counts():
    assert forecast(Load(due=[0, 1], decided=[140] * 3, incoming=RISING)).incoming_pace == 240
    assert forecast(Load(due=[0, 1], decided=[140] * 3, incoming=RISING[::-1])).incoming_pace == 140


def test_what_comes_in_breaks_the_limit_later():
    """Each day brings 240, due three days later, and sees 140 decided."""
    load = Load(due=[0, 0, 0, 140], decided=[140] * 3, incoming=RISING, days_open=30)
    found = forecast(load)
    assert (found.outlook, found.breaks_on) == (Outlook.HOLDS_FOR_NOW, 8)
    needed = {day: 140 + 240 * (day - 3) - 140 * (day + 1) for day in (7, 8)}
    assert needed[7] <= 0 < needed[8]


def test_after_the_closing_nothing_comes_in():
    load = Load(due=[0, 0, 0, 140], decided=[140] * 3, incoming=RISING, days_open=2)
    assert forecast(load).outlook == Outlook.HOLDS


def test_as_much_incoming_as_is_decided_holds():
    load = Load(due=[50, 100, 100, 100], decided=[100] * 3, incoming=[100] * 3, days_open=30)
    assert forecast(load).outlook == Outlook.HOLDS
