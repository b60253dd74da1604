"""The desk of nomination rights: the one page of each, and its decisions.

The same desk as that of applications, with the same keys (`stations.py`); what differs is who is
decided about.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.countries import country_name
from accounts.models import User
from accounts.time_words import due_in_words
from elections.domain.clock import database_now
from elections.enums import DecisionWay
from elections.lifecycle import describe_events
from notifications import outbox
from observers import permissions
from observers.domain import claims, pages
from observers.review import nomination_presses
from observers.review.buttons import PROPOSED_FIRST, Button
from observers.review.forms import DeclineForm
from observers.review.nomination_forms import (
    NominationForm,
    RefuseNominationForm,
    ReturnNominationForm,
)
from observers.review.nomination_presses import BUTTONS
from observers.review.panel_pages import as_png
from observers.review.panels import Shown, shown_as
from observers.review.queue import Queue
from observers.review.stations import DONE, claim_now, last_act, on, place_of, staff
from organisations.domain import nominations, proposals
from organisations.domain.nominations import NominationError
from organisations.lifecycle import NOMINATION
from organisations.models import NominationDocument, NominationProposal, NominationRight
from organisations.permissions import may_nomination

ACTIONS = "|".join(BUTTONS)
SETTLE = "confirm|decline|take-back"
FORMS: dict[str, type[NominationForm]] = {
    "grant": NominationForm,
    "return": ReturnNominationForm,
    "refuse": RefuseNominationForm,
}
_DO: dict[str, Callable[..., Any]] = {
    "grant": nominations.grant,
    "return": nominations.give_back,
    "refuse": nominations.refuse,
}

# --- One nomination right -------------------------------------------------------------------------


def right_page(request: HttpRequest, register: Any, right: NominationRight) -> HttpResponse:
    """Everything that the commission knows about it, and what may be done."""
    return _answer(request, _page(request, Queue.of(request, register), right))


def _answer(request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
    return TemplateResponse(request, "admin/organisations/nominationright/page.html", context)


def _page(request: HttpRequest, queue: Queue, right: NominationRight) -> dict[str, Any]:
    user, now = staff(request), database_now()
    claim = claim_now(right, user, now)
    proposed = _proposals(right, user)
    organisation = right.organisation
    return {
        **queue.register.admin_site.each_context(request),
        "opts": NominationRight._meta,
        "title": organisation.name,
        "right": right,
        "election": right.election,
        "page_url": queue.page_url(right.pk),
        "queue": queue,
        **place_of(queue, right),
        "claim": claim,
        "is_mine": claim is not None and claim.reviewer_id == user.pk,
        "status": right.staff_status(),
        "due": due_in_words(right.due_at, now) if right.is_waiting and right.due_at else "",
        "overdue": right.is_waiting and right.due_at is not None and right.due_at < now,
        "country": country_name(organisation.country),
        "representatives": organisation.representatives.select_related("user"),
        "documents": _documents(right) if may_nomination(user, "files", right) else None,
        "events": describe_events(NOMINATION, right.events.select_related("actor")),
        "decisions": right.decisions.select_related(
            "ground", "decided_by", "proposed_by", "letter"
        ).defer("letter__facts"),
        "proposal": next((each for each in proposed if each.is_open), None),
        "settled": [each for each in proposed if each.settled_as not in ("", "adopted")],
        "last": last_act(request, queue),
        "desk": nomination_presses.offered(
            right, user, queue=queue, claim=claim, proposed=proposed, now=now
        ),
    }


def _documents(right: NominationRight) -> list[Shown]:
    filed = list(right.documents.select_related("answers"))
    pages.count(filed)
    return [_document(right, document) for document in filed]


def _document(right: NominationRight, document: NominationDocument) -> Shown:
    name = "admin:organisations_nominationright_page"
    return shown_as(
        document.answers.title,
        document,
        reverse("nomination:document", args=[right.key, document.key]),
        lambda page: reverse(name, args=[right.pk, document.key, page]),
    )


def page_of_document(
    request: HttpRequest, right: NominationRight, document: str, page: int
) -> HttpResponse:
    """One page of an attached PDF as a picture."""
    if not may_nomination(staff(request), "files", right):
        raise Http404
    filed = get_object_or_404(right.documents, key=document, content_type=pages.PDF)
    return as_png(filed.file, page)


def _proposals(right: NominationRight, user: User) -> list[NominationProposal]:
    made = NominationProposal.objects.visible_to(user).filter(right=right)
    return list(made.select_related("ground", "proposed_by", "settled_by").order_by("-pk"))


# --- Deciding -------------------------------------------------------------------------------------


def decision_page(
    request: HttpRequest, register: Any, right: NominationRight, action: str
) -> HttpResponse:
    """What a decision asks, beside what it is about; its letter can be read first. Only a POST
    with `confirmed` decides; then comes the next."""
    user, button = staff(request), BUTTONS[action]
    if not may_nomination(user, "decide", right):
        raise PermissionDenied
    queue, sent = Queue.of(request, register), request.method == "POST"
    form = FORMS[action](request.POST if sent else None, right=right)
    valid = sent and form.is_valid()
    if valid and "confirmed" in request.POST:
        return _decided(request, queue, right, form, button)
    way = nomination_presses.way_of(right, action)
    context = _page(request, queue, right)
    hindrance = NOMINATION.may(right.status, action).reason or context["desk"].hindrance
    asked = {
        "form": form,
        "button": button,
        "words": button.words(way),
        "happens": button.happens if way == DecisionWay.ONE else PROPOSED_FIRST[way],
        "hindrance": hindrance,
    }
    ready = valid and "change" not in request.POST
    if not hindrance and (ready or not form.asks):
        asked["letter"] = _preview(right, form, by=user)
    return _answer(request, context | {"asked": asked, "title": button.heading})


def _preview(right: NominationRight, form: NominationForm, *, by: User) -> dict[str, Any]:
    answers = form.answers() if form.is_bound else {}
    letter = nominations.letter_of(right, by=by, **answers)
    message = outbox.compose(letter, right.filed_by.email)
    return {"subject": message.subject, "text": message.body, "language": letter.language}


def _decided(
    request: HttpRequest,
    queue: Queue,
    right: NominationRight,
    form: NominationForm,
    button: Button,
) -> HttpResponseRedirect:
    user = staff(request)
    try:
        _insist_on_ones_own(right, user)
        with transaction.atomic():
            nominations.insist_unchanged(right, version=form.cleaned_data["version"])
            if nomination_presses.way_of(right, button.action) == DecisionWay.ONE:
                _DO[button.action](right, by=user, **form.answers())
            else:
                proposals.propose(right, by=user, **form.answers())
            claims.let_go([right])
    except NominationError as error:
        return _unchanged(request, queue, right, error)
    return on(request, queue, **{DONE: right.pk})


def _insist_on_ones_own(right: NominationRight, user: User) -> None:
    """Raises NominationError for who stood aside, and while a colleague has it."""
    permitted = permissions.may_decide_right(user, right)
    if not permitted:
        raise NominationError(permitted.reason)
    held = claims.held_by_others([right], reviewer=user)
    if held:
        raise NominationError(claims.sentence(held[right.pk]))


def _unchanged(
    request: HttpRequest, queue: Queue, right: NominationRight, error: NominationError
) -> HttpResponseRedirect:
    messages.error(request, _("Nothing was changed. %(reason)s") % {"reason": error})
    return HttpResponseRedirect(queue.page_url(right.pk))


# --- What a colleague has proposed ----------------------------------------------------------------


def settle_page(
    request: HttpRequest, register: Any, right: NominationRight, how: str
) -> HttpResponse:
    """Confirm, decline or take back what is proposed. Declining asks why."""
    user, queue = staff(request), Queue.of(request, register)
    if not may_nomination(user, "decide", right):
        raise PermissionDenied
    made = NominationProposal.objects.visible_to(user).open().filter(right=right)
    proposal = made.select_related("right").first()
    shown = request.POST.get("proposal", "") if request.method == "POST" else None
    if proposal is None or (shown is not None and shown != str(proposal.pk)):
        messages.error(request, _("What was proposed is settled meanwhile."))
        return HttpResponseRedirect(queue.page_url(right.pk))
    if how == "decline":
        return _decline(request, queue, right, proposal)
    if request.method != "POST":
        return HttpResponseRedirect(queue.page_url(right.pk))
    try:
        if how == "take-back":
            proposals.take_back(proposal, by=user)
        else:
            _insist_on_ones_own(right, user)
            proposals.adopt(proposal, by=user)
    except NominationError as error:
        return _unchanged(request, queue, right, error)
    if how == "take-back":
        name = {"name": right.organisation.name}
        messages.success(request, _("Taken back: %(name)s waits again.") % name)
        return HttpResponseRedirect(queue.page_url(right.pk))
    claims.let_go([right])
    return on(request, queue, **{DONE: right.pk})


def _decline(
    request: HttpRequest, queue: Queue, right: NominationRight, proposal: NominationProposal
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = DeclineForm(given, initial={"proposal": proposal.pk})
    if form.is_valid():
        try:
            proposals.decline(proposal, by=staff(request), note=form.cleaned_data["note"])
        except NominationError as error:
            return _unchanged(request, queue, right, error)
        name = {"name": right.organisation.name}
        messages.success(request, _("Not adopted: %(name)s waits again.") % name)
        return HttpResponseRedirect(queue.page_url(right.pk))
    context = _page(request, queue, right)
    context["asked"] = {
        "form": form,
        "words": _("Decline"),
        "heading": _("Do not adopt what is proposed"),
        "happens": _("The application waits again, for you and for everybody."),
        "hindrance": context["desk"].hindrance,
    }
    return _answer(request, context)
