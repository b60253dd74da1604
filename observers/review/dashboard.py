"""A commission at a glance, for a chair who has five minutes: what waits, what of it is one's own,
what is wrong, and whether the legal limit will hold; and all commissions in one table."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from elections.domain.clock import database_now, due_conditions, midnight_before
from elections.domain.posts import may_by_post, posts_of, reached_by_posts
from elections.enums import Kind
from elections.models import Commission
from observers.domain import pairs, print_choice, problems, workload
from observers.domain.forecast import Forecast, Load, forecast
from observers.models import Application
from observers.review import finding, observer_lists
from observers.review.forecast_words import in_words
from observers.review.problems import PROBLEMS
from organisations.enums import NominationStatus
from organisations.models import NominationRight

# So many organisations are named before the rest is summed.
NAMED = 8
# Pairs are compared one by one: from here on they are said to be "so many or more".
PAIRS_COUNTED = 200


@dataclass(frozen=True)
class Number:
    """A count, what it counts, and the list that shows just these."""

    count: int
    label: Any
    url: str
    # Needs somebody now.
    is_urgent: bool = False
    at_least: bool = False


def dashboard_page(request: HttpRequest, site: Any) -> HttpResponse:
    """One commission: the one asked for, or the first that the viewer works for."""
    reached = finding.commissions_reached(request.user)
    commission = _asked_for(request, reached)
    user: Any = request.user
    now = database_now()
    flows = workload.flows([commission], now=now)
    load = workload.loads([commission], flows, now=now)[commission.pk]
    found = forecast(load)
    midnight = midnight_before(now)
    counts = workload.counts(commission, user=user, now=now, midnight=midnight)
    kinds, nominators = workload.by_kind_and_nominator(commission)
    works_here = may_by_post(
        user, "application", "review", commission=commission, election_id=commission.election_id
    )
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": commission.name,
        "commission": commission,
        "now": now,
        "forecast": said(load, found, now=now),
        "fails": bool(found.late or load.overdue),
        "numbers": _numbers(commission, counts),
        "own": [*_own(commission, counts), _badges(commission, user)] if works_here else [],
        "kinds": [_of_kind(commission, kind, count) for kind, count in kinds.items()],
        "nominators": _nominators(request, commission, nominators),
        "problems": _problems(commission),
        "trend": _trend(flows[commission.pk]),
        "rights": _rights(user, commission, now) if commission.is_central else [],
        "lists": observer_lists.lists_of(commission),
        "all_url": overview_url() if len(reached) > 1 else "",
    }
    return TemplateResponse(request, "admin/review/dashboard.html", context)


def said(load: Load, found: Forecast, *, now: datetime.datetime) -> str:
    return in_words(found, days_to_decide=load.days_to_decide, today=timezone.localdate(now))


def _asked_for(request: HttpRequest, reached: list[Commission]) -> Commission:
    """By default the first in which the viewer has a post. Raises Http404 for a commission that
    their posts do not reach."""
    by_key = {str(each.pk): each for each in reached}
    asked = request.GET.get("commission", "")
    if not by_key or (asked and asked not in by_key):
        raise Http404(_("There is no such page."))
    own = [str(post.commission_id) for post in posts_of(cast(User, request.user))]
    return by_key[asked or next(key for key in own if key in by_key)]


def dashboard_url(commission: Commission, **more: str) -> str:
    query = urlencode({"commission": str(commission.pk), **more})
    return f"{reverse('admin:observers_application_dashboard')}?{query}"


def overview_url(**query: str) -> str:
    address = reverse("admin:observers_application_commissions")
    return f"{address}?{urlencode(query)}" if query else address


def list_url(commission: Commission, **query: Any) -> str:
    address = reverse("admin:observers_application_changelist")
    return f"{address}?{urlencode({'commission': commission.pk, **query})}"


def _numbers(commission: Commission, counts: dict[str, int]) -> list[Number]:
    rows: Iterable[tuple[str, Any, dict[str, str]]] = (
        ("waiting", _("waiting"), {}),
        ("overdue", _("overdue"), {"due": "overdue"}),
        ("today", _("due today"), {"due": "today"}),
        ("came_back", _("came back after a return"), {"mark": "came_back"}),
        ("proposed", _("wait for a second person"), {"mark": "proposed"}),
        ("nobody", _("assigned to nobody"), {"whose": "nobody"}),
    )
    return [
        Number(counts[name], label, list_url(commission, **query), is_urgent=name == "overdue")
        for name, label, query in rows
    ]


def _own(commission: Commission, counts: dict[str, int]) -> list[Number]:
    rows = (
        ("mine", _("assigned to me"), "mine"),
        ("desk", _("on my desk now"), "desk"),
        ("proposed_by_me", _("proposed by me, waiting for a second person"), "proposed"),
        ("decided_by_me", _("decided by me today"), "decided"),
    )
    return [
        Number(counts[name], label, list_url(commission, whose=whose))
        for name, label, whose in rows
    ]


def _badges(commission: Commission, user: User) -> Number:
    """What the printer waits for."""
    count = print_choice.count_by_commission(user).get(commission.pk, 0)
    query = urlencode({"commission": str(commission.pk), "printed": "no"})
    address = reverse("admin:observers_badge_changelist")
    return Number(count, _("badges to print"), f"{address}?{query}")


def _of_kind(commission: Commission, kind: str, count: int) -> Number:
    return Number(count, Kind(kind).label, list_url(commission, kind=kind))


def _nominators(
    request: HttpRequest, commission: Commission, found: list[workload.Nominator]
) -> list[Number]:
    """The largest, and the rest summed: its number leads to all of them."""
    everything = "organisations" in request.GET
    named = found if everything else found[:NAMED]
    numbers = [
        Number(each.count, each.name, list_url(commission, nominator=each.key)) for each in named
    ]
    rest = found[len(named) :]
    if rest:
        label = _("%(n)d more organisations") % {"n": len(rest)}
        address = dashboard_url(commission, organisations="all") + "#organisations-heading"
        numbers.append(Number(sum(each.count for each in rest), label, address))
    return numbers


def _problems(commission: Commission) -> list[Number]:
    counted = problems.counts(commission)
    query = urlencode({"commission": commission.pk})
    found = [
        Number(counted[each.name], each.title, f"{each.url}?{query}", is_urgent=True)
        for each in PROBLEMS
    ]
    twins = pairs.count([commission.pk], at_most=PAIRS_COUNTED)
    address = reverse("admin:observers_application_duplicates")
    label = _("pairs that might be one person")
    many = twins == PAIRS_COUNTED
    return [*found, Number(twins, label, f"{address}?{query}", is_urgent=True, at_least=many)]


def _rights(user: Any, commission: Commission, now: datetime.datetime) -> list[Number]:
    """Nomination rights of its election, for those who may see them."""
    reached = reached_by_posts(user, "nomination", "view")
    rights = NominationRight.objects.visible_to(user).filter(
        reached, election=commission.election_id, status=NominationStatus.SUBMITTED
    )
    due = due_conditions(now)
    counts = rights.order_by().aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=due["overdue"]),
        today=Count("pk", filter=due["today"]),
    )
    address = reverse("admin:organisations_nominationright_changelist")
    rows: tuple[tuple[str, Any, str], ...] = (
        ("waiting", _("waiting"), ""),
        ("overdue", _("overdue"), "?due=overdue"),
        ("today", _("due today"), "?due=today"),
    )
    return [
        Number(counts[name], label, address + query, is_urgent=name == "overdue")
        for name, label, query in rows
    ]


def _trend(flow: workload.Flow) -> dict[str, Any]:
    """Two rows of bars on one scale, and the same as a table."""
    labels = [date_format(day, "j E") for day in flow.days]
    series = (
        ("incoming", _("Came in"), flow.incoming),
        ("decided", _("Decided"), flow.decided),
    )
    return {
        "most": max(1, *flow.incoming, *flow.decided),
        "series": [
            {"name": name, "label": label, "counts": counts, "sum": sum(counts)}
            for name, label, counts in series
        ],
        "days": list(zip(labels, flow.incoming, flow.decided, strict=True)),
        "first": labels[0],
        "last": labels[-1],
    }


# --- All commissions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One commission of the table."""

    commission: Commission
    load: Load
    forecast: Forecast
    url: str

    @property
    def due_today(self) -> int:
        return self.load.due[0] if self.load.due else 0

    @property
    def incoming(self) -> int:
        """On the last full day."""
        return self.load.incoming[-1] if self.load.incoming else 0


