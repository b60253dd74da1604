"""How much a commission has before it, and how much it does. Read only.

Days are those of the portal's time zone, as in the list of applications. Every function asks the
same number of questions for one commission and for all.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from elections.enums import Outcome
from elections.models import Commission, Window
from observers.domain import queues
from observers.domain.forecast import Load
from observers.enums import WAITING
from observers.models import Application, Decision
from organisations.models import Organisation

# So many days are shown, today included.
DAYS = 14
Day = datetime.date


@dataclass
class Flow:
    """What came in to one commission and what it decided, by day, the oldest first, today last."""

    days: list[Day]
    incoming: list[int] = field(default_factory=list)
    decided: list[int] = field(default_factory=list)


def flows(commissions: Collection[Commission], *, now: datetime.datetime) -> dict[int, Flow]:
    """By commission id. What is decided anew on appeal is not counted as decided; an application
    that was decided, undone and decided again on one day counts once."""
    today = timezone.localdate(now)
    days = [today - datetime.timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    since = timezone.make_aware(datetime.datetime.combine(days[0], datetime.time()))
    incoming = _by_day(
        Application.unscoped.filter(commission__in=commissions, submitted_at__gte=since)
        .values_list("commission_id", TruncDate("submitted_at"))
        .annotate(count=Count("*"))
    )
    decided = _by_day(
        Decision.objects.filter(
            commission__in=commissions,
            decided_at__gte=since,
            outcome__in=(Outcome.APPROVED, Outcome.REFUSED),
            appeal__isnull=True,
        )
        .values_list("commission_id", TruncDate("decided_at"))
        .annotate(count=Count("application", distinct=True))
    )
    return {
        commission.pk: Flow(
            days,
            [incoming[commission.pk][day] for day in days],
            [decided[commission.pk][day] for day in days],
        )
        for commission in commissions
    }


def _by_day(rows: object) -> dict[int, Counter[Day]]:
    counted: dict[int, Counter[Day]] = defaultdict(Counter)
    for commission, day, count in rows.order_by():  # type: ignore[attr-defined]
        counted[commission][day] += count
    return counted


def loads(
    commissions: Collection[Commission], flown: dict[int, Flow], *, now: datetime.datetime
) -> dict[int, Load]:
    """By commission id, what its forecast needs. `flown` is what `flows` found."""
    today = timezone.localdate(now)
    overdue: Counter[int] = Counter()
    due: dict[int, Counter[int]] = defaultdict(Counter)
    waiting = Application.unscoped.filter(commission__in=commissions, status__in=WAITING)
    late = waiting.filter(due_at__lt=now).order_by().values_list("commission_id")
    for commission, count in late.annotate(count=Count("*")):
        overdue[commission] = count
    in_time = waiting.filter(due_at__gte=now).order_by()
    by_day = in_time.values_list("commission_id", TruncDate("due_at")).annotate(count=Count("*"))
    for commission, day, count in by_day:
        due[commission][(day - today).days] += count
    limits = _limits(commissions)
    return {
        commission.pk: _load(
            flown[commission.pk],
            overdue[commission.pk],
            due[commission.pk],
            limits.get((commission.election_id, commission.authority), _NO_LIMIT),
            today=today,
        )
        for commission in commissions
    }


# Days to decide, and the last moment at which something can come in.
Limit = tuple[int, datetime.datetime | None]
_NO_LIMIT: Limit = (0, None)


def _limits(commissions: Collection[Commission]) -> dict[tuple[int, str], Limit]:
    """By election and level, the shortest of the windows and the last of their closings."""
    windows = Window.objects.filter(election__in={each.election_id for each in commissions})
    grouped = windows.order_by().values_list("election_id", "authority")
    found = grouped.annotate(
        days=Min("days_to_decide"), last=Max("closes_at"), extended=Max("extensions__until")
    )
    return {
        (election, authority): (days, max(filter(None, (last, extended))))
        for election, authority, days, last, extended in found
    }


def _load(flow: Flow, overdue: int, due: Counter[int], limit: Limit, *, today: Day) -> Load:
    days_to_decide, closes_at = limit
    first = next((place for place, count in enumerate(flow.incoming) if count), len(flow.days) - 1)
    return Load(
        overdue=overdue,
        due=[due[day] for day in range(max(due, default=0) + 1)],
        decided_today=flow.decided[-1],
        # Before the first application there was nothing to decide.
        decided=flow.decided[first:-1],
        incoming=flow.incoming[first:-1],
        days_open=max(0, (timezone.localdate(closes_at) - today).days) if closes_at else 0,
        days_to_decide=days_to_decide,
    )


def counts(
    commission: Commission, *, user: User, now: datetime.datetime, midnight: datetime.datetime
) -> dict[str, int]:
    """What waits in this commission, by what marks it, and what of it is the user's own."""
    theirs = Application.unscoped.filter(commission=commission)
    waiting = theirs.filter(status__in=WAITING).aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        today=Count(
            "pk", filter=Q(due_at__gte=now, due_at__lt=midnight + datetime.timedelta(days=1))
        ),
        nobody=Count("pk", filter=Q(assigned_to__isnull=True)),
        came_back=Count("pk", filter=queues.came_back()),
        mine=Count("pk", filter=Q(assigned_to=user)),
        desk=Count("pk", filter=queues.on_desk_of(user)),
    )
    proposed = theirs.filter(queues.waits_for_a_second_person())
    mine = queues.waits_for_a_second_person(proposed_by=user)
    return {
        **waiting,
        "proposed": proposed.count(),
        "proposed_by_me": proposed.filter(mine).count(),
        "decided_by_me": theirs.filter(queues.decided_by(user, since=midnight)).count(),
    }


@dataclass(frozen=True)
class Nominator:
    key: int
    name: str
    count: int


def by_kind_and_nominator(commission: Commission) -> tuple[dict[str, int], list[Nominator]]:
    """Of what waits: by kind, and by organisation, those with the most first."""
    kinds: Counter[str] = Counter()
    through: Counter[int] = Counter()
    waiting = Application.unscoped.filter(commission=commission, status__in=WAITING).order_by()
    grouped = waiting.values_list("kind", "organisation_id").annotate(count=Count("*"))
    for kind, organisation, count in grouped:
        kinds[kind] += count
        if organisation:
            through[organisation] += count
    named = Organisation.unscoped.filter(pk__in=through).values_list("pk", "short_name", "name")
    found = [Nominator(key, short or name, through[key]) for key, short, name in named]
    return dict(kinds.most_common()), sorted(found, key=lambda each: (-each.count, each.name))
