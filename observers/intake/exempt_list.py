"""A list of people who need no registration, as text with delimiters: name;capacity;number;birth
date. The good rows are kept; each bad one comes back as it was typed, with what is wrong with it.

Read twice, a list changes nothing the second time.
"""

import csv
import datetime
import io
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.countries import FIRST
from accounts.names import fold, tidy
from elections.models import Election
from observers.domain import answers
from observers.domain.exempt import set_identity, set_name
from observers.enums import Capacity
from observers.intake.reading.dates import read_date
from observers.intake.reading.texts import decode
from observers.models import ExemptPerson

MOST_ROWS = 50_000
MOST_BYTES = 5 * 2**20
LONGEST_NAME = 300
DELIMITERS = ";\t,"
# The first cell of a row of headings.
HEADINGS = ("name", "full name", "ad", "soyad", "s.a.a.", "soyad, ad", "фио", "имя", "фамилия")
ALSO_CALLED = {
    Capacity.CANDIDATE: ("Namizəd", "Кандидат"),
    Capacity.AGENT: ("Vəkil", "Səlahiyyətli nümayəndə", "Agent", "Доверенное лицо"),
    Capacity.COMMISSION_MEMBER: (
        "Komissiya üzvü", "Seçki komissiyasının üzvü", "Commission member", "Член комиссии",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class BadRow:
    """As it was typed, and why it was not kept. Rows are counted as Excel counts them."""

    number: int
    text: str
    problem: str


@dataclass
class Kept:
    """What became of the rows."""

    added: int = 0
    completed: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)

    @property
    def bad_rows_as_text(self) -> str:
        return "\n".join(row.text for row in self.bad)


@dataclass(frozen=True)
class _Person:
    full_name: str
    capacity: Capacity
    number: str
    born: datetime.date | None


def keep_list(content: bytes, *, election: Election) -> Kept:
    """Raises ValueError, with a sentence, for what is no such list."""
    kept, people = Kept(), []
    for number, cells, text in _rows(decode(content)):
        person, problem = _read(cells)
        if person:
            people.append(person)
        else:
            kept.bad.append(BadRow(number, text, problem))
    _keep(people, kept, election=election)
    return kept


def _rows(text: str) -> list[tuple[int, list[str], str]]:
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if number > MOST_ROWS:
            raise ValueError(_("A list has at most %(most)d rows.") % {"most": MOST_ROWS})
        cells = _cells(line, delimiter)
        is_heading = number == 1 and bool(cells) and fold(cells[0]) in HEADINGS
        if any(cells) and not is_heading:
            found.append((number, cells, line.strip()))
    if not found:
        raise ValueError(_("There are no rows in it."))
    return found


def _cells(line: str, delimiter: str) -> list[str]:
    """One line is one row. A quote that is never closed ends with its line, and takes none of the
    rows below with it."""
    try:
        cells = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        cells = line.split(delimiter)
    return [tidy(cell) for cell in cells]


def _read(cells: list[str]) -> tuple[_Person | None, str]:
    """The person, or what is wrong with the row."""
    if len(cells) > 4 and any(cells[4:]):
        return None, _("There are more than four columns: name, capacity, number, birth date.")
    name, capacity, number, born = (*cells[:4], "", "", "", "")[:4]
    if not name or len(name.split()) < 2 or len(name) > LONGEST_NAME:
        return None, _("Write surname and given name in the first column.")
    if answers.name_problem(name):
        return None, str(answers.WORDS["name_letters"])
    known = _capacities().get(fold(capacity))
    if known is None:
        said = _("“%(word)s” is not one of: %(known)s.")
        words = ", ".join(str(label) for label in Capacity.labels)
        return None, said % {"word": capacity, "known": words}
    plain, code = answers.plain_document_number(number)
    if code:
        return None, str(answers.WORDS[code])
    day = read_date(born)[0] if born else None
    if born and (day is None or not answers.OLDEST <= day <= timezone.localdate()):
        return None, _("This is no date of birth. Write it as 31.12.1980.")
    return _Person(name, known, plain, day), ""


@cache
def _capacities() -> dict[str, Capacity]:
    known = {fold(word): capacity for capacity, words in ALSO_CALLED.items() for word in words}
    for capacity in Capacity:
        known[fold(capacity.value)] = capacity
        for language, _name in settings.LANGUAGES:
            with override(language):
                known[fold(str(capacity.label))] = capacity
    return known


@transaction.atomic
def _keep(people: list[_Person], kept: Kept, *, election: Election) -> None:
    """The election is held meanwhile: two who hand in one list keep each person once."""
    Election.objects.select_for_update().get(pk=election.pk)
    stored: dict[tuple[str, str], list[ExemptPerson]] = {}
    for row in ExemptPerson.objects.filter(election=election):
        stored.setdefault((row.capacity, row.search_key), []).append(row)
    new, completed = [], {}
    for person in people:
        row = ExemptPerson(election=election, capacity=person.capacity)
        set_name(row, person.full_name)
        set_identity(row, number=person.number, citizenship=FIRST, born=person.born)
        namesakes = stored.setdefault((row.capacity, row.search_key), [])
        same = next((other for other in namesakes if _is_same(row, other)), None)
        if same is None:
            namesakes.append(row)
            new.append(row)
        elif _completes(row, same):
            completed[id(same)] = same
        else:
            kept.unchanged += 1
    ExemptPerson.objects.bulk_create(new, batch_size=2000)
    older = [row for row in completed.values() if row not in new]
    ExemptPerson.objects.bulk_update(older, ["identity_index", "birth_index"], batch_size=2000)
    kept.added, kept.completed = len(new), len(older)


def _is_same(one: ExemptPerson, other: ExemptPerson) -> bool:
    """Of two with one name and capacity: nothing that both say differs."""
    pairs = (
        (one.identity_index, other.identity_index),
        (one.birth_index, other.birth_index),
    )
    return all(not mine or not theirs or mine == theirs for mine, theirs in pairs)


def _completes(new: ExemptPerson, old: ExemptPerson) -> bool:
    """Number and birthday that were not known so far; true where there are any."""
    before = (old.identity_index, old.birth_index)
    old.identity_index = old.identity_index or new.identity_index
    old.birth_index = old.birth_index or new.birth_index
    return before != (old.identity_index, old.birth_index)
