"""What a decision asks of its reviewer."""

from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from elections.decision_forms import GroundField, SeenForm
from elections.enums import Subject
from observers.domain.reasons import Reasons
from observers.domain.snapshots import STATED
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN, TAKE_UP
from observers.models import Application


def stated_fields() -> list[tuple[str, Any]]:
    """Name and label of each, and of the attached documents."""
    fields = {field.name: field for field in Application._meta.fields}
    labels = [(name, capfirst(fields[name].verbose_name)) for name in STATED]
    return [*labels, ("documents", _("Documents"))]


class DecisionForm(SeenForm):
    """Approving and taking up ask nothing."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, seen=application, **kwargs)
        self.application = application

    def reasons(self) -> Reasons:
        return Reasons()


class ReturnForm(DecisionForm):
    fields_to_correct = forms.MultipleChoiceField(
        label=_("What has to be corrected"),
        choices=stated_fields,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    note = forms.CharField(
        label=_("What to do, in a sentence or two"),
        help_text=_("The applicant reads this, in the letter and on the page of the application."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Write what the applicant has to do.")},
    )

    def reasons(self) -> Reasons:
        """The fields stand before the note, in the applicant's language."""
        with override(self.application.applicant.language):
            labels = dict(stated_fields())
            named = ", ".join(str(labels[n]) for n in self.cleaned_data["fields_to_correct"])
        return Reasons(note=f"{named}: {self.cleaned_data['note'].strip()}")


class RefuseForm(DecisionForm):
    ground = GroundField()
    unconfirmed_fields = forms.MultipleChoiceField(
        label=_("Not confirmed"),
        choices=stated_fields,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what was not confirmed.")},
    )
    what_was_checked = forms.CharField(
        label=_("What was checked, and what it showed"),
        help_text=_("The applicant reads this, and so does who decides an appeal."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": _("Write what was checked.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ground = cast(GroundField, self.fields["ground"])
        ground.narrow(election_id=self.application.election_id, subject=Subject.PERSON)

    def reasons(self) -> Reasons:
        return Reasons(
            ground=self.cleaned_data["ground"],
            unconfirmed_fields=tuple(self.cleaned_data["unconfirmed_fields"]),
            what_was_checked=self.cleaned_data["what_was_checked"].strip(),
        )


class CancelForm(DecisionForm):
    act = forms.CharField(
        label=_("The act it rests on"),
        help_text=_("Court, number and date: a registration is cancelled by a court."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Name the act.")},
    )

    def reasons(self) -> Reasons:
        return Reasons(what_was_checked=self.cleaned_data["act"].strip())


FORMS: dict[str, type[DecisionForm]] = {
    TAKE_UP: DecisionForm,
    APPROVE: DecisionForm,
    RETURN: ReturnForm,
    REFUSE: RefuseForm,
    CANCEL: CancelForm,
}


class ChosenForm(forms.Form):
    """Which applications a bulk decision is about, each with the version that was shown."""

    chosen = forms.RegexField(regex=r"^\d+:\d+( \d+:\d+)*$", widget=forms.HiddenInput)

    @classmethod
    def of(cls, rows: list[Application]) -> "ChosenForm":
        return cls(initial={"chosen": " ".join(f"{row.pk}:{row.version}" for row in rows)})

    def seen(self) -> dict[int, int]:
        pairs = (pair.split(":") for pair in self.cleaned_data["chosen"].split())
        return {int(key): int(version) for key, version in pairs}
