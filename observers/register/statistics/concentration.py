"""How much of the register rests on a few nominators. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

LARGEST = (1, 3, 5)


@dataclass(frozen=True)
class Concentration:
    """Of the observers whom organisations nominated; citizens on their own initiative nominate
    nobody and are left out. `largest` says what share the largest one, three and five have."""

    nominated: int
    organisations: int
    largest: dict[int, float]
    # Herfindahl and Hirschman's index: the sum of the squared shares; 1 where there is only one.
    index: float

    @property
    def as_many_as(self) -> float:
        """So many organisations of equal size would be as concentrated."""
        return 1 / self.index if self.index else 0.0


def concentration(counts: Collection[int]) -> Concentration:
    """`counts`: the observers of each organisation."""
    nominated = sum(counts)
    shares = sorted((count / nominated for count in counts if count), reverse=True)
    return Concentration(
        nominated=nominated,
        organisations=len(shares),
        largest={number: sum(shares[:number]) for number in LARGEST},
        index=sum(share**2 for share in shares),
    )
