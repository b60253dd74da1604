"""A small table of figures, and how its cells are written: on the page, in the CSV, in the JSON.

All three are written from the same table, so they cannot say different things.
"""

import csv
import datetime
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from observers.register.statistics.chance import Interval
from observers.register.statistics.withholding import Hidden

# By this Excel knows that the file is UTF-8.
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet would take for a formula, were it the first character of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HOURS = 3600
DAY = 24 * HOURS


class Form(StrEnum):
    """What a cell holds. Shares are parts of one, times are days; both with a decimal point."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    WHOLE_SHARE = "whole_share"
    DAYS = "days"
    RATIO = "ratio"
    INDEX = "index"
    DATE = "date"
    QUANTITY = "quantity"


@dataclass(frozen=True)
class Quantity:
    """A number in a column where the lines have different units: a share, or days."""

    number: float
    form: Form


Cell = Quantity | str | int | float | datetime.date | Hidden | None


# Decimals in the files: those of the page, and for shares two more, because they are parts of one.
_DECIMALS = {Form.SHARE: 3, Form.WHOLE_SHARE: 2, Form.DAYS: 2, Form.RATIO: 2, Form.INDEX: 4}


@dataclass(frozen=True)
class Column:
    """`name` stands in the files and is a contract: it is not translated. `labels` says on the
    page what a word of the files means."""

    name: str
    heading: str
    form: Form = Form.TEXT
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.form not in (Form.TEXT, Form.DATE)

    def shown(self, cell: Cell) -> str:
        """On the page, in the language of the page."""
        if isinstance(cell, Hidden):
            return hidden_in_words(cell)
        if cell is None:
            return "–"
        if isinstance(cell, datetime.date):
            return f"{cell:%d.%m.%Y}"
        if isinstance(cell, str):
            return self.labels.get(cell, cell)
        if isinstance(cell, Quantity):
            return _NUMBERS[cell.form](cell.number)
        return _NUMBERS[self.form](cell)

    def exported(self, cell: Cell) -> Any:
        if isinstance(cell, Hidden):
            return cell.value
        if isinstance(cell, datetime.date):
            return cell.isoformat()
        if isinstance(cell, Quantity):
            return round(cell.number, _DECIMALS[cell.form])
        if isinstance(cell, float):
            return round(cell, _DECIMALS[self.form])
        return cell


@dataclass(frozen=True)
class Table:
    """The first column heads its line."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    @property
    def lines(self) -> list[list[dict[str, Any]]]:
        """As the page has them."""
        return [
            [
                {"text": column.shown(cell), "is_number": column.is_number}
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]

    def as_csv(self) -> str:
        written = io.StringIO()
        lines = csv.writer(written)
        lines.writerow(column.name for column in self.columns)
        lines.writerows([_as_text(cell) for cell in row.values()] for row in self.exported())
        return BYTE_ORDER_MARK + written.getvalue()

    def exported(self) -> list[dict[str, Any]]:
        return [
            {
                column.name: column.exported(cell)
                for column, cell in zip(self.columns, row, strict=True)
            }
            for row in self.rows
        ]


def _as_text(cell: Any) -> str:
    """A cell that a spreadsheet shows and does not calculate."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA) else text


# --- Numbers in words -----------------------------------------------------------------------------


def hidden_in_words(hidden: Hidden) -> str:
    return _("fewer than 5") if hidden is Hidden.FEW else _("withheld")


def _rounded(number: float, decimals: int) -> str:
    """Django cuts off what it does not show."""
    return str(number_format(round(number, decimals), decimals, force_grouping=True))


def count(number: float) -> str:
    return _rounded(number, 0)


def percent(share: float, decimals: int = 1) -> str:
    """ "6.1 %": a whole number where it is one exactly."""
    places = 0 if share in (0, 1) else decimals
    return f"{_rounded(share * 100, places)}\u00a0%"


def whole_percent(share: float) -> str:
    return percent(share, 0)


def percents(interval: Interval, decimals: int = 1) -> str:
    """ "5.2–7.1 %"."""
    low, high = (_rounded(end * 100, decimals) for end in (interval.low, interval.high))
    return f"{low}–{high}\u00a0%"


def ratio(number: float) -> str:
    return _rounded(number, 1)


def index(number: float) -> str:
    return _rounded(number, 3)


def days(number: float) -> str:
    return days_in_words(ratio(number))


def days_in_words(number: str) -> str:
    return _("%(days)s days") % {"days": number}


_NUMBERS: dict[Form, Callable[[Any], str]] = {
    Form.COUNT: count,
    Form.SHARE: percent,
    Form.WHOLE_SHARE: whole_percent,
    Form.DAYS: days,
    Form.RATIO: ratio,
    Form.INDEX: index,
    Form.TEXT: str,
    Form.DATE: str,
    Form.QUANTITY: str,
}
