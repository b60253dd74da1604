"""Badges in the commission's admin: a list, and the pages of each (`observers/badges/desk.py`)."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import PageAdmin
from elections.domain.posts import reached_by_posts
from observers.admin import badge_filters
from observers.admin.columns import until
from observers.admin.print_choosing import PrintingAdmin
from observers.badges import desk
from observers.lifecycle import BADGE
from observers.models import Badge
from observers.models.application import SEALED as SEALED_COLUMNS
from observers.review.finding import KindFilter

# What a row of the list says beside the badge itself.
SHOWN = ("application__organisation", "constituency")
SEALED = (
    *(f"application__{name}" for name in SEALED_COLUMNS),
    "application__organisation__legal_address",
    "application__organisation__phone",
)


class Badges(ChangeList):
    """The list, without what is sealed."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found = super().get_queryset(request, exclude_parameters)
        return found.select_related(None).select_related(*SHOWN).defer(*SEALED)


@admin.register(Badge)
class BadgeAdmin(PrintingAdmin, PageAdmin):
    """Those of the commissions the viewer works for. A badge is issued by the registration, and
    changed by its presses alone."""

    rights = {"view": ("badge", "view"), "print": ("badge", "print")}
    list_display: Any = ("name", "accreditation", "serial", "nominator", "place", "state", "ends")
    list_display_links = ("name",)
    list_select_related = SHOWN
    list_filter = (
        badge_filters.StatusFilter,
        badge_filters.ValidityFilter,
        badge_filters.PrintedFilter,
        KindFilter,
        badge_filters.ConstituencyFilter,
        badge_filters.BadgeCommissionFilter,
        badge_filters.BadgeOrganisationFilter,
        badge_filters.BadgeNominatorFilter,
    )
    change_list_template = "admin/badges/list.html"
    actions = ("print_chosen", "hand_over_chosen")
    search_fields = ("number",)
    search_help_text = _("Name, or the whole accreditation or receipt number")
    # The newest first.
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Badge]:
        reached = reached_by_posts(
            request.user,  # type: ignore[arg-type]
            "badge",
            "view",
            commission="application__commission",
            election="application__election",
        )
        visible: QuerySet[Badge] = Badge.objects.visible_to(request.user).filter(reached)
        return visible.select_related(
            "application__election",
            "application__commission",
            "application__organisation",
            "constituency",
            "replaces",
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return badge_filters.found(queryset, search_term), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that are offered: any other column could be guessed at."""
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Badges

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("name"))
    def name(self, row: Badge) -> str:
        return row.application.full_name

    @admin.display(description=_("accreditation number"), ordering="number")
    def accreditation(self, row: Badge) -> str:
        return format_html('<span class="mono">{}</span>', row.number)

    @admin.display(description=_("organisation"))
    def nominator(self, row: Badge) -> str:
        through = row.application.organisation
        return through.shown_name if through else "–"

    @admin.display(description=_("constituency"))
    def place(self, row: Badge) -> str:
        return str(row.constituency) if row.constituency else str(row.get_scope_display())

    @admin.display(description=_("status"))
    def state(self, row: Badge) -> str:
        words = {"status": row.status, "label": BADGE.texts[row.status].staff}
        return render_to_string("components/status.html", words)

    @admin.display(description=_("valid until"))
    def ends(self, row: Badge) -> str:
        return until(row.valid_until)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        may_print = self.has_print_permission(request)
        return super().changelist_view(request, {"may_print": may_print, **(extra_context or {})})

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path("<int:pk>/replace/", wrap(self.replace_view), name="observers_badge_replace"),
            path("<int:pk>/revoke/", wrap(self.revoke_view), name="observers_badge_revoke"),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: Badge) -> HttpResponse:
        return desk.badge_page(request, self.admin_site, row)

    def replace_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return desk.replace_page(request, self.admin_site, self._row(request, pk))

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return desk.revoke_page(request, self.admin_site, self._row(request, pk))

    def _row(self, request: HttpRequest, pk: int) -> Badge:
        return cast(Badge, self.visible(request, str(pk)))
