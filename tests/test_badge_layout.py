"""Badges as they are printed: rendered to pixels, and read back from them."""

import io
import tomllib

import pytest
import segno
import zxingcpp
from django.conf import settings
from PIL import Image, ImageFilter

from elections.enums import Kind, Scope
from observers.badges import qr, rendering, samples, typesetting
from observers.badges.layout import Form
from observers.badges.rendering import PhotoMissing, as_pdf, parts
from observers.enums import BadgeSize, PrintSheet
from tests.faces import encoded
from tests.long_names import combinations
from tests.printed import (
    A_LINK,
    INCH,
    a_badge,
    a_stored_photo,
    an_international,
    drawn,
    letters,
    pages,
    read_codes,
    stains,
    texts,
    worn,
)

SIZES = list(BadgeSize)
MILLIMETRES = {"card": (85.6, 54), "lanyard": (105, 148)}
LAYOUTS = settings.BASE_DIR / "templates" / "print" / "badges"


@pytest.fixture(scope="module")
def photo():
    """Stored once for the module: nothing here changes it."""
    return a_stored_photo()


@pytest.fixture(scope="module", params=SIZES)
def longest(request, photo):
    """A thousand badges with the longest names, as PDFs of one size."""
    badges = [a_badge(photo, **columns) for columns in combinations(1000)]
    return request.param, list(parts(badges, Form(request.param)))


def on_paper(badges, form):
    (part,) = parts(badges, form)
    return part.pdf


# --- The code -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_the_code_of_a_single_badge_is_read_from_print(photo, size):
    assert read_codes(drawn(as_pdf(a_badge(photo), Form(size)))) == [A_LINK]


@pytest.mark.parametrize("size", SIZES)
def test_every_code_of_a_sheet_is_read_from_print(photo, size):
    form = Form(size, PrintSheet.A4)
    links = [f"{A_LINK}{n}" for n in range(form.per_page)]
    sheet = on_paper([a_badge(photo, link=link) for link in links], form)
    assert sorted(read_codes(drawn(sheet))) == links


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("blur", [0.0, 1.0])
def test_the_code_is_read_from_a_poor_photo_of_the_badge(photo, size, blur):
    """150 dots an inch, turned by four degrees, JPEG at 50, sharp and out of focus."""
    page = drawn(as_pdf(a_badge(photo), Form(size)), dpi=150)
    assert read_codes(worn(page.filter(ImageFilter.GaussianBlur(blur)))) == [A_LINK]


def test_the_code_is_the_one_that_another_encoder_makes():
    """Of the eight masks, each is right; which one was taken stands in the code itself."""
    code = qr.squares(A_LINK)
    made = [bytes(0 if bit else 255 for row in matrix for bit in row) for matrix in _by_segno()]
    assert code.pixels in made


def _by_segno():
    for mask in range(8):
        yield segno.make(
            A_LINK, error="m", mask=mask, mode="alphanumeric", boost_error=False
        ).matrix


def test_a_link_in_small_letters_is_refused_because_its_code_would_be_larger():
    with pytest.raises(ValueError, match="alphanumeric"):
        qr.squares("https://observers.example.org/v/a")


# --- No letter is lost ----------------------------------------------------------------------------


def test_nothing_crosses_its_box_whatever_the_names(longest):
    size, made = longest
    found = [
        (part.badges[number].surname, stains(page, size, dpi=150))
        for part in made
        for number, page in enumerate(pages(part.pdf, dpi=150))
    ]
    assert len(found) == 1000
    assert [(surname, boxes) for surname, boxes in found if boxes] == []


def test_every_letter_of_the_longest_names_is_printed(longest):
    _size, made = longest
    printed = [text for part in made for text in texts(part.pdf)]
    badges = [badge for part in made for badge in part.badges]
    for badge, text in zip(badges, printed, strict=True):
        place = f"{badge.constituency} {badge.constituency_names[0]}"
        for said in (badge.surname, badge.given_name, badge.patronymic, badge.nominator, place):
            assert letters(said) in text


