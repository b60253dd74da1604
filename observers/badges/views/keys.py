"""The public keys, at an address that never changes."""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from observers.badges.keys import public_keys
from observers.badges.views.sharing import shared_with_every_site


@require_safe
@shared_with_every_site
@cache_control(public=True, max_age=300)
@conditional_page
def keys(request: HttpRequest) -> HttpResponse:
    """A JWK set (RFC 7517, RFC 8037), the key that signs now first."""
    found = {"keys": [key.jwk() for key in public_keys().values()]}
    return HttpResponse(json.dumps(found), content_type="application/jwk-set+json")
