"""The commission's site: the stock admin under the portal's name and rules of entry."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class CommissionSite(AdminSite):
    site_header = _("Observer accreditation: the commission")
    site_title = _("The commission")
    index_title = _("The commission's desk")
    site_url = "/"
    enable_nav_sidebar = False

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One door for everybody: allauth's, with its rate limits and second factor."""
        query = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
        return redirect(f"{reverse('account_login')}?{query}")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """For somebody who is signed in and works for no commission there is nothing here.

        Django would send them to sign in, from where they come straight back.
        """
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            leaving = request.path == reverse("admin:logout", current_app=self.name)
            if request.user.is_authenticated and not self.has_permission(request) and not leaving:
                raise Http404
            return inner(request, *args, **kwargs)

        return guarded

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """As Django has it, but the registers are only listed where a page shows them."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self.site_url,
            "has_permission": self.has_permission(request),
            "available_apps": SimpleLazyObject(lambda: self.get_app_list(request)),
            "is_popup": False,
            "is_nav_sidebar_enabled": self.enable_nav_sidebar,
            "log_entries": self.get_log_entries(request),
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What is decided first, what is set up last."""
        rooms = super().get_app_list(request, app_label)
        order = ("observers", "organisations", "elections", "accounts", "notifications")
        return sorted(rooms, key=lambda room: order.index(room["app_label"]))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return redirect("account_change_password")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only registers that follow the access table; those of other packages stay out."""
        from accounts.admin_base import ScopedAdmin

        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[Any]:
        """Without Django's shortcut from any row of any table to its public address."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]


class CommissionAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.CommissionSite"
