"""Who stands in which row: for pages that show photos beside names, before anybody is stored."""

import json
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache

from observers.intake import files
from observers.intake.listing import headings_of
from observers.intake.reading import Headings, read_sheet
from observers.intake.reading.cells import text_of
from observers.models import Upload
from privacy.fields import seal, unseal

KEPT_FOR = 60 * 60
PURPOSE = "names of an upload"
PARTS = ("surname", "given_name", "patronymic")


def names_by_row(upload: Upload) -> dict[int, str]:
    """As they stand in the sheet; empty without a sheet. Kept for a while, sealed.

    Raises Unusable for a sheet that cannot be read any more.
    """
    if not upload.sheet:
        return {}
    place = f"upload-names:{upload.key}:{upload.checked_at:%Y%m%d%H%M%S%f}"
    if kept := cache.get(place):
        return {int(row): name for row, name in json.loads(unseal(kept, PURPOSE)).items()}
    names = _read(upload)
    cache.set(place, seal(json.dumps(names), PURPOSE), KEPT_FOR)
    return names


def _read(upload: Upload) -> dict[int, str]:
    sheet = read_sheet(files.read_sheet(upload), upload.sheet_name)
    headings = headings_of(upload, sheet)
    return {
        number: name
        for number, cells in sheet.rows
        if number > headings.row and (name := _name(cells, headings))
    }


def _name(cells: Sequence[Any], headings: Headings) -> str:
    asked = PARTS if "surname" in headings.columns else ("full_name",)
    places = [headings.columns[key] for key in asked if key in headings.columns]
    return " ".join(filter(None, (text_of(cells[at]) for at in places if at < len(cells))))
