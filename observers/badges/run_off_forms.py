"""What is asked before a run-off is announced or moved, and before its badges are issued anew."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.models import Commission, Election, RunOff
from observers.domain.run_offs import Announcement

STAY, ANEW = "stay", "anew"
WRONG_DAY = {
    "required": _("Write the day."),
    "invalid": _("Write a day as 2024-02-03."),
}


def _day(**options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, error_messages=WRONG_DAY, **options)


class DaysForm(forms.Form):
    """The polling day, and the last day on which badges are valid."""

    use_required_attribute = False

    polling_on = _day(label=_("Polling day of the run-off"))
    last_day = _day(
        label=_("Badges are then valid until the end of"),
        help_text=_("The day after polling at the earliest where the count goes on overnight."),
    )

    def announcement(self, election: Election) -> Announcement:
        following = self.cleaned_data["last_day"] + datetime.timedelta(days=1)
        until = datetime.datetime.combine(following, datetime.time(), tzinfo=election.zone)
        return Announcement(polling_on=self.cleaned_data["polling_on"], badges_until=until)


def days_of(run_off: RunOff) -> dict[str, datetime.date]:
    """What the form begins with when it is moved."""
    end = run_off.badges_until.astimezone(run_off.election.zone)
    return {
        "polling_on": run_off.polling_on,
        "last_day": (end - datetime.timedelta(microseconds=1)).date(),
    }


class AnnounceForm(DaysForm):
    election = forms.ModelChoiceField(
        Election.objects.none(),
        label=_("Election"),
        empty_label=None,
        error_messages={"required": _("Choose the election.")},
    )
    badges = forms.ChoiceField(
        label=_("Badges of the first round"),
        choices=[
            (STAY, _("stay valid until then")),
            (ANEW, _("are issued anew: the commissions begin that themselves, all at once")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the badges.")},
    )
    field_order = ("election", "polling_on", "badges", "last_day")

    def __init__(self, *args: Any, elections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        election: Any = self.fields["election"]
        election.queryset = elections

    @property
    def badges_stay_valid(self) -> bool:
        return bool(self.cleaned_data["badges"] == STAY)


class RenewForm(forms.Form):
    """Of which commission; empty for all that the user may renew."""

    commission = forms.ModelChoiceField(
        Commission.objects.none(),
        label=_("Of which commission"),
        required=False,
        empty_label=_("All commissions"),
    )

    def __init__(self, *args: Any, commissions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        commission: Any = self.fields["commission"]
        commission.queryset = commissions
        if len(commission.queryset) < 2:
            del self.fields["commission"]

    def chosen(self) -> Commission | None:
        found: Commission | None = self.cleaned_data.get("commission")
        return found
