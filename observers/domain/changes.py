"""What has changed in an application since the commission returned it last."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.countries import country_name
from accounts.names import capfirst
from elections.models import RequiredDocument
from observers.domain.snapshots import STATED, snapshots
from observers.enums import IdentityDocument, ObserverAnswer, Status
from observers.models import Application, Return

# What the applicant says; where it is decided, the commission says itself.
COMPARED = (*STATED, "observer_answer")


@dataclass(frozen=True)
class Change:
    """One answer, before and now, in words. Of a photo the pictures are shown beside them."""

    name: str
    label: str
    before: str
    after: str
    was_asked_for: bool


@dataclass(frozen=True)
class Changes:
    """Since one return. `unanswered` are the labels of what was asked for and has not changed;
    `earlier_photo` is the file of the photo as it was, where another has come."""

    returned_at: datetime.datetime
    note: str
    rows: list[Change] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    earlier_photo: str = ""


def since_returned(application: Application) -> Changes | None:
    """None for what was never returned, and while the applicant is at it. At most three queries."""
    if application.status == Status.RETURNED:
        return None
    last = application.returns.order_by("-pk").first()
    return _compared(application, last) if last else None


def earlier_photo(application: Application) -> str:
    """The name of the photo's file before the last correction; empty where it is the same."""
    found = since_returned(application)
    return found.earlier_photo if found else ""


def _compared(application: Application, last: Return) -> Changes:
    before, now = last.seen, snapshots([application])[application.pk]
    asked = set(last.fields)
    rows = [
        Change(
            name, _label(name), _in_words(name, before[name]), _in_words(name, now[name]),
            was_asked_for=name in asked,
        )
        for name in COMPARED
        if name in before and before[name] != now[name]
    ]  # fmt: skip
    rows += _documents(
        application, before.get("documents", []), now["documents"], "documents" in asked
    )
    changed = {row.name for row in rows}
    return Changes(
        returned_at=last.returned_at,
        note=last.note,
        rows=rows,
        unanswered=[_label(name) for name in last.fields if name not in changed],
        earlier_photo=_kept(before["photo"]) if "photo" in changed else "",
    )


def _kept(photo: str) -> str:
    """The name of the file, where it still exists."""
    storage = Application._meta.get_field("photo").storage
    return photo if photo and storage.exists(photo) else ""


def _documents(
    application: Application, before: list[list[str]], now: list[list[str]], asked: bool
) -> list[Change]:
    """Files are told apart by their key: a new one of the same name is another file."""
    earlier, kept = {key for *_, key in before}, {key for *_, key in now}
    added = [(code, "", name) for code, name, key in now if key not in earlier]
    removed = [(code, name, "") for code, name, key in before if key not in kept]
    if not added and not removed:
        return []
    titles = {
        document.code: document.title
        for document in RequiredDocument.objects.filter(election=application.election_id)
    }
    return [
        Change("documents", titles.get(code, _label("documents")), old, new, asked)
        for code, old, new in (*removed, *added)
    ]


def _label(name: str) -> str:
    if name == "documents":
        return _("Documents")
    try:
        return capfirst(str(Application._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    except LookupError:
        return name


def _in_words(name: str, said: str) -> str:
    if not said:
        return ""
    words: dict[str, Any] = {
        "photo": lambda: _("a photo"),
        "birth_on": lambda: date_format(datetime.date.fromisoformat(said), "j E Y"),
        "citizenship": lambda: country_name(said),
        "identity_document": lambda: str(IdentityDocument(said).label),
        "observer_answer": lambda: str(ObserverAnswer(said).label),
    }
    return str(words[name]()) if name in words else said
