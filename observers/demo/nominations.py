"""Nomination rights in every state, each with the history that led there."""

import datetime
import random
from collections.abc import Sequence

from accounts.copying import (
    Columns,
    draw_numbers,
    reserve_keys,
    sheet,
    sheet_of,
    take_in,
)
from accounts.models import User
from elections.domain.appeals import appeal_deadline
from elections.enums import Authority, Subject
from elections.models import Election, RequiredDocument
from notifications.models import Letter
from observers.demo.accounts import Bench
from observers.demo.chance import make_key
from observers.demo.clock import Clock, moment
from observers.demo.letters import as_sent
from observers.demo.organisations import Nominator
from observers.demo.papers import store_letter
from observers.demo.reasons import Reasons
from organisations.domain import letters
from organisations.enums import NominationStatus
from organisations.lifecycle import NOMINATION
from organisations.models import (
    NominationDecision,
    NominationDocument,
    NominationEvent,
    NominationRight,
)

# From the first word of a form to the newest change of its status, at most.
LEAD = 48 * 3600
ROADS = {
    "draft": (),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "granted": ("submit", "grant"),
    "refused": ("submit", "refuse"),
}


class Nominations:
    """Writes the rights of all organisations, once.

    The rows are written as they are today; their histories, which the database's triggers would
    write from the changes, are written beside them.
    """

    def __init__(
        self,
        election: Election,
        benches: dict[int, Bench],
        *,
        clock: Clock,
        reasons: Reasons,
        chance: random.Random,
    ) -> None:
        self.election = election
        self.commission = election.commissions.select_related("election").get(
            authority=Authority.CENTRAL
        )
        self.bench = benches[self.commission.pk]
        self.clock, self.reasons, self.chance = clock, reasons, chance
        windows = list(election.windows.all())
        self.opens_at = min(window.opens_at for window in windows).timestamp()
        self.days_to_decide = max(window.days_to_decide for window in windows)
        self.rights: list[NominationRight] = []
        self.events: list[NominationEvent] = []
        self.decisions: list[NominationDecision] = []
        self.letters: list[Columns] = []

    def write(self, nominators: list[Nominator]) -> None:
        keys = reserve_keys(NominationRight, len(nominators))
        for key, nominator in zip(keys, nominators, strict=True):
            self.rights.append(self._draft(key, nominator))
        histories = [self._moments(nominator) for nominator in nominators]
        decided = [r for r in nominators if r.row["nomination_status"] in ("granted", "refused")]
        self.decision_keys = iter(reserve_keys(NominationDecision, len(decided)))
        submitted = [n for n in nominators if n.row["nomination_status"] != "draft"]
        self.numbers = iter(draw_numbers("N", "organisations_receipt_numbers", len(submitted)))
        told = sorted(
            zip(histories, self.rights, nominators, strict=True), key=lambda told: told[0][:2][-1]
        )
        for moments, right, nominator in told:
            self._tell(right, ROADS[nominator.row["nomination_status"]], moments)
        take_in(
            sheet_of(NominationRight, self.rights),
            sheet(Letter, self.letters),
            sheet_of(NominationDecision, self.decisions),
            sheet_of(NominationEvent, self.events),
        )
        self._attach()

    def _draft(self, key: int, nominator: Nominator) -> NominationRight:
        weight = int(nominator.row["weight"])
        return NominationRight(
            pk=key,
            key=make_key(self.chance),
            organisation=nominator.organisation,
            election=self.election,
            commission=self.commission,
            filed_by=nominator.owner,
            expected_observers=-(-weight // 50) * 50 or None,
        )

    def _moments(self, nominator: Nominator) -> list[float]:
        """When it was begun, sent and answered; the newest change is on the day of the file."""
        changed = self.clock.within_day(int(nominator.row["nomination_day"]))
        earliest = max(self.opens_at, changed - LEAD)
        before = sorted(self.chance.uniform(earliest, changed) for _ in range(2))
        road = ROADS[nominator.row["nomination_status"]]
        return [*before[: len(road)], changed]

    def _tell(self, right: NominationRight, road: Sequence[str], moments: list[float]) -> None:
        at = right.created_at = moment(moments[0])
        self._event(right, "begin", at, right.filed_by, "", right.status)
        for action, seconds in zip(road, moments[1:], strict=True):
            at = moment(seconds)
            getattr(self, f"_{action}")(right, at)
            right.version += 1
        right.updated_at = at

    def _event(
        self,
        right: NominationRight,
        action: str,
        at: datetime.datetime,
        actor: User,
        status_from: str,
        status_to: str,
        reason: str = "",
    ) -> None:
        self.events.append(
            NominationEvent(
                right=right,
                at=at,
                actor=actor,
                action=action,
                status_from=status_from,
                status_to=status_to,
                reason=reason,
            )
        )

    def _move(
        self,
        right: NominationRight,
        action: str,
        at: datetime.datetime,
        actor: User,
        reason: str = "",
    ) -> None:
        target = str(NOMINATION.transition(action).target)
        self._event(right, action, at, actor, right.status, target, reason)
        right.status = target

    def _submit(self, right: NominationRight, at: datetime.datetime) -> None:
        right.submitted_at = at
        right.due_at = at + datetime.timedelta(days=self.days_to_decide)
        right.receipt_number = next(self.numbers)
        self._move(right, "submit", at, right.filed_by)
        self.letters.append(as_sent(letters.nomination_received(right), at))

    def _return(self, right: NominationRight, at: datetime.datetime) -> None:
        note = self.reasons.draw("returned_nomination").text(right.filed_by.language)
        self._move(right, "return", at, self.bench.reviewer, note)
        self.letters.append(as_sent(letters.nomination_returned(right, note), at))

    def _grant(self, right: NominationRight, at: datetime.datetime) -> None:
        decision = self._decide(right, NominationStatus.GRANTED, at, self.bench.reviewer)
        self._move(right, "grant", at, self.bench.reviewer)
        self._write(letters.nomination_granted(right, decision), decision, at)

    def _refuse(self, right: NominationRight, at: datetime.datetime) -> None:
        decision = self._decide(right, NominationStatus.REFUSED, at, self.bench.chair)
        decision.proposed_by = self.bench.reviewer
        reason = self.reasons.draw(f"refused_{Subject.ORGANISATION}")
        decision.ground = self.reasons.grounds[Subject.ORGANISATION]
        decision.what_was_checked = reason.text(right.filed_by.language)
        decision.appeal_body_names = self.commission.appeal_body_names
        decision.appeal_until = appeal_deadline(self.commission, now=at)
        why = f"{decision.ground} {decision.what_was_checked}"
        self._move(right, "refuse", at, self.bench.chair, why)
        self._write(letters.nomination_refused(right, decision), decision, at)

    def _decide(
        self, right: NominationRight, outcome: NominationStatus, at: datetime.datetime, by: User
    ) -> NominationDecision:
        decision = NominationDecision(
            pk=next(self.decision_keys),
            right=right,
            outcome=outcome.value,
            decided_by=by,
            decided_at=at,
            appeal_body_names={},
        )
        right.decision = decision
        self.decisions.append(decision)
        return decision

    def _write(self, letter: Letter, decision: NominationDecision, at: datetime.datetime) -> None:
        decision.letter_id = letter.key
        self.letters.append(as_sent(letter, at))

    def _attach(self) -> None:
        """The paper that was asked of each."""
        asked = RequiredDocument.objects.filter(
            election=self.election, subject=Subject.ORGANISATION, is_required=True
        )
        NominationDocument.objects.bulk_create(
            self._paper(right, document)
            for right in self.rights
            for document in asked
            if right.submitted_at and right.organisation.kind in document.kinds
        )

    def _paper(self, right: NominationRight, document: RequiredDocument) -> NominationDocument:
        stored, size = store_letter(f"nominations/demo/{right.key}.pdf")
        return NominationDocument(
            key=make_key(self.chance),
            right=right,
            answers=document,
            file=stored,
            original_name="letter.pdf",
            content_type="application/pdf",
            size=size,
            uploaded_by=right.filed_by,
            uploaded_at=right.created_at,
        )
