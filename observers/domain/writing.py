"""What each move of applications stores: statuses, decisions, returns and letters.

Called by `applications.move` alone, within its transaction, on rows that it holds and has found
fit to move.
"""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.copying import sheet_of, take_in
from accounts.models import User
from elections.domain.appeals import appeal_deadline
from elections.enums import Outcome
from elections.models import Commission
from notifications import outbox
from notifications.models import Letter
from observers.domain import admission, badges, letters, substitutions
from observers.domain.reasons import Reasons
from observers.domain.snapshots import snapshots
from observers.domain.way_to_badge import is_settled
from observers.enums import Status
from observers.lifecycle import (
    APPROVE,
    CANCEL,
    ENTER,
    LAPSE,
    REFUSE,
    RETURN,
    SUBMIT,
    UNDO,
    UPHOLD,
    WITHDRAW_ON_PAPER,
)
from observers.models import Application, Decision, Return

# What a submission leaves of an earlier return.
CORRECTED: dict[str, Any] = {"return_note": "", "returned_at": None}
# What the database stamps on a row as it moves.
STAMPED = ("receipt_number", "accreditation_number", "submitted_at", "due_at", "decision_id")


@dataclass(frozen=True)
class Act:
    """One move of many rows: to which status, by whom, when, and why each of them."""

    target: str
    actor: User | None
    reasons: Reasons | Mapping[int, Reasons]
    now: datetime.datetime

    def why(self, row: Application) -> Reasons:
        return self.reasons if isinstance(self.reasons, Reasons) else self.reasons[row.pk]

    @property
    def person(self) -> User:
        """Raises ValueError for the system: a decision is made by a person."""
        if self.actor is None:
            raise ValueError("A decision is made by a person.")
        return self.actor


# What stores the rows of a move.
Writer = Callable[[list[Application], Act], None]


def write_status(rows: list[Application], act: Act, **columns: Any) -> None:
    """The status, and what the database stamps with it, brought back into the rows."""
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    these.update(status=act.target, updated_at=act.now, **columns)
    by_key = {values[0]: values[1:] for values in these.values_list("pk", *STAMPED)}
    for row in rows:
        row.status = act.target
        for column, value in zip(STAMPED, by_key[row.pk], strict=True):
            setattr(row, column, value)


def _submit(rows: list[Application], act: Act) -> None:
    first = [row for row in rows if row.status == Status.DRAFT]
    write_status(rows, act, **CORRECTED)
    outbox.write([*(letters.received(row) for row in first), *substitutions.farewells(first)])


def submit_together(rows: list[Application], act: Act) -> None:
    """With the confirmation, in the same statement."""
    first = [row for row in rows if row.status == Status.DRAFT]
    confirmed = {"consented_at": Coalesce(F("consented_at"), Value(act.now))}
    write_status(rows, act, **CORRECTED, **confirmed)
    outbox.write(substitutions.farewells(first))


def _return(rows: list[Application], act: Act) -> None:
    """What it said is kept, so that the desk can show what has changed when it comes back."""
    seen = snapshots(rows)
    answer_by: dict[int, datetime.datetime] = {}
    groups: dict[tuple[datetime.datetime, str], list[Application]] = {}
    for row in rows:
        why = act.why(row)
        answer_by[row.pk] = why.answer_by(act.now, days_of_window=row.window.days_to_answer)
        row.answer_by, row.return_note, row.returned_at = answer_by[row.pk], why.note, act.now
        groups.setdefault((answer_by[row.pk], why.note), []).append(row)
    for (moment, note), group in groups.items():
        columns = {"returned_at": act.now, "answer_by": moment, "return_note": note}
        write_status(group, act, **columns)
    told = [letters.returned(row, act.why(row).fields_to_correct) for row in rows]
    _write_held(rows, told)
    Return.objects.bulk_create(
        Return(
            application=row,
            returned_by=act.person,
            returned_at=act.now,
            answer_by=answer_by[row.pk],
            fields=list(act.why(row).fields_to_correct),
            note=row.return_note,
            seen=seen[row.pk],
            letter_id=letter.key,
        )
        for row, letter in zip(rows, told, strict=True)
    )


def _lapse(rows: list[Application], act: Act) -> None:
    """One letter for all drafts of a person that closed at the same moment; another for those that
    name somebody in place of another, who stays registered."""
    write_status(rows, act)
    closing = admission.closing_moments(rows)
    groups: dict[tuple[int, int, bool, datetime.datetime], list[Application]] = {}
    for row in rows:
        takes_a_place = row.substitutes_id is not None
        person = (row.applicant_id, row.election_id, takes_a_place, closing[row.pk])
        groups.setdefault(person, []).append(row)
    outbox.write(
        letters.draft_lapsed(group, closes_at=closes_at)
        for (*_whose, closes_at), group in groups.items()
    )


