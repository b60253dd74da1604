"""What is printed on a badge, and on which paper.

The layouts themselves are typst templates in `templates/print/badges/`, which an official can edit;
`docs/badges.md` says how. Here is what they are given.
"""

from dataclasses import dataclass
from typing import Any

from observers.enums import BadgeSize, PrintSheet


@dataclass(frozen=True)
class PrintedBadge:
    """One badge as it is printed: texts, the photo (its name in the storage, or itself as a JPEG),
    and what the QR holds.

    Texts that differ from language to language are as many as `languages`, in their order: the
    language of the state first, for an international observer a foreign one second. What a kind
    does not show may be empty.
    """

    kind: str
    number: str
    serial: int
    surname: str
    given_name: str
    patronymic: str
    photo: str | bytes
    link: str
    languages: tuple[str, ...]
    authority: tuple[str, ...]
    election: tuple[str, ...]
    scope: str
    # From the first day to the last, in words.
    valid: tuple[str, ...]
    constituency: int = 0
    constituency_names: tuple[str, ...] = ()
    nominator: str = ""
    country: tuple[str, ...] = ()
    passport: str = ""

    def as_json(self, *, photo: tuple[int, int]) -> dict[str, Any]:
        """As the templates take it; `photo` says from where to where it stands in their file."""
        return vars(self) | {"photo": photo}


@dataclass(frozen=True)
class Form:
    """On which paper: the size of the badge, one a page or many a sheet of A4 with cut marks.

    `bleed` is how many millimetres of colour a printing house wants beyond the edge of a single
    badge. `title` is the name that a viewer shows for the PDF.
    """

    size: BadgeSize = BadgeSize.CARD
    sheet: PrintSheet = PrintSheet.SINGLE
    bleed: int = 0
    title: str = ""

    @property
    def per_page(self) -> int:
        if self.sheet == PrintSheet.SINGLE:
            return 1
        return 10 if self.size == BadgeSize.CARD else 4

    def as_json(self) -> dict[str, Any]:
        return {
            "size": str(self.size),
            "sheets": self.sheet == PrintSheet.A4,
            "bleed": self.bleed if self.sheet == PrintSheet.SINGLE else 0,
            "title": self.title,
        }
