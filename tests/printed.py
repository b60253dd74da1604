"""Badges to print, made without a database, and what a printer would make of them."""

import contextlib
import io
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from observers.badges.layout import PrintedBadge
from tests.faces import a_photo, encoded

INCH = 25.4
A_LINK = "HTTPS://OBSERVERS.EXAMPLE.ORG/V/" + "MZXW6YTBOI23456QUIJQ" * 10
A_BADGE = PrintedBadge(
    kind="party",
    number="A-0012345-67",
    serial=1,
    surname="Məmmədov",
    given_name="Elçin",
    patronymic="Rəşad oğlu",
    photo="",
    link=A_LINK,
    languages=("az",),
    authority=("Azərbaycan Respublikasının Mərkəzi Seçki Komissiyası",),
    election=("Növbədənkənar Prezident seçkisi",),
    scope="constituency",
    valid=("18\xa0yanvar\xa0– 7\xa0fevral\xa02024",),
    constituency=15,
    constituency_names=("Yasamal birinci",),
    nominator="Üfüq Partiyası",
)
IN_TWO_LANGUAGES: dict[str, Any] = {
    "kind": "international",
    "languages": ("az", "en"),
    "authority": (
        *A_BADGE.authority,
        "Central Election Commission of the Republic of Azerbaijan",
    ),
    "election": (*A_BADGE.election, "Early presidential election"),
    "valid": ("18\xa0yanvar\xa0– 7\xa0fevral\xa02024", "18\xa0January\xa0– 7\xa0February\xa02024"),
    "scope": "nationwide",
    "constituency": 0,
    "constituency_names": (),
    "country": ("Türkiyə", "Türkiye"),
    "passport": "U 1234567",
    "patronymic": "",
}


def a_stored_photo() -> str:
    """The name of a badge's photo in the storage."""
    photo = encoded(a_photo((600, 800), head=(60, 90, 540, 700)))
    return str(default_storage.save("photos/badge.jpg", ContentFile(photo)))


def a_badge(photo: str, **columns: Any) -> PrintedBadge:
    return replace(A_BADGE, photo=photo, **columns)


def an_international(photo: str, **columns: Any) -> PrintedBadge:
    return replace(A_BADGE, photo=photo, **(IN_TWO_LANGUAGES | columns))


def drawn(pdf: bytes, *, dpi: int = 300, page: int = 0) -> Image.Image:
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        picture: Image.Image = document[page].render(scale=dpi / 72).to_pil().convert("RGB")
        return picture


def pages(pdf: bytes, *, dpi: int) -> Iterator[Image.Image]:
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        for page in document:
            yield page.render(scale=dpi / 72).to_pil()


def texts(pdf: bytes) -> list[str]:
    """The letters of each page, without what only lays them out."""
    with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
        return [letters(page.get_textpage().get_text_range()) for page in document]


def letters(said: str) -> str:
    """PDFium calls a hyphen at the end of a line U+FFFE."""
    return re.sub(r"[\s\u200b]", "", said.replace("\ufffe", "-"))


def read_codes(picture: Image.Image) -> list[str]:
    """What every QR code in the picture holds, from top left to bottom right."""
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    )
    by_place = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in by_place]


def worn(picture: Image.Image) -> Image.Image:
    """As a poor photo of it comes out: turned a little, blurred, saved as a bad JPEG."""
    turned = picture.rotate(4, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    saved = io.BytesIO()
    turned.save(saved, "JPEG", quality=50)
    return Image.open(saved)


# --- Where there may be no ink --------------------------------------------------------------------

# Left, top, right, bottom in millimetres: margins and the paper between one text and the next. The
# last ones keep the code's white edge, four of its squares (2.3 mm).
Box = tuple[float, float, float, float]
BLANK: dict[str, tuple[Box, ...]] = {
    "card": (
        (0, 10.15, 85.6, 10.35),
        (0, 10.2, 2.8, 54),
        (0, 51.6, 85.6, 54),
        (0, 42.2, 25.7, 42.9),
        (25.7, 10.2, 27.9, 54),
        (27.9, 19.1, 85.6, 20.8),
        (50.4, 19.1, 52.65, 54),
        (82.95, 10.2, 85.6, 54),
    ),
    "lanyard": (
        (0, 0, 105, 5.8),
        (0, 0, 5.8, 148),
        (99.2, 0, 105, 148),
        (0, 144, 105, 148),
        (0, 15.1, 105, 15.9),
        (0, 43.1, 105, 44.8),
        (36.2, 43.1, 40.8, 88),
        (0, 87.2, 105, 89.8),
        (0, 102.6, 105, 104.9),
        (65.2, 102.6, 68.9, 138),
        (0, 135.2, 105, 138),
    ),
}
# Of the coloured plate: here nothing is printed but its colour.
PLATE: dict[str, tuple[Box, ...]] = {
    "card": (
        (0, 0, 85.6, 0.5),
        (0, 9.5, 85.6, 9.9),
        (0, 0, 2.8, 9.9),
        (45.2, 0, 46.4, 9.9),
        (82.8, 0, 85.6, 9.9),
    ),
    "lanyard": (
        (6.2, 16.2, 98.8, 17.8),
        (6.2, 41.2, 98.8, 42.8),
        (6.2, 16.2, 9.8, 42.8),
        (95.2, 16.2, 98.8, 42.8),
    ),
}


def stains(picture: Image.Image, size: str, *, dpi: int) -> list[Box]:
    """The boxes with ink where none may be, and the parts of the plate with anything on them."""
    grey = np.asarray(picture.convert("L"))
    return [
        *(box for box in BLANK[size] if _cut(grey, box, dpi).min() < 250),
        *(box for box in PLATE[size] if np.ptp(_cut(grey, box, dpi)) > 2),
    ]


def _cut(pixels: Any, box: Box, dpi: int) -> Any:
    """Only pixels that lie within the box as a whole."""
    left, top = (math.ceil(length * dpi / INCH) for length in box[:2])
    right, bottom = (math.floor(length * dpi / INCH) for length in box[2:])
    return pixels[top:bottom, left:right]
