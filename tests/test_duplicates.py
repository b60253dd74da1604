"""Who might be the same person: a flag for the commission, which sees through whom."""

import pytest

from observers.domain.duplicates import alike, comparable, look_alikes, sounds
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Əliyev Elçin Rauf oğlu", "ELCHIN ALIYEV", True),
        ("Əliyev Elçin Rauf oğlu", "Əliyev Elçin", True),
        ("Əliyev Elçin", "Elçin Əliyev", True),
        ("Məmmədov Rəşad", "Məmədov Rəşad", True),
        ("Məmmədov Rəşad", "Məmmədova Nigar", False),
        ("Əliyev", "Əliyev Elçin", False),
        ("Əliyev Elçin", "Алиев Эльчин", True),
    ],
)
def test_names_that_could_be_one(one, other, expected):
    assert alike(comparable(one), comparable(other)) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Əliyev", "Алиев", True),
        ("Cəfərov", "Джафаров", True),
        ("Məmmədov", "Mamedov", True),
        ("Xəlilova", "Khalilova", True),
        ("Quliyev", "Guliyev", True),
        ("Elmar", "Elmira", False),
        ("Əhmədova", "Məmmədova", False),
        ("Hüseynov", "Həsənov", False),
    ],
)
def test_spellings_of_one_name_sound_the_same(one, other, expected):
    assert (sounds(comparable(one)) == sounds(comparable(other))) == expected


def test_a_namesake_born_on_the_same_day_is_shown(client):
    election = builders.an_election()
    organisation = builders.an_organisation(election=election, name="Observers’ Union")
    other = builders.a_submitted(election=election, organisation=organisation)
    mine = builders.a_submitted(election=election)
    builders.a_submitted(election=election, surname="Quliyeva", given_name="Nigar", patronymic="")
    assert look_alikes(mine) == [other]
    client.force_login(builders.the_chair(election))
    page = client.get(f"/admin/observers/application/{mine.pk}/change/").content.decode()
    assert "Observers’ Union" in page


def test_of_another_election_nobody_is_shown():
    builders.a_submitted()
    assert look_alikes(builders.a_submitted()) == []
