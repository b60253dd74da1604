"""Organisations and constituencies of an election: the lists, which are filters of the register as
well, and a page for each."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.names import sort_key
from elections.enums import Kind
from elections.models import Election
from elections.texts import in_language
from observers.register import facets, pages, queries
from observers.register.filters import BadAddress, Filters
from observers.register.patience import TakesTooLong, patiently
from observers.register.views.caching import kept_by_everybody
from observers.register.views.lists import pdf_url
from observers.register.views.register import published
from organisations.models import Organisation


@require_safe
@kept_by_everybody
def organisations(request: HttpRequest, election: str) -> HttpResponse:
    """Under the filters of the address, how many each would show."""
    found = published(election)
    filters, mistake = _filters(request)
    known = {str(theirs.key): theirs for theirs in pages.organisations(found)}
    choices = _choices(found, filters, "organisation")
    lines = [_organisation_line(found, known[value], n, filters) for value, n in choices.items()
             if value in known]  # fmt: skip
    if not filters.narrows:
        lines += [
            _organisation_line(found, theirs, 0, filters)
            for key, theirs in known.items()
            if key not in choices
        ]
    context = _list(found, filters, mistake) | {
        "lines": sorted(lines, key=lambda line: (-(line["count"] or 0), sort_key(line["label"]))),
        "all_url": _register(found) + filters.url(organisation=None).rstrip("?"),
    }
    return render(request, "register/organisations.html", context, status=400 if mistake else 200)


@require_safe
@kept_by_everybody
def constituencies(request: HttpRequest, election: str) -> HttpResponse:
    found = published(election)
    filters, mistake = _filters(request)
    choices = _choices(found, filters, "constituency")
    lines = [
        _constituency_line(found, number, names, choices.get(str(number), 0), filters)
        for number, names in found.constituencies.order_by("number").values_list("number", "names")
        if not filters.narrows or str(number) in choices
    ]
    context = _list(found, filters, mistake) | {
        "lines": lines,
        "all_url": _register(found) + filters.url(constituency=0).rstrip("?"),
    }
    return render(request, "register/constituencies.html", context, status=400 if mistake else 200)


@require_safe
@kept_by_everybody
def organisation(request: HttpRequest, election: str, key: UUID) -> HttpResponse:
    found = published(election)
    theirs = pages.organisation(found, key)
    if theirs is None:
        raise Http404
    in_register = Filters(organisation=key)
    by_place = facets.counts(found, {"organisation_id": theirs.pk}, ["constituency"])
    context = {
        "election": found,
        "organisation": theirs,
        "kind": Kind(theirs.kind).label,
        "counted": pages.counted(found, organisation_id=theirs.pk),
        "decisions": pages.nomination_decisions(found).filter(right__organisation=theirs),
        "places": [
            {"label": choice.label, "count": choice.count,
             "url": _register(found) + in_register.url(constituency=int(choice.value))}
            for choice in facets.constituency_choices(found, by_place["constituency"])
        ],
        "elsewhere": by_place["constituency"].get(None, 0),
        "register_url": _register(found) + in_register.url(),
        "crumbs": _crumbs(found, _("Organisations"), "register:organisations"),
    }  # fmt: skip
    return render(request, "register/organisation.html", context)


@require_safe
@kept_by_everybody
def constituency(request: HttpRequest, election: str, number: int) -> HttpResponse:
    found = published(election)
    here = pages.constituency(found, number)
    if here is None:
        raise Http404
    column = {"constituency_id": here.pk}
    counted = facets.counts(found, column, ["kind", "organisation"])
    context = {
        "election": found,
        "constituency": here,
        "counted": pages.counted(found, **column),
        "kinds": [
            {"label": kind.label, "count": counted["kind"][kind.value],
             "url": _register(found) + Filters(kind=kind.value, constituency=number).url()}
            for kind in Kind if counted["kind"].get(kind.value)
        ],
        "organisations": [
            {"label": choice.label, "count": choice.count,
             "url": reverse("register:organisation", args=[found.slug, choice.value])}
            for choice in facets.organisation_choices(found, counted["organisation"])
        ],
        "register_url": _register(found) + Filters(constituency=number).url(),
        "list_pdf": pdf_url(found, here),
        "crumbs": _crumbs(found, _("Constituencies"), "register:constituencies"),
    }  # fmt: skip
    return render(request, "register/constituency.html", context)


# --- Lists ----------------------------------------------------------------------------------------


def _filters(request: HttpRequest) -> tuple[Filters, str]:
    """What the address asks for, and what is wrong with it."""
    try:
        return Filters.read(request.GET), ""
    except BadAddress as bad:
        return Filters(), str(bad)


def _choices(election: Election, filters: Filters, name: str) -> dict[str, int | None]:
    """By value, how many it would show; None where a search finds too many to count."""
    try:
        with patiently():
            counted = queries.counted_by(election, filters, name)
    except TakesTooLong:
        counted = None
    of = {"organisation": facets.organisation_choices, "constituency": facets.constituency_choices}
    return {choice.value: choice.count for choice in of[name](election, counted)}


def _organisation_line(
    election: Election, theirs: Organisation, count: int | None, filters: Filters
) -> dict[str, Any]:
    return {
        "label": theirs.name,
        "note": Kind(theirs.kind).label,
        "url": reverse("register:organisation", args=[election.slug, theirs.key]),
        "count": count,
        "count_url": _register(election) + filters.url(organisation=theirs.key),
    }


def _constituency_line(
    election: Election, number: int, names: dict[str, str], count: int | None, filters: Filters
) -> dict[str, Any]:
    return {
        "number": number,
        "label": in_language(names),
        "url": reverse("register:constituency", args=[election.slug, number]),
        "count": count,
        "count_url": _register(election) + filters.url(constituency=number),
    }


def _register(election: Election) -> str:
    return reverse("register:list", args=[election.slug])


def _list(election: Election, filters: Filters, mistake: str) -> dict[str, Any]:
    return {
        "election": election,
        "mistake": mistake,
        "filters": filters,
        "is_filtered": filters.narrows,
        "crumbs": _crumbs(election, _("Register of observers"), "register:list"),
    }


def _crumbs(election: Election, label: str, address: str) -> list[dict[str, str]]:
    return [
        {"label": election.name, "url": election.get_absolute_url()},
        {"label": label, "url": reverse(address, args=[election.slug])},
    ]
