"""Appeals in the commission's admin: a list, and the pages of each (`review/appeals.py`)."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Q, QuerySet, When
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, re_path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ChoiceFilter, PageAdmin
from accounts.names import fold
from elections.domain.posts import reached_by_posts
from elections.enums import Outcome
from observers.domain.appeals import APPEALABLE
from observers.enums import AppealStatus
from observers.lifecycle import APPEAL
from observers.models import Appeal, Application
from observers.review import appeals
from observers.review.finding import CommissionFilter
from observers.review.list_filters import DueFilter, WaitingFilter

SHOWN = ("decision__application", "decision__commission", "commission")
# Opened on the page of one appeal only.
SEALED = tuple(
    f"decision__application__{name}"
    for name in ("birth_on", "identity_number", "address", "phone", "email")
)


class StatusFilter(WaitingFilter):
    waits = _("Waiting for an answer")

    def statuses(self) -> list[tuple[str, Any]]:
        return list(AppealStatus.choices)


class AgainstFilter(ChoiceFilter):
    title = _("against")
    parameter_name = "against"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(outcome.value, outcome.label) for outcome in APPEALABLE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(decision__outcome=self.value()) if self.value() else queryset


class DecidedByFilter(CommissionFilter):
    """Whose decision it is against."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if not value:
            return queryset
        return queryset.filter(decision__commission=value) if value.isdecimal() else queryset.none()


class Appeals(ChangeList):
    """The list, with the time by the database's clock and without what is sealed."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found = super().get_queryset(request, exclude_parameters)
        shown = found.select_related(None).select_related(*SHOWN)
        return shown.annotate(now=Now()).defer(*SEALED)


@admin.register(Appeal)
class AppealAdmin(PageAdmin):
    """Those of the commissions the viewer works for. The body above answers, the others read."""

    rights = {"view": ("appeal", "view"), "record": ("appeal", "record")}
    list_display = ("name", "against", "body", "lodged", "state", "due")
    list_display_links = ("name",)
    list_select_related = SHOWN
    list_filter = (StatusFilter, DueFilter, AgainstFilter, DecidedByFilter)
    change_list_template = "admin/review/change_list.html"
    search_fields = ("decision__application__search_key",)
    search_help_text = _("Name, or the whole receipt number")
    # What waits stands first.
    ordering = (Case(When(status=AppealStatus.LODGED, then=0), default=1).asc(), "due_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        reached = reached_by_posts(
            request.user,  # type: ignore[arg-type]
            "appeal",
            "view",
            commission="decision__application__commission",
            election="decision__application__election",
        )
        visible = Appeal.objects.visible_to(request.user).filter(reached)
        return visible.select_related(
            "decision__application__applicant",
            "decision__application__election",
            "decision__application__window",
            "decision__application__organisation",
            "decision__application__constituency",
            "decision__application__commission__election",
            "decision__application__paper_form",
            "decision__commission",
            "decision__ground",
            "decision__session",
            "decision__proposed_by",
            "decision__confirmed_by",
            "commission__election",
            "lodged_by",
            "decided_by",
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        named = Q()
        for word in fold(search_term).split():
            named &= Q(decision__application__search_key__contains=word)
        receipt = Q(decision__application__receipt_number=search_term.strip().upper())
        return queryset.filter(named | receipt) if named else queryset, False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Appeals

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("name"), ordering="decision__application__sort_key")
    def name(self, row: Appeal) -> str:
        return row.decision.application.full_name

    @admin.display(description=_("against"), ordering="decision__commission")
    def against(self, row: Appeal) -> str:
        return f"{Outcome(row.decision.outcome).label}, {row.decision.commission}"

    @admin.display(description=_("decided by"))
    def body(self, row: Appeal) -> str:
        return row.body

    @admin.display(description=_("lodged"), ordering="lodged_at")
    def lodged(self, row: Appeal) -> str:
        return date_format(localtime(row.lodged_at), "j E, H:i")

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Appeal) -> str:
        words = {"status": row.status, "label": APPEAL.texts[row.status].staff}
        return render_to_string("components/status.html", words)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, row: Any) -> str:
        words, overdue = appeals.due(row, row.now)
        return format_html('<span class="overdue">{}</span>', words) if overdue else words

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path(
                "ruling/<int:application>/",
                wrap(self.ruling_view),
                name="observers_appeal_record",
            ),
            re_path(
                rf"^(?P<pk>\d+)/(?P<action>{appeals.ONE})/$",
                wrap(self.answer_view),
                name="observers_appeal_decide",
            ),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: Appeal) -> HttpResponse:
        return appeals.appeal_page(request, self.admin_site, row)

    def answer_view(self, request: HttpRequest, pk: str, action: str) -> HttpResponse:
        row = self._row(request, pk)
        return appeals.answer_page(request, self.admin_site, row, action)

    def ruling_view(self, request: HttpRequest, application: int) -> HttpResponse:
        """Of an application that the viewer's post reaches; any other is 404."""
        reached = reached_by_posts(request.user, "appeal", "record")  # type: ignore[arg-type]
        these = Application.objects.visible_to(request.user).filter(reached, pk=application)
        row = these.select_related(
            "applicant",
            "election",
            "commission",
            "organisation",
            "decision__commission",
            "decision__ground",
            "decision__session",
            "decision__proposed_by",
            "decision__confirmed_by",
        ).first()
        if row is None:
            raise Http404(_("There is no such page."))
        return appeals.ruling_page(request, self.admin_site, row)

    def _row(self, request: HttpRequest, object_id: str) -> Appeal:
        return cast(Appeal, self.visible(request, object_id))
