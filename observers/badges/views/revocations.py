"""The revocation list, for whoever checks badges."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from observers.badges.revocations import CONTENT_TYPE, KEPT_SECONDS, current_list
from observers.badges.views.sharing import shared_with_every_site


@require_safe
@shared_with_every_site
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def revocations(request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_list(), content_type=CONTENT_TYPE)
