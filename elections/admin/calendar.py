"""Elections, their windows, and extensions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin_base import ScopedAdmin, may
from elections.admin.base import ElectionAdminBase, FormFields
from elections.forms import ExtensionForm, NamePoliciesField, WindowForm
from elections.models import Election, Extension, Window


class WindowInline(FormFields, admin.StackedInline):
    model = Window
    form = WindowForm
    extra = 0
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "election", "view")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "election", "change")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "election", "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Election)
class ElectionAdmin(ElectionAdminBase):
    election_column = "pk"
    list_display = ("name", "polling_on", "is_published")
    list_filter = ()
    inlines = (WindowInline,)
    fieldsets = (
        (None, {"fields": ("slug", "code", "names", "authority_names", "is_published")}),
        (_("Time"), {"fields": ("polling_on", "time_zone", "time_zone_names")}),
        (
            _("Rules"),
            {"fields": ("languages", "minimum_age", "polling_stations", "voters")},
        ),
        (_("Names in the register"), {"fields": ("name_policy", "name_policies")}),
        (
            _("Decisions"),
            {
                "fields": (
                    "approval_way",
                    "refusal_way",
                    "cancellation_way",
                    "clock_stands_still",
                    "sample_size",
                    "undo_seconds",
                    "claim_minutes",
                )
            },
        ),
        (
            _("Badges"),
            {
                "fields": ("badges_until", "international_badges_until", "badge_download"),
                "description": _(
                    "A badge keeps the end with which it was issued: a change here counts for "
                    "badges that are issued from then on. For a run-off the end of all is moved "
                    "by announcing it."
                ),
            },
        ),
        (_("Observers of organisations"), {"fields": ("observer_consent", "conduct_texts")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "name_policies":
            label = db_field.verbose_name.capitalize()
            return NamePoliciesField(label=label, help_text=db_field.help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=pgettext_lazy("election or place", "name"))
    def name(self, election: Election) -> str:
        return election.name

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A new election has no posts yet, so nobody but a superuser could keep it."""
        return bool(request.user.is_superuser)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return ScopedAdmin.get_model_perms(self, request)


@admin.register(Extension)
class ExtensionAdmin(ElectionAdminBase):
    """Granting more time is adding a row; it is public and is never taken back."""

    rights = {"view": ("election", "view"), "add": ("window", "extend")}
    election_column = "window__election"
    list_display = ("window", "for_whom", "until", "reason", "granted_by", "granted_at")
    list_select_related = ("window__election", "constituency", "granted_by")
    list_filter = (("window__election", admin.RelatedOnlyFieldListFilter),)
    fields = ("window", "constituency", "kind", "until", "reason")

    @admin.display(description=_("for whom"))
    def for_whom(self, extension: Extension) -> str:
        kind = str(extension.get_kind_display()) if extension.kind else str(_("All kinds"))
        place = str(extension.constituency or _("all constituencies"))
        return f"{kind}, {place}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("granted_by", "granted_at") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "granted_by", "granted_at") if obj else self.fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(request, obj, change, **{"form": ExtensionForm, **kwargs})

    def save_model(self, request: HttpRequest, obj: Extension, form: Any, change: bool) -> None:
        obj.granted_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return ScopedAdmin.get_model_perms(self, request)
