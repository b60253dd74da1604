"""Who a person is, for the one question the database asks: is it the same person?"""

import re

from privacy.keys import blind_index

# Cyrillic capitals that look like Latin ones and are typed in their stead.
_LOOK_ALIKES = str.maketrans("АВЕЅЗІЈКМНОРСТУХ", "ABES3IJKMHOPCTYX")


def plain_number(number: str) -> str:
    """A document number without spaces, dashes, case or look-alike letters."""
    return re.sub(r"[^0-9A-Z]", "", number.upper().translate(_LOOK_ALIKES))


def identity_index(*, citizenship: str, number: str) -> str:
    """The keyed fingerprint under which one person has one live application per election.

    Empty when there is no number yet.
    """
    plain = plain_number(number)
    return blind_index("identity", citizenship.upper(), plain) if plain else ""
