"""What the pages of sending many say: rows, reasons, and what holds others back."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.models import Election
from observers.domain import desk
from observers.domain.sending import Held
from observers.domain.submissions import Refused
from observers.enums import Status
from observers.models import Application, SubmissionLine
from organisations.models import Organisation

# So many reasons are shown at once where nothing could be sent; all of them are on a receipt.
SHOWN = 200


def way_to_desk(organisation: Organisation) -> list[dict[str, str]]:
    return [{"label": organisation.shown_name, "url": organisation.get_absolute_url()}]


def held(found: Held, organisation: Organisation, election: Election) -> list[dict[str, str]]:
    """What holds other drafts back, each with the list of those it means."""
    sentences = [
        (
            found.without_photo,
            ngettext("%(n)d draft has no photo", "%(n)d drafts have no photo", found.without_photo),
            desk.WITHOUT_PHOTO,
        ),
        (
            found.incomplete,
            ngettext("%(n)d lacks other answers", "%(n)d lack other answers", found.incomplete),
            Status.DRAFT,
        ),
        (
            found.not_agreed,
            ngettext(
                "%(n)d observer has not agreed yet",
                "%(n)d observers have not agreed yet",
                found.not_agreed,
            ),
            "",
        ),
        (
            found.closed,
            ngettext(
                "for %(n)d draft registration is not open",
                "for %(n)d drafts registration is not open",
                found.closed,
            ),
            Status.DRAFT,
        ),
    ]
    return [
        {"text": sentence % {"n": count}, "url": _list_of(show, organisation, election)}
        for count, sentence, show in sentences
        if count
    ]


def _list_of(show: str, organisation: Organisation, election: Election) -> str:
    """The desk's list of them; of those who have not agreed, the page of agreements."""
    kept = {"election": election.slug} | ({"status": show} if show else {})
    page = reverse("people:desk" if show else "people:agreements", args=[organisation.key])
    return f"{page}?{urlencode(kept)}"


def person(row: Application) -> dict[str, Any]:
    """One that can be sent."""
    returned = row.status == Status.RETURNED
    return {
        "key": row.key,
        "name": str(row),
        "url": row.get_absolute_url(),
        "place": _place(row),
        "in_place_of": row.substitutes.full_name if row.substitutes and not returned else "",
        "status": row.status,
        "label": _("Corrected") if returned else _("Draft"),
    }


def refused(found: Iterable[Refused]) -> list[dict[str, str]]:
    """Who was not taken, and why: the first of them."""
    return [
        {"name": str(row), "url": row.get_absolute_url(), "reason": reason}
        for row, reason in list(found)[:SHOWN]
    ]


def line(row: SubmissionLine) -> dict[str, str]:
    """One of a receipt. The number is the application's own."""
    application = row.application
    return {
        "name": str(application),
        "url": application.get_absolute_url(),
        "place": _place(application),
        "number": application.receipt_number or "",
        "reason": row.reason,
    }


def _place(row: Application) -> str:
    return str(row.constituency) if row.constituency else str(row.get_scope_display())
