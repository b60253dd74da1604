"""Batches in the commission's admin: a list, and the pages of each (`observers/review`)."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.admin_base import PageAdmin
from elections.domain.posts import reached_by_posts
from observers.enums import BatchStatus
from observers.models import Batch
from observers.review import batch_pages

# A batch looks like a status that everybody knows.
LOOKS = {
    BatchStatus.DECIDED: "approved",
    BatchStatus.FAILED: "refused",
    BatchStatus.BROKEN: "refused",
    BatchStatus.CANCELLED: "withdrawn",
    BatchStatus.SAMPLING: "returned",
    BatchStatus.OFFERED: "returned",
}


@admin.register(Batch)
class BatchAdmin(PageAdmin):
    """Begun from the list of applications; from there on each goes its way on its own page."""

    rights = {"view": ("application", "view"), "approve": ("application", "approve")}
    list_display = ("begun", "begun_by", "whose", "state", "decided")
    list_display_links = ("begun",)
    list_per_page = 50
    change_list_template = "admin/review/batches.html"
    ordering = ("-begun_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the commissions the viewer works for."""
        reached = reached_by_posts(request.user, "application", "view")  # type: ignore[arg-type]
        visible = Batch.objects.visible_to(request.user).filter(reached)
        return visible.select_related("election", "commission", "begun_by", "decided_by")

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("begun"), ordering="begun_at")
    def begun(self, row: Batch) -> str:
        return date_format(localtime(row.begun_at), "j E Y, H:i")

    @admin.display(description=_("commission"))
    def whose(self, row: Batch) -> str:
        return row.commission.name if row.commission else row.election.name

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Batch) -> str:
        look = LOOKS.get(BatchStatus(row.status), "under_review")
        words = {"status": look, "label": row.get_status_display()}
        return render_to_string("components/status.html", words)

    @admin.display(description=_("decided"), ordering="decided_at")
    def decided(self, row: Batch) -> str:
        if row.decided_at is None:
            return "–"
        return f"{date_format(localtime(row.decided_at), 'j E Y, H:i')}, {row.decided_by}"

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path("<int:pk>/sample/", wrap(self.look_view), name="observers_batch_look"),
            path(
                "<int:pk>/sample/<int:line>/",
                wrap(self.sample_view),
                name="observers_batch_sample",
            ),
            path(
                "<int:pk>/approve/",
                wrap(require_POST(self.approve_view)),
                name="observers_batch_approve",
            ),
            path(
                "<int:pk>/cancel/",
                wrap(require_POST(self.cancel_view)),
                name="observers_batch_cancel",
            ),
            path("<int:pk>/left-out.csv", wrap(self.csv_view), name="observers_batch_left_out"),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: Batch) -> HttpResponse:
        return batch_pages.batch_page(request, self.admin_site, row)

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return batch_pages.look_next(self._row(request, str(pk)))

    def sample_view(self, request: HttpRequest, pk: int, line: int) -> HttpResponse:
        return batch_pages.sample_page(request, self.admin_site, self._row(request, str(pk)), line)

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return batch_pages.approve(request, self._row(request, str(pk)))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return batch_pages.cancel(request, self._row(request, str(pk)))

    def csv_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return batch_pages.left_out_csv(self._row(request, str(pk)))

    def _row(self, request: HttpRequest, object_id: str) -> Batch:
        return cast(Batch, self.visible(request, object_id))
