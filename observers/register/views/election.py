"""One election: its windows, what it asks for, on what grounds it may refuse, how far it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from elections.domain.clock import database_now
from elections.enums import Kind
from elections.models import (
    CalendarEvent,
    CommissionMember,
    Election,
    Extension,
    RunOff,
    Window,
)
from observers.register.standing import standing
from observers.register.views.home import numbers


@require_safe
@cache_control(private=True, no_cache=True)
def election(request: HttpRequest, election: str) -> HttpResponse:
    found = get_object_or_404(Election.objects.published(), slug=election)
    now = database_now()
    windows = list(Window.objects.filter(election=found).with_closing().order_by("closes_at"))
    context = {
        "election": found,
        "now": now,
        "standing": standing(found, windows, now=now),
        "windows": windows,
        "extensions": _extensions(found),
        "run_off": RunOff.objects.filter(election=found).first(),
        "closings": CalendarEvent.objects.filter(window__election=found).select_related("window"),
        "documents": _documents(found),
        "grounds": found.refusal_grounds.order_by("-subject", "code"),
        **numbers(found),
    }
    return render(request, "register/election.html", context)


def _extensions(election: Election) -> list[dict[str, Any]]:
    """Each with the office that gave it; the person behind it is not named."""
    extensions = list(
        Extension.objects.filter(window__election=election).select_related("window", "constituency")
    )
    offices = _offices(election, {extension.granted_by_id for extension in extensions})
    return [
        {
            "window": extension.window,
            "constituency": extension.constituency,
            "kind": Kind(extension.kind).label if extension.kind else "",
            "until": extension.until,
            "reason": extension.reason,
            "granted_at": extension.granted_at,
            "office": offices.get(extension.granted_by_id, ""),
        }
        for extension in extensions
    ]


def _offices(election: Election, people: set[int]) -> dict[int, str]:
    posts = CommissionMember.objects.filter(user__in=people, commission__election=election)
    return {
        post.user_id: f"{post.get_role_display()}, {post.commission}"
        for post in posts.select_related("commission").order_by("left_at")
    }


def _documents(election: Election) -> list[dict[str, Any]]:
    """The current version of each, with whom it is asked of."""
    return [
        {"document": document, "kinds": [Kind(kind).label for kind in document.kinds]}
        for document in election.required_documents.current().order_by(
            "-subject", "-is_required", "code"
        )
    ]
