"""What a decision asks of its reviewer."""

from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.names import capfirst
from elections.decision_forms import GroundField, SeenForm
from elections.enums import Subject
from elections.models import Election, SavedReply
from elections.texts import in_language
from observers.domain.reasons import Reasons
from observers.domain.snapshots import STATED
from observers.enums import SampleVerdict
from observers.lifecycle import APPROVE, CANCEL, REFUSE, RETURN
from observers.models import Application


def stated_fields() -> list[tuple[str, Any]]:
    """Name and label of each, and of the attached documents."""
    fields = {field.name: field for field in Application._meta.fields}
    labels = [(name, capfirst(fields[name].verbose_name)) for name in STATED]
    return [*labels, ("documents", _("Documents"))]


class DecisionForm(SeenForm):
    """Approving asks nothing."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, seen=application, **kwargs)
        self.application = application

    def reasons(self) -> Reasons:
        return Reasons()


class SavedReplies(forms.RadioSelect):
    """Each with the fields it is about, for the script that marks them."""

    def create_option(self, name: Any, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        reply = getattr(value, "instance", None)
        option["attrs"]["data-fields"] = " ".join(reply.fields) if reply else ""
        return option


class SavedReplyField(forms.ModelChoiceField):
    """The election's saved replies, each as the applicant will read it."""

    language = "en"

    def __init__(self) -> None:
        super().__init__(
            SavedReply.objects.none(),
            label=_("Saved reply"),
            help_text=_("The applicant reads the text, in their own language."),
            widget=SavedReplies,
            required=False,
            blank=True,
            empty_label=_("None of these"),
            error_messages={"invalid_choice": _("Choose one.")},
        )

    def label_from_instance(self, reply: Any) -> str:
        text = in_language(reply.texts, self.language)
        return format_html(
            '<span><strong>{}</strong><br><span lang="{}">{}</span></span>',
            reply.title,
            self.language,
            text,
        )


class ReturnForm(DecisionForm):
    """A saved reply, or words of one's own, or both; which fields, and how many days."""

    reply = SavedReplyField()
    fields_to_correct = forms.MultipleChoiceField(
        label=_("What has to be corrected"),
        help_text=_("Left empty, it is what the saved reply is about."),
        choices=stated_fields,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(
        label=_("What to do, in a sentence or two"),
        help_text=_("The applicant reads this, in the letter and on the page of the application."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )
    days_to_answer = forms.IntegerField(
        label=_("Days to answer"),
        min_value=1,
        max_value=30,
        error_messages={"required": _("Say how many days.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        election = self.application.election
        self.fields["days_to_answer"].initial = self.application.window.days_to_answer
        self.fields["days_to_answer"].help_text = clock_words(election)
        self._offer(election.saved_replies.filter(subject=Subject.PERSON))

    def _offer(self, replies: Any) -> None:
        if not replies.exists():
            del self.fields["reply"]
            self.fields["fields_to_correct"].help_text = ""
            return
        field = cast(SavedReplyField, self.fields["reply"])
        field.language = self.application.letter_language
        field.queryset = replies

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        reply = given.get("reply")
        if "fields_to_correct" in given and not given["fields_to_correct"]:
            known = dict(stated_fields())
            given["fields_to_correct"] = [n for n in (reply.fields if reply else []) if n in known]
            if not given["fields_to_correct"]:
                self.add_error("fields_to_correct", _("Choose at least one."))
        if not reply and not given.get("note", "x").strip():
            self.add_error("note", _("Write what the applicant has to do."))
        return given

    def reasons(self) -> Reasons:
        given = self.cleaned_data
        reply = given.get("reply")
        text = in_language(reply.texts, self.application.letter_language) if reply else ""
        return Reasons(
            note="\n\n".join(part for part in (text, given["note"].strip()) if part),
            fields_to_correct=tuple(given["fields_to_correct"]),
            days_to_answer=given["days_to_answer"],
        )


def clock_words(election: Election) -> Any:
    """What becomes of the legal time meanwhile."""
    if election.clock_stands_still:
        return _("The time to decide stands still until the application comes back.")
    return _("The time to decide runs on meanwhile.")


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
    APPROVE: DecisionForm,
    RETURN: ReturnForm,
    REFUSE: RefuseForm,
    CANCEL: CancelForm,
}


class DeclineForm(forms.Form):
    """Why a colleague's proposal is not adopted. `proposal` is the one that was shown."""

    proposal = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Why it is not adopted"),
        help_text=_("Who proposed it reads this, and it stays in the history."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": _("Say why it is not adopted.")},
    )


class LookForm(SeenForm):
    """What a reviewer found who looked at one of a batch's sample."""

    verdict = forms.ChoiceField(choices=SampleVerdict.choices, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What is not in order"),
        help_text=_("Colleagues read it on the page of the batch; the applicant does not."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        not_in_order = answers.get("verdict") == SampleVerdict.NOT_IN_ORDER
        if not_in_order and not answers.get("note", "").strip():
            self.add_error("note", _("Say what is not in order."))
        return answers


class ChosenForm(forms.Form):
    """Which rows a decision on many is about, each with the version that was shown."""

    chosen = forms.RegexField(regex=r"^\d+:\d+( \d+:\d+)*$", widget=forms.HiddenInput)

    @classmethod
    def of(cls, rows: list[Application]) -> "ChosenForm":
        return cls(initial={"chosen": " ".join(f"{row.pk}:{row.version}" for row in rows)})

    def seen(self) -> dict[int, int]:
        pairs = (pair.split(":") for pair in self.cleaned_data["chosen"].split())
        return {int(key): int(version) for key, version in pairs}
