"""What is asked before a badge is replaced or revoked."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from observers.domain import answers, drafts
from observers.domain.photos import prepare_photo
from observers.domain.replacing import REASONS
from observers.enums import IssueReason
from observers.forms import PICTURES, PersonForm
from observers.models import Application
from privacy.uploads import FileRefused


class ReplaceForm(forms.Form):
    """Why, and what is corrected with it. The photo is prepared while the form is cleaned, before
    any transaction begins."""

    use_required_attribute = False

    why = forms.ChoiceField(
        label=_("Why is it replaced?"),
        choices=[(reason.value, reason.label) for reason in REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the badge is replaced.")},
    )
    because = forms.CharField(
        label=_("Note"),
        help_text=_("It stands in the history of the old badge. The observer does not read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    photo = forms.FileField(
        label=_("New photo"),
        help_text=_("JPEG, PNG or WebP, at least 300 × 400 pixels, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        required=False,
        error_messages={"empty": _("The file is empty. Choose it again.")},
    )
    field_order = ("why", *drafts.NAMES, "photo", "because")

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in drafts.NAMES:
            self.fields[name] = deepcopy(PersonForm.base_fields[name])
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
            self.initial.setdefault(name, getattr(application, name))
        self.order_fields(self.field_order)

    def clean_surname(self) -> str:
        return answers.person_name(self.cleaned_data["surname"])

    def clean_given_name(self) -> str:
        return answers.person_name(self.cleaned_data["given_name"])

    def clean_patronymic(self) -> str:
        return answers.person_name(self.cleaned_data["patronymic"])

    def clean_photo(self) -> ContentFile | None:
        upload = self.cleaned_data["photo"]
        if not upload:
            return None
        try:
            return prepare_photo(upload)
        except FileRefused as refused:
            raise ValidationError(str(refused)) from refused

    # --- What it makes of the answers -------------------------------------------------------------

    def why_replaced(self) -> IssueReason:
        return IssueReason(self.cleaned_data["why"])

    def names(self) -> Mapping[str, str]:
        return {name: self.cleaned_data[name] for name in drafts.NAMES}

    def refuse(self, sentence: str) -> None:
        """What the domain says stands at the answer that it is about."""
        self.add_error("why", sentence)


class RevokeForm(forms.Form):
    use_required_attribute = False

    because = forms.CharField(
        label=_("Why is it revoked?"),
        help_text=_("The observer reads this in the letter, and it stands in the history."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": _("Say why: the observer has a right to know.")},
    )

    def clean_because(self) -> str:
        return str(self.cleaned_data["because"]).strip()
