"""What an application says at one moment: to show what has changed since, and to bind a proposal
to what was seen."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from observers.models import Application, ApplicationDocument
from privacy.keys import blind_index

# What an application states and a reviewer can confirm or not, in reading order.
STATED = (
    "photo",
    "surname",
    "given_name",
    "patronymic",
    "birth_on",
    "citizenship",
    "identity_document",
    "identity_number",
    "address",
    "phone",
    "email",
)
PLACE = ("scope", "constituency_id", "commission_id", "observer_answer")


def snapshots(applications: Iterable[Application]) -> dict[int, dict[str, Any]]:
    """By application id: every stated field as text, where the person would observe, and the files
    by required document. One query for any number. JSON, and to be sealed where it is kept."""
    rows = list(applications)
    files: dict[int, list[list[str]]] = {row.pk: [] for row in rows}
    filed = ApplicationDocument.objects.filter(application__in=list(files)).order_by("pk")
    for application, code, name, key in filed.values_list(
        "application_id", "answers__code", "original_name", "key"
    ):
        files[application].append([code, name, str(key)])
    return {
        row.pk: {
            **{name: _said(getattr(row, name)) for name in (*STATED, *PLACE)},
            "documents": files[row.pk],
        }
        for row in rows
    }


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def digest(snapshot: dict[str, Any]) -> str:
    """The same for the same snapshot, and keyed, since identity numbers are in it."""
    return blind_index("seen", json.dumps(snapshot, sort_keys=True, ensure_ascii=False))


def digests(applications: Iterable[Application]) -> dict[int, str]:
    return {key: digest(seen) for key, seen in snapshots(applications).items()}


def field_names(fields: Sequence[str], language: str) -> list[str]:
    """What the form calls these fields."""
    with override(language):
        known = {field.name: str(field.verbose_name) for field in Application._meta.fields}
        known["documents"] = _("documents")
        return [known.get(name, name) for name in fields]
