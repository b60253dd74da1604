"""What waits for a member of a commission, for the first page of the admin."""

from typing import Any

from django import template
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Reach, reach
from elections.domain.clock import database_now, due_conditions
from elections.domain.posts import holds_any, posts_of, reached_by_posts
from observers.domain import print_choice
from observers.models import Application
from observers.review import dashboard
from organisations.enums import NominationStatus
from organisations.models import NominationRight

register = template.Library()


@register.inclusion_tag("admin/review/waiting.html")
def waiting_for(user: Any) -> dict[str, Any]:
    """For each commission the user works for, and all of them for the central one: how much
    waits, is due today, is overdue, and whether the legal limit will hold. The same number of
    queries whatever the number of commissions."""
    return {"rows": [*_applications(user), *_nominations(user)]}


def _applications(user: Any) -> list[dict[str, Any]]:
    if not holds_any(user, "application", "view"):
        return []
    reached = reached_by_posts(user, "application", "view")
    mine = Application.objects.visible_to(user).filter(reached).waiting()
    now = database_now()
    due = due_conditions(now)
    counts = {
        found["commission"]: found
        for found in mine.order_by()
        .values("commission")
        .annotate(
            waiting=Count("pk"),
            today=Count("pk", filter=due["today"]),
            overdue=Count("pk", filter=due["overdue"]),
        )
    }
    rows = []
    posts = [
        post for post in posts_of(user) if reach(post.role, "application", "view") != Reach.NOTHING
    ]
    to_print = _badges_to_print(user)
    foreseen = dashboard.forecasts([post.commission for post in posts], now=now)
    for post, forecast in zip(posts, foreseen, strict=True):
        own = counts.get(post.commission_id, {})
        query = f"commission={post.commission_id}"
        row = _row(post.commission.name, own, query=query)
        row["counts"] += to_print.get(post.commission_id, [])
        rows.append({**row, **forecast})
        if reach(post.role, "application", "view") == Reach.ALL:
            everywhere = {
                key: sum(count[key] for count in counts.values())
                for key in ("waiting", "today", "overdue")
            }
            row = _row(_("All commissions"), everywhere, query="")
            rows.append({**row, "dashboard": dashboard.overview_url()})
    return rows


def _badges_to_print(user: Any) -> dict[int, list[dict[str, Any]]]:
    """By commission, where there are any."""
    if not holds_any(user, "badge", "print"):
        return {}
    address = reverse("admin:observers_printbatch_changelist")
    words = _("badges to print")
    return {
        key: [{"name": "to_print", "words": words, "number": count, "url": address}]
        for key, count in print_choice.count_by_commission(user).items()
    }


def _row(label: str, counts: dict[str, int], *, query: str) -> dict[str, Any]:
    address = reverse("admin:observers_application_changelist")
    return {
        "label": label,
        "counts": [
            {
                "name": name,
                "words": words,
                "number": counts.get(name, 0),
                "url": f"{address}?{'&'.join(part for part in (query, due) if part)}",
            }
            for name, words, due in (
                ("waiting", _("waiting"), ""),
                ("today", _("due today"), "due=today"),
                ("overdue", _("overdue"), "due=overdue"),
            )
        ],
    }


def _nominations(user: Any) -> list[dict[str, Any]]:
    if not holds_any(user, "nomination", "view"):
        return []
    reached = reached_by_posts(user, "nomination", "view")
    waiting = NominationRight.objects.visible_to(user).filter(
        reached, status=NominationStatus.SUBMITTED
    )
    now = database_now()
    due = due_conditions(now)
    counts = waiting.order_by().aggregate(
        waiting=Count("pk"),
        today=Count("pk", filter=due["today"]),
        overdue=Count("pk", filter=due["overdue"]),
    )
    address = reverse("admin:organisations_nominationright_changelist")
    names = (
        ("waiting", _("waiting"), ""),
        ("today", _("due today"), "?due=today"),
        ("overdue", _("overdue"), "?due=overdue"),
    )
    return [
        {
            "label": _("Nomination rights"),
            "counts": [
                {"name": name, "words": words, "number": counts[name], "url": address + query}
                for name, words, query in names
            ],
        }
    ]
