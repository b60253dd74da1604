"""Finding badges: what a search term may mean, and the filters of their list."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ChoiceFilter
from accounts.names import fold
from elections.domain.clock import database_now
from elections.models import Constituency
from observers.enums import VALID_BADGES, BadgeStatus
from observers.models import Badge
from observers.review.finding import (
    CommissionFilter,
    NominatorFilter,
    OrganisationFilter,
    commissions_reached,
)

_NUMBER = re.compile(r"[A-Z]-\d{3,}-\d\d")


def found(badges: QuerySet[Badge], term: str) -> QuerySet[Badge]:
    """Those that a search term means: by receipt or accreditation number, exactly; else by parts of
    the name, whatever its diacritics."""
    number = term.strip().upper()
    if _NUMBER.fullmatch(number):
        return badges.filter(Q(number=number) | Q(application__receipt_number=number))
    for word in fold(term).split():
        badges = badges.filter(application__search_key__contains=word)
    return badges


class StatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(BadgeStatus.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class ValidityFilter(ChoiceFilter):
    """At this moment, by the database's clock: the status says only whether somebody ended it."""

    title = _("validity")
    parameter_name = "validity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("valid", _("Valid now")), ("over", _("Ended by its date")),
                ("ended", _("Replaced or revoked"))]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now, unended = database_now(), Q(status__in=VALID_BADGES)
        conditions = {
            "valid": unended & Q(valid_from__lte=now, valid_until__gt=now),
            "over": (unended | Q(status=BadgeStatus.EXPIRED)) & Q(valid_until__lte=now),
            "ended": Q(status__in=[BadgeStatus.REPLACED, BadgeStatus.REVOKED]),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


class PrintedFilter(ChoiceFilter):
    title = _("printing")
    parameter_name = "printed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("To be printed")), ("yes", _("Printed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        statuses = {
            "no": [BadgeStatus.ISSUED],
            "yes": [BadgeStatus.PRINTED, BadgeStatus.HANDED_OVER],
        }.get(self.value() or "")
        return queryset.filter(status__in=statuses) if statuses else queryset


class ConstituencyFilter(ChoiceFilter):
    """For those who see more than one commission; absent for all others."""

    title = _("constituency")
    parameter_name = "constituency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        reached = commissions_reached(request.user)
        if len(reached) < 2:
            return []
        elections = {commission.election_id for commission in reached}
        places = Constituency.objects.filter(election__in=elections)
        return [(str(place.pk), str(place)) for place in places.order_by("election", "number")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if not value:
            return queryset
        return queryset.filter(constituency=value) if value.isdecimal() else queryset.none()


class BadgeCommissionFilter(CommissionFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if not value:
            return queryset
        if not value.isdecimal():
            return queryset.none()
        return queryset.filter(application__commission=value)


class BadgeOrganisationFilter(OrganisationFilter):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for word in fold(self.value() or "").split():
            queryset = queryset.filter(application__organisation__search_key__contains=word)
        return queryset


class BadgeNominatorFilter(NominatorFilter):
    column = "application__organisation"
