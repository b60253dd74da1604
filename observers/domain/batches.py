"""Many approved in one act: chosen, checked by machine, a sample looked at singly, then decided.

A batch begins with everything that was chosen. The checks leave out what a person has to look at,
each line with its reason; from the others a sample is drawn by lot, once. When all of the sample
are in order the batch is offered; one that is not ends it. What is approved then is bound to the
version that was checked, in one transaction.
"""

import datetime
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.copying import check_pending_constraints
from accounts.models import User
from accounts.verdict import Verdict, no
from elections.domain.clock import database_now
from elections.domain.posts import may_by_post
from elections.enums import DecisionWay, Outcome
from elections.models import Election
from observers import permissions
from observers.domain import claims, proposals
from observers.domain.applications import Moved
from observers.domain.checks import Finding, checkable, is_clean, run_checks
from observers.enums import BatchStatus, CheckOutcome, SampleVerdict
from observers.models import Application, Batch, BatchLine

# So many lines at a time are checked, and are decided.
PORTION = 2000
# How long the worker's last word on its progress is kept.
KEPT_FOR = 60 * 60
# What a worker does to a batch.
WORKING = (BatchStatus.CHECKING, BatchStatus.DECIDING)
# What can still be given up.
OPEN = (BatchStatus.CHECKING, BatchStatus.SAMPLING, BatchStatus.OFFERED)

# Why this person cannot approve this application now; empty if they can.
Hindrance = Callable[[Application], str]
# Approves what of these can be, bound to the versions; the desk's own way to decide.
Decide = Callable[[QuerySet[Application], Mapping[int, int]], Moved]
# Tells how many of how many are done.
Tell = Callable[[int, int], None]


# A line for each row of the list's own query, which need not pass through here.
_TAKE_IN = """
INSERT INTO observers_batchline
    (batch_id, application_id, version, findings, reason, is_approved, in_sample, verdict, note)
SELECT %s, row.id, row.version, '[]', '', false, false, '', '' FROM ({rows}) row (id, version)
"""


class BatchError(Exception):
    """It is not at the point where that can be done. The message may be shown to a person."""


def may_approve(user: User, batch: Batch) -> Verdict:
    """Who reaches all of it and may approve."""
    if may_by_post(
        user, "application", "approve", commission=batch.commission, election_id=batch.election_id
    ):
        return Verdict(True)
    return no(_("Approving this batch is for members of the commission that decides it."))


# --- Beginning ------------------------------------------------------------------------------------


@transaction.atomic
def begin(chosen: QuerySet[Application], *, by: User, chosen_by: str = "") -> list[Batch]:
    """A batch of all that are chosen, for each election among them; `chosen_by` says how, as the
    query string of the list. They are checked by a worker.

    Raises BatchError when nothing is chosen.
    """
    plain = chosen.select_related(None).prefetch_related(None).order_by()
    elections = sorted(set(plain.values_list("election", flat=True).distinct()))
    if not elections:
        raise BatchError(_("Nothing is chosen: there is nothing to approve."))
    return [_begin(plain.filter(election=key), key, by, chosen_by) for key in elections]


def _begin(chosen: QuerySet[Application], election: int, by: User, chosen_by: str) -> Batch:
    commissions = list(chosen.values_list("commission", flat=True).distinct()[:2])
    batch: Batch = Batch.unscoped.create(
        election_id=election,
        commission_id=commissions[0] if len(commissions) == 1 else None,
        begun_by=by,
        chosen_by=chosen_by,
    )
    rows, told = chosen.values_list("pk", "version").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_IN.format(rows=rows), [batch.pk, *told])
    return batch


# --- Checking -------------------------------------------------------------------------------------


def check(batch: Batch, *, hindrance: Hindrance, tell: Tell) -> None:
    """Leave out what a person has to look at, and draw the sample from the others. May run again
    from the start after it was interrupted."""
    total, done = batch.lines.count(), 0
    with translation.override(batch.begun_by.language):
        for portion in _portions(batch.lines.order_by("application")):
            if not Batch.unscoped.filter(pk=batch.pk, status=BatchStatus.CHECKING).exists():
                return
            tell(done, total)
            with transaction.atomic():
                _check_portion(batch, portion, hindrance)
            done += len(portion)
    draw(batch)


def _portions(lines: QuerySet[BatchLine]) -> Iterator[list[BatchLine]]:
    """In the order of the applications, each asked for when the one before is done."""
    last = 0
    while portion := list(lines.filter(application__gt=last)[:PORTION]):
        yield portion
        last = portion[-1].application_id


