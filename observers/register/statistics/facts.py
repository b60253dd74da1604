"""The sums that all statistics of an election are made from. Pure: from JSON and back."""

import datetime
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from observers.enums import WAITING, Status
from observers.register.statistics.chance import Share


@dataclass(frozen=True)
class Group:
    """The applications of one kind of nominator, of one commission, or all of them.

    How many stand how now; and how they were first decided, whatever an appeal or a cancellation
    has changed since. Times are seconds from the application to that first decision; they are None
    where there is nothing to say them of.
    """

    submitted: int = 0
    under_review: int = 0
    returned: int = 0
    approved: int = 0
    refused: int = 0
    cancelled: int = 0
    first_approved: int = 0
    first_refused: int = 0
    # Of those, decided after the last day the law allows; and not decided though it has passed.
    late: int = 0
    overdue: int = 0
    # Decided or returned at least once; of those, returned.
    looked_at: int = 0
    was_returned: int = 0
    # Took longer to decide than half of all did.
    slow: int = 0
    median: float | None = None
    ninety: float | None = None
    # Where the median lies with 95 %.
    median_low: float | None = None
    median_high: float | None = None

    @property
    def waiting(self) -> int:
        return sum(getattr(self, status) for status in WAITING)

    @property
    def received(self) -> int:
        """All that was sent and not withdrawn."""
        decided = self.approved + self.refused + self.cancelled
        return self.waiting + self.returned + decided

    @property
    def decided(self) -> int:
        return self.first_approved + self.first_refused

    @property
    def refusals(self) -> Share:
        return Share(self.first_refused, self.decided)

    @property
    def returns(self) -> Share:
        return Share(self.was_returned, self.looked_at)

    @property
    def lateness(self) -> Share:
        """Whoever never decides is late as well, once the time has passed."""
        return Share(self.late + self.overdue, self.decided + self.overdue)

    @property
    def slowness(self) -> Share:
        return Share(self.slow, self.decided)


@dataclass(frozen=True)
class Refusals:
    """First refusals on one ground, of one kind of nominator."""

    ground: int
    kind: str
    count: int


@dataclass(frozen=True)
class Facts:
    """Keys are primary keys, kinds and statuses."""

    everything: Group = Group()
    kinds: dict[str, Group] = field(default_factory=dict)
    commissions: dict[int, Group] = field(default_factory=dict)
    # By the day of registration, in the election's zone; cancelled ones included.
    days: dict[datetime.date, int] = field(default_factory=dict)
    # Registered now: for one constituency, and through an organisation.
    constituencies: dict[int, int] = field(default_factory=dict)
    organisations: dict[int, int] = field(default_factory=dict)
    refusals: list[Refusals] = field(default_factory=list)
    # By what became of them.
    appeals: dict[str, int] = field(default_factory=dict)

    @property
    def registered(self) -> int:
        return self.everything.approved

    def as_json(self) -> dict[str, Any]:
        stored = asdict(self)
        stored["days"] = {day.isoformat(): count for day, count in self.days.items()}
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(
            everything=Group(**stored["everything"]),
            kinds={kind: Group(**group) for kind, group in stored["kinds"].items()},
            commissions={int(key): Group(**group) for key, group in stored["commissions"].items()},
            days={datetime.date.fromisoformat(day): n for day, n in stored["days"].items()},
            constituencies={int(key): n for key, n in stored["constituencies"].items()},
            organisations={int(key): n for key, n in stored["organisations"].items()},
            refusals=[Refusals(**row) for row in stored["refusals"]],
            appeals=stored["appeals"],
        )


STATUSES = (
    Status.SUBMITTED,
    Status.UNDER_REVIEW,
    Status.RETURNED,
    Status.APPROVED,
    Status.REFUSED,
    Status.CANCELLED,
)
