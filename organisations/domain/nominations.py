"""Nomination rights: applied for by an organisation, decided by the commission."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.appeals import appeal_deadline
from elections.domain.clock import database_now
from elections.domain.windows import last_closing, open_windows
from elections.enums import Authority, DecisionWay, Outcome, SettledAs, Subject
from elections.lifecycle import acting_as
from elections.models import Commission, Election, RefusalGround, RequiredDocument
from notifications import outbox
from notifications.models import Letter
from organisations import permissions
from organisations.domain import letters
from organisations.enums import NominationStatus
from organisations.lifecycle import NOMINATION
from organisations.models import (
    NominationDecision,
    NominationDocument,
    NominationProposal,
    NominationRight,
    Organisation,
)
from privacy.uploads import CheckedDocument

# Files for one required document: enough for a paper scanned page by page.
FILES_PER_DOCUMENT = 10


class NominationError(Exception):
    """It cannot be done. The message says why and may be shown to a person."""


class StaleNomination(NominationError):
    """The form was changed or sent elsewhere since it was opened."""


@dataclass(frozen=True)
class Refusal:
    """Why a nomination right is refused."""

    ground: RefusalGround
    what_was_checked: str


@transaction.atomic
def begin(*, organisation: Organisation, election: Election, by: User) -> NominationRight:
    """The organisation's draft for this election; the live one it has, if there is one."""
    Organisation.unscoped.select_for_update().get(pk=organisation.pk)
    live = NominationRight.unscoped.filter(organisation=organisation, election=election).exclude(
        status__in=(NominationStatus.REFUSED, NominationStatus.WITHDRAWN)
    )
    existing = live.first()
    if existing:
        return existing
    if not open_windows(election, kind=organisation.kind):
        raise NominationError(_("Registration is not open for this kind of organisation."))
    with acting_as(by, action="begin"):
        return NominationRight.unscoped.create(
            organisation=organisation,
            election=election,
            commission=Commission.objects.get(election=election, authority=Authority.CENTRAL),
            filed_by=by,
        )


def save(right: NominationRight, *, version: int, now: datetime.datetime, **columns: Any) -> int:
    """Store answers if nobody stored others since `version`; returns the new version.

    Raises StaleNomination otherwise; nothing is overwritten.
    """
    stored = NominationRight.unscoped.filter(
        pk=right.pk,
        version=version,
        status__in=(NominationStatus.DRAFT, NominationStatus.RETURNED),
    ).update(**columns, version=version + 1, updated_at=now)
    if not stored:
        raise StaleNomination(
            _(
                "This form was changed in another window, or has been sent. What you typed here "
                "was not stored; open the form again to see what is."
            )
        )
    for name, value in columns.items():
        setattr(right, name, value)
    right.version = version + 1
    return right.version


def asked_documents(right: NominationRight) -> list[RequiredDocument]:
    """What the election asks of organisations of this kind, the newest version of each."""
    asked = RequiredDocument.objects.current().for_kind(right.organisation.kind)
    return list(asked.filter(election=right.election, subject=Subject.ORGANISATION))


def missing(right: NominationRight) -> list[RequiredDocument]:
    """Required documents that are not attached yet."""
    attached = set(right.documents.values_list("answers__code", flat=True))
    return [
        document
        for document in asked_documents(right)
        if document.is_required and document.code not in attached
    ]


def attach(
    right: NominationRight, document: CheckedDocument, *, answers: RequiredDocument, by: User
) -> NominationDocument:
    """Add a checked document while the form may still be edited."""
    with transaction.atomic():
        _lock_editable(right)
        if right.documents.filter(answers__code=answers.code).count() >= FILES_PER_DOCUMENT:
            raise NominationError(
                _("There are already %(n)d files. Remove one first.") % {"n": FILES_PER_DOCUMENT}
            )
        filed = NominationDocument(
            right=right,
            answers=answers,
            original_name=document.original_name,
            content_type=document.content_type,
            size=document.content.size,
            uploaded_by=by,
        )
        filed.file.save(str(filed.key), document.content, save=False)
        filed.save()
    return filed


