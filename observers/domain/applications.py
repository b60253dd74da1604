"""The one writer: every change of an application's status happens in `move`.

A single application is a queryset of one. Whatever the number of rows, a move locks them, sets
aside those that may not move and says why, and writes the new status, the decisions and the
letters in a handful of statements, in one transaction. The events are written by the database
(`Machine.triggers`), which also has the last word on the deadline and on duplicate persons.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.appeals import appeal_deadline
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from elections.models import RefusalGround
from notifications import outbox
from notifications.models import Letter
from observers import permissions
from observers.domain import admission, letters
from observers.enums import Outcome, Status
from observers.lifecycle import APPLICATION, APPROVE, CANCEL, LAPSE, REFUSE, RETURN, SUBMIT
from observers.models import Application, Decision

SEALED = ("birth_on", "identity_number", "address", "phone", "email")
# A guard of the database may strike after the look beforehand: then look again, this often.
ATTEMPTS = 3
DEADLOCK = "40P01"

# What a submission leaves of an earlier return.
CORRECTED: dict[str, Any] = {"return_note": "", "returned_at": None}

# What stores the rows of a move: (rows, target, actor, reasons, now).
Writer = Callable[..., None]


@dataclass(frozen=True)
class Reasons:
    """Why. `note` goes to the applicant with a return; the rest belongs to a decision."""

    note: str = ""
    ground: RefusalGround | None = None
    unconfirmed_fields: tuple[str, ...] = ()
    what_was_checked: str = ""

    def in_words(self) -> str:
        """For the event: the sentence that says why."""
        parts = [str(self.ground) if self.ground else "", self.what_was_checked, self.note]
        return " ".join(part for part in parts if part)


@dataclass
class Moved:
    """What became of a move: the rows that moved, and the others with the reason."""

    done: list[Application] = field(default_factory=list)
    skipped: list[tuple[Application, str]] = field(default_factory=list)


def move(
    applications: QuerySet[Application],
    action: str,
    *,
    actor: User | None,
    reasons: Reasons | None = None,
    together: bool = False,
) -> Moved:
    """Take every application that may go there to the target of `action`.

    `actor` is who does it; None is the system, whose moves ask no right. `together` is for a
    submission of many in one act, whose sender has just confirmed them all: that is recorded
    where it was missing, and no receipt is written for each, since the caller gives one for all.
    Raises ValueError when a refusal or cancellation comes without its reasons: that is a mistake
    of the caller, whose form must have asked for them.
    """
    reasons = reasons or Reasons()
    _insist_on_reasons(action, reasons)
    write = _submit_together if together else _WRITERS.get(action, _write_status)
    keys = list(applications.order_by().values_list("pk", flat=True))
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _move_locked(keys, action, write, actor, reasons, together=together)
        except DatabaseError as error:
            if attempt == ATTEMPTS - 1 or not _struck_by_a_guard(error):
                raise
    raise AssertionError("unreachable")


def _insist_on_reasons(action: str, reasons: Reasons) -> None:
    complete = {
        REFUSE: bool(
            reasons.ground and reasons.unconfirmed_fields and reasons.what_was_checked.strip()
        ),
        CANCEL: bool(reasons.what_was_checked.strip()),
        RETURN: bool(reasons.note.strip()),
    }
    if not complete.get(action, True):
        raise ValueError(f"{action} needs its reasons.")


def _struck_by_a_guard(error: DatabaseError) -> bool:
    """Whether the deadline or another live application came between look and write, or two
    moves waited for each other's people and PostgreSQL sent this one back."""
    if getattr(error.__cause__, "sqlstate", "") == DEADLOCK:
        return True
    if isinstance(error, IntegrityError):
        return "one_live_application_per_person" in str(error)
    return admission.is_admission_error(error)


def _move_locked(
    keys: list[int],
    action: str,
    write: Writer,
    actor: User | None,
    reasons: Reasons,
    *,
    together: bool,
) -> Moved:
    now = database_now()
    moved = Moved()
    transition = APPLICATION.transition(action)
    for row in _lock(keys, action):
        if together:
            row.consented_at = row.consented_at or now
        reason = _hindrance(row, action, actor)
        if reason:
            moved.skipped.append((row, reason))
        else:
            moved.done.append(row)
    if action == SUBMIT:
        _set_aside(moved, admission.hindrances(moved.done, now=now))
    if action == LAPSE:
        _set_aside(moved, admission.still_open(moved.done, now=now))
    if not moved.done:
        return moved
    with acting_as(actor, action=action, reason=reasons.in_words()):
        write(moved.done, transition.target, actor, reasons, now)
    return moved


def _lock(keys: Iterable[int], action: str) -> list[Application]:
    """The rows, held. What is sealed is opened only to see whether it may be submitted."""
    return list(
        Application.unscoped.defer(*(() if action == SUBMIT else SEALED))
        .filter(pk__in=keys)
        .select_for_update(of=("self",))
        .select_related(
            "applicant",
            "election",
            "commission__election",
            "organisation",
            "window",
            "constituency",
        )
        .order_by("pk")
    )


def _hindrance(row: Application, action: str, actor: User | None) -> str:
    """Why this row may not move: another's, or not in a fitting status. Empty if it may."""
    right = APPLICATION.transition(action).right
    if actor is not None and right:
        permitted = permissions.may(actor, right, row)
        if not permitted:
            return permitted.reason
    elif actor is None and right:
        return _("This needs a person.")
    return APPLICATION.may(row.status, action).reason


def _set_aside(moved: Moved, hindrances: dict[int, str]) -> None:
    moved.skipped += [(row, hindrances[row.pk]) for row in moved.done if row.pk in hindrances]
    moved.done = [row for row in moved.done if row.pk not in hindrances]


