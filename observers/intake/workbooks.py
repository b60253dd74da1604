"""Workbooks that are handed out: the template to fill in, and a sheet given back with its errors.

Everything that came from somebody is written as text, a number or a date, never as a formula.
"""

import codecs
import csv
import datetime
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accounts.countries import country_choices
from elections.domain.windows import open_windows
from elections.enums import Scope
from elections.models import Election
from observers.enums import IdentityDocument
from observers.intake import reports
from observers.intake.columns import COLUMNS, ERRORS_HEADING, Column
from observers.intake.findings import Finding, say
from observers.intake.reading import Headings
from observers.models import Upload

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 50_000
NARROWEST, WIDEST = 10, 40
NAMES = ("surname", "given_name", "patronymic")
# Columns in which a number is no quantity: Excel would drop its leading zeros.
AS_TEXT = ("identity_number", "phone", "photo")
WIDTHS = {"address": 40, "email": 26, "constituency": 28, "scope": 24, "identity_document": 22}
HEADING = {"bold": True, "bg_color": "#E4EEF0", "bottom": 1, "text_wrap": True, "valign": "top"}
WRONG = {"bg_color": "#F8E9E6", "font_color": "#7A1F15"}
DAY, MOMENT = "dd.mm.yyyy", "dd.mm.yyyy hh:mm"
# The most that a cell holds.
LONGEST_TEXT = 32_767
# The longest that Excel shows beside a cell, and above it.
LONGEST_HINT, LONGEST_TITLE = 255, 32


def asked() -> list[Column]:
    """The columns of the template: a name stands in its parts there."""
    return [column for column in COLUMNS.values() if column.in_template]


# --- The template ---------------------------------------------------------------------------------


def template(language: str, *, election: Election, kind: str) -> bytes:
    """An empty workbook in that language, with choices where the answer is one of a few."""
    with override(language), _written(in_memory=True) as (workbook, content):
        people = workbook.add_worksheet(_("Observers"))
        guide = workbook.add_worksheet(_("How to fill it in"))
        lists = workbook.add_worksheet(_("Lists"))
        choices = _choices(election, kind)
        _write_lists(lists, choices)
        bold = workbook.add_format(HEADING)
        formats = {"birth_on": workbook.add_format({"num_format": DAY})}
        formats |= dict.fromkeys(AS_TEXT, workbook.add_format({"num_format": "@"}))
        for index, column in enumerate(asked()):
            width = WIDTHS.get(column.key, 18)
            people.set_column(index, index, width, formats.get(column.key))
            people.write_string(0, index, str(column.label), bold)
            _validate(people, index, column, choices, lists.get_name())
        people.freeze_panes(1, 0)
        _write_guide(guide, bold, workbook.add_format({"text_wrap": True, "valign": "top"}))
    return content.getvalue()


def template_csv(language: str) -> bytes:
    """The headings alone, as Excel opens them by a double click."""
    with override(language):
        lines = io.StringIO()
        csv.writer(lines, delimiter=";").writerow([str(column.label) for column in asked()])
    return codecs.BOM_UTF8 + lines.getvalue().encode()


def _choices(election: Election, kind: str) -> dict[str, list[str]]:
    """What may be chosen, by column; the places are those that are open now."""
    scopes = [window.scope for window in open_windows(election, kind=kind)]
    choices = {
        "citizenship": [name for _code, name in country_choices()],
        "identity_document": [str(label) for label in IdentityDocument.labels],
        "scope": [str(Scope(scope).label) for scope in dict.fromkeys(scopes)],
        "constituency": [],
    }
    if Scope.CONSTITUENCY in scopes:
        choices["constituency"] = [
            f"{row.number} – {row.name}" for row in election.constituencies.order_by("number")
        ]
    return choices


def _write_lists(lists: Worksheet, choices: dict[str, list[str]]) -> None:
    for index, (key, values) in enumerate(choices.items()):
        lists.write_string(0, index, str(COLUMNS[key].label))
        lists.write_column(1, index, values)
        lists.set_column(index, index, 30)


def _validate(
    people: Worksheet, index: int, column: Column, choices: dict[str, list[str]], lists: str
) -> None:
    """A choice, or a day; what stands in a list by another name may be typed all the same."""
    told = {
        "input_title": str(column.label)[:LONGEST_TITLE],
        "input_message": _short(str(column.hint)),
        "error_type": "information",
        "error_title": str(column.label)[:LONGEST_TITLE],
        "error_message": _("This is none of the choices. Check it before you go on."),
    }
    rule: dict[str, Any] = {"validate": "any"}
    if values := choices.get(column.key):
        letter = chr(ord("A") + list(choices).index(column.key))
        source = f"='{lists}'!${letter}$2:${letter}${len(values) + 1}"
        rule = {"validate": "list", "source": source}
    people.data_validation(1, index, ROWS, index, rule | told)


def _short(hint: str) -> str:
    return hint if len(hint) <= LONGEST_HINT else hint[: LONGEST_HINT - 1] + "…"


