"""What staff wrote, and on which ground."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from elections.enums import Subject
from elections.loading import read_table
from elections.models import Election, RefusalGround
from elections.texts import in_language
from observers.demo.chance import Weighted

# The files name what a person reads; these are the model's columns.
COLUMNS = {"document_number": "identity_number", "birth_date": "birth_on"}


class Reason(NamedTuple):
    texts: dict[str, str]
    columns: list[str]

    def text(self, language: str) -> str:
        return in_language(self.texts, language)


class Reasons:
    """Draws sentences, and knows the grounds of the election."""

    def __init__(self, folder: Path, election: Election, chance: random.Random) -> None:
        self.chance = chance
        tables = read_table(folder, "reasons.toml")
        grounds = {ground.code: ground for ground in election.refusal_grounds.all()}
        self.refused = {
            subject: [t for t in tables["refused"] if grounds[t["ground"]].subject == subject]
            for subject in Subject
        }
        self.grounds: dict[str, RefusalGround] = {
            subject: grounds[found[0]["ground"]] for subject, found in self.refused.items()
        }
        self.piles = {
            "returned": _pile(tables["returned"], _saved_replies(election)),
            "returned_nomination": _pile(tables["returned_nomination"]),
            "withdrawn": _pile(tables["withdrawn"]),
            "cancelled": _pile(tables["cancelled"]),
            **{f"refused_{subject}": _pile(found) for subject, found in self.refused.items()},
        }

    def draw(self, pile: str) -> Reason:
        return self.piles[pile].draw(self.chance)


def _pile(tables: list[dict[str, Any]], more: Iterable[Reason] = ()) -> Weighted[Reason]:
    """By weight; `more` come as often as the rarest of them."""
    reasons = [
        Reason(table["text"], [COLUMNS.get(name, name) for name in table.get("fields", [])])
        for table in tables
    ]
    weights = [table["weight"] for table in tables]
    others = list(more)
    return Weighted([*reasons, *others], [*weights, *[min(weights)] * len(others)])


def _saved_replies(election: Election) -> list[Reason]:
    """What the election has worded for its reviewers; nobody in the demo attached a file."""
    replies = election.saved_replies.filter(subject=Subject.PERSON).order_by("code")
    return [
        Reason(reply.texts, reply.fields) for reply in replies if "documents" not in reply.fields
    ]
