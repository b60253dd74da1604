"""Photos and documents of an application, for those who may see them. Everybody else gets 404."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from observers import permissions
from observers.models import Application
from observers.views.progress import person

# Whatever the file holds, it runs nothing and asks nothing of anybody.
SANDBOX = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@require_safe
@login_required
def photo(request: HttpRequest, key: UUID) -> FileResponse:
    application = _application(request, key)
    if not application.photo:
        raise Http404
    return served(application.photo, "image/jpeg", name="photo.jpg", attached=False)


@require_safe
@login_required
def document(request: HttpRequest, key: UUID, document: UUID) -> FileResponse:
    """Pictures open in the browser, shut in; a PDF is downloaded."""
    filed = get_object_or_404(_application(request, key).documents, key=document)
    is_picture = filed.content_type.startswith("image/")
    return served(filed.file, filed.content_type, name=filed.original_name, attached=not is_picture)


def _application(request: HttpRequest, key: UUID) -> Application:
    application: Application = get_object_or_404(
        Application.objects.visible_to(request.user).select_related("commission"), key=key
    )
    if not permissions.may(person(request), "files", application):
        raise Http404
    return application


def served(file: Any, content_type: str, *, name: str, attached: bool) -> FileResponse:
    """A stored file, to nobody's cache. Raises Http404 where it has been removed."""
    try:
        stored = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(stored, as_attachment=attached, filename=name, content_type=content_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
