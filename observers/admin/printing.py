"""Printing in the commission's admin: batches, handovers and blanks (`observers/badges`)."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_base import PageAdmin
from elections.domain.posts import reached_by_posts
from observers.badges import blank_pages, handover_pages, print_downloads, print_pages
from observers.enums import PrintStatus
from observers.models import BlankMovement, Handover, PrintBatch
from observers.review.finding import CommissionFilter

# A batch looks like a status that everybody knows.
LOOKS = {
    PrintStatus.PREPARING: "under_review",
    PrintStatus.READY: "returned",
    PrintStatus.CANCELLED: "withdrawn",
    PrintStatus.BROKEN: "refused",
}
RIGHTS = {"view": ("badge", "view"), "print": ("badge", "print")}


class ReachedAdmin(PageAdmin):
    """A register of the commissions that the viewer works for."""

    rights = RIGHTS
    list_filter = (CommissionFilter,)
    list_per_page = 50

    def has_print_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "print")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that are offered: any other column could be guessed at."""
        return lookup in {choice.parameter_name for choice in self.list_filter}

    def reached(self, request: HttpRequest, election: str = "election") -> QuerySet[Any]:
        """Of the admin, not of a person who also represents an organisation."""
        user: Any = request.user
        visible: QuerySet[Any] = self.model.objects.visible_to(user)
        return visible.filter(reached_by_posts(user, "badge", "view", election=election))

    @admin.display(description=_("commission"))
    def whose(self, row: Any) -> str:
        return row.commission.name if row.commission else "–"


@admin.register(PrintBatch)
class PrintBatchAdmin(ReachedAdmin):
    """Begun from the list of badges; from there on each goes its way on its own page."""

    list_display = ("begun", "who", "whose", "chosen_in_words", "count", "state", "printed")
    list_display_links = ("begun",)
    change_list_template = "admin/badges/print/batches.html"
    search_fields = ("chosen",)
    search_help_text = _("What was chosen")
    ordering = ("-begun_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            self.reached(request)
            .filter(is_download=False)
            .select_related("election", "commission__election", "begun_by", "printed_by")
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """With what waits to be printed, and the blanks that there are."""
        more = {"stocks": blank_pages.stocks(request), "may_print": False}
        if self.has_print_permission(request):
            more |= {"may_print": True, **print_pages.waiting(print_pages.staff(request))}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    # --- Columns ---------------------------------------------------------------------------------

    @admin.display(description=_("by whom"))
    def who(self, row: PrintBatch) -> str:
        return str(row.begun_by)

    @admin.display(description=_("begun"), ordering="begun_at")
    def begun(self, row: PrintBatch) -> str:
        return print_pages.moment(row.begun_at)

    @admin.display(description=_("chosen"))
    def chosen_in_words(self, row: PrintBatch) -> str:
        return row.chosen or "–"

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: PrintBatch) -> str:
        look, label = LOOKS[PrintStatus(row.status)], row.get_status_display()
        if row.printed_at:
            look, label = "approved", str(_("Printed"))
        return render_to_string("components/status.html", {"status": look, "label": label})

    @admin.display(description=_("printed"), ordering="printed_at")
    def printed(self, row: PrintBatch) -> str:
        if row.printed_at is None:
            return "–"
        return f"{print_pages.moment(row.printed_at)}, {row.printed_by}"

    # --- Pages -----------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        name = "observers_printbatch_{}".format
        ours = [
            path("<int:pk>/printed/", wrap(self.printed_view), name=name("printed")),
            path("<int:pk>/cancel/", wrap(require_POST(self.cancel_view)), name=name("cancel")),
            path("<int:pk>/hand-over/", wrap(self.hand_over_view), name=name("hand_over")),
            path("<int:pk>/signatures.pdf", wrap(self.sheet_view), name=name("signatures")),
            path(
                "<int:pk>/parts/<int:part>/", wrap(require_safe(self.part_view)), name=name("part")
            ),
            path("<int:pk>/all.zip", wrap(require_safe(self.all_view)), name=name("all")),
        ]
        return [*ours, *super().get_urls()]

    def page(self, request: HttpRequest, row: PrintBatch) -> HttpResponse:
        return print_pages.batch_page(request, self.admin_site, row)

    def printed_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return print_pages.printed_page(request, self.admin_site, self._row(request, pk))

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return print_pages.cancel(request, self._row(request, pk))

    def hand_over_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return handover_pages.batch_page(request, self.admin_site, self._row(request, pk))

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return handover_pages.batch_sheet(request, self._row(request, pk))

    def part_view(self, request: HttpRequest, pk: int, part: int) -> HttpResponseBase:
        return print_downloads.part(self._printable_row(request, pk), part)

    def all_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return print_downloads.all_parts(self._printable_row(request, pk))

    def _printable_row(self, request: HttpRequest, pk: int) -> PrintBatch:
        """Files hold names and photos: they are for those who print."""
        row = self._row(request, pk)
        print_pages.insist(request, row)
        return row

    def _row(self, request: HttpRequest, pk: int) -> PrintBatch:
        return cast(PrintBatch, self.visible(request, str(pk)))


