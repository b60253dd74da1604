"""The queue that a reviewer works through: what waits in the filters of a list, most urgent first.

The filters travel in the address from page to page, as Django's own lists carry them: from a list
that is filtered one goes on within it.
"""

import copy
import datetime
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.access import reach
from elections.domain.posts import posts_of, reached_by_posts
from observers.domain import claims

CARRIED = "_changelist_filters"
# Beyond these, a place in the queue is only "more than".
COUNTED = 1000
# How old the number of those who wait may be, where they are many: to count ninety thousand takes
# longer than a page. One request counts anew, and the others say meanwhile what was counted last.
FIGURE_S, COUNTING_S, KEPT_S = 60, 15, 3600
# So many that were passed over are remembered; the oldest come again.
PASSED = 200
# What a list's address may say that has nothing to do with who is in it.
_ORDER = ("o", "p", "all", "e")


@dataclass
class Queue:
    request: HttpRequest
    register: Any
    carried: str

    @classmethod
    def of(cls, request: HttpRequest, register: Any) -> "Queue":
        """`register` is the admin of what waits: its filters, and which rows this person sees."""
        return cls(request, register, tidy(request.GET.get(CARRIED, "")))

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """What waits for somebody with the reviewer's posts, within the filters."""
        user: Any = self.request.user
        mine = reached_by_posts(user, *self.register.deciding)
        rows = self.register.get_queryset(self.request).filter(mine).waiting()
        found: QuerySet[Any] = _filtered(rows, self.request, self.register, self.carried)
        return found

    def claim_next(self) -> Any | None:
        """Now on the reviewer's desk. What they passed over comes again when nothing else waits."""
        user: Any = self.request.user
        passed = self.request.session.get(self._passed_over, [])
        row = claims.claim_next(self.rows, reviewer=user, passed_over=passed)
        if row is None and passed:
            self.request.session[self._passed_over] = []
            row = claims.claim_next(self.rows, reviewer=user)
        return row

    def pass_over(self, row: Any) -> None:
        """Handed back, and not given to this reviewer again as long as there are others."""
        user: Any = self.request.user
        claims.hand_back(row, reviewer=user)
        passed = [key for key in self.request.session.get(self._passed_over, []) if key != row.pk]
        self.request.session[self._passed_over] = [*passed, row.pk][-PASSED:]

    @property
    def _passed_over(self) -> str:
        return f"passed_over:{self.register.opts.label_lower}"

    def size(self) -> int:
        """How many wait in these filters; of more than COUNTED, as it was FIGURE_S ago or so."""
        name = self._figure()
        known = cache.get_many([name, f"{name}:fresh"])
        is_due = f"{name}:fresh" not in known and cache.add(f"{name}:counting", 1, COUNTING_S)
        if name in known and not is_due:
            return int(known[name])
        number = int(self.rows.order_by().values("pk")[: COUNTED + 1].count())
        if number > COUNTED:
            number = int(self.rows.order_by().count())
            cache.set(name, number, KEPT_S)
            cache.set(f"{name}:fresh", 1, FIGURE_S)
        else:
            cache.delete(name)
        cache.delete(f"{name}:counting")
        return number

    def _figure(self) -> str:
        reached = sorted(
            (post.role, post.commission_id)
            for post in posts_of(self.request.user)  # type: ignore[arg-type]
            if reach(post.role, *self.register.deciding)
        )
        said = f"{self.register.opts.label}:{reached}:{self.carried}"
        return f"queue:{hashlib.sha256(said.encode()).hexdigest()}"

    def before(self, row: Any) -> int:
        """How many are more urgent; COUNTED stands for that many or more."""
        sooner = Q(due_at__lt=row.due_at) | Q(due_at=row.due_at, pk__lt=row.pk)
        these = self.rows.filter(sooner).order_by("due_at", "pk").values("pk")
        return int(these[:COUNTED].count())

    # --- Addresses -------------------------------------------------------------------------------

    @property
    def desk_url(self) -> str:
        return self.at("desk")

    @property
    def list_url(self) -> str:
        address = reverse(self._name("changelist"))
        return f"{address}?{self.carried}" if self.carried else address

    def page_url(self, key: int, **said: Any) -> str:
        return self.at("change", key, **said)

    def at(self, page: str, *arguments: Any, **said: Any) -> str:
        """A page of the same register, within the filters."""
        return self.address(self._name(page), *arguments, **said)

    def _name(self, page: str) -> str:
        opts = self.register.opts
        return f"admin:{opts.app_label}_{opts.model_name}_{page}"

    def address(self, name: str, *arguments: Any, **said: Any) -> str:
        """With the filters, so that the next page goes on within them."""
        carried = {CARRIED: self.carried} if self.carried else {}
        query = urlencode(carried | said)
        address = reverse(name, args=arguments)
        return f"{address}?{query}" if query else address


def tidy(carried: str) -> str:
    """The filters as an address, without order and page and what is not chosen."""
    asked = QueryDict(mutable=True)
    for name, value in QueryDict(carried).items():
        if value and name not in _ORDER:
            asked[name] = str(value)
    return asked.urlencode()


def _filtered(rows: QuerySet[Any], request: HttpRequest, register: Any, carried: str) -> Any:
    """As the list with this address would have them."""
    asked = copy.copy(request)
    asked.GET = QueryDict(carried)
    given = dict(asked.GET.lists())
    for choice in register.list_filter:
        if choice.parameter_name in given:
            rows = choice(asked, dict(given), register.model, register).queryset(asked, rows)
    term = asked.GET.get("q", "").strip()
    return register.get_search_results(asked, rows, term)[0] if term else rows


def half_spent(claim: Any, now: datetime.datetime) -> bool:
    """Whether a claim is worth renewing: not with every page."""
    return bool(claim.expires_at - now < (claim.expires_at - claim.claimed_at) / 2)
