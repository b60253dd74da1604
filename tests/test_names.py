"""Names as they are searched for, and the order they stand in."""

import itertools
import random
import unicodedata

import pytest
from django.template import Context, Template
from django.utils.translation import override

from accounts.names import ALPHABET, fold, lower_az, sort_key, tidy
from observers.models import Application
from tests.builders import a_draft, an_election, stored

# In the order of an Azerbaijani telephone book.
IN_ORDER = [
    "Abbasov",
    "Abbasova",
    "Babayev",
    "Cabbarlı",
    "Cəfərov",
    "Çingizov",
    "Dadaşov",
    "Eldarov",
    "Eyvazov",
    "Əhmədov",
    "Əliyev",
    "Fərhadov",
    "Gözəlov",
    "Ğəni",
    "Hacıyev",
    "Həsənov",
    "Hüseynov",
    "Xəlilov",
    "Xudiyev",
    "Ilqarlı",
    "Ismayılov",
    "İbrahimov",
    "İsmayılov",
    "Jalə",
    "Kazımov",
    "Kərimov",
    "Qasımov",
    "Quliyev",
    "Lətifov",
    "Məmmədov",
    "Nağıyev",
    "Orucov",
    "Ömərov",
    "Paşayev",
    "Rəhimov",
    "Səfərov",
    "Süleymanov",
    "Şahin",
    "Tağıyev",
    "Umudov",
    "Ümidov",
    "Vəliyev",
    "Walker",
    "Yusifov",
    "Zeynalov",
]


@pytest.mark.parametrize(("earlier", "later"), itertools.pairwise(IN_ORDER))
def test_names_stand_in_azerbaijani_order(earlier, later):
    assert sort_key(earlier) < sort_key(later)


def test_every_letter_has_its_place_in_the_alphabet():
    letters = list(ALPHABET)
    random.Random(1).shuffle(letters)
    assert "".join(sorted(letters, key=sort_key)) == ALPHABET
    capitals = [letter.replace("i", "İ").upper() for letter in letters]
    assert lower_az("".join(sorted(capitals, key=sort_key))) == ALPHABET


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ƏLİYEV", "Əliyev"),
        ("IŞIQ", "ışıq"),
        ("Əliyeva-Həsənli", "Əliyeva Həsənli"),
        ("  Əliyev   Elçin ", "Əliyev Elçin"),
        ("O'Brien", "OBrien"),
        (unicodedata.normalize("NFD", "Çingiz İsmayılov"), "Çingiz İsmayılov"),
    ],
)
def test_writing_does_not_change_the_place(one, other):
    assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [("Əli Zeynal", "Əliyev Abbas"), ("Əliyev", "Əliyev Anar"), ("Əliyev Zaur", "Əliyeva Aydan")],
)
def test_a_name_that_ends_earlier_stands_first(shorter, longer):
    assert sort_key(shorter) < sort_key(longer)


@pytest.mark.parametrize(
    ("foreign", "after", "before"),
    [("Müller", "Muradov", "Nağıyev"), ("Łukasz", "Lukas", "Lukaya"), ("Ångström", "An", "Az")],
)
def test_foreign_letters_stand_with_the_letters_they_look_like(foreign, after, before):
    assert sort_key(after) < sort_key(foreign) < sort_key(before)


@pytest.mark.django_db
def test_the_database_orders_as_the_alphabet_does():
    election = an_election()
    names = random.Random(2).sample(IN_ORDER, 8)
    for name in names:
        a_draft(election=election, surname=name)
    ordered = Application.unscoped.order_by("sort_key").values_list("surname", flat=True)
    assert list(ordered) == sorted(names, key=IN_ORDER.index)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Əliyev Çingiz Rəşid oğlu", "eliyev cingiz resid oglu"),
        ("ƏLİYEV ÇİNGİZ", "eliyev cingiz"),
        ("ELIYEV cingiz", "eliyev cingiz"),
        ("Işıq", "isiq"),
        ("İşıq", "isiq"),
        ("Ğülşən Ünsal Öz", "gulsen unsal oz"),
        ("O’Brien", "obrien"),
        ("Łukasz Øre Þór Straße", "lukasz ore thor strasse"),
        ("  Əli \t Vəli\n", "eli veli"),
        ("", ""),
    ],
)
def test_a_name_is_found_as_anybody_would_type_it(name, folded):
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Әлијев", "Əliyev"),
        ("Мәммәдов", "Məmmədov"),
        ("ҺҮСЕЈНОВ", "Hüseynov"),
        ("Чинҝиз", "Cingiz"),
        ("Ҹәфәров", "Cəfərov"),
        ("Өмәров", "Ömərov"),
        ("Шаһин", "Şahin"),
        ("Хәлилов", "Xəlilov"),
        ("Николай", "Nikolay"),
        ("Юсиф", "Yusif"),
    ],
)
def test_a_name_typed_in_cyrillic_is_found(typed, meant):
    assert fold(typed) == fold(meant)


@pytest.mark.parametrize("name", ["Əliyev Çingiz İlham", "Николай", "Ёлкин", "Müller Ångström"])
def test_letters_typed_in_two_parts_are_the_same_letters(name):
    """As macOS types them."""
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)
    assert tidy(unicodedata.normalize("NFD", name)) == name


@pytest.mark.parametrize("name", [*IN_ORDER, "Николай", "Þór", "ﷺ"])
def test_folding_twice_is_folding_once(name):
    assert fold(fold(name)) == fold(name)


@pytest.mark.django_db
def test_a_name_that_unfolds_endlessly_is_stored_all_the_same():
    """One sign that stands for eighteen letters."""
    draft = a_draft(surname="ﷺ" * 100, given_name="ﷺ" * 100)
    assert stored(draft).surname == "ﷺ" * 100


@pytest.mark.django_db
def test_a_name_is_stored_tidy():
    draft = a_draft(surname="  Əliyev ", given_name="Elçin   Rauf", patronymic="\tRauf oğlu")
    assert stored(draft).full_name == "Əliyev Elçin Rauf Rauf oğlu"


@pytest.mark.parametrize(
    ("language", "words", "written"),
    [
        ("az", "iclaslar", "İclaslar"),
        ("az", "ıldırım", "Ildırım"),
        ("en", "items", "Items"),
        ("ru", "заседания", "Заседания"),
        ("az", "", ""),
    ],
)
def test_a_capital_is_that_of_the_language(language, words, written):
    """In every template, whoever wrote it."""
    with override(language):
        assert Template("{{ words|capfirst }}").render(Context({"words": words})) == written
