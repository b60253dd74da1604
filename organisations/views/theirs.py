"""What the person who asks may have. Anything else is not there for them: 404."""

import uuid
from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.kept_forms import typed_before
from organisations.models import NominationRight, Organisation


def organisation_of(user: Any, key: uuid.UUID) -> Organisation:
    """An organisation that the user represents. The commission reads it in the admin."""
    return get_object_or_404(Organisation.objects.visible_to(user).represented_by(user), key=key)


def right_of(user: Any, key: uuid.UUID) -> NominationRight:
    """A nomination right of the user's organisation, or one sent to the user's commission."""
    visible = NominationRight.objects.visible_to(user).select_related(
        "organisation", "election", "commission__election", "decision__ground"
    )
    return get_object_or_404(visible, key=key)


def typed(request: HttpRequest) -> QueryDict | None:
    """What was typed into the form: just now, or before the session ended. None: nothing."""
    return request.POST if request.method == "POST" else typed_before(request)


def way_to_organisations() -> list[dict[str, str]]:
    return [{"label": _("Your organisations"), "url": reverse("organisations:list")}]
