"""Decisions on nomination rights that take two: one member proposes, another adopts."""

import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Outcome, SettledAs
from organisations import permissions
from organisations.domain import nominations
from organisations.domain.nominations import NominationError, Refusal
from organisations.enums import NominationStatus
from organisations.lifecycle import NOMINATION
from organisations.models import NominationProposal, NominationRight
from privacy.keys import blind_index

OUTCOMES = {
    NominationStatus.GRANTED: Outcome.APPROVED,
    NominationStatus.REFUSED: Outcome.REFUSED,
}
# What changes about an organisation without changing what it says of itself.
UNSEEN = ("id", "search_key", "sort_key", "created_at", "updated_at", "version")


def digest(right: NominationRight) -> str:
    """The same as long as form, papers and the organisation's particulars are. Keyed."""
    organisation = right.organisation
    seen = {
        "statement": [right.statement, right.expected_observers],
        "papers": [
            str(key) for key in right.documents.order_by("pk").values_list("key", flat=True)
        ],
        "organisation": {
            field.attname: str(getattr(organisation, field.attname))
            for field in organisation._meta.concrete_fields
            if field.attname not in UNSEEN
        },
    }
    return blind_index("seen", json.dumps(seen, sort_keys=True, ensure_ascii=False))


@transaction.atomic
def propose(
    right: NominationRight, *, by: User, refusal: Refusal | None = None
) -> NominationProposal:
    """Propose to grant the right or, with `refusal`, to refuse it. Nothing is decided by it.

    Raises NominationError where the right cannot be decided, or something is proposed already.
    """
    row = _locked(right)
    action = "refuse" if refusal else "grant"
    for verdict in (
        permissions.may_nomination(by, "decide", row),
        NOMINATION.may(row.status, action),
    ):
        if not verdict:
            raise NominationError(verdict.reason)
    if NominationProposal.unscoped.open().filter(right=row).exists():
        raise NominationError(_("Something is proposed for this nomination right already."))
    return NominationProposal.unscoped.create(
        right=row,
        outcome=Outcome.REFUSED if refusal else Outcome.APPROVED,
        ground=refusal.ground if refusal else None,
        what_was_checked=refusal.what_was_checked if refusal else "",
        digest=digest(row),
        proposed_by=by,
    )


def adopt(proposal: NominationProposal, *, by: User) -> NominationRight:
    """Decide what is proposed. Raises NominationError for the proposer, once it is settled, and
    where the form has changed since: then the proposal is void."""
    if _is_void(proposal):
        raise NominationError(
            _("The application has changed since this was proposed: look at it again.")
        )
    with transaction.atomic():
        row, held = _locked(proposal.right), _held(proposal, by=by)
        if held.outcome == Outcome.APPROVED:
            decided = nominations.grant(row, by=by, proposed_by=held.proposed_by)
        else:
            decided = nominations.refuse(
                row, by=by, refusal=_refusal(held), proposed_by=held.proposed_by
            )
        _settle(held, SettledAs.ADOPTED, by=by)
    return decided


def decline(proposal: NominationProposal, *, by: User, note: str) -> None:
    """Not adopted; the right goes back to the desk. Raises NominationError as `adopt`, and without
    a reason."""
    if not note.strip():
        raise NominationError(_("Say why it is not adopted."))
    with transaction.atomic():
        row, held = _locked(proposal.right), _held(proposal, by=by)
        permitted = permissions.may_nomination(by, "decide", row)
        if not permitted:
            raise NominationError(permitted.reason)
        _settle(held, SettledAs.DECLINED, by=by, note=note.strip())


@transaction.atomic
def take_back(proposal: NominationProposal, *, by: User) -> None:
    """By whoever proposed it. Raises NominationError for anybody else, and once it is settled."""
    if proposal.proposed_by_id != by.pk:
        raise NominationError(_("Only who proposed it can take it back."))
    _settle(proposal, SettledAs.TAKEN_BACK, by=by)


@transaction.atomic
def _is_void(proposal: NominationProposal) -> bool:
    """Marks it so, in a transaction of its own: the mark stays when adopting is refused."""
    row = _locked(proposal.right)
    changed = row.status != NominationStatus.SUBMITTED or digest(row) != proposal.digest
    if changed:
        open_ones = NominationProposal.unscoped.open().filter(pk=proposal.pk)
        changed = bool(open_ones.update(settled_as=SettledAs.VOID, settled_at=database_now()))
    return changed


def _locked(right: NominationRight) -> NominationRight:
    found: NominationRight = (
        NominationRight.unscoped.select_for_update(of=("self",))
        .select_related("organisation", "election", "commission", "filed_by")
        .get(pk=right.pk)
    )
    return found


def _held(proposal: NominationProposal, *, by: User) -> NominationProposal:
    held: NominationProposal = (
        NominationProposal.unscoped.select_for_update(of=("self",))
        .select_related("ground", "proposed_by")
        .get(pk=proposal.pk)
    )
    if not held.is_open:
        raise NominationError(_("The proposal is settled already."))
    if held.proposed_by_id == by.pk:
        raise NominationError(_("You proposed it yourself: a colleague has to adopt it."))
    return held


def _refusal(proposal: NominationProposal) -> Refusal:
    if proposal.ground is None:
        raise ValueError("A refusal has its ground.")
    return Refusal(ground=proposal.ground, what_was_checked=proposal.what_was_checked)


def _settle(proposal: NominationProposal, how: SettledAs, *, by: User, note: str = "") -> None:
    columns: dict[str, Any] = {"settled_by": by, "settled_at": database_now(), "settled_note": note}
    if (
        not NominationProposal.unscoped.open()
        .filter(pk=proposal.pk)
        .update(settled_as=how, **columns)
    ):
        raise NominationError(_("The proposal is settled already."))
