"""What an address of the register asks for, read without ever failing."""

from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import tidy
from elections.enums import Kind
from observers.enums import Status

LONGEST_SEARCH = 100
# More words narrow nothing further; each costs a condition.
MOST_WORDS = 8
# Public words for the two states in the register.
STATUSES = {"registered": Status.APPROVED, "cancelled": Status.CANCELLED}
STATUS_LABELS = {
    Status.APPROVED: gettext_lazy("Registered"),
    Status.CANCELLED: gettext_lazy("Registration cancelled"),
}
WORDS_OF_STATUS = {status: word for word, status in STATUSES.items()}


class BadAddress(Exception):
    """The address asks for something that the register does not know. The message says what."""


@dataclass(frozen=True)
class Filters:
    """Empty values do not filter. `after` is the accreditation number the page begins behind."""

    q: str = ""
    kind: str = ""
    constituency: int = 0
    organisation: UUID | None = None
    status: str = ""
    after: str = ""

    @classmethod
    def read(cls, asked: QueryDict) -> Self:
        """Raises BadAddress, with a sentence to show."""
        return cls(
            q=_search(asked.get("q", "")),
            kind=_kind(_plain(asked.get("kind", ""))),
            constituency=_constituency(_plain(asked.get("constituency", ""))),
            organisation=_organisation(_plain(asked.get("organisation", ""))),
            status=_status(_plain(asked.get("status", ""))),
            after=_plain(asked.get("after", ""))[:24],
        )

    def parameters(self) -> dict[str, str]:
        """As they stand in an address: the same filters give the same address."""
        given = {
            "q": self.q,
            "kind": self.kind,
            "constituency": str(self.constituency or ""),
            "organisation": str(self.organisation or ""),
            "status": WORDS_OF_STATUS.get(Status(self.status), "") if self.status else "",
            "after": self.after,
        }
        return {name: value for name, value in given.items() if value}

    def url(self, **changes: Any) -> str:
        """A link to the same register with other filters, from its first page on."""
        changed = replace(self, **{"after": "", **changes})
        return "?" + urlencode(changed.parameters())

    @property
    def narrows(self) -> bool:
        return bool(replace(self, after="").parameters())


def _plain(text: str) -> str:
    """Without what cannot be typed, such as the null byte that PostgreSQL refuses."""
    return tidy("".join(letter if letter.isprintable() else " " for letter in text))


def _search(text: str) -> str:
    text = _plain(text)
    if len(text) > LONGEST_SEARCH or len(text.split()) > MOST_WORDS:
        raise BadAddress(_("This is too long to be searched. A surname or a number is enough."))
    return text


def _kind(text: str) -> str:
    if text and text not in Kind.values:
        raise BadAddress(_("The register knows no such kind of observer."))
    return text


def _constituency(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and int(text)):
        raise BadAddress(_("There is no constituency with this number."))
    return int(text)


def _organisation(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise BadAddress(_("The register knows no such organisation.")) from error


def _status(text: str) -> str:
    if text and text not in STATUSES:
        raise BadAddress(_("The register knows no such status."))
    return STATUSES[text].value if text else ""
