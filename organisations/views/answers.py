"""An application for a nomination right in words: its tasks, its answers, its decision."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.countries import country_name
from elections.models import RequiredDocument
from elections.texts import in_language
from organisations.domain import nominations
from organisations.models import NominationDocument, NominationRight, Organisation


def step_url(right: NominationRight, step: str) -> str:
    return reverse(f"nomination:{step}", args=[right.key])


def crumbs(right: NominationRight, *, below: bool = True) -> list[dict[str, str]]:
    """The way to a page of the form; `below` when it is one of its steps."""
    way = [
        {
            "label": right.organisation.shown_name,
            "url": right.organisation.get_absolute_url(),
        }
    ]
    if below:
        way.append({"label": _("Nomination right"), "url": right.get_absolute_url()})
    return way


def tasks(right: NominationRight) -> list[dict[str, Any]]:
    """What there is to do, in order, each with its state in words."""
    lacking = nominations.missing(right)
    return [
        _task(
            _("The organisation"),
            step_url(right, "organisation"),
            done=bool(right.organisation.legal_address),
            begun=True,
        ),
        _task(
            _("About the mission"),
            step_url(right, "mission"),
            done=bool(right.expected_observers or right.statement),
            hint=_("Both answers are optional."),
        ),
        _documents_task(right, lacking),
        _check_task(right, lacking),
    ]


def _task(
    title: str, url: str, *, done: bool, begun: bool = False, hint: str = ""
) -> dict[str, Any]:
    if done:
        state, label = "done", _("Done")
    elif begun:
        state, label = "in_progress", _("Begun")
    else:
        state, label = "not_started", _("Not started")
    return {"title": title, "url": url, "state": state, "label": label, "hint": hint}


def _documents_task(right: NominationRight, lacking: list[RequiredDocument]) -> dict[str, Any]:
    asked, begun = nominations.asked_documents(right), right.documents.exists()
    needed = any(document.is_required for document in asked)
    return _task(
        _("Documents"),
        step_url(right, "documents"),
        done=not lacking and (begun or needed or not asked),
        begun=begun,
        hint=_still_missing(lacking) or ("" if needed else _("None of them is required.")),
    )


def _check_task(right: NominationRight, lacking: list[RequiredDocument]) -> dict[str, Any]:
    title = _("Check your answers and send")
    if lacking:
        return {"title": title, "state": "cannot_start", "label": _("Cannot be sent yet")}
    return {
        "title": title,
        "url": step_url(right, "check"),
        "state": "not_started",
        "label": _("Ready to be sent"),
    }


def _still_missing(lacking: Iterable[RequiredDocument]) -> str:
    titles = ", ".join(document.title for document in lacking)
    return _("Still missing: %(titles)s.") % {"titles": titles} if titles else ""


def of_organisation(organisation: Organisation) -> list[dict[str, str]]:
    return [
        {"label": _("Kind"), "value": organisation.get_kind_display()},
        {"label": pgettext("organisation", "Full name"), "value": organisation.name},
        {"label": _("Short name"), "value": organisation.short_name},
        {"label": _("Country of seat"), "value": country_name(organisation.country)},
        {"label": _("Number of legal registration"), "value": organisation.registration_number},
        {"label": _("Address"), "value": organisation.legal_address},
        {"label": _("Phone"), "value": organisation.phone},
    ]


def of_mission(right: NominationRight) -> list[dict[str, Any]]:
    return [
        {"label": _("About how many observers"), "value": right.expected_observers},
        {"label": _("Aim and experience"), "value": right.statement},
    ]


def attached(right: NominationRight) -> dict[str, list[dict[str, Any]]]:
    """The files that are there, by the code of the document they answer."""
    files: dict[str, list[dict[str, Any]]] = {}
    for document in right.documents.select_related("answers"):
        files.setdefault(document.answers.code, []).append(_file(right, document))
    return files


def _file(right: NominationRight, document: NominationDocument) -> dict[str, Any]:
    return {
        "name": document.original_name,
        "url": reverse("nomination:document", args=[right.key, document.key]),
        "remove_url": reverse("nomination:detach", args=[right.key, document.key]),
        "about": document.content_type.rpartition("/")[2].upper(),
        "size": document.size,
    }


def of_documents(right: NominationRight) -> list[dict[str, Any]]:
    """Each document that is asked for, with the files that answer it."""
    files = attached(right)
    return [
        {
            "title": document.title,
            "is_required": document.is_required,
            "files": files.get(document.code, []),
        }
        for document in nominations.asked_documents(right)
    ]


def of_decision(right: NominationRight) -> dict[str, Any] | None:
    """The decision as it is told to the organisation."""
    if right.decision is None:
        return None
    ground = right.decision.ground
    return {
        "decided_at": right.decision.decided_at,
        "ground": ground.text if ground else "",
        "article": ground.article if ground else "",
        "what_was_checked": right.decision.what_was_checked,
        "appeal_body": in_language(right.decision.appeal_body_names),
        "appeal_until": right.decision.appeal_until,
    }


def missing_words(right: NominationRight) -> str:
    """What keeps the form from being sent, as a sentence; empty when nothing does."""
    lacking = nominations.missing(right)
    if not lacking:
        return ""
    titles = ", ".join(document.title for document in lacking)
    return ngettext(
        "%(n)d required document is missing: %(titles)s.",
        "%(n)d required documents are missing: %(titles)s.",
        len(lacking),
    ) % {"n": len(lacking), "titles": titles}
