"""The one writer: every change of an application's status happens in `move`.

A single application is a queryset of one. Whatever the number of rows, a move locks them, sets
aside those that may not move and says why, and writes the new status, the decisions and the
letters in a handful of statements, in one transaction (`writing.py`). The events are written by
the database (`Machine.triggers`), which also has the last word on the deadline and on duplicate
persons.
"""

import datetime
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.copying import check_pending_constraints
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import acting_as
from notifications import outbox
from notifications.models import Letter
from observers import permissions
from observers.domain import admission, letters, writing
from observers.domain.reasons import Reasons
from observers.domain.writing import Act, Writer
from observers.enums import Status
from observers.lifecycle import (
    APPLICATION,
    CANCEL,
    ENTER,
    LAPSE,
    REFUSE,
    RETURN,
    SUBMIT,
    SUBSTITUTE,
    UNDO,
    UPHOLD,
)
from observers.models import Appeal, Application
from observers.models.application import SEALED

# Moves that look at what is sealed: whether it is complete, or what it says at that moment.
OPENING = (SUBMIT, ENTER, RETURN)
# Moves that hold the rows against one another, or tell of several in one letter: never divided.
WHOLE = (SUBMIT, ENTER, LAPSE)
# The others are made so many rows at a time.
PORTION = 2000
BELONGS_TO = (
    "applicant",
    "election",
    "commission__election",
    "organisation",
    "window",
    "constituency",
)
# A guard of the database may strike after the look beforehand: then look again, this often.
ATTEMPTS = 3
DEADLOCK = "40P01"


@dataclass
class Moved:
    """What became of a move: the rows that moved, those for which it was proposed because it takes
    two people, and the others with the reason."""

    done: list[Application] = field(default_factory=list)
    proposed: list[Application] = field(default_factory=list)
    skipped: list[tuple[Application, str]] = field(default_factory=list)

    def add(self, portion: "Moved") -> None:
        self.done += portion.done
        self.proposed += portion.proposed
        self.skipped += portion.skipped


def move(
    applications: QuerySet[Application],
    action: str,
    *,
    actor: User | None,
    reasons: Reasons | Mapping[int, Reasons] | None = None,
    because: str = "",
    together: bool = False,
) -> Moved:
    """Take every application that may go there to the target of `action`.

    `actor` is who does it; None is the system, whose moves ask no right. Reasons are the same for
    all, or given by application id; then `because` is what the events say. `together` is for a
    submission of many in one act, whose sender has just confirmed them all: that is recorded
    where it was missing, and no receipt is written for each, since the caller gives one for all.
    Raises ValueError when a refusal or cancellation comes without its reasons: that is a mistake
    of the caller, whose form must have asked for them.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                moved = Moved()
                for portion in move_in_portions(
                    applications,
                    action,
                    actor=actor,
                    reasons=reasons,
                    because=because,
                    together=together,
                ):
                    moved.add(portion)
                return moved
        except DatabaseError as error:
            if attempt == ATTEMPTS - 1 or not _struck_by_a_guard(error):
                raise
    raise AssertionError("unreachable")


def move_in_portions(
    applications: QuerySet[Application],
    action: str,
    *,
    actor: User | None,
    reasons: Reasons | Mapping[int, Reasons] | None = None,
    because: str = "",
    together: bool = False,
) -> Iterator[Moved]:
    """As `move`, within the caller's transaction, and what became of each portion as soon as it is
    written: of ninety thousand rows, no more than a portion has to be held in memory."""
    reasons = Reasons() if reasons is None else reasons
    for each in [reasons] if isinstance(reasons, Reasons) else reasons.values():
        _insist_on_reasons(action, each)
    words = because or (reasons.in_words() if isinstance(reasons, Reasons) else "")
    write = (
        writing.submit_together if together else writing.WRITERS.get(action, writing.write_status)
    )
    act = Act(APPLICATION.transition(action).target, actor, reasons, database_now())
    keys = array("q", applications.order_by("pk").values_list("pk", flat=True))
    size = len(keys) if action in WHOLE else PORTION
    for start in range(0, len(keys), size or 1):
        portion = keys[start : start + size].tolist()
        yield _move_locked(portion, action, write, act, words, together=together)
        if len(keys) > size:
            check_pending_constraints()


def _insist_on_reasons(action: str, reasons: Reasons) -> None:
    complete = {
        REFUSE: bool(
            reasons.ground and reasons.unconfirmed_fields and reasons.what_was_checked.strip()
        ),
        CANCEL: bool(reasons.what_was_checked.strip()),
        RETURN: bool(reasons.note.strip()),
        UPHOLD: reasons.appeal is not None,
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
    keys: list[int], action: str, write: Writer, act: Act, words: str, *, together: bool
) -> Moved:
    actor, now, moved = act.actor, act.now, Moved()
    for row in _lock(keys, action):
        if together:
            row.consented_at = row.consented_at or now
        reason = _hindrance(row, action, actor)
        if reason:
            moved.skipped.append((row, reason))
        else:
            moved.done.append(row)
    if action in (SUBMIT, ENTER):
        _set_aside(moved, admission.hindrances(moved.done, now=now))
    if action == UPHOLD:
        _set_aside(moved, admission.applied_again(moved.done))
    if action == UNDO:
        _set_aside(moved, _told_already(moved.done, actor))
    if action == SUBSTITUTE:
        _set_aside(moved, dict.fromkeys((row.pk for row in moved.done), _by_another()))
    if action == LAPSE:
        _set_aside(moved, admission.still_open(moved.done, now=now))
    if not moved.done:
        return moved
    with acting_as(actor, action=action, reason=words):
        write(moved.done, act)
    return moved


def _lock(keys: Iterable[int], action: str) -> list[Application]:
    """The rows, held. What is sealed is opened only to see whether it may be submitted. What they
    belong to is read once for all of them, since most belong to the same; and afterwards: in a join
    one that was sent to another commission while we waited for it would be lacking."""
    these = Application.unscoped.defer(*(() if action in OPENING else SEALED)).filter(pk__in=keys)
    rows = list(these.select_for_update().order_by("pk"))
    prefetch_related_objects(rows, *BELONGS_TO)
    prefetch_related_objects([row for row in rows if row.paper_received_at], "paper_form")
    return rows


def _hindrance(row: Application, action: str, actor: User | None) -> str:
    """Why this row may not move: another's, or not in a fitting status. Empty if it may."""
    right = APPLICATION.transition(action).right
    if actor is None and right:
        return _("This needs a person.")
    if actor is not None and not right:
        return _("This happens by itself.")
    if actor is not None:
        permitted = permissions.may(actor, right, row)
        if not permitted:
            return permitted.reason
    return APPLICATION.may(row.status, action).reason


