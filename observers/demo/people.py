"""People who do not exist: common names combined at random, numbers of made-up series."""

import datetime
import random
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from accounts.names import fold, sort_key
from elections.loading import read_rows
from observers.demo.chance import Weighted
from observers.enums import IdentityDocument

# Odd and not divisible by five: counting in such steps meets every number of n digits once.
STEP = 4_637_947


class Name(NamedTuple):
    surname: str
    given_name: str
    patronymic: str = ""

    @property
    def full(self) -> str:
        return " ".join(part for part in self if part)

    @property
    def spoken(self) -> str:
        """Given name first, as accounts have it."""
        return f"{self.given_name} {self.surname}"


class Person(NamedTuple):
    """What an application holds of somebody."""

    name: Name
    birth_on: datetime.date
    citizenship: str
    identity_document: str
    identity_number: str
    address: str
    phone: str
    email: str


class Series:
    """Different numbers of one pattern ("#" is a digit) that do not follow one another."""

    def __init__(self, pattern: str, chance: random.Random) -> None:
        self.pattern = pattern.replace("%", "%%").replace("#", "%s")
        self.digits = pattern.count("#")
        self.latest = chance.randrange(10**self.digits)

    def draw(self) -> str:
        self.latest = (self.latest + STEP) % 10**self.digits
        return self.pattern % tuple(f"{self.latest:0{self.digits}d}")


class Names:
    """Azerbaijani names by weight, foreign ones by country."""

    def __init__(self, folder: Path, habits: dict[str, Any], chance: random.Random) -> None:
        self.chance = chance
        self.female_share = habits["female_share"]
        self.patronymics = habits["patronymic"]
        surnames = read_rows(folder, "surnames.csv")
        self.surnames = Weighted(
            [(row["masculine"], row["feminine"]) for row in surnames],
            [int(row["weight"]) for row in surnames],
        )
        given = read_rows(folder, "given_names.csv")
        self.given = {
            gender: Weighted(
                [row["name"] for row in given if row["gender"] == gender],
                [int(row["weight"]) for row in given if row["gender"] == gender],
            )
            for gender in ("male", "female")
        }
        self.foreign: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in read_rows(folder, "foreign_names.csv"):
            forms = (row["masculine"], row["feminine"])
            self.foreign[row["country"], row["part"]].append(forms)

    def local(self, *, surname: str = "", given_name: str = "", female: bool | None = None) -> Name:
        """A name, or the rest of one that is begun."""
        if female is None:
            female = self.chance.random() < self.female_share
        gender = "female" if female else "male"
        father = self.given["male"].draw(self.chance)
        return Name(
            surname or self.surnames.draw(self.chance)[female],
            given_name or self.given[gender].draw(self.chance),
            self.patronymics[gender].format(father=father),
        )

    def of_country(self, country: str) -> Name:
        female = self.chance.random() < self.female_share
        given = "given_female" if female else "given_male"
        return Name(
            self.chance.choice(self.foreign[country, "surname"])[female],
            self.chance.choice(self.foreign[country, given])[female],
        )


class People:
    """Everything else about a person. Whoever comes from here has numbers that no other has."""

    def __init__(
        self,
        folder: Path,
        habits: dict[str, Any],
        *,
        polling_on: datetime.date,
        chance: random.Random,
    ) -> None:
        self.names = Names(folder, habits, chance)
        self.habits, self.polling_on, self.chance = habits, polling_on, chance
        self.ages = Weighted(
            [(age["from"], age["to"]) for age in habits["ages"]],
            [age["weight"] for age in habits["ages"]],
        )
        streets = read_rows(folder, "streets.csv")
        self.streets = Weighted(
            [row["street"] for row in streets], [int(row["weight"]) for row in streets]
        )
        self.settlements = _settlements(folder)
        self.cards = Weighted(
            [Series(card["pattern"], chance) for card in habits["identity_documents"]],
            [card["weight"] for card in habits["identity_documents"]],
        )
        self.passports: dict[str, Series] = {}
        self.phones = [
            Series(habits["phone"].format(prefix=prefix), chance)
            for prefix in habits["phone_prefixes"]
        ]
        self.foreign_phones = Series(habits["phone_international"], chance)
        self.count = 0

    def local(self, constituency: int, *, name: Name | None = None) -> Person:
        """A citizen who lives in that constituency."""
        name = name or self.names.local()
        return Person(
            name,
            self._birthday(),
            "AZ",
            IdentityDocument.IDENTITY_CARD.value,
            self.cards.draw(self.chance).draw(),
            self._address(constituency),
            self.chance.choice(self.phones).draw(),
            self.address_of(name),
        )

    def foreign(self, country: str, *, address: str) -> Person:
        """Somebody sent by an organisation of that country, living at its seat."""
        name = self.names.of_country(country)
        if country not in self.passports:
            pattern = self.habits["passport"].format(country=country)
            self.passports[country] = Series(pattern, self.chance)
        return Person(
            name,
            self._birthday(),
            country,
            IdentityDocument.PASSPORT.value,
            self.passports[country].draw(),
            address,
            self.foreign_phones.draw(),
            self.address_of(name),
        )

    def address_of(self, name: Name) -> str:
        """An e-mail address that nobody else has; mail to it goes nowhere."""
        self.count += 1
        given, surname = (
            keys_of(part)[1].replace(" ", "-") for part in (name.given_name, name.surname)
        )
        return str(self.habits["email"].format(given=given, surname=surname, n=self.count))

    def _birthday(self) -> datetime.date:
        """Of an age on polling day that was drawn, on any day of the year."""
        age = self.chance.randint(*self.ages.draw(self.chance))
        day = self.polling_on
        latest = datetime.date(day.year - age, day.month, min(day.day, 28))
        return latest - datetime.timedelta(days=self.chance.randrange(364))

    def _address(self, constituency: int) -> str:
        settlement = self.settlements[constituency].draw(self.chance)
        is_town = "şəhəri" in settlement
        pattern = self.habits["address_with_flat" if is_town else "address"]
        return str(
            pattern.format(
                settlement=settlement,
                street=self.streets.draw(self.chance),
                house=self.chance.randint(*self.habits["house"]),
                flat=self.chance.randint(*self.habits["flat"]),
            )
        )


def _settlements(folder: Path) -> dict[int, Weighted[str]]:
    rows: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in read_rows(folder, "settlements.csv"):
        rows[int(row["constituency"])].append(row)
    return {
        number: Weighted(
            [row["settlement"] for row in group], [int(row["weight"]) for row in group]
        )
        for number, group in rows.items()
    }


@cache
def keys_of(part: str) -> tuple[str, str]:
    """Sort key and search key of one part of a name; parts come again and again."""
    return sort_key(part), fold(part)


def keys_of_name(name: Name) -> tuple[str, str]:
    """The same as of the whole name (`observers/domain/drafts.py`), for a tenth of the time."""
    keys = [keys_of(part) for part in name if part]
    return " ".join(key for key, _ in keys), " ".join(key for _, key in keys)
