"""Naming another person in place of one who is registered: explained first, then begun."""

import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.verdict import Verdict
from observers import permissions
from observers.domain import substitutions
from observers.domain.drafts import DraftError
from observers.enums import Status
from observers.lifecycle import SUBSTITUTE
from observers.models import Application
from observers.views.progress import Progress, own_progress, person


class Substituting:
    """Who takes whose place, as the organisation sees it on the page of one application."""

    def __init__(self, progress: Progress, user: User) -> None:
        self.progress, self.user = progress, user
        self.application = progress.application

    @property
    def closes_at(self) -> datetime.datetime | None:
        return self.application.window.substitutions_close_at

    @cached_property
    def possible(self) -> Verdict:
        return substitutions.may_be_named(self.application, by=self.user, now=self.progress.now)

    @cached_property
    def successor(self) -> Application | None:
        """Who is named in place of this person; asked only where somebody can be."""
        if self.application.status not in (Status.APPROVED, Status.WITHDRAWN):
            return None
        return substitutions.running_of(self.application)

    @property
    def successor_is_draft(self) -> bool:
        return self.successor is not None and self.successor.status == Status.DRAFT


@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def substitute(request: HttpRequest, key: UUID) -> HttpResponse:
    """What it means and until when; a POST begins the draft of the other person. Who registered
    themselves has no such page."""
    progress = own_progress(request, key)
    if not permissions.may(person(request), SUBSTITUTE, progress.application):
        raise Http404
    substituting = Substituting(progress, person(request))
    refused = "" if substituting.possible else substituting.possible.reason
    if request.method == "POST" and not refused:
        try:
            begun = substitutions.begin(progress.application, by=person(request))
        except DraftError as error:
            refused = str(error)
        else:
            return redirect(begun)
    context = {
        "progress": progress,
        "application": progress.application,
        "substituting": substituting,
        "refused": refused,
    }
    status = 409 if refused and request.method == "POST" else 200
    return render(request, "apply/substitute.html", context, status=status)
