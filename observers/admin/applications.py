"""Applications in the commission's admin: a list, and the desk's pages (`observers/review`)."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.models import User
from elections.domain.clock import database_now
from elections.domain.posts import reached_by_posts
from observers import permissions
from observers.admin.columns import ApplicationColumns
from observers.admin.paper import OnPaperAdmin
from observers.admin.reassigning import RIGHTS as REASSIGNING
from observers.admin.reassigning import ReassigningAdmin
from observers.domain.applications import move
from observers.lifecycle import UNDO
from observers.models import Application, Proposal
from observers.review import (
    application_presses,
    batch_pages,
    dashboard,
    desk,
    duplicates,
    finding,
    observer_lists,
    panel_pages,
    stations,
)
from observers.review.buttons import ONE
from observers.review.list_filters import DueFilter
from observers.review.presses import LastAct
from observers.review.queue import Queue
from observers.review.stations import DeskAdmin, with_whom

# What a row of the list says beside the application itself.
SHOWN = (
    "election",
    "organisation",
    "constituency",
    "commission",
    "claim__reviewer",
    "assigned_to",
)
# Opened on the page of one application only.
SEALED = (
    "birth_on",
    "identity_number",
    "address",
    "phone",
    "email",
    "organisation__legal_address",
    "organisation__phone",
)


class Desk(ChangeList):
    """The list, with the time by the database's clock and without what is sealed."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found = super().get_queryset(request, exclude_parameters)
        shown = found.select_related(None).select_related(*SHOWN)
        proposed = Proposal.objects.visible_to(request.user).open().select_related("proposed_by")
        shown = shown.prefetch_related(Prefetch("proposals", proposed, to_attr="open_proposals"))
        return shown.annotate(now=Now()).defer(*SEALED)


@admin.register(Application)
class ApplicationAdmin(ApplicationColumns, OnPaperAdmin, ReassigningAdmin, DeskAdmin):
    """Nothing is entered here: a status changes by a decision, and everything else is the
    applicant's."""

    rights = {
        "view": ("application", "view"),
        "approve": ("application", "approve"),
        **REASSIGNING,
    }
    deciding = ("application", "review")
    sealed = SEALED
    list_display = ("name", "kind", "nominator", "place", "state", "whose", "submitted", "due")
    list_display_links = ("name",)
    list_select_related = SHOWN
    list_filter = (
        finding.StatusFilter,
        DueFilter,
        finding.WhoseFilter,
        finding.MarkFilter,
        finding.KindFilter,
        finding.ScopeFilter,
        finding.CommissionFilter,
        finding.OrganisationFilter,
        finding.NominatorFilter,
    )
    change_list_template = "admin/observers/application/list.html"
    search_fields = ("search_key",)
    search_help_text = _("Name, receipt or accreditation number, or the whole document number")
    ordering = ("due_at", "pk")
    actions = ("approve", "assign", "transfer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        """What was submitted to the commissions the viewer works for; never a draft."""
        reached = reached_by_posts(request.user, "application", "view")  # type: ignore[arg-type]
        visible = Application.objects.visible_to(request.user)
        return visible.filter(reached, submitted_at__isnull=False).select_related(
            "organisation", "constituency", "commission", "election", "window", "applicant"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return finding.found(queryset, search_term), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that are offered: any other column could be guessed at."""
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Desk

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("with whom"))
    def whose(self, row: Any) -> str:
        """What is proposed and by whom; on whose desk it is, else to whom it is assigned."""
        return format_html_join("", "<div>{}</div>", ((words,) for words in with_whom(row)))

    # --- The desk --------------------------------------------------------------------------------

    def name_of(self, row: Application) -> str:
        return row.full_name

    def may_decide(self, user: User, row: Application) -> bool:
        return permissions.by_post(user, "review", row)

    def why_not_taken(self, user: User, row: Application) -> str:
        return application_presses.why_not_taken(row, user)

    def undo(self, user: User, row: Application) -> str:
        moved = move(Application.objects.visible_to(user).filter(pk=row.pk), UNDO, actor=user)
        return " ".join(reason for _row, reason in moved.skipped)

    def last_act(self, request: HttpRequest, row: Application, queue: Queue) -> LastAct | None:
        return application_presses.last_act(
            row, stations.staff(request), queue=queue, now=database_now()
        )

    # --- Approving many --------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        may_approve = self.has_approve_permission(request)
        return super().changelist_view(
            request, {"may_approve": may_approve, **(extra_context or {})}
        )

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "approve")

    @admin.action(description=_("Approve as a batch"), permissions=["approve"])
    def approve(self, request: HttpRequest, chosen: QuerySet[Application]) -> HttpResponse:
        """Never at once: a sample of them is looked at first."""
        return batch_pages.begin(request, chosen)

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path(
                "approve/",
                wrap(require_POST(self.approve_view)),
                name="observers_application_approve",
            ),
            path("dashboard/", wrap(self.dashboard_view), name="observers_application_dashboard"),
            path(
                "dashboard/commissions/",
                wrap(self.commissions_view),
                name="observers_application_commissions",
            ),
            path("lists/", wrap(self.lists_view), name="observers_application_lists"),
            path(
                "lists/<int:commission>/<slug:which>.pdf",
                wrap(observer_lists.list_pdf),
                name="observers_application_list_pdf",
            ),
            path("pairs/", wrap(self.pairs_view), name="observers_application_duplicates"),
            path(
                "pairs/<int:first>/<int:second>/",
                wrap(self.pair_view),
                name="observers_application_pair",
            ),
            re_path(
                rf"^(?P<pk>\d+)/(?P<action>{ONE})/$",
                wrap(self.decision_view),
                name="observers_application_decide",
            ),
            *panel_pages.addresses(wrap, self._row, self.admin_site),
            re_path(
                rf"^(?P<pk>\d+)/(?P<how>{desk.SETTLE})/$",
                wrap(self.settle_view),
                name="observers_application_settle",
            ),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: Application) -> HttpResponse:
        return desk.application_page(request, self.admin_site, self, row)

    def approve_view(self, request: HttpRequest) -> HttpResponse:
        """A batch of all that match the filters of the address, those of other pages as well."""
        if not self.has_approve_permission(request):
            raise PermissionDenied
        try:
            matching = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404(_("There is no such page.")) from error
        return batch_pages.begin(request, matching, chosen_by=request.GET.urlencode())

    def decision_view(self, request: HttpRequest, pk: str, action: str) -> HttpResponse:
        row = self._row(request, pk)
        return desk.decision_page(request, self.admin_site, self, row, action.replace("-", "_"))

    def settle_view(self, request: HttpRequest, pk: str, how: str) -> HttpResponse:
        return desk.settle_page(request, self.admin_site, self, self._row(request, pk), how)

    def dashboard_view(self, request: HttpRequest) -> HttpResponse:
        return dashboard.dashboard_page(request, self.admin_site)

    def commissions_view(self, request: HttpRequest) -> HttpResponse:
        return dashboard.overview_page(request, self.admin_site)

    def lists_view(self, request: HttpRequest) -> HttpResponse:
        return observer_lists.lists_page(request, self.admin_site)

    def pairs_view(self, request: HttpRequest) -> HttpResponse:
        return duplicates.pairs_page(request, self.admin_site)

    def pair_view(self, request: HttpRequest, first: int, second: int) -> HttpResponse:
        seen = self.get_queryset(request)
        return duplicates.pair_page(request, self.admin_site, seen, first, second)

    def _row(self, request: HttpRequest, object_id: str) -> Application:
        return cast(Application, self.visible(request, object_id))
