"""People out of rows: every answer, and everything that is wrong with each.

Tens of thousands of rows go through here in a second or two. So nothing is translated, no form is
built and no exception raised for a wrong value, and what recurs (names, countries,
constituencies) is read once.
"""

import datetime
from collections.abc import Iterator
from functools import partial

from accounts.countries import FIRST
from elections.enums import Kind
from observers.domain.answers import birth_problem
from observers.enums import IdentityDocument
from observers.intake.columns import given_name_first
from observers.intake.reading.cells import (
    EXCEL_ERRORS,
    FINE,
    Cell,
    Remarks,
    Remembered,
    as_typed,
    is_blank,
    text_of,
    wrong,
)
from observers.intake.reading.contacts import read_address, read_email, read_phone
from observers.intake.reading.dates import read_date, stands_month_first
from observers.intake.reading.documents import read_citizenship, read_document, read_number
from observers.intake.reading.headings import Headings
from observers.intake.reading.names import read_name
from observers.intake.reading.places import Places
from observers.intake.reading.rows import PersonRow, Sheet
from observers.intake.reading.rules import Rules
from observers.intake.reading.skipping import Skipping

LONGEST_FILE_NAME = 255
# Whose names have an i with a dot and one without: those of Azerbaijan and Türkiye, and of those
# who do not say whose citizens they are.
DOTTED = (FIRST, "TR", "")


def read_people(sheet: Sheet, headings: Headings, rules: Rules) -> Iterator[PersonRow]:
    """One after the other. Empty rows, totals and headings that are repeated are left out."""
    skipping = Skipping(headings)
    reader = Reader(sheet, headings, rules)
    for number, cells in sheet.rows:
        if number > headings.row and not skipping.skips(number, cells):
            yield reader.read(number, cells)