@pytest.mark.parametrize("size", SIZES)
def test_as_many_letters_as_the_form_takes_are_printed_as_well(photo, size):
    endless = {
        "surname": "W" * 100,
        "given_name": "Щ" * 100,
        "patronymic": "Ə" * 100,
        "nominator": "W" * 300,
    }
    badges = [a_badge(photo, **endless), an_international(photo, passport="W" * 30, **endless)]
    pdf = on_paper(badges, Form(size))
    assert [stains(page, size, dpi=150) for page in pages(pdf, dpi=150)] == [[], []]
    assert [said in text for text in texts(pdf) for said in endless.values()] == [True] * 8


@pytest.mark.parametrize("size", SIZES)
def test_signs_of_the_template_language_are_printed_as_they_are(photo, size):
    names = {
        "surname": "#let $x$ *a* @b <c>",
        "given_name": r"\d _e_ `f` [g]",
        "patronymic": "// h /* i",
        "nominator": '#panic("no") $1+1$ -- ... ~ "q"',
    }
    (text,) = texts(as_pdf(a_badge(photo, **names), Form(size)))
    assert [letters(said) in text for said in names.values()] == [True] * 4


# --- Kinds, sizes, languages ----------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_every_kind_says_in_every_language_what_it_is(photo, size, language):
    badges = [
        a_badge(photo, kind=kind, languages=(language,), nominator="", scope=Scope.NATIONWIDE)
        for kind in Kind
    ]
    with (LAYOUTS / "words.toml").open("rb") as file:
        observer = tomllib.load(file)[language]["observer"]
    said = texts(on_paper(badges, Form(size)))
    assert [text.count(observer) for text in said] == [1] * len(Kind)
    assert len(set(said)) == len(Kind)


@pytest.mark.parametrize("size", SIZES)
def test_every_kind_has_a_colour_of_its_own(photo, size):
    badges = [a_badge(photo, kind=kind) for kind in Kind]
    corner = (20, 20) if size == "card" else (70, 170)
    colours = {page.getpixel(corner) for page in pages(on_paper(badges, Form(size)), dpi=254)}
    assert len(colours) == len(Kind)


@pytest.mark.parametrize("size", SIZES)
def test_an_international_has_both_languages_passport_and_country(photo, size):
    (text,) = texts(as_pdf(an_international(photo, nominator="OSCE"), Form(size)))
    said = ("MÜŞAHİDƏÇİ", "OBSERVER", "U 1234567", "Türkiyə", "Türkiye", "The whole country")
    assert [letters(words) in text for words in said] == [True] * 6


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_is_named(photo, scope):
    here = {"constituency": 15} if scope == Scope.CONSTITUENCY else {"constituency": 0}
    said = {"constituency": "15Yasamalbirinci", "nationwide": "Ölkəninbütünərazisi"}
    (text,) = texts(as_pdf(a_badge(photo, scope=scope, **here)))
    assert said.get(scope, "xüsusiicazə") in text


def test_every_language_has_every_word():
    with (LAYOUTS / "words.toml").open("rb") as file:
        words = tomllib.load(file)
    assert set(words) == {language for language, _name in settings.LANGUAGES}
    assert len({tuple(texts) for texts in words.values()}) == 1


# --- The paper ------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_a_single_badge_is_a_page_of_its_own_size(photo, size):
    page = drawn(as_pdf(a_badge(photo), Form(size)), dpi=254)
    assert page.size == pytest.approx([length * 10 for length in MILLIMETRES[size]], abs=1)


def test_the_code_is_three_centimetres_wide_and_its_squares_half_a_millimetre(photo):
    for size in SIZES:
        (code,) = _positions(drawn(as_pdf(a_badge(photo), Form(size))))
        assert code == pytest.approx(30, abs=0.3)
    assert 30 / qr.squares(A_LINK).side > 0.5


def _positions(picture):
    for code in zxingcpp.read_barcodes(picture):
        yield (code.position.top_right.x - code.position.top_left.x) * INCH / 300


def test_bleed_is_added_around_the_page(photo):
    plain = drawn(as_pdf(a_badge(photo), Form()), dpi=254)
    bled = drawn(as_pdf(a_badge(photo), Form(bleed=3)), dpi=254)
    assert bled.size == pytest.approx((plain.width + 60, plain.height + 60), abs=1)
    assert bled.getpixel((5, 5)) == plain.getpixel((5, 5)) != (255, 255, 255)


