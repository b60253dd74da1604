"""The desk of applications: the one page of each, and its decisions.

The pages stand under the admin's address of applications (`ApplicationAdmin.get_urls`). Rows come
through `ApplicationAdmin.visible`, so what is another commission's is 404.
"""

import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.countries import country_name
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import describe_events
from observers import permissions
from observers.domain import applications, claims, proposals
from observers.domain.reasons import Reasons
from observers.enums import DECIDED, Status
from observers.lifecycle import APPLICATION, CANCEL
from observers.models import Application, Proposal
from observers.review import appeals, application_presses, decisions, panels
from observers.review.buttons import BUTTONS, Button
from observers.review.forms import FORMS, DecisionForm, DeclineForm, stated_fields
from observers.review.queue import Queue
from observers.review.stations import DONE, claim_now, last_act, on, place_of, staff
from observers.review.words import due_in_words
from observers.words import agreement_in_words, correction_in_words

# --- One application ------------------------------------------------------------------------------


def application_page(
    request: HttpRequest, site: Any, register: Any, row: Application
) -> HttpResponse:
    """Everything that the commission knows about one application, and what may be done."""
    queue = Queue.of(request, register)
    context = _page(request, site, queue, row, now=database_now())
    return TemplateResponse(request, "admin/observers/application/page.html", context)


def _page(
    request: HttpRequest, site: Any, queue: Queue, row: Application, *, now: datetime.datetime
) -> dict[str, Any]:
    user = staff(request)
    claim = claim_now(row, user, now)
    proposed = _proposals(row, user)
    beside = panels.shown(row, user=user, now=now)
    events = _history(row) if permissions.may(user, "history", row) else None
    return {
        **site.each_context(request),
        "opts": Application._meta,
        "title": row.full_name,
        "application": row,
        "election": row.election,
        "page_url": queue.page_url(row.pk),
        "now": now,
        "queue": queue,
        **place_of(queue, row),
        "claim": claim,
        "is_mine": claim is not None and claim.reviewer_id == user.pk,
        "citizenship": country_name(row.citizenship),
        "status": row.staff_status(),
        "due": due_in_words(row, now),
        "overdue": row.is_overdue(now),
        "agreement": agreement_in_words(row),
        "correction": correction_in_words(row) if row.status == Status.RETURNED else "",
        "may_see_files": permissions.may(user, "files", row),
        "panels": beside,
        "events": events,
        "decisions": _decisions(row, events),
        "appealed": appeals.panel(row, user),
        "proposal": next((each for each in proposed if each.is_open), None),
        "settled": [each for each in proposed if each.settled_as not in ("", "adopted")],
        "last": last_act(request, queue),
        "desk": application_presses.offered(
            row,
            user,
            queue=queue,
            claim=claim,
            proposals=proposed,
            now=now,
            may_stand_aside=beside["may_stand_aside"],
        ),
    }


def _history(row: Application) -> list[dict[str, Any]]:
    return describe_events(APPLICATION, row.events.select_related("actor"))


def _proposals(row: Application, user: User) -> list[Any]:
    """The newest first, with the fields by name."""
    labels = dict(stated_fields())
    made = Proposal.objects.visible_to(user).filter(application=row)
    found: list[Any] = list(
        made.select_related("ground", "proposed_by", "settled_by").order_by("-pk")
    )
    for each in found:
        each.not_confirmed = [labels.get(name, name) for name in each.unconfirmed_fields]
    return found


def _decisions(row: Application, events: list[dict[str, Any]] | None) -> list[Any]:
    """The newest first, each with the letter that told of it. Most have none when they are looked
    at, and their history says so."""
    if events is not None and not any(event["status"] in DECIDED for event in events):
        return []
    labels = dict(stated_fields())
    made = row.decisions.select_related(
        "ground", "proposed_by", "confirmed_by", "commission", "letter", "session"
    )
    found: list[Any] = list(made.defer("letter__facts").order_by("-pk"))
    for decision in found:
        decision.not_confirmed = [labels.get(name, name) for name in decision.unconfirmed_fields]
    return found


# --- A decision -----------------------------------------------------------------------------------


