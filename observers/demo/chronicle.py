"""Takes applications through their histories and keeps what the database would have written.

Each step does to the row what `observers/domain/applications.py` does, at a moment of the past.
"""

import datetime
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts.copying import Columns
from accounts.models import User
from elections.domain.appeals import appeal_deadline
from elections.enums import Outcome, Subject
from notifications.models import Letter
from observers.demo.accounts import Bench
from observers.demo.cases import Case
from observers.demo.clock import moment
from observers.demo.histories import Steps
from observers.demo.letters import Stationery, as_sent
from observers.demo.reasons import Reasons
from observers.demo.returns import seen_when_returned
from observers.domain import letters
from observers.domain.way_to_badge import way_to_badge
from observers.enums import Status
from observers.lifecycle import (
    APPLICATION,
    APPROVE,
    CANCEL,
    ENTER,
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
    portraits: Sequence[str]
    scan: tuple[str, int]
    returns: list[Columns] = field(default_factory=list)
    paper_forms: list[Columns] = field(default_factory=list)
    events: list[Columns] = field(default_factory=list)
    decisions: list[Columns] = field(default_factory=list)
    letters: list[Columns] = field(default_factory=list)

    def tell(self, case: Case, steps: Steps) -> None:
        """From the draft through every step; the row ends as it is today."""
        row = case.columns
        _, seconds = steps[0]
        at = row["created_at"] = moment(seconds)
        self._event(row, "begin", at, case.applicant, "", "")
        for action, seconds in steps[1:]:
            at = moment(seconds)
            actor, reason = STEPS[action](self, case, at)
            if case.on_paper and action == SUBMIT:
                action = ENTER
            self._event(row, action, at, actor, row["status"], reason)
            row["status"] = TARGETS[action]
        row["updated_at"] = at

    def _event(
        self,
        row: Columns,
        action: str,
        at: datetime.datetime,
        actor: User,
        status_from: str,
        reason: str,
    ) -> None:
        self.events.append(
            {
                "application_id": row["id"],
                "at": at,
                "actor_id": actor.pk,
                "action": action,
                "status_from": status_from,
                "status_to": TARGETS.get(action, Status.DRAFT.value),
                "reason": reason,
            }
        )

    def _submit(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        row = case.columns
        if row["returned_at"] is None:
            row["submitted_at"] = at
            if case.on_paper:
                self._file_the_form(case, at)
            row["due_at"] = at + datetime.timedelta(days=case.window.days_to_decide)
            row["receipt_number"] = next(self.supply.receipts)
            self._fill(letters.received, case, at, due_at=row["due_at"].isoformat())
        else:
            row["due_at"] += at - row["returned_at"]
            row["returned_at"], row["return_note"] = None, ""
            row["version"] += 2
        return case.applicant, ""

    def _file_the_form(self, case: Case, at: datetime.datetime) -> None:
        """Handed in and entered at once, with its scan."""
        case.columns["paper_received_at"] = at
        name, size = self.scan
        self.paper_forms.append(
            {
                "application_id": case.columns["id"],
                "entered_by_id": case.applicant.pk,
                "entered_at": at,
                "language": case.language,
                "scan": name,
                "original_name": name.rpartition("/")[2],
                "content_type": "application/pdf",
                "size": size,
            }
        )

    def _take_up(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        return self._reviewer(case), ""

    def _return(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        reason, row = self.reasons.draw("returned"), case.columns
        note = row["return_note"] = reason.text(case.language)
        row["returned_at"] = at
        row["answer_by"] = at + datetime.timedelta(days=case.window.days_to_answer)
        letter = letters.returned(case.as_application(), reason.columns)
        self.letters.append(as_sent(letter, at))
        self.returns.append(
            {
                "application_id": row["id"],
                "returned_by_id": self._reviewer(case).pk,
                "returned_at": at,
                "answer_by": row["answer_by"],
                "fields": reason.columns,
                "note": note,
                "seen": seen_when_returned(
                    row,
                    reason.columns,
                    was_corrected=case.came_back,
                    portraits=self.portraits,
                    chance=self.chance,
                ),
                "letter_id": letter.key,
            }
        )
        return self._reviewer(case), note

    def _withdraw(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        return case.applicant, self.reasons.draw("withdrawn").text(case.language)

    def _approve(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        decision = self._decide(case, Outcome.APPROVED, at)
        number = self.supply.accreditations[case.columns["id"]]
        case.columns["accreditation_number"] = number
        way = self._way_to_badge(case, at)
        letter = self._fill(
            letters.approved, case, at, decision, accreditation_number=number, badge=way
        )
        decision["letter_id"] = letter["key"]
        return self._reviewer(case), ""

    @staticmethod
    def _way_to_badge(case: Case, at: datetime.datetime) -> str:
        """As it was then: who answered later had not yet."""
        row = case.as_application()
        if row.observer_answered_at and row.observer_answered_at > at:
            row.observer_answer = ""
        return way_to_badge(row).value

    def _refuse(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        """Proposed by one, confirmed by another."""
        decision = self._decide(case, Outcome.REFUSED, at)
        reason = self.reasons.draw(f"refused_{Subject.PERSON}")
        ground, chair = self.reasons.grounds[Subject.PERSON], self.benches[case.commission.pk].chair
        decision["ground_id"] = ground.pk
        decision["unconfirmed_fields"] = reason.columns
        decision["what_was_checked"] = reason.text(case.language)
        decision["confirmed_by_id"] = chair.pk
        self._appealable(letters.refused, case, at, decision, ground=ground)
        return chair, f"{ground} {decision['what_was_checked']}"

    def _cancel(self, case: Case, at: datetime.datetime) -> tuple[User, str]:
        decision = self._decide(case, Outcome.CANCELLED, at)
        chair = self.benches[case.commission.pk].chair
        day = at.astimezone(case.commission.election.zone) - datetime.timedelta(days=1)
        text = self.reasons.draw("cancelled").text(case.language)
        number = f"2-{self.chance.randrange(1000, 10_000)}"
        decision["what_was_checked"] = text.format(number=number, date=f"{day:%d.%m.%Y}")
        decision["proposed_by_id"] = chair.pk
        self._appealable(letters.cancelled, case, at, decision)
        return chair, decision["what_was_checked"]

    def _reviewer(self, case: Case) -> User:
        """Who entered it from paper leaves it to the other."""
        bench = self.benches[case.commission.pk]
        return bench.chair if case.applicant == bench.reviewer else bench.reviewer

    def _decide(self, case: Case, outcome: Outcome, at: datetime.datetime) -> Columns:
        decision = {
            "id": next(self.supply.decision_keys),
            "application_id": case.columns["id"],
            "commission_id": case.commission.pk,
            "outcome": outcome.value,
            "ground_id": None,
            "unconfirmed_fields": [],
            "what_was_checked": "",
            "proposed_by_id": self._reviewer(case).pk,
            "confirmed_by_id": None,
            "decided_at": at,
            "appeal_body_names": {},
            "appeal_until": None,
            "letter_id": None,
        }
        case.columns["decision_id"], case.columns["decided_at"] = decision["id"], at
        self.decisions.append(decision)
        return decision

    def _fill(
        self,
        word: Callable[..., Letter],
        case: Case,
        at: datetime.datetime,
        *decisions: Columns,
        **facts: Any,
    ) -> Columns:
        """A letter that everybody gets."""

        def specimen() -> Letter:
            return word(case.as_application(), *(Decision(**d) for d in decisions))

        if case.on_paper:
            letter = as_sent(specimen(), at)
        else:
            letter = self.stationery.fill(word.__name__, case, at, specimen=specimen, **facts)
        self.letters.append(letter)
        return letter

    def _appealable(
        self,
        word: Callable[[Application, Decision], Letter],
        case: Case,
        at: datetime.datetime,
        decision: Columns,
        **pointed_to: models.Model,
    ) -> None:
        """A letter that says where the decision may be contested, and until when."""
        decision["appeal_body_names"] = case.commission.appeal_body_names
        decision["appeal_until"] = appeal_deadline(case.commission, now=at)
        letter = word(case.as_application(), Decision(**{**decision, **pointed_to}))
        decision["letter_id"] = letter.key
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