@pytest.mark.parametrize("size", SIZES)
def test_what_is_cut_out_of_a_sheet_is_the_badge_without_any_mark(photo, size):
    form = Form(size, PrintSheet.A4)
    badge = a_badge(photo)
    alone = drawn(as_pdf(badge, Form(size)), dpi=254)
    sheet = drawn(on_paper([badge] * form.per_page, form), dpi=254)
    for place in _places(size):
        corner = tuple(round(length * 10) for length in place)
        cut = sheet.crop((*corner, corner[0] + alone.width, corner[1] + alone.height))
        assert stains(cut, size, dpi=254) == []


def _places(size):
    """The corners of all badges on A4, in millimetres."""
    width, height = MILLIMETRES[size]
    rows, gap = (5, 0) if size == "card" else (2, 1)
    left, top = (210 - 2 * width) / 2, (297 - rows * height - (rows - 1) * gap) / 2
    for row in range(rows):
        for column in range(2):
            yield left + column * width, top + row * (height + gap)


def test_a_sheet_of_cards_has_a_mark_at_both_ends_of_every_cut(photo):
    form = Form(BadgeSize.CARD, PrintSheet.A4)
    sheet = drawn(on_paper([a_badge(photo)] * 10, form), dpi=254).convert("L")
    above = _dark_columns(sheet.crop((0, 90, 2100, 100)))
    assert above == [pytest.approx(x, abs=1) for x in (194, 1050, 1906)]
    beside = _dark_columns(sheet.crop((150, 0, 160, 2970)).rotate(90, expand=True))
    assert len(beside) == 6


def test_a_sheet_of_lanyard_badges_has_a_cross_where_the_cuts_meet(photo):
    form = Form(BadgeSize.LANYARD, PrintSheet.A4)
    sheet = drawn(on_paper([a_badge(photo)] * 4, form), dpi=508).convert("L")
    between = sheet.crop((0, 2962, 4200, 2978))
    assert len(_dark_columns(sheet.crop((2060, 2963, 2140, 2966)))) == 1
    assert _dark_columns(between)[0] == pytest.approx(120, abs=2)


def _dark_columns(strip: Image.Image) -> list[int]:
    """The middle of each dark line that runs down the strip."""
    row = strip.resize((strip.width, 1), Image.Resampling.BOX).tobytes()
    dark = [x for x, grey in enumerate(row) if grey < 235]
    return [x for x in dark if x - 1 not in dark]


# --- For whoever changes a layout ----------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_samples_show_every_kind_with_short_and_with_long_texts(size):
    said = texts(samples.as_pdf(size))
    assert len(set(said)) == 2 * len(Kind)
    assert ["Nümunə" in text for text in said] == [True, False] * len(Kind)


# --- Parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "printed"), [((600, 800), (300, 400)), ((300, 400), (300, 400))]
)
def test_a_photo_is_printed_with_no_more_dots_than_it_needs(stored, printed):
    photo = encoded(Image.new("RGB", stored, "#889aaa"))
    assert Image.open(io.BytesIO(typesetting.made_smaller(photo))).size == printed


def test_parts_come_in_order_and_say_where_they_begin(photo):
    badges = [a_badge(photo, serial=n) for n in range(1, 8)]
    made = list(parts(badges, Form(), size=3))
    assert [part.first for part in made] == [1, 4, 7]
    assert [badge.serial for part in made for badge in part.badges] == list(range(1, 8))
    assert [len(texts(part.pdf)) for part in made] == [3, 3, 1]


def test_who_stops_asking_has_cancelled_the_rest(photo):
    asked = []

    def badges():
        for n in range(100):
            asked.append(n)
            yield a_badge(photo)

    made = parts(badges(), Form(), size=1)
    next(made)
    made.close()
    assert len(asked) <= 2 + rendering.WORKERS


def test_a_badge_without_its_photo_is_not_printed():
    with pytest.raises(PhotoMissing, match="A-0012345-67"):
        as_pdf(a_badge("photos/nowhere.jpg"))
