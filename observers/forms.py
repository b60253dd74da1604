"""The steps of an application's form.

A draft may be saved with blanks and with some answers wrong: what is right is stored, what is
wrong is named at its field. What has once been submitted keeps its required answers: there a
blank is an error.
"""

import datetime
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.countries import FIRST, country_choices
from elections.domain.windows import closing_moment
from elections.enums import Authority, Kind, Scope
from elections.models import Constituency, Election, RequiredDocument, Window
from elections.templatetags.time_words import in_full
from observers.domain import answers, drafts
from observers.domain.photos import prepare_photo
from observers.enums import IdentityDocument
from observers.models import Application
from privacy.uploads import CheckedDocument, FileRefused, check_document

HIGHEST_VERSION = 2**31 - 2
PICTURES = "image/jpeg,image/png,image/webp"
CONFIRMED_BY_ORGANISATION = _(
    "I confirm that the information is true and that the observer has agreed to it being given to "
    "the commission"
)


class StepForm(forms.Form):
    """One page of the form. `columns` are the answers it holds, named as in the model."""

    columns: ClassVar[tuple[str, ...]] = ()
    autosaves: ClassVar[bool] = True
    use_required_attribute = False

    version = forms.IntegerField(
        min_value=0, max_value=HIGHEST_VERSION, widget=forms.HiddenInput(attrs={"id": None})
    )

    def __init__(
        self,
        *args: Any,
        application: Application,
        now: datetime.datetime,
        typed: Any = None,
        **kwargs: Any,
    ) -> None:
        """`typed`: what was sent without a session, shown in place of what is stored."""
        self.application, self.now = application, now
        super().__init__(*args, **kwargs)
        self.initial = {"version": application.version, **self.stored()}
        if typed is not None:
            self.initial |= {name: typed.get(name, "") for name in self.fields}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()
        self.prepare()

    def prepare(self) -> None:
        """Fit choices and hints to the application."""

    def layout(self) -> Layout:
        return Layout("version", *self.columns)

    def stored(self) -> dict[str, Any]:
        return {name: getattr(self.application, name) for name in self.columns}

    def full_clean(self) -> None:
        """In a draft a blank is not an error; the list of what is left names it."""
        lenient = self.application.submitted_at is None
        asked = [self.fields[name] for name in self.columns if self.fields[name].required]
        for field in asked:
            field.required = not lenient
        super().full_clean()
        for field in asked:
            field.required = True

    def answers(self) -> dict[str, Any]:
        """What was sent and is right, by column."""
        return {
            name: self.cleaned_data[name]
            for name in self.columns
            if name in self.cleaned_data and self.was_sent(name)
        }

    def was_sent(self, name: str) -> bool:
        return name in self.data or name in self.files

    def wrong_labels(self) -> list[str]:
        return [str(self.fields[name].label) for name in self.columns if name in self.errors]

    def store(self) -> int:
        """Store what is right and return the new version. Raises what `drafts.save` raises."""
        columns = self.answers()
        if not columns:
            return self.application.version
        return drafts.save(
            self.application, version=self.cleaned_data["version"], now=self.now, **columns
        )


class PlaceForm(StepForm):
    columns = ("scope", "constituency")

    scope = forms.ChoiceField(label=_("Where will the person observe?"), widget=forms.RadioSelect)
    constituency = forms.ModelChoiceField(
        Constituency.objects.none(),
        label=_("Constituency"),
        help_text=_("Only for one constituency. Its commission decides."),
        empty_label=_("Choose a constituency"),
    )

    def prepare(self) -> None:
        election = self.application.election
        scope: Any = self.fields["scope"]
        constituency: Any = self.fields["constituency"]
        constituency.queryset = election.constituencies.all()
        if self.application.kind == Kind.OWN_INITIATIVE:
            scope.label = _("Where will you observe?")
        windows: Any = election.windows.admitting(self.application.kind).with_closing()
        scope.choices = [
            (window.scope, window_in_words(window, self.application.kind))
            for window in windows
            if window.last_closes_at > self.now or window.scope == self.application.scope
        ]

    def store(self) -> int:
        sent = self.answers()
        scope = sent.get("scope") or self.application.scope
        constituency = sent.get("constituency", self.application.constituency)
        return drafts.choose_place(
            self.application,
            version=self.cleaned_data["version"],
            scope=scope,
            constituency=constituency if scope == Scope.CONSTITUENCY else None,
            now=self.now,
        )


