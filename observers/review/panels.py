"""What the desk shows beside the decision. One function, so that every page of the desk shows the
same: `shown`, and a partial in `templates/admin/review/panels/` for each of its keys."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

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
    """One file: what it is, and the addresses of the pictures it is shown by. `pages` is None for
    a picture; `more`: so many pages are not shown."""

    title: str
    name: str
    size: int
    pages: int | None
    url: str
    pictures: list[str]
    more: int = 0


def shown(row: Application, *, user: User, now: datetime.datetime) -> dict[str, Any]:
    """For the panels. The row comes with its election, window, commission and organisation; what
    the user may not see or do is None or empty."""
    history = bool(permissions.may(user, "history", row))
    files = bool(permissions.may(user, "files", row))
    like = likenesses([row])
    messages = list(row.messages.select_related("author")) if history else []
    return {
        "checks": checked(run_checks([row], now=now, like=like)[row.pk]),
        "changes": changes.since_returned(row),
        "documents": documents(row) if files else None,
        "notes": list(row.internal_notes.select_related("author")) if history else None,
        "messages": messages if history else None,
        "has_answered": bool(messages) and not messages[-1].from_commission,
        "look_alikes": look_alikes(row, like[row.pk]),
        "recusals": recusals.of(row),
        "may_write": not conversation.why_commission_may_not(user, row),
        "may_note": bool(permissions.may(user, "review", row)),
        "may_stand_aside": recusals.may_stand_aside(user, row)
        and not permissions.has_stood_aside(user, row),
    }


def checked(findings: list[Finding]) -> Checked:
    first = sorted(findings, key=lambda finding: finding.outcome != CheckOutcome.FAILED)
    return Checked(
        [_told(finding) for finding in first if finding.outcome != CheckOutcome.PASSED],
        [_told(finding) for finding in findings if finding.outcome == CheckOutcome.PASSED],
    )


def _told(finding: Finding) -> dict[str, Any]:
    return {"finding": finding, "looks": LOOKS[finding.outcome]}


def documents(row: Application) -> list[Shown]:
    """The attached files, as they are shown within the page; first the scan of what came on
    paper."""
    filed = list(row.documents.select_related("answers"))
    pages.count(filed)
    return [*_scan(row), *(_document(row, document) for document in filed)]


def _scan(row: Application) -> list[Shown]:
    form = getattr(row, "paper_form", None) if row.paper_received_at else None
    if form is None:
        return []
    url = reverse("admin:observers_paperapplication_scan", args=[row.pk])
    title, name = _("Scan of the paper form"), "admin:observers_paperapplication_scan_page"
    return [shown_as(title, form, url, lambda page: reverse(name, args=[row.pk, page]))]


def _document(row: Application, document: ApplicationDocument) -> Shown:
    url = reverse("apply:document", args=[row.key, document.key])
    name = "admin:observers_application_page"
    return shown_as(
        document.answers.title,
        document,
        url,
        lambda page: reverse(name, args=[row.pk, document.key, page]),
    )


def shown_as(title: str, file: Any, url: str, picture: Callable[[int], str]) -> Shown:
    is_pdf = file.content_type == pages.PDF
    number = file.pages or 0
    drawn = range(1, min(number, pages.MOST_PAGES) + 1)
    return Shown(
        title=title,
        name=file.original_name,
        size=file.size,
        pages=number if is_pdf else None,
        url=url,
        pictures=[picture(page) for page in drawn] if is_pdf else [url],
        more=max(0, number - pages.MOST_PAGES) if is_pdf else 0,
    )
