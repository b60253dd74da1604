"""How what is counted is called: read afresh for each page, in its language."""

from dataclasses import dataclass
from typing import Self

from elections.models import Commission, Constituency, Election, RefusalGround
from organisations.models import Organisation


@dataclass(frozen=True)
class Place:
    """A constituency. `number` is how the register's filter knows it."""

    key: int
    number: int
    name: str
    polling_stations: int


@dataclass(frozen=True)
class Names:
    """By primary key; commissions and places in the order of their numbers, the central first."""

    commissions: dict[int, str]
    places: dict[int, Place]
    organisations: dict[int, str]
    grounds: dict[int, str]

    @classmethod
    def read(cls, election: Election, organisations: dict[int, int]) -> Self:
        """Four queries, however much there is. Of `organisations`, those that are counted."""
        known = Organisation.unscoped.filter(pk__in=organisations)
        places = Constituency.objects.filter(election=election)
        return cls(
            commissions={c.pk: c.name for c in Commission.objects.filter(election=election)},
            places={c.pk: Place(c.pk, c.number, c.name, c.polling_stations) for c in places},
            organisations={
                key: short_name or name
                for key, short_name, name in known.values_list("pk", "short_name", "name")
            },
            grounds={
                ground.pk: ground.text for ground in RefusalGround.objects.filter(election=election)
            },
        )
