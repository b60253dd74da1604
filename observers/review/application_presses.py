"""What can be pressed on the desk of applications, by whom, and the sentence where nothing can."""

import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from elections.enums import DecisionWay, Outcome
from observers import permissions
from observers.domain import claims, proposals, writing
from observers.domain.proposals import ACTIONS
from observers.enums import Status
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN
from observers.models import Application, Claim, Proposal
from observers.review import decisions, presses
from observers.review.buttons import BUTTONS
from observers.review.presses import Desk, LastAct, Press, held_by_another
from observers.review.queue import Queue

# Where each decision stands, from the top.
_SLOTS = {APPROVE: 1, RETURN: 2, REFUSE: 3, CANCEL: 3}


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
    may_take = bool(permissions.may(user, "review", row))
    move = presses.moves(row, user, queue=queue, claim=claim, may_take=may_take)
    desk = Desk(move=move)
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


def why_not_taken(row: Application, user: User) -> str:
    """The sentence for somebody who wanted to take it and was not given it."""
    reason = hindrance(row, user, claims.holding(row))
    if reason:
        return reason
    if row.assigned_to_id and row.assigned_to_id != user.pk:
        return _("This is assigned to %(name)s.") % {"name": row.assigned_to}
    return _("This cannot be taken now.")


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


def _settling(desk: Desk, row: Application, user: User, queue: Queue, proposal: Proposal) -> None:
    """A refusal is confirmed where one refuses, an approval where one approves."""
    slot = _SLOTS[ACTIONS[Outcome(proposal.outcome)]]
    this = {"proposal": proposal.pk}

    def at(how: str) -> str:
        return queue.at("settle", row.pk, how)

    if proposal.proposed_by_id == user.pk:
        desk.said = _("You proposed this: a colleague has to adopt it.")
        desk.decide = [presses.take_back(row, proposal, queue, key="b", slot=2)]
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
    if undo_until(row, user, now):
        desk.decide.append(presses.undo(row, queue))
    if not decisions.hindrance(row, CANCEL, actor=user):
        desk.decide.append(_decision(row, CANCEL, queue))
    if not desk.decide:
        desk.hindrance = _("There is nothing for you to decide here.")
    return desk


# --- What was just done ---------------------------------------------------------------------------


_ACTION_OF = {
    Status.APPROVED: APPROVE,
    Status.REFUSED: REFUSE,
    Status.RETURNED: RETURN,
    Status.CANCELLED: CANCEL,
}


def last_act(
    row: Application, user: User, *, queue: Queue, now: datetime.datetime
) -> LastAct | None:
    name = {"name": row.full_name}
    if row.status in _ACTION_OF:
        words = BUTTONS[_ACTION_OF[Status(row.status)]].done % name
        return presses.said_of(words, row, queue=queue, until=undo_until(row, user, now), now=now)
    mine = Proposal.objects.visible_to(user).open().filter(application=row, proposed_by=user)
    for proposal in mine:
        words = BUTTONS[ACTIONS[Outcome(proposal.outcome)]].proposed % name
        back = presses.take_back(row, proposal, queue, key="u")
        return LastAct(words, queue.page_url(row.pk), back)
    return None


def undo_until(row: Application, user: User, now: datetime.datetime) -> datetime.datetime | None:
    """As long as its letter is held, whoever decided it alone or last can undo it."""
    if row.status not in (Status.APPROVED, Status.REFUSED, Status.RETURNED):
        return None
    return presses.held_until(writing.letter_of_last_word(row, by=user), now)
