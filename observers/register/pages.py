"""What the pages of one observer, organisation or constituency ask the database."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from elections.models import Constituency, Election, RunOff
from notifications.enums import LetterStatus
from observers.models import Badge
from observers.register.facets import counts
from organisations.models import NominationDecision, Organisation


def valid_until(pk: int, election: Election) -> datetime.datetime | None:
    """Until when the badge of this observer is valid; None where there is no valid one. Badges
    that stay valid for a run-off end with it."""
    badge = Badge.unscoped.valid().filter(application=pk).first()
    if badge is None:
        return None
    run_off = RunOff.objects.filter(election=election, badges_stay_valid=True).first()
    return max(badge.valid_until, run_off.badges_until) if run_off else badge.valid_until


def nomination_decisions(election: Election) -> QuerySet[NominationDecision]:
    """What was decided on nomination rights, the latest first. What was taken back before its
    letter left was never said."""
    decisions = NominationDecision.objects.filter(right__election=election)
    said = decisions.exclude(letter__status=LetterStatus.WITHDRAWN)
    return said.select_related("right__organisation", "ground").order_by("-decided_at", "-pk")


@dataclass(frozen=True)
class Counted:
    """How many are registered, and of how many the registration was cancelled since."""

    registered: int
    cancelled: int

    @property
    def all(self) -> int:
        return self.registered + self.cancelled


def counted(election: Election, **column: Any) -> Counted:
    found = counts(election, column, ["status"])["status"]
    return Counted(found.get("approved", 0), found.get("cancelled", 0))


def organisation(election: Election, key: UUID) -> Organisation | None:
    """One that the public knows of in this election: it has observers in the register, or its
    right was decided. Who has only applied is nobody's business."""
    found = Organisation.unscoped.filter(key=key).first()
    if found is None:
        return None
    is_decided = nomination_decisions(election).filter(right__organisation=found).exists()
    return found if is_decided or counted(election, organisation_id=found.pk).all else None


def organisations(election: Election) -> list[Organisation]:
    """All of those."""
    listed = counts(election, {}, ["organisation"])["organisation"]
    decided = nomination_decisions(election).order_by().values("right__organisation")
    return list(Organisation.unscoped.filter(Q(pk__in=[*filter(None, listed)]) | Q(pk__in=decided)))


def constituency(election: Election, number: int) -> Constituency | None:
    found = Constituency.objects.filter(election=election, number=number)
    known: Constituency | None = found.select_related("commission").first()
    return known
