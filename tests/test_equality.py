"""What is more than chance: against published values, and in the words of the audit."""

import pytest

from observers.register.statistics.chance import (
    Interval,
    Share,
    median_ranks,
    more_than_chance,
    p_value,
)


# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_a_rate_has_wilsons_interval(part, whole, low, high):
    found = Share(part, whole).interval
    assert Interval(round(found.low, 4), round(found.high, 4)) == Interval(low, high)


def test_of_nobody_any_rate_may_be_true():
    assert Share(0, 0).interval == Interval(0, 1)


def test_a_difference_has_the_p_value_of_the_textbook():
    """The physicians' health study: X squared 25.01 with one degree of freedom (Agresti,
    Introduction to Categorical Data Analysis, 2.1)."""
    assert p_value(Share(189, 11034), Share(104, 11037)) == pytest.approx(5.69e-7, rel=1e-3)


def test_the_same_rate_is_no_difference():
    assert p_value(Share(10, 100), Share(20, 200)) == pytest.approx(1)


def test_where_fewer_than_five_are_expected_it_is_too_few_to_say():
    assert p_value(Share(4, 50), Share(6, 50)) is not None  # 5 expected in each
    assert p_value(Share(4, 50), Share(5, 50)) is None
    assert p_value(Share(46, 50), Share(45, 50)) is None
    assert p_value(Share(0, 0), Share(0, 0)) is None


def test_many_comparisons_are_held_to_more():
    """Holm: 0.005 * 4 and 0.01 * 3 pass, 0.03 * 2 does not, and nothing behind it."""
    assert more_than_chance([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert more_than_chance([0.04]) == [True]
    assert more_than_chance([0.04, None]) == [True, False]
    assert more_than_chance([0.04, 0.9]) == [False, False]


# Conover, Practical Nonparametric Statistics: ranks of the order statistics of a median, 95 %.
@pytest.mark.parametrize(
    ("number", "ranks"),
    [(5, None), (6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (100, (40, 61)), (1000, (469, 532))],
)
def test_a_median_lies_between_ranks(number, ranks):
    assert median_ranks(number) == ranks


def test_the_ranks_of_many_go_on_where_those_of_fewer_end():
    low, high = median_ranks(1001)
    assert (low, high) == (469, 533)
