"""The rows of a sheet, before anybody knows what they mean."""

from dataclasses import dataclass

from observers.intake.findings import Unusable
from observers.intake.reading.cells import Cell
from observers.intake.reading.limits import MOST_COLUMNS, MOST_ROWS, ROWS_BEFORE_PEOPLE

Row = tuple[int, tuple[Cell, ...]]


@dataclass
class Sheet:
    """Rows that have something in them, each with the number that Excel gives it. A row ends with
    its last filled cell."""

    name: str
    rows: list[Row]


def insist_on_size(rows: list[Row]) -> None:
    """Raises Unusable for more rows or columns than are read."""
    if len(rows) > MOST_ROWS + ROWS_BEFORE_PEOPLE:
        raise Unusable("too_many_rows", limit=MOST_ROWS)
    if max((len(cells) for _number, cells in rows), default=0) > MOST_COLUMNS:
        raise Unusable("too_many_columns", limit=MOST_COLUMNS)
