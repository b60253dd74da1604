"""Where a person observes: the whole country, or one constituency by its number or name."""

import re
from functools import cache

from django.conf import settings
from django.utils.translation import override

from accounts.names import fold
from elections.enums import Scope
from observers.intake.reading.cells import FINE, Cell, Remarks, Remembered, as_typed, clean, wrong
from observers.intake.reading.documents import plain_word
from observers.intake.reading.rows import PersonRow
from observers.intake.reading.rules import Rules

SCOPES = {
    Scope.NATIONWIDE: (
        "Bütün ölkə", "Bütün ölkə üzrə", "Ölkə üzrə", "Ölkə", "Respublika", "Respublika üzrə",
        "Azərbaycan", "Bütün respublika", "Вся страна", "По всей стране", "Страна", "Республика",
        "По республике", "Вся республика", "Nationwide", "Whole country", "Country", "All",
    ),
    Scope.CONSTITUENCY: (
        "Dairə", "Bir dairə", "Seçki dairəsi", "Dairə üzrə", "Bir seçki dairəsi", "Округ",
        "Один округ", "Избирательный округ", "В округе", "Constituency", "District",
    ),
    Scope.SPECIAL_PERMISSION: (
        "Xüsusi icazə", "Xüsusi icazə ilə", "Komissiyaların iclasları", "Специальное разрешение",
        "По специальному разрешению", "Заседания комиссий", "Special permission",
        "Sessions of commissions",
    ),
}  # fmt: skip
# Words around the number or the name of a constituency.
_AROUND = re.compile(
    r"№|#|\bn[ro]?\b|\bsaylı\b|\bseçki\b|\bdairə(?:si)?\b|\bdsk\b|\bизбирательный\b|\bокруг\b"
    r"|\bоик\b|\bconstituency\b|\belectoral\b|\bdistrict\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+")
_EDGES = ' .,:;–—-()"«»“”'


class Places:
    """Reads the two cells that say where, against the constituencies of the election."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.numbers = {
            _plain(name): number
            for number, names in reversed(rules.constituencies.items())
            for name in names
        }
        # As the template's list of choices says them.
        self.choices = {
            _plain(f"{number} – {name}"): number
            for number, names in rules.constituencies.items()
            for name in names
        }
        self.range = {
            "first": min(rules.constituencies, default=0),
            "last": max(rules.constituencies, default=0),
        }
        self._scopes = Remembered(self.scope)
        self._constituencies = Remembered(self.constituency)

    def read(self, row: PersonRow, given: dict[str, Cell]) -> None:
        """Answer with scope and constituency, and say what is wrong with them."""
        scope, number = self._said_place(row, given)
        row.answers["scope"], row.answers["constituency"] = scope, number
        if scope and scope not in self.rules.scopes:
            column = "scope" if number is None else "constituency"
            row.note(column, given.get(column), wrong("scope_closed", scope=scope))

    def _said_place(self, row: PersonRow, given: dict[str, Cell]) -> tuple[str, int | None]:
        """What the two cells say together, or else what holds for the whole file."""
        scope, number, place = "", None, ""
        cell, scope_cell = given.get("constituency"), given.get("scope")
        if cell is not None:
            place, number, remarks = self._constituencies[as_typed(cell)]
            row.note("constituency", cell, remarks)
            if remarks:
                return "", None
        if scope_cell is not None:
            scope, number, remarks = self._said_scope(as_typed(scope_cell), place, number)
            row.note("scope", scope_cell, remarks)
            if remarks:
                return "", None
        return self._completed(row, scope or place, number)

    def _said_scope(
        self, text: str, place: str, number: int | None
    ) -> tuple[str, int | None, Remarks]:
        scope, remarks = self._scopes[text]
        if remarks and not place:
            # A constituency, written where the scope is asked for.
            written, its_number, found = self._constituencies[text]
            return (written, its_number, FINE) if not found else ("", None, remarks)
        if not remarks and place and scope != place:
            remarks = wrong("place_contradicts")
        return scope, number, remarks

    def _completed(self, row: PersonRow, scope: str, number: int | None) -> tuple[str, int | None]:
        rules = self.rules
        if not scope and not rules.default_scope:
            if not any(finding.column in ("scope", "constituency") for finding in row.findings):
                row.note("constituency", None, wrong("place_missing"))
            return "", None
        scope = scope or rules.default_scope
        if scope != Scope.CONSTITUENCY:
            return scope, None
        if number is None and rules.default_scope == Scope.CONSTITUENCY:
            number = rules.default_constituency
        if number is None:
            row.note("constituency", None, wrong("constituency_missing"))
        return scope, number

    def scope(self, text: str) -> tuple[str, Remarks]:
        found = _scopes().get(plain_word(text))
        return (found, FINE) if found else ("", wrong("scope_unknown"))

    def constituency(self, text: str) -> tuple[str, int | None, Remarks]:
        """The number; or the scope, where it is written in place of a constituency."""
        text = clean(text)
        if (chosen := self.choices.get(_plain(text))) is not None:
            return Scope.CONSTITUENCY.value, chosen, FINE
        numbers = _NUMBER.findall(text)
        by_name = self.numbers.get(_plain(_NUMBER.sub("", text)))
        if len(numbers) == 1:
            number = int(numbers[0][:9])
            if number not in self.rules.constituencies:
                return "", None, wrong("constituency_unknown", **self.range)
            if by_name not in (None, number):
                return "", None, wrong("constituency_contradicts")
            return Scope.CONSTITUENCY.value, number, FINE
        if not numbers and by_name is not None:
            return Scope.CONSTITUENCY.value, by_name, FINE
        scope = _scopes().get(plain_word(text), "")
        if scope and scope != Scope.CONSTITUENCY:
            return scope, None, FINE
        return "", None, wrong("constituency_unknown", **self.range)


def _plain(name: str) -> str:
    return fold(_AROUND.sub(" ", name[:200]).strip(_EDGES)).strip(_EDGES)


@cache
def _scopes() -> dict[str, str]:
    known = {plain_word(word): scope.value for scope, words in SCOPES.items() for word in words}
    for scope in Scope:
        known[plain_word(scope.value)] = scope.value
        for language, _name in settings.LANGUAGES:
            with override(language):
                known[plain_word(str(scope.label))] = scope.value
    return known
