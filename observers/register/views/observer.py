"""One registered observer, for whoever was given the number."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from elections.domain.clock import database_now
from observers.register import pages, queries
from observers.register.entries import entry, policy_in_words
from observers.register.views.caching import kept_by_everybody
from observers.register.views.register import published


@require_safe
@kept_by_everybody
def observer(request: HttpRequest, election: str, number: str) -> HttpResponse:
    found = published(election)
    line = queries.one(found, number) if number.isprintable() else None
    if line is None:
        raise Http404
    shown, now = entry(line, found), database_now()
    until = pages.valid_until(line["pk"], found) if shown.is_registered else None
    context = {
        "election": found,
        "entry": shown,
        "until": until,
        "is_over": until is not None and until <= now,
        "policy": policy_in_words(found),
        "crumbs": [
            {"label": found.name, "url": found.get_absolute_url()},
            {"label": _("Register of observers"), "url": reverse("register:list", args=[election])},
        ],
    }
    return render(request, "register/observer.html", context)
