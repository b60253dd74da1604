"""What an organisation's desk says: rows, next steps, filters, in words and links."""

import datetime
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.models import Election
from elections.templatetags.time_words import in_full
from observers.domain import desk
from observers.enums import Status
from observers.lifecycle import APPLICATION
from observers.models import Application
from organisations.enums import NominationStatus
from organisations.models import NominationRight

# As the filters show them: what needs the organisation first.
STATUSES = (
    Status.RETURNED, Status.DRAFT, Status.SUBMITTED, Status.UNDER_REVIEW, Status.APPROVED,
    Status.REFUSED, Status.WITHDRAWN, Status.LAPSED, Status.CANCELLED,
)  # fmt: skip


def election_choices(elections: list[Election], chosen: Election | None) -> list[dict[str, Any]]:
    """Links between the elections of the organisation; none where there is only one."""
    if len(elections) < 2:
        return []
    return [
        {
            "label": election.name,
            "url": "?" + urlencode({"election": election.slug}),
            "current": election == chosen,
            "count": None,
        }
        for election in elections
    ]


def closings(windows: Iterable[Any]) -> list[dict[str, Any]]:
    """When registration closes, those that close together said together.

    `windows` come from `open_windows`."""
    by_moment: dict[datetime.datetime, list[str]] = {}
    for window in windows:
        by_moment.setdefault(window.last_closes_at, []).append(str(window.get_scope_display()))
    return [
        {"moment": moment, "lead": _("%(scopes)s: until") % {"scopes": ", ".join(scopes)}}
        for moment, scopes in sorted(by_moment.items())
    ]


def right(row: NominationRight | None, *, may_apply: bool) -> dict[str, Any]:
    """The nomination right as the desk shows it: where it stands and the one thing to do."""
    if row is None:
        return {"begin": may_apply, "status": "not_started"}
    said = row.public_status()
    words = {
        NominationStatus.DRAFT: _("Continue the application"),
        NominationStatus.RETURNED: _("Correct the application"),
    }
    return {
        "status": row.status,
        "label": said["label"],
        "next": said["next_step"],
        "url": row.get_absolute_url(),
        "action": words.get(NominationStatus(row.status), _("See the application")),
        "due_at": row.due_at if row.status == NominationStatus.SUBMITTED else None,
        "receipt_number": row.receipt_number,
        "is_wanted": row.status in words,
        "begin": may_apply and row.status == NominationStatus.WITHDRAWN,
    }


def needs(
    counts: dict[str, int], *, granted: bool, open_now: bool, submit_url: str
) -> list[dict[str, Any]]:
    """What needs the organisation first: sentences, each with the people it means, or with the
    page where they are sent."""
    found: list[tuple[str, int, str]] = []
    if n := counts[Status.RETURNED]:
        sentence = ngettext(
            "%(n)d application was returned: correct it and send it again.",
            "%(n)d applications were returned: correct them and send them again.",
            n,
        )
        found.append((sentence, n, Status.RETURNED))
    if open_now and granted and (n := counts[desk.READY]):
        sentence = ngettext(
            "%(n)d draft is complete and ready to be sent.",
            "%(n)d drafts are complete and ready to be sent.",
            n,
        )
        found.append((sentence, n, desk.READY))
    if open_now and (n := counts[desk.WITHOUT_PHOTO]):
        sentence = ngettext("%(n)d draft has no photo.", "%(n)d drafts have no photo.", n)
        found.append((sentence, n, desk.WITHOUT_PHOTO))
    if n := counts[desk.DECLINED]:
        sentence = ngettext(
            "%(n)d observer has declined the nomination: talk to them, or withdraw the "
            "application.",
            "%(n)d observers have declined the nomination: talk to them, or withdraw the "
            "applications.",
            n,
        )
        found.append((sentence, n, desk.DECLINED))
    elsewhere = {desk.READY: submit_url}
    return [
        {"text": text % {"n": n}, "status": show, "url": elsewhere.get(show, "")}
        for text, n, show in found
    ]


def filters(counts: dict[str, int], *, show: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    """All, then each status that somebody is in; the search stays."""
    everybody = sum(counts[status] for status in STATUSES)
    choices = [("", _("All"), everybody)]
    choices += [
        (status.value, str(APPLICATION.texts[status].public), counts[status])
        for status in STATUSES
        if counts[status] or show == status
    ]
    for special, label in (
        (desk.READY, _("Complete drafts")),
        (desk.WITHOUT_PHOTO, _("Drafts without a photo")),
        (desk.DECLINED, _("Observers who declined")),
    ):
        if counts[special] or show == special:
            choices.append((special, label, counts[special]))
    return [
        {
            "label": label,
            "count": count,
            "current": value == show,
            "url": "?" + urlencode({k: v for k, v in (kept | {"status": value}).items() if v}),
        }
        for value, label, count in choices
    ]


def person(row: Any, *, granted: bool, now: datetime.datetime) -> dict[str, Any]:
    """One row: who, where, how it stands, what comes next and by when, and one thing to do."""
    action, url = _action(row, granted=granted, now=now)
    return {
        "name": str(row),
        "url": row.get_absolute_url(),
        "detail": str(row.constituency) if row.constituency else row.get_scope_display(),
        "photo_url": reverse("apply:photo", args=[row.key]) if row.photo else "",
        "status": row.status,
        "label": APPLICATION.texts[row.status].public,
        "next": _next(row, granted=granted, now=now),
        "action": action,
        "action_url": url,
    }


def _action(row: Any, *, granted: bool, now: datetime.datetime) -> tuple[str, str]:
    if row.status == Status.RETURNED:
        return _("Correct"), row.get_absolute_url()
    if row.status == Status.DRAFT and not desk.is_closed(row, now=now):
        if row.is_ready and granted:
            return _("Check and send"), reverse("apply:check", args=[row.key])
        if row.is_complete and granted:
            consent = reverse("apply:step", args=[row.key, "consent"])
            return _("Confirm and send"), f"{consent}?from=check"
        return _("Continue"), row.get_absolute_url()
    return _("View"), row.get_absolute_url()


def _next(row: Any, *, granted: bool, now: datetime.datetime) -> str:
    """The next step and its date, as one sentence."""
    said = {
        Status.DRAFT: (_draft_words(row, granted=granted, now=now), row.closing),
        Status.SUBMITTED: (_("To be decided by %(when)s."), row.due_at),
        Status.UNDER_REVIEW: (_("To be decided by %(when)s."), row.due_at),
        Status.RETURNED: (_("Correct it and send it again by %(when)s."), row.answer_by),
        Status.REFUSED: (_("An appeal is possible until %(when)s."), _appeal_until(row)),
    }
    sentence, moment = said.get(row.status, ("", None))
    if moment:
        return sentence % {"when": in_full(moment, row.election)}
    if row.status == Status.APPROVED:
        return _("Accreditation number %(number)s.") % {"number": row.accreditation_number}
    return str(APPLICATION.texts[row.status].next_step)


def _draft_words(row: Any, *, granted: bool, now: datetime.datetime) -> str:
    if desk.is_closed(row, now=now) and row.substitutes_id:
        return _("Not sent by %(when)s: whoever is registered stays so.")
    if desk.is_closed(row, now=now):
        return _("Registration closed on %(when)s; it was not sent.")
    if not row.is_complete:
        return _("Complete it and send it by %(when)s.")
    if not granted:
        return _("Complete. It can be sent with the nomination right, until %(when)s.")
    return _("Complete: send it by %(when)s.")


def _appeal_until(row: Application) -> datetime.datetime | None:
    return row.decision.appeal_until if row.decision else None
