"""Sessions in the commission's admin: a list, and the pages of each (`observers/review`)."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import PageAdmin
from accounts.time_words import date_in_words
from elections.domain.posts import reached_by_posts
from observers.domain.sessions import size
from observers.models import CommissionSession
from observers.review import sessions
from observers.review.finding import CommissionFilter


class Sessions(ChangeList):
    """With the size of each agenda, counted for the rows of the page."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found = super().get_queryset(request, exclude_parameters)
        return found.annotate(items=size())


@admin.register(CommissionSession)
class CommissionSessionAdmin(PageAdmin):
    """An agenda while it is prepared; a protocol, which nobody changes, once it is recorded."""

    rights = {"view": ("application", "view"), "adopt": ("application", "adopt")}
    list_display = ("name", "commission_name", "held", "size")
    list_display_links = ("name",)
    list_filter = (CommissionFilter,)
    list_per_page = 50
    change_list_template = "admin/review/sessions.html"
    search_fields = ("number",)
    search_help_text = _("Number of the protocol")
    ordering = ("-opened_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the commissions the viewer works for."""
        reached = reached_by_posts(request.user, "application", "view")  # type: ignore[arg-type]
        visible = CommissionSession.objects.visible_to(request.user).filter(reached)
        return visible.select_related("commission", "election", "opened_by", "recorded_by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """With the way to the agenda of each commission that is the viewer's to prepare."""
        return super().changelist_view(
            request, {"agendas": sessions.agendas_of(request), **(extra_context or {})}
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Sessions

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("session"), ordering="opened_at")
    def name(self, row: CommissionSession) -> str:
        return str(row)

    @admin.display(description=_("commission"))
    def commission_name(self, row: CommissionSession) -> str:
        return row.commission.name

    @admin.display(description=_("held on"), ordering="held_on")
    def held(self, row: CommissionSession) -> str:
        return date_in_words(row.held_on) if row.held_on else "–"

    @admin.display(description=_("items of the agenda"))
    def size(self, row: Any) -> int:
        return cast(int, row.items)

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        ours = [
            path("open/", wrap(self.open_view), name="observers_commissionsession_open"),
            path(
                "<int:pk>/agenda/",
                wrap(self.agenda_view),
                name="observers_commissionsession_agenda",
            ),
            path(
                "<int:pk>/record/",
                wrap(self.record_view),
                name="observers_commissionsession_record",
            ),
            path(
                "<int:pk>/agenda.pdf",
                wrap(self.agenda_pdf_view),
                name="observers_commissionsession_agenda_pdf",
            ),
            path(
                "<int:pk>/protocol.pdf",
                wrap(self.protocol_pdf_view),
                name="observers_commissionsession_protocol",
            ),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: CommissionSession) -> HttpResponse:
        return sessions.session_page(request, self.admin_site, row)

    def open_view(self, request: HttpRequest) -> HttpResponse:
        return sessions.open_agenda(request)

    def agenda_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return sessions.change_agenda(request, self._row(request, str(pk)))

    def record_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return sessions.record_page(request, self.admin_site, self._row(request, str(pk)))

    def agenda_pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return sessions.agenda_pdf(self._row(request, str(pk)))

    def protocol_pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return sessions.protocol_pdf(self._row(request, str(pk)))

    def _row(self, request: HttpRequest, object_id: str) -> CommissionSession:
        return cast(CommissionSession, self.visible(request, object_id))
