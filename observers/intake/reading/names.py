"""Names of persons: their case, and letters of the wrong alphabet."""

import re

from accounts.names import lower_az
from observers.domain.answers import name_problem
from observers.intake.reading.cells import FINE, Remarks, clean, notice, wrong

LONGEST = 100
APOSTROPHES = ("'", "’", "ʼ", "`")
# "Son of" and "daughter of" stand small behind the father's name.
SMALL = {
    "oğlu": "oğlu", "oglu": "oğlu", "qızı": "qızı", "qizi": "qızı", "qızi": "qızı",
    "qizı": "qızı", "оглы": "оглы", "оглу": "оглу", "кызы": "кызы", "гызы": "гызы",
}  # fmt: skip
_WORDS = re.compile(r"[^\s\-‐.]+")
_LATIN = "ABCEHIJKMOPSTXYaceijopsxyƏəhÜüÖö"
_CYRILLIC = "АВСЕНІЈКМОРЅТХУасеіјорѕхуӘәһҮүӨө"
_TO_LATIN = dict(zip(map(ord, _CYRILLIC), _LATIN, strict=True)) | {ord("Һ"): "H"}
_TO_CYRILLIC = dict(zip(map(ord, _LATIN), _CYRILLIC, strict=True))
# What has no twin that looks the same stays, and the word is then refused.
for _sign in "ÜüÖö":
    del _TO_CYRILLIC[ord(_sign)]


def read_name(name: str, *, azerbaijani: bool, patronymic: bool = False) -> tuple[str, Remarks]:
    """The name as it is stored: what stands all in capitals, or all small, gets its case."""
    name, remarks = one_alphabet(clean(name))
    if not remarks or not remarks[0].is_error:
        if code := name_problem(name):
            return name, wrong(code)
        if len(name) > LONGEST:
            return name, wrong("too_long", limit=LONGEST)
    if name.isupper() or name.islower():
        name = cased(name, azerbaijani=azerbaijani)
    return (with_small_words(name) if patronymic else name), remarks


def one_alphabet(name: str) -> tuple[str, Remarks]:
    """Letters that look like those of the other alphabet are put into that of the majority.

    Where neither has it, into the one that all of them can be put into, if only one can.
    """
    latin, cyrillic = _letters(name)
    if not latin or not cyrillic:
        return name, FINE
    mended = [name.translate(_TO_LATIN)] if latin >= cyrillic else []
    mended += [name.translate(_TO_CYRILLIC)] if cyrillic >= latin else []
    pure = [one for one in mended if not all(_letters(one))]
    return (
        (pure[0], notice("letters_mended")) if len(pure) == 1 else (name, wrong("mixed_alphabets"))
    )


def _letters(name: str) -> tuple[int, int]:
    """How many are Latin, and how many Cyrillic."""
    if name.isascii():
        return len(name), 0
    cyrillic = sum("\u0400" <= sign <= "\u052f" for sign in name)
    latin = sum(sign < "\u0300" and sign.isalpha() for sign in name) if cyrillic else len(name)
    return latin, cyrillic


def cased(name: str, *, azerbaijani: bool) -> str:
    """Each part of a name with one capital; I and İ as Azerbaijani has them if it is one."""
    return _WORDS.sub(lambda word: _word(word.group(), azerbaijani), name)


def _word(word: str, azerbaijani: bool) -> str:
    if azerbaijani:
        first, rest = word[0], lower_az(word[1:])
        return ({"i": "İ", "ı": "I"}.get(first) or first.upper()) + rest
    rest = word[1:].replace("İ", "i").lower()
    if rest.startswith(APOSTROPHES):  # O'Neil, D'Angelo
        rest = rest[0] + rest[1:2].upper() + rest[2:]
    return word[0].upper() + rest


def with_small_words(patronymic: str) -> str:
    words = patronymic.split(" ")
    return " ".join([words[0], *(SMALL.get(lower_az(word), word) for word in words[1:])])
