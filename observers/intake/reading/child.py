"""Opens one workbook and tells its rows. Runs as a program of its own: see `opening`.

A workbook of a few kilobytes can ask for any amount of memory or time; here it only takes down
this process. It gets the length of the workbook and the workbook, and speaks in lines of JSON:
the beginning of each sheet, to be answered with `take` or `next`, then all rows of the one taken.
Nothing is imported but the standard library and calamine.
"""

import datetime
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

ROWS_AT_ONCE = 200
OVERLAP = 8192
ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).){0,4000}?<(?:\w+:)?v>(#[^<]{1,20})<",
    re.DOTALL,
)
Row = tuple[int, list[Any]]


def main() -> None:
    library, memory, seconds, most_columns, beginning, most_sheets = sys.argv[1:7]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.append(library)
    try:
        content = sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
        Telling(content, int(most_columns), int(beginning), int(most_sheets)).tell()
    except MemoryError:
        say(["unusable", "spread_out"])
    except BaseException as error:
        # calamine's own, and Rust's panics, which are no Exception
        encrypted = type(error).__name__ == "PasswordError"
        say(["unusable", "encrypted" if encrypted else "damaged"])


class Telling:
    def __init__(self, content: bytes, most_columns: int, beginning: int, most_sheets: int) -> None:
        import python_calamine

        self.content = content
        self.workbook = python_calamine.load_workbook(io.BytesIO(content))
        self.most_columns, self.beginning = most_columns, beginning
        kinds = python_calamine.SheetTypeEnum
        shown = python_calamine.SheetVisibleEnum.Visible
        sheets = [
            (meta.visible != shown, index)
            for index, meta in enumerate(self.workbook.sheets_metadata)
            if meta.typ == kinds.WorkSheet
        ]
        self.sheets = [index for _hidden, index in sorted(sheets)[:most_sheets]]

    def tell(self) -> None:
        """The first sheet that is taken; if none is, the one that is then asked for."""
        for index in self.sheets:
            rows = self.rows(index)
            start = list(islice(rows, self.beginning))
            if start and ask(["sheet", index, self.workbook.sheet_names[index], start]) == "take":
                return self.tell_all(rows)
        answer = ask(["no more"])
        if answer.isdigit():
            self.tell_all(self.rows(int(answer)))
        return None

    def tell_all(self, rows: Iterator[Row]) -> None:
        while portion := list(islice(rows, ROWS_AT_ONCE)):
            say(["rows", portion])
        say(["end"])

    def rows(self, index: int) -> Iterator[Row]:
        """Rows with something in them, with Excel's numbers; the cells begin at column A."""
        sheet = self.workbook.get_sheet_by_index(index)
        errors = self.errors(index)
        before = [None] * (sheet.start[1] if sheet.start else 0)
        for number, values in enumerate(sheet.iter_rows(), start=1):
            cells = before + [plain(value) for value in values]
            for column, word in errors.pop(number, ()):
                cells += [None] * (column + 1 - len(cells))
                cells[column] = word
            while cells and cells[-1] is None:
                cells.pop()
            if len(cells) > self.most_columns:
                say(["unusable", "too_many_columns"])
                sys.exit()
            if cells:
                yield number, cells

    def errors(self, index: int) -> dict[int, list[tuple[int, str]]]:
        """Cells whose formula failed, by row: calamine reads them as empty. Of XLSX only."""
        found: dict[int, list[tuple[int, str]]] = {}
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                part = part_of_sheet(archive, self.workbook.sheet_names[index])
                with archive.open(part) as opened:
                    for column, row, word in error_cells(opened):
                        found.setdefault(row, []).append((column, word))
        except (zipfile.BadZipFile, KeyError, AttributeError):
            return {}
        return {row: list(dict(cells).items()) for row, cells in found.items()}


def part_of_sheet(archive: zipfile.ZipFile, name: str) -> str:
    """Raises KeyError or AttributeError where it is not laid out as XLSX is."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    escaped = name.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    tags = re.findall(r"<(?:\w+:)?sheet [^>]*>", book)
    tag = next((tag for tag in tags if f'name="{escaped}"' in tag), "")
    link = re.search(r'\br:id="([^"]+)"', tag)[1]  # type: ignore[index]
    tag = next(tag for tag in re.findall(r"<Relationship [^>]*>", links) if f'Id="{link}"' in tag)
    target = re.search(r'Target="([^"]+)"', tag)[1]  # type: ignore[index]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def error_cells(opened: Any) -> Iterator[tuple[int, int, str]]:
    """Column from 0, row from 1, and the error, as far as a megabyte at a time shows."""
    tail = b""
    while chunk := opened.read(2**20):
        text = tail + chunk
        if b't="e"' in text:
            for letters, row, word in ERROR_CELL.findall(text):
                column = 0
                for letter in letters:
                    column = column * 26 + letter - 64
                yield column - 1, int(row), word.decode("utf-8", "replace")
        tail = text[-OVERLAP:]


def plain(value: Any) -> Any:
    """None for nothing; dates in a wrapping of their own."""
    if type(value) is str:
        return value if value and not value.isspace() else None
    if type(value) is float:
        return value if value - value == 0 else None  # neither infinite nor undefined
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()[:10]}
    if isinstance(value, datetime.time | datetime.timedelta):
        return str(value)
    return value


def say(told: list[Any]) -> None:
    line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def ask(told: list[Any]) -> str:
    say(told)
    return sys.stdin.buffer.readline().decode().strip()


if __name__ == "__main__":
    main()
