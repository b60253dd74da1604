"""What an organisation can send now, and what holds the other drafts back. Read only."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Value, When

from elections.models import Election
from observers.domain.desk import with_readiness
from observers.enums import EDITABLE, Status
from observers.models import Application
from observers.models.closing import ClosesAt

PAGE = 200


@dataclass(frozen=True)
class Page:
    """One page of rows; `more` says whether others follow."""

    rows: list[Any]
    more: bool


@dataclass(frozen=True)
class Held:
    """How many drafts cannot be sent, each counted once, under what is to be done first."""

    without_photo: int = 0
    incomplete: int = 0
    not_agreed: int = 0
    closed: int = 0


def with_sendable(
    applications: QuerySet[Application], election: Election, *, at: datetime.datetime
) -> Any:
    """The drafts and returned ones, with `is_open` (registration for it was open at that moment)
    and `is_sendable`: complete and open, or corrected since the commission returned it.

    A moment later any of them may be refused all the same: the submission asks again.
    """
    editable = applications.filter(status__in=EDITABLE)
    rows = with_readiness(editable, election).annotate(closing=ClosesAt())
    is_open = Q(window__opens_at__lte=at, closing__gt=at)
    corrected = Q(status=Status.RETURNED, updated_at__gt=F("returned_at"))
    rows = rows.annotate(is_open=_whether(is_open))
    return rows.annotate(is_sendable=_whether(corrected | Q(is_complete=True, is_open=True)))


def _whether(question: Q) -> Case:
    return Case(When(question, then=Value(True)), default=Value(False), output_field=BooleanField())


def unchanged_since(rows: Any, moment: datetime.datetime) -> Any:
    """Those that stood there like that when somebody looked at them: who sends all sends what
    they saw, not what a colleague has typed meanwhile."""
    return rows.filter(updated_at__lte=moment)


def counted(rows: Any) -> tuple[int, Held]:
    """How many can be sent, and what holds the drafts back. `rows` come from `with_sendable`."""
    draft = Q(status=Status.DRAFT)
    found = rows.aggregate(
        sendable=Count("pk", filter=Q(is_sendable=True)),
        closed=Count("pk", filter=draft & Q(is_open=False)),
        without_photo=Count("pk", filter=draft & Q(is_open=True, photo="")),
        incomplete=Count("pk", filter=draft & Q(is_open=True, is_filled=False) & ~Q(photo="")),
        not_agreed=Count("pk", filter=draft & Q(is_open=True, is_filled=True, is_complete=False)),
    )
    return found.pop("sendable"), Held(**found)


def giving_way(rows: Any) -> int:
    """How many registered people give way when all that can be sent is sent."""
    return int(
        rows.filter(is_sendable=True, status=Status.DRAFT, substitutes__isnull=False).count()
    )


def page(rows: Any, *, behind: tuple[str, int] | None) -> Page:
    """Those that can be sent, by name, behind that place in the order."""
    rows = (
        rows.filter(is_sendable=True)
        .select_related("constituency", "substitutes")
        .order_by("sort_key", "pk")
    )
    if behind:
        name, number = behind
        rows = rows.filter(Q(sort_key__gt=name) | Q(sort_key=name, pk__gt=number))
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], more=len(found) > PAGE)


def lines(submission: Any, *, behind: int = 0) -> Page:
    """The lines of a receipt behind the one with that number: what was not taken comes first."""
    found = list(
        submission.lines.filter(pk__gt=behind)
        .select_related("application__constituency")
        .order_by("pk")[: PAGE + 1]
    )
    return Page(found[:PAGE], more=len(found) > PAGE)
