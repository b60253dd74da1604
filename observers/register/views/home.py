"""The first page: what is open, until when, how far the commission is."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from elections.domain.clock import database_now
from elections.models import Election
from observers.register.entries import finds_names
from observers.register.standing import standings
from observers.register.totals import totals


@require_safe
@cache_control(private=True, no_cache=True)
def home(request: HttpRequest) -> HttpResponse:
    now = database_now()
    known = standings(now=now)
    context: dict[str, Any] = {"now": now, "main": None, "others": known[1:]}
    if known:
        main = known[0]
        context |= {
            "main": main,
            "days_left": main.days_left(now),
            "steps": _steps(main.election),
            "finds_names": finds_names(main.election),
            **numbers(main.election),
        }
    return render(request, "home.html", context)


def _steps(election: Election) -> list[dict[str, str]]:
    """How it works, from the first form to polling day."""
    days = max((window.days_to_decide for window in election.windows.all()), default=0)
    within = ngettext("Within %(n)d day.", "Within %(n)d days.", days) % {"n": days}
    return [
        {
            "title": pgettext("step", "Apply"),
            "text": _(
                "An organisation obtains the right to nominate and enters its observers; a citizen "
                "applies directly. What is typed is kept, and can be completed later."
            ),
        },
        {
            "title": _("Keep the receipt"),
            "text": _(
                "What is sent before the closing is in time, by the server's clock. The receipt "
                "number proves it."
            ),
        },
        {
            "title": _("The commission decides"),
            "text": (f"{within} " if days else "")
            + _(
                "Incomplete applications come back for correction; a refusal names its ground and "
                "the body to appeal to."
            ),
        },
        {
            "title": _("Observe"),
            "text": _("Registered observers stand in the public register and carry a badge."),
        },
    ]


def numbers(election: Election) -> dict[str, Any]:
    """The totals, the median in words, and registrations by day as the chart wants them."""
    found = totals(election)
    days = found.median_days
    median = "" if days is None else _("%(days)s days") % {"days": number_format(round(days, 1), 1)}
    return {"totals": found, "median": median, **_chart(found.days)}


def _chart(days: list[tuple[datetime.date, int]]) -> dict[str, Any]:
    if not days:
        return {"days": []}
    best, most = max(days, key=lambda day: day[1])
    return {
        "days": [{"label": f"{day:%d.%m.%Y}", "count": count} for day, count in days],
        "most": most,
        "best_day": best,
    }
