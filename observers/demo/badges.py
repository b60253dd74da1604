"""What became of the badges: issued with the decision or the consent, printed by the commission
together with others, handed over, and now and then followed by another.

Each step does to the row what `observers/domain/badges.py` does, at a moment of the past.
"""

import random
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from accounts.copying import Columns, check_pending_constraints, reserve_keys, sheet, take_in
from elections.enums import Kind
from elections.models import Election
from observers.demo.accounts import Bench
from observers.demo.chance import Weighted
from observers.demo.clock import DAY, HOUR, moment
from observers.demo.printing import Prints
from observers.demo.registered import Registered, registered
from observers.enums import BadgeStatus, IssueReason
from observers.lifecycle import BADGE, CANCEL, HAND_OVER, ISSUE, PRINT, REPLACE
from observers.models import Badge, BadgeEvent

TARGETS = {transition.action: str(transition.target) for transition in BADGE.transitions}
# A commission prints twice a week, towards evening.
DAYS_BETWEEN_PRINTS = 4
EVENING = 16
# Of a thousand that were handed over.
REPLACED = 0.006
REASONS = Weighted(
    [IssueReason.LOST, IssueReason.DAMAGED, IssueReason.WRONG_NAME, IssueReason.NEW_PHOTO],
    [5, 2, 3, 1],
)
# So many badges are stored in one go.
CHUNK = 2000


@dataclass
class Life:
    """Rows of one commission's badges. A badge's key is its place here until it is stored."""

    badges: list[Columns] = field(default_factory=list)
    events: list[Columns] = field(default_factory=list)
    prints: Prints = field(default_factory=Prints)


class Badges:
    """Tells and stores the badges of all who were registered."""

    def __init__(
        self,
        election: Election,
        benches: dict[int, Bench],
        *,
        now: float,
        chance: random.Random,
    ) -> None:
        self.election, self.benches, self.now, self.chance = election, benches, now, chance
        self.ends = {kind: election.badges_valid_until(kind) for kind in Kind.values}

    def store(self) -> None:
        lives: list[Life] = []
        for key, people in groupby(registered(self.election), attrgetter("commission")):
            lives.append(self._live(key, people))
            if sum(len(life.badges) for life in lives) >= CHUNK:
                self._take_in(lives)
                lives = []
        self._take_in(lives)

    # --- What happened --------------------------------------------------------------------------

    def _live(self, commission: int, people: Iterable[Registered]) -> Life:
        life, evenings = Life(), self._evenings()
        bench = self.benches[commission]
        for person in people:
            self._tell(person, life, evenings, bench)
        life.prints.of(commission, bench, chance=self.chance, now=self.now)
        return life

    def _evenings(self) -> list[float]:
        """When the commission printed, from the opening until now."""
        since = min(window.opens_at for window in self.election.windows.all()).timestamp()
        first = since + self.chance.randrange(DAYS_BETWEEN_PRINTS) * DAY + EVENING * HOUR
        first += self.chance.uniform(0, HOUR)
        step = DAYS_BETWEEN_PRINTS * DAY
        return [first + n * step for n in range(int((self.now - first) // step) + 1)]

    def _tell(self, person: Registered, life: Life, evenings: list[float], bench: Bench) -> None:
        """The first badge, and each that followed it."""
        issued, why, before = person.issued, IssueReason.FIRST, None
        while issued < self._end(person):
            place = self._issue(person, life, issued, why, before, bench)
            lost = self._carry(person, life, place, evenings, bench)
            if lost is None:
                break
            issued, before = lost, place
            why = REASONS.draw(self.chance)
            self._step(life, place, REPLACE, lost, bench.reviewer.pk)
        if person.ended:
            at, actor, reason = person.ended
            self._end_with_the_registration(life, at, actor, reason)

    def _end(self, person: Registered) -> float:
        return person.ended[0] if person.ended else self.now

    def _issue(
        self,
        person: Registered,
        life: Life,
        at: float,
        why: IssueReason,
        before: int | None,
        bench: Bench,
    ) -> int:
        life.badges.append(
            {
                "application_id": person.application,
                "serial": 1 if before is None else life.badges[before]["serial"] + 1,
                "number": person.number,
                "kind": person.kind,
                "scope": person.scope,
                "constituency_id": person.constituency,
                "valid_from": moment(at),
                "valid_until": self.ends[person.kind],
                "replaces_id": before,
                "why": why.value,
                "status": BadgeStatus.ISSUED.value,
                "issued_at": moment(at),
            }
        )
        place = len(life.badges) - 1
        by = person.issued_by if before is None else bench.reviewer.pk
        self._event(life, place, ISSUE, at, by, "", BadgeStatus.ISSUED.value)
        return place

    def _carry(
        self,
        person: Registered,
        life: Life,
        place: int,
        evenings: list[float],
        bench: Bench,
    ) -> float | None:
        """Printed and handed over as far as there was time; when it was lost, if it was."""
        end, issued = self._end(person), life.badges[place]["issued_at"].timestamp()
        following = bisect(evenings, issued + HOUR / 2)
        if following >= len(evenings) or evenings[following] >= end:
            return None
        printed = evenings[following]
        self._step(life, place, PRINT, printed, bench.reviewer.pk)
        life.prints.add(printed, place, person.order)
        collected = life.prints.collected(printed, person, chance=self.chance)
        if collected >= end:
            return None
        self._step(life, place, HAND_OVER, collected, bench.reviewer.pk)
        life.prints.hand_over(printed, collected, place, person.collected_by)
        lost = collected + self.chance.uniform(0.5, 6) * DAY
        return lost if self.chance.random() < REPLACED and lost < end else None

    def _end_with_the_registration(self, life: Life, at: float, actor: int, reason: str) -> None:
        """As the database does it: the same act, the same author."""
        badge, place = life.badges[-1], len(life.badges) - 1
        self._event(
            life, place, CANCEL, at, actor, badge["status"], BadgeStatus.REVOKED.value, reason
        )
        badge["status"] = BadgeStatus.REVOKED.value

    def _step(self, life: Life, place: int, action: str, at: float, actor: int) -> None:
        badge = life.badges[place]
        self._event(life, place, action, at, actor, badge["status"], TARGETS[action])
        badge["status"] = TARGETS[action]

    def _event(
        self,
        life: Life,
        place: int,
        action: str,
        at: float,
        actor: int | None,
        status_from: str,
        status_to: str,
        reason: str = "",
    ) -> None:
        life.events.append(
            {
                "badge_id": place,
                "at": moment(at),
                "actor_id": actor,
                "action": action,
                "status_from": status_from,
                "status_to": status_to,
                "reason": reason,
            }
        )

    # --- Stored ---------------------------------------------------------------------------------

    def _take_in(self, lives: list[Life]) -> None:
        keys = iter(reserve_keys(Badge, sum(len(life.badges) for life in lives)))
        badges, events = [], []
        for life in lives:
            own = [next(keys) for _ in life.badges]
            for key, row in zip(own, life.badges, strict=True):
                before = row["replaces_id"]
                badges.append(
                    {"id": key, **row, "replaces_id": None if before is None else own[before]}
                )
            events += [{**row, "badge_id": own[row["badge_id"]]} for row in life.events]
            life.prints.named(own)
        events.sort(key=lambda row: row["at"])
        take_in(sheet(Badge, badges), sheet(BadgeEvent, events))
        Prints.store(self.election, [life.prints for life in lives])
        check_pending_constraints()
