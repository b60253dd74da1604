"""The commission in session: proposals are gathered into an agenda, and the protocol adopts them.

An agenda is prepared until its session is recorded; then the database keeps it as it is. What was
not adopted goes back to the queue with its reason; what could not be decided is listed with its.
"""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from accounts.names import tidy
from elections.domain.clock import database_now
from elections.enums import Outcome
from elections.models import Commission
from observers import permissions
from observers.domain import proposals
from observers.models import AgendaItem, CommissionSession, Proposal
from observers.models.application import SEALED

# In this order they stand on the agenda.
ORDER = (Outcome.APPROVED, Outcome.REFUSED, Outcome.CANCELLED)
# Nobody adopts alone what they propose.
PRESENT_AT_LEAST = 2
# Rows of one statement.
PORTION = 2000


class SessionError(Exception):
    """It cannot be done so. The message may be shown to a person; `about` names the answer of the
    protocol that is wrong."""

    def __init__(self, message: str, *, about: str = "") -> None:
        super().__init__(message)
        self.about = about


@dataclass(frozen=True)
class Protocol:
    """What the chair records of a session: the names of the members who came, who presided and
    who wrote among them, of those who did not come, and of guests."""

    number: str
    held_on: datetime.date
    place: str
    chaired_by: str
    present: tuple[str, ...]
    secretary: str = ""
    absent: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()


@dataclass
class Result:
    """What a session decides, or would: how many with each outcome, how many were not adopted,
    and what could not be decided, with the reason."""

    adopted: dict[str, int] = field(default_factory=dict)
    declined: int = 0
    undecided: list[tuple[AgendaItem, str]] = field(default_factory=list)


# --- While it is being prepared -------------------------------------------------------------------


def open_agenda(commission: Commission, *, actor: User) -> CommissionSession:
    """An agenda with everything that is proposed to the commission now.

    Raises SessionError for who may not, and while another agenda is being prepared.
    """
    permitted = permissions.may_adopt(actor, commission)
    if not permitted:
        raise SessionError(permitted.reason)
    with transaction.atomic():
        session = CommissionSession(
            election_id=commission.election_id, commission=commission, opened_by=actor
        )
        _store(session, doubled=_("An agenda of this commission is being prepared already."))
        gather(session, actor=actor)
    return session


def _store(session: CommissionSession, *, doubled: str, **how: Any) -> None:
    try:
        with transaction.atomic():
            session.save(**how)
    except IntegrityError as error:
        raise SessionError(doubled) from error


def missing(session: CommissionSession) -> QuerySet[Proposal]:
    """What is proposed to its commission and not on the agenda: new, or left out."""
    listed = AgendaItem.objects.filter(session=session)
    found: QuerySet[Proposal] = (
        Proposal.unscoped.open()
        .filter(application__commission=session.commission_id)
        .exclude(pk__in=listed.values("proposal"))
    )
    return found


@transaction.atomic
def gather(session: CommissionSession, *, actor: User, only: Iterable[int] | None = None) -> int:
    """Put what is missing on the agenda, or `only` some of it; how many there were.

    An earlier proposal about the same application, settled since, makes room.
    """
    held = _being_prepared(session, actor)
    new = missing(held) if only is None else missing(held).filter(pk__in=list(only))
    keys = list(new.order_by("pk").values_list("pk", flat=True))
    again = Proposal.unscoped.filter(pk__in=keys).values("application")
    AgendaItem.objects.filter(
        ~Q(proposal__settled_as=""), session=held, proposal__application__in=again
    ).delete()
    AgendaItem.objects.bulk_create(
        (AgendaItem(session=held, proposal_id=key, position=0) for key in keys),
        batch_size=PORTION,
    )
    _put_in_order(held)
    return len(keys)


@transaction.atomic
def leave_out(session: CommissionSession, items: Iterable[int], *, actor: User) -> int:
    """Not of this session: the proposals stay open, for the next. How many there were."""
    held = _being_prepared(session, actor)
    count, _each = AgendaItem.objects.filter(session=held, pk__in=list(items)).delete()
    _put_in_order(held)
    return count


@transaction.atomic
def note_exceptions(
    session: CommissionSession, items: Iterable[int], *, actor: User, reason: str
) -> int:
    """The commission does not adopt these, for that reason. Nothing happens before the session
    is recorded."""
    if not reason.strip():
        raise SessionError(_("Say why they are not adopted."))
    return _marked(session, items, actor, is_adopted=False, reason=reason.strip())


