"""The commission's site: the stock admin under the portal's name and rules of entry."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class CommissionSite(AdminSite):
    site_header = _("Observer accreditation: the commission")
    site_title = _("The commission")
    index_title = _("The commission's desk")
    site_url = "/"
    enable_nav_sidebar = False

    @never_cache
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """One door for everybody: allauth's, with its rate limits and second factor."""
        query = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
        return redirect(f"{reverse('account_login')}?{query}")


class CommissionAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.CommissionSite"
