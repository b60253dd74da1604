"""Takes applications through their histories and keeps what the database would have written.

Each step does to the row what `observers/domain/applications.py` does, at a moment of the past.
"""

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from accounts.models import User
from elections.domain.appeals import appeal_deadline
from elections.enums import Subject
from notifications.models import Letter
from observers.demo.accounts import Bench
from observers.demo.clock import moment
from observers.demo.histories import Steps
from observers.demo.letters import Columns, Stationery, as_sent
from observers.demo.reasons import Reasons
from observers.domain import letters
from observers.enums import Outcome, Status
from observers.lifecycle import (
    APPLICATION,
    APPROVE,
    CANCEL,
    REFUSE,
    RETURN,
    SUBMIT,
    TAKE_UP,
    WITHDRAW,
)
from observers.models import Application, Decision

TARGETS = {t.action: str(t.target) for t in APPLICATION.transitions}
DECIDING = (APPROVE, REFUSE, CANCEL)


@dataclass
class Supply:
    """Keys and numbers that the database gave for a batch of applications."""

    keys: Iterator[int]
    user_keys: Iterator[int]
    decision_keys: Iterator[int]
    receipts: Iterator[str]
    accreditations: dict[int, str]


@dataclass
class Chronicle:
    benches: dict[int, Bench]
    reasons: Reasons
    chance: random.Random
    supply: Supply
    stationery: Stationery
    events: list[Columns] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    letters: list[Columns] = field(default_factory=list)

    def tell(self, application: Application, steps: Steps) -> None:
        """From the draft through every step; the row ends as it is today."""
        _, seconds = steps[0]
        at = application.created_at = moment(seconds)
        self._event(application, "begin", at, application.applicant, "", "")
        for action, seconds in steps[1:]:
            at = moment(seconds)
            actor, reason = STEPS[action](self, application, at)
            self._event(application, action, at, actor, application.status, reason)
            application.status = TARGETS[action]
        application.updated_at = at

    def _event(
        self,
        application: Application,
        action: str,
        at: datetime.datetime,
        actor: User,
        status_from: str,
        reason: str,
    ) -> None:
        self.events.append(
            {
                "application_id": application.pk,
                "at": at,
                "actor_id": actor.pk,
                "action": action,
                "status_from": status_from,
                "status_to": TARGETS.get(action, Status.DRAFT.value),
                "reason": reason,
            }
        )

    def _submit(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        if row.due_at is None or row.returned_at is None:
            row.submitted_at = at
            row.due_at = at + datetime.timedelta(days=row.window.days_to_decide)
            row.receipt_number = next(self.supply.receipts)
            due_at = row.due_at.isoformat()
            self.letters.append(self.stationery.fill(letters.received, row, at, due_at=due_at))
        else:
            row.due_at += at - row.returned_at
            row.returned_at, row.return_note = None, ""
            row.version += 2
        return row.applicant, ""

    def _take_up(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        return self.benches[row.commission_id].reviewer, ""

    def _return(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        row.return_note = self.reasons.draw("returned").text(row.applicant.language)
        row.returned_at = at
        row.answer_by = at + datetime.timedelta(days=row.window.days_to_answer)
        self._write(letters.returned(row), at)
        return self.benches[row.commission_id].reviewer, row.return_note

    def _withdraw(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        return row.applicant, self.reasons.draw("withdrawn").text(row.applicant.language)

    def _approve(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        decision = self._decide(row, Outcome.APPROVED, at)
        row.accreditation_number = self.supply.accreditations[row.pk]
        letter = self.stationery.fill(
            letters.approved, row, at, decision, accreditation_number=row.accreditation_number
        )
        self.letters.append(letter)
        decision.letter_id = letter["key"]
        return self.benches[row.commission_id].reviewer, ""

    def _refuse(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        """Proposed by one, confirmed by another."""
        decision = self._decide(row, Outcome.REFUSED, at)
        reason = self.reasons.draw(f"refused_{Subject.PERSON}")
        decision.ground = self.reasons.grounds[Subject.PERSON]
        decision.unconfirmed_fields = reason.columns
        decision.what_was_checked = reason.text(row.applicant.language)
        decision.confirmed_by = self.benches[row.commission_id].chair
        self._write(letters.refused(row, decision), at, decision)
        return decision.confirmed_by, f"{decision.ground} {decision.what_was_checked}"

    def _cancel(self, row: Application, at: datetime.datetime) -> tuple[User, str]:
        decision = self._decide(row, Outcome.CANCELLED, at)
        day = at.astimezone(row.election.zone) - datetime.timedelta(days=1)
        text = self.reasons.draw("cancelled").text(row.applicant.language)
        number = f"2-{self.chance.randrange(1000, 10_000)}"
        decision.what_was_checked = text.format(number=number, date=f"{day:%d.%m.%Y}")
        decision.proposed_by = self.benches[row.commission_id].chair
        self._write(letters.cancelled(row, decision), at, decision)
        return decision.proposed_by, decision.what_was_checked

    def _decide(self, row: Application, outcome: Outcome, at: datetime.datetime) -> Decision:
        appealable = outcome != Outcome.APPROVED
        decision = Decision(
            pk=next(self.supply.decision_keys),
            application_id=row.pk,
            commission_id=row.commission_id,
            outcome=outcome.value,
            proposed_by_id=self.benches[row.commission_id].reviewer.pk,
            decided_at=at,
            appeal_body_names=row.commission.appeal_body_names if appealable else {},
            appeal_until=appeal_deadline(row.commission, now=at) if appealable else None,
        )
        row.decision_id, row.decided_at = decision.pk, at
        self.decisions.append(decision)
        return decision

    def _write(
        self, letter: Letter, at: datetime.datetime, decision: Decision | None = None
    ) -> None:
        if decision:
            decision.letter_id = letter.key
        self.letters.append(as_sent(letter, at))


STEPS: dict[str, Callable[..., tuple[User, str]]] = {
    SUBMIT: Chronicle._submit,
    TAKE_UP: Chronicle._take_up,
    RETURN: Chronicle._return,
    WITHDRAW: Chronicle._withdraw,
    APPROVE: Chronicle._approve,
    REFUSE: Chronicle._refuse,
    CANCEL: Chronicle._cancel,
}
