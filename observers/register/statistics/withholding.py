"""Counts of a few people that are not shown, and what else has to be kept back so that nobody can
work them out. Pure.

A count of one to four is not shown: it could point at a person. Zero is shown; it is about nobody.
But whoever knows a total can subtract what is shown from it. So further counts are kept back until
none of those few is certain: until, for each of them, there is another table with the same totals
and the same counts shown in which it is another number. Such a table is looked for by moving one
person round a circle of counts that are not shown: as much is added in each line as is taken away.

It does not protect against somebody who watches the figures from minute to minute, nor against
those who know of others what the table counts. The totals of a whole election are always shown:
they are the commission's account of its work.
"""

from collections import defaultdict
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from heapq import heappop, heappush

FEW = 5


class Hidden(Enum):
    """What stands in the place of a count that is not shown."""

    # One to four.
    FEW = "<5"
    # Any number at all.
    WITHHELD = "withheld"


# A line of counts for each place; the same with some of them hidden.
Counts = tuple[tuple[int, ...], ...]
Shown = list[list[int | Hidden]]
Cell = tuple[int, int]
Node = tuple[str, int]
# What it would cost to go from one node to another, and which count is moved by that.
Ways = dict[Node, dict[Node, tuple[int, Cell | None]]]
# What joins all lines where nobody knows their totals: what one loses any other may gain.
_ANYWHERE: Node = ("anywhere", 0)
# Zeros are kept back only where there is nothing else.
_ZERO = 10**9


def withhold(
    counts: Sequence[Sequence[int]], *, sums: Sequence[int | Hidden] | None = None
) -> Shown:
    """The table as it may be shown. The total of each column is known to everybody.
    `sums`: of the lines, as they are shown elsewhere; nothing of them is hidden here besides.
    Without them nobody knows what a line comes to."""
    found = _withheld(tuple(map(tuple, counts)), None if sums is None else tuple(sums))
    return [list(line) for line in found]


def withhold_column(counts: Sequence[int]) -> list[int | Hidden]:
    """One column, the total of which is known."""
    return [line[0] for line in withhold([[n] for n in counts])]


# A page asks for the same tables until they are counted anew.
@lru_cache(maxsize=64)
def _withheld(counts: Counts, sums: tuple[int | Hidden, ...] | None) -> Shown:
    shown: Shown = [[Hidden.FEW if 0 < n < FEW else n for n in line] for line in counts]
    ways = _ways(counts, shown, sums)
    for line, column in _to_be_kept(shown, sums):
        more = _cheapest_circle(ways, line, column)
        for at, of in more:
            shown[at][of] = Hidden.WITHHELD
        if more:
            ways = _ways(counts, shown, sums)
    return shown


def _to_be_kept(shown: Shown, sums: tuple[int | Hidden, ...] | None) -> list[tuple[Node, Node]]:
    """Between which nodes the counts of a few stand, and every sum that is hidden elsewhere: its
    parts must not tell it."""
    few: list[tuple[Node, Node]] = [
        (("line", line), ("column", column))
        for line, cells in enumerate(shown)
        for column, cell in enumerate(cells)
        if cell is Hidden.FEW
    ]
    hidden = [line for line, total in enumerate(sums or ()) if isinstance(total, Hidden)]
    return few + [(("line", line), _ANYWHERE) for line in hidden]


def _ways(counts: Counts, shown: Shown, sums: tuple[int | Hidden, ...] | None) -> Ways:
    """Where one person more or less could be: more in a count is a way from its line to its column,
    less is the way back. It costs nothing where a count is hidden already; elsewhere what would
    have to be hidden."""
    ways: Ways = defaultdict(dict)
    for line, numbers in enumerate(counts):
        here: Node = ("line", line)
        for column, n in enumerate(numbers):
            cell, there = shown[line][column], ("column", column)
            cost = 0 if isinstance(cell, Hidden) else n or _ZERO
            if _can_be_more(cell, n):
                ways[here][there] = (cost, (line, column))
            if _can_be_less(cell, n):
                ways[there][here] = (cost, (line, column))
        # A sum that is more takes one more into its line.
        total = Hidden.WITHHELD if sums is None else sums[line]
        if isinstance(total, Hidden) and _can_be_more(total, sum(numbers)):
            ways[_ANYWHERE][here] = (0, None)
        if isinstance(total, Hidden) and (sums is None or _can_be_less(total, sum(numbers))):
            ways[here][_ANYWHERE] = (0, None)
    return ways


def _can_be_more(cell: int | Hidden, n: int) -> bool:
    return cell is not Hidden.FEW or n < FEW - 1


def _can_be_less(cell: int | Hidden, n: int) -> bool:
    return n > (1 if cell is Hidden.FEW else 0)


def _cheapest_circle(ways: Ways, line: Node, column: Node) -> list[Cell]:
    """Which further counts to hide so that the one between them could be one more or one less;
    none where it could already. Nor where it cannot be helped: all is hidden then, and the totals
    tell it."""
    found = []
    if column in ways[line]:
        found.append(_cheapest_way(ways, column, line))
    if line in ways[column]:
        found.append(_cheapest_way(ways, line, column))
    possible = [way for way in found if way is not None]
    return min(possible)[1] if possible else []


def _cheapest_way(ways: Ways, start: Node, end: Node) -> tuple[int, list[Cell]] | None:
    """From the one to the other, but not straight: its cost, and what it would hide (Dijkstra)."""
    done: set[Node] = set()
    waiting: list[tuple[int, Node, list[Cell]]] = [(0, start, [])]
    while waiting:
        cost, here, hidden = heappop(waiting)
        if here == end:
            return cost, hidden
        if here in done:
            continue
        done.add(here)
        for there, (more, cell) in ways[here].items():
            if there not in done and (here, there) != (start, end):
                also = [cell] if more and cell else []
                heappush(waiting, (cost + more, there, hidden + also))
    return None