@admin.register(Handover)
class HandoverAdmin(ReachedAdmin):
    """Entered from a batch or from the list of badges, and changed by nobody."""

    list_display = ("handed_over", "to_whom", "whose", "badges", "who")
    list_display_links = ("handed_over",)
    change_list_template = "admin/badges/print/list.html"
    search_fields = ("to_whom",)
    search_help_text = _("Who was given the badges")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = self.reached(request, "commission__election").annotate(size=Count("lines"))
        return found.select_related("commission__election", "batch", "by")

    @admin.display(description=_("handed over"), ordering="at")
    def handed_over(self, row: Handover) -> str:
        return print_pages.moment(row.at)

    @admin.display(description=_("by whom"))
    def who(self, row: Handover) -> str:
        return str(row.by)

    @admin.display(description=_("badges"))
    def badges(self, row: Any) -> int:
        return cast(int, row.size)

    def get_urls(self) -> list[URLPattern]:
        sheet = self.admin_site.admin_view(require_safe(self.sheet_view))
        name = "observers_handover_signatures"
        return [path("<int:pk>/signatures.pdf", sheet, name=name), *super().get_urls()]

    def page(self, request: HttpRequest, row: Handover) -> HttpResponse:
        return handover_pages.handover_page(request, self.admin_site, row)

    def sheet_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = cast(Handover, self.visible(request, str(pk)))
        return handover_pages.handover_sheet(request, row)


@admin.register(BlankMovement)
class BlankMovementAdmin(ReachedAdmin):
    """The stock of each size, and what changed it."""

    list_display = ("entered", "whose", "size", "why", "change", "other", "who", "note")
    list_display_links = None
    change_list_template = "admin/badges/print/blanks.html"
    search_fields = ("note",)
    search_help_text = _("Words of the note")
    ordering = ("-at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found = self.reached(request, "commission__election")
        return found.select_related("commission__election", "other", "by")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        more = {
            "stocks": blank_pages.stocks(request),
            "may_print": self.has_print_permission(request),
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @admin.display(description=_("by whom"))
    def who(self, row: BlankMovement) -> str:
        return str(row.by)

    @admin.display(description=_("entered"), ordering="at")
    def entered(self, row: BlankMovement) -> str:
        return print_pages.moment(row.at)

    def get_urls(self) -> list[URLPattern]:
        enter = self.admin_site.admin_view(self.enter_view)
        return [path("enter/", enter, name="observers_blankmovement_enter"), *super().get_urls()]

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        return blank_pages.enter_page(request, self.admin_site)

    def page(self, request: HttpRequest, row: BlankMovement) -> HttpResponse:
        """A movement says all of itself in the list."""
        return HttpResponseRedirect("../../")
