"""What pages and programs of other sites may read as well: public keys and the revocation list."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse


def shared_with_every_site(
    view: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The browsers' rule of the same origin is lifted: there is nothing of any visitor in it."""

    @wraps(view)
    def shared(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return shared
