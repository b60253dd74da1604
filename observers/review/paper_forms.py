"""What staff type from a paper form, and pin to it."""

import datetime
import uuid
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.countries import FIRST, country_choices
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Kind, Scope
from elections.models import Constituency, Election, RequiredDocument
from observers.domain import answers, paper
from observers.domain.photos import prepare_photo
from observers.forms import PICTURES, ContactForm, PersonForm
from observers.models import Application
from organisations.models import Organisation
from privacy import kept_files
from privacy.kept_files import KeptFile
from privacy.uploads import FileRefused, check_document

PAPERS = f"application/pdf,{PICTURES}"


# --- Files that outlive an error of the form ------------------------------------------------------


class KeptFileInput(forms.FileInput):
    """A file that was sent before is not asked for again."""

    template_name = "admin/widgets/kept_file.html"
    owner = 0
    kept: KeptFile | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        sent = super().value_from_datadict(data, files, name)
        token = data.get(f"{name}-kept", "")
        if sent or not token:
            return sent
        found = kept_files.find(token, owner=self.owner)
        self.kept = KeptFile(token, found.name or "") if found else None
        return found

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["kept"] = self.kept
        return context


class CheckedFileField(forms.FileField):
    """Answers with the file and with what `check` makes of it."""

    def __init__(self, *, check: Any, accept: str, **options: Any) -> None:
        self.check = check
        super().__init__(widget=KeptFileInput(attrs={"accept": accept}), **options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return self.check(upload)
        except FileRefused as refused:
            raise ValidationError(str(refused)) from refused


class PaperForm(forms.Form):
    """Keeps the files that are in order while anything else is not. `groups` are the headings
    with the fields below them, in the order in which a paper form is read."""

    use_required_attribute = False
    groups: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = ()

    def __init__(self, *args: Any, election: Election, user: User, **kwargs: Any) -> None:
        self.election, self.user = election, user
        super().__init__(*args, **kwargs)
        self.documents = self._ask_for_documents()
        for widget in self._file_inputs().values():
            widget.owner = user.pk

    def _ask_for_documents(self) -> dict[str, RequiredDocument]:
        """One field for each document of the election; by the field's name, which."""
        asked = RequiredDocument.objects.current().filter(election=self.election, subject="person")
        found = {f"document-{document.code}": document for document in self.asked(asked)}
        for name, document in found.items():
            self.fields[name] = CheckedFileField(
                check=check_document,
                accept=PAPERS,
                label=document.title,
                help_text=document.hint,
                required=False,
            )
        return found

    def asked(self, documents: Any) -> Any:
        return documents

    def _file_inputs(self) -> dict[str, KeptFileInput]:
        return {
            name: field.widget
            for name, field in self.fields.items()
            if isinstance(field.widget, KeptFileInput)
        }

    def keep_files(self) -> None:
        """Those without an error of their own: they wait until the form is right."""
        for name, widget in self._file_inputs().items():
            upload = self.files.get(self.add_prefix(name))
            if isinstance(upload, UploadedFile) and name not in self.errors:
                widget.kept = kept_files.keep(upload, owner=self.user.pk)

    def forget_files(self) -> None:
        names = map(self.add_prefix, self._file_inputs())
        tokens = [self.data.get(f"{name}-kept", "") for name in names]
        kept_files.forget(filter(None, tokens), owner=self.user.pk)

    def grouped(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        for heading, names in self.groups:
            yield heading, [self[name] for name in names if name in self.fields]
        if self.documents:
            yield _("Documents"), [self[name] for name in self.documents]

    # --- What it makes of the answers -------------------------------------------------------------

    def sheet(self) -> paper.Sheet:
        filed = [
            (document, self.cleaned_data[name])
            for name, document in self.documents.items()
            if self.cleaned_data.get(name)
        ]
        return paper.Sheet(
            {name: self.cleaned_data[name] for name in self.columns()},
            self.cleaned_data.get("photo"),
            filed,
        )

    def columns(self) -> tuple[str, ...]:
        return (*PersonForm.columns, *ContactForm.columns)

    def ask_about_person(self) -> None:
        """The fields of the applicant's own form, in the same words."""
        for name, field in {**PersonForm.base_fields, **ContactForm.base_fields}.items():
            if name != "version":
                self.fields[name] = deepcopy(field)
                self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        citizenship: Any = self.fields["citizenship"]
        citizenship.choices = [("", _("Choose a country")), *country_choices()]
        self.fields["email"].help_text = _(
            "Letters go there. Without one they are printed here and handed over."
        )

    def clean_surname(self) -> str:
        return answers.person_name(self.cleaned_data["surname"])

    def clean_given_name(self) -> str:
        return answers.person_name(self.cleaned_data["given_name"])

    def clean_patronymic(self) -> str:
        return answers.person_name(self.cleaned_data["patronymic"])

    def clean_birth_on(self) -> datetime.date | None:
        return answers.birth_date(
            self.cleaned_data["birth_on"],
            today=database_now().astimezone(self.election.zone).date(),
            polling_on=self.election.polling_on,
            minimum_age=self.election.minimum_age,
        )

    def clean_identity_number(self) -> str:
        return answers.document_number(self.cleaned_data["identity_number"])

    def clean_phone(self) -> str:
        return answers.phone_number(self.cleaned_data["phone"])


# --- The first time -------------------------------------------------------------------------------

# What the next form keeps of the one before.
KEPT_FOR_NEXT = ("received_on", "organisation", "scope", "constituency", "language")


class EntryForm(PaperForm):
    groups = (
        (_("The paper"), ("received_on", "received_time", "scan", "language")),
        (_("Who observes where"), ("organisation", "scope", "constituency")),
        (_("Name"), PersonForm.columns[:3]),
        (_("Birth and citizenship"), ("birth_on", "citizenship")),
        (_("Identity document"), ("identity_document", "identity_number")),
        (_("Address and contact"), ContactForm.columns),
        (_("Photo and signature"), ("photo", "is_signed")),
    )

    key = forms.UUIDField(widget=forms.HiddenInput)
    received_on = forms.DateField(
        label=_("Day on which it was handed in"),
        input_formats=answers.DATE_FORMATS,
        widget=forms.DateInput(format="%d.%m.%Y", attrs={"class": "short", "autocomplete": "off"}),
        help_text=_("As the receipt stamp has it: day, month and year."),
        error_messages={
            "invalid": _("Write the date as day, month and year, for example 07.02.1990.")
        },
    )
    received_time = forms.TimeField(
        label=_("Time of day"),
        input_formats=("%H:%M", "%H.%M", "%H%M"),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "short", "autocomplete": "off"}),
        help_text=_("Hours and minutes, for example 09:40. By it the application is in time."),
        error_messages={"invalid": _("Write hours and minutes, for example 09:40.")},
    )
    scan = CheckedFileField(
        check=check_document,
        accept=PAPERS,
        label=_("Scan of the paper form"),
        help_text=_("PDF, JPEG, PNG or WebP, at most 10 MB."),
        error_messages={"required": _("Choose the scan: without it nothing on paper counts.")},
    )
    language = forms.ChoiceField(label=_("Language of letters"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Nominated by"),
        required=False,
        empty_label=_("Nobody: on their own initiative"),
        help_text=_("Organisations with a nomination right for this election."),
    )
    scope = forms.ChoiceField(label=_("Where will the person observe?"), widget=forms.RadioSelect)
    constituency = forms.ModelChoiceField(
        Constituency.objects.none(),
        label=_("Constituency"),
        required=False,
        empty_label=_("Choose a constituency"),
        error_messages={"required": _("Choose a constituency.")},
    )
    photo = CheckedFileField(
        check=prepare_photo,
        accept=PICTURES,
        label=_("Scan of the 3 × 4 photo"),
        help_text=_("JPEG, PNG or WebP, at least 300 × 400 pixels, at most 10 MB."),
        error_messages={"required": _("Choose a photo file.")},
    )
    is_signed = forms.BooleanField(
        label=_("The observer has signed the form, and so confirms what it says"),
        error_messages={
            "required": _("A form without a signature is no application: hand it back.")
        },
    )

    def __init__(self, *args: Any, counter: paper.Counter, user: User, **kwargs: Any) -> None:
        self.counter = counter
        super().__init__(*args, election=counter.election, user=user, **kwargs)
        self.ask_about_person()
        self.initial = {"key": uuid.uuid4(), "citizenship": FIRST, **(self.initial or {})}
        self._offer()

    def _offer(self) -> None:
        """Only what the user's commission decides, and who may nominate there."""
        fields: Any = self.fields
        names = dict(settings.LANGUAGES)
        fields["language"].choices = [(code, names[code]) for code in self.election.languages]
        self.initial.setdefault("language", self.election.languages[0])
        fields["organisation"].queryset = paper.nominating(self.election)
        places, scopes = self.counter.constituencies, self.counter.scopes
        fields["constituency"].queryset = places
        fields["scope"].choices = [(scope.value, scope.label) for scope in scopes]
        if len(scopes) == 1:
            self.initial.setdefault("scope", scopes[0].value)
        if self.counter.is_central:
            fields["constituency"].label = _("Constituency, if they observe in one")
        else:
            fields["constituency"].required = True
        if not self.counter.is_central and len(places) == 1:
            self.initial.setdefault("constituency", places[0].pk)
        self._begin_at_the_first_blank()

    def _begin_at_the_first_blank(self) -> None:
        """The next form of a pile has its day already."""
        if not self.is_bound:
            first = "received_time" if self.initial.get("received_on") else "received_on"
            self.fields[first].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        local = given.get("scope") == Scope.CONSTITUENCY
        if local and not given.get("constituency") and "constituency" not in self.errors:
            self.add_error("constituency", _("Choose a constituency."))
        if not local:
            given["constituency"] = None
        kind = given["organisation"].kind if given.get("organisation") else Kind.OWN_INITIATIVE
        for name, document in self.documents.items():
            wanted = document.is_required and (not document.kinds or kind in document.kinds)
            if wanted and not given.get(name) and name not in self.errors:
                self.add_error(name, _("Add: %(title)s.") % {"title": document.title})
        return given

    def place(self) -> paper.Place:
        given = self.cleaned_data
        return paper.Place(
            self.election, given["scope"], given["constituency"], given.get("organisation")
        )

    def received(self) -> paper.Received:
        given = self.cleaned_data
        at = datetime.datetime.combine(
            given["received_on"], given["received_time"], tzinfo=self.election.zone
        )
        return paper.Received(at, given["scan"], given["language"])

    def add_refusal(self, error: paper.PaperError) -> None:
        field = "received_on" if error.field == "received_at" else error.field
        self.add_error(field if field in self.fields else None, str(error))


# --- A correction ---------------------------------------------------------------------------------


class CorrectionForm(PaperForm):
    """What a returned application says, to be corrected. Files are asked for only to replace or
    add to what there is."""

    groups = (
        (_("The correction"), ("because",)),
        (_("Name"), PersonForm.columns[:3]),
        (_("Birth and citizenship"), ("birth_on", "citizenship")),
        (_("Identity document"), ("identity_document", "identity_number")),
        (_("Address and contact"), ContactForm.columns),
        (_("Photo"), ("photo",)),
    )

    version = forms.IntegerField(widget=forms.HiddenInput)
    because = forms.CharField(
        label=_("How the correction reached you"),
        max_length=500,
        help_text=_("For example: letter of 3 February, signed; handed in at the counter."),
        error_messages={"required": _("Say how the correction reached you.")},
    )
    photo = CheckedFileField(
        check=prepare_photo,
        accept=PICTURES,
        label=_("A new photo"),
        required=False,
        help_text=_("Only if it is to be replaced."),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.application = application
        super().__init__(*args, election=application.election, **kwargs)
        self.ask_about_person()
        stored = {name: getattr(application, name) for name in self.columns()}
        self.initial = {"version": application.version, **stored, **(self.initial or {})}

    def asked(self, documents: Any) -> Any:
        return documents.for_kind(self.application.kind)

    def add_refusal(self, error: paper.PaperError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))


class RequestForm(forms.Form):
    """A withdrawal in writing."""

    use_required_attribute = False

    request = forms.CharField(
        label=_("The written request it rests on"),
        help_text=_("Its date, and who signed it. The history shows it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": _("Name the written request: its date, and who signed it.")},
    )