def _check_portion(batch: Batch, lines: list[BatchLine], hindrance: Hindrance) -> None:
    keys = [line.application_id for line in lines]
    reached = Application.objects.visible_to(batch.begun_by).filter(pk__in=keys)
    rows = {row.pk: row for row in checkable(reached)}
    found = run_checks(rows.values(), now=database_now())
    reasons = {
        **{key: _what_was_found(findings) for key, findings in found.items()},
        **_not_for_now(list(rows.values()), batch.begun_by, hindrance),
    }
    told = []
    for line in lines:
        row = rows.get(line.application_id)
        codes = [one.code for one in found.get(line.application_id, []) if not is_clean([one])]
        reason = reasons.get(line.application_id, "") if row else _no_longer_yours()
        version = row.version if row else line.version
        if (line.version, line.findings, line.reason) != (version, codes, reason):
            line.version, line.findings, line.reason = version, codes, reason
            told.append(line)
    BatchLine.objects.bulk_update(told, ["version", "findings", "reason"], batch_size=200)


def _what_was_found(findings: Iterable[Finding]) -> str:
    return " ".join(one.sentence for one in findings if one.outcome != CheckOutcome.PASSED)


def _not_for_now(rows: list[Application], by: User, hindrance: Hindrance) -> dict[int, str]:
    """By id, what stands in the way beside the checks; what weighs most is said."""
    reasons: dict[int, str] = {}
    assigned = [row for row in rows if row.assigned_to_id not in (None, by.pk)]
    names = User.objects.in_bulk({row.assigned_to_id for row in assigned})
    for row in assigned:
        reasons[row.pk] = _("It is assigned to %(name)s.") % {"name": names[row.assigned_to_id]}
    for key, claim in claims.held_by_others(rows, reviewer=by).items():
        reasons[key] = claims.sentence(claim)
    for key in proposals.open_for(rows):
        reasons[key] = _("Something is proposed for this application already.")
    return reasons | {row.pk: why for row in rows if (why := hindrance(row))}


def _no_longer_yours() -> str:
    return _("It is no longer with a commission that you work for.")


def clean(batch: Batch) -> QuerySet[BatchLine]:
    """The lines that nothing was found against."""
    lines: QuerySet[BatchLine] = batch.lines.filter(reason="")
    return lines


def left_out(batch: Batch) -> QuerySet[BatchLine]:
    lines: QuerySet[BatchLine] = batch.lines.exclude(reason="")
    return lines


@transaction.atomic
def draw(batch: Batch) -> None:
    """Draw the sample by lot, once and for all: nobody can foresee it or draw again. A batch of
    which nothing is clean ends here."""
    keys = list(clean(batch).values_list("pk", flat=True))
    status = BatchStatus.SAMPLING if keys else BatchStatus.CANCELLED
    if not _step(batch, BatchStatus.CHECKING, status, checked_at=database_now(), attempts=0):
        return
    size = min(len(keys), max(1, batch.election.sample_size))
    drawn = random.SystemRandom().sample(keys, size) if keys else []
    batch.lines.filter(pk__in=drawn).update(in_sample=True)


def _step(batch: Batch, before: BatchStatus, after: BatchStatus, **columns: Any) -> bool:
    """Whether it was still there: a colleague may have stopped it, or gone on."""
    these = Batch.unscoped.filter(pk=batch.pk, status=before)
    if not these.update(status=after, **columns):
        return False
    batch.refresh_from_db()
    return True


# --- The sample -----------------------------------------------------------------------------------


def next_of_sample(batch: Batch, *, after: int = 0) -> BatchLine | None:
    """The next that nobody has looked at, past the line `after` first."""
    waiting = batch.lines.filter(in_sample=True, verdict="").order_by("pk")
    return waiting.filter(pk__gt=after).first() or waiting.first()


def look(
    line: BatchLine, *, verdict: str, note: str, version: int, by: User, now: datetime.datetime
) -> None:
    """Say what one saw. When all are in order the batch is offered; one that is not ends it.

    Raises BatchError when it was looked at already, changed under the eyes of the reviewer, is
    not theirs to review, or is not in order and nobody says why.
    """
    note = note.strip()
    with transaction.atomic():
        batch = Batch.unscoped.select_for_update().get(pk=line.batch_id)
        seen = Application.unscoped.select_for_update().get(pk=line.application_id)
        held = batch.lines.get(pk=line.pk)
        _insist_on_looking(batch, held, seen, version=version, by=by)
        if verdict == SampleVerdict.NOT_IN_ORDER and not note:
            raise BatchError(_("Say what is not in order."))
        batch.lines.filter(pk=held.pk).update(
            verdict=verdict, note=note, looked_at_by=by, looked_at=now
        )
        if verdict == SampleVerdict.NOT_IN_ORDER:
            _step(batch, BatchStatus.SAMPLING, BatchStatus.FAILED)
        elif next_of_sample(batch) is None:
            _step(batch, BatchStatus.SAMPLING, BatchStatus.OFFERED)


