"""Appealing against a decision: the form, what becomes of it, and taking it back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from accounts import kept_forms
from observers import permissions
from observers.appeal_forms import AppealForm
from observers.domain import appeals
from observers.domain.appeals import AppealError
from observers.models import Appeal
from observers.views.appealing import Appealing
from observers.views.files import served
from observers.views.progress import own_progress, person

page = require_http_methods(["GET", "HEAD", "POST"])
fresh = cache_control(private=True, no_cache=True)


@fresh
@page
@kept_forms.keeps_what_was_typed
def appeal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Before it is lodged the form, afterwards the receipt and the answer. Where the portal takes
    no appeal, the page says where to lodge it, or why it is too late."""
    theirs = _appealing(request, key)
    if request.method == "POST":
        return _sent(request, theirs)
    if theirs.shown:
        return render(request, "apply/appeal_state.html", _context(theirs))
    if not theirs.decision:
        return redirect(theirs.application)
    typed = kept_forms.typed_before(request)
    form = AppealForm(initial={"grounds": typed.get("grounds", "")} if typed else None)
    return _form(request, theirs, form, not_stored=typed is not None)


def _sent(request: HttpRequest, theirs: Appealing) -> HttpResponse:
    """First shown to be checked; only what is confirmed is lodged."""
    form = AppealForm(request.POST)
    if theirs.waiting:
        messages.info(request, theirs.possible.reason)
        return redirect(theirs.url)
    if not theirs.possible:
        return _form(request, theirs, form, refused=theirs.possible.reason)
    if not form.is_valid() or "change" in request.POST:
        return _form(request, theirs, form)
    if "confirmed" not in request.POST:
        return render(request, "apply/appeal_check.html", _context(theirs) | {"form": form})
    try:
        appeals.lodge(theirs.application, by=person(request), grounds=form.cleaned_data["grounds"])
    except AppealError as error:
        return _form(request, theirs, form, refused=str(error))
    messages.success(request, _("Your appeal is lodged."))
    return redirect(theirs.url)


def _form(
    request: HttpRequest,
    theirs: Appealing,
    form: AppealForm,
    *,
    refused: str = "",
    not_stored: bool = False,
) -> HttpResponse:
    """`refused`: why what was sent is not lodged. What was typed stays on the page."""
    context = {"form": form, "refused": refused, "not_stored": not_stored}
    status = 409 if refused else 200
    return render(request, "apply/appeal.html", _context(theirs) | context, status=status)


@fresh
@page
@login_required
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asks once, then withdraws."""
    theirs = _appealing(request, key)
    if theirs.waiting is None or not theirs.may_withdraw:
        return redirect(theirs.application)
    if request.method != "POST":
        return render(request, "apply/appeal_withdraw.html", _context(theirs))
    try:
        appeals.withdraw(theirs.waiting, by=person(request))
    except AppealError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The appeal is withdrawn."))
    return redirect(theirs.application)


@require_safe
@login_required
def ruling(request: HttpRequest, appeal: UUID) -> FileResponse:
    """The document of a court's ruling, for whoever may see the appeal; to all others 404."""
    found: Appeal | None = (
        Appeal.objects.visible_to(request.user)
        .select_related("decision__application__commission")
        .filter(key=appeal)
        .first()
    )
    if found is None or not found.ruling:
        raise Http404
    if not permissions.may_appeal(person(request), "view", found):
        raise Http404
    is_picture = found.ruling_type.startswith("image/")
    ending = found.ruling_type.rpartition("/")[2]
    name = f"ruling-{found.ruled_on}.{ending}"
    return served(found.ruling, found.ruling_type, name=name, attached=not is_picture)


def _appealing(request: HttpRequest, key: UUID) -> Appealing:
    return Appealing(own_progress(request, key), person(request))


def _context(theirs: Appealing) -> dict[str, Any]:
    return {
        "appealing": theirs,
        "progress": theirs.progress,
        "application": theirs.application,
    }
