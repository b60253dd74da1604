"""One upload: how far it is, what was found in it, what becomes of it."""

import uuid
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from elections.enums import ObserverConsent
from observers.enums import UploadStatus
from observers.intake import reports, steering, workbooks
from observers.intake.columns import COLUMNS
from observers.intake.findings import Unusable
from observers.intake.forms import ColumnsForm, StoreForm
from observers.intake.views import words
from observers.intake.views.theirs import upload_of, uploads_url, way_to_upload
from observers.models import Upload
from organisations.views.theirs import SignedIn

# Where the report can be looked at: what was checked stays with what was stored.
REPORTED = (UploadStatus.CHECKED, UploadStatus.STORED)
NAMEABLE = (UploadStatus.UNMAPPED, UploadStatus.CHECKED)


@login_required
@require_safe
@never_cache
def upload(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    """The page of an upload in every state. It asks for itself again while a worker is at it."""
    found = upload_of(request, organisation, upload)
    context: dict[str, Any] = {
        "upload": found,
        "organisation": found.organisation,
        "election": found.election,
        "heading": words.heading(found),
        "is_working": found.status in words.WORKING,
        "work": words.work(found),
        "problem": words.problem(found),
        "stopped": words.stopped(found),
        "uploads_url": uploads_url(found.organisation, found.election),
        "crumbs": way_to_upload(found),
    }
    if found.status in REPORTED:
        context |= _reported(found)
    return render(request, "uploads/upload.html", context)


def _reported(found: Upload) -> dict[str, Any]:
    report = reports.report(found)
    election = found.election
    where = urlencode({"election": election.slug})
    return {
        "figures": words.figures(found),
        "errors": report.errors,
        "notices": report.notices,
        "wrong": found.counts.get("wrong", 0),
        "store": words.store_button(found) if found.status == UploadStatus.CHECKED else "",
        "form": None if found.counts.get("wrong") else StoreForm(),
        "has_workbook": bool(found.sheet and report.errors),
        "has_photos": bool(found.counts.get("photos") or found.counts.get("photos_used")),
        "may_name": bool(found.sheet and found.status == UploadStatus.CHECKED),
        "submit_url": f"{reverse('people:submit', args=[found.organisation.key])}?{where}",
        "agreements_url": ""
        if election.observer_consent == ObserverConsent.NOT_ASKED
        else f"{reverse('people:agreements', args=[found.organisation.key])}?{where}",
    }


@login_required
@require_safe
def errors(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    """The sheet as it was handed in, with a column that says what is wrong in each row."""
    found = upload_of(request, organisation, upload)
    if found.status not in REPORTED or not found.sheet:
        raise Http404
    try:
        content = workbooks.with_errors(found)
    except Unusable as unusable:
        raise Http404 from unusable
    name = _("%(name)s, what to mend") % {"name": PurePath(found.sheet_name).stem}
    return words.attached(HttpResponse(content, content_type=workbooks.TYPE), f"{name}.xlsx")


@login_required
@require_POST
def store(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    found = upload_of(request, organisation, upload)
    form = StoreForm({"mode": request.POST.get("mode", found.mode)})
    if form.is_valid():
        try:
            steering.start_storing(found, mode=form.cleaned_data["mode"], by=request.user)
        except steering.NotNow as error:
            messages.error(request, str(error))
    else:
        messages.error(request, _("Choose what becomes of the other rows."))
    return redirect(found)


@login_required
@require_POST
def cancel(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    found = upload_of(request, organisation, upload)
    try:
        steering.cancel(found)
    except steering.NotNow as error:
        messages.error(request, str(error))
    return redirect(found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: SignedIn, organisation: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    """Which column holds what: asked when it could not be seen, and when it was seen wrongly."""
    found = upload_of(request, organisation, upload)
    if found.status not in NAMEABLE or not found.sheet:
        return redirect(found)
    try:
        named = reports.columns_to_name(found)
    except Unusable as unusable:
        messages.error(request, str(unusable))
        return redirect(found)
    typed = request.POST if request.method == "POST" else None
    form = ColumnsForm(typed, headings=named.headings, samples=named.samples)
    if request.method == "POST" and form.is_valid():
        try:
            steering.name_columns(found, headings_row=named.headings.row, columns=form.columns)
        except steering.NotNow as error:
            form.add_error(None, str(error))
        else:
            return redirect(found)
    context = {
        "upload": found,
        "election": found.election,
        "form": form,
        "required": [column.label for column in COLUMNS.values() if column.required],
        "crumbs": [*way_to_upload(found), {"label": str(found), "url": found.get_absolute_url()}],
    }
    return render(request, "uploads/columns.html", context)
