"""What may be said of a few numbers, and what would be chance. Pure.

Rates have Wilson's interval, medians one of ranks that assumes no distribution; a group is held
against all others by the chi-squared test of a table of two by two; and where many are compared at
once, Holm's method keeps the chance of even one false alarm at 5 %, however the comparisons hang
together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, erfc, floor, sqrt

# Of 95 in a hundred such intervals it is true that what they are about lies within them.
Z = 1.959963984540054
FALSE_ALARMS = 0.05
# Where a cell of the table would be expected to hold less, the test does not fit (Cochran 1954).
LEAST_EXPECTED = 5
# From so many on the ranks of the median's interval are reckoned by the normal distribution.
MANY = 1000


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def rate(self) -> float:
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> Interval:
        """Wilson 1927, at 95 %."""
        if not self.whole:
            return Interval(0.0, 1.0)
        n, p = self.whole, self.rate
        middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        reach = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
        return Interval(max(0.0, middle - reach), min(1.0, middle + reach))

    def others(self, all_: "Share") -> "Share":
        """What is left of all when these are taken away."""
        return Share(all_.part - self.part, all_.whole - self.whole)


def p_value(one: Share, other: Share) -> float | None:
    """How likely so great a difference is if both are treated alike; None: too few to say."""
    part, whole = one.part + other.part, one.whole + other.whole
    if not whole:
        return None
    rarer, smaller = min(part, whole - part), min(one.whole, other.whole)
    if rarer * smaller < LEAST_EXPECTED * whole:
        return None
    pooled = part / whole
    spread = sqrt(pooled * (1 - pooled) * (1 / one.whole + 1 / other.whole))
    return erfc(abs(one.rate - other.rate) / spread / sqrt(2))


def more_than_chance(p_values: Sequence[float | None]) -> list[bool]:
    """Which of many comparisons are (Holm 1979). What is too few to say is not compared."""
    compared = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    found = [False] * len(p_values)
    for done, (p, place) in enumerate(compared):
        if p * (len(compared) - done) > FALSE_ALARMS:
            break
        found[place] = True
    return found


def median_ranks(number: int) -> tuple[int, int] | None:
    """Between which of so many values, in their order and counted from 1, the median lies with at
    least 95 %; None where they are too few for that."""
    if number > MANY:
        low = floor((number - Z * sqrt(number)) / 2)
        return low, number + 1 - low
    below, low = 0, 0
    # Of `number` values, so many or fewer lie below the median with at most 2.5 %.
    while 40 * (below := below + comb(number, low)) <= 2**number:
        low += 1
    return (low, number + 1 - low) if low else None
