"""Appeals against refusals and cancellations (art. 112): lodged, withdrawn, decided, and what a
court outside the portal has ruled.

Each is one transaction: the application and the appeal are held, then it is checked, written and
told. The time to appeal is the database's (`lodged_in_time`), as is who may decide
(`decided_by_others`); here both get words.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdict import YES, Verdict, no
from elections.domain.appeals import appeal_deadline
from elections.domain.clock import database_now
from elections.enums import Outcome
from elections.lifecycle import acting_as
from elections.templatetags.time_words import in_full
from notifications import outbox
from notifications.models import Letter
from observers import permissions
from observers.domain import applications, letters
from observers.domain.reasons import Reasons
from observers.enums import AppealStatus
from observers.lifecycle import APPEAL, DISMISS, LODGE, UPHOLD, WITHDRAW
from observers.models import Appeal, Application, Decision
from privacy.uploads import CheckedDocument

TOO_LATE, NO_APPEAL = "PD006", "PD009"
APPEALABLE = (Outcome.REFUSED, Outcome.CANCELLED)


class AppealError(Exception):
    """An appeal cannot be lodged, withdrawn or decided. The message may be shown to a person."""


@dataclass(frozen=True)
class Ruling:
    """What a court has ruled: `document` is the ruling itself, checked before."""

    court: str
    number: str
    ruled_on: datetime.date
    upheld: bool
    reasoning: str
    document: CheckedDocument


# --- Of the applicant -----------------------------------------------------------------------------


def may_be_lodged(application: Application, *, by: User, now: datetime.datetime) -> Verdict:
    """Whether `by` may lodge an appeal in the portal against what was decided last."""
    permitted = permissions.may_lodge(by, application)
    if not permitted:
        return permitted
    decision = application.decision
    if decision is None or decision.outcome not in APPEALABLE or decision.appeal_until is None:
        return no(_("There is no refusal or cancellation to appeal against."))
    return _not_yet(decision) and _goes_to_a_commission(decision) and _in_time(decision, now)


def _not_yet(decision: Decision) -> Verdict:
    """There is one appeal against a decision; one that was withdrawn does not count."""
    earlier = Appeal.unscoped.filter(decision=decision).exclude(status=AppealStatus.WITHDRAWN)
    found = earlier.order_by("-pk").first()
    if found is None:
        return YES
    if found.status == AppealStatus.LODGED:
        return no(
            _("An appeal has been lodged already, on %(when)s. It waits for its decision.")
            % {"when": in_full(found.lodged_at, decision.application.election)}
        )
    return no(_("The appeal against this decision has been decided."))


def _goes_to_a_commission(decision: Decision) -> Verdict:
    if decision.commission.appeals_to_id:
        return YES
    until = in_full(decision.appeal_until, decision.application.election)
    return no(
        _("This appeal is lodged outside this portal, with: %(body)s, until %(until)s.")
        % {"body": decision.appeal_body, "until": until}
    )


def _in_time(decision: Decision, now: datetime.datetime) -> Verdict:
    """Half-open: at the last moment itself it is too late."""
    if decision.appeal_until is not None and now < decision.appeal_until:
        return YES
    return no(_too_late(decision))


def _too_late(decision: Decision) -> str:
    until = in_full(decision.appeal_until, decision.application.election)
    return _("The time to appeal has passed: it ended on %(until)s.") % {"until": until}


def of_application(application: Application) -> list[Appeal]:
    """Every appeal and ruling about this application, the newest first."""
    about = Appeal.unscoped.filter(decision__application=application)
    found: list[Appeal] = list(
        about.select_related(
            "decision__ground",
            "decision__commission",
            "decision__session",
            "commission",
            "decided_by",
        ).order_by("-pk")
    )
    for appeal in found:
        appeal.decision.application = application
    return found


@transaction.atomic
def lodge(application: Application, *, by: User, grounds: str) -> Appeal:
    """Lodge an appeal against the newest decision, to the body above. Raises AppealError."""
    row = _held_application(application.pk)
    possible = may_be_lodged(row, by=by, now=database_now())
    if not possible or row.decision is None:
        raise AppealError(possible.reason)
    if not grounds.strip():
        raise AppealError(_("Write why the decision is wrong."))
    appeal = _stored(row.decision, by=by, grounds=grounds.strip())
    outbox.write([letters.appeal_lodged(row, appeal)])
    return appeal


def _stored(decision: Decision, *, by: User, grounds: str) -> Appeal:
    try:
        with acting_as(by, action=LODGE):
            appeal = Appeal(
                decision=decision,
                commission=decision.commission.appeals_to,
                lodged_by=by,
                grounds=grounds,
            )
            appeal.save(force_insert=True)
    except DatabaseError as error:
        raise AppealError(_what_struck(error, decision)) from error
    appeal.refresh_from_db(fields=["lodged_at", "due_at"])
    return appeal


def _what_struck(error: DatabaseError, decision: Decision) -> str:
    """A guard of the database may strike after the look beforehand. Raises what is none."""
    state = getattr(error.__cause__, "sqlstate", "")
    if state == TOO_LATE:
        return _too_late(decision)
    if state == NO_APPEAL:
        return _("There is no refusal or cancellation to appeal against.")
    if isinstance(error, IntegrityError) and "one_open_appeal_per_decision" in str(error):
        return _("An appeal has been lodged already. It waits for its decision.")
    raise error


@transaction.atomic
def withdraw(appeal: Appeal, *, by: User) -> Appeal:
    """Take an appeal back before it is decided. Raises AppealError."""
    held = _held(appeal, WITHDRAW, by=by)
    _move(held, WITHDRAW, by=by, reason="")
    return held


# --- Of the body above ----------------------------------------------------------------------------


@transaction.atomic
def uphold(appeal: Appeal, *, actor: User, reasoning: str) -> Appeal:
    """The decision was wrong: a new one of the body above registers the person, and the old one
    stays. Raises AppealError."""
    held = _held(appeal, UPHOLD, by=actor)
    _answer(held, UPHOLD, actor=actor, reasoning=reasoning, now=database_now())
    _register(held, actor=actor)
    return held


@transaction.atomic
def dismiss(appeal: Appeal, *, actor: User, reasoning: str) -> Appeal:
    """The decision stands. The letter says why, who may be asked next, and until when. Raises
    AppealError."""
    held, now = _held(appeal, DISMISS, by=actor), database_now()
    _answer(held, DISMISS, actor=actor, reasoning=reasoning, now=now, **_further(held, now))
    _tell(held, letters.appeal_dismissed(held.decision.application, held))
    return held


def _further(appeal: Appeal, now: datetime.datetime) -> dict[str, Any]:
    """Who may be asked after the body that dismisses it, and until when."""
    commission = appeal.commission
    if commission is None:
        raise ValueError("A court says itself who may be asked after it.")
    return {
        "further_body_names": commission.appeal_body_names,
        "further_until": appeal_deadline(commission, now=now),
    }


def letter_of(
    appeal: Appeal, action: str, *, actor: User, reasoning: str, now: datetime.datetime
) -> Letter:
    """The letter that the answer would write: to be read beforehand, never stored. The row is
    changed in memory."""
    application, appeal.reasoning = appeal.decision.application, reasoning.strip()
    if action == UPHOLD:
        reasons = reasons_of(appeal)
        number = application.accreditation_number or _("(the number is given on approval)")
        application.accreditation_number = number
        return applications.letter_of(application, UPHOLD, actor=actor, reasons=reasons, now=now)
    for name, value in _further(appeal, now).items():
        setattr(appeal, name, value)
    return letters.appeal_dismissed(application, appeal)


@transaction.atomic
def record_ruling(application: Application, *, actor: User, ruling: Ruling) -> Appeal:
    """Store what a court outside the portal has ruled about the newest decision, with its
    document. Where it upholds the complaint, that registers the person. Raises AppealError."""
    row, now = _held_application(application.pk), database_now()
    possible = may_be_recorded(row, actor=actor)
    if not possible:
        raise AppealError(possible.reason)
    appeal = _stored_ruling(row, actor=actor, ruling=ruling)
    appeal.decision.application = row
    action = UPHOLD if ruling.upheld else DISMISS
    _answer(appeal, action, actor=actor, reasoning=ruling.reasoning, now=now)
    if ruling.upheld:
        _register(appeal, actor=actor)
    else:
        _tell(appeal, letters.appeal_ruling(row, appeal))
    return appeal


def may_be_recorded(application: Application, *, actor: User) -> Verdict:
    """Whether the actor may record a court's ruling about what was decided last."""
    permitted = permissions.may_record_ruling(actor, application)
    if not permitted:
        return permitted
    decision = application.decision
    if decision is None or decision.outcome not in APPEALABLE:
        return no(_("There is no refusal or cancellation that a court could have ruled about."))
    waiting = Appeal.unscoped.waiting().filter(decision=decision).first()
    if waiting:
        return no(
            _("An appeal against this decision waits with: %(body)s. It is decided first.")
            % {"body": waiting.body}
        )
    return YES


