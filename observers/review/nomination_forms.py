"""What a decision on a nomination right asks of its reviewer."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.decision_forms import GroundField, SeenForm
from elections.enums import Subject
from elections.texts import in_language
from observers.review.forms import SavedReplyField
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
    """A saved reply, or words of one's own, or both."""

    reply = SavedReplyField()
    note = forms.CharField(
        label=_("What the organisation has to correct"),
        help_text=_("They read this, in the letter and on their page."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = self.right.filed_by.language
        replies = self.right.election.saved_replies.filter(subject=Subject.ORGANISATION)
        if replies.exists():
            field = cast(SavedReplyField, self.fields["reply"])
            field.language, field.queryset = self.language, replies
        else:
            del self.fields["reply"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("reply") and not given.get("note", "x").strip():
            self.add_error("note", _("Write what has to be corrected."))
        return given

    def answers(self) -> dict[str, Any]:
        reply = self.cleaned_data.get("reply")
        text = in_language(reply.texts, self.language) if reply else ""
        parts = (text, self.cleaned_data["note"].strip())
        return {"note": "\n\n".join(part for part in parts if part)}


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
