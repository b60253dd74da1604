"""An application from its beginning to its receipt, and what becomes of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from elections.domain.clock import database_now
from elections.domain.windows import closing_moment, is_open
from elections.enums import Kind
from elections.models import Election, Window
from observers.domain import applications, drafts
from observers.enums import LIVE, WAITING, Status
from observers.forms import BeginForm
from observers.lifecycle import SUBMIT, WITHDRAW
from observers.models import Application
from observers.views.appealing import Appealing
from observers.views.progress import Progress, own_applications, own_progress, person
from observers.views.steps import closed
from observers.views.substituting import Substituting

page = require_http_methods(["GET", "HEAD", "POST"])
fresh = cache_control(private=True, no_cache=True)


# --- The beginning -------------------------------------------------------------------------------


@fresh
@page
def start(request: HttpRequest) -> HttpResponse:
    """For everybody: what is open, and what the person has begun or sent."""
    now = database_now()
    own = own_applications(request).filter(organisation__isnull=True).order_by("-created_at")
    elections = [_opening(request, election, list(own), now) for election in _elections()]
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect("apply:start")
        for opening in elections:
            begun = _begin(request, opening)
            if begun:
                return redirect(begun)
    context = {
        "openings": elections,
        "own": [Progress(application, now) for application in own],
        "now": now,
    }
    return render(request, "apply/start.html", context)


def _elections() -> list[Election]:
    """Elections to come that somebody can register for on their own initiative."""
    admitting = Window.objects.admitting(Kind.OWN_INITIATIVE).values("election")
    upcoming = Election.objects.published().filter(polling_on__gte=timezone.localdate())
    return list(upcoming.filter(pk__in=admitting).order_by("polling_on"))


def _opening(
    request: HttpRequest, election: Election, own: list[Application], now: Any
) -> dict[str, Any]:
    windows: list[dict[str, Any]] = [
        {
            "window": window,
            "closes_at": closes_at,
            "is_open": is_open(window, now=now, closes_at=closes_at),
        }
        for window in election.windows.admitting(Kind.OWN_INITIATIVE)
        for closes_at in [closing_moment(window, kind=Kind.OWN_INITIATIVE, constituency=None)]
    ]
    usable = [entry["window"] for entry in windows if entry["is_open"]]
    running = [
        application
        for application in own
        if application.election_id == election.pk and application.status in (Status.DRAFT, *LIVE)
    ]
    # Who is asked to choose reads about the open windows there; who has begun, in the draft.
    asked = request.user.is_authenticated
    sent = request.POST if f"{election.slug}-begin" in request.POST else None
    return {
        "election": election,
        "told": [entry for entry in windows if not (asked and entry["is_open"])],
        "is_open": bool(usable),
        "running": running[0] if running else None,
        "form": BeginForm(sent, election=election, windows=usable) if usable else None,
    }


def _begin(request: HttpRequest, opening: dict[str, Any]) -> Application | None:
    form = opening["form"]
    if form is None or not form.is_bound or not form.is_valid():
        return None
    try:
        return drafts.resume_or_begin(
            election=opening["election"],
            scope=form.cleaned_data["scope"],
            applicant=person(request),
        )
    except drafts.DraftError as error:
        form.add_error(None, str(error))
    return None


# --- One application -----------------------------------------------------------------------------


@fresh
@page
@login_required
def overview(request: HttpRequest, key: UUID) -> HttpResponse:
    """What is left to do; once it is sent, where it stands and what was sent."""
    progress = own_progress(request, key)
    if progress.is_late or progress.application.status == Status.LAPSED:
        template = "apply/closed.html"
    elif progress.is_editable:
        template = "apply/overview.html"
    else:
        template = "apply/filed.html"
    beside = {
        "appealing": Appealing(progress, person(request)),
        "substituting": Substituting(progress, person(request)),
    }
    return render(request, template, {**_context(progress), **beside})


@fresh
@page
@login_required
def check(request: HttpRequest, key: UUID) -> HttpResponse:
    """All answers before they are sent; sending."""
    progress = own_progress(request, key)
    if request.method == "POST":
        return _submit(request, progress)
    if not progress.is_editable:
        return redirect(progress.application)
    return render(request, "apply/check.html", _context(progress))


def _submit(request: HttpRequest, progress: Progress) -> HttpResponse:
    key = progress.application.key
    if progress.is_editable and request.POST.get("version") != str(progress.application.version):
        changed = _("It was changed since this page was opened. Look through it again, then send.")
        return _not_sent(request, progress, changed)
    moved = applications.move(
        own_applications(request).filter(key=key), SUBMIT, actor=person(request)
    )
    if moved.done:
        return redirect("apply:receipt", key=key)
    progress = own_progress(request, key)
    if progress.application.status in WAITING:
        messages.info(request, _("It had been sent already. This is its receipt."))
        return redirect("apply:receipt", key=key)
    if progress.is_late:
        return closed(request, progress)
    return _not_sent(request, progress, " ".join(reason for _row, reason in moved.skipped))


def _not_sent(request: HttpRequest, progress: Progress, reason: str) -> HttpResponse:
    return render(
        request, "apply/check.html", {**_context(progress), "not_sent": reason}, status=409
    )


@fresh
@login_required
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """Proof that the application is stored, and what happens next."""
    progress = own_progress(request, key)
    if not progress.application.receipt_number:
        return redirect(progress.application)
    return render(request, "apply/receipt.html", _context(progress))


@fresh
@page
@login_required
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asks once, then withdraws. A draft goes the same way."""
    progress = own_progress(request, key)
    if not progress.may_withdraw:
        return redirect(progress.application)
    if request.method != "POST":
        return render(request, "apply/withdraw.html", _context(progress))
    moved = applications.move(
        own_applications(request).filter(key=key), WITHDRAW, actor=person(request)
    )
    if moved.done:
        messages.success(request, _("The application is withdrawn."))
    for _row, reason in moved.skipped:
        messages.error(request, reason)
    return redirect(progress.application)


def _context(progress: Progress) -> dict[str, Any]:
    return {"progress": progress, "application": progress.application}