def _write_guide(guide: Worksheet, bold: Format, text: Format) -> None:
    guide.set_column(0, 0, 28)
    guide.set_column(1, 1, 14)
    guide.set_column(2, 2, 90)
    for index, heading in enumerate((_("Column"), _("Required"), _("What stands in it"))):
        guide.write_string(0, index, heading, bold)
    row = 0
    for row, column in enumerate(asked(), start=1):
        guide.write_string(row, 0, str(column.label), text)
        guide.write_string(row, 1, _("yes") if column.required else _("no"), text)
        guide.write_string(row, 2, str(column.hint), text)
    for sentence in _advice():
        row += 1
        guide.merge_range(row, 0, row, 2, sentence, text)
    guide.freeze_panes(1, 0)


def _advice() -> Iterator[str]:
    yield _("One person to a row, at most 50,000 rows. The order of the columns does not matter.")
    yield _(
        "A photo is found by the document number, the row number or the name of the person in its "
        "file name, or by the file name in the column of photos."
    )
    yield _("Nothing is stored before you have seen what was found in each row.")


# --- A sheet given back with its errors -----------------------------------------------------------


def with_errors(upload: Upload) -> bytes:
    """The sheet as it was handed in, rows where they were, and in a last column what is wrong.

    Wrong cells are coloured; a filter brings the rows to mend together. It may be handed in again
    as it is. Raises Unusable when the sheet cannot be read any more.
    """
    sheet, headings, findings = reports.checked_rows(upload)
    with _written(constant_memory=True) as (workbook, content):
        page = workbook.add_worksheet()
        formats = Formats(workbook)
        last = max((len(cells) for _number, cells in sheet.rows), default=0)
        for number, cells in sheet.rows:
            wrong = [each for each in findings.get(number, ()) if each.is_error]
            if number == headings.row:
                _write_cells(page, number, cells, formats, dict.fromkeys(range(last), "heading"))
                page.write_string(number - 1, last, str(ERRORS_HEADING), formats["heading", ""])
                continue
            _write_cells(page, number, cells, formats, _places(wrong, headings))
            if wrong:
                said = "\n".join(_sentence(each) for each in wrong)
                page.write_string(number - 1, last, said[:LONGEST_TEXT], formats["wrong", ""])
        _arrange(page, sheet.rows, headings.row, last)
    return content.getvalue()


class Formats:
    """Each look once for a workbook: what a cell is, and how its value is shown."""

    LOOKS: dict[str, dict[str, Any]] = {"": {}, "heading": HEADING, "wrong": WRONG}

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._made = {
            (look, shown): workbook.add_format(traits | ({"num_format": shown} if shown else {}))
            for look, traits in self.LOOKS.items()
            for shown in ("", "@", DAY, MOMENT)
        }

    def __getitem__(self, key: tuple[str, str]) -> Format:
        return self._made[key]


def _write_cells(
    page: Worksheet, number: int, cells: Sequence[Any], formats: Formats, looks: dict[int, str]
) -> None:
    row = number - 1
    for index in range(max(len(cells), *(place + 1 for place in looks), 0)):
        cell = cells[index] if index < len(cells) else None
        look = looks.get(index, "")
        if cell is None or cell == "":
            if look:
                page.write_blank(row, index, None, formats[look, ""])
        elif isinstance(cell, bool):
            page.write_boolean(row, index, cell, formats[look, ""])
        elif isinstance(cell, int | float):
            page.write_number(row, index, cell, formats[look, ""])
        elif isinstance(cell, datetime.datetime):
            shown = MOMENT if cell.time() != datetime.time() else DAY
            page.write_datetime(row, index, cell, formats[look, shown])
        elif isinstance(cell, datetime.date):
            page.write_datetime(row, index, cell, formats[look, DAY])
        else:
            page.write_string(row, index, str(cell)[:LONGEST_TEXT], formats[look, "@"])


def _places(wrong: list[Finding], headings: Headings) -> dict[int, str]:
    """Which cells of a row are wrong; a part of a name may stand in the column of the whole."""
    places = {}
    for each in wrong:
        column = each.column
        if column in NAMES and column not in headings.columns:
            column = "full_name"
        if column in headings.columns:
            places[headings.columns[column]] = "wrong"
    return places


def _sentence(each: Finding) -> str:
    sentence = say(each.code, each.params)
    if each.column not in COLUMNS:
        return sentence
    return _("%(column)s: %(sentence)s") % {
        "column": COLUMNS[each.column].label,
        "sentence": sentence,
    }


def _arrange(page: Worksheet, rows: Sequence[Any], heading: int, last: int) -> None:
    """Columns as wide as their first values, a heading that stays, a filter below it."""
    for index in range(last):
        longest = max(
            (len(str(cells[index])) for _n, cells in rows[:200] if index < len(cells)), default=0
        )
        page.set_column(index, index, min(max(longest + 2, NARROWEST), WIDEST))
    page.set_column(last, last, 80)
    if heading and rows:
        page.freeze_panes(heading, 0)
        page.autofilter(heading - 1, 0, max(rows[-1][0], heading) - 1, last)


@contextmanager
def _written(**options: Any) -> Iterator[tuple[xlsxwriter.Workbook, io.BytesIO]]:
    """A workbook that lies in `content` once the block is left."""
    content = io.BytesIO()
    safe = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    place = {"tmpdir": settings.FILE_UPLOAD_TEMP_DIR} if settings.FILE_UPLOAD_TEMP_DIR else {}
    workbook = xlsxwriter.Workbook(content, safe | place | options)
    yield workbook, content
    workbook.close()
