"""A coordinator's evening in a real browser: a messy list of a thousand, mended in two rounds by
what the report says, sent in one act."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.test import Client
from playwright.sync_api import Page, expect

from observers.enums import Status
from observers.models import Application
from organisations.models import Organisation
from tests import builders
from tests.workbooks import GIVEN_NAMES, SURNAMES, a_picture

PEOPLE, PHOTOS = 1000, 120
HEADINGS = (
    "№", "SOYADI", "Adı", "Atasının adı", "Təvəllüd", "Ş.V. seriya və nömrəsi",
    "Qeydiyyat ünvanı", "Mobil", "Dairə №", "Qeyd",
)  # fmt: skip
STORE = re.compile("^Store ")
Row = list[Any]


def a_messy_row(number: int) -> Row:
    """Right, in one of the ways in which people write it."""
    surname, given = SURNAMES[number % 7], GIVEN_NAMES[number % 8]
    day, month, year = 1 + number % 28, 1 + number % 12, 1950 + number % 50
    dates = (f"{day:02}.{month:02}.{year}", f"{year}-{month:02}-{day:02}", f"{day}/{month}/{year}")
    numbers = (f"AA{number:07}", f"aa {number:07}", f"АА № {number:07}")
    return [
        number,
        f"  {surname} " if number % 3 else surname.upper().replace("I", "İ"),
        given, f"{given} oğlu", dates[number % 3], numbers[number % 3],
        f"Bakı, Nizami küçəsi {number}", 501234567, 1 + number % 2, "",
    ]  # fmt: skip


def spoiled(number: int) -> Row:
    """Of the thousand: 40 short years, 20 without an address, 8 constituencies that do not exist,
    3 numbers of somebody further up."""
    row = a_messy_row(number)
    if number % 25 == 0:
        row[4] = "7.2.90"
    if number % 50 == 1:
        row[6] = ""
    if number % 140 == 3:
        row[8] = 999
    if number in (500 + 12, 600 + 12, 700 + 12):
        row[5] = f"AA{number - 500:07}"
    return row


def a_workbook(rows: list[Row]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet("Siyahı")
        page.write(0, 1, "Müşahidəçilərin siyahısı")
        page.write_row(2, 0, HEADINGS)
        for place, row in enumerate(rows, start=3):
            page.write_row(place, 0, row)
        page.write_row(len(rows) + 5, 1, ["Cəmi:", len(rows)])
    return content.getvalue()


def an_archive() -> bytes:
    """By number, by row and by name; two that are nobody's."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(1, PHOTOS + 1):
            name = f"AA{number:07}.jpg" if number % 2 else f"foto/aa-{number:07} yeni.JPG"
            archive.writestr(name, a_picture(number))
        archive.writestr("IMG_2031.jpg", a_picture())
        archive.writestr("siyahı.jpg", b"<html>no picture</html>")
    return content.getvalue()


def mended(given_back: bytes, mend: Callable[[Row, str], None]) -> bytes:
    """The workbook that was given back, each row changed by what its last column says."""
    rows = python_calamine.load_workbook(io.BytesIO(given_back)).get_sheet_by_index(0).to_python()
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet()
        for place, row in enumerate(rows):
            if place > 2 and row[-1]:
                mend(row, str(row[-1]))
            page.write_row(place, 0, row)
    return content.getvalue()


def first_round(row: Row, said: str) -> None:
    if "four digits" in said:
        row[4] = "07.02.1990"
    if "must not be empty" in said:
        row[6] = "Gəncə"


def second_round(row: Row, said: str) -> None:
    if "constituency" in said.lower():
        row[8] = 2
    if "earlier row" in said:
        row[5] = f"AA{int(row[0]):07}"


@pytest.mark.django_db(transaction=True)
def test_a_messy_thousand_is_mended_in_two_rounds_and_sent(
    new_visitor: Any, celery_worker: None
) -> None:
    election = builders.an_election()
    theirs = builders.an_organisation(election=election)
    page = signed_in(new_visitor(), theirs)

    hand_in(page, theirs, a_workbook([spoiled(n) for n in range(1, PEOPLE + 1)]), an_archive())
    expect(page.get_by_role("heading", name="929 observers can be stored")).to_be_visible(
        timeout=60_000
    )
    assert people(theirs) == 0
    given_back = downloaded(page)
    store(page)
    assert people(theirs) == 929

    hand_in(page, theirs, mended(given_back, first_round))
    expect(page.get_by_role("heading", name="60 observers can be stored")).to_be_visible(
        timeout=60_000
    )
    given_back = downloaded(page)
    store(page)
    hand_in(page, theirs, mended(given_back, second_round))
    expect(page.get_by_role("heading", name="11 observers can be stored")).to_be_visible(
        timeout=60_000
    )
    store(page)
    assert people(theirs) == PEOPLE
    assert Application.unscoped.exclude(photo="").count() == PHOTOS

    page.get_by_role("link", name="Send applications").click()
    page.get_by_label(re.compile("I confirm")).check()
    page.get_by_role("button", name=f"Send {PHOTOS} applications").click()
    expect(page.get_by_role("heading", name=re.compile(f"{PHOTOS} applications"))).to_be_visible()
    assert Application.unscoped.filter(status=Status.SUBMITTED).count() == PHOTOS


def people(theirs: Organisation) -> int:
    return Application.unscoped.filter(organisation=theirs).count()


def hand_in(page: Page, theirs: Organisation, sheet: bytes, photos: bytes | None = None) -> None:
    page.goto(f"/organisations/{theirs.key}/uploads/")
    page.set_input_files("[name=sheet]", files=[a_file("siyahı.xlsx", sheet)])
    if photos:
        page.set_input_files("[name=photos]", files=[a_file("foto.zip", photos)])
    page.get_by_role("button", name="Upload and check").click()


def a_file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def downloaded(page: Page) -> bytes:
    with page.expect_download() as waiting:
        page.locator("a[href$='errors.xlsx']").click()
    return Path(waiting.value.path()).read_bytes()


def store(page: Page) -> None:
    page.get_by_role("button", name=STORE).click()
    expect(page.get_by_role("link", name="Send applications")).to_be_visible(timeout=60_000)


def signed_in(page: Page, theirs: Organisation) -> Page:
    client = Client()
    client.force_login(builders.owner_of(theirs))
    cookie = client.cookies["sessionid"].value
    address = page.context.request.get("/").url
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return page
