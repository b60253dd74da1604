"""Passing applications on from their list: to a reviewer, to another commission."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyAdmin
from observers.models import Application
from observers.review import reassigning

RIGHTS = {"assign": ("application", "assign"), "transfer": ("application", "transfer")}


class ReassigningAdmin(ReadOnlyAdmin):
    """The actions and pages by which chairs pass applications on."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("assign/", wrap(self.assign_view), name="observers_assign_add"),
            path("transfer/", wrap(self.transfer_view), name="observers_transfer_add"),
            *super().get_urls(),
        ]

    def has_assign_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "assign")

    def has_transfer_permission(self, request: HttpRequest) -> bool:
        return self.allows(request, "transfer")

    @admin.action(description=_("Assign to…"), permissions=["assign"])
    def assign(self, request: HttpRequest, chosen: QuerySet[Application]) -> HttpResponse:
        return reassigning.page(request, self.admin_site, "assign", chosen)

    @admin.action(description=_("Send to another commission…"), permissions=["transfer"])
    def transfer(self, request: HttpRequest, chosen: QuerySet[Application]) -> HttpResponse:
        return reassigning.page(request, self.admin_site, "transfer", chosen)

    def assign_view(self, request: HttpRequest) -> HttpResponse:
        return reassigning.page(request, self.admin_site, "assign")

    def transfer_view(self, request: HttpRequest) -> HttpResponse:
        return reassigning.page(request, self.admin_site, "transfer")
