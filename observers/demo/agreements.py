"""What the people whom organisations nominated have answered: most agreed, a few declined."""

import random

from accounts.copying import Columns
from observers.demo.chance import Weighted
from observers.demo.clock import HOUR, moment
from observers.enums import ObserverAnswer, Status

# What a column holds of somebody who was not asked.
NOT_ASKED: Columns = {
    "observer_asked_at": None,
    "observer_answer": "",
    "observer_answered_at": None,
}
SILENT, UNASKED = "", None
# Of a hundred who were entered, and of a hundred whose application was sent.
AMONG_DRAFTS = Weighted(
    [ObserverAnswer.AGREED.value, SILENT, ObserverAnswer.DECLINED.value, UNASKED], [40, 25, 2, 33]
)
AMONG_SENT = Weighted(
    [ObserverAnswer.AGREED.value, SILENT, ObserverAnswer.DECLINED.value, UNASKED], [86, 9, 1, 4]
)
# Asked by letter as soon as they are entered; most answer within hours, some the next day.
ASKED_WITHIN = HOUR / 3
USUAL_WAIT = 4 * HOUR


class Agreements:
    """Draws answers. No answer lies in the future; where one would, it has not come yet."""

    def __init__(self, *, now: float, chance: random.Random) -> None:
        self.now, self.chance = now, chance

    def draw(self, row: Columns, *, status: str, begun: float) -> Columns:
        """The columns of that row's answer, by the status it will have. Who applied themselves,
        and who has no document number yet, was not asked."""
        if row["organisation_id"] is None or not row["identity_index"]:
            return NOT_ASKED
        among = AMONG_DRAFTS if status == Status.DRAFT else AMONG_SENT
        answer = among.draw(self.chance)
        asked = begun + self.chance.uniform(60, ASKED_WITHIN)
        answered = asked + self.chance.expovariate(1 / USUAL_WAIT)
        if answer is UNASKED or asked >= self.now:
            return NOT_ASKED
        if answer == SILENT or answered >= self.now:
            return {**NOT_ASKED, "observer_asked_at": moment(asked)}
        return {
            "observer_asked_at": moment(asked),
            "observer_answer": answer,
            "observer_answered_at": moment(answered),
        }
