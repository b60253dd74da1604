"""What is found in a spreadsheet: short codes while it is read, sentences when somebody asks.

A file may be wrong in every row. Nothing is translated, and no exception raised, before the
findings are shown; they are then said in the language of whoever looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.functional import Promise

from elections.enums import Scope
from observers.domain import answers
from observers.intake.photo_words import PHOTO_WORDS
from observers.intake.words import COMPARED_WORDS, FILE_WORDS, MATCHED_WORDS, ROW_WORDS

WORDS: dict[str, str | Promise] = {
    **answers.WORDS,
    **FILE_WORDS,
    **ROW_WORDS,
    **COMPARED_WORDS,
    **PHOTO_WORDS,
    **MATCHED_WORDS,
}
LONGEST_VALUE = 80
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one cell. A notice (`is_error` is false) keeps no row from being stored."""

    row: int  # as Excel counts; 0 means the whole file
    column: str  # a key of `columns.COLUMNS`; empty when it is about the row
    code: str
    value: str = ""  # as it stood in the cell
    params: Mapping[str, Any] = field(default_factory=dict)
    is_error: bool = True

    def as_json(self) -> list[Any]:
        return [self.row, self.column, self.code, self.value, dict(self.params), self.is_error]

    @classmethod
    def from_json(cls, kept: list[Any]) -> Self:
        return cls(*kept)


class Unusable(Exception):
    """A whole file, or archive, cannot be used. As text it is a sentence that says what to do."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return say(self.code, self.params)


def say(code: str, params: Mapping[str, Any] = NOTHING) -> str:
    """The sentence, in the active language."""
    spoken = dict(params)
    if "scope" in spoken:
        spoken["scope"] = str(Scope(spoken["scope"]).label)
    return str(WORDS[code]) % spoken