def _write_status(
    rows: list[Application],
    target: str,
    actor: User | None,
    reasons: Reasons,
    now: datetime.datetime,
    **columns: Any,
) -> None:
    """The status, and what the database stamps with it, brought back into the rows."""
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    these.update(status=target, updated_at=now, **columns)
    stamped = ("receipt_number", "accreditation_number", "submitted_at", "due_at", "decision_id")
    by_key = {values[0]: values[1:] for values in these.values_list("pk", *stamped)}
    for row in rows:
        row.status = target
        for column, value in zip(stamped, by_key[row.pk], strict=True):
            setattr(row, column, value)


def _submit(
    rows: list[Application],
    target: str,
    actor: User | None,
    reasons: Reasons,
    now: datetime.datetime,
) -> None:
    first = [row for row in rows if row.status == Status.DRAFT]
    _write_status(rows, target, actor, reasons, now, **CORRECTED)
    outbox.write(letters.received(row) for row in first)


def _submit_together(
    rows: list[Application],
    target: str,
    actor: User | None,
    reasons: Reasons,
    now: datetime.datetime,
) -> None:
    """With the confirmation, in the same statement."""
    confirmed = {"consented_at": Coalesce(F("consented_at"), Value(now))}
    _write_status(rows, target, actor, reasons, now, **CORRECTED, **confirmed)


def _return(
    rows: list[Application],
    target: str,
    actor: User | None,
    reasons: Reasons,
    now: datetime.datetime,
) -> None:
    for days in {row.window.days_to_answer for row in rows}:
        group = [row for row in rows if row.window.days_to_answer == days]
        answer_by = now + datetime.timedelta(days=days)
        columns = {"returned_at": now, "answer_by": answer_by, "return_note": reasons.note}
        _write_status(group, target, actor, reasons, now, **columns)
        for row in group:
            row.answer_by, row.return_note, row.returned_at = answer_by, reasons.note, now
    outbox.write(letters.returned(row) for row in rows)


def _lapse(
    rows: list[Application],
    target: str,
    actor: User | None,
    reasons: Reasons,
    now: datetime.datetime,
) -> None:
    """One letter for all drafts of a person that closed at the same moment."""
    _write_status(rows, target, actor, reasons, now)
    closing = admission.closing_moments(rows)
    groups: dict[tuple[int, int, datetime.datetime], list[Application]] = {}
    for row in rows:
        person = (row.applicant_id, row.election_id, closing[row.pk])
        groups.setdefault(person, []).append(row)
    outbox.write(
        letters.draft_lapsed(group, closes_at=closes_at)
        for (_applicant, _election, closes_at), group in groups.items()
    )


def _decide(outcome: Outcome, word: Callable[[Application, Decision], Any]) -> Writer:
    """A writer that stores the decision, points the application to it, and tells the applicant.

    The letter is written last, when the accreditation number is known; its key is chosen first,
    because a decision, once stored, is not touched again.
    """

    def write(
        rows: list[Application],
        target: str,
        actor: User | None,
        reasons: Reasons,
        now: datetime.datetime,
    ) -> None:
        if actor is None:
            raise ValueError("A decision is made by a person.")
        decisions = [_decision(row, outcome, actor, reasons, now) for row in rows]
        Decision.objects.bulk_create(decisions, batch_size=2000)
        newest = Decision.objects.filter(application=OuterRef("pk")).order_by("-pk")
        columns = {"decision": Subquery(newest.values("pk")[:1]), "decided_at": now}
        _write_status(rows, target, actor, reasons, now, **columns)
        outbox.write(
            _keyed(word(row, decision), decision)
            for row, decision in zip(rows, decisions, strict=True)
        )

    return write


def _keyed(letter: Any, decision: Decision) -> Any:
    letter.key = decision.letter_id
    return letter


def _decision(
    row: Application, outcome: Outcome, actor: User, reasons: Reasons, now: datetime.datetime
) -> Decision:
    appealable = outcome != Outcome.APPROVED
    return Decision(
        application=row,
        commission=row.commission,
        outcome=outcome,
        ground=reasons.ground,
        unconfirmed_fields=list(reasons.unconfirmed_fields),
        what_was_checked=reasons.what_was_checked,
        proposed_by=actor,
        decided_at=now,
        letter_id=uuid.uuid4(),
        appeal_body_names=row.commission.appeal_body_names if appealable else {},
        appeal_until=appeal_deadline(row.commission, now=now) if appealable else None,
    )


_DECISIONS: dict[str, tuple[Outcome, Callable[[Application, Decision], Letter]]] = {
    APPROVE: (Outcome.APPROVED, letters.approved),
    REFUSE: (Outcome.REFUSED, letters.refused),
    CANCEL: (Outcome.CANCELLED, letters.cancelled),
}
_WRITERS: dict[str, Writer] = {
    SUBMIT: _submit,
    RETURN: _return,
    LAPSE: _lapse,
    **{action: _decide(outcome, word) for action, (outcome, word) in _DECISIONS.items()},
}


def letter_of(
    row: Application, action: str, *, actor: User, reasons: Reasons, now: datetime.datetime
) -> Letter:
    """The letter that a return or decision would write: to be read beforehand, never stored.

    The row is changed in memory, as the action would change it.
    """
    if action == RETURN:
        row.return_note = reasons.note
        row.answer_by = now + datetime.timedelta(days=row.window.days_to_answer)
        return letters.returned(row)
    outcome, word = _DECISIONS[action]
    return word(row, _decision(row, outcome, actor, reasons, now))
