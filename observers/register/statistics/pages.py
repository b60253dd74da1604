"""What stands on the two pages: sections, each a finding, a chart and its table."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from elections.enums import Authority
from elections.models import Election, Window
from observers.register.statistics import findings, tables
from observers.register.statistics.charts import (
    Bar,
    Calendar,
    Tile,
    bars,
    calendar,
    shades,
)
from observers.register.statistics.figures import Table, count, days, percent
from observers.register.statistics.tables import Source

# The widths for which the chart of days is drawn: a desk and a phone.
WIDE, NARROW = (720, 300), (328, 260)
# So many nominators are drawn; the table has all.
LARGEST = 10


@dataclass(frozen=True)
class Section:
    """`tables` stand under the chart, the first of them as what it shows."""

    key: str
    heading: str
    finding: str
    tables: Sequence[Table]
    bars: Sequence[Bar] = ()
    calendars: Sequence[Calendar] = ()
    tiles: Sequence[Tile] = ()
    note: str = ""
    # Of the chart of days: the number that stands above its highest bar.
    most: str = ""
    mark: str = ""
    ends: Sequence[str] = field(default_factory=tuple)


def sections(source: Source, windows: Sequence[Window]) -> list[Section]:
    making: list[Callable[[], Section]] = [
        lambda: _standing(source),
        lambda: _days(source, windows),
        lambda: _kinds(source),
        lambda: _commissions(source),
        lambda: _times(source),
        lambda: _refusals(source),
        lambda: _appeals(source),
        lambda: _constituencies(source),
        lambda: _nominators(source),
    ]
    return [make() for make in making]


def _standing(source: Source) -> Section:
    table = tables.standing(source)
    return Section(
        "standing", table.title, findings.standing(source), [table], _counted(table, rows=-1)
    )


def _counted(table: Table, *, rows: int | None = None, column: int = 1) -> list[Bar]:
    """Bars of one column of a table of counts; what is hidden has none."""
    lines = []
    for row in table.rows[:rows]:
        number = row[column]
        shown = table.columns[column].shown(number)
        length = float(number) if isinstance(number, int) else 0.0
        lines.append((table.columns[0].shown(row[0]), shown, length))
    return bars(lines)


def _days(source: Source, windows: Sequence[Window]) -> Section:
    table = tables.by_day(source)
    counted = [(row[0], row[1]) for row in table.rows]
    moments = _moments(source.election, windows, counted[0][0] if counted else None)
    drawn = [
        calendar(counted, moments, width=width, height=height) for width, height in (WIDE, NARROW)
    ]
    most = max(source.facts.days.values(), default=0)
    return Section(
        "days",
        table.title,
        findings.days(source),
        [table],
        calendars=drawn if counted else [],
        most=count(most),
        ends=_ends(source.election, counted[0][0]) if counted else (),
    )


def _ends(election: Election, first: datetime.date) -> tuple[str, str]:
    return f"{first:%d.%m.%Y}", f"{election.polling_on:%d.%m.%Y}"


def _moments(
    election: Election, windows: Sequence[Window], first: datetime.date | None
) -> list[tuple[float, str]]:
    """The closings of the calendar and polling day, as days since the first one drawn."""
    if first is None:
        return []
    closings: dict[datetime.datetime, set[str]] = {}
    for window in windows:
        closes_at: datetime.datetime = window.last_closes_at  # type: ignore[attr-defined]
        closings.setdefault(closes_at, set()).add(window.authority)
    words = {
        Authority.CENTRAL: _("central commission closes"),
        Authority.CONSTITUENCY: _("constituency commissions close"),
    }
    found = []
    for closes_at, levels in sorted(closings.items()):
        what = words[Authority(*levels)] if len(levels) == 1 else _("registration closes")
        local = closes_at.astimezone(election.zone)
        # Midnight is the end of the day before.
        day = (local - datetime.timedelta(microseconds=1)).date()
        found.append(((local.date() - first).days + _part_of_day(local), f"{day:%d.%m} {what}"))
    polling = election.polling_on
    found.append(((polling - first).days + 0.5, f"{polling:%d.%m} {_('polling day')}"))
    return found


def _part_of_day(moment: datetime.datetime) -> float:
    return (moment.hour * 60 + moment.minute) / (24 * 60)


def _kinds(source: Source) -> Section:
    table = tables.by_kind(source)
    note = _("The chart shows who is registered, the table also how the other applications stand.")
    return Section(
        "kinds", table.title, findings.kinds(source), [table], _counted(table), note=note
    )


def _commissions(source: Source) -> Section:
    table = tables.by_commission(source)
    return Section("commissions", table.title, findings.commissions(source), [table])


def _times(source: Source) -> Section:
    """The bar ends where half are decided, the line where nine in ten are."""
    by_kind, by_commission = tables.times_by_kind(source), tables.times_by_commission(source)
    rows = [row for row in by_kind.rows if row[2]]
    most = max((row[2] for row in rows), default=1)
    drawn = [
        Bar(
            label=by_kind.columns[0].shown(row[0]),
            shown=days(row[1]),
            width=100 * row[1] / most,
            low=100 * row[1] / most,
            high=100 * row[2] / most,
        )
        for row in rows
    ]
    note = _(
        "Time runs from the application to the first decision, days for corrections included. The "
        "bar ends where half are decided, the thin line where nine in ten are. Within the legal "
        "time is whatever was decided by its last day, which moves on while an application is "
        "returned; what is overdue and undecided counts as late."
    )
    return Section(
        "times",
        _("Time to decide"),
        findings.times(source),
        [by_kind, by_commission],
        drawn,
        note=note,
    )


def _refusals(source: Source) -> Section:
    table = tables.refusals(source)
    note = _(
        "First decisions are counted, whatever became of them on appeal. The range is where the "
        "rate lies with 95 %, if the decisions are taken as a sample of how the commissions decide."
    )
    drawn = _counted(table, column=len(table.columns) - 1) if len(table.columns) > 1 else []
    return Section("refusals", table.title, findings.refusals(source), [table], drawn, note=note)


def _appeals(source: Source) -> Section:
    table = tables.appeals(source)
    drawn = _counted(table) if source.facts.appeals else []
    return Section("appeals", table.title, findings.appeals(source), [table], drawn)


def _constituencies(source: Source) -> Section:
    table = tables.by_constituency(source)
    ratios = [row[4] if isinstance(row[4], float) else None for row in table.rows]
    register = reverse("register:list", args=[source.election.slug])
    tiles = [
        Tile(
            number=str(row[0]),
            name=str(row[1]),
            shown=table.columns[4].shown(row[4]),
            shade=shade,
            url=f"{register}?constituency={row[0]}",
        )
        for row, shade in zip(table.rows, shades(ratios), strict=True)
    ]
    note = _(
        "This is no map: the constituencies stand in the order of their numbers. Each tile has the "
        "number of the constituency and under it its observers per polling station; the stronger "
        "its colour, the more. It leads to them in the register."
    )
    return Section(
        "constituencies",
        table.title,
        findings.constituencies(source),
        [table],
        tiles=tiles,
        note=note,
    )


def _nominators(source: Source) -> Section:
    table, together = tables.nominators(source), tables.nominators_together(source)
    drawn = bars(
        [
            (str(row[0]), f"{count(row[1])} · {percent(row[2])}", row[1])
            for row in table.rows[:LARGEST]
        ]
    )
    return Section(
        "nominators",
        _("Who nominates"),
        findings.nominators(source),
        [table, together],
        drawn,
    )
