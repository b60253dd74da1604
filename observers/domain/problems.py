"""What is wrong and waits for somebody to notice: each list in one condition.

Every function narrows applications to those that belong on its list, with what the list shows of
each. None reads a row on its own.
"""

from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from elections.enums import ObserverConsent
from elections.models import Commission
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.enums import LIVE, VALID_BADGES, WAITING, BadgeStatus, ObserverAnswer, Status
from observers.models import Application, Badge, BadgeEvent, Claim

UNDELIVERABLE = (LetterStatus.FAILED, LetterStatus.HELD)


def without_badge(applications: QuerySet[Any]) -> QuerySet[Any]:
    """Registered, and agreed where the election asks the observer, but no valid badge. Adds when
    the last one was revoked, and why, where one was."""
    valid = Badge.unscoped.filter(application=OuterRef("pk"), status__in=VALID_BADGES)
    has_agreed = (
        Q(election__observer_consent=ObserverConsent.NOT_ASKED)
        | Q(organisation__isnull=True)
        | Q(observer_answer=ObserverAnswer.AGREED)
    )
    ended = BadgeEvent.objects.filter(badge__application=OuterRef("pk"))
    last = ended.filter(status_to=BadgeStatus.REVOKED).order_by("-pk")
    return applications.filter(~Exists(valid), has_agreed, status=Status.APPROVED).annotate(
        revoked_at=Subquery(last.values("at")[:1]),
        revoked_because=Subquery(last.values("reason")[:1]),
    )


def overdue(applications: QuerySet[Any]) -> QuerySet[Any]:
    return applications.filter(status__in=WAITING, due_at__lt=Now())


def not_reached(applications: QuerySet[Any]) -> QuerySet[Any]:
    """A letter about it could not be delivered or has no address to go to. Adds kind and status of
    the newest such letter and when it was written, and how many there are."""
    failed = Letter.unscoped.filter(status__in=UNDELIVERABLE).exclude(reference="")
    these = failed.filter(reference=OuterRef("receipt_number")).order_by()
    newest = these.order_by("-written_at", "-pk")
    return applications.filter(receipt_number__in=failed.values("reference")).annotate(
        letter_kind=Subquery(newest.values("kind")[:1]),
        letter_status=Subquery(newest.values("status")[:1]),
        letter_written_at=Subquery(newest.values("written_at")[:1]),
        letters=Subquery(these.values("reference").annotate(n=Count("pk")).values("n")),
    )


def without_photo(applications: QuerySet[Any]) -> QuerySet[Any]:
    """The file of the photo was looked for and not found. Adds when that was noticed."""
    return applications.filter(missing_photo__isnull=False, status__in=LIVE).annotate(
        noticed_at=F("missing_photo__noticed_at")
    )


def forgotten(applications: QuerySet[Any]) -> QuerySet[Any]:
    """Claimed by somebody whose claim has run out, and still waiting. Adds who it was, and when
    they took it."""
    return applications.filter(claim__expires_at__lte=Now(), status__in=WAITING).annotate(
        claimed_by=F("claim__reviewer__full_name"),
        claimed_at=F("claim__claimed_at"),
        ran_out_at=F("claim__expires_at"),
    )


def free(applications: QuerySet[Any]) -> int:
    """Take what was forgotten off the desks of those who have it; how many there were. What has
    been taken up again meanwhile stays."""
    run_out = Claim.objects.filter(application__in=applications.values("pk"))
    return int(run_out.filter(expires_at__lte=Now()).delete()[0])


LISTS = {
    "without_badge": without_badge,
    "overdue": overdue,
    "not_reached": not_reached,
    "without_photo": without_photo,
    "forgotten": forgotten,
}


def counts(commission: Commission) -> dict[str, int]:
    """How many of the commission's applications are on each list."""
    theirs = Application.unscoped.filter(commission=commission)
    return {name: narrow(theirs).count() for name, narrow in LISTS.items()}
