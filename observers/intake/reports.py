"""What is said about an upload: its findings in sentences, and its rows with what is wrong."""

from dataclasses import dataclass, field
from typing import Any

from observers.intake import files
from observers.intake.columns import COLUMNS
from observers.intake.findings import Finding, say
from observers.intake.listing import headings_of
from observers.intake.reading import Headings, Sheet, read_sheet
from observers.intake.reading.cells import text_of
from observers.models import Upload

EXAMPLES = 20
ROWS_NAMED = 12
SAMPLES = 3


@dataclass(frozen=True)
class Group:
    """One thing that is wrong, or worth knowing, and all the rows where it is so."""

    column: str
    column_label: str
    sentence: str
    count: int
    examples: list[tuple[int, str]]
    rows: str


@dataclass(frozen=True)
class Report:
    counts: dict[str, int]
    errors: list[Group]
    notices: list[Group]


def report(upload: Upload) -> Report:
    """In the active language; what concerns most rows first."""
    groups = {True: [], False: []}  # type: dict[bool, list[Group]]
    for column, code, params, is_error, where in upload.findings:
        groups[is_error].append(_group(column, say(code, params), where))
    for found in groups.values():
        found.sort(key=lambda group: -group.count)
    notices = sum(group.count for group in groups[False] if group.column != "photo")
    return Report(upload.counts | {"notices": notices}, groups[True], groups[False])


def _group(column: str, sentence: str, where: list[list[Any]]) -> Group:
    return Group(
        column=column,
        column_label=str(COLUMNS[column].label) if column in COLUMNS else "",
        sentence=sentence,
        count=len(where),
        examples=[(row, value) for row, value in where[:EXAMPLES]],
        rows=_in_words([row for row, _value in where if row]),
    )


def _in_words(rows: list[int]) -> str:
    """ "5–9, 12, 40 …": the first rows, those that follow each other together."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        elif not spans or row != spans[-1][1]:
            spans.append([row, row])
    named = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:ROWS_NAMED]]
    return ", ".join(named) + (" …" if len(spans) > ROWS_NAMED else "")


def by_row(upload: Upload) -> dict[int, list[Finding]]:
    """Everything that was found in each row of the sheet."""
    found: dict[int, list[Finding]] = {}
    for column, code, params, is_error, where in upload.findings:
        for row, value in where:
            if row:
                found.setdefault(row, []).append(
                    Finding(row, column, code, value, params, is_error)
                )
    return found


def checked_rows(upload: Upload) -> tuple[Sheet, Headings, dict[int, list[Finding]]]:
    """The sheet as it was handed in, with what was found in each row. Raises Unusable."""
    sheet = read_sheet(files.read_sheet(upload), upload.sheet_name)
    return sheet, headings_of(upload, sheet), by_row(upload)


@dataclass(frozen=True)
class NamedColumns:
    """The columns of a file as they can be shown to whoever has to name them."""

    headings: Headings
    samples: list[list[str]] = field(default_factory=list)


def columns_to_name(upload: Upload) -> NamedColumns:
    """Each column's heading, and the first values that stand below it. Raises Unusable."""
    sheet = read_sheet(files.read_sheet(upload), upload.sheet_name)
    headings = headings_of(upload, sheet)
    below = [cells for number, cells in sheet.rows if number > headings.row][:SAMPLES]
    samples = [
        [text_of(cells[index]) if index < len(cells) else "" for cells in below]
        for index in range(len(headings.labels))
    ]
    return NamedColumns(headings, samples)
