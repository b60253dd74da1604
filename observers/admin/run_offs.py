"""Run-offs in the commission's admin (`observers/badges/run_off_pages.py`)."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import PageAdmin
from elections.admin.base import elections_reached
from elections.domain.posts import posts_of
from elections.models import RunOff
from observers.admin.columns import until
from observers.badges import run_off_pages


@admin.register(RunOff)
class RunOffAdmin(PageAdmin):
    """Seen by everybody who works in the election, announced by its central commission."""

    rights = {"view": ("election", "view"), "add": ("runoff", "announce")}
    list_display = ("name", "day", "what_becomes", "ends")
    list_display_links = ("name",)
    list_select_related = ("election",)
    change_list_template = "admin/badges/run_offs.html"
    ordering = ("-polling_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunOff]:
        """Of elections in which the viewer holds a post."""
        elections = {post.commission.election_id for post in posts_of(cast(Any, request.user))}
        elections |= set(
            elections_reached(request.user, "election", "view").values_list("pk", flat=True)
        )
        found: QuerySet[RunOff] = super().get_queryset(request)
        return found.filter(election__in=elections).select_related("election", "announced_by")

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """On the index for those who announce one; the others are led there by its badges."""
        return super().get_model_perms(request) if self.allows(request, "add") else {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        may_announce = {"may_announce": self.allows(request, "add")}
        return super().changelist_view(request, {**may_announce, **(extra_context or {})})

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("election"))
    def name(self, row: RunOff) -> str:
        return row.election.name

    @admin.display(description=_("polling day of the run-off"))
    def day(self, row: RunOff) -> str:
        return date_format(row.polling_on, "j E Y")

    @admin.display(description=_("badges of the first round"))
    def what_becomes(self, row: RunOff) -> str:
        return str(_("stay valid") if row.badges_stay_valid else _("are issued anew"))

    @admin.display(description=_("badges valid until"))
    def ends(self, row: RunOff) -> str:
        return until(row.badges_until)

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path("<int:pk>/move/", wrap(self.move_view), name="elections_runoff_move"),
            path("<int:pk>/renew/", wrap(self.renew_view), name="elections_runoff_renew"),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: RunOff) -> HttpResponse:
        return run_off_pages.run_off_page(request, self.admin_site, row)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.allows(request, "add"):
            raise PermissionDenied
        return run_off_pages.announce_page(request, self.admin_site)

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return run_off_pages.move_page(request, self.admin_site, self._row(request, pk))

    def renew_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return run_off_pages.renew_page(request, self._row(request, pk))

    def _row(self, request: HttpRequest, pk: int) -> RunOff:
        return cast(RunOff, self.visible(request, str(pk)))
