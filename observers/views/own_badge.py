"""What is said of a badge to the observer who carries it, and to who nominated them."""

import datetime
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from elections.templatetags.time_words import in_full
from observers.domain import own_badges
from observers.enums import BadgeSize, BadgeStatus, ObserverAnswer, Status
from observers.lifecycle import BADGE
from observers.models import Application, Badge


@dataclass(frozen=True)
class BadgeWords:
    """`status` and `label` as a status is shown; `happens` is what it means and what comes next;
    `facts` stand on the badge; `downloads` are none where it cannot be downloaded."""

    status: str
    label: str
    happens: str
    facts: list[dict[str, str]] = field(default_factory=list)
    downloads: list[dict[str, str]] = field(default_factory=list)
    # Where the observer's own word is given, for who asks for it.
    consent_url: str = ""


def badge_words(
    application: Application, *, now: datetime.datetime, pdf_url: str, is_own_page: bool = False
) -> BadgeWords | None:
    """None where there is no badge to speak of. `pdf_url` is where it is downloaded; `is_own_page`:
    the observer reads it themselves, on the page where they answer."""
    badge = own_badges.newest(application)
    if badge is None or (application.status == Status.APPROVED and _is_awaited(badge, application)):
        return _awaited(application, is_own_page=is_own_page)
    ends = own_badges.ends_at(badge, application.election)
    valid = own_badges.valid_badge(application, now=now).exists()
    offered = valid and application.election.badge_download
    over = badge.status in (BadgeStatus.REVOKED, BadgeStatus.REPLACED)
    status = badge.status if valid or over else BadgeStatus.EXPIRED
    return BadgeWords(
        status=status,
        label=str(BADGE.texts[status].public),
        happens=_happens(status, application, offered=offered),
        facts=_facts(badge, application, ends),
        downloads=_downloads(pdf_url) if offered else [],
    )


def _is_awaited(badge: Badge, application: Application) -> bool:
    """The earlier one has ended, and the next waits for the observer's own word."""
    ended = badge.status == BadgeStatus.REVOKED
    return ended and own_badges.waits_for_consent(application)


def _awaited(application: Application, *, is_own_page: bool) -> BadgeWords | None:
    if application.status != Status.APPROVED:
        return None
    if not own_badges.waits_for_consent(application):
        return BadgeWords(
            "not_started",
            _("No badge yet"),
            _("The badge is to be issued by: %(commission)s.")
            % {"commission": application.commission.name},
        )
    return BadgeWords(
        "not_started",
        _("No badge yet"),
        _consent_outstanding(application, is_own_page=is_own_page),
        consent_url="" if is_own_page else _consent_url(application),
    )


def _consent_outstanding(application: Application, *, is_own_page: bool) -> str:
    if is_own_page:
        return _("You are registered. The badge is issued as soon as you agree.")
    if application.observer_answer == ObserverAnswer.DECLINED:
        return _("The observer has declined the nomination, so no badge is issued.")
    return _("The badge is issued as soon as the observer agrees to the nomination.")


def _consent_url(application: Application) -> str:
    if application.organisation is None:
        return ""
    query = urlencode({"election": application.election.slug})
    return f"{reverse('people:agreements', args=[application.organisation.key])}?{query}"


def _happens(status: str, application: Application, *, offered: bool) -> str:
    commission = {"commission": application.commission.name}
    if status == BadgeStatus.ISSUED and offered:
        return (
            _(
                "It is issued and valid. Download and print it, or collect it once it is printed: "
                "%(commission)s."
            )
            % commission
        )
    said = {
        BadgeStatus.ISSUED: _(
            "It is issued, and printed next. It is then collected from: %(commission)s."
        ),
        BadgeStatus.PRINTED: _("It is printed and can be collected from: %(commission)s."),
        BadgeStatus.HANDED_OVER: _(
            "It has been handed over. It is carried where it can be seen while observing. If it is "
            "lost, tell at once: %(commission)s."
        ),
        BadgeStatus.REVOKED: _("It is no longer valid. Hand it back to: %(commission)s."),
        BadgeStatus.REPLACED: _("A newer badge has taken its place."),
        BadgeStatus.EXPIRED: _("Its time is over. Nothing more happens."),
    }[BadgeStatus(status)]
    return said % commission


def _facts(badge: Badge, application: Application, ends: datetime.datetime) -> list[dict[str, str]]:
    return [
        {"label": _("Accreditation number"), "value": badge.number},
        {"label": _("Badge serial"), "value": str(badge.serial)},
        {"label": _("Valid until"), "value": in_full(ends, application.election)},
    ]


def _downloads(pdf_url: str) -> list[dict[str, str]]:
    return [
        {"label": str(size.label), "url": f"{pdf_url}?{urlencode({'size': size.value})}"}
        for size in BadgeSize
    ]


def in_a_row(row: Any) -> dict[str, str]:
    """Of one of `own_badges.with_badges`: look, label and what stands on the badge."""
    if row.badge_status is None:
        waits = own_badges.waits_for_consent(row)
        why = _consent_outstanding(row, is_own_page=False) if waits else ""
        label = _("No badge yet")
        return {"status": "not_started", "label": label, "next": why}
    label = str(own_badges.Standing(row.badge_status).label)
    said = _("Number %(number)s, serial %(serial)s.") % {
        "number": row.accreditation_number,
        "serial": row.badge_serial,
    }
    return {"status": row.badge_status, "label": label, "next": said}
