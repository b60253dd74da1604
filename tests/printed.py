"""Badges to print, made without a database, and what a printer would make of them."""

import io
from dataclasses import replace
from typing import Any

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
    valid=("18 yanvar – 7 fevral 2024",),
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
    "valid": ("18 yanvar – 7 fevral 2024", "18 January – 7 February 2024"),
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
    document = pypdfium2.PdfDocument(pdf)
    picture: Image.Image = document[page].render(scale=dpi / 72).to_pil().convert("RGB")
    return picture


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
