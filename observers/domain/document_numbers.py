"""The forms that numbers of identity documents have. A hint for people: nobody is refused by it."""

import re

from django.conf import settings

from accounts.countries import FIRST
from observers.enums import IdentityDocument

# Digits of an Azerbaijani identity card: eight without series, seven behind AA, eight behind AZE.
DIGITS = {"": 8, "AA": 7, "AZE": 8}
# The series of the demo, which no real card has.
MADE_UP = {"XD": 7, "XDM": 8}
# Of an Azerbaijani passport: P and seven digits, C and eight since it holds a chip.
PASSPORT_DIGITS = {"P": 7, "C": 8}
_PARTS = re.compile(r"([A-Z]*)([0-9]+)")
# What a machine-readable passport has (ICAO 9303), with a little more for those that are not.
_PLAUSIBLE = re.compile(r"(?=(?:[A-Z]*[0-9]){4})[A-Z0-9]{6,12}")


def has_usual_form(number: str, *, citizenship: str, document: str) -> bool:
    """Whether a plain number (capitals and digits) has the form that such documents have."""
    own = citizenship == FIRST
    if own and document == IdentityDocument.IDENTITY_CARD:
        return _has(number, DIGITS | MADE_UP if settings.DEMO else DIGITS)
    if own and document == IdentityDocument.PASSPORT:
        return _has(number, PASSPORT_DIGITS)
    return bool(_PLAUSIBLE.fullmatch(number))


def _has(number: str, digits: dict[str, int]) -> bool:
    parts = _PARTS.fullmatch(number)
    return parts is not None and digits.get(parts[1]) == len(parts[2])
