"""What can be pressed on a desk, whatever waits there: buttons with their keys, and the way back
from what was just done."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.models import Claim
from observers.review.queue import Queue


@dataclass(frozen=True)
class Press:
    """One button, and the key that presses it. `sends`: what a POST carries; None for a page
    that asks first. `slot`: where it stands, so that what decides at once is never where
    something else was a moment ago."""

    label: Any
    key: str
    url: str
    tone: str = "plain"
    sends: dict[str, Any] | None = None
    slot: int = 1

    @property
    def asks(self) -> bool:
        return self.sends is None


@dataclass
class Desk:
    """`hindrance`: why nothing can be decided here by this person now. `said`: what else they
    should know beside the buttons."""

    decide: list[Press] = field(default_factory=list)
    move: list[Press] = field(default_factory=list)
    hindrance: str = ""
    said: str = ""


def held_by_another(claim: Claim | None, user: User) -> str:
    """Who has it, since when and until when; empty where nobody else has."""
    if claim and claim.reviewer_id != user.pk:
        return _("%(name)s has had this on their desk since %(since)s. It is theirs until "
                 "%(until)s, unless they hand it back earlier.") % {
            "name": claim.reviewer,
            "since": _clock(claim.claimed_at),
            "until": _clock(claim.expires_at),
        }  # fmt: skip
    return ""


def _clock(moment: datetime.datetime) -> str:
    return date_format(localtime(moment), "H:i")


def deed(row: Any, what: str, label: str, key: str, queue: Queue) -> Press:
    """A button that does something to the row at once (`stations.DeskAdmin.deed_view`)."""
    return Press(label, key, queue.at("deed", row.pk, what), sends={})


def moves(
    row: Any, user: User, *, queue: Queue, claim: Claim | None, may_take: bool
) -> list[Press]:
    """To the next; and what one has, handed back, or what nobody has, taken."""
    found = [deed(row, "next", _("Next"), "n", queue)]
    if claim and claim.reviewer_id == user.pk:
        found.append(deed(row, "hand-back", _("Hand back"), "h", queue))
    elif claim is None and may_take:
        found.append(deed(row, "take", _("Take it"), "t", queue))
    return found


def undo(row: Any, queue: Queue) -> Press:
    return deed(row, "undo", _("Undo"), "u", queue)


def take_back(row: Any, proposal: Any, queue: Queue, *, key: str, slot: int = 1) -> Press:
    """For who proposed it."""
    url = queue.at("settle", row.pk, "take-back")
    return Press(_("Take back"), key, url, sends={"proposal": proposal.pk}, slot=slot)


def held_until(letter: Letter | None, now: datetime.datetime) -> datetime.datetime | None:
    """As long as its letter is held, a decision can be undone."""
    held = (LetterStatus.QUEUED, LetterStatus.ON_PAPER)
    if letter is None or letter.status not in held or letter.next_attempt_at <= now:
        return None
    moment: datetime.datetime = letter.next_attempt_at
    return moment


@dataclass(frozen=True)
class LastAct:
    """Said in a quiet line, with the way back while there is one; `seconds` are left for it."""

    words: str
    url: str
    press: Press | None = None
    until: datetime.datetime | None = None
    seconds: int = 0


def said_of(
    words: str, row: Any, *, queue: Queue, until: datetime.datetime | None, now: datetime.datetime
) -> LastAct:
    """What was decided, with the seconds in which it can be undone."""
    url = queue.page_url(row.pk)
    if until is None:
        return LastAct(words, url)
    seconds = max(1, int((until - now).total_seconds()))
    return LastAct(words, url, undo(row, queue), until, seconds)