def window_in_words(window: Window, kind: str) -> str:
    """ "One constituency: decided by its own commission, until Friday 2 February 2024, 24:00"."""
    closes_at = closing_moment(window, kind=kind, constituency=None)
    decided_by = (
        _("the constituency’s own commission decides")
        if window.authority == Authority.CONSTITUENCY
        else _("the central commission decides")
    )
    return _("%(scope)s: %(decided_by)s, open until %(moment)s") % {
        "scope": window.get_scope_display(),
        "decided_by": decided_by,
        "moment": in_full(closes_at, window.election),
    }


class PersonForm(StepForm):
    columns = (
        "surname", "given_name", "patronymic", "birth_on", "citizenship", "identity_document",
        "identity_number",
    )  # fmt: skip

    surname = forms.CharField(
        label=_("Surname"), max_length=100, help_text=_("As it stands in the identity document.")
    )
    given_name = forms.CharField(label=_("Given name"), max_length=100)
    patronymic = forms.CharField(
        label=_("Patronymic"),
        max_length=100,
        required=False,
        help_text=_("If the identity document has one."),
    )
    birth_on = forms.DateField(
        label=_("Date of birth"),
        input_formats=answers.DATE_FORMATS,
        widget=forms.DateInput(
            format="%d.%m.%Y", attrs={"class": "short", "inputmode": "text", "maxlength": 20}
        ),
        help_text=_("Day, month and year, for example 07.02.1990."),
        error_messages={
            "invalid": _("Write the date as day, month and year, for example 07.02.1990.")
        },
    )
    citizenship = forms.ChoiceField(label=_("Citizenship"))
    identity_document = forms.ChoiceField(
        label=_("Which document?"), choices=IdentityDocument.choices, widget=forms.RadioSelect
    )
    identity_number = forms.CharField(
        label=_("Series and number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "class": "short mono",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        help_text=_("Letters and digits as in the document, for example AA1234567."),
    )

    def prepare(self) -> None:
        own = self.application.kind == Kind.OWN_INITIATIVE
        citizenship: Any = self.fields["citizenship"]
        citizenship.choices = [("", _("Choose a country")), *country_choices()]
        filled_in_by = {"surname": "family-name", "given_name": "given-name", "birth_on": "bday"}
        for name in ("surname", "given_name", "patronymic", "birth_on"):
            attrs = self.fields[name].widget.attrs
            attrs["autocomplete"] = filled_in_by.get(name, "off") if own else "off"
            attrs["spellcheck"] = "false"
        untouched = not (self.application.citizenship or self.application.surname)
        if untouched and self.application.kind != Kind.INTERNATIONAL and not self.is_bound:
            self.initial["citizenship"] = self.initial.get("citizenship") or FIRST

    def layout(self) -> Layout:
        return Layout(
            "version",
            Fieldset(_("Name"), "surname", "given_name", "patronymic"),
            Fieldset(_("Birth and citizenship"), "birth_on", "citizenship"),
            Fieldset(_("Identity document"), "identity_document", "identity_number"),
        )

    def clean_surname(self) -> str:
        return answers.person_name(self.cleaned_data["surname"])

    def clean_given_name(self) -> str:
        return answers.person_name(self.cleaned_data["given_name"])

    def clean_patronymic(self) -> str:
        return answers.person_name(self.cleaned_data["patronymic"])

    def clean_birth_on(self) -> datetime.date | None:
        election = self.application.election
        return answers.birth_date(
            self.cleaned_data["birth_on"],
            today=self.now.astimezone(election.zone).date(),
            polling_on=election.polling_on,
            minimum_age=election.minimum_age,
        )

    def clean_identity_number(self) -> str:
        return answers.document_number(self.cleaned_data["identity_number"])


class ContactForm(StepForm):
    columns = ("address", "phone", "email")

    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the person lives: town or district, street, house, flat."),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "class": "short"}),
        help_text=_("For questions about the application, for example +994 50 123 45 67."),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"inputmode": "email"}),
        error_messages={"invalid": _("Write the whole address, for example name@example.org.")},
    )

    def prepare(self) -> None:
        own = self.application.kind == Kind.OWN_INITIATIVE
        fields = {"address": "street-address", "phone": "tel", "email": "email"}
        for name, filled_in_by in fields.items():
            self.fields[name].widget.attrs["autocomplete"] = filled_in_by if own else "off"
        if own:
            self.fields["address"].help_text = _(
                "Where you live: town or district, street, house, flat."
            )
        self.fields["email"].help_text = (
            _("Letters go to the address you sign in with, whatever you write here.")
            if own
            else _("The observer’s own. Letters go to the organisation’s representative.")
        )

    def clean_phone(self) -> str:
        return answers.phone_number(self.cleaned_data["phone"])


