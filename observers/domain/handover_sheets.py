"""The signature sheet of badges that are handed over, as PDF. Read only.

In the language of the state, which is the election's first, whoever prints it. Who signs sees the
names of those whose badges lie before them, and no more.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.time_words import date_in_words
from elections.models import Commission, Election
from elections.texts import in_language
from observers.domain.print_batches import in_order
from observers.domain.printing import as_pdf
from observers.models import Badge, Handover


def sheet_as_pdf(
    badges: QuerySet[Badge], *, commission: Commission, handover: Handover | None = None
) -> bytes:
    """With a line for each of `badges`, by organisation and name. Of a `handover` that took place,
    its day and who received them; else both are left to be filled in by hand."""
    election: Election = commission.election
    language = str(election.languages[0])
    with override(language):
        return as_pdf("handover.typ", _facts(badges, commission, handover, language))


def _facts(
    badges: QuerySet[Badge], commission: Commission, handover: Handover | None, language: str
) -> dict[str, Any]:
    on = handover.at.astimezone(commission.election.zone).date() if handover else None
    return {
        "language": language,
        "commission": in_language(commission.names),
        "election": commission.election.name,
        "title": _("Badges handed over"),
        "date": date_in_words(on) if on else "",
        "to_whom": handover.to_whom if handover else "",
        "note": handover.note if handover else "",
        "groups": _groups(badges),
        "words": {
            "no": "№",
            "name": _("Surname, given name, patronymic"),
            "accreditation": _("Accreditation number"),
            "signature": _("Signature"),
            "date": _("Date"),
            "to_whom": _("Received by"),
            "handed_by": _("Handed over by"),
            "own": _("On their own initiative"),
            "total": _("Badges in all"),
            "signed": _("signature"),
        },
    }


def _groups(badges: QuerySet[Badge]) -> list[dict[str, Any]]:
    """By organisation, in the order in which they were printed."""
    keys = in_order(badges)
    rows = {
        key: said
        for key, *said in Badge.unscoped.filter(pk__in=keys).values_list(
            "pk",
            "application__organisation__name",
            "application__surname",
            "application__given_name",
            "application__patronymic",
            "number",
            "serial",
        )
    }
    groups: dict[str, list[list[Any]]] = {}
    for key in keys:
        organisation, *name, number, serial = rows[key]
        said = number if serial == 1 else f"{number} / {serial}"
        groups.setdefault(organisation or "", []).append([" ".join(filter(None, name)), said])
    return [{"of": of, "rows": people} for of, people in groups.items()]
