"""Moments of the past, by days before polling and by the hours at which people are awake."""

import datetime
import random

from elections.models import Election
from observers.demo.chance import Weighted

DAY = 24 * 3600
HOUR = 3600


class Clock:
    """Draws moments as seconds since 1970, which are quick to reckon with.

    Days are counted as 24 hours that end `now`, not by the calendar: the newest lies
    `today_days` before polling, and none of it is in the future.
    """

    def __init__(
        self,
        election: Election,
        *,
        now: datetime.datetime,
        today_days: int,
        hour_weights: list[int],
        chance: random.Random,
    ) -> None:
        self.now = now.timestamp()
        self.today_days, self.chance = today_days, chance
        self.hours = Weighted(range(24), hour_weights)
        local = now.astimezone(election.zone)
        self.second_of_day = local.hour * HOUR + local.minute * 60 + local.second

    def within_day(self, day: int) -> float:
        """A moment on that day before polling, at an hour drawn by weight."""
        wanted = self.hours.draw(self.chance) * HOUR + self.chance.random() * HOUR
        start = self.now - (day - self.today_days + 1) * DAY
        return start + (wanted - self.second_of_day) % DAY


def moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
