"""What the decisions of a commission ask in the same way, whatever they are about."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.models import RefusalGround


class SeenForm(forms.Form):
    """Carries the version that the reviewer looked at, so that what has changed since is not
    decided unseen. By itself it asks nothing."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, seen: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = seen.version

    @property
    def asks(self) -> bool:
        return bool(self.visible_fields())


class GroundField(forms.ModelChoiceField):
    """One of the election's closed list; the form narrows it to its election and subject."""

    def __init__(self) -> None:
        super().__init__(
            RefusalGround.objects.none(),
            label=_("Ground"),
            widget=forms.RadioSelect,
            empty_label=None,
            help_text=_("The law knows no other."),
            error_messages={
                "required": _("Choose the ground."),
                "invalid_choice": _("Choose one."),
            },
        )

    def narrow(self, *, election_id: int, subject: str) -> None:
        self.queryset = RefusalGround.objects.filter(election=election_id, subject=subject)
