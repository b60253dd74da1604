"""Names as they are searched, and as they are put in order."""

import unicodedata
from typing import Any

from django.utils.translation import get_language

# The Azerbaijani alphabet, in its order; w is not part of it and stands after v.
ALPHABET = "abcçdeəfgğhxıijkqlmnoöprsştuüvwyz"
_RANK = {letter: chr(ord("A") + rank) for rank, letter in enumerate(ALPHABET)}

# Letters that Unicode does not take apart, as people type them on a foreign keyboard.
_PLAIN = str.maketrans(
    {
        "ə": "e", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss",
        "æ": "ae", "œ": "oe", "’": "", "'": "", "`": "", "ʼ": "",
    }
)  # fmt: skip
_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j",
        "з": "z", "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "s",
        "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "ә": "e", "ғ": "g", "ҝ": "g", "ө": "o", "ү": "u", "һ": "h", "ҹ": "c",
        "ј": "y",
    }
)  # fmt: skip


def tidy(text: str) -> str:
    """One space between words, none around; composed letters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def lower_az(text: str) -> str:
    """Lower case as Azerbaijani has it: I becomes ı, and İ becomes i."""
    return text.replace("I", "ı").replace("İ", "i").lower()


def capfirst(text: Any) -> str:
    """With a capital first letter, as the language being spoken has it: İ of an Azerbaijani i.

    For Django's own filter of that name as well (`templatetags/capitals.py`)."""
    plain = str(text)
    is_dotted = plain.startswith("i") and (get_language() or "").startswith("az")
    return ("İ" if is_dotted else plain[:1].upper()) + plain[1:]


def fold(text: str) -> str:
    """What a name has in common with how anybody would type it: no diacritics, no case, Latin.

    `fold("Əliyev Çingiz") == fold("ELIYEV cingiz") == "eliyev cingiz"`
    """
    composed = unicodedata.normalize("NFC", text).replace("İ", "i").lower()
    taken_apart = unicodedata.normalize("NFKD", composed.translate(_PLAIN).translate(_CYRILLIC))
    return tidy("".join(mark for mark in taken_apart if not unicodedata.combining(mark)))


def sort_key(name: str) -> str:
    """A string whose byte order is the Azerbaijani order of names (Ə after E, I before İ)."""
    key = []
    for letter in lower_az(tidy(name)):
        if letter in _RANK:
            key.append(_RANK[letter])
        elif letter in " -":
            key.append(" ")
        elif letter.isalpha():
            key.extend(_RANK.get(plain, plain) for plain in fold(letter))
        elif letter.isdigit():
            key.append(letter)
    return "".join(key)[:320]
