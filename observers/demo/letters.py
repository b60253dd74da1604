"""Letters of the past: as they were written, and long since sent."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.copying import Columns
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.demo.cases import Case

ON_THE_WAY = datetime.timedelta(seconds=20)


def as_sent(letter: Letter, at: datetime.datetime) -> Columns:
    """The columns of a letter that was just put together, as written then and handed over soon
    after; what is on paper waits for staff. So loading the demo sends nothing."""
    by_mail = letter.status != LetterStatus.ON_PAPER
    return {
        "key": letter.key,
        "kind": letter.kind,
        "recipient_id": letter.recipient_id,
        "to_address": "",
        "address": letter.address,
        "language": letter.language,
        "election": letter.election,
        "reference": letter.reference,
        "facts": letter.facts,
        "status": (LetterStatus.SENT if by_mail else LetterStatus.ON_PAPER).value,
        "written_at": at,
        "next_attempt_at": at,
        "sent_at": at + ON_THE_WAY if by_mail else None,
        "attempts": int(by_mail),
        "last_error": "",
    }


class Stationery:
    """Letters that everybody gets, made from one specimen for each commission and language.

    What the letter functions of `observers/domain/letters.py` make from scratch, a hundred times
    as fast; a test compares the two.
    """

    def __init__(self) -> None:
        self.specimens: dict[tuple[Any, ...], Columns] = {}
        blank = uuid.UUID(int=0)
        self.path = reverse("apply:overview", args=[blank]).replace(str(blank), "{}")

    def fill(
        self,
        kind: str,
        case: Case,
        at: datetime.datetime,
        *,
        specimen: Callable[[], Letter],
        **facts: Any,
    ) -> Columns:
        """A letter like the specimen, in which `facts` and the person differ."""
        which = (kind, case.commission.pk, case.applicant.language)
        if which not in self.specimens:
            self.specimens[which] = as_sent(specimen(), at)
        common = self.specimens[which]
        return {
            **common,
            "key": uuid.uuid4(),
            "recipient_id": case.applicant.pk,
            "reference": case.columns["receipt_number"],
            "facts": {
                **common["facts"],
                "person": case.full_name,
                "path": self.path.format(case.columns["key"]),
                **facts,
            },
            "written_at": at,
            "next_attempt_at": at,
            "sent_at": at + ON_THE_WAY,
        }
