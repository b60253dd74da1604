"""What the addresses of the API answer. Names of fields are a contract: they are added to, and
neither renamed nor taken away within `/api/v1/`.

Names of the register's fields are those of its CSV and JSON.
"""

import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from elections.enums import Authority, Kind, NamePolicy, Scope
from observers.api.asking import A_NUMBER, StatusWord
from observers.domain.verification import Verdict

_IN_LANGUAGES = {"az": "…", "en": "…", "ru": "…"}


class Entrance(Schema):
    """Where everything else begins."""

    elections: str = Field(description="Address of the list of elections.")
    description: str = Field(description="Address of this description.")
    documentation: str = Field(description="A page for people.")


class WindowAnswer(Schema):
    """Who may apply, from when to when: in time is `opens_at <= now < closes_at`."""

    scope: Scope
    kinds: list[Kind]
    authority: Authority = Field(description="Which commission decides.")
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    last_closes_at: datetime.datetime = Field(
        description="With extensions, which are for some only: when it closes for the last of them."
    )
    days_to_decide: int


class ElectionAnswer(Schema):
    slug: str = Field(examples=["early-presidential-2024"])
    names: dict[str, str] = Field(description="By language.", examples=[_IN_LANGUAGES])
    authority_names: dict[str, str] = Field(description="By language.", examples=[_IN_LANGUAGES])
    polling_on: datetime.date
    time_zone: str = Field(
        description="Days are days there, and times are given in it.", examples=["Asia/Baku"]
    )
    languages: list[str] = Field(examples=[["az", "en", "ru"]])
    shown_names: dict[Kind, NamePolicy] = Field(
        description="How much of a name the register shows, by kind of observer.",
        examples=[{"ngo": "full", "own_initiative": "initials"}],
    )
    windows: list[WindowAnswer]
    url: str = Field(description="The election's page, for people.")
    organisations: str = Field(description="Address of its organisations.")
    observers: str = Field(description="Address of its register.")
    statistics: str = Field(description="Address of its statistics.")


class Page(Schema):
    next: str | None = Field(description="Address of the next page; null on the last.")


class Elections(Schema):
    elections: list[ElectionAnswer]


class OrganisationAnswer(Schema):
    """One whose right to nominate observers in this election was granted."""

    key: str
    name: str
    short_name: str
    kind: Kind
    country: str = Field(description="Of its seat, ISO 3166.", examples=["AZ"])
    registered: int = Field(description="Its observers in the register now.")
    cancelled: int = Field(description="Those whose registration was cancelled since.")


class Organisations(Page):
    organisations: list[OrganisationAnswer]


class ObserverAnswer(Schema):
    """A line of the register."""

    number: str = Field(description="Accreditation number.", examples=[A_NUMBER])
    name: str = Field(
        description="As much of it as the election shows; empty where that is nothing.",
        examples=["Əliyeva Nərmin Rauf qızı"],
    )
    kind: Kind
    organisation: str = Field(description="Who nominated; empty: nobody.")
    organisation_key: str | None
    scope: Scope
    constituency: int | None = Field(description="Number of the constituency.", examples=[12])
    constituency_name: str = Field(description="In the first language of the election.")
    registered_on: datetime.date | None = Field(description="In the election's time zone.")
    status: StatusWord


class ObserverInFull(ObserverAnswer):
    valid_until: datetime.datetime | None = Field(
        description="Until when the badge is valid, exclusive; null where there is no valid one."
    )


class Observers(Page):
    count: int = Field(description="How many fit; where `is_more`, there are more than that.")
    is_more: bool
    observers: list[ObserverAnswer]


class TableLink(Schema):
    table: str = Field(examples=["commissions"])
    title: str = Field(description="In the first language of the election.")
    url: str
    csv: str = Field(description="The same as CSV.")


class Tables(Schema):
    election: str
    taken_at: datetime.datetime = Field(description="When it was counted through.")
    tables: list[TableLink]


class TableAnswer(Schema):
    """One table: a member of a row for each column. A count that could point at a person is a word
    instead, explained in `hidden`."""

    election: str
    table: str
    title: str = Field(description="In the first language of the election.")
    taken_at: datetime.datetime
    hidden: dict[str, str]
    columns: list[str]
    rows: list[dict[str, Any]]


class Verified(Schema):
    """What is said of a badge at this moment. Not kept by anybody: it may be another in a second.

    A badge of scope `constituency` is valid there and nowhere else: compare `constituency` with
    where you are.
    """

    verdict: Verdict
    sentence: str = Field(
        description="The same for a person, in the language asked for.",
        examples=["Valid: 12 Binəqədi"],
    )
    checked_at: datetime.datetime
    election: str = Field(description="Its slug.")
    number: str = Field(examples=[A_NUMBER])
    name: str = Field(
        description="Of a number, as much as the register shows; of a token, what is printed."
    )
    kind: Kind
    organisation: str = Field(description="Who nominated; empty: nobody.")
    scope: Scope
    constituency: int | None = Field(description="Number of the constituency.")
    serial: int | None = Field(description="Which badge of this observer; null: there is none.")
    valid_from: datetime.datetime | None
    valid_until: datetime.datetime | None = Field(
        description="Exclusive. A run-off for which the election keeps badges valid is included."
    )


class Mistake(Schema):
    parameter: str = Field(examples=["kind"])
    detail: str
    allowed: list[str] = Field([], description="The values there are, where they are few.")


class Problem(Schema):
    """RFC 9457."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        description="A sentence for a person, in the language asked for.",
        examples=["There is nothing at this address."],
    )
    errors: list[Mistake] = Field([], description="Which parameters are wrong, of a 422.")
    verdict: Verdict | None = Field(
        None, description="Of a verification: `unknown` is nobody's number, `not_genuine` no code."
    )
