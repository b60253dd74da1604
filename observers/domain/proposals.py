"""Decisions that take two: one member proposes, another adopts, on what both have seen."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import DecisionWay, Outcome, SettledAs
from observers import permissions
from observers.domain.applications import Moved, move
from observers.domain.reasons import Reasons
from observers.domain.snapshots import digests
from observers.lifecycle import APPLICATION, APPROVE, CANCEL, REFUSE
from observers.models import Application, CommissionSession, Proposal, Recusal

OUTCOMES = {APPROVE: Outcome.APPROVED, REFUSE: Outcome.REFUSED, CANCEL: Outcome.CANCELLED}
ACTIONS = {outcome: action for action, outcome in OUTCOMES.items()}


class ProposalError(Exception):
    """It cannot be settled. The message may be shown to a person."""


def way_of(application: Application, action: str) -> DecisionWay:
    """How many people this action takes on this application."""
    outcome = OUTCOMES.get(action)
    return application.election.way_of(outcome) if outcome else DecisionWay.ONE


@transaction.atomic
def propose(
    applications: QuerySet[Application], action: str, *, actor: User, reasons: Reasons | None = None
) -> Moved:
    """Propose `action` for every application that allows it; the others come back with the reason.

    The proposal is bound to what the application says now. Nothing is decided by it.
    """
    reasons, moved = reasons or Reasons(), Moved()
    rows = _locked(applications)
    open_already = open_for(rows)
    for row in rows:
        reason = _hindrance(row, action, actor)
        if row.pk in open_already:
            reason = reason or _("Something is proposed for this application already.")
        if reason:
            moved.skipped.append((row, reason))
        else:
            moved.proposed.append(row)
    seen = digests(moved.proposed)
    Proposal.unscoped.bulk_create(
        (
            Proposal(
                application=row,
                outcome=OUTCOMES[action],
                ground=reasons.ground,
                unconfirmed_fields=list(reasons.unconfirmed_fields),
                what_was_checked=reasons.what_was_checked,
                digest=seen[row.pk],
                proposed_by=actor,
            )
            for row in moved.proposed
        ),
        batch_size=2000,
    )
    return moved


def _locked(applications: QuerySet[Application]) -> list[Application]:
    return _holding(list(applications.order_by().values_list("pk", flat=True)))


def _holding(keys: list[int]) -> list[Application]:
    """The rows, locked first and read afterwards: one that was sent to another commission while
    we waited for it would fall out of a locked join."""
    held = Application.unscoped.filter(pk__in=keys).order_by("pk").select_for_update()
    rows = Application.unscoped.filter(pk__in=list(held.values_list("pk", flat=True)))
    return list(rows.select_related("election", "commission").order_by("pk"))


def open_for(rows: list[Application]) -> set[int]:
    """The ids of those for which something is proposed."""
    these = Proposal.unscoped.open().filter(application__in=[row.pk for row in rows])
    return set(these.values_list("application_id", flat=True))


def _hindrance(row: Application, action: str, actor: User) -> str:
    permitted = permissions.may(actor, APPLICATION.transition(action).right, row)
    return permitted.reason or APPLICATION.may(row.status, action).reason


@transaction.atomic
def adopt(
    proposals: QuerySet[Proposal],
    *,
    actor: User,
    session: CommissionSession | None = None,
    because: str = "",
) -> Moved:
    """Decide what is proposed: by a second person or, with `session`, by the commission in it.

    A proposal whose application has changed since is void, and comes back with that reason; so
    do one's own, and those that need a session where there is none.
    """
    moved = Moved()
    by_action: dict[str, dict[int, Proposal]] = {}
    found = _held(proposals)
    changed = _changed_since(found)
    hindrances = _hindrances(found, changed, actor=actor, session=session)
    _settle(list(changed), SettledAs.VOID, by=None)
    for proposal in found:
        reason = hindrances[proposal.pk]
        if reason:
            moved.skipped.append((proposal.application, reason))
        else:
            action = ACTIONS[Outcome(proposal.outcome)]
            by_action.setdefault(action, {})[proposal.application_id] = proposal
    for action, chosen in by_action.items():
        _adopt_alike(moved, action, chosen, actor=actor, session=session, because=because)
    return moved


def _held(proposals: QuerySet[Proposal]) -> list[Proposal]:
    """The proposals with their applications, both locked, the applications first, as everywhere."""
    keys = list(proposals.order_by().values_list("pk", "application_id"))
    rows = {row.pk: row for row in _holding([application for _key, application in keys])}
    found = list(
        Proposal.unscoped.filter(pk__in=[key for key, _application in keys])
        .select_for_update(of=("self",))
        .select_related("ground", "proposed_by")
        .order_by("pk")
    )
    for proposal in found:
        proposal.application = rows[proposal.application_id]
    return found


def foresee(
    proposals: QuerySet[Proposal], *, actor: User, session: CommissionSession | None = None
) -> dict[int, str]:
    """By proposal, why `adopt` would leave it aside now; empty where it would not. Changes
    nothing."""
    found = list(
        proposals.select_related("application__election", "application__commission").order_by("pk")
    )
    return _hindrances(found, _changed_since(found), actor=actor, session=session)


def _changed_since(found: list[Proposal]) -> set[int]:
    """Those of the open proposals whose application no longer says what was seen."""
    open_ones = [proposal for proposal in found if proposal.is_open]
    seen = digests([proposal.application for proposal in open_ones])
    return {each.pk for each in open_ones if each.digest != seen[each.application_id]}


def _hindrances(
    found: list[Proposal],
    changed: set[int],
    *,
    actor: User,
    session: CommissionSession | None,
) -> dict[int, str]:
    left = _left_by_their_proposers(found)
    return {
        proposal.pk: _why_not(proposal, actor, session, is_void=proposal.pk in changed)
        or (_left_words(session) if proposal.pk in left else "")
        for proposal in found
    }


def _left_words(session: CommissionSession | None) -> str:
    if session:
        return _("Who proposed it has stood aside from this application.")
    return _("Who proposed it has stood aside: decline it.")


def _left_by_their_proposers(found: list[Proposal]) -> set[int]:
    """Those whose proposer has stood aside from the application or its organisation since."""
    aside = Q(application=OuterRef("application")) | Q(
        organisation=OuterRef("application__organisation")
    )
    recusals = Recusal.objects.filter(aside, reviewer=OuterRef("proposed_by"))
    these = Proposal.unscoped.filter(pk__in=[proposal.pk for proposal in found])
    return set(these.filter(Exists(recusals)).values_list("pk", flat=True))


def _why_not(
    proposal: Proposal, actor: User, session: CommissionSession | None, *, is_void: bool
) -> str:
    """Why the actor cannot adopt it. In a session it is said as its protocol says it."""
    if not proposal.is_open:
        return _("The proposal is settled already: %(how)s.") % {
            "how": proposal.get_settled_as_display()
        }
    application = proposal.application
    permitted = permissions.may(actor, "adopt" if session else "confirm", application)
    if not permitted and session:
        return _("Who recorded the session has to do with this application, or stood aside.")
    if not permitted:
        return permitted.reason
    if proposal.proposed_by_id == actor.pk and session:
        return _("Who recorded the session proposed it: nobody adopts what they propose.")
    if proposal.proposed_by_id == actor.pk:
        return _("You proposed it yourself: a colleague has to adopt it.")
    if application.election.way_of(proposal.outcome) == DecisionWay.SESSION and not session:
        return _("This is decided in a session of the commission.")
    if is_void and session:
        return _("The application has changed since this was proposed.")
    if is_void:
        return _("The application has changed since this was proposed: look at it again.")
    return ""


def _adopt_alike(
    moved: Moved,
    action: str,
    chosen: Mapping[int, Proposal],
    *,
    actor: User,
    session: CommissionSession | None,
    because: str,
) -> None:
    """All with one outcome, in one move; the letters name each one's own reasons."""
    reasons = {key: Reasons.of(proposal, session=session) for key, proposal in chosen.items()}
    alone = next(iter(reasons.values())).in_words() if len(reasons) == 1 else ""
    these = Application.unscoped.filter(pk__in=list(chosen))
    done = move(these, action, actor=actor, reasons=reasons, because=because or alone)
    _settle([chosen[row.pk].pk for row in done.done], SettledAs.ADOPTED, by=actor)
    moved.done += done.done
    moved.skipped += done.skipped


