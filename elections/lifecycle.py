"""Machines of states, as data that a lawyer could read, and what the database makes of them.

A machine says which moves exist. `Machine.triggers` hands the same list to PostgreSQL, so that a
move that is not in it is impossible from anywhere, the shell included, and so that no status
changes without an event: the event is written by the database itself.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.db import connection, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdict import YES, Verdict, no

Text = str | Promise
SYSTEM = "system"


@dataclass(frozen=True)
class StatusText:
    """How a status is said: to staff, to everybody else, and what happens next."""

    staff: Text
    public: Text
    next_step: Text


@dataclass(frozen=True)
class Transition:
    """One move: `action` takes a row from any of `sources` to `target`.

    `right` is the action of the access table that allows it; empty for what the system does.
    """

    action: str
    label: Text
    sources: tuple[str, ...]
    target: str
    right: str = ""


@dataclass(frozen=True)
class Machine:
    name: str
    initial: str
    texts: dict[str, StatusText]
    transitions: tuple[Transition, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        known = set(self.texts)
        for transition in self.transitions:
            strangers = {*transition.sources, transition.target} - known
            if strangers:
                raise ValueError(f"{self.name}: {transition.action} names {strangers}")

    def transition(self, action: str) -> Transition:
        """Raises KeyError for an action that the machine does not have."""
        for candidate in self.transitions:
            if candidate.action == action:
                return candidate
        raise KeyError(action)

    def moves(self) -> list[tuple[str, str]]:
        """Every pair of states with a way from the first to the second."""
        return sorted({(s, t.target) for t in self.transitions for s in t.sources})

    def may(self, status: str, action: str) -> Verdict:
        transition = self.transition(action)
        if status in transition.sources:
            return YES
        return no(
            _("“%(action)s” is not possible: the status is “%(status)s”.")
            % {"action": transition.label, "status": self.texts[status].staff}
        )

    def actions_from(self, status: str) -> list[Transition]:
        return [t for t in self.transitions if status in t.sources]

    def triggers(self, *, event_table: str, row_column: str) -> list[pgtrigger.Trigger]:
        """The guards that the machine's table needs."""
        return [
            pgtrigger.FSM(name="legal_moves", field="status", transitions=self.moves()),
            BeginsAs(name="begins_as_initial", status=self.initial),
            RecordMoves(name="moves_are_recorded", event_table=event_table, row_column=row_column),
            RecordBeginnings(
                name="beginnings_are_recorded", event_table=event_table, row_column=row_column
            ),
        ]


class BeginsAs(pgtrigger.Trigger):
    """A row comes into being in its machine's first state and no other."""

    operation = pgtrigger.Insert
    when = pgtrigger.Before

    def __init__(self, *, name: str, status: str) -> None:
        super().__init__(name=name, condition=pgtrigger.Q(new__status__df=status))
        self.status = status

    def get_func(self, model: Any) -> str:
        return f"RAISE EXCEPTION 'A new row begins as {self.status}, not as %', NEW.status;"


class _Recorder(pgtrigger.Trigger):
    """Writes events for all rows of a statement in one further statement.

    EXECUTE has it planned for the rows at hand: a plan that was made for one row, and kept by the
    session, would compare each of ten thousand with all the others.
    """

    when = pgtrigger.After
    level = pgtrigger.Statement
    rows: str
    # Whether there are any: asked of every statement, so it must not cost more than the statement.
    some: str

    def __init__(self, *, name: str, event_table: str, row_column: str) -> None:
        super().__init__(name=name)
        self.event_table = event_table
        self.row_column = row_column

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("actor", "text")]

    def get_func(self, model: Any) -> str:
        return f"""
            IF EXISTS ({self.some}) THEN
                actor := coalesce(current_setting('portal.actor', true), '');
                IF actor = '' THEN
                    RAISE EXCEPTION 'A change of status must say who makes it.';
                END IF;
                EXECUTE $events$
                    INSERT INTO {self.event_table}
                        ({self.row_column}, at, actor_id, action, status_from, status_to, reason)
                    SELECT n.id, statement_timestamp(), nullif($1, '{SYSTEM}')::bigint,
                        current_setting('portal.action'), {self.status_from()}, n.status,
                        current_setting('portal.reason')
                    {self.rows}
                $events$ USING actor;
            END IF;
            RETURN NULL;
        """

    def status_from(self) -> str:
        raise NotImplementedError


