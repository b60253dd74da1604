"""What a reviewer may press, and the words that say what will happen then."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from elections.enums import DecisionWay
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN


@dataclass(frozen=True)
class Button:
    """`happens` is said before, `done` after; `tone` is plain, primary or danger; `key` is the
    letter that presses it. Where it takes two people, `proposal` says what is pressed and
    `proposed` what is said after."""

    action: str
    label: Any
    heading: Any
    happens: Any
    done: Any
    key: str
    tone: str = "plain"
    proposal: Any = ""
    proposed: Any = ""

    @property
    def path(self) -> str:
        return self.action.replace("_", "-")

    def words(self, way: DecisionWay) -> Any:
        return self.label if way == DecisionWay.ONE else self.proposal

    def consequence(self, way: DecisionWay) -> Any:
        """What will happen, by how many people it takes."""
        return self.happens if way == DecisionWay.ONE else PROPOSED_FIRST[way]


PROPOSED_FIRST = {
    DecisionWay.TWO: _(
        "You propose it: nothing is decided and nobody is told until a colleague has confirmed it."
    ),
    DecisionWay.SESSION: _(
        "You propose it: nothing is decided and nobody is told until the commission has adopted "
        "it in its session."
    ),
}

BUTTONS = {
    button.action: button
    for button in (
        Button(
            APPROVE,
            _("Approve"),
            _("Approve this application"),
            _(
                "The observer gets an accreditation number and stands in the public register. "
                "The applicant is told by letter."
            ),
            _("Approved: %(name)s."),
            key="a",
            tone="primary",
            proposal=_("Propose approval"),
            proposed=_("Approval proposed: %(name)s."),
        ),
        Button(
            RETURN,
            _("Return for correction"),
            _("Return this application for correction"),
            _(
                "The applicant is told by letter what to correct and by when. The application "
                "keeps its place."
            ),
            _("Returned for correction: %(name)s."),
            key="r",
        ),
        Button(
            REFUSE,
            _("Refuse"),
            _("Refuse this application"),
            _(
                "The refusal is final here: only an appeal can change it. The letter names the "
                "ground, what was checked, the body to appeal to and the last day to do so."
            ),
            _("Refused: %(name)s."),
            key="f",
            tone="danger",
            proposal=_("Propose refusal"),
            proposed=_("Refusal proposed: %(name)s."),
        ),
        Button(
            CANCEL,
            _("Cancel the registration"),
            _("Cancel this registration"),
            _(
                "The accreditation is no longer valid, and the public register says so. The "
                "applicant is told by letter, with the act and the body to appeal to."
            ),
            _("Registration cancelled: %(name)s."),
            key="l",
            tone="danger",
            proposal=_("Propose cancellation"),
            proposed=_("Cancellation proposed: %(name)s."),
        ),
    )
}
ONE = "|".join(button.path for button in BUTTONS.values())
