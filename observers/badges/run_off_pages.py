"""The run-off at the commission: announced, moved to later, its badges issued anew."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import holds_any, posts_of
from elections.models import Commission, Election, RunOff
from observers.badges.run_off_forms import AnnounceForm, DaysForm, RenewForm, days_of
from observers.domain import run_offs
from observers.domain.run_offs import CannotAnnounce
from observers.tasks import renew_badges

# In an address: what was pressed is under way, so the page looks again by itself.
WORKING = "working"


def announce_page(request: HttpRequest, site: Any) -> HttpResponse:
    """Says what it means, asks the days, then announces."""
    user = staff(request)
    elections = _elections_to_announce(user)
    form = AnnounceForm(request.POST or None, elections=elections)
    if form.is_bound and form.is_valid():
        election = form.cleaned_data["election"]
        try:
            run_off = run_offs.announce(
                election,
                form.announcement(election),
                badges_stay_valid=form.badges_stay_valid,
                by=user,
            )
        except CannotAnnounce as error:
            form.add_error("polling_on", str(error))
        else:
            messages.success(request, _("The run-off is announced."))
            return HttpResponseRedirect(page_url(run_off))
    context = {
        **_surroundings(site, request),
        "title": _("Announce a run-off"),
        "form": form,
        "hindrance": ""
        if elections
        else _("A run-off of each of your elections has been announced."),
    }
    return TemplateResponse(request, "admin/badges/run_off_announce.html", context)


def _elections_to_announce(user: User) -> Any:
    reached = [
        post.commission.election_id
        for post in posts_of(user)
        if reach(post.role, "runoff", "announce") == Reach.ALL
    ]
    return Election.objects.filter(pk__in=reached, run_off__isnull=True)


def run_off_page(request: HttpRequest, site: Any, row: RunOff) -> HttpResponse:
    """The days, what becomes of the badges, how far it is, and what can be done."""
    user, now = staff(request), database_now()
    progress = None if row.badges_stay_valid else run_offs.renewal(row, seen_by=user)
    may_renew = run_offs.may_renew(user, row, now=now)
    context = {
        **_surroundings(site, request, row),
        "title": _("Run-off"),
        "progress": progress,
        "working": WORKING in request.GET and bool(progress and progress.left),
        "may_announce": run_offs.may_announce(user, row.election),
        "may_renew": may_renew,
        "form": RenewForm(commissions=_commissions_to_renew(user, row)) if may_renew else None,
    }
    return TemplateResponse(request, "admin/badges/run_off.html", context)


def move_page(request: HttpRequest, site: Any, row: RunOff) -> HttpResponse:
    """To a later day only: what has been announced is relied on."""
    user = staff(request)
    permitted = run_offs.may_announce(user, row.election)
    if not permitted:
        raise PermissionDenied(permitted.reason)
    form = DaysForm(request.POST or None, initial=days_of(row))
    if form.is_bound and form.is_valid():
        try:
            run_offs.move(row, form.announcement(row.election), by=user)
        except CannotAnnounce as error:
            form.add_error("polling_on", str(error))
        else:
            messages.success(request, _("The run-off is moved."))
            return HttpResponseRedirect(page_url(row))
    context = {**_surroundings(site, request, row), "title": _("Move the run-off"), "form": form}
    return TemplateResponse(request, "admin/badges/run_off_move.html", context)


def renew_page(request: HttpRequest, row: RunOff) -> HttpResponse:
    """Begins the renewal in the background. Looked at, it leads to the page that asks."""
    user = staff(request)
    if not holds_any(user, "badge", "renew"):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseRedirect(page_url(row))
    form = RenewForm(request.POST, commissions=_commissions_to_renew(user, row))
    possible = run_offs.may_renew(user, row, now=database_now())
    if not possible:
        messages.error(request, possible.reason)
    elif form.is_valid():
        chosen = form.chosen()
        keys = (row.pk, user.pk, chosen.pk if chosen else None)
        transaction.on_commit(lambda: renew_badges.delay(*keys), robust=True)
        return HttpResponseRedirect(f"{page_url(row)}?{WORKING}=1")
    return HttpResponseRedirect(page_url(row))


def _commissions_to_renew(user: User, row: RunOff) -> Any:
    """Those whose badges the user may have issued anew."""
    theirs = [
        post.commission_id
        for post in posts_of(user)
        if reach(post.role, "badge", "renew") == Reach.COMMISSION
    ]
    everywhere = any(
        reach(post.role, "badge", "renew") == Reach.ALL
        and post.commission.election_id == row.election_id
        for post in posts_of(user)
    )
    these = Commission.objects.filter(election=row.election_id).select_related("constituency")
    these = these.order_by("authority", "constituency__number")
    return these if everywhere else these.filter(pk__in=theirs)


def page_url(row: RunOff) -> str:
    return reverse("admin:elections_runoff_change", args=[row.pk])


def _surroundings(site: Any, request: HttpRequest, row: RunOff | None = None) -> dict[str, Any]:
    return {
        **site.each_context(request),
        "opts": RunOff._meta,
        "run_off": row,
        "election": row.election if row else None,
        "page_url": page_url(row) if row else "",
    }


def staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
