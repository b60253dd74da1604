"""What can be pressed on the desk of nomination rights, with the keys of the other desk."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from elections.enums import DecisionWay, Outcome
from observers import permissions
from observers.domain import claims
from observers.models import Claim
from observers.review import presses
from observers.review.buttons import Button
from observers.review.presses import Desk, LastAct, Press, held_by_another
from observers.review.queue import Queue
from organisations.domain import nominations
from organisations.enums import NominationStatus
from organisations.models import NominationProposal, NominationRight
from organisations.permissions import may_nomination

BUTTONS = {
    button.action: button
    for button in (
        Button(
            "grant",
            gettext_lazy("Grant"),
            gettext_lazy("Grant this nomination right"),
            gettext_lazy(
                "The organisation may enter and submit its observers from now on. It is told by "
                "letter."
            ),
            gettext_lazy("Granted: %(name)s."),
            key="a",
            tone="primary",
            proposal=gettext_lazy("Propose to grant"),
            proposed=gettext_lazy("Granting proposed: %(name)s."),
        ),
        Button(
            "return",
            gettext_lazy("Return for correction"),
            gettext_lazy("Return this form for correction"),
            gettext_lazy(
                "The organisation is told by letter what to correct. The form keeps its place."
            ),
            gettext_lazy("Returned for correction: %(name)s."),
            key="r",
        ),
        Button(
            "refuse",
            gettext_lazy("Refuse"),
            gettext_lazy("Refuse this nomination right"),
            gettext_lazy(
                "The organisation cannot nominate observers. The letter names the ground, what "
                "was checked, the body to appeal to and the last day to do so."
            ),
            gettext_lazy("Refused: %(name)s."),
            key="f",
            tone="danger",
            proposal=gettext_lazy("Propose refusal"),
            proposed=gettext_lazy("Refusal proposed: %(name)s."),
        ),
    )
}
_SLOTS = {"grant": 1, "return": 2, "refuse": 3}
_ACTION_OF = {
    NominationStatus.GRANTED: "grant",
    NominationStatus.RETURNED: "return",
    NominationStatus.REFUSED: "refuse",
}
_OUTCOMES = {action: status for status, action in _ACTION_OF.items() if action != "return"}


def offered(
    right: NominationRight,
    user: User,
    *,
    queue: Queue,
    claim: Claim | None,
    proposed: list[NominationProposal],
    now: datetime.datetime,
) -> Desk:
    if not may_nomination(user, "decide", right) and not right.is_waiting:
        return Desk(hindrance=_("There is nothing for you to decide here."))
    if not right.is_waiting:
        return _decided_already(right, user, queue, now)
    permitted = permissions.may_decide_right(user, right)
    if not permitted:
        return Desk(hindrance=permitted.reason)
    desk = Desk(move=presses.moves(right, user, queue=queue, claim=claim, may_take=True))
    desk.hindrance = held_by_another(claim, user)
    if desk.hindrance:
        return desk
    proposal = next((each for each in proposed if each.is_open), None)
    if proposal:
        _settling(desk, right, user, queue, proposal)
    else:
        desk.decide = [_decision(right, action, queue) for action in BUTTONS]
    return desk


def why_not_taken(user: User, right: NominationRight) -> str:
    permitted = permissions.may_decide_right(user, right)
    held = held_by_another(claims.holding(right), user)
    return permitted.reason or held or _("This cannot be taken now.")


def way_of(right: NominationRight, action: str) -> DecisionWay:
    """A session of the commission is about observers: here it is two people as well."""
    outcome = _OUTCOMES.get(action)
    alone = outcome is None or nominations.way_of(right, outcome) == DecisionWay.ONE
    return DecisionWay.ONE if alone else DecisionWay.TWO


def _decision(right: NominationRight, action: str, queue: Queue) -> Press:
    """Granting asks nothing, so its key decides at once."""
    button = BUTTONS[action]
    return Press(
        label=button.words(way_of(right, action)),
        key=button.key,
        url=queue.at("decide", right.pk, action),
        tone=button.tone,
        sends={"version": right.version, "confirmed": "1"} if action == "grant" else None,
        slot=_SLOTS[action],
    )


def _settling(
    desk: Desk, right: NominationRight, user: User, queue: Queue, proposal: NominationProposal
) -> None:
    this = {"proposal": proposal.pk}
    if proposal.proposed_by_id == user.pk:
        desk.said = _("You proposed this: a colleague has to adopt it.")
        desk.decide = [presses.take_back(right, proposal, queue, key="b", slot=2)]
        return
    refusal = proposal.outcome == Outcome.REFUSED
    words = _("Confirm the refusal") if refusal else _("Confirm that it is granted")
    desk.decide = [
        Press(_("Decline"), "d", queue.at("settle", right.pk, "decline"), slot=2),
        Press(
            words,
            "c",
            queue.at("settle", right.pk, "confirm"),
            "danger" if refusal else "primary",
            sends=this,
            slot=3 if refusal else 1,
        ),
    ]


def _decided_already(
    right: NominationRight, user: User, queue: Queue, now: datetime.datetime
) -> Desk:
    if _undo_until(right, user, now):
        return Desk(decide=[presses.undo(right, queue)])
    return Desk(hindrance=_("There is nothing for you to decide here."))


def done_last(
    right: NominationRight, user: User, *, queue: Queue, now: datetime.datetime
) -> LastAct | None:
    """What the user did to it last, with the way back as long as there is one."""
    name = {"name": right.organisation.name}
    if right.status in _ACTION_OF:
        words = BUTTONS[_ACTION_OF[NominationStatus(right.status)]].done % name
        until = _undo_until(right, user, now)
        return presses.said_of(words, right, queue=queue, until=until, now=now)
    mine = NominationProposal.objects.visible_to(user).open().filter(right=right, proposed_by=user)
    for proposal in mine:
        action = "refuse" if proposal.outcome == Outcome.REFUSED else "grant"
        back = presses.take_back(right, proposal, queue, key="u")
        return LastAct(BUTTONS[action].proposed % name, queue.page_url(right.pk), back)
    return None


def _undo_until(
    right: NominationRight, user: User, now: datetime.datetime
) -> datetime.datetime | None:
    if right.status not in _ACTION_OF:
        return None
    return presses.held_until(nominations.letter_of_last_word(right, by=user), now)
