"""The language switch."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from accounts.models import User


@csrf_exempt
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Speak another language from now on; letters to a signed-in person follow.

    Of a stranger no token is asked: nothing is kept of them but the language itself, and pages
    whose forms have no token can be kept by shared caches.
    """
    if request.user.is_authenticated:
        return _set_theirs(request, request.user)
    return django_set_language(request)


@csrf_protect
def _set_theirs(request: HttpRequest, user: User) -> HttpResponseBase:
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        User.objects.filter(pk=user.pk).update(language=language)
    return django_set_language(request)