def _settle(keys: list[int], how: SettledAs, *, by: User | None, note: str = "") -> int:
    columns: dict[str, Any] = {"settled_by": by, "settled_at": database_now()}
    these = Proposal.unscoped.open().filter(pk__in=keys)
    return int(these.update(settled_as=how, settled_note=note, **columns))


@transaction.atomic
def decline(proposal: Proposal, *, actor: User, note: str) -> None:
    """Not adopted: the application goes back to the queue, with the reason for the proposer.

    Raises ProposalError when it is somebody's own, was settled meanwhile, or has no reason.
    """
    held = _held(Proposal.unscoped.filter(pk=proposal.pk))[0]
    permitted = permissions.may(actor, "confirm", held.application)
    if not permitted:
        raise ProposalError(permitted.reason)
    if held.proposed_by_id == actor.pk:
        raise ProposalError(_("You proposed it yourself: take it back instead."))
    if not note.strip():
        raise ProposalError(_("Say why it is not adopted."))
    if not _settle([held.pk], SettledAs.DECLINED, by=actor, note=note.strip()):
        raise ProposalError(_("The proposal is settled already."))


def decline_in_session(notes: Mapping[int, str], *, actor: User) -> None:
    """What the commission in its session did not adopt, by proposal, each with its reason: these
    applications go back to the queue. Within the transaction that records the session."""
    alike: dict[str, list[int]] = {}
    for key, note in notes.items():
        alike.setdefault(note, []).append(key)
    for note, keys in alike.items():
        _settle(keys, SettledAs.DECLINED, by=actor, note=note)


@transaction.atomic
def take_back(proposal: Proposal, *, actor: User) -> None:
    """By whoever proposed it. Raises ProposalError for anybody else, and once it is settled."""
    if proposal.proposed_by_id != actor.pk:
        raise ProposalError(_("Only who proposed it can take it back."))
    if not _settle([proposal.pk], SettledAs.TAKEN_BACK, by=actor):
        raise ProposalError(_("The proposal is settled already."))


def take_back_all(proposals: QuerySet[Proposal], *, actor: User) -> int:
    """Those of them that the actor proposed and that are open still; returns how many."""
    own = proposals.open().filter(proposed_by=actor)  # type: ignore[attr-defined]
    return _settle(list(own.values_list("pk", flat=True)), SettledAs.TAKEN_BACK, by=actor)
