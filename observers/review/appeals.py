"""The desk of the body above: one appeal a page, its answer in two steps, and what a court ruled.

The pages stand under the admin's address of appeals (`AppealAdmin.get_urls`), which hands over
rows that the viewer may see.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.countries import country_name
from accounts.models import User
from accounts.time_words import due_in_words
from elections.domain.clock import database_now
from elections.lifecycle import describe, describe_events
from notifications import outbox
from observers import permissions
from observers.appeal_forms import AnswerForm, RulingForm
from observers.domain import appeals
from observers.domain.appeals import AppealError
from observers.domain.checks import run_checks
from observers.enums import AppealStatus
from observers.lifecycle import APPEAL, DISMISS, UPHOLD
from observers.models import Appeal, Application, Decision
from observers.review import panels
from observers.review.forms import stated_fields
from observers.review.presses import Press
from observers.words import agreement_in_words


@dataclass(frozen=True)
class Answer:
    """One of the two answers. `happens` is said before, `done` after."""

    action: str
    key: str
    label: Any
    heading: Any
    happens: Any
    done: Any
    tone: str


ANSWERS = {
    answer.action: answer
    for answer in (
        Answer(
            UPHOLD,
            "u",
            gettext_lazy("Uphold the appeal"),
            gettext_lazy("Uphold this appeal"),
            gettext_lazy(
                "A new decision registers the observer, who stands in the public register then. "
                "The decision appealed against stays on record. This cannot be undone."
            ),
            gettext_lazy("Upheld, and registered: %(name)s."),
            "primary",
        ),
        Answer(
            DISMISS,
            "d",
            gettext_lazy("Dismiss the appeal"),
            gettext_lazy("Dismiss this appeal"),
            gettext_lazy(
                "The decision stands. The letter says why, who may be asked next and until when. "
                "This cannot be undone."
            ),
            gettext_lazy("Dismissed: %(name)s."),
            "danger",
        ),
    )
}
ONE = "|".join(ANSWERS)
_ACTS = {UPHOLD: appeals.uphold, DISMISS: appeals.dismiss}


# --- One appeal -----------------------------------------------------------------------------------


def appeal_page(request: HttpRequest, site: Any, row: Appeal) -> HttpResponse:
    """What is appealed against and why, the application as the desk shows it, and the answers."""
    user, now = _staff(request), database_now()
    application = row.decision.application
    may_see_files = bool(permissions.may(user, "files", application))
    context = {
        **_surroundings(site, request, row),
        "title": application.full_name,
        "presses": _presses(row, user),
        "hindrance": appeals.may_move(row, DISMISS, by=user).reason,
        "citizenship": country_name(application.citizenship),
        "agreement": agreement_in_words(application),
        "may_see_files": may_see_files,
        "documents": panels.documents(application) if may_see_files else None,
        "checks": panels.checked(run_checks([application], now=now)[application.pk]),
        "events": describe_events(APPEAL, row.events.select_related("actor")),
        "record_url": record_url(application, user),
    }
    return TemplateResponse(request, "admin/observers/appeal/page.html", context)


def _presses(row: Appeal, user: User) -> list[Press]:
    return [
        Press(answer.label, answer.key, _answer_url(row, action), answer.tone)
        for action, answer in ANSWERS.items()
        if appeals.may_move(row, action, by=user)
    ]


def _answer_url(row: Appeal, action: str) -> str:
    return reverse("admin:observers_appeal_decide", args=[row.pk, action])


def answer_page(request: HttpRequest, site: Any, row: Appeal, action: str) -> HttpResponse:
    """In two steps: why, then what will be read. Only the second decides."""
    user, answer, now = _staff(request), ANSWERS[action], database_now()
    sent = request.method == "POST"
    possible = appeals.may_move(row, action, by=user)
    if not possible and row.status == AppealStatus.LODGED:
        raise PermissionDenied(possible.reason)
    form = AnswerForm(request.POST if sent else None)
    ready = sent and form.is_valid() and "change" not in request.POST
    if ready and "confirmed" in request.POST:
        return _answered(request, row, answer, form.cleaned_data["reasoning"])
    context = {
        **_surroundings(site, request, row),
        "title": answer.heading,
        "answer": answer,
        "form": form,
        "hindrance": possible.reason,
        "ready": ready and bool(possible),
    }
    if context["ready"]:
        reasoning = form.cleaned_data["reasoning"]
        letter = appeals.letter_of(row, action, actor=user, reasoning=reasoning, now=now)
        message = outbox.compose(letter, address="")
        context["letter"] = {
            "subject": str(message.subject),
            "text": str(message.body),
            "language": letter.language,
        }
    return TemplateResponse(request, "admin/observers/appeal/answer.html", context)


def _answered(
    request: HttpRequest, row: Appeal, answer: Answer, reasoning: str
) -> HttpResponseRedirect:
    try:
        _ACTS[answer.action](row, actor=_staff(request), reasoning=reasoning)
    except AppealError as error:
        messages.error(request, _("Nothing was changed. %(reason)s") % {"reason": error})
    else:
        name = row.decision.application.full_name
        messages.success(request, answer.done % {"name": name})
    return HttpResponseRedirect(page_url(row))


# --- What a court has ruled -----------------------------------------------------------------------


def ruling_page(request: HttpRequest, site: Any, application: Application) -> HttpResponse:
    """A ruling from outside, with its document. A file has to be chosen again after an error."""
    user, sent = _staff(request), request.method == "POST"
    today = timezone.localdate(database_now(), application.election.zone)
    form = RulingForm(*([request.POST, request.FILES] if sent else []), today=today)
    possible = appeals.may_be_recorded(application, actor=user)
    if sent and possible and form.is_valid():
        try:
            row = appeals.record_ruling(application, actor=user, ruling=form.ruling())
        except AppealError as error:
            messages.error(request, _("Nothing was changed. %(reason)s") % {"reason": error})
        else:
            messages.success(request, _("The ruling is recorded."))
            return HttpResponseRedirect(page_url(row))
    context = {
        **site.each_context(request),
        "opts": Appeal._meta,
        "title": _("Record a court’s ruling"),
        "application": application,
        "election": application.election,
        "decision": _told(application.decision) if application.decision else None,
        "status": application.staff_status(),
        "form": form,
        "hindrance": possible.reason,
        "application_url": _application_url(application),
    }
    return TemplateResponse(request, "admin/observers/appeal/ruling.html", context)


def record_url(application: Application, user: User) -> str:
    """The page that records a ruling about this application; empty where there is none to."""
    if not appeals.may_be_recorded(application, actor=user):
        return ""
    return reverse("admin:observers_appeal_record", args=[application.pk])


# --- On the page of the application ---------------------------------------------------------------


def panel(application: Application, user: User) -> dict[str, Any]:
    """Its appeals for the desk's panel (`panels/appeals.html`)."""
    decided = application.decision_id is not None
    found = appeals.of_application(application) if decided else []
    return {
        "appeals": [{**in_words(appeal), "url": page_url(appeal)} for appeal in found],
        "record_url": record_url(application, user) if decided else "",
    }


