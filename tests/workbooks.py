"""Spreadsheets and photo archives as organisations send them, for tests and measurements."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

HEADINGS = (
    "Soyad", "Ad", "Ata adı", "Doğum tarixi", "Sənədin nömrəsi", "Ünvan", "Dairə",
)  # fmt: skip
SURNAMES = ("Əliyev", "Məmmədov", "Hüseynov", "Quliyev", "İsmayılov", "Cəfərov", "Ibrahimov")
GIVEN_NAMES = ("Elçin", "Rəşad", "Nigar", "Aygün", "Vüqar", "Günay", "Tural", "Şəbnəm")


def a_person(number: int, **answers: Any) -> dict[str, Any]:
    """A row of its own: nobody else has this number, name and date of birth."""
    return {
        "Soyad": SURNAMES[number % len(SURNAMES)],
        "Ad": GIVEN_NAMES[number % len(GIVEN_NAMES)],
        "Ata adı": f"{GIVEN_NAMES[number % 3]} oğlu",
        "Doğum tarixi": f"{1 + number % 28:02}.{1 + number // 28 % 12:02}.{1950 + number % 50}",
        "Sənədin nömrəsi": f"AA{number:07}",
        "Ünvan": f"Bakı, Nizami küçəsi {number}",
        "Dairə": 1 + number % 2,
    } | answers


def a_workbook(rows: Iterable[Mapping[str, Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, headings)
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, [row.get(heading, "") for heading in headings])
    return content.getvalue()


def a_sheet(rows: Iterable[Mapping[str, Any]], name: str = "observers.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_workbook(rows))


def a_picture(shade: int = 120, size: tuple[int, int] = (450, 600)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, (shade % 256, 140, 160)).save(content, "JPEG")
    return content.getvalue()


def an_archive(files: Mapping[str, bytes]) -> SimpleUploadedFile:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return SimpleUploadedFile("photos.zip", content.getvalue())
