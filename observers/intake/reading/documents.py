"""Citizenship, the kind of the identity document, and its number."""

import re
from functools import cache

from django.conf import settings
from django.utils.translation import override

from accounts.countries import codes_by_name
from accounts.names import fold
from observers.domain.answers import plain_document_number
from observers.domain.document_numbers import DIGITS
from observers.enums import IdentityDocument
from observers.intake.reading.cells import FINE, Cell, Remarks, clean, notice, text_of, wrong

# At most so many zeros are put back: fewer digits are a slip of the pen.
MOST_ZEROS = 3
DOCUMENTS = {
    IdentityDocument.IDENTITY_CARD: (
        "Şəxsiyyət vəsiqəsi", "Vəsiqə", "ŞV", "Ş.V.", "Ş/V", "ID", "ID card", "ID kart",
        "Identity card", "National ID", "Удостоверение личности", "Удостоверение", "Удостов.",
        "уд. личности", "Азербайджанское удостоверение личности",
    ),
    IdentityDocument.PASSPORT: (
        "Pasport", "Passport", "Паспорт", "Загранпаспорт", "Заграничный паспорт",
        "Xarici pasport", "Ümumvətəndaş pasportu", "Vətəndaş pasportu",
    ),
    IdentityDocument.SUBSTITUTE: (
        "Əvəz edən sənəd", "Şəxsiyyət vəsiqəsini əvəz edən sənəd", "Digər", "Başqa sənəd",
        "Hərbi bilet", "Substitute", "Other", "Заменяющий документ", "Другой", "Другой документ",
        "Документ, заменяющий удостоверение личности", "Временное удостоверение",
    ),
}  # fmt: skip
_PUNCTUATION = re.compile(r"[.,()\"«»“”]")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
_FRACTION = re.compile(r"(\d+)[.,]0")


def read_citizenship(text: str) -> tuple[str, Remarks]:
    """The ISO code of a country by name, code, or what its citizens are called."""
    code = codes_by_name().get(plain_word(text))
    return (code, FINE) if code else ("", wrong("citizenship_unknown"))


def read_document(text: str) -> tuple[str, Remarks]:
    document = _documents().get(plain_word(text))
    return (document, FINE) if document else ("", wrong("document_unknown"))


def plain_word(text: str) -> str:
    return fold(_PUNCTUATION.sub("", clean(text[:100])))


@cache
def _documents() -> dict[str, str]:
    known = {
        plain_word(word): document.value for document, words in DOCUMENTS.items() for word in words
    }
    for document in IdentityDocument:
        known[plain_word(document.value)] = document.value
        for language, _name in settings.LANGUAGES:
            with override(language):
                known[plain_word(str(document.label))] = document.value
    return known


def read_number(cell: Cell, series: str, *, restores_zeros: bool) -> tuple[str, Remarks]:
    """The number as it is stored. `restores_zeros`: for an Azerbaijani identity card."""
    text = text_of(cell)
    if is_shortened(cell, text):
        return "", wrong("number_shortened")
    if found := _FRACTION.fullmatch(text):
        text = found[1]
    missing = _missing_zeros(text, series) if restores_zeros and text.isdecimal() else 0
    number, code = plain_document_number(f"{series}{'0' * missing}{text}")
    if code:
        return "", wrong(code)
    return number, notice("zeros_restored") if missing else FINE


def _missing_zeros(digits: str, series: str) -> int:
    missing = DIGITS.get(series.upper(), 0) - len(digits)
    return missing if 0 < missing <= MOST_ZEROS else 0


def is_shortened(cell: Cell, text: str) -> bool:
    """Whether digits are lost: those beyond the fifteenth, or all that 1.23E+11 does not show."""
    if isinstance(cell, float | int):
        return not text.isdecimal() and text not in ("TRUE", "FALSE")
    return bool(_SHORTENED.fullmatch(text))
