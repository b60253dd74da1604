"""Countries by name, in the language that is spoken."""

from functools import cache

from babel import Locale
from babel.core import get_global
from django.conf import settings
from django.utils.translation import get_language

from accounts.names import fold, sort_key

# Most people who register are citizens of the country that votes; it stands first.
FIRST = "AZ"
# Codes that the names come with and that nobody is a citizen of: parts of states, unions, tests.
_NOT_COUNTRIES = {
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
}  # fmt: skip
# What people write beside the names: in full, in short, and as the citizens are called.
_ALSO_CALLED = {
    "AZ": ("Azərbaycan Respublikası", "Azərbaycan vətəndaşı", "Azərbaycanlı", "AR", "AR vətəndaşı",
           "Azərbaycan Respublikasının vətəndaşı", "Азербайджанская Республика", "АР",
           "Азербайджанец", "Азербайджанка", "гражданин Азербайджана", "гражданка Азербайджана",
           "гражданин АР", "Republic of Azerbaijan", "Azerbaijani"),
    "RU": ("Rusiya Federasiyası", "RF", "РФ", "Российская Федерация", "Russian Federation",
           "Russian", "Россиянин", "Россиянка"),
    "TR": ("Türkiyə Respublikası", "Турция", "Turkey", "Turkish", "Republic of Turkey"),
    "GE": ("Gürcüstan Respublikası", "Georgian"),
    "US": ("ABŞ", "Amerika", "США", "USA", "United States of America", "American"),
    "GB": ("Böyük Britaniya", "İngiltərə", "Birləşmiş Krallıq", "Великобритания", "Англия", "UK",
           "Great Britain", "England", "British"),
    "DE": ("Almaniya", "Германия", "ФРГ", "German"),
    "UA": ("Ukraynalı", "Ukrainian"),
    "IR": ("İran İslam Respublikası", "Iranian"),
    "KZ": ("Qazaxıstan Respublikası", "Казахстан", "Kazakh"),
    "BY": ("Belarus Respublikası", "Беларусь", "Белоруссия"),
    "CN": ("ÇXR", "КНР", "PRC"),
    "AE": ("BƏƏ", "ОАЭ", "UAE"),
    "KR": ("Cənubi Koreya", "Южная Корея", "South Korea"),
    "CZ": ("Çexiya", "Чехия", "Czech Republic"),
    "MD": ("Moldova", "Молдавия", "Молдова"),
    "KG": ("Qırğızıstan", "Киргизия", "Кыргызстан"),
    "NL": ("Hollandiya", "Голландия", "Holland"),
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


@cache
def codes_by_name() -> dict[str, str]:
    """ISO 3166 codes by the folded names that people write, in every language, and by codes of
    two and of three letters."""
    known: dict[str, str] = {}
    for language, _name in reversed(settings.LANGUAGES):
        known |= {fold(name): code for code, name in _names(language).items()}
    codes = set(known.values())
    known |= {
        alias.lower(): instead[0]
        for alias, instead in get_global("territory_aliases").items()
        if len(alias) == 3 and alias.isalpha() and len(instead) == 1 and instead[0] in codes
    }
    known |= {fold(name): code for code, names in _ALSO_CALLED.items() for name in names}
    return known | {code.lower(): code for code in codes}
