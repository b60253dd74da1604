"""The statistics of an election, the equality audit, and every table of them as a file."""

import json
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from elections.models import Election, Window
from observers.register.statistics import audit, pages, snapshots
from observers.register.statistics.figures import Table
from observers.register.statistics.queries import Names
from observers.register.statistics.snapshots import Snapshot
from observers.register.statistics.tables import TABLES, Source, about
from observers.register.views.caching import KEPT_SECONDS, kept_by_everybody

FILES: dict[str, Callable[[Source], Table]] = {**TABLES, **audit.TABLES}


@require_safe
@kept_by_everybody
def statistics(request: HttpRequest, election: str) -> HttpResponse:
    found, snapshot, source = _known(election)
    windows = list(Window.objects.filter(election=found).with_closing().order_by("closes_at"))
    context = _about(found, snapshot) | {"sections": pages.sections(source, windows)}
    return render(request, "register/statistics.html", context)


@require_safe
@kept_by_everybody
def equality(request: HttpRequest, election: str) -> HttpResponse:
    found, snapshot, source = _known(election)
    context = _about(found, snapshot) | {"audit": audit.page(source)}
    return render(request, "register/equality.html", context)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def table_csv(request: HttpRequest, election: str, table: str) -> HttpResponse:
    _snapshot, _source, made = _made(election, table)
    response = HttpResponse(made.as_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}-{election}.csv"'
    return response


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def table_json(request: HttpRequest, election: str, table: str) -> HttpResponse:
    snapshot, source, made = _made(election, table)
    content = about(source, snapshot.taken_at) | {"table": table, "rows": made.exported()}
    return HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/json")


def _known(slug: str) -> tuple[Election, Snapshot, Source]:
    election = get_object_or_404(Election.objects.published(), slug=slug)
    snapshot = snapshots.current(election)
    names = Names.read(election, snapshot.facts.organisations)
    return election, snapshot, Source(election, snapshot.facts, names)


def _made(election: str, table: str) -> tuple[Snapshot, Source, Table]:
    """For a file: the same in whatever language it is asked for."""
    if table not in FILES:
        raise Http404
    found = get_object_or_404(Election.objects.published(), slug=election)
    with translation.override(found.languages[0] if found.languages else None):
        _found, snapshot, source = _known(election)
        return snapshot, source, FILES[table](source)


def _about(election: Election, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "election": election,
        "taken_at": snapshot.taken_at,
        "crumbs": [{"label": election.name, "url": election.get_absolute_url()}],
    }
