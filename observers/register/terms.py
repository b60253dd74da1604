"""What the words of a search mean: words of names in the register, organisations, numbers.

The register keeps a dictionary of the words of its names (`RegisterWord`), some thousands however
many observers there are. Words are looked up there, and people by what was found.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from accounts.names import fold
from elections.models import Election
from observers.register.facets import counts
from organisations.models import Organisation

# A word is searched anywhere in names as long as that means no more names than these; else only
# at their beginning.
MOST_NAMES = 300
# One letter finds half of everybody.
SHORTEST = 2
SHORTEST_ANYWHERE = 3
# Of numbers; one more than a search counts.
MOST_NUMBERS = 501
MOST_SIMILAR = 6
LONGEST_WORD = 60
# From how many letters on one may be wrong, and two.
ONE_WRONG, TWO_WRONG = 4, 6

# Behind every letter, in the order of bytes.
_LAST = chr(0x10FFFF)
_NUMBER = re.compile(r"([a-z]?)(\d{1,12})", re.ASCII)


@dataclass(frozen=True)
class Term:
    """A word of a search and what it finds: any of these. `estimate`: at most so many names."""

    word: str
    names: tuple[str, ...] = ()
    organisations: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    estimate: int = 0
    at_beginning: bool = False
    is_similar: bool = False

    def condition(self) -> tuple[str, list[Any]]:
        """SQL that asks it of a line `r` of the register."""
        asked: list[tuple[str, Any]] = []
        if self.names and self.is_similar:
            asked.append(("string_to_array(r.search_key, ' ') && %s::text[]", list(self.names)))
        elif self.names and self.at_beginning:
            asked.append(("strpos(' ' || r.search_key, %s) > 0", f" {self.word}"))
        elif self.names:
            asked.append(("strpos(r.search_key, %s) > 0", self.word))
        if self.organisations:
            asked.append(("r.organisation_id = ANY(%s)", list(self.organisations)))
        if self.numbers:
            asked.append(("r.application_id = ANY(%s)", list(self.numbers)))
        if not asked:
            return "false", []
        return f"({' OR '.join(sql for sql, _ in asked)})", [value for _, value in asked]


def words_of(q: str) -> list[str]:
    """A number that was typed with spaces is one word; single letters are none."""
    folded = fold(q)
    if _number(folded):
        return [folded.replace(" ", "")]
    words = (word[:LONGEST_WORD] for word in folded.split() if len(word) >= SHORTEST)
    return list(dict.fromkeys(words))


def read(election: Election, words: list[str]) -> list[Term]:
    nominators = _nominators(words)
    sizes: dict[Any, int] = {}
    if any(nominators.values()):
        sizes = counts(election, {}, ["organisation"])["organisation"]
    return [_with(_term(election, word), nominators[word], sizes) for word in words]


def _with(term: Term, organisations: tuple[int, ...], sizes: dict[Any, int]) -> Term:
    """That finds the observers of these organisations too, of those that have some."""
    theirs = tuple(pk for pk in organisations if pk in sizes)
    return replace(
        term, organisations=theirs, estimate=term.estimate + sum(sizes[pk] for pk in theirs)
    )


def similar(election: Election, terms: list[Term]) -> list[Term]:
    """The same search with a letter or two wrong; the same terms where nothing is similar."""
    return [_similar(election, term) for term in terms]


def _term(election: Election, word: str) -> Term:
    if number := _number(word):
        numbers = _numbered(election, *number)
        return Term(word, numbers=numbers, estimate=len(numbers))
    at_beginning, found = len(word) < SHORTEST_ANYWHERE, []
    if not at_beginning:
        found = _names(election, "strpos(word, %s) > 0", [word])
        at_beginning = len(found) > MOST_NAMES
    if at_beginning:
        found = _names(election, "word >= %s AND word < %s", [word, f"{word}{_LAST}"])
    names = tuple(name for name, _ in found)
    return Term(word, names, estimate=sum(n for _, n in found), at_beginning=at_beginning)


def _names(election: Election, condition: str, asked: list[Any]) -> list[tuple[str, int]]:
    """Words of the dictionary, and how many names have them."""
    return _rows(
        "SELECT word, sum(observers)::int FROM observers_registerword"  # noqa: S608
        f" WHERE election_id = %s AND {condition} GROUP BY word HAVING sum(observers) > 0",
        [election.pk, *asked],
    )


def _similar(election: Election, term: Term) -> Term:
    """Names at the least distance that there is, the most frequent first."""
    far = 0 if term.numbers else (len(term.word) >= ONE_WRONG) + (len(term.word) >= TWO_WRONG)
    if not far or term.word in term.names:
        return term
    length = len(term.word)
    found = _rows(
        "WITH near AS MATERIALIZED (SELECT word, sum(observers) AS n,"
        " levenshtein_less_equal(word, %s, %s) AS far FROM observers_registerword"
        " WHERE election_id = %s AND length(word) BETWEEN %s AND %s"
        " GROUP BY word HAVING sum(observers) > 0)"
        " SELECT word, n::int FROM near WHERE far = (SELECT min(far) FROM near) AND far <= %s"
        " ORDER BY n DESC, word LIMIT %s",
        [term.word, far, election.pk, length - far, length + far, far, MOST_SIMILAR],
    )
    names = tuple(dict.fromkeys([*term.names, *(name for name, _ in found)]))
    return replace(
        term, names=names, estimate=term.estimate + sum(n for _, n in found), is_similar=True
    )


def _nominators(words: list[str]) -> dict[str, tuple[int, ...]]:
    """By word, the organisations whose name contains it, or two letters at the beginning of a word.
    One query for all words."""
    known = Organisation.unscoped.order_by().values_list("pk", "search_key")
    organisations = [(pk, f" {key}") for pk, key in known] if words else []
    asked = {word: word if len(word) >= SHORTEST_ANYWHERE else f" {word}" for word in words}
    return {
        word: tuple(pk for pk, key in organisations if part in key) for word, part in asked.items()
    }


# --- Numbers --------------------------------------------------------------------------------------


def _number(text: str) -> tuple[str, str] | None:
    """Letter (or nothing) and digits of what may be an accreditation number."""
    found = _NUMBER.fullmatch(text.replace("-", "").replace(" ", ""))
    return (found[1].upper(), found[2]) if found else None


def _numbered(election: Election, letter: str, digits: str) -> tuple[int, ...]:
    """With or without dashes, letter, leading zeros and check digits; or the beginning of it."""
    letter = letter or "A"
    whole = [f"{letter}-{digits[:-2].zfill(7)}-{digits[-2:]}"] if len(digits) > 2 else []
    beginnings = [f"{letter}-{digits.zfill(7)}-"]
    if 4 <= len(digits) < 7:
        beginnings.append(f"{letter}-{digits}")
    if len(digits) == 8:
        beginnings.append(f"{letter}-{digits[:7]}-{digits[7:]}")
    conditions = ["number = ANY(%s)"] + ["number >= %s AND number < %s"] * len(beginnings)
    asked: list[Any] = [whole]
    for beginning in beginnings:
        asked += [beginning, f"{beginning}~"]
    found = _rows(
        "SELECT application_id FROM observers_registeredobserver"  # noqa: S608
        f" WHERE election_id = %s AND ({' OR '.join(conditions)}) ORDER BY number LIMIT %s",
        [election.pk, *asked, MOST_NUMBERS],
    )
    return tuple(pk for (pk,) in found)


def _rows(sql: str, asked: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()
