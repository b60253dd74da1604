"""What somebody sees whom an organisation nominates: by whom, for what, and two buttons.

Opened by a link, without an account, mostly on a phone. Who has the link may answer.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.time_words import day_in_full
from elections.domain.clock import database_now
from elections.enums import NamePolicy, ObserverConsent
from observers.domain import agreement as agreements
from observers.enums import ObserverAnswer
from observers.models import Application
from observers.views.own_badge import badge_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def agreement(request: HttpRequest, token: str) -> HttpResponse:
    """The nomination and the answer to it; 404 for a link that is not one."""
    try:
        if request.method == "POST":
            return _answered(request, token)
        application = agreements.nomination(token)
    except agreements.NoSuchNomination as error:
        raise Http404 from error
    now = database_now()
    context = {
        "application": application,
        "election": application.election,
        "now": now,
        "answer": application.observer_answer,
        "answer_by": agreements.answer_by(application),
        "hindrance": agreements.hindrance(application, now=now),
        "facts": _facts(application),
        "consequence": _consequence(application),
        "published": _published(application),
        "badge": badge_words(
            application,
            now=now,
            pdf_url=reverse("agreement_badge", args=[token]),
            is_own_page=True,
        ),
    }
    response = render(request, "agreement/page.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    """Stores the answer and shows the page anew, which says what is recorded."""
    said = request.POST.get("answer", "")
    if said not in ObserverAnswer.values:
        agreements.nomination(token)
        messages.error(request, _("Choose one of the two answers."))
    else:
        try:
            agreed = said == ObserverAnswer.AGREED
            agreements.answer(token, agreed=agreed, now=database_now())
        except agreements.CannotAnswer as error:
            messages.error(request, str(error))
    return redirect(request.path)


def _facts(application: Application) -> list[dict[str, Any]]:
    """Who is nominated, by whom, for what."""
    organisation, election = application.organisation, application.election
    zone = election.time_zone
    return [
        {"label": _("Name"), "value": application.full_name},
        {"label": _("Nominated by"), "value": organisation.name if organisation else ""},
        {"label": _("Election"), "value": election.name},
        {"label": _("Polling day"), "value": day_in_full(election.polling_on, zone=zone)},
        {"label": _("Where"), "value": _place(application)},
        {"label": _("Decided by"), "value": application.commission.name},
    ]


def _place(application: Application) -> str:
    if application.constituency:
        return f"{application.get_scope_display()}: {application.constituency}"
    return str(application.get_scope_display())


def _consequence(application: Application) -> str:
    """What does not happen without the person's agreement."""
    consent = application.election.observer_consent
    if consent == ObserverConsent.BEFORE_SUBMISSION and application.submitted_at is None:
        return _("Without your agreement the application is not sent to the commission.")
    return _("Without your agreement no badge is issued, and nobody observes without a badge.")


def _published(application: Application) -> str:
    """What of a name the register of this election shows."""
    return {
        NamePolicy.FULL: _(
            "If you are registered, the public register shows your full name, accreditation "
            "number, place of observation and who nominated you."
        ),
        NamePolicy.INITIALS: _(
            "If you are registered, the public register shows your surname and initials, "
            "accreditation number, place of observation and who nominated you."
        ),
        NamePolicy.NUMBER: _(
            "If you are registered, the public register shows your accreditation number, place of "
            "observation and who nominated you. It does not show your name."
        ),
    }[application.election.name_policy_of(application.kind)]
