"""What the pages of uploads say: where an upload stands, its figures, its rows in a list."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from observers.enums import StoreMode, UploadStatus
from observers.intake import progress
from observers.intake.findings import say
from observers.models import Upload

# Which colour and symbol an upload has in a list.
LOOKS = {
    UploadStatus.CHECKING: "in_progress",
    UploadStatus.UNMAPPED: "returned",
    UploadStatus.CHECKED: "returned",
    UploadStatus.STORING: "in_progress",
    UploadStatus.STORED: "done",
    UploadStatus.CANCELLED: "cancelled",
    UploadStatus.UNUSABLE: "failed",
}
WORKING = (UploadStatus.CHECKING, UploadStatus.STORING)


def attached(answer: HttpResponse, name: str) -> HttpResponse:
    """To be saved under that name, and by nobody on the way."""
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


def steps() -> list[dict[str, str]]:
    """What happens after the files have been handed in."""
    return [
        {
            "title": _("Everything is checked"),
            "text": _("Each row and each photo. You can close the page and come back."),
        },
        {
            "title": _("You see the report"),
            "text": _(
                "What is new, what has changed, and all that is wrong, with row numbers. Nothing "
                "is stored before."
            ),
        },
        {
            "title": _("You store the good rows"),
            "text": _(
                "They become drafts. The others you mend in the file and upload again: people who "
                "are stored already are not entered twice."
            ),
        },
    ]


def row(upload: Upload) -> dict[str, Any]:
    """An earlier upload in the list."""
    status = UploadStatus(upload.status)
    return {
        "url": upload.get_absolute_url(),
        "name": str(upload) if upload.sheet_name or upload.archive_name else _("Photos"),
        "created_at": upload.created_at,
        "status": LOOKS[status],
        "label": status.label,
        "hint": heading(upload) if status in (UploadStatus.CHECKED, UploadStatus.STORED) else "",
    }


def storable(upload: Upload) -> int:
    """How many people the file would begin or change."""
    return upload.counts.get("new", 0) + upload.counts.get("changed", 0)


def stored(upload: Upload) -> int:
    return upload.counts.get("stored_new", 0) + upload.counts.get("stored_changed", 0)


def heading(upload: Upload) -> str:
    """Where the upload stands, in a sentence."""
    said = {
        UploadStatus.CHECKING: _("The upload is being checked"),
        UploadStatus.UNMAPPED: _("Say what stands in the columns"),
        UploadStatus.STORING: _("The observers are being stored"),
        UploadStatus.CANCELLED: _("The upload was cancelled"),
        UploadStatus.UNUSABLE: _("This upload cannot be used"),
    }
    if sentence := said.get(UploadStatus(upload.status)):
        return sentence
    return _checked(upload) if upload.status == UploadStatus.CHECKED else _stored(upload)


def _checked(upload: Upload) -> str:
    counts = upload.counts
    if n := storable(upload):
        sentence = ngettext(
            "%(shown)s observer can be stored", "%(shown)s observers can be stored", n
        )
    elif n := counts.get("photos_used", 0):
        sentence = ngettext("%(shown)s photo can be stored", "%(shown)s photos can be stored", n)
    elif n := counts.get("wrong", 0):
        sentence = ngettext("%(shown)s row has to be mended", "%(shown)s rows have to be mended", n)
    elif upload.sheet and not counts.get("unchanged") and not counts.get("sent"):
        return _("Nobody was found in the file")
    else:
        return _("There is nothing new in the upload")
    return sentence % {"shown": intcomma(n)}


def _stored(upload: Upload) -> str:
    if n := stored(upload):
        sentence = ngettext("%(shown)s observer is stored", "%(shown)s observers are stored", n)
        return sentence % {"shown": intcomma(n)}
    return _("Nothing had to be changed")


def store_button(upload: Upload) -> str:
    """The words on the primary button; empty when there is nothing to store."""
    if n := storable(upload):
        sentence = ngettext("Store %(shown)s observer", "Store %(shown)s observers", n)
    elif n := upload.counts.get("photos_used", 0):
        sentence = ngettext("Store %(shown)s photo", "Store %(shown)s photos", n)
    else:
        return ""
    return sentence % {"shown": intcomma(n)}


def stopped(upload: Upload) -> str:
    """What came of storing that was begun and did not end; empty if it never began."""
    if upload.status != UploadStatus.CHECKED or upload.stored_by_id is None:
        return ""
    if upload.mode == StoreMode.ALL_OR_NOTHING:
        return _("Nothing was stored: some rows have become wrong since, or it was stopped.")
    n = stored(upload)
    sentence = ngettext(
        "Storing was stopped. %(shown)s observer is stored; the others can be stored now.",
        "Storing was stopped. %(shown)s observers are stored; the others can be stored now.",
        n,
    )
    return sentence % {"shown": intcomma(n)}


def figures(upload: Upload) -> list[dict[str, Any]]:
    """The numbers of the report that say something, each with what it counts."""
    named = {
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("stored already, unchanged"),
        "sent": _("sent already, left as they are"),
        "repeated": _("repeated rows, taken once"),
        "wrong": _("to mend"),
        "photos_used": _("photos with a person"),
        "photos_unused": _("photos without a person"),
        "photos_refused": _("photos that cannot be used"),
        "without_photo": _("people without a photo"),
    }
    if upload.status == UploadStatus.STORED:
        only = ("wrong", "photos_unused", "photos_refused", "without_photo")
        named = {
            "stored_new": _("entered as drafts"),
            "stored_changed": _("changed"),
            **{key: named[key] for key in only},
        }
    always = ("new", "wrong") if upload.sheet else ("photos_used",)
    return [
        {"number": upload.counts.get(key, 0), "label": label}
        for key, label in named.items()
        if upload.counts.get(key) or (key in always and upload.status == UploadStatus.CHECKED)
    ]


def work(upload: Upload) -> dict[str, Any]:
    """How far the worker has come; without a total while nobody knows it."""
    now = progress.of(upload)
    titles = {
        progress.READING: _("The file is being read."),
        progress.CHECKING: _("Rows are being checked: %(done)s of %(total)s."),
        progress.PHOTOS: _("Photos are being prepared: %(done)s of %(total)s."),
        progress.STORING: _("Rows are being stored: %(done)s of %(total)s."),
    }
    figures = {"done": intcomma(min(now.done, now.total)), "total": intcomma(now.total)}
    stage = now.stage if now.total else progress.READING
    sentence = titles[stage] % figures
    if upload.cancel_asked_at:
        sentence = _("The work is being stopped.")
    elif upload.status == UploadStatus.STORING and stage in (progress.READING, progress.CHECKING):
        sentence = _("Storing begins.")
    return {"sentence": sentence, "done": min(now.done, now.total), "total": now.total}


def problem(upload: Upload) -> str:
    """Why an upload cannot be used, and what to do."""
    return say(upload.problem["code"], upload.problem.get("params", {})) if upload.problem else ""
