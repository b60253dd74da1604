"""Accreditation numbers as people type them."""

import re
import unicodedata

# Cyrillic А for A; the dashes that keyboards and word processors make of a hyphen.
_SAME = str.maketrans({"А": "A", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-"})
_NUMBER = re.compile(r"A?-?(\d{1,12})-?(\d{2})", re.ASCII)


class NotANumber(Exception):
    """What was typed cannot be an accreditation number."""


class WrongCheckDigits(NotANumber):
    """It looks like one, but a digit is wrong: the last two do not fit the others."""


def normalised(typed: str) -> str:
    """ "A-0012345-20" for " a 12345 20". Raises NotANumber."""
    text = unicodedata.normalize("NFKC", typed[:40]).upper().translate(_SAME)
    found = _NUMBER.fullmatch("".join(text.split()))
    if found is None:
        raise NotANumber(typed)
    running, check = int(found[1]), int(found[2])
    # As `elections_numbered` in the database makes them (ISO 7064, MOD 97-10).
    if 98 - running * 100 % 97 != check:
        raise WrongCheckDigits(typed)
    return f"A-{running:07d}-{check:02d}"
