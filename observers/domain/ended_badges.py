"""Which badges have ended before their time: what the revocation list is made of."""

import datetime
from dataclasses import dataclass, field

from elections.models import RunOff
from observers.enums import BadgeStatus
from observers.models import Badge


@dataclass(frozen=True)
class EndedBadges:
    """Ids of badges of all elections; `last` is the highest there is, 0 before the first.

    `run_offs`: ids of elections whose badges stay valid for the run-off, and until when.
    """

    last: int = 0
    revoked: list[int] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    run_offs: dict[int, datetime.datetime] = field(default_factory=dict)


def ended_badges() -> EndedBadges:
    """As the transaction sees it. Badges are read in one statement, so that none that is replaced
    meanwhile is missing from both lists; it reads those that have ended and the last, not all."""
    ended = Badge.unscoped.filter(status__in=[BadgeStatus.REVOKED, BadgeStatus.REPLACED])
    last = Badge.unscoped.order_by("-pk")[:1]
    columns = ("pk", "status")
    rows = list(ended.values_list(*columns).union(last.values_list(*columns), all=True))
    run_offs = RunOff.objects.filter(badges_stay_valid=True)
    return EndedBadges(
        last=max((pk for pk, _ in rows), default=0),
        revoked=sorted({pk for pk, status in rows if status == BadgeStatus.REVOKED}),
        replaced=sorted({pk for pk, status in rows if status == BadgeStatus.REPLACED}),
        run_offs=dict(run_offs.values_list("election", "badges_until")),
    )