def in_words(appeal: Appeal) -> dict[str, Any]:
    ruling = reverse("apply:ruling", args=[appeal.key]) if appeal.ruling else ""
    return {
        "appeal": appeal,
        "ruling_url": ruling,
        **describe(APPEAL, appeal.status, to_staff=True),
    }


# --- What they have in common ---------------------------------------------------------------------


def due(row: Appeal, now: Any) -> tuple[str, bool]:
    """By when it has to be answered, and whether that has passed; empty once it is."""
    if row.status != AppealStatus.LODGED or row.due_at is None:
        return "", False
    return due_in_words(row.due_at, now), row.due_at <= now


def page_url(row: Appeal) -> str:
    return reverse("admin:observers_appeal_change", args=[row.pk])


def _application_url(application: Application) -> str:
    return reverse("admin:observers_application_change", args=[application.pk])


def _told(decision: Decision) -> Any:
    """With the fields by name."""
    labels = dict(stated_fields())
    told: Any = decision
    told.not_confirmed = [labels.get(name, name) for name in decision.unconfirmed_fields]
    return told


def _surroundings(site: Any, request: HttpRequest, row: Appeal) -> dict[str, Any]:
    application, (words, overdue) = row.decision.application, due(row, database_now())
    return {
        **site.each_context(request),
        "opts": Appeal._meta,
        "appeal": row,
        "told": in_words(row),
        "decision": _told(row.decision),
        "application": application,
        "election": application.election,
        "due": words,
        "overdue": overdue,
        "page_url": page_url(row),
        "application_url": _application_url(application),
    }


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
