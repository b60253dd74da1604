"""A line of the register as a page shows it."""

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from elections.enums import Kind, NamePolicy, Scope
from elections.models import Election
from elections.texts import in_language
from observers.enums import Status
from observers.register.filters import STATUS_LABELS


@dataclass(frozen=True)
class Entry:
    """One registered observer. `name` is as much of it as the election shows."""

    number: str
    name: str
    kind: str
    organisation: str
    organisation_key: UUID | None
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
    def is_registered(self) -> bool:
        """And not cancelled since."""
        return self.status == Status.APPROVED

    @property
    def day(self) -> str:
        return f"{self.registered_on:%d.%m.%Y}" if self.registered_on else ""

    @property
    def status_label(self) -> str:
        return str(STATUS_LABELS[Status(self.status)])


def entry(row: dict[str, Any], election: Election) -> Entry:
    """From a line of `queries.find`."""
    registered_at = row["registered_at"]
    return Entry(
        number=row["number"],
        name=row["name"],
        kind=row["kind"],
        organisation=row["organisation__short_name"] or row["organisation__name"] or "",
        organisation_key=row["organisation__key"],
        scope=row["scope"],
        constituency=row["constituency__number"],
        constituency_names=row["constituency__names"] or {},
        registered_on=registered_at and registered_at.astimezone(election.zone).date(),
        status=row["status"],
    )


def shows_names(election: Election) -> bool:
    """Of some kind of observer, at least in part."""
    return any(election.name_policy_of(kind) != NamePolicy.NUMBER for kind in Kind)


def finds_names(election: Election) -> bool:
    """Names are searched where they are shown in full: otherwise the search would answer whether a
    certain person is registered."""
    return any(election.name_policy_of(kind) == NamePolicy.FULL for kind in Kind)


def policy_in_words(election: Election) -> list[str]:
    """What the register shows of names, and so what can be searched."""
    kinds: dict[NamePolicy, list[str]] = {}
    for kind in Kind:
        kinds.setdefault(election.name_policy_of(kind), []).append(str(kind.label))
    if len(kinds) == 1:
        return [_OF_EVERYBODY[policy]() for policy in kinds]
    lines = [_OF_SOME[policy]() % {"kinds": ", ".join(of)} for policy, of in kinds.items()]
    hidden = _("A name that is not shown in full is not searched either, and tells no place.")
    return [*lines, hidden]


_OF_EVERYBODY = {
    NamePolicy.FULL: lambda: _(
        "The register of this election shows full names. Diacritics need not be typed."
    ),
    NamePolicy.INITIALS: lambda: _(
        "The register of this election shows surnames and initials. It is searched by number "
        "and by organisation, not by name."
    ),
    NamePolicy.NUMBER: lambda: _(
        "The register of this election shows accreditation numbers and no names. It is "
        "searched by number and by organisation."
    ),
}
_OF_SOME = {
    NamePolicy.FULL: lambda: _("Full names are shown of: %(kinds)s."),
    NamePolicy.INITIALS: lambda: _("Surnames and initials are shown of: %(kinds)s."),
    NamePolicy.NUMBER: lambda: _("Only accreditation numbers are shown of: %(kinds)s."),
}
