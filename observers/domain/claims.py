"""Who has what on their desk. Two reviewers are never given the same thing.

What is claimed is an application or a nomination right; every function here takes either, as a
queryset or a row. A claim runs out by the database's clock; what has run out is given to the next,
and the claim is overwritten then, so that until then one can see what was forgotten.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from elections.enums import DecisionWay, Outcome
from observers.models import Application, Claim, Proposal, Recusal
from organisations.models import NominationProposal, NominationRight, Representative


@dataclass(frozen=True)
class _Sort:
    """One sort of thing that waits in a queue: where its claim points to it, who filed it."""

    column: str
    filed_by: str


_SORTS: dict[type, _Sort] = {
    Application: _Sort("application", "applicant"),
    NominationRight: _Sort("right", "filed_by"),
}

# Insert, or overwrite what has run out: nothing comes back where somebody else's still holds.
_TAKE = """
    INSERT INTO observers_claim AS held ({column}, reviewer_id, claimed_at, expires_at)
    SELECT %s, %s, statement_timestamp(),
        statement_timestamp() + make_interval(mins => e.claim_minutes)
    FROM elections_election e WHERE e.id = %s
    ON CONFLICT ({column}) DO UPDATE SET reviewer_id = EXCLUDED.reviewer_id,
        claimed_at = EXCLUDED.claimed_at, expires_at = EXCLUDED.expires_at
    WHERE held.expires_at <= statement_timestamp()
    RETURNING held.id
"""


def claim_next(
    rows: QuerySet[Any], *, reviewer: User, passed_over: Collection[int] = ()
) -> Any | None:
    """The most urgent of `rows` that is free for the reviewer, now theirs; None where none is.

    What they hold already comes first. `passed_over`: ids they do not want now. The row has only
    its key and what places it in the queue.
    """
    fitting = fit_for(rows.exclude(pk__in=passed_over) if passed_over else rows, reviewer=reviewer)
    mine = list(held_by(reviewer).values_list(f"{_SORTS[rows.model].column}_id", flat=True))
    if mine:
        already = {row.pk: row for row in _bare(fitting).filter(pk__in=mine)}
        for key in mine:
            if key in already:
                return already[key]
    free = _bare(_unheld(fitting)).order_by("due_at", "pk")
    while True:
        with transaction.atomic():
            row = free.select_for_update(of=("self",), skip_locked=True).first()
            if row is None or _taken(row, reviewer):
                return row
        # Claimed, and let go of, by a colleague between the start of our look and our turn at the
        # row: a new look sees their claim. Somebody got on each time, so this ends.


def _bare(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related(None).prefetch_related(None).only("pk", "election_id", "due_at")


def _taken(row: Any, reviewer: User) -> bool:
    column = f"{_SORTS[type(row)].column}_id"
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(column=column), [row.pk, reviewer.pk, row.election_id])
        return cursor.fetchone() is not None


def fit_for(rows: QuerySet[Any], *, reviewer: User) -> QuerySet[Any]:
    """Without what the reviewer stood aside from, filed, represents or proposed themselves, and
    without what is somebody else's: assigned to them, or to be adopted in a session."""
    sort = _SORTS[rows.model]
    through = Recusal.objects.filter(reviewer=reviewer, organisation=OuterRef("organisation"))
    represents = Representative.objects.filter(user=reviewer, organisation=OuterRef("organisation"))
    rows = rows.exclude(**{sort.filed_by: reviewer}).exclude(Exists(through) | Exists(represents))
    if rows.model is NominationRight:
        proposed = NominationProposal.unscoped.open().filter(right=OuterRef("pk"))
        return rows.exclude(Exists(proposed.filter(proposed_by=reviewer)))
    aside = Recusal.objects.filter(reviewer=reviewer, application=OuterRef("pk"))
    return rows.filter(Q(assigned_to=None) | Q(assigned_to=reviewer)).exclude(
        Exists(aside) | Exists(_not_to_be_settled_by(reviewer))
    )


def _not_to_be_settled_by(reviewer: User) -> QuerySet[Proposal]:
    by_session = Q()
    for outcome, way in (
        (Outcome.APPROVED, "approval_way"),
        (Outcome.REFUSED, "refusal_way"),
        (Outcome.CANCELLED, "cancellation_way"),
    ):
        by_session |= Q(outcome=outcome, **{f"application__election__{way}": DecisionWay.SESSION})
    proposed = Proposal.unscoped.open().filter(application=OuterRef("pk"))
    these: QuerySet[Proposal] = proposed.filter(Q(proposed_by=reviewer) | by_session)
    return these


def _unheld(rows: QuerySet[Any]) -> QuerySet[Any]:
    this = {_SORTS[rows.model].column: OuterRef("pk")}
    return rows.exclude(Exists(Claim.objects.held().filter(**this)))


def holding(row: Any) -> Claim | None:
    """The claim that holds it now, with who has it."""
    found: Claim | None = _claims_of([row]).held().select_related("reviewer").first()
    return found


def held_by(reviewer: User) -> QuerySet[Claim]:
    """What the reviewer has on their desk, the oldest first."""
    mine: QuerySet[Claim] = Claim.objects.held().filter(reviewer=reviewer)
    return mine.order_by("claimed_at", "pk")


def held_by_others(rows: Collection[Any], *, reviewer: User) -> dict[int, Claim]:
    """By row id, the claims of colleagues that hold now. One query for any number of rows."""
    if not rows:
        return {}
    held = _claims_of(rows).held().exclude(reviewer=reviewer).select_related("reviewer")
    return {claim.application_id or claim.right_id: claim for claim in held}


def renew(row: Any, *, reviewer: User) -> bool:
    """From now on for the full time again; false when it ran out or is not theirs."""
    lasts = datetime.timedelta(minutes=row.election.claim_minutes)
    mine = _claims_of([row]).held().filter(reviewer=reviewer)
    return bool(mine.update(expires_at=Now() + lasts))


def hand_back(row: Any, *, reviewer: User) -> bool:
    """Free for the next at once; false when it was not theirs."""
    return bool(_claims_of([row]).filter(reviewer=reviewer).delete()[0])


def let_go(rows: Collection[Any]) -> None:
    """Of what has left the queue, whoever held it."""
    if rows:
        _claims_of(rows).delete()


def _claims_of(rows: Collection[Any]) -> Any:
    sort = _SORTS[type(next(iter(rows)))]
    return Claim.objects.filter(**{f"{sort.column}__in": [row.pk for row in rows]})


def sentence(claim: Claim) -> str:
    """That somebody else has it: who, and what that means."""
    return _("%(name)s has this on their desk. It is free when they hand it back.") % {
        "name": claim.reviewer
    }
