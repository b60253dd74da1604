"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from elections.domain.clock import database_now
from elections.models import Election


def portal(request: HttpRequest) -> dict[str, Any]:
    """`portal`: whose portal it is, whether it is the demo, and the time by the server's clock."""
    return {"portal": _Portal()}


class _Portal:
    """Read only when a template asks, so that an error page needs no database."""

    demo = settings.DEMO

    @property
    def authority(self) -> str:
        election = Election.objects.published().first()
        return election.authority_name if election else ""

    @property
    def now(self) -> Any:
        return database_now()
