"""What may stand in an application's fields, whichever way it came in.

For forms, each function takes what somebody typed, returns what is stored, and raises
ValidationError with a sentence that may be shown. For a spreadsheet of thousands, the same checks
answer with the code of that sentence (`…_problem`), or with nothing. Nothing is asked here that
the law does not ask: the shape of a document number is a hint, its confirmation is the
commission's work.
"""

import datetime
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.names import tidy
from observers.domain.completeness import age_on
from observers.domain.identity import plain_number

DATE_FORMATS = ("%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %m %Y")
OLDEST = datetime.date(1900, 1, 1)
WORDS: dict[str, str | Promise] = {
    "name_letters": _("Write it in letters, as it stands in the identity document."),
    "number_signs": _(
        "Write the number with Latin letters and digits, as it stands in the document."
    ),
    "number_length": _(
        "A document number has 5 to 20 letters and digits. Check it against the document."
    ),
    "birth_impossible": _("This cannot be a date of birth. Check the year."),
    "too_young": _("An observer must be at least %(age)d years old on polling day."),
    "phone_signs": _(
        "Write the number in digits with the country code, for example +994 50 123 45 67."
    ),
}
_BETWEEN_LETTERS = str.maketrans("", "", " -‐'’ʼ`.")
_SEPARATORS = re.compile(r"[\s\-‐–./№]+")
_PHONE = re.compile(r"\+?[0-9 ()\-./]+")


def _wrong(code: str, **params: Any) -> ValidationError:
    return ValidationError(str(WORDS[code]), code=code, params=params)


def person_name(typed: str) -> str:
    """A name in letters, of any alphabet."""
    name = tidy(typed)
    if code := name_problem(name):
        raise _wrong(code)
    return name


def name_problem(name: str) -> str:
    """Of a tidy name."""
    if not name or name.isalpha() or name.translate(_BETWEEN_LETTERS).isalpha():
        return ""
    return "name_letters"


def document_number(typed: str) -> str:
    """Capital letters and digits, without spaces and dashes."""
    plain, code = plain_document_number(typed)
    if code:
        raise _wrong(code)
    return plain


def plain_document_number(typed: str) -> tuple[str, str]:
    """The number as it is stored, and what is wrong with it."""
    if not typed.strip():
        return "", ""
    pure = _SEPARATORS.sub("", typed.upper().replace("İ", "I"))
    plain = plain_number(pure)
    if len(plain) != len(pure) or not plain.isascii():
        return plain, "number_signs"
    if not 5 <= len(plain) <= 20 or not any(sign.isdigit() for sign in plain):
        return plain, "number_length"
    return plain, ""


def birth_date(
    born: datetime.date | None, *, today: datetime.date, polling_on: datetime.date, minimum_age: int
) -> datetime.date | None:
    """A day that somebody who is old enough on polling day can be born on (art. 40.4)."""
    if born is None:
        return None
    if code := birth_problem(born, today=today, polling_on=polling_on, minimum_age=minimum_age):
        raise _wrong(code, age=minimum_age)
    return born


def birth_problem(
    born: datetime.date, *, today: datetime.date, polling_on: datetime.date, minimum_age: int
) -> str:
    if born > today or born < OLDEST:
        return "birth_impossible"
    return "too_young" if age_on(polling_on, born=born) < minimum_age else ""


def phone_number(typed: str) -> str:
    """A telephone number as people write it."""
    phone = tidy(typed)
    if code := phone_problem(phone):
        raise _wrong(code)
    return phone


def phone_problem(phone: str) -> str:
    """Of a tidy number."""
    if not phone or (_PHONE.fullmatch(phone) and 5 <= sum(map(str.isdigit, phone)) <= 15):
        return ""
    return "phone_signs"
