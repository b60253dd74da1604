"""Where a signed-in person lands, and an organisation's desk with its people."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.kept_forms import keeps_what_was_typed
from accounts.verdict import insist
from elections.domain.clock import database_now
from elections.domain.windows import open_windows
from elections.models import Election
from observers import permissions
from observers.desk_forms import NewObserverForm
from observers.domain import desk as desks
from observers.domain import drafts
from observers.models import Application, Submission
from observers.views import desk_words
from observers.views.asked import chosen_election, key_in, pager
from organisations.domain import people
from organisations.enums import NominationStatus
from organisations.models import NominationRight, Organisation, Representative
from organisations.views.theirs import SignedIn, organisation_of, typed, way_to_organisations


@login_required
def landing(request: SignedIn) -> HttpResponse:
    """Everybody where they belong: staff, representatives, and whoever applies for themselves."""
    people.accept_invitations(request.user)
    if request.user.is_staff:
        return redirect("admin:index")
    theirs = Representative.objects.filter(user=request.user).select_related("organisation")[:2]
    if len(theirs) == 1:
        return redirect(theirs[0].organisation)
    return redirect("organisations:list" if theirs else "apply:start")


@login_required
def desk(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """What needs the organisation first, then its people, for one election at a time."""
    theirs = organisation_of(request.user, organisation)
    elections = desks.elections_of(theirs)
    election = chosen_election(elections, request.GET.get("election"))
    now = database_now()
    context: dict[str, Any] = {
        "organisation": theirs,
        "election": election,
        "now": now,
        "crumbs": way_to_organisations(),
        "elections": desk_words.election_choices(elections, election),
    }
    if election:
        context |= _of_election(request, theirs, election, now)
    return render(request, "desk/desk.html", context)


def _of_election(
    request: SignedIn, theirs: Organisation, election: Election, now: Any
) -> dict[str, Any]:
    rights = NominationRight.objects.visible_to(request.user).filter(organisation=theirs)
    right = desks.newest_right(rights, election)
    granted = right is not None and right.status == NominationStatus.GRANTED
    windows = open_windows(election, kind=theirs.kind)
    everybody = desks.with_readiness(
        Application.objects.visible_to(request.user).filter(organisation=theirs, election=election),
        election,
    )
    counts = desks.counts(everybody)
    show, q = request.GET.get("status", ""), request.GET.get("q", "").strip()
    page = desks.page(
        desks.narrowed(everybody, show=show, q=q),
        behind=desks.place_of(everybody, key_in(request.GET.get("after"))),
    )
    is_front = not (show or q or request.GET.get("after"))
    kept = {"election": election.slug, "status": show, "q": q}
    return {
        "right": desk_words.right(right, may_apply=bool(windows)),
        "granted": granted,
        "windows": desk_words.closings(windows),
        "may_begin": bool(windows),
        "is_front": is_front,
        "needs": desk_words.needs(
            counts,
            granted=granted,
            open_now=bool(windows),
            submit_url=_submit_url(theirs, election),
        ),
        "has_receipts": Submission.objects.visible_to(request.user)
        .filter(organisation=theirs)
        .exists(),
        "total": sum(counts[status] for status in desk_words.STATUSES),
        "filters": desk_words.filters(counts, show=show, kept=kept),
        "people": [desk_words.person(row, granted=granted, now=now) for row in page.people],
        "show": show,
        "q": q,
        "kept": [(name, kept[name]) for name in ("election", "status") if kept[name]],
        "pager": pager(request, kept, last=page.people[-1].key if page.more else None),
    }


def _submit_url(theirs: Organisation, election: Election) -> str:
    return f"{reverse('people:submit', args=[theirs.key])}?{urlencode({'election': election.slug})}"


@keeps_what_was_typed
def begin(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """Choose where a person shall observe; this begins their draft."""
    theirs = organisation_of(request.user, organisation)
    insist(permissions.may_enter_people(request.user, theirs))
    election = chosen_election(desks.elections_of(theirs), request.GET.get("election"))
    windows = open_windows(election, kind=theirs.kind) if election else []
    if election is None or not windows:
        return _closed(request, theirs, election)
    form = NewObserverForm(
        typed(request),
        election=election,
        windows=windows,
        initial=_same_as_last(request, theirs, election),
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafts.begin(
                election=election,
                applicant=request.user,
                organisation=theirs,
                **form.cleaned_data,
            )
        except drafts.DraftError as error:
            form.add_error(None, str(error))
        else:
            return redirect(draft)
    context = {
        "organisation": theirs,
        "election": election,
        "form": form,
        "windows": desk_words.closings(windows),
        "now": database_now(),
        "crumbs": [{"label": theirs.shown_name, "url": theirs.get_absolute_url()}],
    }
    return render(request, "desk/begin.html", context)


def _closed(request: SignedIn, theirs: Organisation, election: Election | None) -> HttpResponse:
    """Too late, or too early: back to the desk, which shows what there is."""
    messages.warning(request, _("Registration is not open: no observer can be entered now."))
    where = f"?{urlencode({'election': election.slug})}" if election else ""
    return redirect(reverse("people:desk", args=[theirs.key]) + where)


def _same_as_last(request: SignedIn, theirs: Organisation, election: Election) -> dict[str, Any]:
    """People are mostly entered place by place: the last choice of who enters them stands."""
    own = Application.objects.visible_to(request.user).filter(
        organisation=theirs, election=election, applicant=request.user
    )
    last = own.order_by("-created_at", "-pk").values("scope", "constituency").first()
    return last or {}