class RecordMoves(_Recorder):
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")
    rows = "FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE n.status IS DISTINCT FROM o.status"
    # Not a join: for the first row of one, the planner compares each row with every other.
    some = "SELECT n.id, n.status FROM new_rows n EXCEPT SELECT o.id, o.status FROM old_rows o"

    def status_from(self) -> str:
        return "o.status"


class RecordBeginnings(_Recorder):
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="new_rows")
    rows = "FROM new_rows n"
    some = "SELECT 1 FROM new_rows n"

    def status_from(self) -> str:
        return "''"


# What the database has been told, and by whom: a block within another speaks for itself.
_words: ContextVar[tuple[str, str, str]] = ContextVar("words", default=("", "", ""))


@contextmanager
def acting_as(actor: User | None, *, action: str, reason: str = "") -> Iterator[None]:
    """Tell the database who is about to change states, and why. None is the system itself.

    Only within a transaction. At the end of the block the words of the block around it hold
    again, or none; a block that fails is rolled back, and its words with it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A change of status needs a transaction.")
    outer, inner = _words.get(), (str(actor.pk) if actor else SYSTEM, action, reason)
    with transaction.atomic():
        _tell(*inner)
        _words.set(inner)
        try:
            yield
        finally:
            _words.set(outer)
        _tell(*outer)


# Every trigger asks first whether it is to be ignored, and where nothing says so that costs it a
# caught error for each row: so it is said that none is, unless somebody has said more.
_TELL = """
SELECT set_config('portal.actor', %s, true), set_config('portal.action', %s, true),
    set_config('portal.reason', %s, true), set_config('pgtrigger.ignore',
        coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'), true)
"""


def _tell(actor: str, action: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [actor, action, reason])


class StatusEvent(models.Model):
    """Base of the append-only histories: who moved what, when, from where to where, why.

    Written by the database (see `Machine.triggers`), never by Python.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=30)
    status_from = models.CharField(max_length=20, blank=True)
    status_to = models.CharField(max_length=20)
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.status_from} → {self.status_to}"


def submission_is_kept() -> list[pgtrigger.Trigger]:
    """Who and when do not change under a commission's hands: for rows that are submitted once,
    with `submitted_at` and `receipt_number`."""
    return [
        pgtrigger.Trigger(
            name="submission_is_kept",
            operation=pgtrigger.UpdateOf("submitted_at", "receipt_number"),
            when=pgtrigger.Before,
            condition=pgtrigger.Q(old__submitted_at__isnull=False)
            & (
                pgtrigger.Q(old__submitted_at__df=pgtrigger.F("new__submitted_at"))
                | pgtrigger.Q(old__receipt_number__df=pgtrigger.F("new__receipt_number"))
            ),
            func="RAISE EXCEPTION 'The time and the number of a submission are not changed.';",
        ),
        pgtrigger.Trigger(
            name="submitted_is_not_deleted",
            operation=pgtrigger.Delete,
            when=pgtrigger.Before,
            condition=pgtrigger.Q(old__submitted_at__isnull=False),
            func="RAISE EXCEPTION 'What was submitted is not deleted.';",
        ),
    ]


def append_only(name: str) -> pgtrigger.Trigger:
    """The trigger that keeps rows from being changed or deleted."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def describe(machine: Machine, status: str, *, to_staff: bool) -> dict[str, Any]:
    """A status in words, for a page."""
    text = machine.texts[status]
    return {
        "value": status,
        "label": text.staff if to_staff else text.public,
        "next_step": text.next_step,
    }


def describe_events(machine: Machine, events: Iterable[Any]) -> list[dict[str, Any]]:
    """A history in the words of staff, for a page."""
    words = {status: text.staff for status, text in machine.texts.items()}
    return [
        {
            "at": event.at,
            "actor": event.actor,
            "before": words.get(event.status_from, ""),
            "status": event.status_to,
            "label": words[event.status_to],
            "reason": event.reason,
        }
        for event in events
    ]
