"""The documents of an application for a nomination right: attached, removed, looked at."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.verdict import insist
from elections.domain.clock import database_now
from elections.models import RequiredDocument
from organisations import permissions
from organisations.domain import nominations
from organisations.forms import DocumentForm
from organisations.models import NominationRight
from organisations.views import answers
from organisations.views.nomination_pages import frame, gone_on, is_open, to_fill_in
from organisations.views.theirs import SignedIn, right_of


@login_required
def documents(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """Third step: a file for each document, one at a time, so that nothing is sent twice."""
    right = to_fill_in(request, key)
    if not is_open(right):
        return redirect(right)
    return _page(request, right)


@login_required
@require_POST
def attach(request: SignedIn, key: uuid.UUID, code: str) -> HttpResponse:
    right = to_fill_in(request, key)
    asked = _asked(right, code)
    if not is_open(right):
        return gone_on(request, right)
    form = _form(right, asked, request)
    if form.is_valid():
        checked = form.cleaned_data["file"]
        try:
            filed = nominations.attach(right, checked, answers=asked, by=request.user)
        except nominations.NominationError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Attached: %(name)s.") % {"name": filed.original_name})
            return redirect("nomination:documents", right.key)
    return _page(request, right, answered=form)


def _asked(right: NominationRight, code: str) -> RequiredDocument:
    for asked in nominations.asked_documents(right):
        if asked.code == code:
            return asked
    raise Http404


def _form(
    right: NominationRight, asked: RequiredDocument, request: SignedIn | None = None
) -> DocumentForm:
    action = reverse("nomination:attach", args=[right.key, asked.code])
    if request is None:
        return DocumentForm(asked=asked, action=action)
    return DocumentForm(request.POST, request.FILES, asked=asked, action=action)


def _page(
    request: SignedIn, right: NominationRight, *, answered: DocumentForm | None = None
) -> HttpResponse:
    """One part for each document; `answered` is the form that was just sent and is wrong."""
    files = answers.attached(right)
    parts: list[dict[str, Any]] = [
        {
            "asked": asked,
            "files": files.get(asked.code, []),
            "form": answered if answered and answered.prefix == asked.code else _form(right, asked),
        }
        for asked in nominations.asked_documents(right)
    ]
    context = {**frame(right, database_now()), "parts": parts, "answered": answered}
    return render(request, "nomination/documents.html", context)


@login_required
@require_POST
def detach(request: SignedIn, key: uuid.UUID, document: uuid.UUID) -> HttpResponse:
    right = to_fill_in(request, key)
    filed = get_object_or_404(right.documents.select_related("right"), key=document)
    if not is_open(right):
        return gone_on(request, right)
    try:
        nominations.detach(filed)
    except nominations.NominationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Removed: %(name)s.") % {"name": filed.original_name})
    return redirect("nomination:documents", right.key)


@login_required
def document_file(request: SignedIn, key: uuid.UUID, document: uuid.UUID) -> FileResponse:
    """The file itself: to keep, never to be run or shown by the browser, never stored between."""
    right = right_of(request.user, key)
    insist(permissions.may_nomination(request.user, "files", right))
    filed = get_object_or_404(right.documents, key=document)
    try:
        stored = filed.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(
        stored,
        as_attachment=True,
        filename=filed.original_name,
        content_type=filed.content_type,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
