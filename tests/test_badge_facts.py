"""What is printed on badges is what their rows say."""

import datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from observers.badges import tokens
from observers.badges.facts import NO_BREAK, days_in_words, facts_of
from observers.models import Badge
from tests import builders

pytestmark = pytest.mark.django_db


def printed(application):
    (badge,) = facts_of(builders.badges_of(application))
    return badge


def test_a_badge_has_what_its_row_and_its_observer_have():
    application = builders.an_approved(surname="Əliyeva", given_name="Günel", patronymic="")
    badge = printed(application)
    row = builders.badge_of(application)
    assert (badge.number, badge.serial, badge.kind) == (row.number, 1, row.kind)
    assert (badge.surname, badge.given_name, badge.patronymic) == ("Əliyeva", "Günel", "")
    assert badge.photo == application.photo.name


def test_its_link_is_signed_and_says_the_same():
    application = builders.an_approved()
    row = builders.badge_of(application)
    token = printed(application).link.rpartition("/")[2]
    said = tokens.read(token)
    assert (said.number, said.index, said.serial) == (row.number, row.pk, row.serial)
    assert said.valid_until == row.valid_until


def test_badges_keep_their_order_over_portions():
    keys = [builders.badge_of(builders.an_approved()).pk for _ in range(5)]
    with patch("observers.badges.facts.PORTION", 2):
        printed = list(facts_of(Badge.unscoped.order_by("-pk")))
    assert [tokens.read(badge.link.rpartition("/")[2]).index for badge in printed] == keys[::-1]


def test_an_international_has_passport_country_and_two_languages():
    election = builders.an_election()
    organisation = builders.an_organisation(election=election, kind="international", name="OSCE")
    application = builders.an_approved(
        election=election,
        organisation=organisation,
        scope="nationwide",
        citizenship="TR",
        identity_document="passport",
        identity_number="U1234567",
    )
    badge = printed(application)
    assert badge.passport == "U1234567"
    assert (badge.languages, badge.country) == (("az", "en"), ("Türkiyə", "Türkiye"))
    assert badge.authority == (
        "Central Election Commission (az)",
        "Central Election Commission (en)",
    )


def test_nobody_else_s_number_is_printed_or_even_unsealed():
    builders.an_approved(identity_number="AA7654321")
    with patch("privacy.fields.EncryptedTextField.from_db_value") as unsealing:
        (badge,) = facts_of(Badge.unscoped.all())
    assert (badge.passport, badge.country, unsealing.call_count) == ("", (), 0)


def test_a_portion_costs_the_same_whatever_its_size():
    election = builders.an_election()
    counted = []
    for _ in range(2):
        builders.an_approved(election=election)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(facts_of(Badge.unscoped.all()))
        counted.append(len(queries))
    assert counted == [5, 5]


@pytest.mark.parametrize(
    ("begins", "ends", "language", "said"),
    [
        ("2024-01-18 10:30", "2024-02-08 00:00", "az", "18 yanvar – 7 fevral 2024"),
        ("2024-01-18 10:30", "2024-02-08 00:00", "en", "18 January – 7 February 2024"),
        ("2024-01-18 10:30", "2024-02-07 18:00", "ru", "18 января – 7 февраля 2024, 18:00"),
        ("2023-12-31 00:00", "2024-01-02 00:00", "az", "31 dekabr 2023 – 1 yanvar 2024"),
        ("2024-02-07 08:00", "2024-02-08 00:00", "en", "7 February 2024"),
    ],
)
def test_midnight_is_the_end_of_the_last_day(begins, ends, language, said):
    zone = "Asia/Baku"
    first, last = (
        datetime.datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))
        for moment in (begins, ends)
    )
    assert days_in_words(first, last, zone=zone, language=language).replace(NO_BREAK, " ") == said
