"""Who a person is, for the one question the database asks: is it the same person?"""

import datetime
import unicodedata

from privacy.keys import blind_index

# Capitals that look like Latin ones and are typed in their stead: Cyrillic, Greek, Azerbaijani.
_LOOK_ALIKES = str.maketrans("АВЕЅЗІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧİ", "ABES3IJKMHOPCTYXABEZHIKMNOPTYXI")


def plain_number(number: str) -> str:
    """A document number without spaces, dashes, case or look-alike letters.

    Letters that only another alphabet has are kept: without them two people could be one.
    """
    capitals = unicodedata.normalize("NFKC", number.replace("№", "")).upper()
    return "".join(filter(str.isalnum, capitals.translate(_LOOK_ALIKES)))


def identity_index(*, citizenship: str, number: str) -> str:
    """The keyed fingerprint under which one person has one live application per election.

    Empty when there is no number yet.
    """
    plain = plain_number(number)
    return blind_index("identity", citizenship.upper(), plain) if plain else ""


def birth_index(born: datetime.date | None) -> str:
    """The keyed fingerprint of a day of birth: those born on one day are found without it being
    stored. Empty when the day is not known."""
    return blind_index("birth", born.isoformat()) if born else ""
