"""What an appeal asks of who lodges it, and of the body that decides it."""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from observers.domain.appeals import Ruling
from privacy.uploads import CheckedDocument, FileRefused, check_document

LONGEST = 8000
PAPERS = "application/pdf,image/jpeg,image/png,image/webp"


class AppealForm(forms.Form):
    """Why the decision is wrong."""

    use_required_attribute = False

    grounds = forms.CharField(
        label=_("Why is the decision wrong?"),
        help_text=_(
            "Answer what was not confirmed and what was checked. Say what shows that it is so."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=LONGEST,
        error_messages={"required": _("Write why the decision is wrong.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class AnswerForm(forms.Form):
    """Why an appeal is upheld or dismissed."""

    asks = True

    reasoning = forms.CharField(
        label=_("Why"),
        help_text=_("What the appeal says, what was checked, and what it showed."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=LONGEST,
        error_messages={"required": _("Write why: the applicant reads it.")},
    )


class RulingForm(forms.Form):
    """What a court has ruled, with the ruling itself."""

    court = forms.CharField(
        label=_("Court"), max_length=200, error_messages={"required": _("Name the court.")}
    )
    number = forms.CharField(
        label=_("Number of the ruling"),
        max_length=60,
        error_messages={"required": _("Write the number.")},
    )
    ruled_on = forms.DateField(
        label=_("Date of the ruling"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Write the date."),
            "invalid": _("Write the date as day, month and year."),
        },
    )
    upheld = forms.TypedChoiceField(
        label=_("What it says"),
        choices=[
            ("yes", _("The complaint is upheld: the person is registered")),
            ("no", _("The complaint is dismissed: the decision stands")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reasoning = forms.CharField(
        label=_("Why, in the words of the ruling"),
        help_text=_("The applicant reads this in the letter."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST,
        error_messages={"required": _("Write why: the applicant reads it.")},
    )
    document = forms.FileField(
        label=_("The ruling"),
        help_text=_("PDF, JPEG, PNG or WebP, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": PAPERS}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Choose it again."),
        },
    )

    def __init__(self, *args: Any, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ruled_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["ruled_on"]
        if day > self.today:
            raise ValidationError(_("This day has not come yet."))
        return day

    def clean_document(self) -> CheckedDocument:
        try:
            return check_document(self.cleaned_data["document"])
        except FileRefused as refused:
            raise ValidationError(str(refused)) from refused

    def ruling(self) -> Ruling:
        return Ruling(**self.cleaned_data)
