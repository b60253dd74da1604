"""The badge as its observer and their organisation see it: where it stands, whether they may
download it, and who of an organisation's observers has none yet. Read only.

The callers have made sure that the application is theirs who ask.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from elections.models import Election
from observers.domain import verification
from observers.domain.way_to_badge import is_settled
from observers.enums import VALID_BADGES, BadgeStatus, ObserverAnswer, Status
from observers.models import Application, Badge


def newest(application: Application) -> Badge | None:
    """The badge that counts, or the last that did. None before the first was issued."""
    found: Badge | None = Badge.unscoped.filter(application=application).order_by("-serial").first()
    return found


def ends_at(badge: Badge, election: Election) -> datetime.datetime:
    """What stands on it, or the end of the run-off for which the election keeps it valid."""
    return verification.end_of(badge.valid_until, election)


def valid_badge(application: Application, *, now: datetime.datetime) -> QuerySet[Badge]:
    """The one that is valid now, or none: a queryset, since badges are printed from one."""
    found: QuerySet[Badge] = Badge.unscoped.valid().filter(
        application=application, valid_from__lte=now
    )
    kept = verification.kept_until(application.election)
    return found if kept and now < kept else found.filter(valid_until__gt=now)


# --- Of an organisation --------------------------------------------------------------------------


class Standing(TextChoices):
    """How far it is with the badge of one who is registered."""

    WITHOUT = "without", _("No badge yet")
    ISSUED = "issued", _("Issued, not printed")
    PRINTED = "printed", _("Printed, to be collected")
    HANDED_OVER = "handed_over", _("Handed over")


_WITHOUT = Q(carried__isnull=True)
STANDINGS = {
    Standing.WITHOUT: _WITHOUT,
    Standing.ISSUED: Q(carried__status=BadgeStatus.ISSUED),
    Standing.PRINTED: Q(carried__status=BadgeStatus.PRINTED),
    Standing.HANDED_OVER: Q(carried__status=BadgeStatus.HANDED_OVER),
}


def with_badges(applications: QuerySet[Application]) -> QuerySet[Application]:
    """The registered ones of `applications`, with the status, serial and end of their badge."""
    valid = FilteredRelation("badges", condition=Q(badges__status__in=VALID_BADGES))
    registered = applications.filter(status=Status.APPROVED).annotate(carried=valid)
    found: QuerySet[Application] = registered.annotate(
        badge_status=F("carried__status"),
        badge_serial=F("carried__serial"),
        badge_until=F("carried__valid_until"),
    )
    return found


@dataclass(frozen=True)
class Counts:
    """Of those who are registered. `without` says why somebody has no badge yet."""

    registered: int
    standings: dict[str, int]
    without: dict[str, int]

    @property
    def with_badge(self) -> int:
        return self.registered - self.standings[Standing.WITHOUT]


def counts(rows: Any, election: Election) -> Counts:
    """`rows` come from `with_badges`."""
    consent = {name: where & _WITHOUT for name, where in _WHY_WITHOUT.items()}
    found = rows.order_by().aggregate(
        registered=Count("pk"),
        **{f"is_{name.value}": Count("pk", filter=where) for name, where in STANDINGS.items()},
        **{f"why_{name}": Count("pk", filter=where) for name, where in consent.items()},
    )
    standings = {name.value: found[f"is_{name.value}"] for name in Standing}
    without = {name: found[f"why_{name}"] for name in consent}
    if not _asks(election):
        without = dict.fromkeys(consent, 0)
    without["other"] = standings[Standing.WITHOUT] - sum(without.values())
    return Counts(found["registered"], standings, without)


# Whose own word is outstanding, where the election asks for it.
_WHY_WITHOUT = {
    "unanswered": Q(observer_answer=""),
    "declined": Q(observer_answer=ObserverAnswer.DECLINED),
}


def _asks(election: Election) -> bool:
    return bool(election.observer_consent != "not_asked")


def narrowed(rows: Any, *, show: str) -> Any:
    """Only those whose badge stands so, where `show` says how."""
    return rows.filter(STANDINGS[Standing(show)]) if show in Standing.values else rows


def waits_for_consent(application: Application) -> bool:
    """Whether only the observer's own word is missing for a badge to be issued."""
    return application.status == Status.APPROVED and not is_settled(application)