class PhotoForm(StepForm):
    """The photo is prepared while the form is cleaned: before any transaction begins."""

    columns = ("photo",)
    autosaves = False

    photo = forms.FileField(
        label=_("Photo file"),
        widget=forms.FileInput(attrs={"accept": PICTURES, "data-photo-preview": "photo-preview"}),
        help_text=_("JPEG, PNG or WebP, at least 300 × 400 pixels, at most 10 MB."),
        error_messages={"empty": _("The file is empty. Choose it again.")},
    )

    def full_clean(self) -> None:
        """Here a blank is an error also in a draft, unless a photo is stored already."""
        field = self.fields["photo"]
        field.required = not self.application.photo
        field.error_messages["required"] = _("Choose a photo file.")
        forms.Form.full_clean(self)
        field.required = True

    def clean_photo(self) -> Any:
        upload = self.cleaned_data["photo"]
        if not upload:
            return None
        try:
            return prepare_photo(upload)
        except FileRefused as refused:
            raise ValidationError(str(refused)) from refused

    def stored(self) -> dict[str, Any]:
        return {}

    def store(self) -> int:
        photo = self.answers().get("photo")
        if photo is None:
            return self.application.version
        version = self.cleaned_data["version"]
        return drafts.set_photo(self.application, photo, version=version, now=self.now)


class ConsentForm(StepForm):
    columns = ("consent",)

    consent = forms.BooleanField(label=_("I confirm this"))

    def prepare(self) -> None:
        if self.application.kind != Kind.OWN_INITIATIVE:
            self.fields["consent"].label = CONFIRMED_BY_ORGANISATION
        else:
            self.fields["consent"].label = _("I confirm that the information is true")

    def stored(self) -> dict[str, Any]:
        return {"consent": self.application.consented_at is not None}

    def was_sent(self, name: str) -> bool:
        """An empty box is not sent by a browser; it is an answer all the same."""
        return True

    def store(self) -> int:
        return drafts.consent(
            self.application,
            given=self.cleaned_data.get("consent", False),
            version=self.cleaned_data["version"],
            now=self.now,
        )


class DocumentForm(forms.Form):
    """One file that answers one of the documents that the election asks for."""

    use_required_attribute = False

    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": f"application/pdf,{PICTURES}"}),
        help_text=_("PDF, JPEG, PNG or WebP, at most 10 MB."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Choose it again."),
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, document: RequiredDocument) -> None:
        self.document = document
        super().__init__(data, files, prefix=document.code)
        self.fields["file"].label = document.title
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_labels = False  # the heading above it says the same

    def clean_file(self) -> CheckedDocument:
        try:
            return check_document(self.cleaned_data["file"])
        except FileRefused as refused:
            raise ValidationError(str(refused)) from refused


class BeginForm(forms.Form):
    """Where somebody wants to observe on their own initiative; the rest comes later."""

    use_required_attribute = False

    scope = forms.ChoiceField(
        label=_("Where will you observe?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where you will observe.")},
    )

    def __init__(self, data: Any = None, *, election: Election, windows: list[Window]) -> None:
        super().__init__(data, prefix=election.slug)
        scope: Any = self.fields["scope"]
        scope.choices = [
            (window.scope, window_in_words(window, Kind.OWN_INITIATIVE)) for window in windows
        ]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
