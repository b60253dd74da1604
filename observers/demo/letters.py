"""Letters of the past: as they were written, and long since sent."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.urls import reverse

from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.models import Application

ON_THE_WAY = datetime.timedelta(seconds=20)

Columns = dict[str, Any]


def as_sent(letter: Letter, at: datetime.datetime) -> Columns:
    """The columns of a letter that was just put together, as written then and handed over soon
    after. So loading the demo sends nothing."""
    return {
        "key": letter.key,
        "kind": letter.kind,
        "recipient_id": letter.recipient_id,
        "to_address": "",
        "language": letter.language,
        "election": letter.election,
        "reference": letter.reference,
        "facts": letter.facts,
        "status": LetterStatus.SENT.value,
        "written_at": at,
        "next_attempt_at": at,
        "sent_at": at + ON_THE_WAY,
        "attempts": 1,
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
        word: Callable[..., Letter],
        row: Application,
        at: datetime.datetime,
        *words: Any,
        **facts: Any,
    ) -> Columns:
        """The letter of `word(row, *words)`, in which `facts` and the person differ."""
        which = (word, row.commission_id, row.applicant.language)
        if which not in self.specimens:
            self.specimens[which] = as_sent(word(row, *words), at)
        specimen = self.specimens[which]
        return {
            **specimen,
            "key": uuid.uuid4(),
            "recipient_id": row.applicant_id,
            "reference": row.receipt_number,
            "facts": {
                **specimen["facts"],
                "person": row.full_name,
                "path": self.path.format(row.key),
                **facts,
            },
            "written_at": at,
            "next_attempt_at": at,
            "sent_at": at + ON_THE_WAY,
        }