def _stored_ruling(row: Application, *, actor: User, ruling: Ruling) -> Appeal:
    appeal = Appeal(
        decision=row.decision,
        lodged_by=actor,
        grounds=_("Lodged with the court, outside the portal."),
        court=ruling.court.strip(),
        ruling_number=ruling.number.strip(),
        ruled_on=ruling.ruled_on,
        ruling_type=ruling.document.content_type,
    )
    appeal.ruling.save(str(appeal.key), ruling.document.content, save=False)
    with acting_as(actor, action=LODGE):
        appeal.save(force_insert=True)
    return appeal


# --- What they have in common ---------------------------------------------------------------------


def _held_application(key: int) -> Application:
    """Locked first, as by everybody who changes what hangs on it; read once it is held."""
    Application.unscoped.select_for_update().only("pk").get(pk=key)
    held: Application = Application.unscoped.select_related(
        "applicant",
        "election",
        "commission__election",
        "organisation",
        "decision__commission__appeals_to__election",
        "paper_form",
    ).get(pk=key)
    if held.decision:
        held.decision.application = held
    return held


def _held(appeal: Appeal, action: str, *, by: User) -> Appeal:
    """The appeal as it stands now, if `by` may do this to it. Raises AppealError."""
    row = _held_application(appeal.decision.application_id)
    held: Appeal = (
        Appeal.unscoped.select_for_update(of=("self",))
        .select_related("decision__commission", "commission__election")
        .get(pk=appeal.pk)
    )
    held.decision.application = row
    possible = may_move(held, action, by=by)
    if not possible:
        raise AppealError(possible.reason)
    return held


