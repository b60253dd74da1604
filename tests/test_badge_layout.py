"""Badges as they are printed: rendered to pixels, and read back from them."""

import pytest
from PIL import ImageFilter

from observers.badges.layout import Form
from observers.badges.rendering import as_pdf, parts
from observers.enums import BadgeSize, PrintSheet
from tests.printed import A_LINK, a_badge, a_stored_photo, drawn, read_codes, worn

SIZES = list(BadgeSize)


@pytest.fixture(scope="module")
def photo():
    """Stored once for the module: nothing here changes it."""
    return a_stored_photo()


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
