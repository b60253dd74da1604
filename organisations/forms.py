"""What an organisation is asked. Every answer is kept when one is wrong."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, Submit
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.countries import FIRST, country_choices
from accounts.names import tidy
from elections.models import RequiredDocument
from organisations.enums import OrganisationKind, RepresentativeRole
from organisations.models import NominationRight, Organisation
from privacy.uploads import CheckedDocument, FileRefused, check_document

ACCEPTED_DOCUMENTS = "application/pdf,image/jpeg,image/png,image/webp"
SAVED_STATE = '{% include "components/saved_state.html" with saved_at=saved_at only %}'

phone_number = RegexValidator(
    r"^\+?[0-9][0-9 ()./-]{4,}$", _("Write the number in digits, for example +994 12 345 67 89.")
)


class OrganisationForm(forms.Form):
    """Who the organisation is. `held` columns are shown and cannot be changed."""

    kind = forms.ChoiceField(
        label=_("What kind of organisation it is"),
        choices=OrganisationKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind.")},
    )
    name = forms.CharField(
        label=pgettext_lazy("organisation", "Full name"),
        max_length=300,
        help_text=_("As it stands in its charter, or as the group calls itself."),
        error_messages={"required": _("Enter the name.")},
    )
    short_name = forms.CharField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("Stands in lists and on badges where there is little room."),
    )
    country = forms.ChoiceField(label=_("Country of seat"), choices=country_choices, initial=FIRST)
    registration_number = forms.CharField(
        label=_("Number of legal registration"),
        max_length=40,
        required=False,
        help_text=_(
            "Leave it empty if the organisation is not registered. It can still apply: whether "
            "that is enough is decided by the commission, not by this form."
        ),
    )
    legal_address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Only the commission sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Enter the address.")},
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Only the commission sees it, for questions about the application."),
        validators=[phone_number],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "class": "short"}),
    )

    def __init__(self, *args: Any, held: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in held:
            self.fields[column].disabled = True
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset(_("Who applies"), "kind", "name", "short_name"),
            Fieldset(_("Where it is registered"), "country", "registration_number"),
            Fieldset(_("How to reach it"), "legal_address", "phone"),
        )
        self.helper.add_input(Submit("save", _("Save and continue")))

    @classmethod
    def of(cls, organisation: Organisation) -> dict[str, str]:
        """What is stored, as the form's first answers."""
        return {column: getattr(organisation, column) for column in cls.base_fields}

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not any(character.isalpha() for character in name):
            raise forms.ValidationError(_("Enter the name in letters."))
        return name

    def clean_short_name(self) -> str:
        return tidy(self.cleaned_data["short_name"])


class InvitationForm(forms.Form):
    """Who shall act for the organisation, and how far."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("They sign in with this address; nobody shares an account."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What they may do"),
        choices=[
            (
                RepresentativeRole.REPRESENTATIVE,
                _("Enter observers, send them and correct the forms"),
            ),
            (
                RepresentativeRole.OWNER,
                _("All of that, and send the application for the nomination right, and invite"),
            ),
        ],
        initial=RepresentativeRole.REPRESENTATIVE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("invite", _("Send the invitation")))


class MissionForm(forms.Form):
    """How large the mission will be, and why. Neither answer decides about the right."""

    # Why nothing was stored, when somebody else was faster; what was typed stays on the page.
    overtaken = ""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 2)
    expected_observers = forms.IntegerField(
        label=_("About how many observers"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("A rough figure helps the commissions to prepare. It binds nobody."),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    statement = forms.CharField(
        label=_("Aim and experience"),
        required=False,
        max_length=4000,
        help_text=_("A few sentences on what the organisation does in elections."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, autosave_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"data-autosave": "", "data-autosave-url": autosave_url}
        self.helper.layout = Layout("version", "expected_observers", "statement", HTML(SAVED_STATE))
        self.helper.add_input(Submit("save", _("Save and continue")))

    @classmethod
    def of(cls, right: NominationRight) -> dict[str, Any]:
        """What is stored, as the form's first answers."""
        return {column: getattr(right, column) for column in cls.base_fields}


class DocumentForm(forms.Form):
    """One file for one of the documents that the election asks for."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ACCEPTED_DOCUMENTS}),
    )

    def __init__(self, *args: Any, asked: RequiredDocument, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": asked.code} | kwargs)
        self.fields["file"].help_text = _("PDF, JPEG, PNG or WebP.")
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.add_input(
            Submit(f"attach-{asked.code}", _("Attach"), css_class="btn-secondary")
        )

    def clean_file(self) -> CheckedDocument:
        upload: UploadedFile = self.cleaned_data["file"]
        try:
            return check_document(upload)
        except FileRefused as error:
            raise forms.ValidationError(str(error)) from error
