"""File names in an archive: read in the alphabet in which they were written, shown, never used.

A ZIP that does not say "UTF-8" was written in the code page of whoever packed it, and does not
say which one.
"""

import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from itertools import islice
from zipfile import ZipInfo

SAYS_UTF8 = 0x800
UNICODE_PATH = 0x7075
LONGEST = 200
# As many names as tell the code page.
SAMPLE = 2000
# As Windows packs them here; the first is taken where several read equally well.
CODE_PAGES = ("cp866", "cp1251", "cp857", "cp1254")
LATIN = set("əğıöüçşƏĞİÖÜÇŞ")
CYRILLIC = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")


def read_names(entries: Sequence[ZipInfo]) -> list[str]:
    """The entries' names with their folders, as they were meant, fit to be shown."""
    names = [_said_in_unicode(entry) for entry in entries]
    raw = {
        place: entries[place].orig_filename.encode("cp437", "replace")
        for place, name in enumerate(names)
        if name is None
    }
    code_page = _code_page(raw.values())
    return [
        shown(raw[place].decode(code_page, "replace") if name is None else name)
        for place, name in enumerate(names)
    ]


def _said_in_unicode(entry: ZipInfo) -> str | None:
    """The name, if the archive itself says how to read it; zipfile has read others as cp437."""
    if entry.flag_bits & SAYS_UTF8:
        return entry.orig_filename
    raw = entry.orig_filename.encode("cp437", "replace")
    extra = entry.extra
    while len(extra) >= 4:
        kind, length = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == UNICODE_PATH and body[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return body[5:].decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _code_page(raw: Iterable[bytes]) -> str:
    """The one in which the most words are written in one alphabet, and one that is used here."""
    together = b"/".join(islice(raw, SAMPLE))
    return max(CODE_PAGES, key=lambda page: _likelihood(together.decode(page, "replace")))


def _likelihood(text: str) -> int:
    """How many signs beyond ASCII are letters where one expects them, less those that are not."""
    words = "".join(sign if sign.isalpha() else " " for sign in text).split()
    signs = sum(ord(sign) >= 0x80 and not sign.isalpha() for sign in text)
    return sum(map(_likelihood_of_word, words)) - signs


def _likelihood_of_word(word: str) -> int:
    special = [letter for letter in word if ord(letter) >= 0x80]
    is_one_case = len(word) == 1 or word[1:].islower() or word.isupper()
    is_cyrillic = set(word) <= CYRILLIC and is_one_case
    is_latin = LATIN.issuperset(special)
    return len(special) if is_cyrillic or is_latin else -len(special)


def shown(name: str) -> str:
    """A name without ways out of its folder and signs that cannot be seen; at most 200 letters."""
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    kept = [part.strip() for part in parts if part.strip() not in ("", ".", "..")]
    if kept and kept[0].endswith(":"):
        kept = kept[1:]
    text = "/".join(kept)
    return "".join(sign for sign in text if sign.isprintable())[-LONGEST:]
