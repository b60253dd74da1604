"""What the verification page asks the database beside the badges themselves."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from elections.models import Constituency, Election
from observers.domain.verification import Place
from observers.models import Application

# Badges of internationals outlast polling by a month, a run-off follows within weeks.
KEPT = datetime.timedelta(days=90)


@dataclass(frozen=True)
class Ground:
    """An election whose badges are checked, and where."""

    election: Election
    constituencies: list[Constituency]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Values as the cookie of the place has them."""
        here = self.election.pk
        return [(f"{here}-{each.number}", str(each)) for each in self.constituencies]


def grounds() -> list[Ground]:
    """Published elections that are not long over, the latest first."""
    return [
        Ground(election, list(election.constituencies.all()))
        for election in _current().prefetch_related("constituencies")
    ]


def is_current(place: Place) -> bool:
    """Whether it can be chosen now: who chose a place in an election that is over has chosen none
    in this one."""
    if place.constituency == 0:
        return True
    here = Constituency.objects.filter(election=place.election, number=place.constituency)
    return bool(here.filter(election__in=_current()).exists())


def _current() -> Any:
    since = timezone.localdate() - KEPT
    return Election.objects.published().filter(polling_on__gte=since)


def pictured(key: int) -> Application:
    """Raises Application.DoesNotExist."""
    public = Application.unscoped.public().only("pk", "photo")
    application: Application = public.get(pk=key)
    return application