class Reader:
    """Reads the rows of one file."""

    def __init__(self, sheet: Sheet, headings: Headings, rules: Rules) -> None:
        self.rules = rules
        self.columns = list(headings.columns.items())
        self.places = Places(rules)
        self.own_citizens = rules.kind != Kind.INTERNATIONAL
        self.names = {
            (own, patronymic): Remembered(
                partial(read_name, azerbaijani=own, patronymic=patronymic)
            )
            for own in (True, False)
            for patronymic in (True, False)
        }
        self.citizenships = Remembered(read_citizenship)
        self.documents = Remembered(read_document)
        full_name = headings.columns.get("full_name")
        self.given_first = full_name is not None and given_name_first(headings.labels[full_name])
        birth = headings.columns.get("birth_on")
        self.month_first = birth is not None and stands_month_first(
            cells[birth]
            for number, cells in sheet.rows
            if number > headings.row and birth < len(cells)
        )

    def read(self, number: int, cells: tuple[Cell, ...]) -> PersonRow:
        row = PersonRow(number)
        given = self._given(row, cells)
        self._citizenship(row, given.get("citizenship"))
        self._names(row, given)
        self._birth(row, given.get("birth_on"))
        self._document(row, given)
        self._contacts(row, given)
        self.places.read(row, given)
        photo = text_of(given.get("photo")).replace("\\", "/").rpartition("/")[2]
        row.answers["photo"] = photo[:LONGEST_FILE_NAME]
        return row

    def _given(self, row: PersonRow, cells: tuple[Cell, ...]) -> dict[str, Cell]:
        """The filled cells by column. A value that Excel could not work out is wrong at once."""
        width = len(cells)
        given: dict[str, Cell] = {}
        for key, index in self.columns:
            if index >= width or (cell := cells[index]) is None:
                continue
            if type(cell) is not str:
                given[key] = cell
            elif cell[:1] == "#" and cell.strip().upper() in EXCEL_ERRORS:
                row.note(key, cell, wrong("excel_error"))
            elif not is_blank(cell):
                given[key] = cell
        return given

    def _required(self, row: PersonRow, column: str) -> None:
        """Say that nothing stands there, unless the cell was found wrong already."""
        if not any(finding.column == column for finding in row.findings):
            row.note(column, None, wrong("required"))

    def _citizenship(self, row: PersonRow, cell: Cell) -> None:
        code, remarks = FIRST, FINE
        if cell is not None:
            code, remarks = self.citizenships[as_typed(cell)]
        elif not self.own_citizens:
            code, remarks = "", wrong("citizenship_missing")
        row.answers["citizenship"] = code
        if remarks:
            row.note("citizenship", cell, remarks)

    # --- The person ------------------------------------------------------------------------------

    def _names(self, row: PersonRow, given: dict[str, Cell]) -> None:
        own = row.answers["citizenship"] in DOTTED
        whole = given.get("full_name")
        if whole is not None and "surname" not in given and "given_name" not in given:
            return self._full_name(row, whole, own)
        for column in ("surname", "given_name", "patronymic"):
            cell = given.get(column)
            name, remarks = "", FINE
            if cell is not None:
                name, remarks = self._name(cell, own, column)
                if remarks:
                    row.note(column, cell, remarks)
            if not name and not remarks and column != "patronymic":
                self._required(row, column)
            row.answers[column] = name
        return None

    def _name(self, cell: Cell, own: bool, column: str) -> tuple[str, Remarks]:
        name, remarks = self.names[own, column == "patronymic"][as_typed(cell)]
        return ("" if remarks and remarks[0].is_error else name), remarks

    def _full_name(self, row: PersonRow, cell: Cell, own: bool) -> None:
        words = text_of(cell).replace(",", " ").split()
        parts = [*words[:2], " ".join(words[2:])] if len(words) > 1 else ["", "", ""]
        if self.given_first:
            parts[0], parts[1] = parts[1], parts[0]
        if len(words) < 2:
            row.note("full_name", cell, wrong("full_name_parts"))
        said: Remarks = FINE
        for column, part in zip(("surname", "given_name", "patronymic"), parts, strict=True):
            name, remarks = self._name(part, own, column) if part else ("", FINE)
            row.answers[column] = name
            said += tuple(remark for remark in remarks if remark not in said)
        row.note("full_name", cell, said)

    def _birth(self, row: PersonRow, cell: Cell) -> None:
        born = None
        if cell is None:
            self._required(row, "birth_on")
        else:
            born, remarks = read_date(cell, month_first=self.month_first)
            born, more = self._possible(born)
            if remarks or more:
                row.note("birth_on", cell, remarks + more)
        row.answers["birth_on"] = born

    def _possible(self, born: datetime.date | None) -> tuple[datetime.date | None, Remarks]:
        rules = self.rules
        if born and (
            code := birth_problem(
                born,
                today=rules.today,
                polling_on=rules.polling_on,
                minimum_age=rules.minimum_age,
            )
        ):
            return None, wrong(code, age=rules.minimum_age) if code == "too_young" else wrong(code)
        return born, FINE

    def _document(self, row: PersonRow, given: dict[str, Cell]) -> None:
        own = row.answers["citizenship"] == FIRST
        kind = IdentityDocument.IDENTITY_CARD if own else IdentityDocument.PASSPORT
        document: str = kind.value
        if (written := given.get("identity_document")) is not None:
            document, remarks = self.documents[as_typed(written)]
            row.note("identity_document", written, remarks)
        row.answers["identity_document"] = document
        number, cell, remarks = "", given.get("identity_number"), FINE
        if cell is not None:
            series = text_of(given.get("identity_series"))
            card = own and document == IdentityDocument.IDENTITY_CARD
            number, remarks = read_number(cell, series, restores_zeros=card)
            row.note("identity_number", cell, remarks)
        if not number and not remarks:
            self._required(row, "identity_number")
        row.answers["identity_number"] = number

    def _contacts(self, row: PersonRow, given: dict[str, Cell]) -> None:
        address, phone, email = "", "", ""
        if text := text_of(given.get("address")):
            address, remarks = read_address(text)
            row.note("address", given["address"], remarks)
        else:
            self._required(row, "address")
        if (cell := given.get("phone")) is not None:
            national = row.answers["citizenship"] == FIRST
            phone, remarks = read_phone(cell, national=national)
            row.note("phone", cell, remarks)
        if (cell := given.get("email")) is not None:
            email, remarks = read_email(text_of(cell))
            row.note("email", cell, remarks)
        row.answers |= {"address": address, "phone": phone, "email": email}
