"""What a decision on a nomination right asks of its reviewer."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.decision_forms import GroundField, SeenForm
from elections.enums import Subject
from organisations.domain.nominations import Refusal
from organisations.models import NominationRight


class NominationForm(SeenForm):
    """Granting asks nothing."""

    def __init__(self, *args: Any, right: NominationRight, **kwargs: Any) -> None:
        super().__init__(*args, seen=right, **kwargs)
        self.right = right

    def answers(self) -> dict[str, Any]:
        """For `nominations.letter_of` and the domain function of the action."""
        return {}


class ReturnNominationForm(NominationForm):
    note = forms.CharField(
        label=_("What the organisation has to correct"),
        help_text=_("They read this, in the letter and on their page."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Write what has to be corrected.")},
    )

    def answers(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"].strip()}


class RefuseNominationForm(NominationForm):
    ground = GroundField()
    what_was_checked = forms.CharField(
        label=_("What was not confirmed, and what was checked"),
        help_text=_("The organisation reads this, and so does who decides an appeal."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": _("Write what was checked.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground = cast(GroundField, self.fields["ground"])
        ground.narrow(election_id=self.right.election_id, subject=Subject.ORGANISATION)

    def answers(self) -> dict[str, Any]:
        return {
            "refusal": Refusal(
                ground=self.cleaned_data["ground"],
                what_was_checked=self.cleaned_data["what_was_checked"].strip(),
            )
        }
