"""What is more than chance: against published values, and in the words of the audit."""

import dataclasses
import re
from typing import Any

import pytest
from django.utils import translation

from elections.models import Election
from observers.models import StatisticsSnapshot
from observers.register.statistics import snapshots
from observers.register.statistics.chance import (
    Interval,
    Share,
    median_ranks,
    more_than_chance,
    p_value,
)
from observers.register.statistics.equality import By, Measure, Verdict, compare
from observers.register.statistics.equality_words import comparisons_table, lead, sentence
from observers.register.statistics.facts import Facts, Group
from observers.register.statistics.figures import DAY
from observers.register.statistics.queries import Names
from observers.register.statistics.tables import Source
from tests import builders as make


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


# --- Who is compared with whom --------------------------------------------------------------------


def a_group(**counts: Any) -> Group:
    """Decisions, of which none is refused, late or slow unless said."""
    decided = counts.pop("decided")
    refused = counts.get("first_refused", 0)
    known = {"approved": decided - refused, "first_approved": decided - refused}
    return Group(**{"refused": refused, "looked_at": decided, **known, **counts})


def some_facts(kinds: Any = None, commissions: Any = None) -> Facts:
    groups = kinds or commissions or {}
    names = [one.name for one in dataclasses.fields(Group) if one.type is int]
    sums = {name: sum(getattr(group, name) for group in groups.values()) for name in names}
    everything = Group(**sums, median=1.4 * DAY, ninety=2.6 * DAY)
    return Facts(everything=everything, kinds=kinds or {}, commissions=commissions or {})


def verdicts(facts: Facts, measure: Measure = Measure.REFUSED) -> dict:
    return {one.key: one.verdict for one in compare(facts) if one.measure == measure}


def test_a_kind_that_is_refused_more_often_than_chance_is_found():
    facts = some_facts(
        {
            "own_initiative": a_group(decided=1000, first_refused=61),
            "party": a_group(decided=1000, first_refused=20),
            "ngo": a_group(decided=1000, first_refused=41),
        }
    )
    assert verdicts(facts) == {
        "own_initiative": Verdict.MORE,
        "party": Verdict.LESS,
        "ngo": Verdict.CHANCE,
    }


def test_each_is_held_against_all_others():
    facts = some_facts({"party": a_group(decided=90, first_refused=9), "ngo": a_group(decided=60)})
    party = next(one for one in compare(facts) if one.measure == Measure.REFUSED)
    assert (party.share, party.others) == (Share(9, 90), Share(0, 60))


def test_among_hundreds_a_small_difference_may_be_chance():
    """16 of 200 against 4 % would be more than chance alone, and is not among 120 commissions."""
    many = {number: a_group(decided=200, first_refused=8) for number in range(2, 121)}
    few = {1: a_group(decided=200, first_refused=16)}
    assert verdicts(some_facts(commissions=few | many))[1] == Verdict.CHANCE
    alone = {
        1: a_group(decided=200, first_refused=16),
        2: a_group(decided=9000, first_refused=360),
    }
    assert verdicts(some_facts(commissions=alone))[1] == Verdict.MORE


@pytest.mark.parametrize(
    ("measure", "counts"),
    [
        (Measure.RETURNED, {"was_returned": 40}),
        (Measure.LATE, {"late": 40}),
        (Measure.SLOW, {"slow": 80}),
    ],
)
def test_returns_delays_and_times_are_compared_as_well(measure, counts):
    others = {"was_returned": 10, "late": 10, "slow": 40}
    facts = some_facts(
        {"party": a_group(decided=100, **counts), "ngo": a_group(decided=900, **others)}
    )
    assert verdicts(facts, measure)["party"] == Verdict.MORE


def test_who_is_never_decided_is_late_as_well():
    assert a_group(decided=90, late=3, overdue=10).lateness == Share(13, 100)


# --- In words -------------------------------------------------------------------------------------


def said(facts: Facts, key: object, measure: Measure = Measure.REFUSED) -> str:
    commissions = {number: f"Commission {number}" for number in range(1, 200)}
    source = Source(Election(), facts, Names(commissions, {}, {}, {}))
    with translation.override("en"):
        found = next(one for one in compare(facts) if (one.key, one.measure) == (key, measure))
        return sentence(found, source).replace("\u00a0", " ")