def _worst_first(row: Row) -> tuple[Any, ...]:
    """What is late, then what will be, then what it takes; then the fullest desk."""
    found = row.forecast
    needed = found.days_needed if found.days_needed is not None else float("inf")
    return (-found.overdue, -found.late, -found.more_a_day, -(needed if found.waiting else 0))


SORTS: dict[str, Callable[[Row], tuple[Any, ...]]] = {
    "worst": _worst_first,
    "name": lambda row: (0,),  # as they come: the central one, then by number
    "waiting": lambda row: (-row.load.waiting,),
    "overdue": lambda row: (-row.load.overdue,),
    "today": lambda row: (-row.due_today,),
    "incoming": lambda row: (-row.incoming,),
    "pace": lambda row: (-row.forecast.pace,),
    "late": lambda row: (-row.forecast.late,),
}


def overview_page(request: HttpRequest, site: Any) -> HttpResponse:
    """Every commission that the viewer's posts reach; where that is one, its own page."""
    reached = finding.commissions_reached(request.user)
    if not reached:
        raise Http404(_("There is no such page."))
    if len(reached) == 1:
        return HttpResponseRedirect(dashboard_url(reached[0]))
    sort = request.GET.get("sort", "worst")
    if sort not in SORTS:
        raise Http404(_("There is no such page."))
    now = database_now()
    rows = sorted(commission_rows(reached, now=now), key=SORTS[sort])
    context = {
        **site.each_context(request),
        "opts": Application._meta,
        "title": _("All commissions"),
        "rows": rows,
        "columns": _columns(sort),
        "sort": sort,
        "totals": _totals(rows),
        "failing": sum(1 for row in rows if row.load.overdue or row.forecast.late),
        "list_url": reverse("admin:observers_application_changelist"),
    }
    return TemplateResponse(request, "admin/review/commissions.html", context)


