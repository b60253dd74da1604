"""The addresses of the counter, under those of applications."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from accounts.admin_base import ReadOnlyAdmin
from accounts.kept_forms import keeps_what_was_typed
from observers.models import Application
from observers.review import paper


class OnPaperAdmin(ReadOnlyAdmin):
    """What came on paper is an application like any other; these are the pages it has besides."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view

        def named(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            return path(address, wrap(view), name=f"observers_{name}")

        def typed(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            """A long form: what is sent after the session has ended is not lost."""
            kept = keeps_what_was_typed(wrap(view))
            return path(address, kept, name=f"observers_{name}")

        return [
            named("paper/", self.paper_add, "paper_add"),
            typed("paper/<slug:election>/", self.paper_enter, "paper_enter"),
            named("<int:pk>/paper/receipt/", self.paper_receipt, "paperapplication_receipt"),
            named("<int:pk>/paper/scan/", self.paper_scan, "paperapplication_scan"),
            typed("<int:pk>/paper/correct/", self.paper_correct, "paperapplication_correct"),
            named("<int:pk>/paper/withdraw/", self.paper_withdraw, "paperapplication_withdraw"),
            *super().get_urls(),
        ]

    def paper_add(self, request: HttpRequest) -> HttpResponseBase:
        return paper.choose_page(request, self.admin_site)

    def paper_enter(self, request: HttpRequest, election: str) -> HttpResponseBase:
        return paper.enter_page(request, self.admin_site, election)

    def paper_receipt(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return paper.receipt_page(request, self.admin_site, self._on_paper(request, pk))

    def paper_scan(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return paper.scan(request, self._on_paper(request, pk))

    def paper_correct(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return paper.correct_page(request, self.admin_site, self._on_paper(request, pk))

    def paper_withdraw(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return paper.withdraw_page(request, self.admin_site, self._on_paper(request, pk))

    def _on_paper(self, request: HttpRequest, pk: int) -> Application:
        row: Application = self.visible(request, str(pk))  # type: ignore[assignment]
        return row
