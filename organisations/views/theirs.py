"""What the person who asks may have. Anything else is not there for them: 404."""

import uuid

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.kept_forms import typed_before
from accounts.models import User
from organisations.models import NominationRight, Organisation


class SignedIn(HttpRequest):
    """A request that the guards have let through: somebody has signed in."""

    user: User


def organisation_of(user: User, key: uuid.UUID) -> Organisation:
    """An organisation that the user represents. The commission reads it in the admin."""
    theirs = Organisation.objects.visible_to(user).represented_by(user)
    found: Organisation = get_object_or_404(theirs, key=key)
    return found


def right_of(user: User, key: uuid.UUID) -> NominationRight:
    """A nomination right of the user's organisation, or one sent to the user's commission."""
    visible = NominationRight.objects.visible_to(user).select_related(
        "organisation", "election", "commission__election", "decision__ground"
    )
    found: NominationRight = get_object_or_404(visible, key=key)
    return found


def typed(request: HttpRequest) -> QueryDict | None:
    """What was typed into the form: just now, or before the session ended. None: nothing."""
    return request.POST if request.method == "POST" else typed_before(request)


def way_to_organisations() -> list[dict[str, str]]:
    return [{"label": _("Your organisations"), "url": reverse("organisations:list")}]
