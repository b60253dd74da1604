"""What the desk shows beside the decision. One function, so that every page of the desk shows the
same: `shown`, and a partial in `templates/admin/review/panels/` for each of its keys."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from observers import permissions
from observers.domain import changes, conversation, pages, recusals
from observers.domain.checks import Finding, run_checks
from observers.domain.duplicates import likenesses, look_alikes
from observers.enums import CheckOutcome
from observers.models import Application, ApplicationDocument

# A finding looks like a status that everybody knows.
LOOKS = {
    CheckOutcome.PASSED: "approved",
    CheckOutcome.ATTENTION: "returned",
    CheckOutcome.FAILED: "refused",
}


@dataclass(frozen=True)
class Checked:
    """The findings, those first that somebody has to look at."""

    to_look_at: list[dict[str, Any]]
    in_order: list[dict[str, Any]]


@dataclass(frozen=True)
class Shown:
    """One document, and the addresses of the pictures it is shown by. `more`: so many pages of it
    are not shown."""

    document: ApplicationDocument
    url: str
    pictures: list[str]
    more: int = 0


def shown(row: Application, *, user: User, now: datetime.datetime) -> dict[str, Any]:
    """For the panels. The row comes with its election, window, commission and organisation; what
    the user may not see or do is None or empty."""
    history = bool(permissions.may(user, "history", row))
    files = bool(permissions.may(user, "files", row))
    like = likenesses([row])
    messages = list(row.messages.select_related("author")) if history else None
    return {
        "checks": checked(run_checks([row], now=now, like=like)[row.pk]),
        "changes": changes.since_returned(row),
        "documents": documents(row) if files else None,
        "notes": list(row.internal_notes.select_related("author")) if history else None,
        "messages": messages,
        "has_answered": bool(messages) and not messages[-1].from_commission,
        "look_alikes": look_alikes(row, like[row.pk]),
        "recusals": recusals.of(row),
        "may_write": not conversation.why_commission_may_not(user, row),
        "may_note": bool(permissions.may(user, "review", row)),
        "may_stand_aside": recusals.may_stand_aside(user, row)
        and not permissions.has_stood_aside(user, row),
    }


def checked(findings: list[Finding]) -> Checked:
    told = [{"finding": finding, "looks": LOOKS[finding.outcome]} for finding in findings]
    passed = [one for one in told if one["finding"].outcome == CheckOutcome.PASSED]
    others = [one for one in told if one["finding"].outcome != CheckOutcome.PASSED]
    others.sort(key=lambda one: one["finding"].outcome != CheckOutcome.FAILED)
    return Checked(others, passed)


def documents(row: Application) -> list[Shown]:
    """The attached documents, as they are shown within the page."""
    filed = list(row.documents.select_related("answers"))
    pages.count(filed)
    return [_shown(row, document) for document in filed]


def _shown(row: Application, document: ApplicationDocument) -> Shown:
    url = reverse("apply:document", args=[row.key, document.key])
    if document.content_type != pages.PDF:
        return Shown(document, url, [url])
    number = document.pages or 0
    drawn = range(1, min(number, pages.MOST_PAGES) + 1)
    pictures = [
        reverse("admin:observers_application_page", args=[row.pk, document.key, page])
        for page in drawn
    ]
    return Shown(document, url, pictures, more=max(0, number - pages.MOST_PAGES))
