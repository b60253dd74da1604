"""What the API asks the database for, beside what the public pages ask."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Sum

from elections.models import Election, Window
from observers.enums import PUBLIC, Status
from observers.models import ApplicationCount
from organisations.models import NominationRight


class UnknownPlace(Exception):
    """There is nothing of this name behind which a page could begin."""


def elections() -> Any:
    """Those that are published, with their windows: two queries."""
    windows = Window.objects.with_closing().order_by("closes_at", "scope")
    return Election.objects.published().prefetch_related(Prefetch("windows", queryset=windows))


@dataclass(frozen=True)
class Nominator:
    """An organisation that may nominate in an election, and how many of its observers are
    registered."""

    right: NominationRight
    registered: int
    cancelled: int


def nominators(election: Election, *, after: str | None, limit: int) -> list[Nominator]:
    """Whose right was granted, in the order in which they came: that of a page stays as it is when
    one is renamed. Raises UnknownPlace for a key that is none of theirs."""
    rights = _granted(election).order_by("organisation_id")
    if after:
        place = rights.filter(organisation__key=after).values_list("organisation_id", flat=True)
        if (behind := place.first()) is None:
            raise UnknownPlace(after)
        rights = rights.filter(organisation_id__gt=behind)
    return _counted(election, list(rights[:limit]))


def nominator(election: Election, key: str) -> Nominator | None:
    found = _counted(election, list(_granted(election).filter(organisation__key=key)))
    return found[0] if found else None


def _granted(election: Election) -> Any:
    return (
        NominationRight.unscoped.granted().filter(election=election).select_related("organisation")
    )


def _counted(election: Election, rights: list[NominationRight]) -> list[Nominator]:
    """One query for all of them, of the counts that the database keeps."""
    kept = ApplicationCount.objects.filter(
        election=election, status__in=PUBLIC, organisation__in=[r.organisation_id for r in rights]
    )
    sums = kept.order_by().values_list("organisation", "status").annotate(n=Sum("applications"))
    known = {(organisation, status): n for organisation, status, n in sums}
    return [
        Nominator(
            right,
            registered=known.get((right.organisation_id, Status.APPROVED), 0),
            cancelled=known.get((right.organisation_id, Status.CANCELLED), 0),
        )
        for right in rights
    ]
