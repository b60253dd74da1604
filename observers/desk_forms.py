"""What the desk asks: where a person shall observe, when their draft is begun; and, before many are
sent in one act, that the information is true."""

from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import Scope
from elections.models import Constituency, Election, Window
from observers.enums import BadgeSize, PrintSheet
from observers.forms import CONFIRMED_BY_ORGANISATION


class NewObserverForm(forms.Form):
    """Only what is open is offered; one constituency is asked for where it decides."""

    scope = forms.ChoiceField(
        label=_("Where the person will observe"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where.")},
    )
    constituency = forms.ModelChoiceField(
        label=_("Constituency"),
        queryset=Constituency.objects.none(),
        empty_label=_("Choose a constituency"),
        help_text=_("Only for an observer of one constituency. Its commission decides."),
    )

    def __init__(
        self, *args: Any, election: Election, windows: Sequence[Window], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        scopes = [Scope(scope) for scope in dict.fromkeys(window.scope for window in windows)]
        offered = cast(forms.ChoiceField, self.fields["scope"])
        offered.choices = [(scope.value, scope.label) for scope in scopes]
        if len(scopes) == 1:
            self.initial.setdefault("scope", scopes[0].value)
        if Scope.CONSTITUENCY in scopes:
            asked = cast(forms.ModelChoiceField, self.fields["constituency"])
            asked.queryset = election.constituencies.all()
        else:
            del self.fields["constituency"]
        self.helper = FormHelper()
        self.helper.add_input(Submit("begin", _("Continue")))

    def full_clean(self) -> None:
        """The constituency is asked for by `clean`, where one constituency is chosen."""
        constituency = self.fields.get("constituency")
        if constituency:
            constituency.required = False
        super().full_clean()
        if constituency:
            constituency.required = True

    def clean(self) -> dict[str, Any]:
        """Without a constituency for the wider scopes, whatever was chosen before."""
        chosen = {"constituency": None} | (super().clean() or {})
        if chosen.get("scope") != Scope.CONSTITUENCY:
            return chosen | {"constituency": None}
        if chosen["constituency"] is None and "constituency" not in self.errors:
            self.add_error("constituency", _("Choose a constituency."))
        return chosen


class SubmitManyForm(forms.Form):
    """The confirmation, in the words in which it is given for one. Which applications are meant,
    the page says."""

    use_required_attribute = False

    confirmed = forms.BooleanField(
        label=CONFIRMED_BY_ORGANISATION,
        error_messages={"required": _("Confirm that the information is true.")},
    )


class AllBadgesForm(forms.Form):
    """On which paper an organisation prints the badges of its observers."""

    size = forms.ChoiceField(
        label=_("Size of a badge"),
        choices=BadgeSize.choices,
        widget=forms.RadioSelect,
        initial=BadgeSize.CARD,
    )
    sheet = forms.ChoiceField(
        label=_("Paper"),
        choices=PrintSheet.choices,
        widget=forms.RadioSelect,
        initial=PrintSheet.A4,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
