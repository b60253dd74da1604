"""Lists of registered observers for the polling stations of a commission, with full names.

A commission prints two: the list of its constituency, and that of the whole country, whose
observers may come to any of its polling stations.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from elections.models import Commission, Election
from observers.domain import made_lists, observer_lists
from observers.domain.observer_lists import ObserverList
from observers.models import Application
from observers.review import finding

CONSTITUENCY, NATIONWIDE = "constituency", "nationwide"
COME_AGAIN_SECONDS = 5


def lists_page(request: HttpRequest, site: Any) -> HttpResponse:
    """What every commission that the viewer's posts reach can print."""
    reached = finding.commissions_reached(request.user)
    if not reached:
        raise Http404(_("There is no such page."))
    elections = list(dict.fromkeys(commission.election for commission in reached))
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": _("Lists for polling stations"),
        "elections": [_of_election(election, reached) for election in elections],
    }
    return TemplateResponse(request, "admin/review/lists.html", context)


def _of_election(election: Election, reached: list[Commission]) -> dict[str, Any]:
    counted = observer_lists.counts(election)
    its = [commission for commission in reached if commission.election_id == election.pk]
    return {
        "election": election,
        "nationwide": {"count": counted.get(None, 0), "url": pdf_url(its[0], NATIONWIDE)},
        "places": [
            {
                "name": str(commission.constituency),
                "count": counted.get(commission.constituency_id, 0),
                "url": pdf_url(commission, CONSTITUENCY),
            }
            for commission in its
            if commission.constituency
        ],
    }


def lists_of(commission: Commission) -> list[dict[str, Any]]:
    """For the commission's own page: its lists with how many each holds. The central one prints
    that of the whole country, and finds all others on the page of lists."""
    counted = observer_lists.counts(commission.election)
    nationwide = counted.pop(None, 0)
    country = {
        "label": _("%(list)s (PDF)") % {"list": _("The whole country")},
        "count": nationwide,
        "url": pdf_url(commission, NATIONWIDE),
    }
    if commission.constituency:
        count = counted.get(commission.constituency_id, 0)
        url = pdf_url(commission, CONSTITUENCY)
        label = _("%(list)s (PDF)") % {"list": commission.constituency}
        return [{"label": label, "count": count, "url": url}, country]
    everywhere = {"label": _("All constituencies"), "count": sum(counted.values())}
    return [country, {**everywhere, "url": reverse("admin:observers_application_lists")}]


def list_pdf(request: HttpRequest, commission: int, which: str) -> HttpResponse:
    """In the language of the state, as a commission's papers are. 404 for what the viewer's posts
    do not reach, and for a constituency of the central commission, which has none."""
    reached = {each.pk: each for each in finding.commissions_reached(request.user)}
    found = reached.get(commission)
    if found is None or which not in (CONSTITUENCY, NATIONWIDE):
        raise Http404(_("There is no such page."))
    if which == CONSTITUENCY and found.constituency is None:
        raise Http404(_("There is no such page."))
    place = found.constituency if which == CONSTITUENCY else None
    asked = ObserverList(found.election, place, False, language=found.election.languages[0])
    try:
        pdf = made_lists.made(asked)
    except made_lists.Busy:
        return _come_again(request)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{asked.name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _come_again(request: HttpRequest) -> HttpResponse:
    answer = TemplateResponse(request, "register/list_waits.html", status=503)
    answer["Retry-After"] = answer["Refresh"] = str(COME_AGAIN_SECONDS)
    answer["Cache-Control"] = "private, no-store"
    return answer


def pdf_url(commission: Commission, which: str) -> str:
    return reverse("admin:observers_application_list_pdf", args=[commission.pk, which])
