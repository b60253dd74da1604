"""The application for a nomination right: begun, filled in, checked, sent, followed."""

import datetime
import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.kept_forms import keeps_what_was_typed
from accounts.verdict import insist
from elections.domain.clock import database_now
from elections.models import Election
from organisations import permissions
from organisations.domain import nominations, people
from organisations.forms import MissionForm
from organisations.models import NominationRight
from organisations.views import answers
from organisations.views.nomination_pages import (
    CONFLICT,
    frame,
    gone_on,
    is_open,
    overview_page,
    sheet,
    to_fill_in,
)
from organisations.views.particulars import change_particulars
from organisations.views.theirs import SignedIn, organisation_of, right_of, typed


@login_required
@require_POST
def begin(request: SignedIn, organisation: uuid.UUID, election: str) -> HttpResponse:
    theirs = organisation_of(request.user, organisation)
    insist(permissions.may_apply(request.user, theirs))
    called = get_object_or_404(Election.objects.published(), slug=election)
    try:
        right = nominations.begin(organisation=theirs, election=called, by=request.user)
    except nominations.NominationError as error:
        messages.error(request, str(error))
        return redirect(theirs)
    return redirect(right)


@login_required
def overview(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """Where it stands, and what is to do."""
    right = right_of(request.user, key)
    insist(permissions.may_nomination(request.user, "view", right))
    return overview_page(request, right)


@keeps_what_was_typed
def organisation(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """First step: the organisation's particulars, shared by all its applications."""
    right = to_fill_in(request, key)
    if not is_open(right):
        return gone_on(request, right)
    form, changed = change_particulars(request, right.organisation)
    if changed:
        return redirect(right)
    held = people.held_columns(right.organisation)
    context = {**frame(right, database_now()), "form": form, "held": held}
    return render(request, "nomination/organisation.html", context)


@keeps_what_was_typed
def mission(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """Second step. Saved while it is typed, unless somebody stored another version since."""
    right, now = to_fill_in(request, key), database_now()
    autosaved = request.headers.get("X-Autosave") == "1"
    if nominations.is_late(right, now=now):
        sentence = _("Registration has closed. The form is kept and can still be read.")
        return _told(sentence, CONFLICT) if autosaved else gone_on(request, right)
    if request.method != "POST" and not right.is_editable:
        return redirect(right)
    form = MissionForm(
        typed(request),
        initial=MissionForm.of(right),
        autosave_url=answers.step_url(right, "mission"),
    )
    if request.method != "POST":
        return _mission_page(request, right, form, now)
    if autosaved:
        return _autosave(form, right, now)
    if form.is_valid() and _stored(form, right, now):
        return redirect(right)
    return _mission_page(request, right, form, now)


def _stored(form: MissionForm, right: NominationRight, now: datetime.datetime) -> bool:
    try:
        nominations.save(right, now=now, **form.cleaned_data)
    except nominations.StaleNomination as error:
        form.overtaken = str(error)
        return False
    return True


def _autosave(form: MissionForm, right: NominationRight, now: datetime.datetime) -> JsonResponse:
    if not form.is_valid():
        return _told(_("Not saved yet: an answer has to be corrected."), 422)
    if not _stored(form, right, now):
        return _told(form.overtaken, CONFLICT)
    local = timezone.localtime(now, right.election.zone)
    return JsonResponse(
        {"version": right.version, "message": _("Saved %(time)s") % {"time": f"{local:%H:%M}"}}
    )


def _told(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"message": sentence}, status=status)


def _mission_page(
    request: SignedIn, right: NominationRight, form: MissionForm, now: datetime.datetime
) -> HttpResponse:
    context = {**frame(right, now), "form": form}
    status = CONFLICT if form.overtaken else 200
    return render(request, "nomination/mission.html", context, status=status)


@login_required
def check(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """Last step: read it once more, and send it."""
    right = to_fill_in(request, key)
    if request.method == "POST":
        return _send(request, right)
    if not is_open(right):
        return redirect(right)
    return _check_page(request, right)


def _send(request: SignedIn, right: NominationRight) -> HttpResponse:
    insist(permissions.may_nomination(request.user, "submit", right))
    try:
        nominations.submit(right, by=request.user)
    except nominations.NominationError as error:
        messages.error(request, str(error))
        right.refresh_from_db()
        if not is_open(right):
            return overview_page(request, right, status=CONFLICT)
        return _check_page(request, right, status=CONFLICT)
    return redirect("nomination:receipt", right.key)


def _check_page(request: SignedIn, right: NominationRight, *, status: int = 200) -> HttpResponse:
    owners = right.organisation.representatives.filter(role="owner", user__isnull=False)
    context = {
        **frame(right, database_now()),
        **sheet(right),
        "lacking": answers.missing_words(right),
        "may_submit": permissions.may_nomination(request.user, "submit", right),
        "owners": [str(owner.user) for owner in owners.select_related("user")],
    }
    return render(request, "nomination/check.html", context, status=status)


@login_required
def receipt(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """It has been sent: the number, and what happens next."""
    right = right_of(request.user, key)
    insist(permissions.may_nomination(request.user, "view", right))
    if right.status != "submitted":
        return redirect(right)
    return render(request, "nomination/receipt.html", frame(right, database_now()))


@login_required
def withdraw(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    right = right_of(request.user, key)
    insist(permissions.may_nomination(request.user, "submit", right))
    if request.method != "POST":
        return render(request, "nomination/withdraw.html", frame(right, database_now()))
    try:
        nominations.withdraw(right, by=request.user)
    except nominations.NominationError as error:
        messages.error(request, str(error))
        return overview_page(request, right, status=CONFLICT)
    messages.success(request, _("The application for the nomination right is withdrawn."))
    return redirect(right)
