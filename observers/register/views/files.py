"""The register as files, for software and for those who do their own counting."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from elections.models import Election
from observers.register import exports, open_data
from observers.register.facets import edition_of
from observers.register.filters import BadAddress, Filters
from observers.register.views.register import published

Chunks = Callable[[Election, Filters], Iterator[bytes]]

# What stands in a file beside the register itself.
_NAMES = """
SELECT
    (SELECT md5(string_agg(id || short_name || '/' || name, '|' ORDER BY id))
     FROM organisations_organisation),
    (SELECT md5(string_agg(number || names::text, '|' ORDER BY number))
     FROM elections_constituency WHERE election_id = %(election)s)
"""


@require_safe
@cache_control(public=True, max_age=60)
def register_csv(request: HttpRequest, election: str) -> HttpResponseBase:
    response = _streamed(request, election, exports.csv_chunks, "text/csv; charset=utf-8")
    if response.status_code == 200:
        response["Content-Disposition"] = f'attachment; filename="register-{election}.csv"'
    return response


@require_safe
@cache_control(public=True, max_age=60)
def register_json(request: HttpRequest, election: str) -> HttpResponseBase:
    return _streamed(request, election, exports.json_chunks, "application/json")


def _streamed(
    request: HttpRequest, election: str, chunks: Chunks, content_type: str
) -> HttpResponseBase:
    """The file, or 304 where the reader has it already."""
    found = published(election)
    try:
        filters = Filters.read(request.GET)
    except BadAddress as bad:
        return HttpResponseBadRequest(str(bad), content_type="text/plain; charset=utf-8")
    etag, changed_at = edition(found, f"{content_type}{filters.url()}")
    known = get_conditional_response(
        request, etag=etag, last_modified=int(changed_at.timestamp()) if changed_at else None
    )
    if known is not None:
        known["ETag"] = etag
        return known
    response: Any = HttpResponse(content_type=content_type)
    if request.method == "GET":
        response = StreamingHttpResponse(chunks(found, filters), content_type=content_type)
    response["ETag"] = etag
    response["Access-Control-Allow-Origin"] = "*"
    if changed_at:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    return response


def edition(election: Election, what: str) -> tuple[str, Any]:
    """The entity tag of a file about this register, and when the register last changed."""
    changes, changed_at = edition_of(election)
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"election": election.pk})
        names = cursor.fetchone()
    settings = (election.name_policy, election.name_policies, election.languages[:1])
    content = repr((election.pk, what, changes, changed_at, names, settings))
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"', changed_at


@require_safe
@cache_control(public=True, max_age=60)
def package(request: HttpRequest, election: str) -> HttpResponseBase:
    """In the first language of the election, whoever asks."""
    found = published(election)
    etag, changed_at = edition(found, "datapackage")
    known = get_conditional_response(request, etag=etag)
    if known is not None:
        known["ETag"] = etag
        return known
    with translation.override(found.languages[0] if found.languages else None):
        described = open_data.package(found, changed_at=changed_at)
    response = JsonResponse(described, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["ETag"] = etag
    response["Access-Control-Allow-Origin"] = "*"
    return response
