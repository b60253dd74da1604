"""What a decision on a nomination right asks of its reviewer."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import Subject
from elections.models import RefusalGround
from organisations.domain.nominations import Refusal
from organisations.models import NominationRight


class NominationForm(forms.Form):
    """Granting asks nothing; every form carries the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, right: NominationRight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = right
        self.fields["version"].initial = right.version

    @property
    def asks(self) -> bool:
        return bool(self.visible_fields())

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
    ground = forms.ModelChoiceField(
        label=_("Ground"),
        queryset=RefusalGround.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_("The law knows no other."),
        error_messages={"required": _("Choose the ground."), "invalid_choice": _("Choose one.")},
    )
    what_was_checked = forms.CharField(
        label=_("What was not confirmed, and what was checked"),
        help_text=_("The organisation reads this, and so does who decides an appeal."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": _("Write what was checked.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground = cast(forms.ModelChoiceField, self.fields["ground"])
        ground.queryset = RefusalGround.objects.filter(
            election=self.right.election_id, subject=Subject.ORGANISATION
        )

    def answers(self) -> dict[str, Any]:
        return {
            "refusal": Refusal(
                ground=self.cleaned_data["ground"],
                what_was_checked=self.cleaned_data["what_was_checked"].strip(),
            )
        }
