"""What a reviewer may press, and the words that say what will happen then."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN, TAKE_UP


@dataclass(frozen=True)
class Button:
    """`happens` is said before, `done` after; `tone` is plain, primary or danger."""

    action: str
    label: Any
    heading: Any
    happens: Any
    done: Any
    tone: str = "plain"

    @property
    def path(self) -> str:
        return self.action.replace("_", "-")


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
            tone="primary",
        ),
        Button(
            RETURN,
            _("Return for correction"),
            _("Return this application for correction"),
            _(
                "The applicant is told by letter what to correct and by when. The application "
                "keeps its place, and the time to decide stands still until it comes back."
            ),
            _("Returned for correction: %(name)s."),
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
            tone="danger",
        ),
        Button(
            TAKE_UP,
            _("Take up"),
            _("Take up this application"),
            _(
                "It is marked as under review, so that your colleagues see that somebody is at "
                "it. No letter is written."
            ),
            _("Taken up: %(name)s."),
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
            tone="danger",
        ),
    )
}
ONE = "|".join(button.path for button in BUTTONS.values())
