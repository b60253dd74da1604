"""Where a person lives, and how they are reached."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from observers.domain.answers import phone_problem
from observers.intake.reading.cells import FINE, Cell, Remarks, text_of, wrong
from observers.intake.reading.documents import is_shortened

LONGEST_ADDRESS = 500
LONGEST_PHONE = 40
LONGEST_EMAIL = 254
OWN_COUNTRY = "994"
NATIONAL_DIGITS = 9
_FRACTION = re.compile(r"(\d+)[.,]0")
# Addresses that Django's validator accepts as well, told in a tenth of the time.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


def read_address(text: str) -> tuple[str, Remarks]:
    if len(text) > LONGEST_ADDRESS:
        return "", wrong("too_long", limit=LONGEST_ADDRESS)
    return text, FINE


def read_phone(cell: Cell, *, national: bool) -> tuple[str, Remarks]:
    """`national` numbers get back the 0 or the + that the spreadsheet took for nothing."""
    text = text_of(cell)
    if is_shortened(cell, text):
        return "", wrong("number_shortened")
    if found := _FRACTION.fullmatch(text):
        text = found[1]
    text = text.replace("–", "-").replace("—", "-")
    if code := phone_problem(text):
        return "", wrong(code)
    if len(text) > LONGEST_PHONE:
        return "", wrong("too_long", limit=LONGEST_PHONE)
    return (_with_its_beginning(text) if national else text), FINE


def _with_its_beginning(phone: str) -> str:
    digits = "".join(filter(str.isdigit, phone))
    if phone.startswith("+"):
        return phone
    if digits.startswith(OWN_COUNTRY) and len(digits) == len(OWN_COUNTRY) + NATIONAL_DIGITS:
        return f"+{phone}"
    if len(digits) == NATIONAL_DIGITS and not digits.startswith("0"):
        return f"0{phone}"
    return phone


def read_email(text: str) -> tuple[str, Remarks]:
    text = text.removeprefix("mailto:")
    if len(text) > LONGEST_EMAIL:
        return "", wrong("too_long", limit=LONGEST_EMAIL)
    if not _PLAIN_EMAIL.fullmatch(text):
        try:
            validate_email(text)
        except ValidationError:
            return "", wrong("email_invalid")
    return text, FINE
