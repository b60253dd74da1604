"""Spreadsheets as people send them: every kind of file, every way to write a value."""

import csv
import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
import xlwt
from django.utils.translation import override
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from observers.intake.columns import COLUMNS, ERRORS_HEADING
from observers.intake.findings import Finding, Unusable, say
from observers.intake.reading import (
    PersonRow,
    Rules,
    Sheet,
    find_headings,
    missing_columns,
    opening,
    read_people,
    read_sheet,
)

HEADINGS = ["Soyadı", "Adı", "Doğum tarixi", "Ş.V. №", "Ünvan"]
ASKED = ("surname", "given_name", "birth_on", "identity_number", "address")
PERSON = ["Əliyev", "Rəşad", "07.02.1990", "AA1234567", "Bakı, Nizami küç. 5"]
ROWS = [HEADINGS, PERSON]
RULES = Rules(
    today=datetime.date(2024, 1, 10),
    polling_on=datetime.date(2024, 2, 7),
    minimum_age=18,
    kind="party",
    scopes=("nationwide", "constituency"),
    default_scope="nationwide",
    default_constituency=None,
    constituencies={
        7: ("Ordubad-Culfa", "Ordubad-Julfa", "Ордубад-Джульфа"),
        8: ("Binəqədi birinci", "Binagadi First", "Бинагади первый"),
    },
)


# --- Files ----------------------------------------------------------------------------------------


def xlsx(
    rows: list[list[Any]] | None = None, *, fill: Callable[[Any], None] | None = None
) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        if rows is not None:
            sheet = workbook.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        if fill:
            fill(workbook)
    return content.getvalue()


def xls(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Siyahı")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    workbook.save(content)
    return content.getvalue()


def ods(rows: list[list[Any]]) -> bytes:
    content = io.BytesIO()
    document = OpenDocumentSpreadsheet()
    table = Table(name="Siyahı")
    for row in rows:
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(content)
    return content.getvalue()


def text(rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ";") -> bytes:
    content = io.StringIO()
    csv.writer(content, delimiter=delimiter).writerows(rows)
    return content.getvalue().encode(encoding)


def zipped(**files: bytes | str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), inside)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        xlsx(ROWS),
        xls(ROWS),
        ods(ROWS),
        text(ROWS),
        text(ROWS, delimiter=","),
        text(ROWS, delimiter="\t"),
        text(ROWS, "utf-8-sig"),
        text(ROWS, "utf-16"),
        text(ROWS, "utf-16-le"),
        text(ROWS, "utf-16-be"),
        b"sep=,\r\n" + text(ROWS, delimiter=","),
    ],
    ids=[
        "xlsx", "xls", "ods", "semicolon", "comma", "tab", "bom", "utf-16", "utf-16-le",
        "utf-16-be", "sep",
    ],
)  # fmt: skip
def test_every_kind_of_file_says_the_same(content: bytes) -> None:
    assert read_sheet(content, "adlar.dat").rows == [(1, tuple(HEADINGS)), (2, tuple(PERSON))]


@pytest.mark.parametrize(
    ("encoding", "person"),
    [
        ("cp1251", ["Алиев", "Рашад", "07.02.1990", "АА1234567", "Баку, ул. Низами 5"]),
        ("cp1254", ["Aliyev", "Rüşad", "07.02.1990", "AA1234567", "Bakı, Çingiz küçəsi"]),
    ],
)
def test_old_windows_text_is_told_apart_by_where_its_letters_stand(
    encoding: str, person: list[str]
) -> None:
    said = [cell.replace("ə", "e") for cell in person]
    assert read_sheet(text([said], encoding), "a.csv").rows == [(1, tuple(said))]


