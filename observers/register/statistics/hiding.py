"""Which counts of the groups may be shown. The pages and files of an election share this one
answer: a count that is hidden in one place is hidden in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from observers.register.statistics.facts import Group
from observers.register.statistics.withholding import Hidden, withhold

Key = TypeVar("Key", str, int)


@dataclass(frozen=True)
class Public:
    """Of one group, what is not in the register anyway.

    Who is registered, and whose registration was cancelled, everybody can count there by kind, by
    constituency and by organisation: hiding it would hide nothing.
    """

    refused: int | Hidden
    first_refused: int | Hidden
    returned: int | Hidden
    was_returned: int | Hidden
    waiting: int | Hidden


def public(groups: Mapping[Key, Group]) -> dict[Key, Public]:
    """Their sums are known: those of the whole election are always shown. Whoever asks, and in
    whatever order, is told the same."""
    counted = sorted(key for key, group in groups.items() if group.received)
    lines = withhold([_counts(groups[key]) for key in counted])
    found = {key: _public(*line) for key, line in zip(counted, lines, strict=True)}
    return {key: found.get(key, Public(0, 0, 0, 0, 0)) for key in groups}


def _counts(group: Group) -> tuple[int, ...]:
    return (
        group.refused, group.first_refused, group.returned, group.was_returned, group.waiting,
    )  # fmt: skip


def _public(
    refused: int | Hidden,
    first_refused: int | Hidden,
    returned: int | Hidden,
    was_returned: int | Hidden,
    waiting: int | Hidden,
) -> Public:
    """Who was refused and who still is are almost the same: the one would tell the other."""
    if isinstance(first_refused, Hidden) and not isinstance(refused, Hidden):
        refused = Hidden.WITHHELD
    elif isinstance(refused, Hidden) and not isinstance(first_refused, Hidden):
        first_refused = Hidden.WITHHELD
    return Public(refused, first_refused, returned, was_returned, waiting)
