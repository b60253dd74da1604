"""What the record of a session asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.access import Reach, reach
from accounts.models import User
from accounts.names import tidy
from elections.domain.clock import database_now
from elections.models import CommissionMember
from observers.domain import sessions
from observers.domain.sessions import Protocol, SessionError
from observers.models import CommissionSession

LONGEST_NAME = 200


class NamesField(forms.CharField):
    """Names, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").splitlines()
        return [name for line in lines if (name := tidy(line)[:LONGEST_NAME])]


class RecordForm(forms.Form):
    """The protocol's head. What is adopted stands on the agenda."""

    number = forms.CharField(
        label=_("Number of the protocol"),
        max_length=40,
        error_messages={"required": _("Write the number that the protocol bears.")},
    )
    held_on = forms.DateField(
        label=_("Day of the session"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Say on which day the session was held."),
            "invalid": _("Write a day as 2024-02-03."),
        },
    )
    place = forms.CharField(
        label=pgettext_lazy("of a session", "Place"),
        max_length=120,
        help_text=_("As it stands in the protocol: the city or the settlement."),
        error_messages={"required": _("Write where the session was held.")},
    )
    chaired_by = forms.ChoiceField(
        label=_("Who chaired the session"),
        error_messages={"required": _("Choose who chaired the session.")},
    )
    members = forms.MultipleChoiceField(
        label=_("Members who were present"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Who is not ticked stands in the protocol as absent."),
    )
    other_members = NamesField(
        label=_("Other members who were present"),
        required=False,
        help_text=_("Those who do not work in the portal. One name a line."),
    )
    secretary = forms.CharField(
        label=_("Who wrote the protocol"), max_length=LONGEST_NAME, required=False
    )
    guests = NamesField(
        label=_("Others who were present"),
        required=False,
        help_text=_("Observers, the press, those invited. One name a line."),
    )

    def __init__(self, *args: Any, session: CommissionSession, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.names = {str(post.pk): named(post.user) for post in members_of(session)}
        own = next((str(p.pk) for p in members_of(session) if p.user_id == user.pk), None)
        choices = list(self.names.items())
        self.fields["members"].choices = choices  # type: ignore[attr-defined]
        self.fields["chaired_by"].choices = choices  # type: ignore[attr-defined]
        self.fields["chaired_by"].initial = own
        self.fields["members"].initial = [own] if own else []
        self.fields["held_on"].initial = database_now().astimezone(session.election.zone).date()
        self.fields["place"].initial = sessions.last_place(session.commission)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                sessions.check(self.session, self.protocol())
            except SessionError as error:
                self.add_error(error.about or None, str(error))
        return cleaned

    def protocol(self) -> Protocol:
        """Who chaired the session and who wrote its protocol were there, ticked or not."""
        said = self.cleaned_data
        chair, secretary = self.names[said["chaired_by"]], tidy(said["secretary"])
        ticked = [self.names[key] for key in said["members"]]
        present = list(dict.fromkeys([chair, secretary, *ticked, *said["other_members"]]))
        return Protocol(
            number=said["number"],
            held_on=said["held_on"],
            place=said["place"],
            chaired_by=chair,
            secretary=secretary,
            present=tuple(name for name in present if name),
            absent=tuple(name for name in self.names.values() if name not in present),
            guests=tuple(said["guests"]),
        )


def members_of(session: CommissionSession) -> list[CommissionMember]:
    """Who works on applications there now; not who only looks, or sets elections up."""
    serving = session.commission.members.serving().select_related("user").order_by("pk")
    return [post for post in serving if reach(post.role, "application", "review") != Reach.NOTHING]


def named(user: User) -> str:
    return user.full_name or user.email
