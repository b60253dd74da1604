"""The machine of nomination rights: an organisation's leave to nominate for one election."""

from django.utils.translation import gettext_lazy as _

from elections.lifecycle import Machine, StatusText, Transition
from organisations.enums import NominationStatus as S

NOMINATION = Machine(
    name="nomination",
    initial=S.DRAFT,
    texts={
        S.DRAFT: StatusText(
            _("Draft"),
            _("Draft"),
            _("Complete the form and send it. Nothing has been sent to the commission yet."),
        ),
        S.SUBMITTED: StatusText(
            _("To be decided"),
            _("Being considered"),
            _("The commission decides within the legal time and writes to you."),
        ),
        S.RETURNED: StatusText(
            _("Returned for correction"),
            _("Needs your correction"),
            _("Correct what the commission names and send the form again. It keeps its place."),
        ),
        S.GRANTED: StatusText(
            _("Granted"),
            _("Granted"),
            _("The organisation may now enter and submit its observers."),
        ),
        S.REFUSED: StatusText(
            _("Refused"),
            _("Refused"),
            _("The letter names the ground and the body to appeal to."),
        ),
        S.WITHDRAWN: StatusText(
            _("Withdrawn"), _("Withdrawn"), _("You may apply again while registration is open.")
        ),
    },
    transitions=(
        Transition("submit", _("Submit"), (S.DRAFT, S.RETURNED), S.SUBMITTED, "submit"),
        Transition("grant", _("Grant"), (S.SUBMITTED,), S.GRANTED, "decide"),
        Transition("return", _("Return"), (S.SUBMITTED,), S.RETURNED, "decide"),
        Transition("refuse", _("Refuse"), (S.SUBMITTED,), S.REFUSED, "decide"),
        # As long as its letter has not left.
        Transition("undo", _("Undo"), (S.GRANTED, S.REFUSED, S.RETURNED), S.SUBMITTED, "decide"),
        Transition(
            "withdraw", _("Withdraw"), (S.DRAFT, S.SUBMITTED, S.RETURNED), S.WITHDRAWN, "submit"
        ),
    ),
)
