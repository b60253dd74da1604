"""Chance that repeats itself: the same seed draws the same."""

import random
import uuid
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

Value = TypeVar("Value")


def dice(seed: int, purpose: str) -> random.Random:
    """A source of its own for each purpose, so that one more draw here changes nothing there."""
    return random.Random(f"{seed}/{purpose}")  # noqa: S311 (invents people, guards nothing)


class Weighted(Generic[Value]):
    """Values of which one is drawn, the more often the heavier."""

    def __init__(self, values: Iterable[Value], weights: Iterable[float]) -> None:
        self.values: Sequence[Value] = list(values)
        self.sums = list(accumulate(weights))

    def draw(self, chance: random.Random) -> Value:
        return self.values[bisect(self.sums, chance.random() * self.sums[-1])]


def apportion(
    total: int, weights: Sequence[int], *, limits: Sequence[int] | None = None
) -> list[int]:
    """Whole shares of `total` in proportion to the weights (largest remainders), none above its
    limit. The limits must leave room for all of it."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return _within(shares, limits) if limits else shares


def _within(shares: list[int], limits: Sequence[int]) -> list[int]:
    kept = [min(share, limit) for share, limit in zip(shares, limits, strict=True)]
    left = sum(shares) - sum(kept)
    for place, limit in enumerate(limits):
        more = min(left, limit - kept[place])
        kept[place] += more
        left -= more
    return kept


def at_least_one(shares: list[int], weights: Sequence[int]) -> list[int]:
    """Give everybody with a weight one, taken from the largest share, while there are enough."""
    if sum(shares) < sum(1 for weight in weights if weight):
        return shares
    for place, weight in enumerate(weights):
        if weight and not shares[place]:
            shares[shares.index(max(shares))] -= 1
            shares[place] = 1
    return shares


def make_key(chance: random.Random) -> uuid.UUID:
    """A public key of a row."""
    return uuid.UUID(int=chance.getrandbits(128), version=4)
