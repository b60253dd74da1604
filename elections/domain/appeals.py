"""Until when a decision can be appealed against (art. 112)."""

import datetime

from elections.models import Commission


def appeal_deadline(commission: Commission, *, now: datetime.datetime) -> datetime.datetime:
    """The first moment at which an appeal is late: the end of the last day, in local time."""
    zone = commission.election.zone
    last_day = now.astimezone(zone).date() + datetime.timedelta(days=commission.days_to_appeal)
    following = last_day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time(), tzinfo=zone)
