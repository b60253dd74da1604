"""Which row holds the headings, and which column is which."""

from dataclasses import dataclass

from observers.intake.columns import COLUMNS, NAMES, key_of_heading
from observers.intake.reading.cells import Cell, text_of
from observers.intake.reading.limits import ROWS_BEFORE_PEOPLE
from observers.intake.reading.rows import Sheet

# A title may be called like one column, hardly like two.
FEWEST = 2


@dataclass
class Headings:
    """`labels` are as in the file, by index of the column, which `columns` has by key. `missing`
    are required columns that were not found, `unknown` columns whose heading says nothing here."""

    row: int
    labels: list[str]
    columns: dict[str, int]
    missing: list[str]
    unknown: list[int]


def find_headings(sheet: Sheet) -> Headings:
    """The row with most known headings; the first of the sheet where there is none."""
    best = Headings(0, [], {}, [], [])
    for number, cells in sheet.rows[:ROWS_BEFORE_PEOPLE]:
        found = _read(number, cells)
        if not best.row or len(found.columns) > max(len(best.columns), FEWEST - 1):
            best = found
    width = max((len(cells) for _number, cells in sheet.rows), default=0)
    best.labels += [""] * (width - len(best.labels))
    best.missing = list(missing_columns(best.columns))
    return best


def _read(number: int, cells: tuple[Cell, ...]) -> Headings:
    """Of two columns with one meaning the first is taken."""
    headings = Headings(number, [text_of(cell) for cell in cells], {}, [], [])
    for index, cell in enumerate(cells):
        key = key_of_heading(cell) if isinstance(cell, str) else None
        if key and key not in headings.columns:
            headings.columns[key] = index
        elif key != "" and cell is not None:
            headings.unknown.append(index)
    return headings


def missing_columns(columns: dict[str, int]) -> dict[str, str]:
    """Required columns that are not among these, with their labels."""
    found = {*columns, *(NAMES if "full_name" in columns else ())}
    return {
        key: str(column.label)
        for key, column in COLUMNS.items()
        if column.required and key not in found
    }