def detach(document: NominationDocument) -> None:
    with transaction.atomic():
        _lock_editable(document.right)
        name, storage = str(document.file.name), document.file.storage
        document.delete()
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def _lock_editable(right: NominationRight) -> None:
    row = NominationRight.unscoped.select_for_update().get(pk=right.pk)
    if not row.is_editable:
        raise StaleNomination(_("This form has been sent; its documents stay as they are."))


def is_late(right: NominationRight, *, now: datetime.datetime) -> bool:
    """Whether the form was not sent in time. A correction keeps its place and is never late."""
    if right.status != NominationStatus.DRAFT:
        return False
    closes_at = last_closing(right.election, kind=right.organisation.kind)
    return closes_at is None or now >= closes_at


def what_to_correct(right: NominationRight) -> str:
    """What the commission wrote when it last returned the form."""
    returned = right.events.filter(action="return").order_by("-at", "-pk")
    return returned.values_list("reason", flat=True).first() or ""


def submit(right: NominationRight, *, by: User) -> NominationRight:
    """Send the form to the commission. Raises NominationError with what stands in the way."""
    try:
        with transaction.atomic():
            # Locked before looking, so that no document is taken out in between.
            NominationRight.unscoped.select_for_update().get(pk=right.pk)
            _insist_on_documents(right)
            return _move(right, "submit", by=by)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != "PD001":
            raise
        raise NominationError(
            _("Registration has closed. The form is kept and can still be read.")
        ) from error


def _insist_on_documents(right: NominationRight) -> None:
    lacking = missing(right)
    if lacking:
        titles = ", ".join(document.title for document in lacking)
        raise NominationError(_("Still missing: %(titles)s.") % {"titles": titles})


def withdraw(right: NominationRight, *, by: User) -> NominationRight:
    return _move(right, "withdraw", by=by)


def insist_unchanged(right: NominationRight, *, version: int) -> None:
    """Lock the form and make sure that it is the one that was read.

    Only within a transaction. Raises StaleNomination when the organisation has changed it.
    """
    row = NominationRight.unscoped.select_for_update().get(pk=right.pk)
    if row.version != version:
        raise StaleNomination(
            _("The organisation has changed this form since you opened it. Look at it again first.")
        )


def grant(right: NominationRight, *, by: User, proposed_by: User | None = None) -> NominationRight:
    """Raises NominationError where it takes two people and `proposed_by` is nobody."""
    return _move(right, "grant", by=by, proposed_by=proposed_by, outcome=NominationStatus.GRANTED)


def give_back(right: NominationRight, *, by: User, note: str) -> NominationRight:
    """Return the form for correction, saying what to correct."""
    if not note.strip():
        raise NominationError(_("Say what to correct."))
    return _move(right, "return", by=by, reason=note)


def undo(right: NominationRight, *, by: User) -> NominationRight:
    """Back to the desk, by whoever decided or returned it, as long as its letter is held."""
    return _move(right, "undo", by=by)


def refuse(
    right: NominationRight, *, by: User, refusal: Refusal, proposed_by: User | None = None
) -> NominationRight:
    """Raises NominationError where it takes two people and `proposed_by` is nobody."""
    reason = f"{refusal.ground} {refusal.what_was_checked}"
    return _move(
        right,
        "refuse",
        by=by,
        proposed_by=proposed_by,
        reason=reason,
        outcome=NominationStatus.REFUSED,
        refusal=refusal,
    )