def _by_another() -> str:
    """Why nobody gives way by themselves: the submission of the other does it (`substitutions`)."""
    return _("Send the application of the person who takes the place: then this one gives way.")


def _set_aside(moved: Moved, hindrances: dict[int, str]) -> None:
    moved.skipped += [(row, hindrances[row.pk]) for row in moved.done if row.pk in hindrances]
    moved.done = [row for row in moved.done if row.pk not in hindrances]


def _told_already(rows: list[Application], actor: User | None) -> dict[int, str]:
    """By application id, why its decision stays: another's, or its letter has left. The letters
    of the others are withdrawn."""
    found: dict[int, str] = {}
    for row in rows:
        if row.status != Status.RETURNED and row.decision and row.decision.session_id:
            found[row.pk] = _("It was decided in a session of the commission, and stands.")
            continue
        if row.decision and row.decision.appeal_id:
            found[row.pk] = _("It was decided on appeal, and stands.")
            continue
        letter = writing.letter_of_last_word(row, by=actor)
        if letter is None:
            found[row.pk] = _("Only who decided it can undo it.")
        elif row.decision_id and Appeal.unscoped.filter(decision=row.decision_id).exists():
            found[row.pk] = _("An appeal has been lodged against it already.")
        elif not outbox.withdraw(letter):
            found[row.pk] = _("It is too late to undo it: the letter has left.")
    return found


def letter_of(
    row: Application, action: str, *, actor: User, reasons: Reasons, now: datetime.datetime
) -> Letter:
    """The letter that a return or decision would write: to be read beforehand, never stored.

    The row is changed in memory, as the action would change it.
    """
    act = Act(APPLICATION.transition(action).target, actor, reasons, now)
    if action == RETURN:
        row.return_note = reasons.note
        row.answer_by = reasons.answer_by(now, days_of_window=row.window.days_to_answer)
        return letters.returned(row, reasons.fields_to_correct)
    outcome, word = writing.OUTCOMES[action]
    return word(row, writing.decision_of(row, outcome, act))
