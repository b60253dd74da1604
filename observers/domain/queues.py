"""What marks an application of a queue, as conditions that any list can be asked for."""

import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from observers.enums import WAITING, Status
from observers.models import ApplicationEvent, Claim, Proposal


def came_back() -> Q:
    """Waits again after it was returned and corrected."""
    sent_again = ApplicationEvent.objects.filter(
        application=OuterRef("pk"), status_from=Status.RETURNED, status_to=Status.SUBMITTED
    )
    return Q(Exists(sent_again), status__in=WAITING)


def waits_for_a_second_person(*, proposed_by: User | None = None) -> Q:
    """Something is proposed for it, by that person where one is named, and not settled."""
    proposals = Proposal.unscoped.open().filter(application=OuterRef("pk"))
    if proposed_by:
        proposals = proposals.filter(proposed_by=proposed_by)
    return Q(Exists(proposals))


def on_desk_of(reviewer: User) -> Q:
    held = Claim.objects.held().filter(application=OuterRef("pk"), reviewer=reviewer)
    return Q(Exists(held), status__in=WAITING)


def decided_by(person: User, *, since: datetime.datetime) -> Q:
    """By whom the decision in force was made: alone, or as the second of two."""
    alone = Q(decision__confirmed_by__isnull=True, decision__proposed_by=person)
    return (Q(decision__confirmed_by=person) | alone) & Q(decision__decided_at__gte=since)
