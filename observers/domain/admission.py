"""Whether an application may be submitted now. The database repeats the questions that matter
in the same transaction (see `observers/migrations/0003_admission.py`); here they get words."""

import datetime
from collections import Counter
from collections.abc import Iterable

from django.db import DatabaseError
from django.utils.translation import gettext as _

from elections.enums import Authority
from observers.domain import agreement
from observers.domain.completeness import gaps, missing_documents
from observers.enums import Status
from observers.models import Application
from observers.models.closing import ClosesAt
from organisations.models import NominationRight

TOO_LATE, NOT_ADMITTED, TOO_EARLY, NO_RIGHT, NOT_AGREED, NO_PLACE = (
    "PD001", "PD002", "PD003", "PD004", "PD005", "PD011",
)  # fmt: skip

# What who takes a place has in common with who had it.
SAME = ("organisation_id", "election_id", "window_id", "kind", "scope", "constituency_id")


def is_admission_error(error: DatabaseError) -> bool:
    """Whether the database's admission guard refused, rather than anything else."""
    state = getattr(error.__cause__, "sqlstate", "")
    return state in (TOO_LATE, NOT_ADMITTED, TOO_EARLY, NO_RIGHT, NOT_AGREED, NO_PLACE)


def hindrances(rows: list[Application], *, now: datetime.datetime) -> dict[int, str]:
    """By application id, the sentence that says why it cannot be submitted."""
    found: dict[int, str] = {}
    for check in CHECKS:
        for key, sentence in check([row for row in rows if row.pk not in found], now):
            found.setdefault(key, sentence)
    return found


def _without_place(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    """The person in whose place this one is named is not registered there any more."""
    drafts = [row for row in rows if row.status == Status.DRAFT and row.substitutes_id]
    named = Application.unscoped.filter(pk__in=[row.substitutes_id for row in drafts])
    shown = ("surname", "given_name", "patronymic", "status", *SAME)
    former = {row.pk: row for row in named.only(*shown)} if drafts else {}
    for row in drafts:
        before = former[row.substitutes_id]
        if row.window.substitutions_close_at is None:
            yield row.pk, _("Nobody is named in place of another there.")
        elif before.status != Status.APPROVED:
            yield (
                row.pk,
                _("%(name)s is not registered any more, so nobody can take that place.")
                % {"name": before.full_name},
            )
        elif any(getattr(before, name) != getattr(row, name) for name in SAME):
            yield (
                row.pk,
                _("The place of observation is that of %(name)s; begin again from there.")
                % {"name": before.full_name},
            )


def _incomplete(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    lacking = missing_documents(rows)
    for row in rows:
        missing = gaps(row, missing_documents=lacking[row.pk])
        if missing:
            yield row.pk, " ".join(gap.message for gap in missing)


def _late(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    """Only a first submission is bound to the window; a correction keeps its place. What came on
    paper is in time by the moment at which it was received."""
    drafts = [row for row in rows if row.status == Status.DRAFT]
    closing = closing_moments(drafts)
    for row in drafts:
        moment = row.paper_received_at or now
        if moment < row.window.opens_at:
            yield row.pk, _("Registration has not opened yet.")
        elif moment >= closing[row.pk] and row.substitutes_id:
            yield (
                row.pk,
                _("The time to name another person has passed: whoever is registered stays so."),
            )
        elif moment >= closing[row.pk]:
            yield row.pk, _("Registration has closed. The draft is kept and can still be read.")


def _unfitting(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    """The window or commission no longer is what it was when the draft was begun."""
    for row in rows:
        window, commission = row.window, row.commission
        fits = row.kind in window.kinds and row.scope == window.scope
        local = commission.authority == Authority.CONSTITUENCY
        decides = commission.authority == window.authority and (
            not local or commission.constituency_id == row.constituency_id
        )
        if row.status == Status.DRAFT and not (fits and decides):
            yield (
                row.pk,
                _(
                    "Applications of this kind are not admitted there. Choose the place of "
                    "observation again."
                ),
            )


def applied_again(rows: list[Application]) -> dict[int, str]:
    """By application id, why it cannot be registered after all: the person has another live
    application meanwhile."""
    people = {row.identity_index for row in rows}
    live = Application.unscoped.live().filter(identity_index__in=people)
    others = set(live.values_list("election_id", "identity_index"))
    reason = _(
        "This person has another application in this election, which waits or is registered: a "
        "person is registered once. As long as it stands, this one cannot be registered."
    )
    return {row.pk: reason for row in rows if (row.election_id, row.identity_index) in others}


def still_open(rows: list[Application], *, now: datetime.datetime) -> dict[int, str]:
    """By application id, why it cannot lapse: its window has not closed for it."""
    closing = closing_moments(rows)
    return {row.pk: _("Registration is still open.") for row in rows if now < closing[row.pk]}


def closing_moments(rows: list[Application]) -> dict[int, datetime.datetime]:
    """When registration closes for each of these, extensions included, by application id; for who
    is named in place of another, when that can no longer be done."""
    these = Application.unscoped.filter(pk__in=[row.pk for row in rows])
    return dict(these.annotate(closing=ClosesAt()).values_list("pk", "closing"))


def _without_right(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    organisations = {row.organisation_id for row in rows if row.organisation_id}
    granted = set(
        NominationRight.unscoped.granted()
        .filter(organisation__in=organisations)
        .values_list("organisation_id", "election_id")
    )
    for row in rows:
        if row.organisation_id and (row.organisation_id, row.election_id) not in granted:
            yield row.pk, _("The organisation has no nomination right for this election yet.")


def _unagreed(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    """Asked of corrections as well: another person may have been entered meanwhile."""
    for row in rows:
        if reason := agreement.hinders_submission(row):
            yield row.pk, reason


def _twice(rows: list[Application], now: datetime.datetime) -> Iterable[tuple[int, str]]:
    """One live application per person and election. Through whom is nobody else's to know."""
    drafts = [row for row in rows if row.status == Status.DRAFT]
    live = set(
        Application.unscoped.live()
        .filter(identity_index__in={row.identity_index for row in drafts})
        .values_list("election_id", "identity_index")
    )
    here = Counter((row.election_id, row.identity_index) for row in drafts)
    for row in drafts:
        person = (row.election_id, row.identity_index)
        if person in live:
            yield (
                row.pk,
                _(
                    "This person already has an application in this election. One person, one "
                    "application: withdraw the other first, or ask the commission."
                ),
            )
        elif here[person] > 1:
            yield row.pk, _("This person stands more than once among these applications.")


CHECKS = (_incomplete, _late, _without_place, _unfitting, _without_right, _unagreed, _twice)
