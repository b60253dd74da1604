"""Where the bars, lines and marks of the charts stand. Pure: numbers in, places out; the templates
draw them. Every chart has its table on the same page."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

# Bars are measured in hundredths of the longest one's room.
FULL = 100.0
# Of the chart of days, in pixels: a row of words, and the room beside them.
ROW = 20
FOOT = 8


@dataclass(frozen=True)
class Bar:
    """A line with its words, its number and its bar. `low` and `high`: between which the number
    lies; `mark`: where that of all others is. All of them on the scale of the bars."""

    label: str
    shown: str
    width: float
    low: float | None = None
    high: float | None = None
    mark: float | None = None
    url: str = ""
    note: str = ""

    @property
    def reach(self) -> float:
        return (self.high or 0) - (self.low or 0)


def bars(
    lines: Sequence[tuple[str, str, float]], *, most: float | None = None, urls: Sequence[str] = ()
) -> list[Bar]:
    """Of label, words of the number, and number; the longest bar is that of the largest number,
    or of `most`."""
    scale = FULL / (most or max((number for _label, _shown, number in lines), default=0) or 1)
    links = [*urls, *[""] * (len(lines) - len(urls))]
    return [
        Bar(label, shown, min(FULL, number * scale), url=url)
        for (label, shown, number), url in zip(lines, links, strict=True)
    ]


@dataclass(frozen=True)
class DayBar:
    """The bar of a day: left edge and upper edge, and how wide and high it is."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mark:
    """A moment of the calendar: a line down, with its words in a row of their own above."""

    x: float
    y: float
    text: str
    # On which side of the line there is room for the words.
    is_left: bool

    @property
    def line_from(self) -> float:
        return self.y - ROW + FOOT

    @property
    def text_x(self) -> float:
        return self.x - FOOT if self.is_left else self.x + FOOT


@dataclass(frozen=True)
class Calendar:
    """Days from left to right, in the pixels of its own `width` and `height`."""

    width: int
    height: int
    bars: list[DayBar]
    marks: list[Mark]
    floor: float
    # The largest bar, where its number stands.
    top: tuple[float, float]


def calendar(
    days: Sequence[tuple[datetime.date, int]],
    moments: Sequence[tuple[float, str]],
    *,
    width: int,
    height: int,
) -> Calendar:
    """`moments`: when, as days since the first day, and what. The last has the uppermost row, so
    that no line runs through the words of another."""
    last = max([len(days), *(when for when, _what in moments)], default=1)
    step = width / (last or 1)
    head, floor = ROW * (len(moments) + 1) + FOOT, float(height - 1)
    most = max((count for _day, count in days), default=0) or 1
    drawn = []
    for place, (_day, count) in enumerate(days):
        high = (floor - head) * count / most
        drawn.append(DayBar(place * step + step * 0.1, floor - high, step * 0.8, high))
    highest = max(drawn, key=lambda bar: bar.height, default=DayBar(0, floor, 0, 0))
    marks = [
        Mark(min(when * step, width - 1.0), row * ROW + 14.0, what, is_left=when * step > width / 2)
        for row, (when, what) in enumerate(reversed(moments))
    ]
    top = (highest.x + highest.width / 2, highest.y - 5)
    return Calendar(width, height, drawn, marks, floor, top)


@dataclass(frozen=True)
class Tile:
    """A constituency: its number, its figure, and how strong its colour is: 0 (nobody) to 4."""

    number: str
    name: str
    shown: str
    shade: int
    url: str


SHADES = 4


def shades(values: Sequence[float | None]) -> list[int]:
    """As many in each shade as can be, the largest strongest; equal ones alike, 0 for nothing."""
    ordered = sorted(value for value in values if value)
    return [_shade(value, ordered) for value in values]


def _shade(value: float | None, ordered: Sequence[float]) -> int:
    if not value:
        return 0
    below = sum(other < value for other in ordered)
    return 1 + below * SHADES // len(ordered)
