"""Deciding, for one application and for many: what the desk's buttons do."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from elections.enums import DecisionWay
from elections.models import Election
from notifications import outbox
from observers import permissions
from observers.domain import applications, claims, proposals
from observers.domain.applications import Moved
from observers.domain.reasons import Reasons
from observers.enums import Status
from observers.lifecycle import APPLICATION, APPROVE, REFUSE, RETURN, TAKE_UP
from observers.models import Application

# What may be done to an application that nobody has taken up yet: it is taken up on the way.
DECISIONS = (APPROVE, RETURN, REFUSE)


def decide(
    queryset: QuerySet[Application],
    action: str,
    *,
    actor: User,
    reasons: Reasons | None = None,
    seen: Mapping[int, int] | None = None,
) -> Moved:
    """Do `action` to every application that allows it; the others come back with the reason.

    One that waits to be taken up is taken up in the same transaction. `seen` is the version of
    each that the reviewer had before them: what its applicant has changed since is set aside, as
    is what a colleague has on their desk or something is proposed for. What is decided or proposed
    is on nobody's desk any more.
    """
    with transaction.atomic():
        rows = _locked(queryset)
        aside = _set_aside(rows, action, actor, seen or {})
        keys = {row.pk for row in rows} - set(aside)
        these = Application.objects.visible_to(actor).filter(pk__in=keys)
        if action in DECISIONS:
            applications.move(these.filter(status=Status.SUBMITTED), TAKE_UP, actor=actor)
        moved = _decided_or_proposed(these, action, actor=actor, reasons=reasons)
        claims.let_go([*moved.done, *moved.proposed])
    moved.skipped += [(row, aside[row.pk]) for row in rows if row.pk in aside]
    return moved


def _set_aside(
    rows: list[Application], action: str, actor: User, seen: Mapping[int, int]
) -> dict[int, str]:
    """By id, why it is not for the actor now."""
    found = {
        row.pk: changed_since() for row in rows if seen.get(row.pk, row.version) != row.version
    }
    if action in DECISIONS:
        held = claims.held_by_others(rows, reviewer=actor)
        found |= {key: claims.sentence(claim) for key, claim in held.items()}
        found |= {key: proposed_already() for key in proposals.open_for(rows)}
    return found


def proposed_already() -> str:
    return _("Something is proposed for this application: that is settled first.")


def _decided_or_proposed(
    these: QuerySet[Application], action: str, *, actor: User, reasons: Reasons | None
) -> Moved:
    """Election by election: how many people an outcome takes is a setting of each."""
    moved = Moved()
    for election in Election.objects.filter(pk__in=these.order_by().values("election")):
        here = these.filter(election=election)
        outcome = proposals.OUTCOMES.get(action)
        if outcome is None or election.way_of(outcome) == DecisionWay.ONE:
            part = applications.move(here, action, actor=actor, reasons=reasons)
        else:
            part = proposals.propose(here, action, actor=actor, reasons=reasons)
        moved.done += part.done
        moved.proposed += part.proposed
        moved.skipped += part.skipped
    return moved


def _locked(queryset: QuerySet[Application]) -> list[Application]:
    """Locked first, so that nobody changes or decides them between our look and the decision."""
    plain = queryset.select_related(None).only("version", "surname", "given_name", "patronymic")
    return list(plain.select_for_update(of=("self",)).order_by("pk"))


def changed_since() -> str:
    return _(
        "The applicant has changed this application since you opened it. Look at it again first."
    )


def hindrance(row: Application, action: str, *, actor: User) -> str:
    """Why the actor cannot do this to the row now. Empty if they can."""
    permitted = permissions.may(actor, APPLICATION.transition(action).right, row)
    if not permitted:
        return permitted.reason
    taken_up = action in DECISIONS and row.status == Status.SUBMITTED
    return APPLICATION.may(Status.UNDER_REVIEW if taken_up else row.status, action).reason


def preview(
    row: Application, action: str, *, actor: User, reasons: Reasons, now: datetime.datetime
) -> dict[str, str]:
    """Subject and text of the letter that the applicant would read. The row is not to be saved."""
    if action == APPROVE:
        row.accreditation_number = _("(the number is given on approval)")
    letter = applications.letter_of(row, action, actor=actor, reasons=reasons, now=now)
    message = outbox.compose(letter, address=row.applicant.email)
    return {"subject": str(message.subject), "text": str(message.body), "language": letter.language}
