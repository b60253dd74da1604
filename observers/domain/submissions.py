"""Many applications sent in one act, with one receipt that lists them.

All in one transaction: the confirmation, the moves, the receipt and its letters. Those that the
clock or anything else refuses stay as they are and stand on the receipt with their reason.
"""

import datetime
from collections import Counter

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.copying import draw_numbers, sheet, take_in
from accounts.models import User
from elections.domain.clock import database_now
from elections.models import Election
from notifications import outbox
from notifications.models import Letter
from observers.domain import letters
from observers.domain.applications import Moved, move
from observers.enums import EDITABLE
from observers.lifecycle import SUBMIT
from observers.models import Application, Submission, SubmissionLine
from organisations.models import Organisation

# An application that was not taken, and why.
Refused = tuple[Application, str]


class NotSent(Exception):
    """Nothing was sent and nothing was changed. The message may be shown to a person; `refused`
    holds what was chosen and the reasons, where that is what stood in the way."""

    def __init__(self, sentence: str, refused: list[Refused] | None = None) -> None:
        super().__init__(sentence)
        self.refused = refused or []


@transaction.atomic
def submit_many(
    applications: QuerySet[Application],
    *,
    organisation: Organisation,
    election: Election,
    actor: User,
    confirmed: bool,
) -> Submission:
    """Send those of `applications` that can still be sent, and give the receipt of it.

    What was sent already is not chosen again, so a second click finds nothing to send. Raises
    NotSent without the confirmation, and when not one of them could be taken.
    """
    if not confirmed:
        raise NotSent(_("Confirm that the information is true."))
    now = database_now()
    theirs = Application.unscoped.filter(organisation=organisation, election=election)
    chosen = theirs.filter(pk__in=_lock(theirs, applications))
    moved = move(chosen, SUBMIT, actor=actor, together=True)
    if not moved.done:
        raise _nothing_sent(moved)
    submission = _receipt(moved, organisation, election, actor, at=_moment(moved, now))
    _list(submission, moved)
    outbox.write(_letters(submission, moved))
    return submission


def _lock(theirs: QuerySet[Application], chosen: QuerySet[Application]) -> list[int]:
    """Hold the rows; who waited for another's sending finds them sent."""
    keys = list(chosen.order_by().values_list("pk", flat=True))
    editable = theirs.filter(pk__in=keys, status__in=EDITABLE).order_by("pk")
    return list(editable.select_for_update().values_list("pk", flat=True))


def _nothing_sent(moved: Moved) -> NotSent:
    if moved.skipped:
        return NotSent(_("None of these applications could be sent."), moved.skipped)
    return NotSent(_("Nothing here waits to be sent any more."))


def _moment(moved: Moved, begun: datetime.datetime) -> datetime.datetime:
    """When the database took them: the receipt must not name a later moment, which beside a
    deadline would look late. Corrections keep the time of their first submission."""
    stamped = [row.submitted_at for row in moved.done if row.submitted_at]
    return max([begun, *stamped])


def _receipt(
    moved: Moved,
    organisation: Organisation,
    election: Election,
    actor: User,
    *,
    at: datetime.datetime,
) -> Submission:
    [number] = draw_numbers("S", "observers_submission_numbers", 1)
    return Submission.unscoped.create(
        receipt_number=number,
        organisation=organisation,
        election=election,
        submitted_by=actor,
        submitted_at=at,
    )


def _list(submission: Submission, moved: Moved) -> None:
    """One line each, in the order in which they are read: what was not taken first, then by
    name."""
    lines = [*_by_name(moved.skipped), *_by_name([(row, "") for row in moved.done])]
    take_in(
        sheet(
            SubmissionLine,
            [
                {"submission_id": submission.pk, "application_id": row.pk, "reason": reason}
                for row, reason in lines
            ],
        )
    )


def _by_name(lines: list[Refused]) -> list[Refused]:
    return sorted(lines, key=lambda line: (line[0].sort_key, line[0].pk))


def _letters(submission: Submission, moved: Moved) -> list[Letter]:
    """One to who sent them; and one to every other representative who had entered some of them
    and still acts for the organisation: theirs have left."""
    sent = Counter(row.applicant for row in moved.done)
    acting = set(submission.organisation.representatives.values_list("user_id", flat=True))
    colleagues = [
        letters.submitted_together(submission, recipient=colleague, count=count)
        for colleague, count in sorted(sent.items(), key=lambda pair: pair[0].pk)
        if colleague.pk in acting and colleague != submission.submitted_by
    ]
    own = letters.submitted_together(
        submission,
        recipient=submission.submitted_by,
        count=len(moved.done),
        refused=len(moved.skipped),
    )
    return [own, *colleagues]
