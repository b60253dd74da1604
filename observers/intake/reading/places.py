"""Where a person observes: the whole country, or one constituency by its number or name."""

import re
from functools import cache

from django.conf import settings
from django.utils.translation import override

from accounts.names import fold
from elections.enums import Scope
from observers.intake.reading.cells import FINE, Remarks, clean, wrong
from observers.intake.reading.documents import plain_word
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

Place = tuple[str, int | None, Remarks]


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
