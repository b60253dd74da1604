"""The register itself: a page at a time, or in full."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from elections.enums import Kind
from elections.models import Election
from observers.register import exports, queries
from observers.register.entries import entry, policy_in_words
from observers.register.filters import STATUS_LABELS, BadAddress, Filters


@require_safe
@cache_control(private=True, no_cache=True)
@vary_on_headers("HX-Request")
def register(request: HttpRequest, election: str) -> HttpResponse:
    """The page, or for a search as it is typed only the part that changes."""
    found = _published(election)
    try:
        filters = Filters.read(request.GET)
        context = _page(found, filters)
    except BadAddress as bad:
        return _refused(request, found, str(bad))
    except queries.UnknownPlace:
        return _refused(request, found, _("There is no such page of the register."))
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and not htmx.history_restore_request:
        response = render(request, "register/results.html", context | {"is_update": True})
        response["HX-Push-Url"] = context["list_url"] + filters.url().rstrip("?")
        return response
    return render(request, "register/list.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def register_csv(request: HttpRequest, election: str) -> HttpResponseBase:
    response = _streamed(request, election, exports.csv_chunks, "text/csv; charset=utf-8")
    if response.streaming:
        response["Content-Disposition"] = f'attachment; filename="register-{election}.csv"'
    return response


@require_safe
@cache_control(public=True, max_age=60)
def register_json(request: HttpRequest, election: str) -> HttpResponseBase:
    return _streamed(request, election, exports.json_chunks, "application/json")


def _published(slug: str) -> Election:
    return get_object_or_404(Election.objects.published(), slug=slug)


def _streamed(
    request: HttpRequest,
    election: str,
    chunks: Callable[[Election, Filters], Iterator[str]],
    content_type: str,
) -> HttpResponseBase:
    found = _published(election)
    try:
        filters = Filters.read(request.GET)
    except BadAddress as bad:
        return HttpResponseBadRequest(str(bad), content_type="text/plain; charset=utf-8")
    return StreamingHttpResponse(chunks(found, filters), content_type=content_type)


def _refused(request: HttpRequest, election: Election, sentence: str) -> HttpResponse:
    """An address that asks for what the register does not know, with a way out."""
    context = _about(election) | {"filters": Filters(), "mistake": sentence}
    return render(request, "register/list.html", context, status=400)


def _about(election: Election) -> dict[str, Any]:
    return {
        "election": election,
        "crumbs": [{"label": election.name, "url": election.get_absolute_url()}],
        "policy": policy_in_words(election.name_policy),
        "list_url": reverse("register:list", args=[election.slug]),
    }


def _page(election: Election, filters: Filters) -> dict[str, Any]:
    rows = queries.registered(election, filters)
    page, following = queries.page_after(rows, election, filters.after)
    counted = queries.counts(election, filters)
    by_kind = counted["kind"]
    count = by_kind.get(filters.kind, 0) if filters.kind else sum(by_kind.values())
    return _about(election) | {
        "filters": filters,
        "entries": [entry(row, election) for row in page],
        "count": count,
        "choices": _choices(election, filters, counted),
        "parameters": filters.url(),
        "kept": [(n, v) for n, v in filters.parameters().items() if n not in ("q", "after")],
        "first_url": filters.url() if filters.after else "",
        "next_url": filters.url(after=following) if following else "",
    }


def _choices(
    election: Election, filters: Filters, counted: dict[str, dict[Any, int]]
) -> dict[str, Any]:
    """The filters as links. Each count is what the link would show."""
    kinds = [(kind.value, kind.label, counted["kind"].get(kind.value, 0)) for kind in Kind]
    statuses = [
        (status, label, counted["status"].get(status, 0)) for status, label in STATUS_LABELS.items()
    ]
    constituencies = [
        (int(choice.value), choice.label, choice.count)
        for choice in queries.constituency_choices(election, counted["constituency"])
    ]
    organisations = [
        (choice.value, choice.label, choice.count)
        for choice in queries.organisation_choices(counted["organisation"])
    ]
    return {
        "kind": _links(filters, "kind", kinds),
        "status": _links(filters, "status", statuses),
        "constituency": _links(filters, "constituency", constituencies),
        "organisation": _links(filters, "organisation", organisations),
    }


def _links(
    filters: Filters, name: str, choices: list[tuple[Any, Any, int]]
) -> list[dict[str, Any]]:
    """Values that would show something, the one in force, and first the way back to all."""
    current = getattr(filters, name)
    links = [
        {
            "label": label,
            "url": filters.url(**{name: value}),
            "count": count,
            "current": str(value) == str(current or ""),
        }
        for value, label, count in choices
        if count or str(value) == str(current or "")
    ]
    everything = {"label": _("all"), "url": filters.url(**{name: ""}), "current": not current}
    return [everything, *links]
