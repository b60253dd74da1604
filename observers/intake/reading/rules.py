"""What the election asks of each row."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """`scopes` are those open now for the organisation; the defaults hold for rows that do not
    say where; `constituencies` has each number with its names in all languages."""

    today: datetime.date
    polling_on: datetime.date
    minimum_age: int
    kind: str
    scopes: tuple[str, ...]
    default_scope: str
    default_constituency: int | None
    constituencies: dict[int, tuple[str, ...]]