def _insist_on_looking(
    batch: Batch, line: BatchLine, seen: Application, *, version: int, by: User
) -> None:
    if batch.status != BatchStatus.SAMPLING or not line.in_sample:
        raise BatchError(_("The sample of this batch is no longer looked at."))
    if line.verdict:
        raise BatchError(_("A colleague has looked at this one already."))
    if seen.version != version:
        raise BatchError(_("It has changed while you looked at it. Look at it again."))
    permitted = permissions.may(by, "review", seen)
    if not permitted:
        raise BatchError(permitted.reason)


# --- Deciding -------------------------------------------------------------------------------------


def approve(batch: Batch, *, by: User) -> None:
    """Have what is clean approved by a worker. Raises BatchError when it is not offered."""
    permitted = may_approve(by, batch)
    if not permitted:
        raise BatchError(permitted.reason)
    columns = {"decided_by": by, "attempts": 0}
    if not _step(batch, BatchStatus.OFFERED, BatchStatus.DECIDING, **columns):
        raise BatchError(_("This batch is not offered, or a colleague has just decided it."))


def decide(batch: Batch, *, decide_these: Decide, tell: Tell) -> None:
    """Approve it, or propose that where it takes more than one: all in one transaction, so a
    worker that is killed halfway has done nothing. What changed since it was checked is left out.
    """
    language = batch.decided_by.language if batch.decided_by else None
    with transaction.atomic(), translation.override(language):
        Batch.unscoped.select_for_update().get(pk=batch.pk)
        total, done = clean(batch).count(), 0
        for portion in _portions(clean(batch).order_by("application")):
            tell(done, total)
            _decide_portion(batch, portion, decide_these)
            check_pending_constraints()
            done += len(portion)
        proposed = way(batch.election) != DecisionWay.ONE
        _step(
            batch,
            BatchStatus.DECIDING,
            BatchStatus.DECIDED,
            decided_at=database_now(),
            is_proposed=proposed,
            attempts=0,
        )


def _decide_portion(batch: Batch, lines: list[BatchLine], decide_these: Decide) -> None:
    versions = {line.application_id: line.version for line in lines}
    these = Application.objects.visible_to(batch.decided_by).filter(pk__in=list(versions))
    moved = decide_these(these, versions)
    done = [row.pk for row in (*moved.done, *moved.proposed)]
    batch.lines.filter(application__in=done).update(is_approved=True)
    alike: dict[str, list[int]] = defaultdict(list)
    for row, reason in moved.skipped:
        alike[reason].append(row.pk)
    gone = versions.keys() - set(done) - {row.pk for row, _reason in moved.skipped}
    alike[_no_longer_yours()] += gone
    for reason, keys in alike.items():
        batch.lines.filter(application__in=keys).update(reason=reason)


def way(election: Election) -> DecisionWay:
    """How many people an approval takes there."""
    return election.way_of(Outcome.APPROVED)


def cancel(batch: Batch) -> None:
    """Nothing comes of it. Raises BatchError once it is decided, or being decided."""
    these = Batch.unscoped.filter(pk=batch.pk, status__in=OPEN)
    if not these.update(status=BatchStatus.CANCELLED):
        raise BatchError(_("This batch can no longer be dropped."))
    batch.refresh_from_db()


# --- The worker -----------------------------------------------------------------------------------


def take_up(key: int, status: BatchStatus, *, attempts: int) -> Batch | None:
    """The batch, with one attempt more counted; None when there is nothing to do to it. One that
    has taken its workers down too often is given up: nothing was decided."""
    these = Batch.unscoped.filter(pk=key, status=status)
    if not these.update(attempts=F("attempts") + 1):
        return None
    batch: Batch = these.select_related("election", "begun_by", "decided_by").get()
    if batch.attempts > attempts:
        _step(batch, status, BatchStatus.BROKEN)
        return None
    return batch


def telling(batch: Batch) -> Tell:
    """Into the cache: what a long transaction has written nobody else can see."""

    def tell(done: int, total: int) -> None:
        cache.set(_progress_key(batch), (done, total), KEPT_FOR)

    return tell


def progress(batch: Batch) -> tuple[int, int]:
    """How many of how many, by the worker's last word; of 0 while it has said nothing."""
    done, total = cache.get(_progress_key(batch)) or (0, 0)
    return done, total


def _progress_key(batch: Batch) -> str:
    return f"batch-progress:{batch.key}:{batch.status}"
