"""The statistics of an election, the equality audit, and every table of them as a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
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
from observers.register.views.caching import KEPT_SECONDS, asked_for_changes, kept_by_everybody

FILES: dict[str, Callable[[Source], Table]] = {**TABLES, **audit.TABLES}


@require_safe
@asked_for_changes
@kept_by_everybody
def statistics(request: HttpRequest, election: str) -> HttpResponse:
    found = _published(election)
    snapshot, source = _known(found)
    windows = list(Window.objects.filter(election=found).with_closing().order_by("closes_at"))
    context = _about(found, snapshot) | {"sections": pages.sections(source, windows)}
    return render(request, "register/statistics.html", context)


@require_safe
@asked_for_changes
@kept_by_everybody
def equality(request: HttpRequest, election: str) -> HttpResponse:
    found = _published(election)
    snapshot, source = _known(found)
    context = _about(found, snapshot) | {"audit": audit.page(source)}
    return render(request, "register/equality.html", context)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def table_csv(request: HttpRequest, election: str, table: str) -> HttpResponse:
    with _as_a_file(election) as (_snapshot, source):
        content = _made(source, table).as_csv()
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}-{election}.csv"'
    return _for_every_site(response)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def table_json(request: HttpRequest, election: str, table: str) -> HttpResponse:
    with _as_a_file(election) as (snapshot, source):
        rows = _made(source, table).exported()
        content = about(source, snapshot.taken_at) | {"table": table, "rows": rows}
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    return _for_every_site(response)


def _for_every_site(response: HttpResponse) -> HttpResponse:
    """Open data: pages of other sites may read it as well."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _published(slug: str) -> Election:
    return get_object_or_404(Election.objects.published(), slug=slug)


def _known(election: Election) -> tuple[Snapshot, Source]:
    snapshot = snapshots.current(election)
    names = Names.read(election, snapshot.facts.organisations)
    return snapshot, Source(election, snapshot.facts, names)


@contextmanager
def _as_a_file(slug: str) -> Iterator[tuple[Snapshot, Source]]:
    """The same in whatever language it is asked for."""
    election = _published(slug)
    with translation.override(election.languages[0] if election.languages else None):
        yield _known(election)


def _made(source: Source, table: str) -> Table:
    if table not in FILES:
        raise Http404
    return FILES[table](source)


def _about(election: Election, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "election": election,
        "taken_at": snapshot.taken_at,
        "crumbs": [{"label": election.name, "url": election.get_absolute_url()}],
    }
