"""Moments in words, in the three languages and on both sides of every boundary."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.utils.translation import override

from elections.templatetags.time_words import day_in_full, in_full, is_near, is_past, time_left

BAKU = SimpleNamespace(time_zone="Asia/Baku")
CLOSING = datetime(2024, 1, 28, 20, 0, tzinfo=UTC)  # midnight in Baku


def test_midnight_is_said_as_the_end_of_the_day_before():
    with override("en"):
        assert in_full(CLOSING, BAKU) == "Sunday 28 January 2024, 24:00 (Baku time)"


def test_a_minute_after_midnight_is_the_next_day():
    with override("en"):
        said = in_full(CLOSING + timedelta(minutes=1), BAKU)
    assert said == "Monday 29 January 2024, 00:01 (Baku time)"


def test_an_hour_of_the_day_is_said_in_the_zone_of_the_election():
    with override("en"):
        said = in_full(datetime(2024, 1, 28, 9, 5, tzinfo=UTC), SimpleNamespace(time_zone="UTC"))
    assert said == "Sunday 28 January 2024, 09:05 (UTC time)"


def test_without_an_election_the_zone_is_the_portals():
    with override("en"):
        assert in_full(CLOSING) == "Sunday 28 January 2024, 24:00 (Baku time)"


@pytest.mark.parametrize(
    ("language", "weekday", "month"),
    [("en", "Sunday", "January"), ("az", "bazar", "yanvar"), ("ru", "воскресенье", "января")],
)
def test_days_and_months_are_named_in_the_language_of_the_page(language, weekday, month):
    with override(language):
        said = in_full(CLOSING, BAKU)
    assert weekday in said
    assert f"28 {month} 2024" in said


def test_azerbaijani_june_has_a_dotted_i():
    with override("az"):
        assert "10 iyun 2024" in day_in_full(date(2024, 6, 10))


def test_a_moment_counts_as_the_day_it_falls_on_there():
    with override("en"):
        assert day_in_full(CLOSING, BAKU) == "Monday 29 January 2024"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=14, minutes=20), "6 days 14 hours left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(days=1, minutes=5), "1 day left"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 hours 59 minutes left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=59), "less than a minute left"),
        (timedelta(0), "no time left"),
        (timedelta(seconds=-1), "no time left"),
    ],
)
def test_time_left_is_said_in_two_units_at_most(left, words):
    with override("en"):
        assert time_left(CLOSING, CLOSING - left) == words


def test_a_deadline_is_near_for_three_days_and_not_when_it_has_come():
    assert not is_near(CLOSING, CLOSING - timedelta(days=3))
    assert is_near(CLOSING, CLOSING - timedelta(days=3) + timedelta(seconds=1))
    assert is_near(CLOSING, CLOSING - timedelta(seconds=1))
    assert not is_near(CLOSING, CLOSING)


def test_a_moment_is_past_from_the_moment_itself():
    assert not is_past(CLOSING, CLOSING - timedelta(seconds=1))
    assert is_past(CLOSING, CLOSING)


def test_without_a_moment_nothing_is_said():
    assert (in_full(None), day_in_full(None), time_left(None)) == ("", "", "")
    assert not is_near(None)
    assert not is_past(None)


def test_the_deadline_component_says_it_all():
    template = Template(
        '{% include "components/deadline.html" with moment=moment now=now election=election'
        ' lead="Registration closes" only %}'
    )
    now = CLOSING - timedelta(days=6, hours=14)
    with override("en"):
        html = template.render(Context({"moment": CLOSING, "now": now, "election": BAKU}))
    assert "Registration closes <time" in html
    assert "Sunday 28 January 2024, 24:00 (Baku time)" in html
    assert "6 days 14 hours left" in html
    assert "deadline--near" not in html
