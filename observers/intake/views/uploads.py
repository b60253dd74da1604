"""Handing in a spreadsheet and photos; templates to fill in; what was handed in before."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from elections.domain.clock import database_now
from elections.domain.windows import open_windows
from elections.models import Election
from observers.intake import receiving, streaming, workbooks
from observers.intake.findings import Unusable
from observers.intake.forms import UploadForm
from observers.intake.views import words
from observers.intake.views.theirs import way_to_uploads
from observers.models import Upload
from observers.views import desk_words
from observers.views.asked import desk_of
from organisations.models import Organisation
from organisations.views.theirs import SignedIn

# How many earlier uploads are listed.
EARLIER = 50
CSV = "text/csv; charset=utf-8"


@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def uploads(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """Who asks is checked before anything of the files is read; the form's token, after that."""
    theirs, election = desk_of(request, organisation)
    if request.method == "POST":
        incoming = streaming.Incoming(request)
        request.upload_handlers = [incoming]
        return _handed_in(request, theirs, election, incoming)
    return _asked(request, theirs, election)


@csrf_protect
def _asked(request: SignedIn, theirs: Organisation, election: Election) -> HttpResponse:
    return _page(request, theirs, election, _form(request, theirs, election))


@csrf_protect
def _handed_in(
    request: SignedIn, theirs: Organisation, election: Election, incoming: streaming.Incoming
) -> HttpResponse:
    files = request.FILES
    form = _form(request, theirs, election, request.POST, files, refused=incoming.refused)
    if form.is_valid():
        try:
            upload = receiving.receive(
                organisation=theirs, election=election, by=request.user, **form.cleaned_data
            )
        except Unusable as unusable:
            form.add_error(_culprit(form.cleaned_data), str(unusable))
        else:
            if _by_script(request):
                return JsonResponse({"url": upload.get_absolute_url()})
            return redirect(upload)
    if _by_script(request):
        return JsonResponse({"errors": _errors(form)}, status=422)
    return _page(request, theirs, election, form)


def _form(
    request: SignedIn, theirs: Organisation, election: Election, *sent: Any, **refused: Any
) -> UploadForm:
    windows = open_windows(election, kind=theirs.kind)
    return UploadForm(*sent, election=election, windows=windows, **refused)


def _culprit(chosen: dict[str, Any]) -> str | None:
    """The field that a file of no use was chosen in; None where it may have been either."""
    if chosen["sheet"] and chosen["photos"]:
        return None
    return streaming.SHEET if chosen["sheet"] else streaming.PHOTOS


def _by_script(request: SignedIn) -> bool:
    return request.headers.get("Accept") == "application/json"


def _errors(form: UploadForm) -> list[dict[str, str]]:
    """For the script that sent the form, so that what was chosen stays chosen."""
    return [
        {"field": "" if name == "__all__" else name, "message": str(error)}
        for name, errors in form.errors.items()
        for error in errors
    ]


def _page(
    request: SignedIn, theirs: Organisation, election: Election, form: UploadForm
) -> HttpResponse:
    windows = open_windows(election, kind=theirs.kind)
    earlier = Upload.objects.visible_to(request.user).filter(organisation=theirs, election=election)
    context = {
        "organisation": theirs,
        "election": election,
        "form": form,
        "now": database_now(),
        "windows": desk_words.closings(windows),
        "templates": _templates(theirs, election),
        "steps": words.steps(),
        "uploads": [words.row(upload) for upload in earlier[:EARLIER]],
        "crumbs": way_to_uploads(theirs),
        "limits": {
            "sheet": settings.SHEET_LIMIT_BYTES,
            "photos": settings.ARCHIVE_LIMIT_BYTES,
            "pictures": streaming.PICTURES_AT_ONCE,
        },
    }
    return render(request, "uploads/uploads.html", context)


# --- Templates to fill in -------------------------------------------------------------------------


def _templates(theirs: Organisation, election: Election) -> list[dict[str, Any]]:
    """In each language, by that language's own name; the reader's own first."""
    mine = translation.get_language()
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != mine)
    return [
        {
            "code": code,
            "language": translation.get_language_info(code)["name_local"].capitalize(),
            "urls": [
                {"format": form.upper(), "url": _template_url(theirs, election, code, form)}
                for form in ("xlsx", "csv")
            ],
        }
        for code in codes
    ]


def _template_url(theirs: Organisation, election: Election, language: str, form: str) -> str:
    where = reverse("people:template", args=[theirs.key, language, form])
    return f"{where}?election={election.slug}"


@login_required
@require_safe
def template(request: SignedIn, organisation: uuid.UUID, language: str, form: str) -> HttpResponse:
    """An empty list with the right headings, as a workbook with choices or as CSV."""
    theirs, election = desk_of(request, organisation)
    if language not in dict(settings.LANGUAGES) or form not in ("xlsx", "csv"):
        raise Http404
    with translation.override(language):
        name = _("observers")
    if form == "csv":
        answer = HttpResponse(workbooks.template_csv(language), content_type=CSV)
    else:
        content = workbooks.template(language, election=election, kind=theirs.kind)
        answer = HttpResponse(content, content_type=workbooks.TYPE)
    return words.attached(answer, f"{name}.{form}")
