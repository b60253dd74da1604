"""What is said of a badge to whoever checks it, with a network: its status at this moment.

Without one, a phone decides by the same table (`static/js/verify/verdict.js`; tests hold the two
against each other). Only registered observers of published elections are known here; identity
numbers, birth dates, addresses and contacts are never read.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from elections.enums import Scope
from elections.models import Election, RunOff
from observers.enums import BadgeStatus, Status
from observers.models import Application, Badge

_PERSON = (
    "id", "surname", "given_name", "patronymic", "photo", "kind", "status", "election",
    "organisation",
)  # fmt: skip
_PRINTED = (
    "application", "serial", "status", "number", "scope", "constituency", "valid_from",
    "valid_until",
)  # fmt: skip


class Verdict(StrEnum):
    """Everything that can be said; the last three only by a phone without a network."""

    VALID = "valid"
    ELSEWHERE = "elsewhere"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"
    NOT_GENUINE = "not_genuine"
    UNKNOWN = "unknown"
    NO_BADGE = "no_badge"
    NOT_ON_LIST = "not_on_list"
    NOT_CHECKED = "not_checked"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Place:
    """Where the reader is. Constituency 0: not at a polling station."""

    election: int
    constituency: int


@dataclass(frozen=True)
class Checked:
    """One badge, its person, and what is said of it. `until` is its end, a run-off included."""

    verdict: Verdict
    application: Application
    badge: Badge | None = None
    until: datetime.datetime | None = None


def check_number(number: str, *, place: Place | None, now: datetime.datetime) -> Checked | None:
    """The newest badge of the observer with this accreditation number; None if there is none."""
    known = Application.unscoped.public().select_related("election", "organisation")
    application = known.only(*_columns("")).filter(accreditation_number=number).first()
    if application is None:
        return None
    badge = _badges().filter(application=application).order_by("-serial").first()
    if badge:
        return _checked(badge, place=place, now=now)
    over = application.status == Status.CANCELLED
    return Checked(Verdict.REVOKED if over else Verdict.NO_BADGE, application)


def check_badge(
    index: int,
    *,
    number: str,
    serial: int,
    election: int,
    place: Place | None,
    now: datetime.datetime,
) -> Checked | None:
    """The badge that a genuine code names; None if it is not known here."""
    named = _badges().filter(pk=index, number=number, serial=serial)
    badge = named.filter(
        application__election=election, application__election__is_published=True
    ).first()
    return _checked(badge, place=place, now=now) if badge else None


def _badges() -> Any:
    badges = Badge.unscoped.select_related(
        "constituency", "application__election", "application__organisation"
    )
    return badges.only(*_PRINTED, *_columns("application__"))


def _columns(path: str) -> list[str]:
    """Of the person, the election and who nominated them: these and no others."""
    theirs = [f"{path}{name}" for name in _PERSON]
    election = (
        "slug", "names", "time_zone", "time_zone_names", "name_policy", "name_policies",
    )  # fmt: skip
    organisation = ("name", "short_name")
    return [
        *theirs,
        *(f"{path}election__{name}" for name in election),
        *(f"{path}organisation__{name}" for name in organisation),
    ]


def _checked(badge: Badge, *, place: Place | None, now: datetime.datetime) -> Checked:
    until = end_of(badge.valid_until, badge.application.election)
    constituency = badge.constituency.number if badge.constituency else 0
    said = verdict(
        status=badge.status,
        valid_from=badge.valid_from,
        until=until,
        scope=badge.scope,
        home=Place(badge.application.election_id, constituency),
        place=place,
        now=now,
    )
    return Checked(said, badge.application, badge, until)


def end_of(valid_until: datetime.datetime, election: Election) -> datetime.datetime:
    """The later of what the badge says and the run-off for which the election keeps it valid."""
    kept = kept_until(election)
    return max(valid_until, kept) if kept else valid_until


def kept_until(election: Election) -> datetime.datetime | None:
    """To when the run-off keeps the badges of the first round valid; None where none does."""
    run_off = RunOff.objects.filter(election=election, badges_stay_valid=True).first()
    return run_off.badges_until if run_off else None


def verdict(
    *,
    status: str,
    valid_from: datetime.datetime,
    until: datetime.datetime,
    scope: str,
    home: Place,
    place: Place | None,
    now: datetime.datetime,
) -> Verdict:
    """Half-open: valid from the first moment on, and no longer at the last."""
    if status in (BadgeStatus.REVOKED, BadgeStatus.REPLACED):
        return Verdict(status)
    if now < valid_from:
        return Verdict.NOT_YET
    if now >= until:
        return Verdict.EXPIRED
    return Verdict.ELSEWHERE if _elsewhere(scope, home, place) else Verdict.VALID


def _elsewhere(scope: str, its: Place, here: Place | None) -> bool:
    """A special permission is for sessions of commissions, not for polling stations."""
    if here is None or here.constituency == 0:
        return False
    if its.election != here.election or scope == Scope.SPECIAL_PERMISSION:
        return True
    return scope == Scope.CONSTITUENCY and its.constituency != here.constituency
