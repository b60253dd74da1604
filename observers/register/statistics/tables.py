"""The tables of an election's statistics. Each is a page's and a file's at once."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from elections.enums import Kind
from elections.models import Election
from observers.enums import AppealStatus
from observers.register.statistics.concentration import concentration
from observers.register.statistics.equality import FEWEST_FOR_TIMES
from observers.register.statistics.facts import Facts, Group
from observers.register.statistics.figures import (
    DAY,
    Cell,
    Column,
    Form,
    Quantity,
    Table,
)
from observers.register.statistics.hiding import Public, public
from observers.register.statistics.queries import Names
from observers.register.statistics.withholding import withhold, withhold_column


@dataclass(frozen=True)
class Source:
    """What all tables of an election are made from."""

    election: Election
    facts: Facts
    names: Names

    @property
    def commissions(self) -> dict[int, Group]:
        """In their order, those without an application included."""
        return {key: self.facts.commissions.get(key, Group()) for key in self.names.commissions}

    @property
    def kinds(self) -> dict[str, Group]:
        """Those that somebody is of, in the order of the law."""
        return {kind: self.facts.kinds[kind] for kind in Kind if kind in self.facts.kinds}


def kind_labels() -> dict[str, str]:
    return {kind.value: str(kind.label) for kind in Kind}


def kind_column() -> Column:
    return Column("kind", _("Nominated by"), labels=kind_labels())


# --- Where applications stand ---------------------------------------------------------------------


def standing(source: Source) -> Table:
    everything = source.facts.everything
    labels = {
        "registered": pgettext("number", "Registered"),
        "being_decided": _("Being decided"),
        "returned": _("Returned for correction"),
        "refused": _("Refused"),
        "cancelled": _("Registration cancelled"),
        "received": _("Received in all"),
    }
    counts = (
        everything.approved, everything.waiting, everything.returned, everything.refused,
        everything.cancelled, everything.received,
    )  # fmt: skip
    columns = (
        Column("status", _("Status"), labels=labels),
        Column("applications", _("Applications"), Form.COUNT),
    )
    rows = list(zip(labels, counts, strict=True))
    return Table("standing", _("Where the applications stand"), columns, rows)


def _standing_columns() -> tuple[Column, ...]:
    return (
        Column("registered", pgettext("number", "Registered"), Form.COUNT),
        Column("being_decided", _("Being decided"), Form.COUNT),
        Column("returned", _("Returned for correction"), Form.COUNT),
        Column("refused", _("Refused"), Form.COUNT),
        Column("cancelled", _("Registration cancelled"), Form.COUNT),
    )


def _stand(group: Group, shown: Public) -> tuple[Cell, ...]:
    return group.approved, shown.waiting, shown.returned, shown.refused, group.cancelled


def by_kind(source: Source) -> Table:
    shown = public(source.kinds)
    rows = [(kind, *_stand(group, shown[kind])) for kind, group in source.kinds.items()]
    columns = (kind_column(), *_standing_columns())
    return Table("kinds", _("By kind of nominator"), columns, rows)


def by_commission(source: Source) -> Table:
    shown = public(source.commissions)
    rows = [
        (source.names.commissions[key], *_stand(group, shown[key]))
        for key, group in source.commissions.items()
    ]
    columns = (Column("commission", _("Commission")), *_standing_columns())
    return Table("commissions", _("By commission"), columns, rows)


def by_day(source: Source) -> Table:
    """Days without a registration included."""
    days = source.facts.days
    columns = (
        Column("day", _("Day"), Form.DATE),
        Column("registered", pgettext("number", "Registered"), Form.COUNT),
        Column("registered_in_all", _("Since the beginning"), Form.COUNT),
    )
    every_day = _from_first_to_last(days)
    counts = [days.get(day, 0) for day in every_day]
    rows = list(zip(every_day, counts, accumulate(counts), strict=True))
    return Table("days", _("Registered by day"), columns, rows)


def _from_first_to_last(days: Mapping[datetime.date, int]) -> list[datetime.date]:
    if not days:
        return []
    first, last = min(days), max(days)
    return [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]


# --- How long it takes ----------------------------------------------------------------------------


def _time_columns() -> tuple[Column, ...]:
    return (
        Column("median_days", _("Half decided within"), Form.DAYS),
        Column("ninety_percent_days", _("Nine in ten within"), Form.DAYS),
        Column("in_time_share", _("Within the legal time"), Form.WHOLE_SHARE),
    )


def _times(group: Group) -> tuple[Cell, ...]:
    """Nothing where they are so few that it would be somebody's."""
    if group.decided < FEWEST_FOR_TIMES or group.median is None or group.ninety is None:
        return None, None, None
    return group.median / DAY, group.ninety / DAY, 1 - group.lateness.rate


def times_by_kind(source: Source) -> Table:
    rows = [(kind, *_times(group)) for kind, group in source.kinds.items()]
    columns = (kind_column(), *_time_columns())
    return Table("times-by-kind", _("Time to decide, by kind of nominator"), columns, rows)


