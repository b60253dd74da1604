"""Who is registered, or was: whose badges are told next (`observers/demo/badges.py`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.names import sort_key
from elections.enums import ObserverConsent
from elections.models import Election
from observers.enums import PUBLIC, ObserverAnswer, Status
from observers.lifecycle import APPROVE, CANCEL
from observers.models import Application, ApplicationEvent

# When a registration ended, by whom and why.
Ending = tuple[float, int, str]
# After every organisation.
LAST = "\uffff"

_READ = (
    "pk", "commission", "accreditation_number", "kind", "scope", "constituency",
    "organisation__name", "applicant__full_name", "surname", "given_name", "sort_key",
    "decided_at", "decision__proposed_by", "observer_answered_at",
)  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """One observer who should have a badge, and until when."""

    application: int
    commission: int
    number: str
    kind: str
    scope: str
    constituency: int | None
    # Who collects the badge: of the organisation whoever filed it, else the observer.
    party: str
    collected_by: str
    order: tuple[str, str]
    issued: float
    issued_by: int | None
    # None if it has not.
    ended: Ending | None


def registered(election: Election) -> Iterator[Registered]:
    """Commission by commission, all who are registered or were, and have agreed where asked."""
    agreed = Q(organisation__isnull=True) | Q(observer_answer=ObserverAnswer.AGREED)
    asked = election.observer_consent != ObserverConsent.NOT_ASKED
    found = Application.unscoped.filter(election=election, status__in=PUBLIC).filter(
        agreed if asked else Q()
    )
    endings, approvals = _of_those_cancelled(election)
    for row in found.order_by("commission", "pk").values(*_READ).iterator():
        ended = endings.get(row["pk"])
        decided = row["decided_at"].timestamp(), row["decision__proposed_by"]
        decided = approvals.get(row["pk"], decided)
        answered = row["observer_answered_at"] if asked else None
        consented = answered.timestamp() if answered else 0.0
        if ended is None or consented < ended[0]:
            yield _person(row, decided, consented, ended)


def _of_those_cancelled(
    election: Election,
) -> tuple[dict[int, Ending], dict[int, tuple[float, int]]]:
    """When each ended, by whom and why; and when it had been approved, by whom."""
    told = ApplicationEvent.objects.filter(
        application__election=election, application__status=Status.CANCELLED
    ).order_by("at")
    steps = told.filter(action__in=(APPROVE, CANCEL)).values_list(
        "application_id", "action", "at", "actor_id", "reason"
    )
    endings: dict[int, Ending] = {}
    approvals: dict[int, tuple[float, int]] = {}
    for key, action, at, actor, reason in steps:
        if action == CANCEL:
            endings[key] = (at.timestamp(), actor, reason)
        else:
            approvals[key] = (at.timestamp(), actor)
    return endings, approvals


def _person(
    row: dict[str, Any],
    decided: tuple[float, int],
    consented: float,
    ended: Ending | None,
) -> Registered:
    party = row["organisation__name"] or ""
    own = f"{row['given_name']} {row['surname']}"
    approved, by = decided
    return Registered(
        application=row["pk"],
        commission=row["commission"],
        number=row["accreditation_number"],
        kind=row["kind"],
        scope=row["scope"],
        constituency=row["constituency"],
        party=party,
        collected_by=row["applicant__full_name"] if party else own,
        order=(sort_key(party) if party else LAST, row["sort_key"]),
        issued=max(approved, consented),
        # With the consent, which comes without anybody of the commission.
        issued_by=by if approved >= consented else None,
        ended=ended,
    )
