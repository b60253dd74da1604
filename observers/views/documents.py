"""Documents that go with an application: attached and removed one by one."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from elections.models import RequiredDocument
from observers import tasks
from observers.domain import drafts
from observers.forms import DocumentForm
from observers.views.progress import Progress, own_progress, person
from observers.views.steps import closed


@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def documents(request: HttpRequest, key: UUID) -> HttpResponse:
    """What the election asks for, each with the files that are attached to it."""
    progress = own_progress(request, key)
    if progress.is_late and request.method == "POST":
        return closed(request, progress)
    if not progress.is_editable or "documents" not in progress.steps:
        return redirect(progress.application)
    if request.method == "POST":
        return _attach(request, progress)
    return _page(request, progress)


def _attach(request: HttpRequest, progress: Progress) -> HttpResponse:
    asked = {document.code: document for document in progress.asked_documents}
    answered = asked.get(request.POST.get("document", ""))
    if answered is None:
        return _page(request, progress)
    form = DocumentForm(request.POST, request.FILES, document=answered)
    if form.is_valid():
        try:
            filed = drafts.attach(
                progress.application,
                form.cleaned_data["file"],
                answers=answered,
                by=person(request),
            )
        except drafts.DraftError as error:
            form.add_error("file", str(error))
        else:
            transaction.on_commit(lambda: tasks.count_pages.delay(filed.pk), robust=True)
            messages.success(request, _("The document is attached."))
            return redirect("apply:documents", key=progress.application.key)
    return _page(request, progress, failed=form)


def _page(
    request: HttpRequest, progress: Progress, *, failed: DocumentForm | None = None
) -> HttpResponse:
    context = {
        "progress": progress,
        "application": progress.application,
        "failed": failed,
        "asked": [_asked(progress, document, failed) for document in progress.asked_documents],
        "place": progress.place_of("documents"),
        "next_url": progress.url_after("documents"),
    }
    return render(request, "apply/documents.html", context)


def _asked(
    progress: Progress, document: RequiredDocument, failed: DocumentForm | None
) -> dict[str, object]:
    is_failed = failed is not None and failed.document == document
    return {
        "document": document,
        "form": failed if is_failed else DocumentForm(document=document),
        "files": [
            filed for filed in progress.filed_documents if filed.answers.code == document.code
        ],
    }


@require_POST
@login_required
def remove(request: HttpRequest, key: UUID, document: UUID) -> HttpResponse:
    progress = own_progress(request, key)
    filed = get_object_or_404(progress.application.documents, key=document)
    if progress.is_late:
        return closed(request, progress)
    try:
        drafts.detach(filed)
    except drafts.DraftError as error:
        messages.error(request, str(error))
        return redirect(progress.application)
    messages.success(request, _("The document is removed."))
    return redirect("apply:documents", key=progress.application.key)
