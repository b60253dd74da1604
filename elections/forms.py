"""What the commission's pages ask about elections, and the inputs for their texts."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.windows import opened_at
from elections.enums import Kind, NamePolicy
from elections.models import CommissionMember, Extension, RefusalGround, Window

LANGUAGES = dict(settings.LANGUAGES)


class TextsWidget(forms.MultiWidget):
    """One labelled input for each language."""

    template_name = "admin/elections/texts.html"
    use_fieldset = True

    def __init__(self, languages: list[str], attrs: dict[str, Any] | None = None) -> None:
        self.languages = languages
        inputs: dict[str, Any] = {
            code: forms.Textarea(attrs={"rows": 2, "lang": code}) for code in languages
        }
        super().__init__(inputs, attrs)

    def decompress(self, value: Any) -> list[str]:
        texts = value or {}
        return [texts.get(code, "") for code in self.languages]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for code, part in zip(self.languages, context["widget"]["subwidgets"], strict=True):
            part["label"] = LANGUAGES.get(code, code)
        return context


class TextsField(forms.MultiValueField):
    """A dictionary of language to text. Where it is required, every language is."""

    def __init__(self, *, languages: list[str], required: bool = True, **kwargs: Any) -> None:
        self.languages = languages
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        lacking = _("Write it in every language.")
        wrong = {"required": lacking, "incomplete": lacking}
        parts = [
            forms.CharField(required=required, max_length=2000, error_messages=wrong)
            for _code in languages
        ]
        super().__init__(
            fields=parts,
            widget=TextsWidget(languages),
            required=required,
            require_all_fields=False,
            error_messages=wrong,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> dict[str, str]:
        pairs = zip(self.languages, data_list or [], strict=False)
        return {code: text.strip() for code, text in pairs if text and text.strip()}

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = [(initial or {}).get(code, "") for code in self.languages]
        return before != [text or "" for text in data or [""] * len(self.languages)]


class NamePoliciesWidget(forms.MultiWidget):
    """A labelled choice for each kind of observer."""

    template_name = "admin/elections/texts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        choices = [("", _("as in general")), *NamePolicy.choices]
        inputs: dict[str, Any] = {kind: forms.Select(choices=choices) for kind in Kind.values}
        super().__init__(inputs, attrs)

    def decompress(self, value: Any) -> list[str]:
        return [(value or {}).get(kind, "") for kind in Kind.values]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for kind, part in zip(Kind, context["widget"]["subwidgets"], strict=True):
            part["label"] = kind.label
        return context


class NamePoliciesField(forms.MultiValueField):
    """A dictionary of kind to policy, of those that differ from the election's own."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", ""), *NamePolicy.choices]
        super().__init__(
            fields=[forms.ChoiceField(choices=choices, required=False) for _kind in Kind],
            widget=NamePoliciesWidget(),
            required=False,
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> dict[str, str]:
        pairs = zip(Kind.values, data_list or [], strict=False)
        return {kind: policy for kind, policy in pairs if policy}


GROUNDS_ARE_CLOSED = _("Registration has opened, so the list of grounds is closed.")


class WindowForm(forms.ModelForm):
    class Meta:
        model = Window
        fields = (
            "scope",
            "kinds",
            "authority",
            "opens_at",
            "closes_at",
            "substitutions_close_at",
            "days_to_decide",
            "days_to_answer",
            "articles",
        )

    def clean(self) -> dict[str, Any]:
        """A window that has opened is not moved: more time is an extension, which is public."""
        cleaned = super().clean() or {}
        before = Window.objects.filter(pk=self.instance.pk).first()
        if before and self.changed_data and before.opens_at <= database_now():
            raise ValidationError(
                _("This window has opened, so it stays as it is. To give more time, grant an "
                  "extension.")
            )  # fmt: skip
        return cleaned


class ExtensionForm(forms.ModelForm):
    class Meta:
        model = Extension
        fields = ("window", "constituency", "kind", "until", "reason")

    def clean(self) -> dict[str, Any]:
        """Of one election, for somebody whom the window admits, and truly more time."""
        cleaned = super().clean() or {}
        window, until = cleaned.get("window"), cleaned.get("until")
        if window is None:
            return cleaned
        constituency, kind = cleaned.get("constituency"), cleaned.get("kind")
        if constituency and constituency.election_id != window.election_id:
            self.add_error("constituency", _("This constituency is of another election."))
        if kind and kind not in window.kinds:
            self.add_error("kind", _("This window does not admit that kind."))
        if until and until <= window.closes_at:
            self.add_error("until", _("The window does not close before that."))
        return cleaned


class RefusalGroundForm(forms.ModelForm):
    class Meta:
        model = RefusalGround
        fields = ("election", "subject", "code", "texts", "articles")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        election = cleaned.get("election")
        if election and opened_at(election):
            raise ValidationError(GROUNDS_ARE_CLOSED)
        return cleaned


class AppointForm(forms.ModelForm):
    """Whom, by the address of their account: people sign up themselves first."""

    email = forms.EmailField(label=_("E-mail address of the account"))

    class Meta:
        model = CommissionMember
        fields = ("email", "commission", "role")

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        self.person = User.objects.filter(email=email, is_active=True).first()
        if self.person is None:
            raise ValidationError(
                _("Nobody has an account with this address. They sign up first, then you appoint "
                  "them.")
            )  # fmt: skip
        return str(email)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        commission, role = cleaned.get("commission"), cleaned.get("role")
        if not commission or not role or not getattr(self, "person", None):
            return cleaned
        serving = CommissionMember.objects.serving()
        if serving.filter(commission=commission, user=self.person).exists():
            self.add_error("email", _("This person already has a post in this commission."))
        if not CommissionMember(commission=commission, role=role).role_fits():
            self.add_error("role", _("This role does not exist in a commission of that level."))
        return cleaned
