"""The addresses behind the panels: pictures of what is attached, notes, messages, standing aside.

Rows come through `ApplicationAdmin.visible`, so what is another commission's is 404.
"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from observers import permissions
from observers.domain import changes, conversation, pages, recusals
from observers.models import Application
from observers.views.files import SANDBOX, served

Row = Callable[[HttpRequest, str], Any]


def addresses(wrap: Callable[..., Any], row: Row, site: Any) -> list[URLPattern]:
    """`row` fetches the application behind a number, or raises Http404."""

    def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        def shown(request: HttpRequest, pk: int, **more: Any) -> HttpResponseBase:
            return view(request, row(request, str(pk)), site=site, **more)

        return path(f"<int:pk>/{route}", wrap(shown), name=f"observers_{name}")

    return [
        page("documents/<uuid:document>/<int:page>.png", page_of_document, "application_page"),
        page("paper/scan/<int:page>.png", page_of_scan, "paperapplication_scan_page"),
        page("earlier-photo.jpg", earlier_photo, "application_earlier_photo"),
        page("notes/", note, "application_note"),
        page("messages/", message, "application_message"),
        page("recuse/", recuse, "application_recuse"),
    ]


# --- Files ---------------------------------------------------------------------------------------


@require_safe
def page_of_document(
    request: HttpRequest, row: Application, *, site: Any, document: UUID, page: int
) -> HttpResponse:
    """One page of a PDF as a picture, to nobody's cache."""
    _insist_on_files(request, row)
    filed = get_object_or_404(row.documents, key=document, content_type=pages.PDF)
    return as_png(filed.file, page)


@require_safe
def page_of_scan(request: HttpRequest, row: Application, *, site: Any, page: int) -> HttpResponse:
    """One page of the scan of what came on paper."""
    _insist_on_files(request, row)
    form = getattr(row, "paper_form", None)
    if form is None or form.content_type != pages.PDF:
        raise Http404
    return as_png(form.scan, page)


def as_png(file: Any, page: int) -> HttpResponse:
    """Raises Http404 where there is no such page."""
    try:
        png = pages.drawn_from(file, page=page)
    except pages.Unreadable as error:
        raise Http404 from error
    answer = HttpResponse(png, content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def earlier_photo(request: HttpRequest, row: Application, *, site: Any) -> FileResponse:
    """The photo as it was when the application was returned."""
    _insist_on_files(request, row)
    earlier = changes.earlier_photo(row)
    stored = Application(photo=earlier).photo if earlier else row.photo
    if not stored:
        raise Http404
    return served(stored, "image/jpeg", name="photo.jpg", attached=False)


def _insist_on_files(request: HttpRequest, row: Application) -> None:
    if not permissions.may(_staff(request), "files", row):
        raise Http404


# --- Notes and messages --------------------------------------------------------------------------


@require_POST
def note(request: HttpRequest, row: Application, *, site: Any) -> HttpResponse:
    """A note for colleagues."""
    if not permissions.may(_staff(request), "review", row):
        raise PermissionDenied
    _say(request, lambda text: conversation.note(row, author=_staff(request), text=text))
    return _back(request, row, "notes")


@require_POST
def message(request: HttpRequest, row: Application, *, site: Any) -> HttpResponse:
    """A message to the applicant, which leaves as a letter too."""
    user = _staff(request)
    if not permissions.may(user, "converse", row):
        raise PermissionDenied
    sent = _say(request, lambda text: conversation.write_to_applicant(row, author=user, text=text))
    if sent:
        messages.success(request, _("The message is on its way to the applicant."))
    return _back(request, row, "conversation")


def _say(request: HttpRequest, write: Callable[[str], Any]) -> bool:
    try:
        write(request.POST.get("text", ""))
    except conversation.ConversationError as error:
        messages.error(request, str(error))
        return False
    return True


# --- Standing aside ------------------------------------------------------------------------------


class RecuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why you stand aside"),
        help_text=gettext_lazy(
            "For example: a relative, a former employer, a dispute. Colleagues read it; the "
            "applicant does not."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Say why you stand aside.")},
    )
    whole_organisation = forms.BooleanField(
        label=gettext_lazy("From everything of this organisation"), required=False
    )

    def __init__(self, *args: Any, row: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if row.organisation_id is None:
            del self.fields["whole_organisation"]


def recuse(request: HttpRequest, row: Application, *, site: Any) -> HttpResponse:
    """Asks why, then stands aside. It cannot be taken back."""
    user = _staff(request)
    if not recusals.may_stand_aside(user, row):
        raise PermissionDenied
    if permissions.has_stood_aside(user, row):
        messages.info(request, _("You have stood aside already."))
        return _back(request, row, "recusals")
    form = RecuseForm(request.POST if request.method == "POST" else None, row=row)
    if form.is_valid():
        recusals.stand_aside(
            user,
            row,
            reason=form.cleaned_data["reason"],
            whole_organisation=form.cleaned_data.get("whole_organisation", False),
        )
        messages.success(request, _("You have stood aside: a colleague decides it."))
        return _back(request, row, "recusals")
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "application": row,
        "page_url": page_url(row),
        "title": _("Stand aside"),
        "form": form,
    }
    return TemplateResponse(request, "admin/observers/application/recuse.html", context)


def page_url(row: Application) -> str:
    return reverse("admin:observers_application_change", args=[row.pk])


def _back(request: HttpRequest, row: Application, panel: str) -> HttpResponseRedirect:
    """To the page that was left, with the filters of its queue."""
    left = urlsplit(request.headers.get("Referer", ""))
    own = page_url(row)
    query = request.META.get("QUERY_STRING") or (left.query if left.path == own else "")
    return HttpResponseRedirect(f"{own}{'?' if query else ''}{query}#{panel}")


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
