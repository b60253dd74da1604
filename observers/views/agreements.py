"""An organisation asks the people it nominates whether they agree: by letter, or on paper."""

import uuid
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from elections.domain.clock import database_now
from elections.enums import ObserverConsent
from elections.models import Election
from elections.templatetags.time_words import in_full
from observers.domain import agreement, desk
from observers.domain.agreement import Standing
from observers.models import Application
from observers.views.asked import desk_of, key_in, pager
from observers.words import agreement_in_words
from organisations.models import Organisation
from organisations.views.theirs import SignedIn

# Codes on one page of the sheet: about four sheets of paper.
ON_ONE_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def agreements(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """Who was asked and what they said; a POST writes to all who can be written to."""
    theirs, election, everybody = _theirs(request, organisation)
    if request.method == "POST":
        return _asked(request, everybody)
    now = database_now()
    counts = agreement.counts(everybody)
    reachable = agreement.in_place_to_be_written_to(everybody, now=now).count()
    show = request.GET.get("show", "")
    chosen = agreement.narrowed(everybody, show=show)
    page = desk.page(chosen, behind=desk.place_of(chosen, key_in(request.GET.get("after"))))
    context = {
        "organisation": theirs,
        "election": election,
        "now": now,
        "crumbs": [_crumb(theirs, election)],
        "counts": counts,
        "total": sum(counts[state] for state in Standing),
        "lacking": counts[""],
        "lead": _lead(election),
        "reachable": reachable,
        "at_once": min(reachable, agreement.MOST_AT_ONCE),
        "filters": _filters(counts, show=show, election=election),
        "people": [_person(row) for row in page.people],
        "pager": _pager(request, page),
        "sheet_url": _sheet_url(theirs, election),
        "without_word": counts[Standing.NOT_ASKED] + counts[Standing.ASKED],
    }
    return render(request, "desk/agreements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sheet(request: SignedIn, organisation: uuid.UUID) -> HttpResponse:
    """Links as QR codes, to be printed, cut and handed out: those who have not answered.

    A POST remembers that the people of this page have been given theirs.
    """
    theirs, election, everybody = _theirs(request, organisation)
    waiting = agreement.askable(everybody).filter(observer_answer="")
    after = key_in(request.GET.get("after"))
    page = desk.page(waiting, behind=desk.place_of(waiting, after), size=ON_ONE_PAGE)
    if request.method == "POST":
        return _handed_out(request, page.people)
    context = {
        "organisation": theirs,
        "election": election,
        "crumbs": [
            _crumb(theirs, election),
            {"label": _("Consent of the observers"), "url": _url(theirs, election)},
        ],
        "cards": [_card(row, election) for row in page.people],
        "pager": _pager(request, page),
    }
    return render(request, "desk/agreement_sheet.html", context)


def _theirs(
    request: SignedIn, key: uuid.UUID
) -> tuple[Organisation, Election, QuerySet[Application]]:
    """The organisation, the election asked for, and its people there. 404 for what is not theirs,
    and for an election that does not ask observers."""
    theirs, election = desk_of(request, key, fits=_asks)
    people = Application.objects.visible_to(request.user).filter(
        organisation=theirs, election=election
    )
    return theirs, election, people


def _asks(election: Election) -> bool:
    return bool(election.observer_consent != ObserverConsent.NOT_ASKED)


def _asked(request: SignedIn, everybody: QuerySet[Application]) -> HttpResponse:
    written = agreement.ask(everybody, by=request.user)
    if written:
        said = ngettext(
            "%(n)d letter is on its way. The answer shows here.",
            "%(n)d letters are on their way. The answers show here.",
            written,
        )
        messages.success(request, said % {"n": written})
    else:
        messages.info(
            request,
            _("Nobody was written to: everybody with an e-mail address was asked within a day, "
              "or has answered."),
        )  # fmt: skip
    return redirect(request.get_full_path())


def _handed_out(request: SignedIn, people: list[Application]) -> HttpResponse:
    these = Application.objects.visible_to(request.user).filter(pk__in=[row.pk for row in people])
    noted = agreement.note_as_handed_out(these)
    said = ngettext(
        "%(n)d observer is noted as asked.", "%(n)d observers are noted as asked.", noted
    )
    messages.success(request, said % {"n": noted})
    return redirect(request.get_full_path())


# --- In words and links ------------------------------------------------------------------------


def _url(theirs: Organisation, election: Election) -> str:
    query = urlencode({"election": election.slug})
    return f"{reverse('people:agreements', args=[theirs.key])}?{query}"


def _sheet_url(theirs: Organisation, election: Election) -> str:
    query = urlencode({"election": election.slug})
    return f"{reverse('people:agreement_sheet', args=[theirs.key])}?{query}"


def _crumb(theirs: Organisation, election: Election) -> dict[str, str]:
    query = urlencode({"election": election.slug})
    return {"label": theirs.shown_name, "url": f"{theirs.get_absolute_url()}?{query}"}


def _lead(election: Election) -> str:
    """When their word is needed."""
    if election.observer_consent == ObserverConsent.BEFORE_SUBMISSION:
        return _(
            "In this election an application is sent only after the observer has agreed. Each "
            "person has a link of their own, which opens without an account."
        )
    return _(
        "In this election a badge is issued only to observers who have agreed themselves. Each "
        "person has a link of their own, which opens without an account."
    )


def _filters(counts: dict[str, int], *, show: str, election: Election) -> list[dict[str, Any]]:
    everybody = sum(counts[state] for state in Standing)
    choices = [("", _("All"), everybody)]
    choices += [(state.value, str(state.label), counts[state]) for state in Standing]
    kept = {"election": election.slug}
    return [
        {
            "label": label,
            "count": count,
            "current": value == show,
            "url": "?" + urlencode(kept | {"show": value} if value else kept),
        }
        for value, label, count in choices
    ]


def _person(row: Any) -> dict[str, Any]:
    said = agreement_in_words(row) or {}
    return {
        "name": row.full_name,
        "url": row.get_absolute_url(),
        "detail": str(row.constituency) if row.constituency else row.get_scope_display(),
        "status": said.get("status"),
        "label": said.get("label"),
        "next": said.get("when"),
        "link": settings.SITE_URL + agreement.path_of(row),
    }


def _card(row: Any, election: Election) -> dict[str, Any]:
    link = settings.SITE_URL + agreement.path_of(row)
    return {
        "name": row.full_name,
        "place": str(row.constituency) if row.constituency else row.get_scope_display(),
        "link": link,
        "code": _code(link),
        "until": in_full(agreement.answer_by(row), election),
    }


def _code(link: str) -> str:
    """As a picture that stands in the page itself."""
    made = segno.make_qr(link, error="m", boost_error=False)
    return made.svg_data_uri(border=2, omitsize=True)


def _pager(request: HttpRequest, page: desk.Page) -> dict[str, str]:
    kept = {name: request.GET.get(name) for name in ("election", "show")}
    return pager(request, kept, last=page.people[-1].key if page.more else None)