def _withdraw_on_paper(rows: list[Application], act: Act) -> None:
    """Told by letter, so that somebody who did not ask for it finds out."""
    write_status(rows, act, **CORRECTED)
    outbox.write(letters.withdrawn(row) for row in rows)


def _undo(rows: list[Application], act: Act) -> None:
    """Back to the desk, as if nothing had been decided; the history keeps both."""
    undone = {"decision": None, "decided_at": None, "accreditation_number": None}
    write_status(rows, act, **CORRECTED, **undone)


def letter_of_last_word(row: Application, *, by: User | None) -> Letter | None:
    """The letter that tells of the decision or return that `by` made last; None where somebody
    else made it."""
    if row.status == Status.RETURNED:
        last = row.returns.order_by("-pk").select_related("letter").first()
        return last.letter if last and last.returned_by == by else None
    decision = row.decision
    if decision is None or by != (decision.confirmed_by or decision.proposed_by):
        return None
    return decision.letter


def decide(
    outcome: Outcome, word: Callable[[Application, Decision], Letter], *, final: bool = False
) -> Writer:
    """A writer that stores the decision, points the application to it, issues the badge, and tells
    the applicant. What is `final`, as on appeal, cannot be undone.

    The letter is written last, when the accreditation number is known; its key is chosen first,
    because a decision, once stored, is not touched again.
    """

    def write(rows: list[Application], act: Act) -> None:
        decisions = [decision_of(row, outcome, act) for row in rows]
        take_in(sheet_of(Decision, decisions))
        newest = Decision.objects.filter(application=OuterRef("pk")).order_by("-pk")
        columns = {"decision": Subquery(newest.values("pk")[:1]), "decided_at": act.now}
        write_status(rows, act, **columns)
        if outcome == Outcome.APPROVED:
            agreed = [row for row in rows if is_settled(row)]
            badges.issue(agreed, actor=act.actor, now=act.now)
        told = [
            _keyed(word(row, decision), decision)
            for row, decision in zip(rows, decisions, strict=True)
        ]
        _write_held(rows, told, final=final)

    return write


def _write_held(rows: list[Application], told: list[Letter], *, final: bool = False) -> None:
    """Letters lie as long as their election lets a decision be undone; one that is final leaves
    at once."""
    if final:
        outbox.write(told)
        return
    by_seconds: dict[int, list[Letter]] = {}
    for row, letter in zip(rows, told, strict=True):
        by_seconds.setdefault(row.election.undo_seconds, []).append(letter)
    for seconds, held in by_seconds.items():
        outbox.write(held, held_for=datetime.timedelta(seconds=seconds))


def _keyed(letter: Letter, decision: Decision) -> Letter:
    if decision.letter_id:
        letter.key = decision.letter_id
    return letter


def decision_of(row: Application, outcome: Outcome, act: Act) -> Decision:
    """Not yet stored. Proposed by whoever proposed it; otherwise by whoever acts, alone."""
    why, appealable = act.why(row), outcome != Outcome.APPROVED
    commission = _deciding(row, why)
    proposal = why.proposal
    return Decision(
        application=row,
        commission=commission,
        outcome=outcome,
        ground=why.ground,
        unconfirmed_fields=list(why.unconfirmed_fields),
        what_was_checked=why.what_was_checked,
        proposed_by=proposal.proposed_by if proposal else act.person,
        confirmed_by=act.person if proposal else None,
        proposal=proposal,
        session=why.session,
        appeal=why.appeal,
        decided_at=act.now,
        letter_id=uuid.uuid4(),
        appeal_body_names=commission.appeal_body_names if appealable else {},
        appeal_until=appeal_deadline(commission, now=act.now) if appealable else None,
    )


def _deciding(row: Application, why: Reasons) -> Commission:
    """The commission of the application; on appeal the body above, where it is in the portal."""
    above = why.appeal.commission if why.appeal else None
    return above or row.commission


OUTCOMES: dict[str, tuple[Outcome, Callable[[Application, Decision], Letter]]] = {
    APPROVE: (Outcome.APPROVED, letters.approved),
    REFUSE: (Outcome.REFUSED, letters.refused),
    CANCEL: (Outcome.CANCELLED, letters.cancelled),
    UPHOLD: (Outcome.APPROVED, letters.registered_on_appeal),
}
WRITERS: dict[str, Writer] = {
    SUBMIT: _submit,
    ENTER: _submit,
    RETURN: _return,
    LAPSE: _lapse,
    UNDO: _undo,
    WITHDRAW_ON_PAPER: _withdraw_on_paper,
    **{
        action: decide(outcome, word, final=action == UPHOLD)
        for action, (outcome, word) in OUTCOMES.items()
    },
}
