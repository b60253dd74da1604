"""The register's own lines are what the applications say, whatever happens meanwhile."""

from functools import partial

import pytest
from django.db.models import Sum

from elections.enums import Kind
from observers.domain import counting, registering
from observers.domain.applications import move
from observers.lifecycle import APPROVE, TAKE_UP, UNDO
from observers.models import (
    Application,
    RegisterChange,
    RegisteredName,
    RegisteredObserver,
    RegisterWord,
)
from tests import builders as make
from tests.races import at_once

pytestmark = pytest.mark.django_db
LINE = ("application", "number", "name", "kind", "status", "order_key", "search_key")


def lines() -> list[tuple]:
    return sorted(RegisteredObserver.objects.values_list(*LINE))


def words() -> dict[str, int]:
    counted = RegisterWord.objects.values_list("word").annotate(n=Sum("observers")).order_by()
    return {word: n for word, n in counted if n}


def test_a_line_comes_with_the_approval_and_goes_when_it_is_undone():
    slow = make.an_election(undo_seconds=60)
    application = make.an_approved(
        election=slow, surname="Əliyev", given_name="Elçin", patronymic=""
    )
    assert [line[2] for line in lines()] == ["Əliyev Elçin"]
    assert words() == {"eliyev": 1, "elcin": 1}
    moved = move(make.one(application), UNDO, actor=make.the_chair(application.election))
    assert moved.skipped == []
    assert (lines(), words(), RegisteredName.objects.count()) == ([], {}, 0)


def test_what_is_not_decided_has_no_line():
    election = make.an_election()
    for made in (make.a_draft, make.a_submitted, make.a_returned, make.a_refused):
        made(election=election)
    assert (lines(), words(), RegisterChange.objects.count()) == ([], {}, 0)


def test_a_name_that_is_corrected_is_found_as_it_is_now():
    application = make.an_approved(surname="Aliyev", given_name="Elçin", patronymic="")
    make.one(application).update(surname="Əliyev", sort_key="x", search_key="eliyev elcin")
    assert [(line[2], line[5]) for line in lines()] == [("Əliyev Elçin", "x")]
    assert words() == {"eliyev": 1, "elcin": 1}


def test_fewer_names_are_shown_from_the_moment_it_is_decided():
    election = make.an_election()
    make.an_approved(election=election, surname="Əliyev", given_name="Çingiz", patronymic="Rəsul")
    party = make.an_organisation(election=election)
    make.an_approved(election=election, organisation=party, surname="Babayev", patronymic="")
    election.name_policies = {Kind.OWN_INITIATIVE: "initials"}
    election.save()
    assert sorted(line[2] for line in lines()) == ["Babayev Elçin", "Əliyev Ç. R."]
    assert words() == {"babayev": 1, "elcin": 1}
    election.name_policies, election.name_policy = {}, "number"
    election.save()
    assert {(line[2], line[6]) for line in lines()} == {("", "")}
    assert words() == {}


def test_initials_tell_no_more_of_the_place_than_they_show():
    election = make.an_election(name_policy="initials")
    for given_name in ("Əzizə", "Əli-Ağa", "Ə"):
        make.an_approved(
            election=election, surname="Van Der-Berg", given_name=given_name, patronymic="Rauf oğlu"
        )
    assert len({line[5] for line in lines()}) == 1
    assert {line[2] for line in lines()} == {"Van Der-Berg Ə. R."}


@pytest.mark.django_db(transaction=True)
def test_many_who_are_approved_at_once_are_each_counted():
    election = make.an_election()
    chair = make.the_chair(election)
    waiting = [make.an_application_under_review(election=election, by=chair) for _ in range(4)]
    at_once(*(partial(move, make.one(row), APPROVE, actor=chair) for row in waiting))
    assert words() == {"memmedov": 4, "elcin": 4, "rauf": 4, "oglu": 4}
    counting.fold()
    assert RegisterWord.objects.count() == 4
    assert RegisterChange.objects.get().changes == 4


def test_in_one_move_or_one_by_one_the_lines_are_the_same():
    election = make.an_election()
    chair = make.the_chair(election)
    rows = [make.a_submitted(election=election) for _ in range(3)]
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    move(these, TAKE_UP, actor=chair)
    move(these, APPROVE, actor=chair)
    stored = lines()
    registering.write_anew(these)
    assert len(stored) == 3
    assert lines() == stored
