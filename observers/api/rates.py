"""How often one address may ask, and the headers that tell it how much is left."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django_ratelimit.core import get_usage

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """Of one address in the current window: `left` requests of `limit` within `seconds`."""

    limit: int
    left: int
    seconds: int
    is_used_up: bool

    def write(self, response: HttpResponseBase) -> None:
        """As the IETF's draft on RateLimit header fields has it, and as older clients know it."""
        response["RateLimit-Policy"] = f'"default";q={self.limit};w={WINDOW_SECONDS}'
        response["RateLimit"] = f'"default";r={self.left};t={self.seconds}'
        if self.is_used_up:
            response["Retry-After"] = str(self.seconds)


def count(request: HttpRequest) -> Allowance | None:
    """Counts this request. None where nobody can count: what is public is answered also while the
    shared cache is away."""
    rate = (settings.API_REQUESTS_PER_MINUTE, WINDOW_SECONDS)
    usage = get_usage(request, group="api", key="ip", rate=rate, increment=True)
    if usage is None:
        return None
    return Allowance(
        limit=usage["limit"],
        left=max(0, usage["limit"] - usage["count"]),
        seconds=max(1, usage["time_left"]),
        is_used_up=usage["should_limit"],
    )
