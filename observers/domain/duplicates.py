"""Who might be the same person. Flags for people to look at: nobody is refused by them."""

from difflib import SequenceMatcher

from django.db.models import QuerySet

from accounts.names import fold
from observers.enums import Status
from observers.models import Application

# From here on two words are alike: Əliyev and Aliyev, Əliyev and Алиев, Elçin and Elchin.
ALIKE = 0.7
GONE = (Status.WITHDRAWN, Status.LAPSED, Status.CANCELLED)


def comparable(full_name: str) -> str:
    """A name as it is compared: folded, its words in one order, without oğlu and qızı."""
    words = [word for word in fold(full_name).replace("-", " ").split() if word not in _KINSHIP]
    return " ".join(sorted(words))


_KINSHIP = frozenset({"oglu", "qizi", "ogli", "kyzy"})


def alike(one: str, other: str) -> bool:
    """Whether two comparable names could be one: each word of the shorter has one like it in the
    longer, which may add a patronymic. A few letters apart, or another alphabet, is like it."""
    if one == other:
        return True
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return len(shorter) > 1 and all(_has_like(word, longer) for word in shorter)


def _has_like(word: str, words: list[str]) -> bool:
    return any(
        word == other or SequenceMatcher(None, word, other, autojunk=False).ratio() >= ALIKE
        for other in words
    )


def look_alikes(application: Application) -> list[Application]:
    """Applications of this election with the same document number, or with a very similar name
    and the same date of birth. For the commission: they may be anybody's."""
    others = (
        Application.unscoped.filter(election=application.election_id, submitted_at__isnull=False)
        .exclude(pk=application.pk)
        .exclude(status__in=GONE)
        .select_related("organisation", "constituency", "commission")
    )
    same_number = _of(others, "identity_index", application.identity_index)
    same_day = _of(others, "birth_index", application.birth_index)
    name = comparable(application.full_name)
    similar = [other for other in same_day if alike(name, comparable(other.full_name))]
    return list({row.pk: row for row in (*same_number, *similar)}.values())


def _of(others: QuerySet[Application], column: str, value: str) -> list[Application]:
    return list(others.filter(**{column: value})) if value else []