def commission_rows(commissions: list[Commission], *, now: datetime.datetime) -> list[Row]:
    """The same number of questions for any number of commissions."""
    flows = workload.flows(commissions, now=now)
    loads = workload.loads(commissions, flows, now=now)
    return [
        Row(each, loads[each.pk], forecast(loads[each.pk]), dashboard_url(each))
        for each in commissions
    ]


def _columns(sort: str) -> list[dict[str, Any]]:
    labels = (
        ("name", _("Commission")),
        ("overdue", _("Overdue")),
        ("late", _("Will be late")),
        ("today", _("Due today")),
        ("waiting", _("Waiting")),
        ("incoming", _("Came in yesterday")),
        ("pace", _("Decided a day")),
    )
    return [
        {"name": name, "label": label, "url": overview_url(sort=name), "current": sort == name}
        for name, label in labels
    ]


def _totals(rows: list[Row]) -> dict[str, Any]:
    return {
        "overdue": sum(row.load.overdue for row in rows),
        "late": sum(row.forecast.late for row in rows),
        "today": sum(row.due_today for row in rows),
        "waiting": sum(row.load.waiting for row in rows),
        "incoming": sum(row.incoming for row in rows),
        "pace": sum(row.forecast.pace for row in rows),
    }


# --- On the first page ----------------------------------------------------------------------------


def forecasts(commissions: list[Commission], *, now: datetime.datetime) -> list[Any]:
    """For each of these commissions its page, and the forecast in words."""
    rows = commission_rows(commissions, now=now)
    return [
        {
            "dashboard": row.url,
            "forecast": said(row.load, row.forecast, now=now),
            "fails": bool(row.load.overdue or row.forecast.late),
        }
        for row in rows
    ]
