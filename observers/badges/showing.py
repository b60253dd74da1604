"""The result of a check as the page shows it."""

import datetime
from dataclasses import dataclass, field, replace

from elections.enums import Kind, Scope
from elections.models import Election
from elections.templatetags.time_words import in_full, opening_in_full
from observers.badges.portraits import portrait_url
from observers.badges.words import SAYINGS, Saying, choose_your_place, labels
from observers.domain.public_names import shown_name
from observers.domain.verification import Checked, Place, Verdict
from observers.models import Application, Badge

# Whoever types a number sees the photo only where somebody may stand before them with that badge.
_PICTURED = (Verdict.VALID, Verdict.ELSEWHERE, Verdict.NOT_YET)


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    look: str = ""


@dataclass(frozen=True)
class Shown:
    """`line` stands under the word. Whatever is empty is left out."""

    verdict: Verdict
    saying: Saying
    line: str
    name: str = ""
    photo: str = ""
    facts: list[Fact] = field(default_factory=list)
    note: str = ""

    @property
    def is_known(self) -> bool:
        return self.verdict not in (Verdict.NOT_GENUINE, Verdict.UNKNOWN)


def alone(verdict: Verdict, *, line: str = "") -> Shown:
    """Of nobody."""
    saying = SAYINGS[verdict]
    return Shown(verdict, saying, line or str(saying.line))


def of_code(checked: Checked, place: Place | None) -> Shown:
    """As printed: the code proves that the badge is there."""
    person = checked.application
    return replace(_shown(checked, place), name=person.full_name, photo=portrait_url(person))


def of_number(checked: Checked, place: Place | None) -> Shown:
    """Of the name, as much as the register shows."""
    person = checked.application
    name = shown_name(
        person.surname,
        person.given_name,
        person.patronymic,
        policy=person.election.name_policy_of(person.kind),
    )
    photo = portrait_url(person) if checked.verdict in _PICTURED else ""
    return replace(_shown(checked, place), name=name, photo=photo)


def _shown(checked: Checked, place: Place | None) -> Shown:
    badge, election = checked.badge, checked.application.election
    saying = SAYINGS[checked.verdict]
    if badge is None:
        return Shown(checked.verdict, saying, str(saying.line), facts=_who(checked.application))
    where = place_of(badge)
    line = str(saying.line) % {"place": where, "moment": _moment(checked, election)}
    unsure = checked.verdict == Verdict.VALID and badge.scope == Scope.CONSTITUENCY and not place
    return Shown(
        verdict=checked.verdict,
        saying=saying,
        line=where if checked.verdict == Verdict.VALID else line,
        facts=[*_who(checked.application), *_printed(badge, checked.until, election)],
        note=choose_your_place() if unsure else "",
    )


def place_of(badge: Badge) -> str:
    return str(badge.constituency or Scope(badge.scope).label)


def _moment(checked: Checked, election: Election) -> str:
    if checked.badge and checked.verdict == Verdict.NOT_YET:
        return opening_in_full(checked.badge.valid_from, election)
    return in_full(checked.until, election)


def _who(person: Application) -> list[Fact]:
    organisation = person.organisation
    nominator = organisation.shown_name if organisation else str(Kind.OWN_INITIATIVE.label)
    return [Fact(labels()["nominator"], nominator)]


def _printed(badge: Badge, until: datetime.datetime | None, election: Election) -> list[Fact]:
    said = labels()
    return [
        Fact(said["number"], badge.number, "mono"),
        Fact(said["serial"], f"№ {badge.serial}"),
        Fact(said["where"], place_of(badge)),
        Fact(said["valid_from"], opening_in_full(badge.valid_from, election)),
        Fact(said["valid_until"], in_full(until, election)),
        Fact(said["election"], election.name),
    ]
