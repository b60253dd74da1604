"""Whose picture is it? By what the sheet says, then the document number, the row, the name.

A picture that could be of two people is nobody's: no photo at all is better than another's.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from accounts.names import fold, tidy
from observers.domain.identity import plain_number
from observers.intake.photos.archive import Picture

How = Literal["column", "number", "row", "name"]
PRIORITY: tuple[How, ...] = ("column", "number", "row", "name")

PICTURE_ENDING = re.compile(r"\.(jpe?g|jpe|jfif|png|webp|heic|heif|gif|bmp|tiff?)$", re.IGNORECASE)
READ_HERE = re.compile(r"\.(jpe?g|jpe|jfif|png|webp)$", re.IGNORECASE)
ROW = re.compile(r"(?:row|s[əe]tir|строка|№|no\.?|#)?[ _.-]*0*(\d{1,7})", re.IGNORECASE)
# The headings are there: pictures called 1, 2, 3 count people and not rows.
FIRST_ROW = 2
WORD = re.compile(r"[^\W_]+")
# A document number inside a longer name; shorter ones could be anything.
LEAST_NUMBER = 5
# The figures of a number without its series, "AA", are enough where nobody else has them.
LEAST_FIGURES = 7
# Words that say what the file is, or how the father's name is put: "Rauf oğlu", "Rauf qızı".
NOT_NAMES = {"oglu", "qizi", "ogli", "kizi", "foto", "photo", "sekil", "fotosu", "sekli", "copy"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Words = tuple[str, ...]
Key = TypeVar("Key", str, Words)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may have a picture. `photo` is the file name that the sheet gives."""

    row_number: int
    identity_number: str
    full_name: str
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    picture: int
    row_number: int
    how: How


@dataclass
class Matches:
    matched: list[Match] = field(default_factory=list)
    without_row: list[int] = field(default_factory=list)
    doubled: list[tuple[int, int]] = field(default_factory=list)
    without_photo: list[int] = field(default_factory=list)


def match(pictures: Sequence[Picture], people: Sequence[Person]) -> Matches:
    """Each picture's person, each person's picture. Takes time in proportion to their number."""
    known = _Known(people)
    stems = {picture.index: _stem(picture.name) for picture in pictures}
    by_rows = not any(_row(stem) in range(FIRST_ROW) for stem in stems.values())
    matches, claims = Matches(), defaultdict[int, list[tuple[Picture, How]]](list)
    for picture in pictures:
        found = known.whose(stems[picture.index], by_rows=by_rows)
        if found:
            claims[found[0]].append((picture, found[1]))
        else:
            matches.without_row.append(picture.index)
    for person in people:
        row = person.row_number
        ranked = sorted(claims.pop(row, ()), key=_rank)
        if not ranked:
            matches.without_photo.append(row)
            continue
        picture, how = ranked[0]
        matches.matched.append(Match(picture.index, row, how))
        matches.doubled += [(other.index, row) for other, _how in ranked[1:]]
    return matches


def _rank(claim: tuple[Picture, How]) -> tuple[int, bool, str, int]:
    picture, how = claim
    is_read_here = READ_HERE.search(picture.name) is not None
    return PRIORITY.index(how), not is_read_here, picture.name.lower(), picture.index


class _Known:
    """The people, by everything that a file may be called after; None where two share it."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.files: dict[str, int | None] = {}
        self.numbers: dict[str, int | None] = {}
        self.figures: dict[str, int | None] = {}
        self.names: dict[Words, int | None] = {}
        self.rows = {person.row_number for person in people}
        for person in people:
            row = person.row_number
            if person.photo:
                _learn(self.files, _stem(person.photo).lower(), row)
            if number := plain_number(person.identity_number):
                _learn(self.numbers, number, row)
                _learn(self.figures, number.lstrip(LETTERS), row)
            words = _name_words(person.full_name)
            if len(words) > 1:
                _learn(self.names, tuple(sorted(words)), row)
            if len(words) > 2:  # the father's name is the last, and may be missing
                _learn(self.names, tuple(sorted(words[:-1])), row)

    def whose(self, stem: str, *, by_rows: bool) -> tuple[int, How] | None:
        """The row, and by what; None for nobody's, and for one of several."""
        lowered = stem.lower()
        if lowered in self.files:
            return _told(self.files[lowered], "column")
        parts = list(_numbers(stem))
        found = {self.numbers[part] for part in parts if part in self.numbers} or {
            self.figures[part]
            for part in parts
            if len(part) >= LEAST_FIGURES and part in self.figures
        }
        if found:
            return _told(found.pop() if len(found) == 1 else None, "number")
        row = _row(stem)
        if row is not None:
            return (row, "row") if by_rows and row in self.rows else None
        if _has_strange_number(stem):
            return None
        return _told(self.names.get(tuple(sorted(_name_words(stem)))), "name")


def _learn(known: dict[Key, int | None], key: Key, row: int) -> None:
    known[key] = row if known.get(key, row) == row else None


def _told(row: int | None, how: How) -> tuple[int, How] | None:
    return None if row is None else (row, how)


def _stem(name: str) -> str:
    """Without folders and ending."""
    return PICTURE_ENDING.sub("", tidy(name.replace("\\", "/").rpartition("/")[2]))


def _row(stem: str) -> int | None:
    said = ROW.fullmatch(stem)
    return int(said[1]) if said else None


def _numbers(stem: str) -> Iterator[str]:
    """What may be a document number: the whole, one word of it, or two that stand together."""
    yield plain_number(stem)
    words = WORD.findall(stem)
    if len(words) < 2:
        return
    for place, word in enumerate(words):
        if not any(map(str.isdigit, word)):
            continue
        if len(word) >= LEAST_NUMBER:
            yield plain_number(word)
        if place:
            yield plain_number(words[place - 1] + word)


def _has_strange_number(stem: str) -> bool:
    """A document number that is nobody's here: the name beside it may be a namesake's."""
    return any(
        len(word) >= LEAST_NUMBER and not word.isdigit() and any(map(str.isdigit, word))
        for word in WORD.findall(stem)
    )


def _name_words(name: str) -> list[str]:
    words = (fold(word) for word in WORD.findall(name))
    return [word for word in words if word not in NOT_NAMES and not word.isdigit()]
