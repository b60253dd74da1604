"""Approving many at once, from the list.

The pages stand under the admin's address of applications (`ApplicationAdmin.get_urls`). Rows come
through `visible_to`, so what is another commission's is not there.
"""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from observers.domain.applications import Moved
from observers.models import Application
from observers.review import decisions
from observers.review.buttons import BUTTONS
from observers.review.forms import ChosenForm

# At most this many are decided at once: the answer has to come within a request's time.
AT_ONCE = 1000
# Of a bulk decision: this many names are listed before the rest is only counted.
LISTED = 200


def bulk_page(
    request: HttpRequest, site: Any, chosen: QuerySet[Application], action: str
) -> HttpResponse:
    """Before a bulk decision: how many, who they are, and who is left out and why."""
    rows = list(chosen[:AT_ONCE])
    foreseen = decisions.foresee(rows, action, actor=_staff(request))
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": ngettext(
            "Approve %(n)d application", "Approve %(n)d applications", len(foreseen.done)
        )
        % {"n": len(foreseen.done)},
        "button": BUTTONS[action],
        "form": ChosenForm.of(foreseen.done),
        "at_once": AT_ONCE if chosen[AT_ONCE:].exists() else None,
        **_listed(foreseen),
    }
    return TemplateResponse(request, "admin/observers/application/bulk.html", context)


def bulk_decided(request: HttpRequest, site: Any, action: str) -> HttpResponse:
    """Decides what the page before showed, and says what became of each."""
    form = ChosenForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        raise Http404(_("There is no such page."))
    seen = form.seen()
    chosen = Application.objects.visible_to(request.user).filter(pk__in=list(seen))
    moved = decisions.decide(chosen, action, actor=_staff(request), seen=seen)
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": ngettext(
            "%(n)d application approved", "%(n)d applications approved", len(moved.done)
        )
        % {"n": len(moved.done)},
        "decided": True,
        **_listed(moved),
    }
    return TemplateResponse(request, "admin/observers/application/bulk.html", context)


def _listed(moved: Moved) -> dict[str, Any]:
    return {
        "done": moved.done[:LISTED],
        "more": max(0, len(moved.done) - LISTED),
        "skipped": moved.skipped,
    }


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