@transaction.atomic
def _move(
    right: NominationRight,
    action: str,
    *,
    by: User,
    proposed_by: User | None = None,
    reason: str = "",
    outcome: str = "",
    refusal: Refusal | None = None,
) -> NominationRight:
    """Lock, check, write, event (by the database), letter."""
    row = (
        NominationRight.unscoped.select_for_update(of=("self",))
        .select_related("organisation", "election", "commission", "filed_by")
        .get(pk=right.pk)
    )
    transition = NOMINATION.transition(action)
    for verdict in (
        permissions.may_nomination(by, transition.right, row),
        NOMINATION.may(row.status, action),
    ):
        if not verdict:
            raise NominationError(verdict.reason)
    first = row.submitted_at is None
    now = database_now()
    columns: dict[str, Any] = {"status": transition.target, "updated_at": now}
    if action == "undo":
        _take_letter_back(row, by=by)
        columns["decision"] = None
    if action in ("return", "withdraw"):
        these = NominationProposal.unscoped.open().filter(right=row)
        these.update(settled_as=SettledAs.VOID, settled_at=now)
    decision = _decision(row, outcome, by, refusal, now, proposed_by) if outcome else None
    if decision:
        _insist_on_enough_people(row, outcome, proposed_by)
        decision.save()
        columns["decision"] = decision
    with acting_as(by, action=action, reason=reason):
        NominationRight.unscoped.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    told = _letters(row, action, decision, reason, first=first)
    undoable = bool(decision) or action == "return"
    held_for = datetime.timedelta(seconds=row.election.undo_seconds if undoable else 0)
    outbox.write(told, held_for=held_for)
    if action == "return":
        NominationRight.unscoped.filter(pk=row.pk).update(return_letter=told[0])
    return row


def way_of(right: NominationRight, outcome: str) -> DecisionWay:
    """How many people it takes: granting as many as approving, refusing as many as refusing an
    application. A session of the commission is two people as well."""
    granted = outcome == NominationStatus.GRANTED
    return right.election.way_of(Outcome.APPROVED if granted else Outcome.REFUSED)


def _insist_on_enough_people(row: NominationRight, outcome: str, proposed_by: User | None) -> None:
    if way_of(row, outcome) != DecisionWay.ONE and proposed_by is None:
        raise NominationError(_("This takes two people: propose it, and a colleague adopts it."))


def letter_of_last_word(row: NominationRight, *, by: User) -> Letter | None:
    """The letter that tells of the decision or return that `by` made last; None where somebody
    else made it."""
    if row.status == NominationStatus.RETURNED:
        last = row.events.filter(status_to=NominationStatus.RETURNED).latest("pk")
        return row.return_letter if last.actor == by else None
    decision = row.decision
    return decision.letter if decision and decision.decided_by == by else None


def _take_letter_back(row: NominationRight, *, by: User) -> None:
    """Raises NominationError for anybody but whoever decided, and once the letter may have left."""
    letter = letter_of_last_word(row, by=by)
    if letter is None:
        raise NominationError(_("Only who decided it can undo it."))
    if not outbox.withdraw(letter):
        raise NominationError(_("It is too late to undo it: the letter has left."))


def _decision(
    row: NominationRight,
    outcome: str,
    by: User,
    refusal: Refusal | None,
    now: datetime.datetime,
    proposed_by: User | None = None,
) -> NominationDecision:
    """The decision, not yet stored."""
    return NominationDecision(
        right=row,
        outcome=outcome,
        ground=refusal.ground if refusal else None,
        what_was_checked=refusal.what_was_checked if refusal else "",
        decided_by=by,
        proposed_by=proposed_by,
        decided_at=now,
        letter_id=uuid.uuid4(),
        appeal_body_names=row.commission.appeal_body_names if refusal else {},
        appeal_until=appeal_deadline(row.commission, now=now) if refusal else None,
    )


def letter_of(
    right: NominationRight, *, by: User, note: str = "", refusal: Refusal | None = None
) -> Letter:
    """The letter that granting, returning (with a note) or refusing would write: to be read
    beforehand, never stored."""
    if note:
        return letters.nomination_returned(right, note)
    outcome = NominationStatus.REFUSED if refusal else NominationStatus.GRANTED
    decision = _decision(right, outcome, by, refusal, database_now())
    word = letters.nomination_refused if refusal else letters.nomination_granted
    return word(right, decision)


def _letters(
    row: NominationRight,
    action: str,
    decision: NominationDecision | None,
    reason: str,
    *,
    first: bool,
) -> list[Any]:
    if decision and decision.letter_id:
        word = letters.nomination_refused if decision.ground_id else letters.nomination_granted
        told = word(row, decision)
        told.key = decision.letter_id
        return [told]
    if action == "return":
        return [letters.nomination_returned(row, reason)]
    if action == "submit" and first:
        return [letters.nomination_received(row)]
    return []
