"""The desk of nomination rights: the one page of each, and its decisions.

The same desk as that of applications, with the same keys (`stations.py`); what differs is who is
decided about.
"""

import datetime
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
from django.utils.translation import gettext_lazy

from accounts.countries import country_name
from accounts.models import User
from accounts.time_words import due_in_words
from elections.domain.clock import database_now
from elections.enums import DecisionWay, Outcome
from elections.lifecycle import describe_events
from notifications import outbox
from notifications.enums import LetterStatus
from observers import permissions
from observers.domain import claims, pages
from observers.models import Claim
from observers.review.buttons import PROPOSED_FIRST, Button
from observers.review.forms import DeclineForm
from observers.review.nomination_forms import (
    NominationForm,
    RefuseNominationForm,
    ReturnNominationForm,
)
from observers.review.panel_pages import as_png
from observers.review.panels import Shown, shown_as
from observers.review.presses import Desk, LastAct, Press, held_by_another
from observers.review.queue import Queue
from observers.review.stations import DONE, claim_now, last_act, on, place_of, staff
from organisations.domain import nominations, proposals
from organisations.domain.nominations import NominationError
from organisations.enums import NominationStatus
from organisations.lifecycle import NOMINATION
from organisations.models import NominationDocument, NominationProposal, NominationRight
from organisations.permissions import may_nomination

BUTTONS = {
    button.action: button
    for button in (
        Button(
            "grant",
            gettext_lazy("Grant"),
            gettext_lazy("Grant this nomination right"),
            gettext_lazy(
                "The organisation may enter and submit its observers from now on. It is told by "
                "letter."
            ),
            gettext_lazy("Granted: %(name)s."),
            key="a",
            tone="primary",
            proposal=gettext_lazy("Propose to grant"),
            proposed=gettext_lazy("Granting proposed: %(name)s."),
        ),
        Button(
            "return",
            gettext_lazy("Return for correction"),
            gettext_lazy("Return this form for correction"),
            gettext_lazy(
                "The organisation is told by letter what to correct. The form keeps its place."
            ),
            gettext_lazy("Returned for correction: %(name)s."),
            key="r",
        ),
        Button(
            "refuse",
            gettext_lazy("Refuse"),
            gettext_lazy("Refuse this nomination right"),
            gettext_lazy(
                "The organisation cannot nominate observers. The letter names the ground, what "
                "was checked, the body to appeal to and the last day to do so."
            ),
            gettext_lazy("Refused: %(name)s."),
            key="f",
            tone="danger",
            proposal=gettext_lazy("Propose refusal"),
            proposed=gettext_lazy("Refusal proposed: %(name)s."),
        ),
    )
}
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
_SLOTS = {"grant": 1, "return": 2, "refuse": 3}
_ACTION_OF = {
    NominationStatus.GRANTED: "grant",
    NominationStatus.RETURNED: "return",
    NominationStatus.REFUSED: "refuse",
}
_OUTCOMES = {action: status for status, action in _ACTION_OF.items() if action != "return"}


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
        "desk": _offered(right, user, queue=queue, claim=claim, proposed=proposed, now=now),
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


# --- What may be pressed --------------------------------------------------------------------------


def _offered(
    right: NominationRight,
    user: User,
    *,
    queue: Queue,
    claim: Claim | None,
    proposed: list[NominationProposal],
    now: datetime.datetime,
) -> Desk:
    if not may_nomination(user, "decide", right) and not right.is_waiting:
        return Desk(hindrance=_("There is nothing for you to decide here."))
    if not right.is_waiting:
        return _decided_already(right, user, queue, now)
    permitted = permissions.may_decide_right(user, right)
    if not permitted:
        return Desk(hindrance=permitted.reason)
    desk = Desk(move=_moves(right, user, queue, claim))
    desk.hindrance = held_by_another(claim, user)
    if desk.hindrance:
        return desk
    proposal = next((each for each in proposed if each.is_open), None)
    if proposal:
        _settling(desk, right, user, queue, proposal)
    else:
        desk.decide = [_decision(right, action, queue) for action in BUTTONS]
    return desk


def why_not_taken(user: User, right: NominationRight) -> str:
    permitted = permissions.may_decide_right(user, right)
    held = held_by_another(claims.holding(right), user)
    return permitted.reason or held or _("This cannot be taken now.")


