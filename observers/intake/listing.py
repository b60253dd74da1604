"""The people of an upload, read anew each time it is checked or stored."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from observers.intake import files
from observers.intake.comparing import Compared, Comparison
from observers.intake.places import Places, places_of, rules_of
from observers.intake.reading import (
    Headings,
    PersonRow,
    Rules,
    Sheet,
    find_headings,
    read_people,
    read_sheet,
)
from observers.models import Upload

# Rows that are compared, and stored, together: memory stays flat, statements stay few.
PORTION = 1000
NAMES = frozenset({"surname", "given_name", "patronymic"})


class Unmapped(Exception):
    """Required columns were not recognised: the organisation has to name them first."""


@dataclass(frozen=True)
class People:
    """A sheet that can be read person by person."""

    upload: Upload
    sheet: Sheet
    headings: Headings
    rules: Rules
    places: Places

    def __len__(self) -> int:
        """Rows below the headings, empty ones at most counted with them."""
        return sum(1 for number, _cells in self.sheet.rows if number > self.headings.row)

    def rows(self) -> Iterator[PersonRow]:
        return read_people(self.sheet, self.headings, self.rules)

    def portions(self) -> Iterator[list[PersonRow]]:
        rows = self.rows()
        while portion := list(islice(rows, PORTION)):
            yield portion

    def comparison(self) -> Comparison:
        given = frozenset(self.headings.columns)
        if "full_name" in given:
            given |= NAMES
        if self.upload.scope and not given & {"scope", "constituency"}:
            given |= {"scope"}
        return Comparison(self.upload, self.places, given=given)


def people_of(upload: Upload, *, now: datetime.datetime) -> People:
    """Raises Unusable for a file that cannot be read, Unmapped where columns are missing."""
    sheet = read_sheet(files.read_sheet(upload), upload.sheet_name)
    headings = headings_of(upload, sheet)
    if headings.missing:
        raise Unmapped
    places = places_of(upload, now=now)
    return People(upload, sheet, headings, rules_of(upload, places, now=now), places)


def headings_of(upload: Upload, sheet: Sheet) -> Headings:
    """As they speak for themselves, or as the organisation has named them."""
    found = find_headings(sheet)
    if upload.columns is None:
        return found
    return replace(found, row=upload.columns["row"], columns=upload.columns["columns"], missing=[])


__all__ = ["Compared", "People", "Unmapped", "headings_of", "people_of"]
