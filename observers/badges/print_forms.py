"""What is asked before badges are printed, marked as printed and handed over; and of blanks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.models import Commission
from observers.domain import blanks
from observers.enums import BadgeSize, BlankReason, PrintSheet

NOTE = forms.Textarea(attrs={"rows": 3})


class BeginForm(forms.Form):
    use_required_attribute = False

    size = forms.ChoiceField(
        label=_("Size"), choices=BadgeSize.choices, widget=forms.RadioSelect, initial=BadgeSize.CARD
    )
    sheet = forms.ChoiceField(
        label=_("Paper"),
        choices=PrintSheet.choices,
        widget=forms.RadioSelect,
        initial=PrintSheet.A4,
    )
    reprint = forms.BooleanField(label=_("Print these again as well"), required=False)

    def chosen_size(self) -> BadgeSize:
        return BadgeSize(self.cleaned_data["size"])

    def chosen_sheet(self) -> PrintSheet:
        return PrintSheet(self.cleaned_data["sheet"])


class PrintedForm(forms.Form):
    use_required_attribute = False

    spoiled = forms.IntegerField(
        label=_("Spoiled blanks"),
        help_text=_("Those that jammed or were printed wrong, besides the badges that lie there."),
        min_value=0,
        max_value=100_000,
        initial=0,
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=NOTE, max_length=2000, required=False)

    def clean_spoiled(self) -> int:
        return int(self.cleaned_data["spoiled"] or 0)


class HandOverForm(forms.Form):
    use_required_attribute = False

    to_whom = forms.CharField(
        label=_("Who was given the badges"),
        help_text=_("Name of the person who signs for them."),
        max_length=200,
        error_messages={"required": _("Say who was given the badges.")},
    )
    at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: now."),
        required=False,
        error_messages={"invalid": _("Write a day and hour as 2024-02-03 15:30.")},
    )
    note = forms.CharField(label=_("Note"), widget=NOTE, max_length=2000, required=False)


class BlankForm(forms.Form):
    """One movement of blanks, for one of the commissions that the user keeps blanks for."""

    use_required_attribute = False

    commission = forms.ModelChoiceField(
        queryset=Commission.objects.none(),
        label=_("Commission"),
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of the commissions.")},
    )
    size = forms.ChoiceField(label=_("Size"), choices=BadgeSize.choices, widget=forms.RadioSelect)
    why = forms.ChoiceField(
        label=_("What happened"),
        choices=[(reason.value, reason.label) for reason in blanks.BY_HAND],
        widget=forms.RadioSelect,
    )
    number = forms.IntegerField(
        label=_("How many"),
        help_text=_("Of a count: how many there are."),
        min_value=0,
        max_value=1_000_000,
        error_messages={"required": _("Enter how many there are.")},
    )
    to = forms.ModelChoiceField(
        queryset=Commission.objects.none(),
        label=_("To which commission"),
        help_text=_("Only for blanks that were given away."),
        empty_label="–",
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=NOTE, max_length=2000, required=False)

    def __init__(self, *args: Any, mine: list[Commission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commission"].queryset = Commission.objects.filter(  # type: ignore[attr-defined]
            pk__in=[each.pk for each in mine]
        )
        self.fields["commission"].initial = mine[0].pk if mine else None
        self.fields["to"].queryset = Commission.objects.filter(  # type: ignore[attr-defined]
            election__in={each.election_id for each in mine}
        )
        self.fields["size"].initial = BadgeSize.CARD
        self.fields["why"].initial = BlankReason.RECEIVED
        if len(mine) == 1:
            self.fields["commission"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("why") != BlankReason.GIVEN:
            said["to"] = None
        return said
