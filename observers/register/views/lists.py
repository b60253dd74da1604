"""Lists of registered observers to be printed for a polling station, as far as they are public."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from elections.models import Constituency, Election
from observers.domain import made_lists, observer_lists
from observers.domain.observer_lists import ObserverList
from observers.register.views.caching import kept_by_everybody
from observers.register.views.register import published

# What an address calls the list of those who may come to any polling station.
NATIONWIDE = "nationwide"
COME_AGAIN_SECONDS = 5


@require_safe
@kept_by_everybody
def lists(request: HttpRequest, election: str) -> HttpResponse:
    """Every list of the election, with how many it holds."""
    found = published(election)
    counted = observer_lists.counts(found)
    places = [(place, str(place), counted.get(place.pk, 0)) for place in found.constituencies.all()]
    context = {
        "election": found,
        "crumbs": [
            {"label": found.name, "url": found.get_absolute_url()},
            {"label": _("Register of observers"), "url": reverse("register:list", args=[election])},
        ],
        "nationwide": {"count": counted.get(None, 0), "url": pdf_url(found, None)},
        "places": [
            {"name": name, "count": count, "url": pdf_url(found, place)}
            for place, name, count in places
        ],
    }
    return render(request, "register/lists.html", context)


@require_safe
def list_pdf(request: HttpRequest, election: str, place: str, language: str) -> HttpResponse:
    """The same for everybody, so anybody's cache may keep it for a minute; the language stands in
    the address."""
    found = published(election)
    if language not in found.languages:
        raise Http404
    asked = ObserverList(found, _constituency(found, place), is_public=True, language=language)
    try:
        pdf = made_lists.made(asked)
    except made_lists.Busy:
        return _come_again(request)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{asked.name}.pdf"'
    answer["Cache-Control"] = f"public, max-age={made_lists.KEPT_SECONDS}"
    return answer


def pdf_url(election: Election, constituency: Constituency | None) -> str:
    """In the language of the page, or in the first of the election."""
    spoken = (get_language() or "").partition("-")[0]
    language = spoken if spoken in election.languages else election.languages[0]
    place = str(constituency.number) if constituency else NATIONWIDE
    return reverse("register:list_pdf", args=[election.slug, place, language])


def _constituency(election: Election, place: str) -> Constituency | None:
    if place == NATIONWIDE:
        return None
    if not (place.isascii() and place.isdecimal() and len(place) <= 4):
        raise Http404
    found: Any = get_object_or_404(Constituency, election=election, number=int(place))
    return found


def _come_again(request: HttpRequest) -> HttpResponse:
    """Many lists are being made. The browser comes again by itself."""
    answer = render(request, "register/list_waits.html", status=503)
    answer["Retry-After"] = str(COME_AGAIN_SECONDS)
    answer["Refresh"] = str(COME_AGAIN_SECONDS)
    answer["Cache-Control"] = "private, no-store"
    return answer
