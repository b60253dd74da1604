"""All badges of an organisation as PDFs: made in the background at a press, then taken part by
part."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from elections.domain.clock import database_now
from elections.models import Election
from observers.badges import rates
from observers.badges.tasks import make_prints
from observers.desk_forms import AllBadgesForm
from observers.domain import badge_downloads, print_files
from observers.enums import BadgeSize, PrintSheet, PrintStatus
from observers.models import PrintBatch, PrintPart
from observers.views.asked import desk_of
from organisations.models import Organisation
from organisations.views.theirs import SignedIn, typed


@require_POST
@login_required
def make(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """Begins it, once however often it is pressed."""
    theirs, election = desk_of(request, organisation)
    form = AllBadgesForm(typed(request))
    if not form.is_valid():
        messages.error(request, _("Choose a size and a kind of paper."))
    else:
        _begin(request, theirs, election, form)
    return redirect(badges_url(theirs, election) + "#all")


def _begin(
    request: SignedIn, theirs: Organisation, election: Election, form: AllBadgesForm
) -> None:
    try:
        rates.count_all(request, str(theirs.pk))
        batch = badge_downloads.begin(
            theirs,
            election,
            by=request.user,
            size=BadgeSize(form.cleaned_data["size"]),
            sheet=PrintSheet(form.cleaned_data["sheet"]),
        )
    except rates.TooOften:
        messages.error(request, _("They were made many times within an hour. Try again later."))
    except badge_downloads.CannotDownload as error:
        messages.error(request, str(error))
    else:
        transaction.on_commit(lambda: make_prints.delay(batch.pk), robust=True)


@require_safe
@login_required
def part(request: SignedIn, organisation: uuid.UUID, batch: uuid.UUID, number: int) -> HttpResponse:
    """404 for a part that holds a badge which is not valid any more."""
    theirs, _election = desk_of(request, organisation)
    made = PrintBatch.objects.visible_to(request.user).filter(
        is_download=True, organisation=theirs, election__badge_download=True
    )
    found = get_object_or_404(made.select_related("organisation", "election"), key=batch)
    try:
        pdf = badge_downloads.content(found, number)
    except (PrintPart.DoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = (
        f'attachment; filename="badges-{found.election.slug}-{number}.pdf"'
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def badges_url(theirs: Organisation, election: Election) -> str:
    query = urlencode({"election": election.slug})
    return f"{reverse('people:badges', args=[theirs.key])}?{query}"


# --- On the page of badges ----------------------------------------------------------------------


def all_at_once(theirs: Organisation, election: Election) -> dict[str, Any]:
    """What the page of badges says about the PDF of all: how many it would hold, how far it is,
    and its parts."""
    count = badge_downloads.to_download(theirs, election).count()
    batch = badge_downloads.latest(theirs, election)
    said: dict[str, Any] = {"count": count, "form": AllBadgesForm()}
    if batch is None:
        return said
    return said | {
        "is_making": batch.status == PrintStatus.PREPARING,
        "work": _work(batch) if batch.status == PrintStatus.PREPARING else None,
        "made": _made(batch, theirs) if batch.status == PrintStatus.READY else None,
        "is_broken": batch.status == PrintStatus.BROKEN,
    }


def _work(batch: PrintBatch) -> dict[str, Any]:
    now = print_files.progress(batch, now=database_now())
    sentence = _("The PDFs are being made: %(done)s of %(total)s badges.")
    return {
        "sentence": sentence % {"done": now.done, "total": now.total},
        "done": now.done,
        "total": now.total,
    }


def _made(batch: PrintBatch, theirs: Organisation) -> dict[str, Any]:
    """The parts that can be had. One that holds a badge which has ended cannot."""
    parts = list(badge_downloads.parts_of(batch))
    address = [theirs.key, batch.key]
    return {
        "at": batch.ready_at,
        "what": f"{batch.get_size_display()}, {batch.get_sheet_display()}",
        "parts": [
            {
                "label": _part_words(each.number, each.badges),
                "size": each.size,
                "url": ""
                if each.has_ended
                else reverse("people:badges_part", args=[*address, each.number]),
            }
            for each in parts
        ],
        "is_removed": not parts,
        "without_photo": badge_downloads.without_photo(batch),
    }


def _part_words(number: int, badges: int) -> str:
    said = ngettext("Part %(part)d: %(n)d badge", "Part %(part)d: %(n)d badges", badges)
    return said % {"part": number, "n": badges}