def may_move(appeal: Appeal, action: str, *, by: User) -> Verdict:
    """Whether `by` may withdraw, uphold or dismiss this appeal now."""
    permitted = permissions.may_appeal(by, APPEAL.transition(action).right, appeal)
    return permitted and APPEAL.may(appeal.status, action)


def _answer(
    appeal: Appeal,
    action: str,
    *,
    actor: User,
    reasoning: str,
    now: datetime.datetime,
    **columns: object,
) -> None:
    if not reasoning.strip():
        raise AppealError(_("Write why: the applicant reads it."))
    answer = {"reasoning": reasoning.strip(), "decided_by": actor, "decided_at": now, **columns}
    _move(appeal, action, by=actor, reason=reasoning.strip(), **answer)


def _move(appeal: Appeal, action: str, *, by: User, reason: str, **columns: object) -> None:
    """The status with what belongs to it, in the database and in the row at hand."""
    columns["status"] = APPEAL.transition(action).target
    with acting_as(by, action=action, reason=reason):
        Appeal.unscoped.filter(pk=appeal.pk).update(**columns)
    for name, value in columns.items():
        setattr(appeal, name, value)


def _register(appeal: Appeal, *, actor: User) -> None:
    """By a new decision of the body that upheld it. Raises AppealError where the person has
    applied again meanwhile, or something else was decided since."""
    application = appeal.decision.application
    if application.decision_id != appeal.decision_id:
        raise AppealError(_("Something else has been decided since: this appeal is overtaken."))
    moved = applications.move(
        Application.unscoped.filter(pk=application.pk),
        UPHOLD,
        actor=actor,
        reasons={application.pk: reasons_of(appeal)},
        because=appeal.reasoning,
    )
    for _row, reason in moved.skipped:
        raise AppealError(reason)
    new = Decision.objects.get(appeal=appeal)
    _point_to(appeal, new.letter_id)


def reasons_of(appeal: Appeal) -> Reasons:
    """Why the person is registered after all."""
    return Reasons(appeal=appeal, what_was_checked=appeal.reasoning)


def _tell(appeal: Appeal, letter: Letter) -> None:
    outbox.write([letter])
    _point_to(appeal, letter.key)


def _point_to(appeal: Appeal, letter: object) -> None:
    Appeal.unscoped.filter(pk=appeal.pk).update(letter=letter)
    appeal.letter_id = letter  # type: ignore[assignment]
