"""Constituencies, commissions, and who has a post there."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import StaffRole
from elections.admin.base import ElectionAdminBase, elections_reached
from elections.domain import posts
from elections.forms import AppointForm
from elections.models import Commission, CommissionMember, Constituency


@admin.register(Constituency)
class ConstituencyAdmin(ElectionAdminBase):
    list_display = ("number", "name", "polling_stations")
    list_display_links = ("name",)
    search_fields = ("=number", "names")
    search_help_text = _("Number or name")

    @admin.display(description=pgettext_lazy("election or place", "name"))
    def name(self, constituency: Constituency) -> str:
        return constituency.name


@admin.register(Commission)
class CommissionAdmin(ElectionAdminBase):
    list_display = ("name", "authority", "constituency", "days_to_appeal")
    list_select_related = ("constituency",)
    list_filter = (("election", admin.RelatedOnlyFieldListFilter), "authority")
    search_fields = ("=constituency__number", "names")
    search_help_text = _("Number or name")

    @admin.display(description=pgettext_lazy("election or place", "name"))
    def name(self, commission: Commission) -> str:
        return commission.name


class ServingFilter(admin.SimpleListFilter):
    title = _("serving")
    parameter_name = "serving"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Now")), ("no", _("Before"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(left_at__isnull=self.value() == "yes")


@admin.register(CommissionMember)
class CommissionMemberAdmin(ElectionAdminBase):
    """A post is given and ended; it is never changed or deleted."""

    rights = {"view": ("staff", "view"), "add": ("staff", "appoint")}
    election_column = "commission__election"
    list_display = ("user", "role", "commission", "appointed_at", "left_at")
    list_select_related = ("user", "commission")
    list_filter = (
        ServingFilter,
        "role",
        ("commission__election", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("user__full_name", "user__email", "=commission__constituency__number")
    search_help_text = _("Name, e-mail address or number of the constituency")
    fields = ("user", "role", "commission", "appointed_at", "left_at")
    change_form_template = "admin/elections/commissionmember/post.html"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs = {**kwargs, "form": AppointForm}
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("email", "commission", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ()

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> CommissionMember:
        return form.save(commit=False)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = posts.appoint(user=form.person, commission=obj.commission, role=StaffRole(obj.role))
        obj.pk, obj.user = given.pk, given.user

    def get_urls(self) -> list[URLPattern]:
        end = path(
            "<int:pk>/end/",
            self.admin_site.admin_view(self.end_view),
            name="elections_commissionmember_end",
        )
        return [end, *super().get_urls()]

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        post: Any = self.visible(request, str(pk))
        reached = elections_reached(request.user, "staff", "appoint")
        if not self.has_add_permission(request) or post.commission.election not in reached:
            raise PermissionDenied
        back = reverse("admin:elections_commissionmember_change", args=[post.pk])
        if request.method == "POST":
            if post.user == request.user:
                messages.error(request, _("Nobody ends their own post: a colleague has to do it."))
            else:
                posts.end_post(post, now=timezone.now())
                messages.success(request, _("The post has ended: %(post)s.") % {"post": post})
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("End this post"),
            "post": post,
            "page_url": back,
        }
        return TemplateResponse(request, "admin/elections/commissionmember/end.html", context)