def decision_page(
    request: HttpRequest, site: Any, register: Any, row: Application, action: str
) -> HttpResponse:
    """What a decision asks, beside what it is about; its letter can be read first. Only a POST
    with `confirmed` decides; then comes the next."""
    user, button, now = staff(request), BUTTONS[action], database_now()
    if not permissions.by_post(user, APPLICATION.transition(action).right, row):
        raise PermissionDenied
    queue, sent = Queue.of(request, register), request.method == "POST"
    form = FORMS[action](request.POST if sent else None, application=row)
    valid = sent and form.is_valid()
    if valid and "confirmed" in request.POST:
        return _decided(request, queue, row, form, button)
    way = proposals.way_of(row, action)
    context = _page(request, site, queue, row, now=now)
    asked = {
        "form": form,
        "button": button,
        "words": button.words(way),
        "happens": button.consequence(way),
        "hindrance": decisions.hindrance(row, action, actor=user) or context["desk"].hindrance,
    }
    ready = valid and "change" not in request.POST
    if not asked["hindrance"] and (ready or not form.asks):
        reasons = form.reasons() if form.asks else Reasons()
        asked["letter"] = decisions.preview(row, action, actor=user, reasons=reasons, now=now)
    context |= {"asked": asked, "title": button.heading}
    return TemplateResponse(request, "admin/observers/application/page.html", context)


def _decided(
    request: HttpRequest, queue: Queue, row: Application, form: DecisionForm, button: Button
) -> HttpResponseRedirect:
    moved = decisions.decide(
        Application.objects.visible_to(request.user).filter(pk=row.pk),
        button.action,
        actor=staff(request),
        reasons=form.reasons(),
        seen={row.pk: form.cleaned_data["version"]},
    )
    return _after(request, queue, row, moved, stay=button.action == CANCEL)


def _after(
    request: HttpRequest,
    queue: Queue,
    row: Application,
    moved: applications.Moved,
    *,
    stay: bool = False,
) -> HttpResponseRedirect:
    """On to the next, which says what was done; where nothing was, back with the reason."""
    for _row, reason in moved.skipped:
        messages.error(request, _("Nothing was changed. %(reason)s") % {"reason": reason})
    if moved.skipped or stay:
        said = {} if moved.skipped else {DONE: row.pk}
        return HttpResponseRedirect(queue.page_url(row.pk, **said))
    return on(request, queue, **{DONE: row.pk})


# --- What a colleague has proposed ----------------------------------------------------------------


def settle_page(
    request: HttpRequest, site: Any, register: Any, row: Application, how: str
) -> HttpResponse:
    """Confirm, decline or take back what is proposed. Declining asks why."""
    user, queue = staff(request), Queue.of(request, register)
    if not permissions.by_post(user, "review", row):
        raise PermissionDenied
    proposal = Proposal.objects.visible_to(user).open().filter(application=row).first()
    shown = request.POST.get("proposal", "") if request.method == "POST" else None
    if proposal is None or (shown is not None and shown != str(proposal.pk)):
        messages.error(request, _("What was proposed is settled meanwhile."))
        return HttpResponseRedirect(queue.page_url(row.pk))
    if how == "decline":
        return _decline(request, site, queue, row, proposal)
    if request.method != "POST":
        return HttpResponseRedirect(queue.page_url(row.pk))
    return (_confirm if how == "confirm" else _take_back)(request, queue, row, proposal)


SETTLE = "confirm|decline|take-back"


def _confirm(
    request: HttpRequest, queue: Queue, row: Application, proposal: Proposal
) -> HttpResponseRedirect:
    user = staff(request)
    held = claims.held_by_others([row], reviewer=user)
    if held:
        messages.error(request, claims.sentence(held[row.pk]))
        return HttpResponseRedirect(queue.page_url(row.pk))
    these = Proposal.objects.visible_to(user).filter(pk=proposal.pk)
    moved = proposals.adopt(these, actor=user)
    claims.let_go(moved.done)
    return _after(request, queue, row, moved)


def _take_back(
    request: HttpRequest, queue: Queue, row: Application, proposal: Proposal
) -> HttpResponseRedirect:
    try:
        proposals.take_back(proposal, actor=staff(request))
    except proposals.ProposalError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back: %(name)s waits again.") % {"name": row.full_name})
    return HttpResponseRedirect(queue.page_url(row.pk))


def _decline(
    request: HttpRequest, site: Any, queue: Queue, row: Application, proposal: Proposal
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = DeclineForm(given, initial={"proposal": proposal.pk})
    if form.is_valid():
        try:
            note = form.cleaned_data["note"]
            proposals.decline(proposal, actor=staff(request), note=note)
        except proposals.ProposalError as error:
            messages.error(request, str(error))
        else:
            said = _("Not adopted: %(name)s waits again.") % {"name": row.full_name}
            messages.success(request, said)
        return HttpResponseRedirect(queue.page_url(row.pk))
    context = _page(request, site, queue, row, now=database_now())
    context["asked"] = {
        "form": form,
        "words": _("Decline"),
        "heading": _("Do not adopt what is proposed"),
        "happens": _("The application waits again, for you and for everybody."),
        "hindrance": context["desk"].hindrance,
    }
    return TemplateResponse(request, "admin/observers/application/page.html", context)