@transaction.atomic
def clear_exceptions(session: CommissionSession, items: Iterable[int], *, actor: User) -> int:
    return _marked(session, items, actor, is_adopted=None, reason="")


def _marked(session: CommissionSession, items: Iterable[int], actor: User, **columns: Any) -> int:
    held = _being_prepared(session, actor)
    return AgendaItem.objects.filter(session=held, pk__in=list(items)).update(**columns)


def _being_prepared(session: CommissionSession, actor: User) -> CommissionSession:
    """The session, held. Raises SessionError for who may not, and once it is recorded."""
    held: CommissionSession = (
        CommissionSession.unscoped.select_for_update(of=("self",))
        .select_related("commission", "election")
        .get(pk=session.pk)
    )
    permitted = permissions.may_adopt(actor, held.commission)
    if not permitted:
        raise SessionError(permitted.reason)
    if held.is_recorded:
        raise SessionError(_("The session is recorded: it stays as it is."))
    return held


def _put_in_order(session: CommissionSession) -> None:
    """By outcome, then by name in the order of the Azerbaijani alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE observers_agendaitem i SET position = placed.position
            FROM (
                SELECT item.id, row_number() OVER (
                    ORDER BY array_position(%s::varchar[], p.outcome), a.sort_key, p.id
                ) AS position
                FROM observers_agendaitem item
                JOIN observers_proposal p ON p.id = item.proposal_id
                JOIN observers_application a ON a.id = p.application_id
                WHERE item.session_id = %s
            ) placed
            WHERE placed.id = i.id AND placed.position <> i.position
            """,
            [[outcome.value for outcome in ORDER], session.pk],
        )


def seal(session: CommissionSession) -> str:
    """The same as long as the agenda says the same: what is recorded is what was read."""
    listed = AgendaItem.objects.filter(session=session).order_by("pk")
    said = listed.values_list("pk", "is_adopted", "reason", "proposal__settled_as")
    return hashlib.sha256(repr(list(said)).encode()).hexdigest()[:32]


def foresee(session: CommissionSession, *, actor: User) -> Result:
    """What recording it now would decide. Changes nothing."""
    why_not = proposals.foresee(
        Proposal.unscoped.filter(agenda__session=session), actor=actor, session=session
    )
    result = Result()
    for item in _items(session):
        reason = _settled_already(item) if item.is_adopted is False else why_not[item.proposal_id]
        if reason:
            result.undecided.append((item, reason))
        elif item.is_adopted is False:
            result.declined += 1
        else:
            outcome = item.proposal.outcome
            result.adopted[outcome] = result.adopted.get(outcome, 0) + 1
    return result


def _items(session: CommissionSession) -> QuerySet[AgendaItem]:
    return (
        AgendaItem.objects.filter(session=session)
        .select_related("proposal__application")
        .defer(*(f"proposal__application__{name}" for name in SEALED))
        .order_by("position", "pk")
    )


# --- The record -----------------------------------------------------------------------------------


@transaction.atomic
def record(
    session: CommissionSession, protocol: Protocol, *, actor: User, seen: str = ""
) -> Result:
    """Adopt the agenda but for its exceptions, under that protocol; all of it, or nothing at all.

    `seen` is the seal of the agenda that was read. Raises SessionError when the protocol cannot
    be so, and when the agenda has changed since.
    """
    held = _being_prepared(session, actor)
    if seen and seen != seal(held):
        raise SessionError(_("The agenda has changed since you read it: read it again."))
    check(held, protocol)
    _write(held, protocol)
    with override(held.election.languages[0]):
        _adopt(held, actor)
        _decline(held, actor)
    held.recorded_by, held.recorded_at = actor, database_now()
    held.save(update_fields=["recorded_by", "recorded_at"])
    return result_of(held)


def check(session: CommissionSession, protocol: Protocol) -> None:
    """Raises SessionError with what is wrong with the protocol of this session."""
    today = database_now().astimezone(session.election.zone).date()
    if not tidy(protocol.number):
        raise SessionError(_("A protocol has a number."), about="number")
    others = CommissionSession.unscoped.filter(commission=session.commission_id)
    if others.exclude(pk=session.pk).filter(number=tidy(protocol.number)).exists():
        raise SessionError(_number_is_taken(), about="number")
    if protocol.held_on > today:
        raise SessionError(
            _("This day is still to come: a session is recorded once it has been held."),
            about="held_on",
        )
    if protocol.chaired_by not in protocol.present:
        raise SessionError(_("Who chaired the session was present."), about="chaired_by")
    if protocol.secretary and protocol.secretary not in protocol.present:
        raise SessionError(_("Who wrote the protocol was present."), about="secretary")
    if len(set(protocol.present)) < PRESENT_AT_LEAST:
        raise SessionError(
            _("A session needs at least two members present: nobody decides alone in it."),
            about="members",
        )
    _check_agenda(session, protocol.held_on)


