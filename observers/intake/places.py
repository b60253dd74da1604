"""Where the people of an upload may observe, and which commission decides about each."""

import datetime
from dataclasses import dataclass

from django.db.models import F, Value

from elections.domain.windows import open_windows, window_for
from elections.enums import Authority, Scope
from elections.models import ClosesAt, Commission, Constituency, Window
from observers.intake.reading import Rules
from observers.models import Upload


@dataclass(frozen=True)
class Places:
    """Read once for a whole file. `closed` holds the constituencies that have no time left while
    others have: an extension was given to some of them only."""

    windows: dict[str, Window]
    open_scopes: tuple[str, ...]
    constituencies: dict[int, Constituency]
    closed: frozenset[int]
    central: Commission
    commissions: dict[int, Commission]

    def window(self, scope: str) -> Window:
        return self.windows[scope]

    def commission(self, scope: str, constituency: int | None) -> Commission:
        """Raises KeyError for a constituency that has no commission."""
        local = self.windows[scope].authority == Authority.CONSTITUENCY
        if local and constituency is not None:
            return self.commissions[constituency]
        return self.central


def places_of(upload: Upload, *, now: datetime.datetime) -> Places:
    election, kind = upload.election, upload.organisation.kind
    open_now = open_windows(election, kind=kind)
    windows = {
        scope: window
        for scope in Scope.values
        if (window := window_for(election, kind=kind, scope=scope))
    }
    commissions = list(election.commissions.select_related("constituency"))
    return Places(
        windows=windows,
        open_scopes=tuple(window.scope for window in open_now),
        constituencies={row.number: row for row in election.constituencies.all()},
        closed=_closed(windows.get(Scope.CONSTITUENCY), kind, now=now),
        central=next(row for row in commissions if row.authority == Authority.CENTRAL),
        commissions={row.constituency.number: row for row in commissions if row.constituency},
    )


def _closed(window: Window | None, kind: str, *, now: datetime.datetime) -> frozenset[int]:
    if window is None or now < window.closes_at:
        return frozenset()
    closing = ClosesAt(Value(window.pk), "pk", kind)
    these = Constituency.objects.filter(election=window.election_id).annotate(closing=closing)
    return frozenset(these.filter(closing__lte=now).values_list(F("number"), flat=True))


def rules_of(upload: Upload, places: Places, *, now: datetime.datetime) -> Rules:
    election = upload.election
    return Rules(
        today=now.astimezone(election.zone).date(),
        polling_on=election.polling_on,
        minimum_age=election.minimum_age,
        kind=upload.organisation.kind,
        scopes=places.open_scopes,
        default_scope=upload.scope,
        default_constituency=upload.constituency.number if upload.constituency else None,
        constituencies={
            number: tuple(row.names.values()) for number, row in places.constituencies.items()
        },
    )
