"""Why an application is moved, as its reviewer says it."""

import datetime
from dataclasses import dataclass

from elections.models import RefusalGround
from observers.models import Appeal, CommissionSession, Proposal


@dataclass(frozen=True)
class Reasons:
    """`note` goes to the applicant with a return, as do the fields and the days to answer (by
    default the window's); ground, fields and what was checked belong to a decision. What is
    adopted from a proposal, in a session or on appeal names these as well."""

    note: str = ""
    fields_to_correct: tuple[str, ...] = ()
    days_to_answer: int | None = None
    ground: RefusalGround | None = None
    unconfirmed_fields: tuple[str, ...] = ()
    what_was_checked: str = ""
    proposal: Proposal | None = None
    session: CommissionSession | None = None
    appeal: Appeal | None = None

    @classmethod
    def of(cls, proposal: Proposal, *, session: CommissionSession | None = None) -> "Reasons":
        """What was proposed, to be adopted."""
        return cls(
            ground=proposal.ground,
            unconfirmed_fields=tuple(proposal.unconfirmed_fields),
            what_was_checked=proposal.what_was_checked,
            proposal=proposal,
            session=session,
        )

    def in_words(self) -> str:
        """For the event: the sentence that says why."""
        parts = [str(self.ground) if self.ground else "", self.what_was_checked, self.note]
        return " ".join(part for part in parts if part)

    def answer_by(self, now: datetime.datetime, *, days_of_window: int) -> datetime.datetime:
        days = days_of_window if self.days_to_answer is None else self.days_to_answer
        return now + datetime.timedelta(days=days)
