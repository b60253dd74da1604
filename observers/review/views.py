"""The pages of the desk: one application, each decision on it, and approving many at once.

They stand under the admin's address of applications (`ApplicationAdmin.get_urls`). Rows come
through `ApplicationAdmin.visible`, so what is another commission's is 404.
"""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.countries import country_name
from accounts.models import User
from elections.domain.clock import database_now
from elections.lifecycle import describe_events
from observers import permissions
from observers.domain.applications import Moved
from observers.lifecycle import APPLICATION, TAKE_UP
from observers.models import Application
from observers.review import decisions, panels
from observers.review.buttons import BUTTONS, Button
from observers.review.forms import FORMS, ChosenForm, DecisionForm, stated_fields
from observers.review.words import due_in_words
from observers.words import agreement_in_words

# At most this many are decided at once: the answer has to come within a request's time.
AT_ONCE = 1000
# Of a bulk decision: this many names are listed before the rest is only counted.
LISTED = 200


def application_page(request: HttpRequest, site: Any, row: Application) -> HttpResponse:
    """Everything that the commission knows about one application, and what may be done."""
    user = _staff(request)
    now = database_now()
    context = {
        **_surroundings(site, request, row),
        "title": row.full_name,
        "now": now,
        "citizenship": country_name(row.citizenship),
        "status": row.staff_status(),
        "due": due_in_words(row, now),
        "agreement": agreement_in_words(row),
        "overdue": row.is_overdue(now),
        "buttons": [
            button
            for action, button in BUTTONS.items()
            if not decisions.hindrance(row, action, actor=user)
        ],
        "may_see_files": permissions.may(user, "files", row),
        "panels": panels.shown(row, user=user, now=now),
        "events": _history(row) if permissions.may(user, "history", row) else None,
        "decisions": _decisions(row),
    }
    return TemplateResponse(request, "admin/observers/application/page.html", context)


def _history(row: Application) -> list[dict[str, Any]]:
    return describe_events(APPLICATION, row.events.select_related("actor"))


def _decisions(row: Application) -> list[Any]:
    """The newest first, each with the letter that told of it."""
    labels = dict(stated_fields())
    made = row.decisions.select_related(
        "ground", "proposed_by", "confirmed_by", "commission", "letter", "session"
    )
    found: list[Any] = list(made.defer("letter__facts").order_by("-pk"))
    for decision in found:
        decision.not_confirmed = [labels.get(name, name) for name in decision.unconfirmed_fields]
    return found


def decision_page(request: HttpRequest, site: Any, row: Application, action: str) -> HttpResponse:
    """A decision in two steps: what it asks, then what will happen and what will be read.

    The second step posts the answers again with `confirmed`, and only that decides.
    """
    user = _staff(request)
    button = BUTTONS[action]
    if not permissions.may(user, APPLICATION.transition(action).right, row):
        raise PermissionDenied
    sent = request.method == "POST"
    form = FORMS[action](request.POST if sent else None, application=row)
    if sent and form.is_valid() and "confirmed" in request.POST:
        return _decided(request, row, form, button)
    reason = decisions.hindrance(row, action, actor=user)
    ready = form.is_valid() if sent else not form.asks
    if sent and "change" in request.POST:
        ready = False
    context = {
        **_surroundings(site, request, row),
        "title": button.heading,
        "button": button,
        "form": form,
        "hindrance": reason,
        "ready": ready and not reason,
        "status": row.staff_status(),
        "due": due_in_words(row, database_now()),
    }
    if context["ready"] and action != TAKE_UP:
        reasons = form.reasons() if form.asks else DecisionForm.reasons(form)
        context["letter"] = decisions.preview(
            row, action, actor=user, reasons=reasons, now=database_now()
        )
    return TemplateResponse(request, "admin/observers/application/decision.html", context)


def _decided(
    request: HttpRequest, row: Application, form: DecisionForm, button: Button
) -> HttpResponseRedirect:
    moved = decisions.decide(
        Application.objects.visible_to(request.user).filter(pk=row.pk),
        button.action,
        actor=_staff(request),
        reasons=form.reasons(),
        seen={row.pk: form.cleaned_data["version"]},
    )
    for done in moved.done:
        messages.success(request, button.done % {"name": done.full_name})
    for skipped, reason in moved.skipped:
        messages.error(
            request, _("Nothing was changed. %(reason)s") % {"name": skipped, "reason": reason}
        )
    return HttpResponseRedirect(page_url(row))


def bulk_page(
    request: HttpRequest, site: Any, chosen: QuerySet[Application], action: str
) -> HttpResponse:
    """Before a bulk decision: how many, who they are, and who is left out and why."""
    rows = list(chosen[:AT_ONCE])
    foreseen = decisions.foresee(rows, action, actor=_staff(request))
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": ngettext(
            "Approve %(n)d application", "Approve %(n)d applications", len(foreseen.done)
        )
        % {"n": len(foreseen.done)},
        "button": BUTTONS[action],
        "form": ChosenForm.of(foreseen.done),
        "at_once": AT_ONCE if chosen[AT_ONCE:].exists() else None,
        **_listed(foreseen),
    }
    return TemplateResponse(request, "admin/observers/application/bulk.html", context)


def bulk_decided(request: HttpRequest, site: Any, action: str) -> HttpResponse:
    """Decides what the page before showed, and says what became of each."""
    form = ChosenForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        raise Http404(_("There is no such page."))
    seen = form.seen()
    chosen = Application.objects.visible_to(request.user).filter(pk__in=list(seen))
    moved = decisions.decide(chosen, action, actor=_staff(request), seen=seen)
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": ngettext(
            "%(n)d application approved", "%(n)d applications approved", len(moved.done)
        )
        % {"n": len(moved.done)},
        "decided": True,
        **_listed(moved),
    }
    return TemplateResponse(request, "admin/observers/application/bulk.html", context)


def _listed(moved: Moved) -> dict[str, Any]:
    return {
        "done": moved.done[:LISTED],
        "more": max(0, len(moved.done) - LISTED),
        "skipped": moved.skipped,
    }


def page_url(row: Application) -> str:
    return reverse("admin:observers_application_change", args=[row.pk])


def _surroundings(site: Any, request: HttpRequest, row: Application) -> dict[str, Any]:
    return {
        **site.each_context(request),
        "opts": Application._meta,
        "application": row,
        "election": row.election,
        "page_url": page_url(row),
    }


def _staff(request: HttpRequest) -> User:
    """The admin lets nobody else in (`CommissionSite.has_permission`)."""
    return cast(User, request.user)