def times_by_commission(source: Source) -> Table:
    rows = [
        (source.names.commissions[key], *_times(group)) for key, group in source.commissions.items()
    ]
    columns = (Column("commission", _("Commission")), *_time_columns())
    return Table("times-by-commission", _("Time to decide, by commission"), columns, rows)


# --- Refusals and appeals -------------------------------------------------------------------------


def refusals(source: Source) -> Table:
    """By kind and ground. The sums are those of the audit, and hidden where they are there."""
    rows = source.facts.refusals
    grounds = sorted({row.ground for row in rows})
    counted = {(row.kind, row.ground): row.count for row in rows}
    shown = public(source.kinds)
    kinds = [kind for kind, group in source.kinds.items() if group.first_refused]
    sums = [shown[kind].first_refused for kind in kinds]
    parts = [[counted.get((kind, ground), 0) for ground in grounds] for kind in kinds]
    lines = withhold(parts, sums=sums) if len(grounds) > 1 else [[] for _kind in kinds]
    columns = [
        Column(f"ground_{number}", source.names.grounds.get(ground, ""), Form.COUNT)
        for number, ground in enumerate(grounds, 1)
    ]
    if len(grounds) > 1:
        columns.append(Column("in_all", _("In all"), Form.COUNT))
    title = _("Refusals by ground and kind of nominator")
    told = [(kind, *line, total) for kind, line, total in zip(kinds, lines, sums, strict=True)]
    return Table("refusals", title, (kind_column(), *columns), told)


def appeals(source: Source) -> Table:
    counted = source.facts.appeals
    shown = withhold_column([counted.get(status, 0) for status in AppealStatus])
    labels = {status.value: str(status.label) for status in AppealStatus}
    labels[AppealStatus.LODGED] = _("Not decided yet")
    columns = (
        Column("outcome", _("Outcome"), labels=labels),
        Column("appeals", _("Appeals"), Form.COUNT),
    )
    rows = list(zip(labels, shown, strict=True))
    return Table("appeals", _("Appeals and their outcome"), columns, rows)


# --- Places and nominators: what everybody can count in the register ------------------------------


def by_constituency(source: Source) -> Table:
    columns = (
        Column("number", _("Number")),
        Column("constituency", _("Constituency")),
        Column("polling_stations", _("Polling stations"), Form.COUNT),
        Column("registered", pgettext("number", "Registered"), Form.COUNT),
        Column("per_polling_station", _("Per polling station"), Form.RATIO),
    )
    rows: list[tuple[Cell, ...]] = []
    for place in source.names.places.values():
        registered = source.facts.constituencies.get(place.key, 0)
        stations = place.polling_stations
        per_station = registered / stations if stations else None
        rows.append((str(place.number), place.name, stations or None, registered, per_station))
    title = _("Observers and polling stations, by constituency")
    return Table("constituencies", title, columns, rows)


def nominators(source: Source) -> Table:
    """The largest first; the share is of all whom organisations nominated."""
    counted = source.facts.organisations
    nominated = sum(counted.values())
    ordered = sorted(counted.items(), key=lambda one: (-one[1], source.names.organisations[one[0]]))
    columns = (
        Column("organisation", _("Organisation")),
        Column("registered", pgettext("number", "Registered"), Form.COUNT),
        Column("share", _("Share"), Form.SHARE),
        Column("share_so_far", _("With those above"), Form.SHARE),
    )
    so_far = accumulate(count for _organisation, count in ordered)
    rows = [
        (source.names.organisations[key], count, count / nominated, above / nominated)
        for (key, count), above in zip(ordered, so_far, strict=True)
    ]
    return Table("nominators", _("Observers by organisation"), columns, rows)


def nominators_together(source: Source) -> Table:
    found = concentration(source.facts.organisations.values())
    labels = {
        "largest_1": _("Share of the largest organisation"),
        "largest_3": _("Share of the three largest"),
        "largest_5": _("Share of the five largest"),
        "index": _("Index of Herfindahl and Hirschman, at most 1"),
        "as_many_as": _("As many of equal size would be as concentrated"),
    }
    columns = (
        Column("measure", _("What"), labels=labels),
        Column("value", _("Value"), Form.QUANTITY),
    )
    rows = [
        *((f"largest_{n}", Quantity(share, Form.SHARE)) for n, share in found.largest.items()),
        ("index", Quantity(found.index, Form.INDEX)),
        ("as_many_as", Quantity(found.as_many_as, Form.RATIO)),
    ]
    return Table("concentration", _("How concentrated it is"), columns, rows)


TABLES: dict[str, Callable[[Source], Table]] = {
    "standing": standing,
    "days": by_day,
    "kinds": by_kind,
    "commissions": by_commission,
    "times-by-kind": times_by_kind,
    "times-by-commission": times_by_commission,
    "refusals": refusals,
    "appeals": appeals,
    "constituencies": by_constituency,
    "nominators": nominators,
    "concentration": nominators_together,
}


def about(source: Source, taken_at: datetime.datetime) -> dict[str, Any]:
    """What stands above every JSON."""
    return {
        "election": source.election.slug,
        "taken_at": taken_at.isoformat(timespec="seconds"),
        "hidden": {"<5": "one to four", "withheld": "so that such a count cannot be worked out"},
    }
