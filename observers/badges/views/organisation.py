"""The badges of an organisation's observers: how many there are, who has none yet and why, each as
PDF and, where the election allows it, all of them at once."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from elections.models import Election
from observers.badges.views.downloads import all_at_once
from observers.domain import agreement, desk, own_badges
from observers.domain.own_badges import Counts, Standing
from observers.models import Application
from observers.views.asked import desk_of, key_in, pager
from observers.views.own_badge import in_a_row
from organisations.models import Organisation
from organisations.views.theirs import SignedIn


@require_safe
@login_required
@cache_control(private=True, no_cache=True)
def badges(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """For one election at a time. 404 for an organisation that is not theirs."""
    theirs, election = desk_of(request, organisation)
    everybody = Application.objects.visible_to(request.user).filter(
        organisation=theirs, election=election
    )
    registered = own_badges.with_badges(everybody)
    counts = own_badges.counts(registered, election)
    show, q = request.GET.get("show", ""), request.GET.get("q", "").strip()
    chosen = desk.narrowed(own_badges.narrowed(registered, show=show), show="", q=q)
    page = desk.page(chosen, behind=desk.place_of(chosen, key_in(request.GET.get("after"))))
    kept = {"election": election.slug, "show": show, "q": q}
    context = {
        "organisation": theirs,
        "election": election,
        "crumbs": [_way_to_desk(theirs, election)],
        "counts": counts,
        "lacking": _lacking(counts, theirs, election),
        "filters": _filters(counts, show=show, kept=kept),
        "people": [_person(row, election) for row in page.people],
        "all": all_at_once(theirs, election) if _offers_all(counts, election) else None,
        "q": q,
        "kept": [(name, kept[name]) for name in ("election", "show") if kept[name]],
        "pager": _pager(request, kept, page),
    }
    return render(request, "badges/organisation.html", context)


def _offers_all(counts: Counts, election: Election) -> bool:
    return bool(election.badge_download and counts.with_badge)


def _way_to_desk(theirs: Organisation, election: Election) -> dict[str, str]:
    query = urlencode({"election": election.slug})
    return {"label": theirs.shown_name, "url": f"{theirs.get_absolute_url()}?{query}"}


def _lacking(counts: Counts, theirs: Organisation, election: Election) -> list[dict[str, str]]:
    """Why some have no badge: a sentence for each reason, and the page where it is mended."""
    asked = reverse("people:agreements", args=[theirs.key])
    reasons = [
        (
            counts.without["unanswered"],
            ngettext(
                "%(n)d observer has not answered whether they agree: ask them.",
                "%(n)d observers have not answered whether they agree: ask them.",
                counts.without["unanswered"],
            ),
            f"{asked}?{urlencode({'election': election.slug})}",
        ),
        (
            counts.without["declined"],
            ngettext(
                "%(n)d observer has declined the nomination, and gets no badge.",
                "%(n)d observers have declined the nomination, and get no badge.",
                counts.without["declined"],
            ),
            f"{asked}?{urlencode({'election': election.slug, 'show': _DECLINED})}",
        ),
        (
            counts.without["other"],
            ngettext(
                "%(n)d badge was revoked or has yet to be issued by the commission.",
                "%(n)d badges were revoked or have yet to be issued by the commission.",
                counts.without["other"],
            ),
            "",
        ),
    ]
    return [{"text": text % {"n": n}, "url": url} for n, text, url in reasons if n]


_DECLINED = agreement.Standing.DECLINED.value


def _filters(counts: Counts, *, show: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    choices = [("", _("All"), counts.registered)]
    choices += [
        (each.value, str(each.label), counts.standings[each])
        for each in Standing
        if counts.standings[each] or show == each
    ]
    return [
        {
            "label": label,
            "count": count,
            "current": value == show,
            "url": "?" + urlencode({k: v for k, v in (kept | {"show": value}).items() if v}),
        }
        for value, label, count in choices
    ]


def _person(row: Any, election: Election) -> dict[str, Any]:
    """A row of the list; its action is the download, where that is allowed."""
    offered = row.badge_status is not None and election.badge_download
    return {
        "name": str(row),
        "url": row.get_absolute_url(),
        "detail": str(row.constituency) if row.constituency else row.get_scope_display(),
        "action_url": reverse("apply:badge", args=[row.key]) if offered else "",
        **in_a_row(row),
    }


def _pager(request: HttpRequest, kept: dict[str, str], page: desk.Page) -> dict[str, str]:
    return pager(request, kept, last=page.people[-1].key if page.more else None)
