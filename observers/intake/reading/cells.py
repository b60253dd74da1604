"""One cell: as it is shown, as text, and what is to be said about it."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from observers.intake.findings import LONGEST_VALUE, NOTHING

Cell = str | int | float | bool | datetime.date | None

# What Excel shows in place of a value that it could not work out.
EXCEL_ERRORS = frozenset(
    {
        "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
        "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!",
    }
)  # fmt: skip
# Signs without a shape, and the letter that looks like ə and is another.
_ODD = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ud800-\udfffǝƎ]"
)
_MENDED = {"ǝ": "ə", "Ǝ": "Ə"}
# What people write where there is nothing to say.
BLANKS = frozenset(
    {"", "-", "--", "---", "–", "—", "/", ".", "yoxdur", "yox", "нет", "n/a", "none"}
)
LONGEST_BLANK = 12
# Different cells whose reading is kept.
REMEMBERED = 50_000
# Whole numbers that a spreadsheet keeps to the last digit.
EXACT = 10**15


class Remark(NamedTuple):
    """What is to be said about a cell, before anybody knows which row it stands in."""

    code: str
    params: Mapping[str, Any] = NOTHING
    is_error: bool = True


Remarks = tuple[Remark, ...]
FINE: Remarks = ()


def wrong(code: str, **params: Any) -> Remarks:
    return (Remark(code, params),)


def notice(code: str, **params: Any) -> Remarks:
    return (Remark(code, params, False),)


def clean(text: str) -> str:
    """One space between words, none around, composed letters, nothing invisible."""
    if not text.isprintable() or "ǝ" in text or "Ǝ" in text:
        text = _ODD.sub(lambda sign: _MENDED.get(sign.group(), ""), text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


def text_of(cell: Cell) -> str:
    """What the cell says, as tidy text; whole numbers without a decimal point."""
    if type(cell) is str:
        return clean(cell)
    return "" if cell is None else _said(cell)


def _said(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.date):
        return cell.strftime("%d.%m.%Y") if cell.year >= 1000 else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    return str(cell)


def is_blank(text: str) -> bool:
    return len(text) <= LONGEST_BLANK and text.strip().lower() in BLANKS


def shown(cell: Cell) -> str:
    """The value as it stood in the cell, short enough for a report."""
    said = cell if isinstance(cell, str) else text_of(cell)
    return said if len(said) <= LONGEST_VALUE else f"{said[: LONGEST_VALUE - 1]}…"


def as_typed(cell: Cell) -> str:
    """Under which a cell is remembered: text as it stands, unless it is none."""
    return cell if type(cell) is str else text_of(cell)


class Remembered(dict[Any, Any]):
    """What a function answered, by what it was asked; forgotten with the file."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, asked: Any) -> Any:
        answer = self._read(asked)
        if len(self) < REMEMBERED:
            self[asked] = answer
        return answer
