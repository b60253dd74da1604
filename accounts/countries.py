"""Countries by name, in the language that is spoken."""

from functools import cache

from babel import Locale
from django.utils.translation import get_language

from accounts.names import fold, sort_key

# Most people who register are citizens of the country that votes; it stands first.
FIRST = "AZ"
# Codes that the names come with and that nobody is a citizen of: parts of states, unions, tests.
_NOT_COUNTRIES = {
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
}  # fmt: skip


def country_name(code: str) -> str:
    """The name of an ISO 3166 country; the code itself where there is none."""
    return _names(_language()).get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """All countries in alphabetical order, behind the one that votes."""
    return _ordered(_language())


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }


@cache
def _ordered(language: str) -> list[tuple[str, str]]:
    in_order = sort_key if language == "az" else fold
    pairs = sorted(_names(language).items(), key=lambda pair: in_order(pair[1]))
    first = [pair for pair in pairs if pair[0] == FIRST]
    return first + [pair for pair in pairs if pair[0] != FIRST]
