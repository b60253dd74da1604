"""Counts that the database keeps are what counting would find, whatever happens meanwhile."""

from collections import Counter

import pytest
from django.db.models import Count, Sum

from observers.domain import counting
from observers.domain.applications import move
from observers.enums import COUNTED
from observers.lifecycle import APPROVE, SUBMIT, TAKE_UP
from observers.models import Application, ApplicationCount
from tests.builders import (
    a_cancelled,
    a_draft,
    a_refused,
    a_returned,
    a_submitted,
    a_withdrawn,
    an_approved,
    an_election,
    an_organisation,
    commission_of,
    many_drafts,
    one,
    the_chair,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db
BY = ("election", "commission", "status", "kind", "scope", "constituency", "organisation")


def kept() -> Counter:
    rows = ApplicationCount.objects.values_list(*BY).annotate(n=Sum("applications"))
    return Counter({tuple(key): n for *key, n in rows if n})


def counted() -> Counter:
    rows = Application.unscoped.filter(status__in=COUNTED).order_by()
    return Counter({tuple(key): n for *key, n in rows.values_list(*BY).annotate(n=Count("*"))})


def test_what_is_kept_is_what_is_there():
    election = an_election()
    party = an_organisation(election=election)
    for make in (a_submitted, a_returned, a_refused, a_withdrawn, a_cancelled, an_approved):
        make(election=election)
        make(election=election, organisation=party, constituency=2)
    assert kept() == counted() != Counter()


def test_drafts_are_not_counted():
    a_draft()
    assert kept() == Counter()


def test_many_that_move_at_once_are_few_rows():
    election = an_election()
    drafts = many_drafts(20, election=election)
    rows = Application.unscoped.filter(pk__in=[draft.pk for draft in drafts])
    move(rows, SUBMIT, actor=drafts[0].applicant)
    assert ApplicationCount.objects.count() == 1
    for action in (TAKE_UP, APPROVE):
        move(rows, action, actor=the_chair(election))
    assert kept() == counted()


def test_another_commission_another_count():
    election = an_election()
    application = a_submitted(election=election, constituency=1)
    one(application).update(commission=commission_of(election, 2))
    assert kept() == counted()


def test_added_up_they_come_to_the_same():
    election = an_election()
    for _ in range(3):
        an_approved(election=election)
    before = kept()
    assert counting.fold() == 1
    assert kept() == before


@pytest.mark.django_db(transaction=True)
def test_two_who_add_up_at_once_lose_nothing():
    election = an_election()
    for _ in range(5):
        an_approved(election=election)
    at_once(*[counting.fold] * 4)
    assert kept() == counted() != Counter()
