"""Who might be the same person. Flags for people to look at: nobody is refused by them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, groupby

from django.db.models import Q, QuerySet

from accounts.names import fold
from observers.enums import Status
from observers.models import Application, SettledPair

# From here on two words are alike: Əliyev and Aliyev, Əliyev and Алиев, Elçin and Elchin.
ALIKE = 0.7
GONE = (Status.WITHDRAWN, Status.LAPSED, Status.CANCELLED)


def comparable(full_name: str) -> str:
    """A name as it is compared: folded, its words in one order, without oğlu and qızı."""
    words = [word for word in fold(full_name).replace("-", " ").split() if word not in _KINSHIP]
    return " ".join(sorted(words))


_KINSHIP = frozenset({"oglu", "qizi", "ogli", "kyzy"})
# How one sound is written: by people, and by the offices that wrote their documents.
_ONE_SOUND = (
    ("dj", "c"), ("ch", "c"), ("zh", "c"), ("j", "c"), ("sh", "s"), ("kh", "h"), ("x", "h"),
    ("gh", "g"), ("q", "g"), ("k", "g"), ("w", "v"), ("e", "a"), ("y", ""),
)  # fmt: skip


def name_keys(name: str) -> list[str]:
    """By what a comparable name is found among many: each two of its words, as they sound."""
    return [f"{one} {other}" for one, other in combinations(sorted(sounds(name)), 2)]


def sounds(name: str) -> set[str]:
    """The words of a comparable name as they sound: Əliyev, Aliyev and Алиев are one, Elmar and
    Elmira two."""
    return {_sound(word) for word in name.split()}


@lru_cache(maxsize=50_000)
def _sound(word: str) -> str:
    for written, sound in _ONE_SOUND:
        word = word.replace(written, sound)
    return "".join(sign for sign, _again in groupby(word))


def alike(one: str, other: str) -> bool:
    """Whether two comparable names could be one: each word of the shorter has one like it in the
    longer, which may add a patronymic. A few letters apart, or another alphabet, is like it."""
    if one == other:
        return True
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return len(shorter) > 1 and all(_has_like(word, longer) for word in shorter)


def _has_like(word: str, words: list[str]) -> bool:
    return any(_like(word, other) for other in words)


# Names recur: of a hundred thousand people, each word is compared with few others.
@lru_cache(maxsize=50_000)
def _like(word: str, other: str) -> bool:
    return word == other or (
        2 * min(len(word), len(other)) >= ALIKE * (len(word) + len(other))
        and SequenceMatcher(None, word, other, autojunk=False).ratio() >= ALIKE
    )


@dataclass(frozen=True)
class Likeness:
    """Another application that might be the same person's."""

    application: int
    receipt_number: str
    full_name: str
    status: Status
    is_nominated: bool
    has_same_number: bool


def likenesses(applications: Iterable[Application]) -> dict[int, list[Likeness]]:
    """By application id, those of its election with the same document number, or with a very
    similar name and the same date of birth. Pairs that somebody has settled are left out.

    Three queries for any number of rows, which need none of their sealed columns. For the
    commission: what is found may be anybody's.
    """
    rows = list(applications)
    others = _Others(rows)
    settled = _settled(rows)
    return {
        row.pk: [
            found for found in others.like(row) if not settled & {_pair(row.pk, found.application)}
        ]
        for row in rows
    }


class _Others:
    """Applications that share a number or a birthday with some of the rows."""

    def __init__(self, rows: list[Application]) -> None:
        submitted = Application.unscoped.filter(
            election__in={row.election_id for row in rows}, submitted_at__isnull=False
        ).exclude(status__in=GONE)
        self.by_number = _grouped(submitted, "identity_index", rows)
        self.by_birthday = _grouped(submitted, "birth_index", rows)

    def like(self, row: Application) -> list[Likeness]:
        name = comparable(row.full_name)
        found = {
            other.application: other
            for other in self.by_number[row.election_id, row.identity_index]
        }
        for other in self.by_birthday[row.election_id, row.birth_index]:
            if alike(name, comparable(other.full_name)):
                found.setdefault(other.application, other)
        found.pop(row.pk, None)
        return list(found.values())


def _grouped(
    submitted: QuerySet[Application], column: str, rows: list[Application]
) -> dict[tuple[int, str], list[Likeness]]:
    """By election and the value of the column, where the rows have any."""
    values = {getattr(row, column) for row in rows} - {""}
    found: dict[tuple[int, str], list[Likeness]] = defaultdict(list)
    these = submitted.filter(**{f"{column}__in": values}).order_by("pk")
    for election, value, pk, receipt, status, organisation, *names in these.values_list(
        "election_id",
        column,
        "pk",
        "receipt_number",
        "status",
        "organisation_id",
        "surname",
        "given_name",
        "patronymic",
    ):
        full_name = " ".join(filter(None, names))
        found[election, value].append(
            Likeness(
                application=pk,
                receipt_number=receipt,
                full_name=full_name,
                status=Status(status),
                is_nominated=organisation is not None,
                has_same_number=column == "identity_index",
            )
        )
    return found


def _settled(rows: list[Application]) -> set[tuple[int, int]]:
    keys = [row.pk for row in rows]
    pairs = SettledPair.objects.filter(Q(first__in=keys) | Q(second__in=keys))
    return set(pairs.values_list("first_id", "second_id"))


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def look_alikes(application: Application, known: list[Likeness] | None = None) -> list[Application]:
    """The likenesses of one application, where they are not `known` already, as they are shown to
    the commission."""
    like = likenesses([application])[application.pk] if known is None else known
    keys = [found.application for found in like]
    if not keys:
        return []
    rows = Application.unscoped.filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("organisation", "constituency", "commission"))
