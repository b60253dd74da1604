"""What can be pressed on the desk, by whom, and the sentence where nothing can."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from elections.enums import DecisionWay, Outcome
from notifications.enums import LetterStatus
from observers import permissions
from observers.domain import claims, proposals, writing
from observers.domain.proposals import ACTIONS
from observers.enums import Status
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN
from observers.models import Application, Claim, Proposal
from observers.review import decisions
from observers.review.buttons import BUTTONS
from observers.review.queue import Queue

# Where each decision stands, from the top.
_SLOTS = {APPROVE: 1, RETURN: 2, REFUSE: 3, CANCEL: 3}


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


def offered(
    row: Application,
    user: User,
    *,
    queue: Queue,
    claim: Claim | None,
    proposals: list[Any],
    now: datetime.datetime,
    may_stand_aside: bool,
) -> Desk:
    """The buttons for this person, now."""
    if not permissions.by_post(user, "review", row):
        return Desk(hindrance=_("There is nothing for you to decide here."))
    if not row.is_waiting:
        return _decided_already(row, user, queue, now)
    desk = Desk(move=_moves(row, user, queue, claim))
    if may_stand_aside:
        url = queue.at("recuse", row.pk)
        desk.move.append(Press(_("Stand aside"), "s", url))
    desk.hindrance = hindrance(row, user, claim)
    if desk.hindrance:
        return desk
    proposal = next((each for each in proposals if each.is_open), None)
    if proposal:
        _settling(desk, row, user, queue, proposal)
    else:
        desk.decide = [_decision(row, action, queue) for action in (APPROVE, RETURN, REFUSE)]
    return desk


def hindrance(row: Application, user: User, claim: Claim | None) -> str:
    permitted = permissions.may(user, "review", row)
    if not permitted:
        return permitted.reason
    return held_by_another(claim, user)


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


def why_not_taken(row: Application, user: User) -> str:
    """The sentence for somebody who wanted to take it and was not given it."""
    reason = hindrance(row, user, claims.holding(row))
    if reason:
        return reason
    if row.assigned_to_id and row.assigned_to_id != user.pk:
        return _("This is assigned to %(name)s.") % {"name": row.assigned_to}
    return _("This cannot be taken now.")


def _clock(moment: datetime.datetime) -> str:
    return date_format(localtime(moment), "H:i")


def _decision(row: Application, action: str, queue: Queue) -> Press:
    """Approving asks nothing, so its key decides at once."""
    button = BUTTONS[action]
    return Press(
        label=button.words(proposals.way_of(row, action)),
        key=button.key,
        url=queue.at("decide", row.pk, button.path),
        tone=button.tone,
        sends={"version": row.version, "confirmed": "1"} if action == APPROVE else None,
        slot=_SLOTS[action],
    )


def _moves(row: Application, user: User, queue: Queue, claim: Claim | None) -> list[Press]:
    """To the next; and what one has, handed back, or what nobody has, taken."""
    moves = [_deed(row, "next", _("Next"), "n", queue)]
    if claim and claim.reviewer_id == user.pk:
        moves.append(_deed(row, "hand-back", _("Hand back"), "h", queue))
    elif claim is None and permissions.may(user, "review", row):
        moves.append(_deed(row, "take", _("Take it"), "t", queue))
    return moves


def _deed(row: Application, deed: str, label: str, key: str, queue: Queue) -> Press:
    url = queue.at("deed", row.pk, deed)
    return Press(label, key, url, sends={})


def _settling(desk: Desk, row: Application, user: User, queue: Queue, proposal: Proposal) -> None:
    """A refusal is confirmed where one refuses, an approval where one approves."""
    slot = _SLOTS[ACTIONS[Outcome(proposal.outcome)]]
    this = {"proposal": proposal.pk}

    def at(how: str) -> str:
        return queue.at("settle", row.pk, how)

    if proposal.proposed_by_id == user.pk:
        desk.said = _("You proposed this: a colleague has to adopt it.")
        desk.decide = [Press(_("Take back"), "b", at("take-back"), sends=this, slot=2)]
        return
    desk.decide = [Press(_("Decline"), "d", at("decline"), slot=2)]
    if row.election.way_of(proposal.outcome) == DecisionWay.SESSION:
        desk.said = _("The commission decides this in its session.")
        return
    words, tone = _confirm_words(proposal), "primary" if slot == 1 else "danger"
    desk.decide.append(Press(words, "c", at("confirm"), tone, sends=this, slot=slot))


def _confirm_words(proposal: Proposal) -> str:
    return {
        Outcome.APPROVED: _("Confirm the approval"),
        Outcome.REFUSED: _("Confirm the refusal"),
        Outcome.CANCELLED: _("Confirm the cancellation"),
    }[Outcome(proposal.outcome)]


def _decided_already(row: Application, user: User, queue: Queue, now: datetime.datetime) -> Desk:
    desk = Desk()
    until = undo_until(row, user, now)
    if until:
        desk.decide.append(_deed(row, "undo", _("Undo"), "u", queue))
    if not decisions.hindrance(row, CANCEL, actor=user):
        desk.decide.append(_decision(row, CANCEL, queue))
    if not desk.decide:
        desk.hindrance = _("There is nothing for you to decide here.")
    return desk


# --- What was just done ---------------------------------------------------------------------------


@dataclass(frozen=True)
class LastAct:
    """Said in a quiet line, with the way back while there is one; `seconds` are left for it."""

    words: str
    url: str
    press: Press | None = None
    until: datetime.datetime | None = None
    seconds: int = 0


_ACTION_OF = {
    Status.APPROVED: APPROVE,
    Status.REFUSED: REFUSE,
    Status.RETURNED: RETURN,
    Status.CANCELLED: CANCEL,
}


def last_act(
    row: Application, user: User, *, queue: Queue, now: datetime.datetime
) -> LastAct | None:
    name, url = {"name": row.full_name}, queue.page_url(row.pk)
    if row.status in _ACTION_OF:
        words = BUTTONS[_ACTION_OF[Status(row.status)]].done % name
        until = undo_until(row, user, now)
        if until is None:
            return LastAct(words, url)
        seconds = max(1, int((until - now).total_seconds()))
        return LastAct(words, url, _deed(row, "undo", _("Undo"), "u", queue), until, seconds)
    mine = Proposal.objects.visible_to(user).open().filter(application=row, proposed_by=user)
    for proposal in mine:
        words = BUTTONS[ACTIONS[Outcome(proposal.outcome)]].proposed % name
        return LastAct(words, url, _taking_back(row, proposal, queue))
    return None


def _taking_back(row: Application, proposal: Proposal, queue: Queue) -> Press:
    url = queue.at("settle", row.pk, "take-back")
    return Press(_("Take back"), "u", url, sends={"proposal": proposal.pk})


def undo_until(row: Application, user: User, now: datetime.datetime) -> datetime.datetime | None:
    """As long as its letter is held, whoever decided it alone or last can undo it."""
    if row.status not in (Status.APPROVED, Status.REFUSED, Status.RETURNED):
        return None
    letter = writing.letter_of_last_word(row, by=user)
    held = (LetterStatus.QUEUED, LetterStatus.ON_PAPER)
    if letter is None or letter.status not in held or letter.next_attempt_at <= now:
        return None
    moment: datetime.datetime = letter.next_attempt_at
    return moment