def test_the_first_sheet_with_headings_is_taken_wherever_its_table_begins() -> None:
    def fill(workbook: Any) -> None:
        workbook.add_worksheet("Qeydlər").write(0, 0, "Bu bir qeyddir")
        people = workbook.add_worksheet("Siyahı")
        for number, row in enumerate(ROWS):
            people.write_row(number + 3, 2, row)
        people.write_number(9, 4, 32910)

    sheet = read_sheet(xlsx(fill=fill), "a.xlsx")
    assert sheet.name == "Siyahı"
    assert sheet.rows[0] == (4, (None, None, *HEADINGS))
    assert sheet.rows[2] == (10, (None, None, None, None, 32910.0))


def test_a_failed_formula_is_seen_and_one_without_a_value_is_empty() -> None:
    def fill(workbook: Any) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, PERSON)
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 4, '=""', None, "")

    [row] = people(xlsx(fill=fill))
    assert [(each.column, each.code, each.value) for each in row.findings] == [
        ("identity_number", "excel_error", "#DIV/0!"),
        ("address", "required", ""),
    ]


def far_away(workbook: Any) -> None:
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write(1048575, 16383, "x")


def wide(workbook: Any) -> None:
    workbook.add_worksheet().write_row(0, 0, [f"c{number}" for number in range(16384)])


WORKBOOK = xlsx(ROWS)
SHEET_XML = "xl__worksheets__sheet1_dot_xml"


def swollen() -> bytes:
    return zipped(xl__workbook_dot_xml="<workbook/>", **{SHEET_XML: b"0" * 30_000_000})


def encrypted_entry() -> bytes:
    content = bytearray(WORKBOOK)
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def encrypted_xls() -> bytes:
    content = bytearray(xls(ROWS))
    second_record = content.index(b"\x09\x08\x10\x00") + 20
    content[second_record] = 0x2F
    content[second_record + 1] = 0
    return bytes(content)


OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
ENCRYPTED_ODS = {
    "mimetype": OPEN_DOCUMENT,
    "content_dot_xml": "?",
    "META-INF__manifest_dot_xml": "<manifest:encryption-data/>",
}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"a" * (30 * 2**20 + 1), "file_too_large"),
        (text([HEADINGS] + [PERSON] * 50_021), "too_many_rows"),
        (text([["a"] * 201]), "too_many_columns"),
        (xlsx(fill=wide), "too_many_columns"),
        (xlsx(fill=far_away), "spread_out"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (encrypted_entry(), "encrypted"),
        (encrypted_xls(), "encrypted"),
        (zipped(**ENCRYPTED_ODS), "encrypted"),
        (WORKBOOK[:-2000], "damaged"),
        (xls(ROWS)[:2000], "damaged"),
        (zipped(xl__workbook_dot_xml="<workbook"), "damaged"),
        (swollen(), "swollen"),
        (xlsx(fill=lambda workbook: workbook.add_worksheet()), "nothing_in_it"),
        (b" \n\t\n", "nothing_in_it"),
        (zipped(list_dot_xlsx=WORKBOOK), "archive"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (zipped(word__document_dot_xml="<w/>"), "text_document"),
        (b"{\\rtf1 list}", "text_document"),
        (b"\xef\xbb\xbf<html><table><tr><td>Soyad", "web_page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office"/>', "save_anew"),
        (b"%PDF-1.7", "pdf"),
        (b"\xff\xd8\xff\xe0 JFIF", "picture"),
        (bytes(range(256)) * 40, "unknown_kind"),
        (b'Soyad;Ad\n"Aliyev;x\nb;c\nd;e\nf;g\nh;i\n', "unclosed_quote"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_gets_a_sentence_of_its_own(content: bytes, code: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_sheet(content, "list.xlsx")
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


def test_a_million_rows_are_read_when_few_of_them_are_filled() -> None:
    def fill(workbook: Any) -> None:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.write_row(999_999, 0, PERSON)

    assert [number for number, _cells in read_sheet(xlsx(fill=fill), "a").rows] == [1, 2, 1_000_000]


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SECONDS", 0)
    with pytest.raises(Unusable) as refused:
        read_sheet(WORKBOOK, "a")
    assert refused.value.code == "too_slow"


# --- Headings -------------------------------------------------------------------------------------


def headings(*rows: list[Any]) -> dict[str, int]:
    sheet = Sheet("", [(number, tuple(row)) for number, row in enumerate(rows, start=1)])
    return find_headings(sheet).columns


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_template_in_every_language_is_known(language: str) -> None:
    with override(language):
        labels = [str(column.label) for column in COLUMNS.values()]
        assert headings([*labels, str(ERRORS_HEADING)]) == {
            key: index for index, key in enumerate(COLUMNS)
        }


@pytest.mark.parametrize(
    ("row", "keys"),
    [
        (["№", "SOYAD *", "Ad:", "Ata adı", "Təvəllüd", "ŞV №"],
         [None, "surname", "given_name", "patronymic", "birth_on", "identity_number"]),
        (["S.A.A.", "Doğum tarixi (gün.ay.il)", "FİN", "Qeydiyyat ünvanı", "Mobil", "DSK №"],
         ["full_name", "birth_on", None, "address", "phone", "constituency"]),
        (["Ф.И.О.", "Дата рождения", "Паспорт", "Адрес", "Округ", "Фото"],
         ["full_name", "birth_on", "identity_number", "address", "constituency", "photo"]),
        (["Soyad / Surname", "First name", "ID number", "Vəzifə", "surname"],
         ["surname", "given_name", "identity_number", None, None]),
    ],
)  # fmt: skip
def test_headings_are_known_in_the_words_people_use(row: list[str], keys: list[Any]) -> None:
    assert headings(row) == {key: index for index, key in enumerate(keys) if key}


def test_titles_above_the_headings_are_passed_over_and_what_is_unknown_is_named() -> None:
    rows: list[tuple[int, tuple[Any, ...]]] = [
        (1, ("Müşahidəçi", None)),
        (3, ("Soyad", "Ad", "Vəzifə", "№", "Soyadı")),
        (4, ("Əliyev", "Ad", None, 1, None, "artıq")),
    ]
    found = find_headings(Sheet("", rows))
    assert found.row == 3
    assert found.labels == ["Soyad", "Ad", "Vəzifə", "№", "Soyadı", ""]
    assert found.unknown == [2, 4]
    assert found.missing == ["birth_on", "identity_number", "address"]


def test_a_full_name_stands_for_its_parts() -> None:
    assert list(missing_columns({"full_name": 0, "birth_on": 1})) == ["identity_number", "address"]


# --- Values ---------------------------------------------------------------------------------------


def people(content: bytes, rules: Rules = RULES) -> list[PersonRow]:
    sheet = read_sheet(content, "list")
    return list(read_people(sheet, find_headings(sheet), rules))


def person(*, of_kind: str = "party", **cells: Any) -> PersonRow:
    """One row with these cells; whatever is not said is in order."""
    whole = dict(zip(ASKED, PERSON, strict=True))
    whole |= cells
    sheet = Sheet("", [(1, tuple(whole)), (2, tuple(whole.values()))])
    rules = Rules(**{**vars(RULES), "kind": of_kind})
    [row] = read_people(sheet, find_headings(sheet), rules)
    return row


def said(row: PersonRow, column: str) -> list[str]:
    return [finding.code for finding in row.findings if finding.column == column]


def test_a_row_becomes_a_person() -> None:
    row = person(patronymic="Məhəmməd oğlu", phone="+994 50 123 45 67", email="r@example.org")
    assert row.is_good
    assert row.answers == {
        "surname": "Əliyev",
        "given_name": "Rəşad",
        "patronymic": "Məhəmməd oğlu",
        "birth_on": datetime.date(1990, 2, 7),
        "citizenship": "AZ",
        "identity_document": "identity_card",
        "identity_number": "AA1234567",
        "address": "Bakı, Nizami küç. 5",
        "phone": "+994 50 123 45 67",
        "email": "r@example.org",
        "scope": "nationwide",
        "constituency": None,
        "photo": "",
    }


BIRTH = datetime.date(1990, 2, 7)
MIDNIGHT = datetime.datetime(1990, 2, 7)  # noqa: DTZ001 - a spreadsheet knows no zones
CASES: list[tuple[str, dict[str, Any], Any, list[str]]] = [
    ("birth_on", {"birth_on": cell}, BIRTH, [])
    for cell in (
        BIRTH, MIDNIGHT, 32911, 32911.0, "32911", "07.02.1990", "1990-02-07",
        "7/2/1990", " 7 . 2 . 1990 ", "07-02-1990", "1990-02-07T00:00:00", "7 fevral 1990",
        "7 Fevral 1990-cı il", "7 февраля 1990 г.", "7 Feb 1990", "February 7, 1990",
    )
] + [
    ("birth_on", {"birth_on": "07.02.90"}, None, ["date_short_year"]),
    ("birth_on", {"birth_on": "31.02.1990"}, None, ["date_no_such_day"]),
    ("birth_on", {"birth_on": "1990"}, None, ["date_unreadable"]),
    ("birth_on", {"birth_on": 1990.0}, None, ["date_unreadable"]),
    ("birth_on", {"birth_on": "yeddi"}, None, ["date_unreadable"]),
    ("birth_on", {"birth_on": "07.02.2030"}, None, ["birth_impossible"]),
    ("birth_on", {"birth_on": "08.02.2006"}, None, ["too_young"]),
    ("birth_on", {"birth_on": "07.02.2006"}, datetime.date(2006, 2, 7), []),
    ("birth_on", {"birth_on": None}, None, ["required"]),
    ("surname", {"surname": "ƏLİYEVA-IŞIQLI"}, "Əliyeva-Işıqlı", []),
    ("surname", {"surname": " əliyev\u00a0\u200b"}, "Əliyev", []),
    ("surname", {"surname": "ismayılov"}, "İsmayılov", []),
    ("surname", {"surname": "АЛИЕВ"}, "Алиев", []),
    ("surname", {"surname": "McDonald"}, "McDonald", []),
    ("surname", {"surname": "LIND", "citizenship": "SE"}, "Lind", []),
    ("surname", {"surname": "IŞIK", "citizenship": "TR"}, "Işık", []),
    ("surname", {"surname": "O'NEIL", "citizenship": "IE"}, "O'Neil", []),
    ("surname", {"surname": "Aлиeв"}, "Алиев", ["letters_mended"]),
    ("surname", {"surname": "Әliyеv"}, "Əliyev", ["letters_mended"]),
    ("surname", {"surname": "Şukюrov"}, "", ["mixed_alphabets"]),
    ("surname", {"surname": "Əliyev 2"}, "", ["name_letters"]),
    ("surname", {"surname": "a" * 101}, "", ["too_long"]),
    ("surname", {"surname": "#REF!"}, "", ["excel_error"]),
    ("surname", {"surname": "-"}, "", ["required"]),
    ("patronymic", {"patronymic": "RƏŞİD QIZI"}, "Rəşid qızı", []),
    ("patronymic", {"patronymic": "Рашид Оглы"}, "Рашид оглы", []),
    ("patronymic", {"patronymic": "yoxdur"}, "", []),
    ("identity_number", {"identity_number": "aa 123-45 67"}, "AA1234567", []),
    ("identity_number", {"identity_number": "АА № 1234567"}, "AA1234567", []),
    ("identity_number", {"identity_number": 12345678.0}, "12345678", []),
    ("identity_number", {"identity_number": 1234567.0}, "01234567", ["zeros_restored"]),
    ("identity_number", {"identity_number": "1234567.0"}, "01234567", ["zeros_restored"]),
    ("identity_number", {"identity_number": 123456.0, "Seriya": "AA"}, "AA0123456",
     ["zeros_restored"]),
    ("identity_number", {"identity_number": 1234567, "identity_document": "pasport"}, "1234567",
     []),
    ("identity_number", {"identity_number": "1,23457E+11"}, "", ["number_shortened"]),
    ("identity_number", {"identity_number": 1.23e17}, "", ["number_shortened"]),
    ("identity_number", {"identity_number": "123"}, "", ["number_length"]),
    ("identity_number", {"identity_number": "\u200b"}, "", ["required"]),
    ("identity_number", {"identity_number": "AA12?4567"}, "", ["number_signs"]),
    ("phone", {"phone": 501234567.0}, "0501234567", []),
    ("phone", {"phone": 994501234567.0}, "+994501234567", []),
    ("phone", {"phone": "50 123 45 67"}, "050 123 45 67", []),
    ("phone", {"phone": "501234567", "citizenship": "GE"}, "501234567", []),
    ("phone", {"phone": "zəng edin"}, "", ["phone_signs"]),
    ("phone", {"phone": "9.94501E+11"}, "", ["number_shortened"]),
    ("email", {"email": "MAİL@"}, "", ["email_invalid"]),
    ("email", {"email": "r.əliyev@example.org"}, "", ["email_invalid"]),
    ("email", {"email": "—"}, "", []),
    ("address", {"address": "Bakı,\n  Nizami 5"}, "Bakı, Nizami 5", []),
    ("address", {"address": "a" * 501}, "", ["too_long"]),
    ("citizenship", {"citizenship": "AZE"}, "AZ", []),
    ("citizenship", {"citizenship": "azərbaycan respublikası"}, "AZ", []),
    ("citizenship", {"citizenship": "РФ"}, "RU", []),
    ("citizenship", {"citizenship": "Gürcüstan"}, "GE", []),
    ("citizenship", {"citizenship": "Germany"}, "DE", []),
    ("citizenship", {"citizenship": "Atlantida"}, "", ["citizenship_unknown"]),
    ("citizenship", {"citizenship": None, "of_kind": "international"}, "", ["citizenship_missing"]),
    ("identity_document", {"identity_document": "Паспорт"}, "passport", []),
    ("identity_document", {"citizenship": "GE"}, "passport", []),
    ("identity_document", {"identity_document": "kağız"}, "", ["document_unknown"]),
    ("photo", {"photo": "C:\\foto\\Əliyev.jpg"}, "Əliyev.jpg", []),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cells", "answer", "codes"), CASES)
def test_a_value_is_read_as_it_was_meant(
    column: str, cells: dict[str, Any], answer: Any, codes: list[str]
) -> None:
    row = person(**cells)
    assert (row.answers[column], said(row, column)) == (answer, codes)
    notices = {"letters_mended", "zeros_restored"}
    assert row.is_good == (not {finding.code for finding in row.findings} - notices)


@pytest.mark.parametrize(
    ("cells", "place", "codes"),
    [
        ({}, ("nationwide", None), []),
        ({"constituency": 7.0}, ("constituency", 7), []),
        ({"constituency": "7 saylı"}, ("constituency", 7), []),
        ({"constituency": "№ 7"}, ("constituency", 7), []),
        ({"constituency": "8 – Binəqədi birinci"}, ("constituency", 8), []),
        ({"constituency": "Бинагади первый"}, ("constituency", 8), []),
        ({"constituency": "Bineqedi birinci seçki dairəsi (8)"}, ("constituency", 8), []),
        ({"constituency": "Binəqədi birinci (7)"}, ("", None), ["constituency_contradicts"]),
        ({"constituency": "Ölkə üzrə"}, ("nationwide", None), []),
        ({"constituency": "126"}, ("", None), ["constituency_unknown"]),
        ({"scope": "вся страна"}, ("nationwide", None), []),
        ({"scope": "One constituency"}, ("constituency", None), ["constituency_missing"]),
        ({"scope": "One constituency", "constituency": 7}, ("constituency", 7), []),
        ({"scope": "7"}, ("constituency", 7), []),
        ({"scope": "Bütün ölkə", "constituency": 7}, ("", None), ["place_contradicts"]),
        ({"scope": "evdə"}, ("", None), ["scope_unknown"]),
        ({"scope": "xüsusi icazə"}, ("special_permission", None), ["scope_closed"]),
    ],
)
def test_the_place_is_said_by_scope_number_or_name(
    cells: dict[str, Any], place: tuple[str, int | None], codes: list[str]
) -> None:
    row = person(**cells)
    assert (row.answers["scope"], row.answers["constituency"]) == place
    assert [finding.code for finding in row.findings] == codes


@pytest.mark.parametrize(
    ("heading", "cell", "names"),
    [
        ("S.A.A.", "ƏLİYEV RƏŞAD MƏHƏMMƏD OĞLU", ("Əliyev", "Rəşad", "Məhəmməd oğlu")),
        ("Ad, soyad", "Rəşad Əliyev", ("Əliyev", "Rəşad", "")),
        ("ФИО", "Алиев", ("", "", "")),
    ],
)
def test_a_full_name_is_taken_apart(heading: str, cell: str, names: tuple[str, ...]) -> None:
    sheet = Sheet("", [(1, (heading, *HEADINGS[2:])), (2, (cell, *PERSON[2:]))])
    [row] = read_people(sheet, find_headings(sheet), RULES)
    parts = ("surname", "given_name", "patronymic")
    assert tuple(row.answers[part] for part in parts) == names
    assert said(row, "full_name") == ([] if names[0] else ["full_name_parts"])


@pytest.mark.parametrize(
    ("dates", "born", "codes"),
    [
        (["2/7/1990", "2/27/1990"], [(2, 7), (2, 27)], ["date_month_first"] * 2),
        (["7/2/1990", "27/2/1990", "2/28/1990"], [(2, 7), (2, 27), None], ["date_no_such_day"]),
    ],
)
def test_a_column_is_read_month_first_only_if_nothing_speaks_against_it(
    dates: list[str], born: list[tuple[int, int] | None], codes: list[str]
) -> None:
    rows = people(text([HEADINGS, *([*PERSON[:2], day, *PERSON[3:]] for day in dates)]))
    days = [row.answers["birth_on"] for row in rows]
    assert [(day.month, day.day) if day else None for day in days] == born
    assert [finding.code for row in rows for finding in row.findings] == codes


def test_what_is_no_person_is_passed_over_and_numbers_stay_those_of_excel() -> None:
    numbered = [1, 2, 3, 4, 5]
    foot = ["Cəmi: 250", "", "", "", ""]
    total = ["Итого", "", 2, "", ""]
    rows: list[list[Any]] = [
        ["Siyahı"],
        [],
        HEADINGS,
        numbered,
        PERSON,
        [],
        HEADINGS,
        PERSON,
        foot,
        total,
    ]
    assert [row.number for row in people(xlsx(rows))] == [5, 8]


def test_every_error_of_a_row_is_reported_at_once_with_its_value() -> None:
    row = person(surname="", given_name="R2", birth_on="7.2.90", phone="x" * 100)
    assert row.findings == [
        Finding(2, "surname", "required", ""),
        Finding(2, "given_name", "name_letters", "R2"),
        Finding(2, "birth_on", "date_short_year", "7.2.90"),
        Finding(2, "phone", "phone_signs", "x" * 79 + "…"),
    ]
    assert not row.is_good


def test_a_finding_outlives_the_database_and_is_said_when_it_is_shown() -> None:
    finding = Finding(7, "scope", "scope_closed", "x", {"scope": "nationwide"})
    assert Finding.from_json(finding.as_json()) == finding
    with override("ru"):
        assert "«Вся страна»" in say(finding.code, finding.params)
