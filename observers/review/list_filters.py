"""Filters that every list of the desk has: what waits, and by when."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ChoiceFilter
from elections.domain.clock import database_now, due_conditions


class WaitingFilter(ChoiceFilter):
    """What waits (`waiting()` of the list's queryset), unless something else is asked for or
    searched. `waits` says it in words."""

    title = _("status")
    parameter_name = "status"
    everything = "all"
    waits: ClassVar[Any] = _("Waiting for a decision")

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.searching = self.looks_beyond(request.GET)

    def looks_beyond(self, asked: Any) -> bool:
        """Whether the address asks for something that need not wait."""
        return bool(asked.get("q", "").strip())

    def statuses(self) -> Iterable[tuple[str, Any]]:
        """Those that can be chosen, in words."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(self.everything, _("All")), *self.statuses()]

    def unchosen(self) -> Any:
        return _("All") if self.searching else self.waits

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() in dict(self.statuses()):
            return queryset.filter(status=self.value())
        if self.value() == self.everything or self.searching:
            return queryset
        return queryset.waiting()


class DueFilter(ChoiceFilter):
    """Of what waits: by when it has to be decided, in days of the portal's time zone, by
    the database's clock."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("overdue", _("Overdue")),
            ("today", _("Today")),
            ("tomorrow", _("Tomorrow")),
            ("later", _("Later")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        condition = due_conditions(database_now()).get(self.value() or "")
        return queryset.waiting().filter(condition) if condition else queryset
