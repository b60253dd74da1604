"""Drafts as people leave them: some ready to be sent, most not quite."""

from enum import Enum

from accounts.copying import Columns
from observers.demo.chance import Weighted

NUMBERS = {"identity_number": "", "identity_index": ""}
EVERYTHING_BUT_THE_NAME = {
    **NUMBERS,
    "birth_on": None,
    "birth_index": "",
    "citizenship": "",
    "identity_document": "",
    "address": "",
    "phone": "",
    "email": "",
    "photo": "",
    "consented_at": None,
    "version": 2,
}


COMPLETE: Columns = {}


class Gap(Enum):
    """What is still missing, by column."""

    NOTHING = COMPLETE
    CONSENT = {"consented_at": None, "version": 5}
    PHOTO = {"photo": "", "version": 5}
    PHOTO_AND_CONSENT = {"photo": "", "consented_at": None, "version": 4}
    DOCUMENT = {**NUMBERS, "address": "", "photo": "", "consented_at": None, "version": 3}
    ALL_BUT_NAME = EVERYTHING_BUT_THE_NAME


GAPS = Weighted(
    [Gap.NOTHING, Gap.CONSENT, Gap.PHOTO, Gap.PHOTO_AND_CONSENT, Gap.DOCUMENT, Gap.ALL_BUT_NAME],
    [30, 10, 20, 18, 12, 10],
)


def leave_unfinished(draft: Columns, gap: Gap) -> None:
    draft.update(gap.value)
