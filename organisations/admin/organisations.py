"""Organisations, to be looked at."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyAdmin, may
from accounts.names import fold
from elections.domain.posts import reached_by_posts
from organisations.models import Organisation, Representative


class RepresentativeInline(admin.TabularInline):
    model = Representative
    fields = ("email", "user", "role", "added_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "organisation", "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "organisation")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    rights = {"view": ("organisation", "view")}
    list_display = ("name", "short_name", "kind", "country", "registration_number")
    list_filter = ("kind",)
    search_fields = ("search_key",)
    search_help_text = _("Name, with or without diacritics")
    fields = (
        "name",
        "short_name",
        "kind",
        "country",
        "registration_number",
        "legal_address",
        "phone",
        "created_at",
    )
    inlines = (RepresentativeInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        """Those that have applied for a nomination right to the viewer's commission."""
        reached = reached_by_posts(
            request.user,  # type: ignore[arg-type]
            "organisation",
            "view",
            commission="rights__commission",
            election="rights__election",
        )
        visible = Organisation.objects.visible_to(request.user)
        return visible.filter(reached, rights__submitted_at__isnull=False).distinct()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in fold(search_term).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset, False
