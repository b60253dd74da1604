"""Every address of the portal. The contract in docs/architecture.md names those that others
rely on."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import set_language
from config.health import healthz, readyz
from observers.api.views import about_api
from observers.badges.views.own import badge_pdf_by_link
from observers.badges.views.verify import scanned
from observers.register.views.home import home
from observers.views.agreement import agreement
from observers.views.desk import landing

urlpatterns = [
    path("", home, name="home"),
    path("elections/<slug:election>/", include("observers.register.urls")),
    path("apply/", include("observers.urls.apply")),
    path("organisations/", include("organisations.urls")),
    path("organisations/<uuid:organisation>/", include("observers.urls.people")),
    path("agreement/<str:token>/", agreement, name="agreement"),
    path("agreement/<str:token>/badge.pdf", badge_pdf_by_link, name="agreement_badge"),
    path("verify/", include("observers.urls.verify")),
    # In capitals, as the code on a badge has it.
    path("V/<str:token>", scanned, name="scanned"),
    path("api/", about_api, name="about_api"),
    path("api/v1/", include("observers.urls.api")),
    path("desk/", landing, name="desk"),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

if settings.DEMO:
    urlpatterns.append(path("demo/mail/", include("notifications.demo_urls")))
