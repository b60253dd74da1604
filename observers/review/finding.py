"""Finding applications: what a search term may mean, and the filters of the list."""

import datetime
import re
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Reach, reach
from accounts.admin_base import ChoiceFilter
from accounts.countries import country_choices
from accounts.names import fold
from elections.domain.clock import midnight_before
from elections.domain.posts import posts_of
from elections.enums import Kind, Scope
from elections.models import Commission
from observers.domain import conversation, queues
from observers.domain.identity import identity_index, plain_number
from observers.enums import WAITING, Status
from observers.models import Application
from observers.review.list_filters import WaitingFilter

# "R-0000123-45", "A-0000123-45": receipt and accreditation numbers.
_PORTAL_NUMBER = re.compile(r"[A-Z]-\d{3,}-\d\d")
# A document number has digits and at most a few letters around them.
_DOCUMENT_NUMBER = re.compile(r"[A-Z0-9]{5,15}")


def found(applications: QuerySet[Application], term: str) -> QuerySet[Application]:
    """Those that a search term means: by receipt or accreditation number, exactly; by number of
    the identity document, exactly and through its fingerprint; else by parts of the name."""
    term = term.strip()
    number = term.upper()
    if _PORTAL_NUMBER.fullmatch(number):
        return applications.filter(Q(receipt_number=number) | Q(accreditation_number=number))
    plain = plain_number(term)
    if _DOCUMENT_NUMBER.fullmatch(plain) and any(letter.isdigit() for letter in plain):
        return applications.filter(identity_index__in=_fingerprints(plain))
    for word in fold(term).split():
        applications = applications.filter(search_key__contains=word)
    return applications


def _fingerprints(number: str) -> list[str]:
    """A document number stands beside a citizenship, which the search does not ask for."""
    return [identity_index(citizenship=code, number=number) for code, _name in country_choices()]


class StatusFilter(WaitingFilter):
    """What somebody has proposed or decided need not wait any more."""

    def looks_beyond(self, asked: Any) -> bool:
        return (
            super().looks_beyond(asked)
            or asked.get(WhoseFilter.parameter_name) in (WhoseFilter.proposed, WhoseFilter.decided)
            or asked.get(MarkFilter.parameter_name) == MarkFilter.proposed
        )

    def statuses(self) -> list[tuple[str, Any]]:
        hidden = (Status.DRAFT, Status.LAPSED)
        return [(status.value, status.label) for status in Status if status not in hidden]


class WhoseFilter(ChoiceFilter):
    """Who has it, or had it last."""

    title = _("whose")
    parameter_name = "whose"
    proposed = "proposed"
    decided = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", _("Assigned to me")),
            ("desk", _("On my desk now")),
            (self.proposed, _("Proposed by me")),
            (self.decided, _("Decided by me today")),
            ("nobody", _("Assigned to nobody")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = whose_conditions(request.user, timezone.now()).get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


def whose_conditions(user: Any, now: datetime.datetime) -> dict[str, Q]:
    return {
        "mine": Q(assigned_to=user),
        "desk": queues.on_desk_of(user),
        WhoseFilter.proposed: queues.waits_for_a_second_person(proposed_by=user),
        WhoseFilter.decided: queues.decided_by(user, since=midnight_before(now)),
        "nobody": Q(assigned_to__isnull=True),
    }


class MarkFilter(ChoiceFilter):
    """What sets it apart from others that wait."""

    title = _("marked")
    parameter_name = "mark"
    proposed = "proposed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("came_back", _("Came back after a return")),
            ("first", _("Waiting for a first look")),
            (self.proposed, _("Waiting for a second person")),
            ("answered", _("The applicant has answered")),
            ("paper", _("Came on paper")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = mark_conditions().get(self.value() or "")
        return queryset.filter(condition) if condition else queryset


def mark_conditions() -> dict[str, Q]:
    return {
        "came_back": queues.came_back(),
        "first": Q(status__in=WAITING) & ~queues.waits_for_a_second_person(),
        MarkFilter.proposed: queues.waits_for_a_second_person(),
        "answered": conversation.answered(),
        "paper": Q(paper_received_at__isnull=False),
    }


class KindFilter(ChoiceFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ScopeFilter(ChoiceFilter):
    title = _("scope")
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Scope.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(scope=self.value()) if self.value() else queryset


class CommissionFilter(ChoiceFilter):
    """For those who see more than one commission; absent for all others."""

    title = _("commission")
    parameter_name = "commission"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        reached = commissions_reached(request.user)
        names = [(str(commission.pk), commission.name) for commission in reached]
        return names if len(names) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if not value:
            return queryset
        return queryset.filter(commission=value) if value.isdecimal() else queryset.none()


def commissions_reached(user: Any) -> list[Commission]:
    """Commissions whose applications the user's posts let them see, the central one first."""
    condition = Q(pk__in=[])
    for post in posts_of(user):
        how_far = reach(post.role, "application", "view")
        if how_far == Reach.COMMISSION:
            condition |= Q(pk=post.commission_id)
        elif how_far == Reach.ALL:
            condition |= Q(election=post.commission.election_id)
    found = Commission.objects.filter(condition).select_related("election", "constituency")
    return list(found.order_by("-election__polling_on", "authority", "constituency__number"))


class OrganisationFilter(admin.SimpleListFilter):
    """By part of the organisation's name, as one types it: there may be hundreds."""

    title = _("organisation")
    parameter_name = "organisation"
    template = "admin/review/filter_text.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", "")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for word in fold(self.value() or "").split():
            queryset = queryset.filter(organisation__search_key__contains=word)
        return queryset


class NominatorFilter(ChoiceFilter):
    """One organisation, as a link names it; offered only where it is in force."""

    title = _("nominated by")
    parameter_name = "nominator"
    column = "organisation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        asked = request.GET.get(self.parameter_name, "")
        if not asked.isdecimal():
            return []
        reached = model_admin.get_queryset(request).filter(**{self.column: asked})
        names = reached.values_list(f"{self.column}__short_name", f"{self.column}__name").first()
        return [(asked, next(filter(None, names), asked) if names else asked)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        return queryset.filter(**{self.column: value}) if value.isdecimal() else queryset
