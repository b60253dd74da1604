"""Staff work with a second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

# Where the second factor is set up, and what asks for no session.
OPEN_TO_ALL_STAFF = ("/accounts/", "/language/", "/static/", "/api/v1/", "/healthz", "/readyz")


class StaffMfaMiddleware:
    """Leads staff without a second factor to the page where they set one up.

    Until then every other page stays shut to them: files of applications stand outside the admin
    too. Switched off in the demo alone, where accounts are
    public (setting `STAFF_MFA_REQUIRED`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._must_set_up(request):
            messages.warning(
                request, _("Set up a second factor first: the commission's pages need it.")
            )
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        return (
            settings.STAFF_MFA_REQUIRED
            and not request.path.startswith(OPEN_TO_ALL_STAFF)
            and request.user.is_authenticated
            and request.user.is_staff
            and not is_mfa_enabled(request.user)
        )
