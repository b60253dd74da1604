"""Days of birth, as spreadsheets keep them and as people write them."""

import datetime
import re
from collections.abc import Iterable

from accounts.names import fold
from observers.intake.reading.cells import FINE, Cell, Remarks, notice, text_of, wrong

# Serial number 1 of Excel, with its leap day of 1900 that never was.
_BEFORE_FIRST = datetime.date(1899, 12, 30)
# Serial numbers of 1905 to 2119. Below are years that were typed as numbers, and small figures.
FIRST_SERIAL, LAST_SERIAL = 2101, 80_000
MONTHS = {
    "yan": 1, "jan": 1, "fev": 2, "feb": 2, "mar": 3, "apr": 4, "may": 5, "mai": 5, "iyn": 6,
    "iyun": 6, "jun": 6, "iyl": 7, "iyul": 7, "jul": 7, "avq": 8, "avg": 8, "aug": 8, "sen": 9,
    "sep": 9, "okt": 10, "oct": 10, "noy": 11, "nov": 11, "dek": 12, "dec": 12,
}  # fmt: skip
# A time of day, and the word "year", may follow.
_AFTER = (
    r"(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?"
    r"(?:\s*-?\s*(?:г|год|года|ci il|cı il|cu il|cü il|il)?\.?)"
)
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[.\-–/, ]\s*(\d{1,2})\s*[.\-–/, ]\s*(\d{4}|\d{2})" + _AFTER)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[.\-–/ ]\s*(\d{1,2})\s*[.\-–/ ]\s*(\d{1,2})" + _AFTER)
_MONTH_NAMED = re.compile(r"(\d{1,2})[\s.\-]*([^\W\d_]{3,})[\s.,\-]*(\d{4}|\d{2})" + _AFTER)
_MONTH_NAMED_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})")
_SERIAL = re.compile(r"\d{5}(?:[.,]0+)?")

Read = tuple[datetime.date | None, Remarks]


def stands_month_first(column: Iterable[Cell]) -> bool:
    """Whether some date can only be read with the month first, and none only with the day."""
    month_first = False
    for cell in column:
        if type(cell) is str and (found := _DAY_FIRST.fullmatch(cell.strip())):
            first, second = int(found[1]), int(found[2])
            if first > 12:
                return False
            month_first = month_first or second > 12
    return month_first


def read_date(cell: Cell, *, month_first: bool = False) -> Read:
    """A day, or what keeps the cell from being one. Empty cells are not asked."""
    if isinstance(cell, datetime.date):
        return cell.date() if isinstance(cell, datetime.datetime) else cell, FINE
    if isinstance(cell, float | int):
        return _of_serial(cell)
    text = text_of(cell)
    if found := _DAY_FIRST.fullmatch(text):
        if len(found[3]) == 2:
            return None, wrong("date_short_year")
        if not month_first:
            return _day(found[3], found[2], found[1])
        day, remarks = _day(found[3], found[1], found[2])
        return day, remarks or notice("date_month_first")
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(found[1], found[2], found[3])
    return _in_words(text)


def _in_words(text: str) -> Read:
    if found := _MONTH_NAMED.fullmatch(text):
        day, named, year = found.groups()
    elif found := _MONTH_NAMED_FIRST.fullmatch(text):
        named, day, year = found.groups()
    elif _SERIAL.fullmatch(text):
        return _of_serial(int(text[:5]))
    else:
        return None, wrong("date_unreadable")
    folded = fold(named)
    month = MONTHS.get(folded[:4]) or MONTHS.get(folded[:3])
    if not month:
        return None, wrong("date_unreadable")
    return _day(year, str(month), day) if len(year) == 4 else (None, wrong("date_short_year"))


def _of_serial(number: float) -> Read:
    if isinstance(number, bool) or not FIRST_SERIAL <= number < LAST_SERIAL:
        return None, wrong("date_unreadable")
    return _BEFORE_FIRST + datetime.timedelta(days=int(number)), FINE


def _day(year: str, month: str, day: str) -> Read:
    try:
        return datetime.date(int(year), int(month), int(day)), FINE
    except ValueError:
        return None, wrong("date_no_such_day")
