"""Sending many applications in one act, and the receipts of it."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from accounts.kept_forms import keeps_what_was_typed
from elections.domain.clock import database_now
from elections.domain.windows import open_windows
from elections.models import Election
from observers.desk_forms import SubmitManyForm
from observers.domain import desk as desks
from observers.domain import receipts, sending
from observers.domain.submissions import NotSent, submit_many
from observers.models import Application, Submission
from observers.views import desk_words, submission_words
from observers.views.asked import desk_of, key_in, pager
from organisations.enums import NominationStatus
from organisations.models import NominationRight, Organisation
from organisations.views.theirs import SignedIn, organisation_of, typed

# What is sent: everything that is complete, or what is ticked.
EVERYTHING, TICKED = "everything", "ticked"


@cache_control(private=True, no_cache=True)
@keeps_what_was_typed
def submit(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """What can be sent now; sends all of it, or what is ticked, with one confirmation."""
    theirs, election = desk_of(request, organisation)
    if request.method == "POST":
        return _send(request, theirs, election)
    return _page(request, theirs, election, SubmitManyForm(typed(request)))


def _send(request: SignedIn, theirs: Organisation, election: Election) -> HttpResponse:
    form = SubmitManyForm(request.POST)
    if request.POST.get("what") == TICKED and not _ticked(request):
        form.add_error(None, _("Tick at least one application."))
    if not form.is_valid():
        return _page(request, theirs, election, form)
    try:
        receipt = submit_many(
            _meant(request, theirs, election),
            organisation=theirs,
            election=election,
            actor=request.user,
            confirmed=form.cleaned_data["confirmed"],
        )
    except NotSent as not_sent:
        earlier = _sent_already(request, theirs, election)
        if earlier and not not_sent.refused:
            messages.info(request, _("They had been sent already. This is their receipt."))
            return redirect(earlier)
        return _page(request, theirs, election, form, not_sent=not_sent, status=409)
    return redirect(receipt)


def _meant(request: SignedIn, theirs: Organisation, election: Election) -> Any:
    """What is ticked, whatever has become of it; or all that the page counted as complete."""
    rows = Application.objects.visible_to(request.user).filter(
        organisation=theirs, election=election
    )
    if request.POST.get("what") == TICKED:
        return rows.filter(key__in=_ticked(request))
    seen_at = _seen_at(request)
    sendable = sending.with_sendable(rows, election, at=seen_at).filter(is_sendable=True)
    return sending.unchanged_since(sendable, seen_at)


def _ticked(request: SignedIn) -> list[uuid.UUID]:
    keys = map(key_in, request.POST.getlist("application")[: sending.PAGE])
    return [key for key in keys if key]


def _seen_at(request: SignedIn) -> datetime.datetime:
    """When the page was opened that is being sent."""
    now = database_now()
    try:
        seen_at = parse_datetime(request.POST.get("seen_at", ""))
    except ValueError:
        return now
    return min(now, seen_at) if seen_at and seen_at.tzinfo else now


def _sent_already(request: SignedIn, theirs: Organisation, election: Election) -> Submission | None:
    """The receipt that a first click gave, for the second."""
    earlier = _receipts(request, theirs).filter(election=election, submitted_by=request.user)
    found: Submission | None = earlier.filter(submitted_at__gte=_seen_at(request)).first()
    return found


def _receipts(request: SignedIn, theirs: Organisation) -> Any:
    visible = Submission.objects.visible_to(request.user).filter(organisation=theirs)
    return visible.select_related("organisation", "election", "submitted_by")


def _page(
    request: SignedIn,
    theirs: Organisation,
    election: Election,
    form: SubmitManyForm,
    *,
    not_sent: NotSent | None = None,
    status: int = 200,
) -> HttpResponse:
    now = database_now()
    rows = sending.with_sendable(
        Application.objects.visible_to(request.user).filter(organisation=theirs, election=election),
        election,
        at=now,
    )
    count, held = sending.counted(rows)
    after = key_in(request.GET.get("after"))
    page = sending.page(rows, behind=desks.place_of(rows, after))
    rights = NominationRight.objects.visible_to(request.user).filter(organisation=theirs)
    right = desks.newest_right(rights, election)
    choosing = "choose" in request.GET
    context = {
        "organisation": theirs,
        "election": election,
        "now": now,
        "form": form,
        "what": TICKED if choosing else EVERYTHING,
        "choosing": choosing,
        "ticked": set(_ticked(request)),
        "count": count,
        "giving_way": sending.giving_way(rows),
        "held": submission_words.held(held, theirs, election),
        "people": [submission_words.person(row) for row in page.rows],
        "pager": pager(
            request,
            {"election": election.slug, "choose": choosing and "1"},
            last=page.rows[-1].key if page.more else None,
        ),
        "right": right,
        "granted": right is not None and right.status == NominationStatus.GRANTED,
        "windows": desk_words.closings(open_windows(election, kind=theirs.kind)),
        "not_sent": not_sent,
        "refused": submission_words.refused(not_sent.refused) if not_sent else [],
        "crumbs": submission_words.way_to_desk(theirs),
    }
    return render(request, "desk/submit.html", context, status=status)


# --- Receipts -------------------------------------------------------------------------------------


@login_required
def submissions(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """What was sent together for the organisation, the newest first."""
    theirs = organisation_of(request.user, organisation)
    context = {
        "organisation": theirs,
        "receipts": receipts.with_counts(_receipts(request, theirs)),
        "crumbs": submission_words.way_to_desk(theirs),
    }
    return render(request, "desk/submissions.html", context)


@login_required
def submission(request: SignedIn, organisation: uuid.UUID, submission: uuid.UUID) -> HttpResponse:
    """The receipt: who sent how many when, what was not taken and why, and every number."""
    theirs = organisation_of(request.user, organisation)
    receipt = _receipt(request, theirs, submission)
    page = sending.lines(receipt, behind=_line_in(request.GET.get("after")))
    lines = [submission_words.line(row) for row in page.rows]
    context = {
        "organisation": theirs,
        "receipt": receipt,
        "election": receipt.election,
        "refused": [line for line in lines if line["reason"]],
        "taken": [line for line in lines if not line["reason"]],
        "pager": pager(request, {}, last=page.rows[-1].pk if page.more else None),
        "crumbs": submission_words.way_to_desk(theirs),
    }
    return render(request, "desk/submission.html", context)


def _receipt(request: SignedIn, theirs: Organisation, key: uuid.UUID) -> Any:
    return get_object_or_404(receipts.with_counts(_receipts(request, theirs)), key=key)


def _line_in(text: str | None) -> int:
    """The number of a line; 0, before all, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


@login_required
def submission_pdf(
    request: SignedIn, organisation: uuid.UUID, submission: uuid.UUID
) -> HttpResponse:
    """The receipt to print or to file, in the language of the page."""
    theirs = organisation_of(request.user, organisation)
    receipt = _receipt(request, theirs, submission)
    answer = HttpResponse(receipts.as_pdf(receipt), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{receipt.receipt_number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
