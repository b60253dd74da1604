"""A row of the register as it is shown: on the page, in the CSV and in the JSON."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from elections.enums import Kind, NamePolicy, Scope
from elections.models import Election
from elections.texts import in_language
from observers.domain.public_names import shown_name
from observers.enums import Status
from observers.register.filters import STATUS_LABELS, WORDS_OF_STATUS

# Names of the CSV's columns and the JSON's members. They are a contract: do not translate them.
COLUMNS = (
    "number",
    "name",
    "kind",
    "organisation",
    "scope",
    "constituency",
    "constituency_name",
    "registered_on",
    "status",
)


@dataclass(frozen=True)
class Entry:
    """One registered observer. `name` is as much of it as the election's policy shows."""

    number: str
    name: str
    kind: str
    organisation: str
    scope: str
    constituency: int | None
    constituency_names: dict[str, str]
    registered_on: datetime.date | None
    status: str

    @property
    def nominator(self) -> str:
        return self.organisation or str(Kind(self.kind).label)

    @property
    def place(self) -> str:
        if self.constituency is None:
            return str(Scope(self.scope).label)
        return f"{self.constituency} {in_language(self.constituency_names)}"

    @property
    def status_label(self) -> str:
        return str(STATUS_LABELS[Status(self.status)])

    def exported(self, language: str) -> dict[str, Any]:
        """For the CSV and the JSON, the same in whatever language they are asked for."""
        return {
            "number": self.number,
            "name": self.name,
            "kind": self.kind,
            "organisation": self.organisation,
            "scope": self.scope,
            "constituency": self.constituency,
            "constituency_name": in_language(self.constituency_names, language),
            "registered_on": self.registered_on.isoformat() if self.registered_on else "",
            "status": WORDS_OF_STATUS[Status(self.status)],
        }


def entry(row: dict[str, Any], election: Election) -> Entry:
    """From the columns of `queries.in_order`."""
    registered_at = row["registered_at"]
    return Entry(
        number=row["accreditation_number"],
        name=_name(row, election.name_policy_of(row["kind"])),
        kind=row["kind"],
        organisation=row["organisation__short_name"] or row["organisation__name"] or "",
        scope=row["scope"],
        constituency=row["constituency__number"],
        constituency_names=row["constituency__names"] or {},
        registered_on=registered_at and registered_at.astimezone(election.zone).date(),
        status=row["status"],
    )


def _name(row: dict[str, Any], policy: str) -> str:
    """Where the policy shows no names, none was read."""
    parts = (row.get(part, "") for part in ("surname", "given_name", "patronymic"))
    return shown_name(*parts, policy=policy)


def policy_in_words(policy: str) -> str:
    """What the register shows of a name, and so what can be searched."""
    return {
        NamePolicy.FULL: _(
            "The register of this election shows full names. Diacritics need not be typed."
        ),
        NamePolicy.INITIALS: _(
            "The register of this election shows surnames and initials. It is searched by number "
            "and by organisation, not by name."
        ),
        NamePolicy.NUMBER: _(
            "The register of this election shows accreditation numbers and no names. It is "
            "searched by number and by organisation."
        ),
    }[NamePolicy(policy)]
