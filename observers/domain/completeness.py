"""What an application still lacks before it can be sent."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from elections.enums import Scope, Subject
from elections.models import RequiredDocument
from observers.domain.identity import plain_number
from observers.models import Application, ApplicationDocument


@dataclass(frozen=True)
class Gap:
    """Something missing: the step of the form where it is entered, the field, a sentence."""

    step: str
    field: str
    message: str


def gaps(application: Application, *, missing_documents: Iterable[RequiredDocument]) -> list[Gap]:
    """Everything that is missing, in the order of the form. Empty means it can be sent."""
    found = [*_place_gaps(application), *_person_gaps(application), *_contact_gaps(application)]
    if not application.photo:
        found.append(Gap("photo", "photo", _("Add a photo.")))
    for document in missing_documents:
        found.append(
            Gap("documents", document.code, _("Add: %(title)s.") % {"title": document.title})
        )
    if application.consented_at is None:
        found.append(Gap("consent", "consent", _("Confirm that the information is true.")))
    return found


def _place_gaps(application: Application) -> list[Gap]:
    if application.scope == Scope.CONSTITUENCY and application.constituency_id is None:
        return [Gap("place", "constituency", _("Choose a constituency."))]
    return []


def _person_gaps(application: Application) -> list[Gap]:
    wanted = {
        "surname": _("Enter the surname."),
        "given_name": _("Enter the given name."),
        "birth_on": _("Enter the date of birth."),
        "citizenship": _("Choose the citizenship."),
        "identity_document": _("Choose the identity document."),
        "identity_number": _("Enter the number of the identity document."),
    }
    answers = {field: getattr(application, field) for field in wanted}
    answers["identity_number"] = plain_number(application.identity_number)
    found = [
        Gap("person", field, message) for field, message in wanted.items() if not answers[field]
    ]
    too_young = _age_gap(application)
    return [*found, too_young] if too_young else found


def _age_gap(application: Application) -> Gap | None:
    """Observers are citizens with active suffrage (art. 40.4)."""
    born: Any = application.birth_on
    election = application.election
    if born and age_on(election.polling_on, born=born) < election.minimum_age:
        message = _("An observer must be at least %(age)d years old on polling day.")
        return Gap("person", "birth_on", message % {"age": election.minimum_age})
    return None


def _contact_gaps(application: Application) -> list[Gap]:
    return [] if application.address else [Gap("contact", "address", _("Enter the address."))]


def age_on(day: datetime.date, *, born: datetime.date) -> int:
    """Full years of age on that day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def missing_documents(
    applications: Iterable[Application],
) -> dict[int, list[RequiredDocument]]:
    """The required documents that each application lacks, in two queries for any number."""
    rows = list(applications)
    asked = list(
        RequiredDocument.objects.current().filter(
            election__in={row.election_id for row in rows},
            subject=Subject.PERSON,
            is_required=True,
        )
    )
    answered: dict[int, set[str]] = {row.pk: set() for row in rows}
    if asked:
        filed = ApplicationDocument.objects.filter(application__in=list(answered))
        for application_id, code in filed.values_list("application_id", "answers__code"):
            answered[application_id].add(code)
    return {
        row.pk: [
            document
            for document in asked
            if document.election_id == row.election_id
            and (not document.kinds or row.kind in document.kinds)
            and document.code not in answered[row.pk]
        ]
        for row in rows
    }
