"""What may stand in an application's fields, whichever way it came in.

Each function takes what somebody typed, returns what is stored, and raises ValidationError with
a sentence that may be shown. Nothing is asked here that the law does not ask: the shape of a
document number is a hint, its confirmation is the commission's work.
"""

import datetime
import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.names import tidy
from observers.domain.completeness import age_on
from observers.domain.identity import plain_number

DATE_FORMATS = ("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %m %Y")
OLDEST = datetime.date(1900, 1, 1)
_BETWEEN_LETTERS = " -‐'’ʼ`."
_SEPARATORS = re.compile(r"[\s\-‐–./№]+")


def person_name(typed: str) -> str:
    """A name in letters, of any alphabet."""
    name = tidy(typed)
    if not name:
        return ""
    fitting = all(sign.isalpha() or sign in _BETWEEN_LETTERS for sign in name)
    if not fitting or not any(sign.isalpha() for sign in name):
        raise ValidationError(_("Write it in letters, as it stands in the identity document."))
    return name


def document_number(typed: str) -> str:
    """Capital letters and digits, without spaces and dashes."""
    if not typed.strip():
        return ""
    pure = _SEPARATORS.sub("", typed.upper().replace("İ", "I"))
    plain = plain_number(pure)
    if len(plain) != len(pure) or not plain.isascii():
        raise ValidationError(
            _("Write the number with Latin letters and digits, as it stands in the document.")
        )
    if not 5 <= len(plain) <= 20 or not any(sign.isdigit() for sign in plain):
        raise ValidationError(
            _("A document number has 5 to 20 letters and digits. Check it against the document.")
        )
    return plain


def birth_date(
    born: datetime.date | None, *, today: datetime.date, polling_on: datetime.date, minimum_age: int
) -> datetime.date | None:
    """A day that somebody who is old enough on polling day can be born on (art. 40.4)."""
    if born is None:
        return None
    if born > today or born < OLDEST:
        raise ValidationError(_("This cannot be a date of birth. Check the year."))
    if age_on(polling_on, born=born) < minimum_age:
        raise ValidationError(
            _("An observer must be at least %(age)d years old on polling day.")
            % {"age": minimum_age}
        )
    return born


def phone_number(typed: str) -> str:
    """A telephone number as people write it."""
    phone = tidy(typed)
    digits = sum(sign.isdigit() for sign in phone)
    if phone and (not re.fullmatch(r"\+?[0-9 ()\-./]+", phone) or not 5 <= digits <= 15):
        raise ValidationError(
            _("Write the number in digits with the country code, for example +994 50 123 45 67.")
        )
    return phone
