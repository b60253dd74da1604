"""Letters of the past: as they were written, and long since sent."""

import datetime

from notifications.enums import LetterStatus
from notifications.models import Letter

ON_THE_WAY = datetime.timedelta(seconds=20)


def as_sent(letter: Letter, at: datetime.datetime) -> Letter:
    """Mark a letter that was just put together as written then and handed over soon after.

    So loading the demo sends nothing.
    """
    letter.status = LetterStatus.SENT.value
    letter.written_at = letter.next_attempt_at = at
    letter.sent_at = at + ON_THE_WAY
    letter.attempts = 1
    return letter
