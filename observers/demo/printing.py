"""The paper side of the demo's badges: what was printed together, who collected it, and the blanks
that it took.

A badge is named by its place in its commission's list until it has a key.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.copying import Columns, reserve_keys, sheet, take_in
from elections.models import Election
from observers.demo.accounts import Bench
from observers.demo.chance import make_key
from observers.demo.clock import DAY, HOUR, moment
from observers.enums import BadgeSize, BlankReason, PrintSheet, PrintStatus
from observers.models import (
    BlankMovement,
    Handover,
    HandoverLine,
    PrintBatch,
    PrintLine,
)

# From choosing the badges to having them on the table.
PREPARED_BEFORE = HOUR / 2
# A box of blanks.
BOX = 50
# One of so many evenings spoils a few.
SPOILING = 4


@dataclass
class Prints:
    """What one commission printed and handed over."""

    # By when it was printed: places of badges, each with its place in the order.
    evenings: dict[float, list[tuple[tuple[str, str], int]]] = field(default_factory=dict)
    # By evening and party: when they came for the badges.
    visits: dict[tuple[float, str], float] = field(default_factory=dict)
    # By evening, moment and who collected.
    handed: dict[tuple[float, float, str], list[int]] = field(default_factory=dict)
    commission: int = 0
    bench: Bench | None = None
    keys: Sequence[int] = ()
    chance: random.Random = field(default_factory=random.Random)
    now: float = 0.0

    def add(self, evening: float, place: int, order: tuple[str, str]) -> None:
        self.evenings.setdefault(evening, []).append((order, place))

    def collected(self, evening: float, person: Any, *, chance: random.Random) -> float:
        """When the badge was collected: those of a party all at once."""
        visitor = person.party or f"{person.application}"
        if (evening, visitor) not in self.visits:
            self.visits[evening, visitor] = evening + chance.uniform(0.6, 4) * DAY
        return self.visits[evening, visitor]

    def hand_over(self, evening: float, at: float, place: int, to_whom: str) -> None:
        self.handed.setdefault((evening, at, to_whom), []).append(place)

    def of(self, commission: int, bench: Bench, *, chance: random.Random, now: float) -> None:
        self.commission, self.bench, self.chance, self.now = commission, bench, chance, now

    def named(self, keys: Sequence[int]) -> None:
        """The keys of the badges, by their place."""
        self.keys = keys

    @staticmethod
    def store(election: Election, prints: Sequence["Prints"]) -> None:
        batches = iter(reserve_keys(PrintBatch, sum(len(each.evenings) for each in prints)))
        handovers = iter(reserve_keys(Handover, sum(len(each.handed) for each in prints)))
        rows: dict[type, list[Columns]] = defaultdict(list)
        for each in prints:
            keys = {evening: next(batches) for evening in each.evenings}
            each._batches(election, keys, rows)
            each._handovers(keys, handovers, rows)
            each._blanks(keys, rows)
        take_in(*(sheet(model, rows[model]) for model in _ORDER))

    def _who(self) -> int:
        return self.bench.reviewer.pk if self.bench else 0

    def _batches(
        self, election: Election, keys: dict[float, int], rows: dict[type, list[Columns]]
    ) -> None:
        """Long printed: their files are gone."""
        for evening, key in keys.items():
            begun = moment(evening - PREPARED_BEFORE)
            held = sorted(self.evenings[evening])
            rows[PrintBatch].append(
                {
                    "id": key,
                    "key": make_key(self.chance),
                    "election_id": election.pk,
                    "commission_id": self.commission,
                    "organisation_id": None,
                    "is_download": False,
                    "begun_by_id": self._who(),
                    "begun_at": begun,
                    "size": BadgeSize.LANYARD.value,
                    "sheet": PrintSheet.A4.value,
                    "chosen": "",
                    "count": len(held),
                    "status": PrintStatus.READY.value,
                    "ready_at": begun,
                    "printed_by_id": self._who(),
                    "printed_at": moment(evening),
                    "files_removed_at": moment(evening),
                    "attempts": 1,
                }
            )
            rows[PrintLine] += [
                {
                    "batch_id": key,
                    "badge_id": self.keys[place],
                    "position": position,
                    "part": 1,
                    "lacks_photo": False,
                    "is_printed": True,
                }
                for position, (_order, place) in enumerate(held, start=1)
            ]

    def _handovers(
        self, batches: dict[float, int], keys: Any, rows: dict[type, list[Columns]]
    ) -> None:
        for (evening, at, to_whom), places in self.handed.items():
            key = next(keys)
            rows[Handover].append(
                {
                    "id": key,
                    "key": make_key(self.chance),
                    "commission_id": self.commission,
                    "batch_id": batches[evening],
                    "to_whom": to_whom,
                    "at": moment(at),
                    "by_id": self._who(),
                    "recorded_at": moment(at),
                    "note": "",
                }
            )
            rows[HandoverLine] += [
                {"handover_id": key, "badge_id": self.keys[place]} for place in places
            ]

    def _blanks(self, batches: dict[float, int], rows: dict[type, list[Columns]]) -> None:
        """Enough for the beginning, and what each evening took of it."""
        used = sum(len(held) for held in self.evenings.values())
        if not used:
            return
        boxes = used // BOX + 2
        first = min(self.evenings) - 8 * HOUR
        rows[BlankMovement].append(
            self._moved(first, boxes * BOX, BlankReason.RECEIVED, batch=None)
        )
        for evening in sorted(batches):
            taken = len(self.evenings[evening])
            key = batches[evening]
            rows[BlankMovement].append(self._moved(evening, -taken, BlankReason.PRINTED, batch=key))
            if not self.chance.randrange(SPOILING):
                rows[BlankMovement].append(self._moved(evening, -1, BlankReason.SPOILED, batch=key))

    def _moved(self, at: float, change: int, why: BlankReason, *, batch: int | None) -> Columns:
        return {
            "commission_id": self.commission,
            "size": BadgeSize.LANYARD.value,
            "change": change,
            "why": why.value,
            "other_id": None,
            "batch_id": batch,
            "by_id": self._who(),
            "at": moment(at),
            "note": "",
        }


_ORDER: tuple[Any, ...] = (PrintBatch, PrintLine, Handover, HandoverLine, BlankMovement)
