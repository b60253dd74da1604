"""What happened to an application, and when: from its status today back to its beginning."""

import itertools
import random
from typing import Any

from observers.demo.clock import HOUR
from observers.enums import WAITING, Status
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN, SUBMIT, TAKE_UP, WITHDRAW

BEGIN = "begin"
MINUTE = 60
# A way back and forth takes some hours; a shorter one is not told.
SHORTEST_RETURN = 6 * HOUR

Steps = list[tuple[str, float]]


class Histories:
    """Draws histories. No step of them lies in the future."""

    def __init__(self, habits: dict[str, Any], *, now: float, chance: random.Random) -> None:
        self.habits, self.now, self.chance = habits, now, chance
        self.curve = [(point["hours"] * HOUR, point["share"]) for point in habits["after_hours"]]
        self.inverse = [(share, wait) for wait, share in self.curve]

    def draw(self, status: str, arrived: float, *, came_back: bool = False) -> Steps:
        """Steps (action, moment) in order of time. A draft arrives when it is begun, all others
        when they are submitted. `came_back`: if it waits, certainly after a correction."""
        if status == Status.DRAFT:
            return [(BEGIN, arrived)]
        begun = arrived - self.chance.uniform(4 * MINUTE, 45 * MINUTE)
        if status in WAITING and (came_back or self._has_come_back(arrived)):
            rest = self._corrected(status, arrived)
        else:
            rest = self._rest(status, arrived)
        return [(BEGIN, begun), (SUBMIT, arrived), *rest]

    def _corrected(self, status: str, submitted: float) -> Steps:
        """Returned, sent again, and waiting since."""
        moments = sorted(self.chance.uniform(submitted, self.now) for _ in range(4))
        way = [*zip((TAKE_UP, RETURN, SUBMIT, TAKE_UP), moments, strict=True)]
        return way if status == Status.UNDER_REVIEW else way[:3]

    def _rest(self, status: str, submitted: float) -> Steps:
        if status == Status.WITHDRAWN:
            return [(WITHDRAW, self._after(submitted, "withdrawn_after_hours"))]
        if status == Status.UNDER_REVIEW:
            return [(TAKE_UP, self._after(submitted, "claimed_after_hours"))]
        if status == Status.RETURNED:
            taken_up = self._after(submitted, "claimed_after_hours")
            return [(TAKE_UP, taken_up), (RETURN, self._between(taken_up, self.now, HOUR, 30))]
        if status in (Status.APPROVED, Status.REFUSED, Status.CANCELLED):
            return self._decided(status, submitted)
        return []

    def _decided(self, status: str, submitted: float) -> Steps:
        decided = self._decision_after(submitted)
        if status == Status.REFUSED:
            return [(TAKE_UP, self._claim(submitted, decided)), (REFUSE, decided)]
        way = self._way_to_approval(submitted, decided)
        if status == Status.CANCELLED:
            way.append((CANCEL, self._after(decided, "cancelled_after_hours")))
        return way

    def _way_to_approval(self, submitted: float, decided: float) -> Steps:
        came_back = self.chance.random() < self.habits["returned_once_share"]
        if not came_back or decided - submitted < SHORTEST_RETURN:
            return [(TAKE_UP, self._claim(submitted, decided)), (APPROVE, decided)]
        moments = sorted(self.chance.uniform(submitted, decided) for _ in range(4))
        return [*zip((TAKE_UP, RETURN, SUBMIT, TAKE_UP), moments, strict=True), (APPROVE, decided)]

    def _has_come_back(self, submitted: float) -> bool:
        came_back = self.chance.random() < self.habits["returned_once_share"]
        return came_back and self.now - submitted >= SHORTEST_RETURN

    def _claim(self, submitted: float, decided: float) -> float:
        """Taken up within the usual time, and before the decision."""
        low, high = (hours * HOUR for hours in self.habits["claimed_after_hours"])
        return submitted + min(self.chance.uniform(low, high), (decided - submitted) * 0.9)

    def _after(self, start: float, habit: str) -> float:
        low, high = (hours * HOUR for hours in self.habits[habit])
        return self._within(start, self.chance.uniform(low, high))

    def _between(self, start: float, end: float, low: float, hours: float) -> float:
        return min(self._within(start, self.chance.uniform(low, hours * HOUR)), end)

    def _within(self, start: float, wait: float) -> float:
        """After that wait; if it is not over yet, at some moment of the time there was."""
        age = self.now - start
        return start + (wait if wait < age else age * self.chance.uniform(0.2, 0.95))

    def _decision_after(self, submitted: float) -> float:
        """By the curve of distribution.toml, among the waits that are over by now."""
        age = self.now - submitted
        drawn = self.chance.random() * self._share_by(age)
        if not drawn:
            return submitted + age * self.chance.uniform(0.3, 0.95)
        return submitted + min(self._wait_at(drawn), age)

    def _share_by(self, wait: float) -> float:
        return _interpolate(self.curve, wait)

    def _wait_at(self, share: float) -> float:
        return _interpolate(self.inverse, share)


def _interpolate(points: list[tuple[float, float]], at: float) -> float:
    """The value between two points, level outside them."""
    if at <= points[0][0]:
        return points[0][1]
    for (x, y), (next_x, next_y) in itertools.pairwise(points):
        if at <= next_x:
            return y + (next_y - y) * (at - x) / (next_x - x)
    return points[-1][1]