def _way(right: NominationRight, action: str) -> DecisionWay:
    """A session of the commission is about observers: here it is two people as well."""
    outcome = _OUTCOMES.get(action)
    alone = outcome is None or nominations.way_of(right, outcome) == DecisionWay.ONE
    return DecisionWay.ONE if alone else DecisionWay.TWO


def _decision(right: NominationRight, action: str, queue: Queue) -> Press:
    """Granting asks nothing, so its key decides at once."""
    button = BUTTONS[action]
    return Press(
        label=button.words(_way(right, action)),
        key=button.key,
        url=queue.at("decide", right.pk, action),
        tone=button.tone,
        sends={"version": right.version, "confirmed": "1"} if action == "grant" else None,
        slot=_SLOTS[action],
    )


def _moves(right: NominationRight, user: User, queue: Queue, claim: Claim | None) -> list[Press]:
    moves = [_deed(right, "next", _("Next"), "n", queue)]
    if claim and claim.reviewer_id == user.pk:
        moves.append(_deed(right, "hand-back", _("Hand back"), "h", queue))
    elif claim is None:
        moves.append(_deed(right, "take", _("Take it"), "t", queue))
    return moves


def _deed(right: NominationRight, deed: str, label: str, key: str, queue: Queue) -> Press:
    return Press(label, key, queue.at("deed", right.pk, deed), sends={})


def _settling(
    desk: Desk, right: NominationRight, user: User, queue: Queue, proposal: NominationProposal
) -> None:
    this = {"proposal": proposal.pk}
    if proposal.proposed_by_id == user.pk:
        desk.said = _("You proposed this: a colleague has to adopt it.")
        url = queue.at("settle", right.pk, "take-back")
        desk.decide = [Press(_("Take back"), "b", url, sends=this, slot=2)]
        return
    refusal = proposal.outcome == Outcome.REFUSED
    words = _("Confirm the refusal") if refusal else _("Confirm that it is granted")
    desk.decide = [
        Press(_("Decline"), "d", queue.at("settle", right.pk, "decline"), slot=2),
        Press(
            words,
            "c",
            queue.at("settle", right.pk, "confirm"),
            "danger" if refusal else "primary",
            sends=this,
            slot=3 if refusal else 1,
        ),
    ]


def _decided_already(
    right: NominationRight, user: User, queue: Queue, now: datetime.datetime
) -> Desk:
    if _undo_until(right, user, now):
        return Desk(decide=[_deed(right, "undo", _("Undo"), "u", queue)])
    return Desk(hindrance=_("There is nothing for you to decide here."))


def done_last(
    right: NominationRight, user: User, *, queue: Queue, now: datetime.datetime
) -> LastAct | None:
    """What the user did to it last, with the way back as long as there is one."""
    name, url = {"name": right.organisation.name}, queue.page_url(right.pk)
    if right.status in _ACTION_OF:
        words = BUTTONS[_ACTION_OF[NominationStatus(right.status)]].done % name
        until = _undo_until(right, user, now)
        if until is None:
            return LastAct(words, url)
        seconds = max(1, int((until - now).total_seconds()))
        return LastAct(words, url, _deed(right, "undo", _("Undo"), "u", queue), until, seconds)
    for proposal in _proposals(right, user):
        if proposal.is_open and proposal.proposed_by_id == user.pk:
            action = "refuse" if proposal.outcome == Outcome.REFUSED else "grant"
            back = Press(
                _("Take back"),
                "u",
                queue.at("settle", right.pk, "take-back"),
                sends={"proposal": proposal.pk},
            )
            return LastAct(BUTTONS[action].proposed % name, url, back)
    return None


def _undo_until(
    right: NominationRight, user: User, now: datetime.datetime
) -> datetime.datetime | None:
    if right.status not in _ACTION_OF:
        return None
    letter = nominations.letter_of_last_word(right, by=user)
    if letter is None or letter.status != LetterStatus.QUEUED or letter.next_attempt_at <= now:
        return None
    moment: datetime.datetime = letter.next_attempt_at
    return moment


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
    way = _way(right, action)
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
            if _way(right, button.action) == DecisionWay.ONE:
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
