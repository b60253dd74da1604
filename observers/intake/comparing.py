"""What becomes of each row: held against the rest of its file and against what is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet

from observers.domain.duplicates import alike, comparable
from observers.domain.identity import birth_index, identity_index
from observers.enums import EDITABLE, LIVE, Status
from observers.intake.findings import Finding
from observers.intake.places import Places
from observers.intake.reading import PersonRow
from observers.models import Application, Upload

# Said by the reader of a scope whose window has closed: a returned application may still come.
SCOPE_CLOSED = "scope_closed"
SENT = (Status.SUBMITTED, Status.UNDER_REVIEW, Status.APPROVED)
PLACE = frozenset({"scope", "constituency"})


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    SENT = "sent"
    WRONG = "wrong"


STORABLE = (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED)


@dataclass(slots=True)
class Compared:
    """A row with its fate. `application` is what is stored of that person by the organisation;
    `changes` are the columns in which the file says something else."""

    row: PersonRow
    fate: Fate
    identity_index: str
    birth_index: str
    application: Application | None = None
    changes: dict[str, Any] = field(default_factory=dict)


class Comparison:
    """One pass through one file. The rows come in portions; each is held against all before it.

    `given` are the columns that the file has: what it says nothing about is left as it is.
    """

    def __init__(self, upload: Upload, places: Places, *, given: frozenset[str]) -> None:
        self.upload, self.places, self.given = upload, places, given
        self._numbers: dict[str, tuple[int, int]] = {}
        self._birthdays: dict[str, list[tuple[str, str]]] = {}

    def compare(self, rows: list[PersonRow], *, locking: bool = False) -> list[Compared]:
        """`locking` holds what is stored of these people until the transaction ends."""
        found = [self._within_the_file(row) for row in rows]
        known = [one.identity_index for one in found if one.identity_index]
        stored = _of_the_organisation(self.upload, known, locking=locking)
        elsewhere = _live_elsewhere(self.upload, known)
        for one in found:
            self._with_what_is_stored(one, stored.get(one.identity_index))
            if one.identity_index in elsewhere and one.fate in STORABLE:
                one.row.findings.append(_notice(one.row, "identity_number", "live_elsewhere"))
        self._flag_look_alikes(found)
        return found

    def _within_the_file(self, row: PersonRow) -> Compared:
        answers = row.answers
        index = identity_index(
            citizenship=answers.get("citizenship") or "",
            number=answers.get("identity_number") or "",
        )
        compared = Compared(row, Fate.NEW, index, birth_index(answers.get("birth_on")))
        if not index:
            compared.fate = Fate.WRONG
            return compared
        said = hash(tuple(sorted((name, str(value)) for name, value in answers.items())))
        first, first_said = self._numbers.setdefault(index, (row.number, said))
        if first != row.number:
            value = f"{answers['identity_number']} ({first})"
            twice = said != first_said
            code = "number_twice" if twice else "row_twice"
            row.findings.append(Finding(row.number, "identity_number", code, value, {}, twice))
            compared.fate = Fate.WRONG if twice else Fate.REPEATED
        return compared

    def _with_what_is_stored(self, one: Compared, application: Application | None) -> None:
        row = one.row
        one.application = application
        if application is None or application.status == Status.DRAFT:
            self._insist_on_an_open_place(row)
        elif application.status == Status.RETURNED and row.answers["scope"] in self.places.windows:
            row.findings = [each for each in row.findings if each.code != SCOPE_CLOSED]
        if not row.is_good:
            one.fate = Fate.WRONG
        if one.fate != Fate.NEW or application is None:
            return
        one.changes = self._changes(row.answers, application)
        if application.status in SENT:
            one.fate = Fate.SENT
            if one.changes:
                row.findings.append(_notice(row, "", "already_sent"))
        elif application.status == Status.RETURNED and self._moves_elsewhere(one, application):
            row.findings.append(Finding(row.number, "constituency", "place_fixed"))
            one.fate = Fate.WRONG
        else:
            one.fate = Fate.CHANGED if one.changes else Fate.UNCHANGED

    def _insist_on_an_open_place(self, row: PersonRow) -> None:
        number = row.answers.get("constituency")
        if number in self.places.closed:
            row.findings.append(Finding(row.number, "constituency", "place_closed", str(number)))

    def _changes(self, answers: Mapping[str, Any], application: Application) -> dict[str, Any]:
        changes = {
            name: answers[name]
            for name in self.given - PLACE
            if name in answers and getattr(application, name) != answers[name]
        }
        if self.given & PLACE and application.substitutes_id is None:
            place = self._place(answers)
            if any(getattr(application, name) != value for name, value in place.items()):
                changes |= place
        return changes

    def _place(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        scope, number = answers["scope"], answers["constituency"]
        constituency = self.places.constituencies[number] if number is not None else None
        return {
            "scope": scope,
            "constituency_id": constituency.pk if constituency else None,
            "window_id": self.places.window(scope).pk,
            "commission_id": self.places.commission(scope, number).pk,
        }

    def _moves_elsewhere(self, one: Compared, application: Application) -> bool:
        return one.changes.get("commission_id", application.commission_id) != (
            application.commission_id
        )

    def new_place(self, one: Compared) -> dict[str, Any]:
        """Where a person who is new shall observe, as columns of the application."""
        return self._place(one.row.answers)

    def _flag_look_alikes(self, found: list[Compared]) -> None:
        """Within the file, and among the organisation's own: others' people are not its to know."""
        good = [one for one in found if one.fate in STORABLE and one.birth_index]
        own = _birthdays_of(self.upload, [one.birth_index for one in good])
        for one in good:
            answers = one.row.answers
            parts = (answers.get(name, "") for name in ("surname", "given_name", "patronymic"))
            name = comparable(" ".join(filter(None, parts)))
            born_that_day = self._birthdays.setdefault(one.birth_index, [])
            others = [*born_that_day, *own.get(one.birth_index, ())]
            if any(number != one.identity_index and alike(name, other) for number, other in others):
                one.row.findings.append(_notice(one.row, "surname", "look_alike"))
            born_that_day.append((one.identity_index, name))


def _notice(row: PersonRow, column: str, code: str) -> Finding:
    value = row.answers.get(column) or "" if column else ""
    return Finding(row.number, column, code, str(value), {}, False)


def _own(upload: Upload) -> QuerySet[Application]:
    return Application.unscoped.filter(
        organisation=upload.organisation_id, election=upload.election_id
    )


def _of_the_organisation(
    upload: Upload, indexes: list[str], *, locking: bool
) -> dict[str, Application]:
    """What is stored of these people: the live application, or else the oldest draft."""
    rows = _own(upload).filter(identity_index__in=indexes, status__in=(*EDITABLE, *LIVE))
    if locking:
        rows = rows.select_for_update(of=("self",))
    found: dict[str, Application] = {}
    for row in rows.order_by("-pk"):
        earlier = found.get(row.identity_index)
        if earlier is None or earlier.status == Status.DRAFT:
            found[row.identity_index] = row
    return found


def _live_elsewhere(upload: Upload, indexes: list[str]) -> set[str]:
    live = (
        Application.unscoped.live()
        .filter(election=upload.election_id, identity_index__in=indexes)
        .exclude(organisation=upload.organisation_id)
    )
    return set(live.values_list("identity_index", flat=True))


def _birthdays_of(upload: Upload, indexes: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    rows = _own(upload).filter(birth_index__in=set(indexes), status__in=(*EDITABLE, *LIVE))
    found: dict[str, list[tuple[str, str]]] = {}
    names = ("surname", "given_name", "patronymic")
    for birth, number, *parts in rows.values_list("birth_index", "identity_index", *names):
        found.setdefault(birth, []).append((number, comparable(" ".join(filter(None, parts)))))
    return found