def test_a_difference_can_be_quoted():
    facts = some_facts(
        {
            "own_initiative": a_group(decided=1000, first_refused=61),
            "party": a_group(decided=1000, first_refused=20),
        }
    )
    assert said(facts, "own_initiative") == (
        "Refused, Own initiative: 6.1 % (4.8–7.8 %) against 2.0 % of all others. "
        "Higher than elsewhere: the difference is more than chance."
    )


def test_what_may_be_chance_is_called_so():
    facts = some_facts(
        {
            "party": a_group(decided=500, first_refused=20),
            "ngo": a_group(decided=500, first_refused=22),
        }
    )
    assert said(facts, "party").endswith(
        "against 4.4 % of all others. The difference may be chance."
    )


def test_of_a_few_only_what_it_comes_to_is_said():
    """Two of a thousand where 40 would be expected: the number is not shown, the difference is."""
    facts = some_facts(
        commissions={
            1: a_group(decided=1000, first_refused=2),
            2: a_group(decided=1000, first_refused=80),
            3: a_group(decided=1000, first_refused=3),
        }
    )
    assert said(facts, 1) == (
        "Refused, Commission 1: fewer than 5. "
        "Lower than elsewhere: the difference is more than chance."
    )


def test_too_few_to_say_is_said():
    facts = some_facts({"bloc": a_group(decided=6), "party": a_group(decided=900, first_refused=9)})
    assert said(facts, "bloc").endswith("Too few to say.")
    assert (
        said(facts, "bloc", Measure.LATE)
        == "Decided late, or overdue, Bloc of parties. Too few to say."
    )


def test_times_are_said_with_their_range():
    slow = a_group(
        decided=100, slow=80, median=2 * DAY, median_low=1.8 * DAY, median_high=2.2 * DAY
    )
    facts = some_facts({"own_initiative": slow, "party": a_group(decided=900, slow=420)})
    assert said(facts, "own_initiative", Measure.SLOW) == (
        "Time to decide, Own initiative: half within 2.0 days (1.8–2.2); of all, half within "
        "1.4 days. Higher than elsewhere: the difference is more than chance."
    )


def test_an_approval_is_the_rest_of_a_refusal():
    facts = some_facts(
        {
            "own_initiative": a_group(decided=1000, first_refused=61),
            "party": a_group(decided=1000, first_refused=20),
        }
    )
    source = Source(Election(), facts, Names({}, {}, {}, {}))
    rows = comparisons_table(By.KIND, compare(facts), source).exported()
    refused, approved = rows[1], rows[0]
    assert (refused["measure"], refused["value"], refused["low"], refused["high"]) == (
        "refused_share", 0.061, 0.048, 0.078
    )  # fmt: skip
    assert (approved["measure"], approved["value"], approved["low"], approved["high"]) == (
        "approved_share", 0.939, 0.922, 0.952
    )  # fmt: skip
    assert (refused["verdict"], approved["verdict"]) == ("more", "less")


def test_the_page_begins_with_how_many_differences_there_are():
    facts = some_facts(
        {
            "own_initiative": a_group(decided=1000, first_refused=61),
            "party": a_group(decided=1000, first_refused=20),
        }
    )
    with translation.override("en"):
        assert lead(compare(facts)) == "2 differences are more than chance, of 2 comparisons."
        assert lead([]) == "There are too few decisions yet to compare anything."


@pytest.mark.django_db
def test_the_page_has_each_group_in_one_line(client):
    election = make.an_election(slug="vote")
    groups = {
        "own_initiative": a_group(decided=1000, first_refused=61),
        "party": a_group(decided=1000, first_refused=20),
        "bloc": a_group(decided=60, first_refused=2),
    }
    snapshots.take(election)
    kept = some_facts(groups).as_json()
    StatisticsSnapshot.objects.filter(election=election).update(facts=kept)
    headers = {"accept-language": "en"}
    html = client.get("/elections/vote/statistics/equality/", headers=headers).content.decode()
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    lines = [
        [cell.replace("\u00a0", " ") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)]
        for line in table.split("</tr>")[:-1]
    ]
    assert [line[:2] for line in lines] == [
        ["Own initiative", "6.1 % (4.8–7.8 %). More than chance: higher"],
        ["Political party", "withheld. More than chance: lower"],
        ["Bloc of parties", "fewer than 5"],
    ]
