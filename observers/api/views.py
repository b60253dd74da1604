"""The page about the API for people."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from elections.models import Election
from observers.api.asking import LONGEST_PAGE, PAGE
from observers.register.views.caching import kept_by_everybody


@require_safe
@kept_by_everybody
def about_api(request: HttpRequest) -> HttpResponse:
    context = {
        "site": settings.SITE_URL,
        "election": Election.objects.published().first(),
        "requests": settings.API_REQUESTS_PER_MINUTE,
        "page": PAGE,
        "longest_page": LONGEST_PAGE,
    }
    return render(request, "register/api.html", context)
