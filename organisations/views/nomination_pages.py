"""What the pages of an application for a nomination right have in common."""

import datetime
import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.verdict import insist
from elections.domain.clock import database_now
from elections.domain.windows import last_closing
from organisations import permissions
from organisations.domain import nominations
from organisations.models import NominationRight
from organisations.views import answers
from organisations.views.theirs import SignedIn, right_of

# Somebody else was faster, or the clock: nothing was stored.
CONFLICT = 409


def is_open(right: NominationRight) -> bool:
    """Whether it may still be filled in."""
    return right.is_editable and not nominations.is_late(right, now=database_now())


def to_fill_in(request: SignedIn, key: uuid.UUID) -> NominationRight:
    right = right_of(request.user, key)
    insist(permissions.may_nomination(request.user, "edit", right))
    return right


def gone_on(request: SignedIn, right: NominationRight) -> HttpResponse:
    """A step of a form that has been sent, or that is too late: the form as it stands."""
    if request.method != "POST":
        return redirect(right)
    return overview_page(request, right, status=CONFLICT)


def overview_page(request: SignedIn, right: NominationRight, *, status: int = 200) -> HttpResponse:
    now = database_now()
    late = nominations.is_late(right, now=now)
    fillable = right.is_editable and not late
    context = {
        **frame(right, now, below=False),
        "is_late": late,
        "fillable": fillable,
        "may_edit": permissions.may_nomination(request.user, "edit", right),
        "may_submit": permissions.may_nomination(request.user, "submit", right),
        "tasks": answers.tasks(right) if fillable else [],
        "note": nominations.what_to_correct(right) if right.status == "returned" else "",
        "decision": answers.of_decision(right),
        **sheet(right),
    }
    return render(request, "nomination/overview.html", context, status=status)


def frame(right: NominationRight, now: datetime.datetime, *, below: bool = True) -> dict[str, Any]:
    """What every page of the form shows around its content."""
    return {
        "right": right,
        "organisation": right.organisation,
        "election": right.election,
        "state": right.public_status(),
        "now": now,
        "closes_at": last_closing(right.election, kind=right.organisation.kind),
        "crumbs": answers.crumbs(right, below=below),
    }


def sheet(right: NominationRight) -> dict[str, Any]:
    """The answers, to be read."""
    return {
        "organisation_answers": answers.of_organisation(right.organisation),
        "mission_answers": answers.of_mission(right),
        "documents": answers.of_documents(right),
    }