def _check_agenda(session: CommissionSession, held_on: datetime.date) -> None:
    listed = AgendaItem.objects.filter(session=session)
    if not listed.exists():
        raise SessionError(_("There is nothing on the agenda."))
    following = datetime.datetime.combine(
        held_on + datetime.timedelta(days=1), datetime.time(), tzinfo=session.election.zone
    )
    later = listed.filter(proposal__proposed_at__gte=following).count()
    if later:
        raise SessionError(
            ngettext(
                "One item of the agenda was proposed after that day: correct the day, or leave "
                "the item out.",
                "%(n)d items of the agenda were proposed after that day: correct the day, or "
                "leave them out.",
                later,
            )
            % {"n": later},
            about="held_on",
        )


def _number_is_taken() -> str:
    return _("This commission has a protocol with this number already.")


def _write(session: CommissionSession, protocol: Protocol) -> None:
    session.number, session.held_on = tidy(protocol.number), protocol.held_on
    session.place = tidy(protocol.place)
    session.chaired_by, session.secretary = protocol.chaired_by, protocol.secretary
    session.present, session.absent = list(protocol.present), list(protocol.absent)
    session.guests = list(protocol.guests)
    _store(
        session,
        doubled=_number_is_taken(),
        update_fields=[
            "number", "held_on", "place", "chaired_by", "secretary", "present", "absent", "guests",
        ],
    )  # fmt: skip


def _adopt(session: CommissionSession, actor: User) -> None:
    """Everything but the exceptions. The reasons are in the language of the state, as the events
    are: they stand in the protocol."""
    moved = proposals.adopt(
        Proposal.unscoped.filter(agenda__session=session, agenda__is_adopted__isnull=True),
        actor=actor,
        session=session,
        because=session.protocol,
    )
    reasons = {application.pk: reason for application, reason in moved.skipped}
    open_items = AgendaItem.objects.filter(session=session, is_adopted__isnull=True)
    open_items.filter(proposal__decision__session=session).update(is_adopted=True)
    _not_decided(
        {
            item.pk: reasons.get(item.proposal.application_id, "")
            for item in open_items.select_related("proposal")
        }
    )


def _decline(session: CommissionSession, actor: User) -> None:
    exceptions = list(
        AgendaItem.objects.filter(session=session, is_adopted=False)
        .select_related("proposal")
        .select_for_update(of=("proposal",))
    )
    proposals.decline_in_session(
        {item.proposal_id: item.reason for item in exceptions if item.proposal.is_open},
        actor=actor,
    )
    _not_decided({item.pk: settled for item in exceptions if (settled := _settled_already(item))})


def _not_decided(reasons: dict[int, str]) -> None:
    """By item. Few reasons for any number of items, so few statements."""
    alike: dict[str, list[int]] = {}
    for key, reason in reasons.items():
        alike.setdefault(reason, []).append(key)
    for reason, keys in alike.items():
        AgendaItem.objects.filter(pk__in=keys).update(is_adopted=None, reason=reason)


def _settled_already(item: AgendaItem) -> str:
    if item.proposal.is_open:
        return ""
    return _("The proposal is settled already: %(how)s.") % {
        "how": item.proposal.get_settled_as_display()
    }


def result_of(session: CommissionSession) -> Result:
    """What a recorded session decided."""
    listed = AgendaItem.objects.filter(session=session)
    counts = (
        listed.filter(is_adopted=True)
        .order_by()
        .values_list("proposal__outcome")
        .annotate(n=Count("pk"))
    )
    return Result(
        adopted=dict(counts),
        declined=listed.filter(is_adopted=False).count(),
        undecided=[(item, item.reason) for item in _items(session).filter(is_adopted__isnull=True)],
    )


def size() -> Coalesce:
    """For a list of sessions: how many items each agenda has."""
    listed = AgendaItem.objects.filter(session=OuterRef("pk")).order_by().values("session")
    counted = Subquery(listed.values(n=Count("pk")), output_field=IntegerField())
    return Coalesce(counted, 0)


def last_place(commission: Commission) -> str:
    """Where its last session was held; empty before the first."""
    held = CommissionSession.unscoped.filter(commission=commission, recorded_at__isnull=False)
    return held.order_by("-recorded_at").values_list("place", flat=True).first() or ""
