"""The register itself, a page at a time."""

from contextlib import nullcontext
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from elections.enums import Kind
from elections.models import Election
from elections.texts import in_language
from observers.register import queries
from observers.register.entries import entry, finds_names, policy_in_words, shows_names
from observers.register.filters import STATUS_LABELS, BadAddress, Filters
from observers.register.patience import TakesTooLong, patiently
from observers.register.rows import rows
from observers.register.views.caching import kept_by_everybody


@require_safe
@kept_by_everybody
@vary_on_headers("HX-Request")
def register(request: HttpRequest, election: str) -> HttpResponse:
    """The page, or for a search as it is typed only the part that changes."""
    found = published(election)
    try:
        filters = Filters.read(request.GET)
        with patiently() if filters.q else nullcontext():
            context = _page(found, filters)
    except (BadAddress, TakesTooLong) as bad:
        return _refused(request, found, str(bad))
    except queries.UnknownPlace:
        return _refused(request, found, _("There is no such page of the register."))
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and not htmx.history_restore_request:
        response = render(request, "register/results.html", context | {"is_update": True})
        response["HX-Push-Url"] = context["list_url"] + filters.url().rstrip("?")
        return response
    return render(request, "register/list.html", context)


def published(slug: str) -> Election:
    return get_object_or_404(Election.objects.published(), slug=slug)


def _refused(request: HttpRequest, election: Election, sentence: str) -> HttpResponse:
    """An address that asks for what the register does not know, with a way out."""
    context = _about(election) | {"filters": Filters(), "mistake": sentence}
    return render(request, "register/list.html", context, status=400)


def _about(election: Election) -> dict[str, Any]:
    return {
        "election": election,
        "crumbs": [{"label": election.name, "url": election.get_absolute_url()}],
        "policy": policy_in_words(election),
        "shows_names": shows_names(election),
        "finds_names": finds_names(election),
        "list_url": reverse("register:list", args=[election.slug]),
    }


def _page(election: Election, filters: Filters) -> dict[str, Any]:
    found = queries.find(election, filters)
    return _about(election) | {
        "filters": filters,
        "found": found,
        "rows": _rows(election, found.rows),
        "here": len(found.rows),
        "similar": _rows(election, found.similar),
        "choices": _choices(filters, found.counted),
        "chosen": _chosen(election, filters, found.rows[0] if found.rows else {}),
        "parameters": filters.url().rstrip("?"),
        "kept": [(n, v) for n, v in filters.parameters().items() if n not in ("q", "after")],
        "first_url": filters.url() if filters.after else "",
        "next_url": filters.url(after=found.following) if found.following else "",
    }


def _rows(election: Election, lines: queries.Rows) -> SafeString | str:
    return rows(election, [entry(line, election) for line in lines]) if lines else ""


def _chosen(election: Election, filters: Filters, line: dict[str, Any]) -> list[dict[str, Any]]:
    """Of the filters with long lists: which value is in force, and where the list is. `line`: the
    first that is shown, which knows the names of both."""
    theirs = line.get("organisation__short_name") or line.get("organisation__name")
    place = f"{filters.constituency} {in_language(line.get('constituency__names') or {})}"
    if filters.organisation and not theirs:
        theirs = queries.organisation_name(filters.organisation)
    if filters.constituency and not line:
        place = queries.constituency_name(election, filters.constituency)
    kept, slug = filters.url().rstrip("?"), [election.slug]
    return [
        {
            "heading": _("Organisation"),
            "label": theirs if filters.organisation else "",
            "all_url": filters.url(organisation=None),
            "list_url": reverse("register:organisations", args=slug) + kept,
            "choose": _("choose an organisation"),
        },
        {
            "heading": _("Constituency"),
            "label": place if filters.constituency else "",
            "all_url": filters.url(constituency=0),
            "list_url": reverse("register:constituencies", args=slug) + kept,
            "choose": _("choose a constituency"),
        },
    ]


def _choices(filters: Filters, counted: dict[str, dict[Any, int]] | None) -> dict[str, Any]:
    """The filters as links. Each count is what the link would show; a search that finds more than
    are counted has links without numbers."""
    values: dict[str, list[tuple[Any, Any]]] = {
        "kind": [(kind.value, kind.label) for kind in Kind],
        "status": list(STATUS_LABELS.items()),
    }
    return {
        name: _links(filters, name, known, None if counted is None else counted[name])
        for name, known in values.items()
    }


def _links(
    filters: Filters, name: str, values: list[tuple[Any, Any]], counted: dict[Any, int] | None
) -> list[dict[str, Any]]:
    """Values that would show something, the one in force, and first the way back to all."""
    current = getattr(filters, name)
    links = [
        {
            "label": label,
            "url": filters.url(**{name: value}),
            "count": None if counted is None else counted.get(value, 0),
            "current": str(value) == str(current or ""),
        }
        for value, label in values
        if counted is None or counted.get(value) or str(value) == str(current or "")
    ]
    everything = {"label": _("all"), "url": filters.url(**{name: ""}), "current": not current}
    return [everything, *links]
