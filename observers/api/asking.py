"""What the addresses of the API take: declared once, checked and described by the same words."""

import re
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Schema
from ninja.params import Path
from pydantic import BeforeValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from elections.enums import Kind
from observers.register.filters import LONGEST_SEARCH

PAGE = 50
LONGEST_PAGE = 200

# Those of the settings, and of the register's filter; a test holds them together.
Language = Literal["az", "en", "ru"]
StatusWord = Literal["registered", "cancelled"]

NUMBER = r"^[A-Z]-[0-9]{7,12}-[0-9]{2}$"
_KEY = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
AN_ELECTION = "early-presidential-2024"
A_KEY = "6f1c9a52-0d0e-4f0c-9b8e-2a1d7c5e4b30"
A_NUMBER = "A-0012345-20"

ElectionSlug = Annotated[
    str,
    Path(
        pattern=r"^[-a-zA-Z0-9_]+$",
        max_length=50,
        description="The election's name in addresses: `slug` in the list of elections.",
        examples=[AN_ELECTION],
    ),
]
OrganisationKey = Annotated[
    str,
    Path(pattern=_KEY, description="`key` in the list of organisations.", examples=[A_KEY]),
]
ObserverNumber = Annotated[
    str,
    Path(pattern=NUMBER, description="The accreditation number.", examples=[A_NUMBER]),
]
TypedNumber = Annotated[
    str,
    Path(
        min_length=1,
        max_length=40,
        description="An accreditation number as a person reads it from a badge: with or without "
        "its letter, dashes and leading zeros. Its last two figures check the others.",
        examples=[A_NUMBER],
    ),
]
Token = Annotated[
    str,
    Path(
        min_length=1,
        max_length=400,
        description="What follows `/V/` in the code on a badge: the signed token.",
        examples=["2KCEPIQBEYCEE23LGGQFQXVEAJSUCLJQGAYTEMZUGUWTEMAECQ"],
    ),
]
TableName = Annotated[
    str,
    Path(
        pattern=r"^[a-z0-9-]{1,40}$",
        description="`table` in the list of tables.",
        examples=["commissions"],
    ),
]


def _figures(given: Any) -> Any:
    """Of numbers only the one spelling: no sign, no point, no space."""
    if isinstance(given, str) and not re.fullmatch(r"[0-9]{1,9}", given):
        raise PydanticCustomError("figures", "figures")
    return given


Whole = Annotated[int, BeforeValidator(_figures)]
# Its limits stand within: around something that may be left out they would not be described.
PlaceNumber = Annotated[int, Field(ge=1, le=9999), BeforeValidator(_figures)]


class Asked(Schema):
    """What every address takes. A parameter that an address does not know is refused: a filter
    that is misspelt would otherwise show everybody."""

    language: Language | None = Field(
        None,
        description="Of sentences meant for people. Before the header `Accept-Language`; without "
        "both it is Azerbaijani.",
        examples=["en"],
    )

    @model_validator(mode="before")
    @classmethod
    def only_what_is_known(cls, values: Any, info: ValidationInfo) -> Any:
        request: HttpRequest = (info.context or {})["request"]
        for name, given in request.GET.lists():
            if name not in cls.model_fields:
                raise PydanticCustomError("unknown", "unknown", {"parameter": name})
            if len(given) > 1:
                raise PydanticCustomError("repeated", "repeated", {"parameter": name})
        return values


class Paged(Asked):
    limit: Whole = Field(
        PAGE, ge=1, le=LONGEST_PAGE, description="Lines on a page, at most.", examples=[PAGE]
    )

    def carried(self, *, after: str) -> dict[str, Any]:
        """What the address of the next page asks for."""
        asked = self.model_dump(exclude_unset=True, mode="json")
        return asked | {"after": after}


class AskedOrganisations(Paged):
    after: str | None = Field(
        None,
        pattern=_KEY,
        description="The key of an organisation: the page begins behind it. `next` of a page has "
        "it already.",
        examples=[A_KEY],
    )


class AskedObservers(Paged):
    """The filters of the register's own page, by the same names."""

    q: str | None = Field(
        None,
        max_length=LONGEST_SEARCH,
        description="Words to search for: an accreditation number, an organisation, and names "
        "where the election shows them in full. Diacritics and Cyrillic need not be typed as they "
        "are written. The first eight words count. "
        "What is searched comes in pages of at most 50.",
        examples=["eliyev"],
    )
    kind: Kind | None = Field(
        None, description="On whose initiative the person observes.", examples=["ngo"]
    )
    constituency: PlaceNumber | None = Field(
        None, description="Number of the constituency.", examples=[12]
    )
    organisation: str | None = Field(
        None, pattern=_KEY, description="Key of the organisation that nominated.", examples=[A_KEY]
    )
    status: StatusWord | None = Field(
        None,
        description="`cancelled` are those whose registration was cancelled since.",
        examples=["registered"],
    )
    after: str | None = Field(
        None,
        pattern=NUMBER,
        description="An accreditation number: the page begins behind it, in the order of the "
        "register. `next` of a page has it already.",
        examples=[A_NUMBER],
    )
