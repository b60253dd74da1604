"""Nomination rights in the commission's admin: a list, and the desk (`observers/review`)."""

import re
from typing import Any, cast

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, re_path
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ChoiceFilter
from accounts.models import User
from accounts.names import fold
from accounts.time_words import due_in_words
from elections.domain.clock import database_now
from elections.domain.posts import reached_by_posts
from observers.review import nomination_presses
from observers.review import nominations as desk
from observers.review.list_filters import DueFilter, WaitingFilter
from observers.review.presses import LastAct
from observers.review.queue import Queue
from observers.review.stations import DeskAdmin, staff, with_whom
from organisations.domain import nominations
from organisations.domain.nominations import NominationError
from organisations.enums import NominationStatus, OrganisationKind
from organisations.lifecycle import NOMINATION
from organisations.models import NominationProposal, NominationRight
from organisations.permissions import may_nomination

_RECEIPT = re.compile(r"N-\d{3,}-\d\d")


class StatusFilter(WaitingFilter):
    def statuses(self) -> list[tuple[str, Any]]:
        shown = [status for status in NominationStatus if status != NominationStatus.DRAFT]
        return [(status.value, NOMINATION.texts[status].staff) for status in shown]


class KindFilter(ChoiceFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(OrganisationKind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(organisation__kind=self.value()) if self.value() else queryset


@admin.register(NominationRight)
class NominationRightAdmin(DeskAdmin):
    rights = {"view": ("nomination", "view"), "decide": ("nomination", "decide")}
    deciding = ("nomination", "decide")
    list_display = ("name", "kind", "state", "whose", "submitted", "due")
    list_select_related = ("organisation",)
    list_filter = (StatusFilter, DueFilter, KindFilter)
    search_fields = ("organisation__search_key", "receipt_number")
    search_help_text = _("Name of the organisation, or receipt number")
    ordering = ("due_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[NominationRight]:
        """What was submitted to the commission; never a draft."""
        reached = reached_by_posts(request.user, "nomination", "view")  # type: ignore[arg-type]
        visible = NominationRight.objects.visible_to(request.user)
        proposed = NominationProposal.objects.visible_to(request.user).open()
        shown = Prefetch("proposals", proposed.select_related("proposed_by"), "open_proposals")
        return (
            visible.filter(reached, submitted_at__isnull=False)
            .select_related(
                "organisation", "election", "commission__election", "filed_by", "claim__reviewer"
            )
            .prefetch_related(shown)
            .annotate(now=Now())
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if _RECEIPT.fullmatch(term.upper()):
            return queryset.filter(receipt_number=term.upper()), False
        for word in fold(term).split():
            queryset = queryset.filter(organisation__search_key__contains=word)
        return queryset, False

    @admin.display(description=gettext_lazy("organisation"), ordering="organisation__name")
    def name(self, right: NominationRight) -> str:
        return right.organisation.name

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, right: NominationRight) -> str:
        return right.organisation.get_kind_display()

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, right: NominationRight) -> str:
        words = {"status": right.status, "label": NOMINATION.texts[right.status].staff}
        return render_to_string("components/status.html", words)

    @admin.display(description=gettext_lazy("with whom"))
    def whose(self, right: Any) -> str:
        """What is proposed and by whom; on whose desk it is."""
        return format_html_join("", "<div>{}</div>", ((words,) for words in with_whom(right)))

    @admin.display(description=gettext_lazy("submitted"), ordering="submitted_at")
    def submitted(self, right: NominationRight) -> str:
        return date_format(localtime(right.submitted_at), "j E, H:i")

    @admin.display(description=gettext_lazy("due"), ordering="due_at")
    def due(self, right: Any) -> str:
        if right.status != NominationStatus.SUBMITTED:
            return ""
        words = due_in_words(right.due_at, right.now)
        overdue = right.due_at <= right.now
        return format_html('<span class="overdue">{}</span>', words) if overdue else words

    # --- The desk --------------------------------------------------------------------------------

    def name_of(self, row: NominationRight) -> str:
        return row.organisation.name

    def may_decide(self, user: User, row: NominationRight) -> bool:
        return bool(may_nomination(user, "decide", row))

    def why_not_taken(self, user: User, row: NominationRight) -> str:
        return nomination_presses.why_not_taken(user, row)

    def undo(self, user: User, row: NominationRight) -> str:
        try:
            nominations.undo(row, by=user)
        except NominationError as error:
            return str(error)
        return ""

    def last_act(self, request: HttpRequest, row: NominationRight, queue: Queue) -> LastAct | None:
        return nomination_presses.done_last(row, staff(request), queue=queue, now=database_now())

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap, prefix = self.admin_site.admin_view, "organisations_nominationright"
        ours = [
            re_path(
                rf"^(?P<pk>\d+)/(?P<action>{desk.ACTIONS})/$",
                wrap(self.decision_view),
                name=f"{prefix}_decide",
            ),
            re_path(
                rf"^(?P<pk>\d+)/(?P<how>{desk.SETTLE})/$",
                wrap(self.settle_view),
                name=f"{prefix}_settle",
            ),
            path(
                "<int:pk>/documents/<uuid:document>/<int:page>.png",
                wrap(self.page_view),
                name=f"{prefix}_page",
            ),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: NominationRight) -> HttpResponse:
        return desk.right_page(request, self, row)

    def decision_view(self, request: HttpRequest, pk: str, action: str) -> HttpResponse:
        return desk.decision_page(request, self, self._row(request, pk), action)

    def settle_view(self, request: HttpRequest, pk: str, how: str) -> HttpResponse:
        return desk.settle_page(request, self, self._row(request, pk), how)

    def page_view(self, request: HttpRequest, pk: int, document: str, page: int) -> HttpResponse:
        return desk.page_of_document(request, self._row(request, str(pk)), document, page)

    def _row(self, request: HttpRequest, object_id: str) -> NominationRight:
        return cast(NominationRight, self.visible(request, object_id))
