"""Who arrives when, and what became of it: one small code for each observer.

A million observers take two megabytes here; everything else about them is made when their turn
comes.
"""

from __future__ import annotations  # array[int] is only a name for type checkers

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, NamedTuple

from elections.enums import Scope
from observers.demo.chance import apportion, at_least_one
from observers.enums import Status

# Around this many days of the newest arrivals, the demo's own accounts find their people.
RECENT_DAYS = 2


class Slot(NamedTuple):
    """One observer to be made."""

    number: int
    day: int
    status: str
    kind: str
    scope: str


@dataclass
class Plan:
    """`codes` holds status and cell (kind and scope) of every observer, in order of arrival;
    `bounds` says where among them each of `days` begins and the last ends."""

    statuses: list[str]
    cells: list[tuple[str, str]]
    days: list[int]
    codes: array[int]
    bounds: list[int]

    def __post_init__(self) -> None:
        self.claimed: set[int] = set()

    def slot(self, number: int, day: int = 0) -> Slot:
        status, cell = divmod(self.codes[number], len(self.cells))
        return Slot(number, day, self.statuses[status], *self.cells[cell])

    def by_day(self) -> Iterator[tuple[int, range]]:
        """Days before polling, each with the numbers of those who arrive on it."""
        for day, (first, end) in zip(self.days, pairwise(self.bounds), strict=True):
            yield day, range(first, end)

    def claim(self, *, status: str, kind: str, count: int) -> list[int]:
        """Numbers of recent arrivals at constituency commissions with that status and kind, kept
        for somebody. Where a fitting one is lacking, two exchange their kinds, so that the totals
        stay; where that does not help either, there are fewer."""
        found: list[int] = []
        for number in self._recent_first():
            if len(found) == count:
                break
            slot = self.slot(number)
            fits = slot.status == status and slot.scope == Scope.CONSTITUENCY
            if fits and number not in self.claimed and self._exchange(slot, kind):
                self.claimed.add(number)
                found.append(number)
        return found

    def _recent_first(self) -> Iterator[int]:
        recent = self.bounds[max(0, len(self.days) - RECENT_DAYS)]
        return chain(range(recent, len(self.codes)), range(recent - 1, -1, -1))

    def _exchange(self, slot: Slot, kind: str) -> bool:
        if slot.kind == kind:
            return True
        wanted = self.cells.index((kind, Scope.CONSTITUENCY))
        own = self.codes[slot.number] % len(self.cells)
        for other, code in enumerate(self.codes):
            if code % len(self.cells) == wanted and other not in self.claimed:
                self.codes[other] += own - wanted
                self.codes[slot.number] += wanted - own
                return True
        return False


def make_plan(spread: dict[str, Any], *, observers: int, chance: random.Random) -> Plan:
    """Spread that many observers as the tables of distribution.toml say.

    With the number that the tables add up to, every figure in them is met exactly.
    """
    rows, cells = spread["days"], spread["cells"]
    statuses = [str(status) for status in Status if status in rows[0]]
    arrivals = _arrivals(rows, statuses, observers)
    is_central = [cell["scope"] != Scope.CONSTITUENCY for cell in cells]
    sizes = apportion(observers, [cell["count"] for cell in cells])
    central = apportion(
        sum(size for size, yes in zip(sizes, is_central, strict=True) if yes),
        [row["central"] for row in rows],
        limits=[sum(counts) for counts in arrivals],
    )
    piles = {
        side: _shuffled([(n, sizes[n]) for n in range(len(cells)) if is_central[n] == side], chance)
        for side in (True, False)
    }
    codes, bounds = array("H"), [0]
    for counts, to_central in zip(arrivals, central, strict=True):
        codes.extend(_deal(counts, to_central, piles, len(cells), chance))
        bounds.append(len(codes))
    pairs = [(cell["kind"], cell["scope"]) for cell in cells]
    return Plan(statuses, pairs, [row["day"] for row in rows], codes, bounds)


def _arrivals(
    rows: list[dict[str, int]], statuses: list[str], observers: int
) -> list[tuple[int, ...]]:
    """For each day, how many of each status arrive on it."""
    weights = [sum(row[status] for row in rows) for status in statuses]
    totals = at_least_one(apportion(observers, weights), weights)
    by_status = [
        apportion(total, [row[status] for row in rows])
        for status, total in zip(statuses, totals, strict=True)
    ]
    return list(zip(*by_status, strict=True))


def _shuffled(sizes: list[tuple[int, int]], chance: random.Random) -> Iterator[int]:
    pile = array("H", chain.from_iterable([place] * size for place, size in sizes))
    chance.shuffle(pile)
    return iter(pile)


def _deal(
    counts: tuple[int, ...],
    to_central: int,
    piles: dict[bool, Iterator[int]],
    width: int,
    chance: random.Random,
) -> array[int]:
    """One day: its statuses in any order, each dealt a cell of its side, in any order again."""
    codes = array("H", chain.from_iterable([n] * count for n, count in enumerate(counts)))
    chance.shuffle(codes)
    for place, status in enumerate(codes):
        codes[place] = status * width + next(piles[place < to_central])
    chance.shuffle(codes)
    return codes
