"""The register as it was, day by day."""

import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from observers.models import RegisterSnapshot
from observers.register.open_data import LICENCE
from observers.register.views.caching import kept_by_everybody
from observers.register.views.register import published


@require_safe
@kept_by_everybody
def snapshots(request: HttpRequest, election: str) -> HttpResponse:
    found = published(election)
    context = {
        "election": found,
        "licence": LICENCE,
        "snapshots": RegisterSnapshot.objects.filter(election=found),
        "crumbs": [{"label": found.name, "url": found.get_absolute_url()}],
    }
    return render(request, "register/snapshots.html", context)


@require_safe
@cache_control(public=True, max_age=86400, immutable=True)
def snapshot(request: HttpRequest, election: str, day: str) -> HttpResponseBase:
    """What is kept of a day never changes."""
    found = published(election)
    try:
        wanted = datetime.date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    kept = get_object_or_404(RegisterSnapshot, election=found, day=wanted)
    etag = f'"{kept.sha256[:32]}"'
    known = get_conditional_response(
        request, etag=etag, last_modified=int(kept.taken_at.timestamp())
    )
    if known is not None:
        known["ETag"] = etag
        return known
    name = f"register-{election}-{day}.csv.gz"
    try:
        file = kept.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response: Any = FileResponse(
        file, as_attachment=True, filename=name, content_type="application/gzip"
    )
    response["ETag"] = etag
    return response
