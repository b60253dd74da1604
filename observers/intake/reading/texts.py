"""Comma-separated and the like: text in any of the encodings that spreadsheets write."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from observers.intake.findings import Unusable
from observers.intake.reading.cells import Cell
from observers.intake.reading.headings import find_headings
from observers.intake.reading.limits import MOST_COLUMNS, MOST_ROWS, ROWS_BEFORE_PEOPLE
from observers.intake.reading.rows import Row, Sheet, insist_on_size

BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
DELIMITERS = ";,\t|"
SAID_DELIMITER = re.compile(r'"?sep=([;,\t|])"?\r?\n?', re.IGNORECASE)
# Letters of the upper half of single-byte encodings, and whether they stand side by side.
HIGH_BESIDE_HIGH = re.compile(rb"[\xa8\xb8\xc0-\xff]{2}")
HIGH_BESIDE_LATIN = re.compile(rb"[A-Za-z][\xa8\xb8\xc0-\xff]|[\xa8\xb8\xc0-\xff][A-Za-z]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
# A cell that holds several lines with delimiters in them has swallowed the rows below it.
MOST_LINES = 3
LONGEST_CELL = 32_767
# So much of the text shows which delimiter it has.
START = 64 * 1024


def read_text(content: bytes, file_name: str) -> Sheet:
    """Raises Unusable for what is no text, or cannot be told apart into rows."""
    text = decode(content)
    if len(CONTROLS.findall(text[:4096])) > 8:
        raise Unusable("unknown_kind")
    said = SAID_DELIMITER.match(text)
    if said:
        text = text[said.end() :]
    delimiter = said[1] if said else _delimiter(text)
    name = file_name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    sheet = Sheet(name[:100], list(_rows(text, delimiter)))
    insist_on_size(sheet.rows)
    return sheet


def decode(content: bytes) -> str:
    """Never fails: what cannot be Unicode is read as Cyrillic or Turkish Windows text."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if encoding := _unmarked_utf_16(content[:4096]):
        return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _not_quite_utf_8(content)


def _unmarked_utf_16(start: bytes) -> str:
    """Every second byte of its spaces, digits and delimiters is zero."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 20 < len(start) or min(even, odd) * 5 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _not_quite_utf_8(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(content) - len(text.encode("ascii", "ignore"))
    if broken * 20 < whole:
        return text
    cyrillic = len(HIGH_BESIDE_HIGH.findall(content)) > len(HIGH_BESIDE_LATIN.findall(content))
    return content.decode("cp1251" if cyrillic else "cp1254", "replace")


def _delimiter(text: str) -> str:
    """The one that yields most known headings, else the widest rows."""
    start = text[:START]

    def fitness(delimiter: str) -> tuple[int, int]:
        rows: list[Row] = []
        with suppress(csv.Error):
            rows = list(islice(_records(start, delimiter), ROWS_BEFORE_PEOPLE))
        widths = sorted(len(cells) for _number, cells in rows) or [0]
        return len(find_headings(Sheet("", rows)).columns), widths[len(widths) // 2]

    return max(DELIMITERS, key=fitness)


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """No more than are read: whether there are too many is asked afterwards."""
    last = 0
    try:
        for last, cells in islice(_records(text, delimiter), MOST_ROWS + ROWS_BEFORE_PEOPLE + 1):
            _insist_on_closed_quotes(last, cells, delimiter)
            yield last, cells
            if len(cells) > MOST_COLUMNS:
                return
    except csv.Error as error:
        raise Unusable("unclosed_quote", row=last + 1) from error


def _records(text: str, delimiter: str) -> Iterator[Row]:
    """A record is a row, as it is in Excel, however many lines it has. Raises csv.Error."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number, record in enumerate(records, start=1):
        cells = [cell if cell and not cell.isspace() else None for cell in record]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            yield number, tuple(cells)


def _insist_on_closed_quotes(number: int, cells: tuple[Cell, ...], delimiter: str) -> None:
    for cell in cells:
        if isinstance(cell, str) and "\n" in cell:
            swallowed = cell.count("\n") >= MOST_LINES and cell.count(delimiter) >= MOST_LINES
            if swallowed or len(cell) > LONGEST_CELL:
                raise Unusable("unclosed_quote", row=number)
