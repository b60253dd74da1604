"""The rows of a sheet, before anybody knows what they mean, and after."""

from dataclasses import dataclass, field
from typing import Any

from observers.intake.findings import Finding, Unusable
from observers.intake.reading.cells import Cell, Remarks, shown
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


@dataclass(slots=True)
class PersonRow:
    """`answers` has every key, empty (None for `birth_on` and `constituency`) where nothing usable
    was said: surname given_name patronymic birth_on citizenship identity_document identity_number
    address phone email scope constituency photo."""

    number: int
    answers: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not any(finding.is_error for finding in self.findings)

    def note(self, column: str, cell: Cell, remarks: Remarks) -> None:
        for code, params, is_error in remarks:
            self.findings.append(Finding(self.number, column, code, shown(cell), params, is_error))
