"""The automatic checks of an application, for one on the desk and for thousands of a batch.

They prepare a decision and make none: what they find is looked at by a person. Each says in one
sentence what was checked and what it showed.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import Authority, ObserverConsent
from elections.models import RequiredDocument
from observers.domain import document_numbers
from observers.domain.admission import closing_moments
from observers.domain.completeness import age_on, missing_documents
from observers.domain.duplicates import Likeness, likenesses
from observers.domain.exempt import Known, exempt
from observers.domain.identity import plain_number
from observers.domain.way_to_badge import is_asked_for
from observers.enums import CheckOutcome, ObserverAnswer
from observers.models import Application, MissingPhoto, Reassignment
from organisations.models import NominationRight

LABELS: dict[str, Promise] = {
    "number_form": gettext_lazy("Number of the document"),
    "age": gettext_lazy("Age on polling day"),
    "in_time": gettext_lazy("Sent in time"),
    "place": gettext_lazy("Place of observation"),
    "documents": gettext_lazy("Required documents"),
    "photo": gettext_lazy("Photo"),
    "duplicate": gettext_lazy("Same document number"),
    "look_alike": gettext_lazy("Like names, same birthday"),
    "exempt": gettext_lazy("Needs no registration"),
    "nomination": gettext_lazy("Nomination right"),
    "agreement": gettext_lazy("Observer’s own consent"),
    "nominated_too": gettext_lazy("On one’s own initiative only"),
}
Said = tuple[CheckOutcome, str]
PASSED, ATTENTION, FAILED = CheckOutcome.PASSED, CheckOutcome.ATTENTION, CheckOutcome.FAILED


@dataclass(frozen=True)
class Finding:
    """What one check showed; the sentence may be shown to staff."""

    code: str
    outcome: CheckOutcome
    label: str
    sentence: str


def checkable(applications: Any) -> QuerySet[Application]:
    """With all that `run_checks` reads, and without the sealed columns that it does not."""
    rows: QuerySet[Application] = applications.select_related("election", "window", "commission")
    return rows.defer("address", "phone", "email")


def is_clean(findings: Iterable[Finding]) -> bool:
    """Whether there is nothing for a person to look at."""
    return all(finding.outcome == PASSED for finding in findings)


def run_checks(
    applications: Iterable[Application],
    *,
    now: datetime.datetime,
    like: dict[int, list[Likeness]] | None = None,
) -> dict[int, list[Finding]]:
    """The findings by application id, in the order of `LABELS`.

    The same number of queries for one row and for thousands: each row has to come with its
    election, window and commission, and with `birth_on` and `identity_number` opened
    (`checkable`); what else is sealed may be deferred. A check that does not concern a row (the
    nomination right of who applies alone) is left out.
    """
    rows = list(applications)
    facts = _Facts(rows, likenesses(rows) if like is None else like)
    labels = {code: str(label) for code, label in LABELS.items()}
    return {row.pk: list(_findings(row, facts, labels)) for row in rows}


def _findings(row: Application, facts: "_Facts", labels: dict[str, str]) -> Iterator[Finding]:
    for code, check in _CHECKS.items():
        if said := check(row, facts):
            outcome, sentence = said
            yield Finding(code, outcome, labels[code], sentence)


class _Facts:
    """What the rows are held against, read at once for all of them."""

    def __init__(self, rows: list[Application], like: dict[int, list[Likeness]]) -> None:
        keys = [row.pk for row in rows]
        self.closing = closing_moments(rows)
        self.lacking: dict[int, list[RequiredDocument]] = missing_documents(rows)
        lost = MissingPhoto.objects.filter(application__in=keys)
        self.without_file = set(lost.values_list("application_id", flat=True))
        moved = Reassignment.objects.filter(application__in=keys, to_commission__isnull=False)
        self.transferred: dict[int, set[int | None]] = defaultdict(set)
        for application, commission in moved.values_list("application_id", "to_commission_id"):
            self.transferred[application].add(commission)
        self.like = like
        self.exempt: dict[int, list[Known]] = exempt(rows)
        granted = NominationRight.unscoped.granted().filter(
            organisation__in={row.organisation_id for row in rows if row.organisation_id}
        )
        self.granted = set(granted.values_list("organisation_id", "election_id"))


# --- The person --------------------------------------------------------------------------------


def _number_form(row: Application, facts: _Facts) -> Said:
    plain = plain_number(row.identity_number)
    if document_numbers.has_usual_form(
        plain, citizenship=row.citizenship, document=row.identity_document
    ):
        return PASSED, _("The number has the form that such documents have.")
    return ATTENTION, _("The number does not have the form that such documents have.")


def _age(row: Application, facts: _Facts) -> Said:
    born: Any = row.birth_on
    if born is None:
        return FAILED, _("No date of birth is given.")
    age, least = age_on(row.election.polling_on, born=born), row.election.minimum_age
    if age < least:
        said = _("%(age)d years old on polling day: at least %(least)d are required.")
        return FAILED, said % {"age": age, "least": least}
    return PASSED, _("%(age)d years old on polling day.") % {"age": age}


def _photo(row: Application, facts: _Facts) -> Said:
    if not row.photo:
        return FAILED, _("There is no photo.")
    if row.pk in facts.without_file:
        return FAILED, _("The file of the photo was not found when it was last looked for.")
    return PASSED, _("A photo is there. Whether it shows the person, only you can see.")


def _exempt(row: Application, facts: _Facts) -> Said:
    people = facts.exempt[row.pk]
    if not people:
        return PASSED, _("No candidate, agent or commission member with this number or name.")
    said = _("Might need no registration: %(people)s.")
    listed = (f"{person.full_name} ({person.capacity.label})" for person in people)
    return ATTENTION, said % {"people": "; ".join(listed)}


# --- The application ---------------------------------------------------------------------------


def _in_time(row: Application, facts: _Facts) -> Said:
    """What came on paper counts from when it was handed in."""
    sent = row.paper_received_at or row.submitted_at
    if sent is None:
        return FAILED, _("It has not been sent.")
    if sent < row.window.opens_at:
        return FAILED, _("It was sent before registration opened.")
    if sent >= facts.closing[row.pk]:
        return FAILED, _("It was sent after registration had closed.")
    return PASSED, _("It was sent while registration was open for it.")


def _place(row: Application, facts: _Facts) -> Said:
    window = row.window
    if row.kind not in window.kinds or row.scope != window.scope:
        return FAILED, _("The window does not admit applications of this kind for this place.")
    if _is_decided_where_it_should(row):
        return PASSED, _("The window admits it, and this commission decides it.")
    if row.commission_id in facts.transferred[row.pk]:
        return PASSED, _("The window admits it, and it was transferred to this commission.")
    return FAILED, _("By the rules of its window, another commission decides it.")


def _is_decided_where_it_should(row: Application) -> bool:
    commission = row.commission
    local = commission.authority == Authority.CONSTITUENCY
    same_place = not local or commission.constituency_id == row.constituency_id
    return commission.authority == row.window.authority and same_place


def _documents(row: Application, facts: _Facts) -> Said:
    lacking = facts.lacking[row.pk]
    if not lacking:
        return PASSED, _("All required documents are attached.")
    titles = ", ".join(document.title for document in lacking)
    return FAILED, _("Missing: %(documents)s.") % {"documents": titles}


def _nomination(row: Application, facts: _Facts) -> Said | None:
    if row.organisation_id is None:
        return None
    if (row.organisation_id, row.election_id) in facts.granted:
        return PASSED, _("The organisation has the right to nominate.")
    return FAILED, _("The organisation has no right to nominate for this election now.")


def _agreement(row: Application, facts: _Facts) -> Said | None:
    if not is_asked_for(row):
        return None
    if row.observer_answer == ObserverAnswer.AGREED:
        return PASSED, _("The observer has agreed.")
    if row.observer_answer == ObserverAnswer.DECLINED:
        return FAILED, _("The observer has declined the nomination.")
    if row.election.observer_consent == ObserverConsent.BEFORE_SUBMISSION:
        return ATTENTION, _("The observer has not agreed, and should have before it was sent.")
    return PASSED, _("The observer has not answered yet: the badge waits for the answer.")


# --- Held against others -----------------------------------------------------------------------


def _duplicate(row: Application, facts: _Facts) -> Said:
    """Two live ones of one person the database refuses, so this is an earlier refusal mostly."""
    same = [other for other in facts.like[row.pk] if other.has_same_number]
    if not same:
        return PASSED, _("No other application in this election has this document number.")
    said = _("Another application has this document number: %(others)s.")
    return ATTENTION, said % {"others": _listed(same)}


def _look_alike(row: Application, facts: _Facts) -> Said:
    alike = [other for other in facts.like[row.pk] if not other.has_same_number]
    if not alike:
        return PASSED, _("Nobody with a like name was born on the same day.")
    said = _("Born on the same day, with a like name: %(others)s.")
    return ATTENTION, said % {"others": _listed(alike)}


def _nominated_too(row: Application, facts: _Facts) -> Said | None:
    """Who applies on their own initiative is not nominated by an organisation as well."""
    if row.organisation_id is not None:
        return None
    nominations = [other for other in facts.like[row.pk] if other.is_nominated]
    if not nominations:
        return PASSED, _("No organisation has nominated this person.")
    said = _("An organisation might have nominated this person: %(others)s.")
    return ATTENTION, said % {"others": _listed(nominations)}


def _listed(others: list[Likeness]) -> str:
    return "; ".join(
        f"{other.full_name}, {other.receipt_number} ({other.status.label})" for other in others
    )


_CHECKS: dict[str, Callable[[Application, _Facts], Said | None]] = {
    "number_form": _number_form,
    "age": _age,
    "in_time": _in_time,
    "place": _place,
    "documents": _documents,
    "photo": _photo,
    "duplicate": _duplicate,
    "look_alike": _look_alike,
    "exempt": _exempt,
    "nomination": _nomination,
    "agreement": _agreement,
    "nominated_too": _nominated_too,
}
