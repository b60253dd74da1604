"""The comparisons as a journalist can quote them and a commission can stand by; and as tables."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from observers.register.statistics.equality import By, Comparison, Measure, Verdict
from observers.register.statistics.facts import Group
from observers.register.statistics.figures import (
    DAY,
    Cell,
    Column,
    Form,
    Quantity,
    Table,
    count,
    days_in_words,
    hidden_in_words,
    percent,
    percents,
    ratio,
)
from observers.register.statistics.tables import Source, kind_labels
from observers.register.statistics.withholding import Hidden


def measure_labels() -> dict[str, str]:
    return {
        Measure.REFUSED: _("Refused"),
        Measure.RETURNED: _("Returned for correction"),
        Measure.LATE: _("Decided late, or overdue"),
        Measure.SLOW: _("Time to decide"),
    }


def verdict_labels() -> dict[str, str]:
    return {
        Verdict.MORE: _("More than chance: higher"),
        Verdict.LESS: _("More than chance: lower"),
        Verdict.CHANCE: _("May be chance"),
        Verdict.TOO_FEW: _("Too few to say"),
    }


def sentence(found: Comparison, source: Source) -> str:
    """What was found of one group and one measure, and whether it is more than chance."""
    said = {"what": measure_labels()[found.measure], "group": name_of(found, source)}
    if not found.has_numbers:
        numbers = _without_numbers(found) % said
    elif found.measure == Measure.SLOW:
        numbers = _times(said, found, source)
    else:
        numbers = _rates(said, found)
    return f"{numbers} {_verdict(found)}"


def name_of(found: Comparison, source: Source) -> str:
    if found.by == By.KIND:
        return kind_labels()[str(found.key)]
    return source.names.commissions.get(int(found.key), "")


def _without_numbers(found: Comparison) -> str:
    if found.hidden is Hidden.FEW:
        return _("%(what)s, %(group)s: fewer than 5.")
    if found.hidden:
        return _("%(what)s, %(group)s: the number is withheld.")
    return "%(what)s, %(group)s."


def _rates(said: dict[str, str], found: Comparison) -> str:
    places = found.decimals
    return _("%(what)s, %(group)s: %(rate)s (%(interval)s) against %(others)s of all others.") % {
        **said,
        "rate": percent(found.share.rate, places),
        "interval": percents(found.share.interval, places),
        "others": percent(found.others.rate, places),
    }


def _times(said: dict[str, str], found: Comparison, source: Source) -> str:
    median, low, high, of_all = (_in_days(time) for time in _seconds(found, source))
    said |= {"median": median, "interval": f"{low}–{high}", "all": of_all}
    if low:
        return (
            _(
                "%(what)s, %(group)s: half within %(median)s days (%(interval)s); "
                "of all, half within %(all)s days."
            )
            % said
        )
    return (
        _("%(what)s, %(group)s: half within %(median)s days; of all, half within %(all)s days.")
        % said
    )


def _in_days(seconds: float | None) -> str:
    return "" if seconds is None else ratio(seconds / DAY)


def _seconds(found: Comparison, source: Source) -> tuple[float | None, ...]:
    """The median, where it lies, and that of all."""
    kinds, commissions = source.facts.kinds, source.facts.commissions
    if found.by == By.KIND:
        group = kinds.get(str(found.key), Group())
    else:
        group = commissions.get(int(found.key), Group())
    return group.median, group.median_low, group.median_high, source.facts.everything.median


def _verdict(found: Comparison) -> str:
    return {
        Verdict.MORE: _("Higher than elsewhere: the difference is more than chance."),
        Verdict.LESS: _("Lower than elsewhere: the difference is more than chance."),
        Verdict.CHANCE: _("The difference may be chance."),
        Verdict.TOO_FEW: _("Too few to say."),
    }[found.verdict]


def lead(comparisons: list[Comparison]) -> str:
    """The finding of the whole page."""
    compared = [one for one in comparisons if one.verdict != Verdict.TOO_FEW]
    differ = sum(one.differs for one in compared)
    if not compared:
        return _("There are too few decisions yet to compare anything.")
    of_all = ngettext("of %(all)s comparison", "of %(all)s comparisons", len(compared)) % {
        "all": count(len(compared))
    }
    if not differ:
        return _("No difference is more than chance, %(of_all)s.") % {"of_all": of_all}
    return ngettext(
        "%(n)s difference is more than chance, %(of_all)s.",
        "%(n)s differences are more than chance, %(of_all)s.",
        differ,
    ) % {"n": count(differ), "of_all": of_all}


def shown(found: Comparison, source: Source) -> str:
    """The value and its range, beside its place in the chart."""
    if found.measure != Measure.SLOW:
        rate, interval = found.share.rate, found.share.interval
        return f"{percent(rate, found.decimals)} ({percents(interval, found.decimals)})"
    median, low, high, _of_all = (_in_days(time) for time in _seconds(found, source))
    return days_in_words(f"{median} ({low}–{high})" if low else median)


# --- As tables ------------------------------------------------------------------------------------


def comparisons_table(by: By, comparisons: list[Comparison], source: Source) -> Table:
    """A line for each group and measure. Of times, the values are days, of the rest, shares."""
    titles = {
        By.KIND: _("Equality audit, by kind of nominator"),
        By.COMMISSION: _("Equality audit, by commission"),
    }
    heading = _("Nominated by") if by == By.KIND else _("Commission")
    measures = {APPROVED: pgettext("number", "Registered"), **measure_labels()}
    columns = (
        Column(by.value, heading, labels=kind_labels() if by == By.KIND else {}),
        Column("measure", _("What"), labels=measures),
        Column("value", _("Value"), Form.QUANTITY),
        Column("low", _("At least"), Form.QUANTITY),
        Column("high", _("At most"), Form.QUANTITY),
        Column("others", _("All others"), Form.QUANTITY),
        Column("verdict", _("Difference"), labels=verdict_labels()),
    )
    theirs = [found for found in comparisons if found.by == by]
    rows = [line for found in theirs for line in _lines(found, source)]
    return Table(f"equality-by-{by.value}", titles[by], columns, rows)


def side_by_side(by: By, comparisons: list[Comparison], source: Source) -> Table:
    """A line for each group, as the page has it; the files have more, a line for each measure."""
    whole = comparisons_table(by, [], source)
    columns = [
        whole.columns[0],
        *(Column(name, heading) for name, heading in measure_labels().items()),
    ]
    rows: dict[str | int, list[Cell]] = {}
    for found in comparisons:
        if found.by == by:
            name = str(found.key) if by == By.KIND else name_of(found, source)
            rows.setdefault(found.key, [name]).append(_in_short(found, source))
    return Table(whole.name, whole.title, columns, list(rows.values()))


def _in_short(found: Comparison, source: Source) -> Cell:
    if not found.has_numbers:
        said = hidden_in_words(found.hidden) if found.hidden else "–"
    else:
        said = shown(found, source)
    return f"{said}. {verdict_labels()[found.verdict]}" if found.differs else said


def _lines(found: Comparison, source: Source) -> list[tuple[Cell, ...]]:
    """A refusal and an approval are one comparison, and two lines."""
    name = str(found.key) if found.by == By.KIND else name_of(found, source)
    here = values(found, source)
    lines: list[tuple[Cell, ...]] = [(name, found.measure.value, *here, found.verdict.value)]
    if found.measure == Measure.REFUSED:
        value, low, high, others = (_rest(cell) for cell in here)
        mirrored = _MIRRORED.get(found.verdict, found.verdict).value
        lines.insert(0, (name, APPROVED, value, high, low, others, mirrored))
    return lines


APPROVED = "approved_share"
_MIRRORED = {Verdict.MORE: Verdict.LESS, Verdict.LESS: Verdict.MORE}


def _rest(cell: Cell) -> Cell:
    return Quantity(1 - cell.number, cell.form) if isinstance(cell, Quantity) else cell


def values(found: Comparison, source: Source) -> tuple[Cell, ...]:
    """The value, its range from and to, and that of all others."""
    if not found.has_numbers:
        return found.hidden, None, None, None
    if found.measure == Measure.SLOW:
        times = _seconds(found, source)
        return tuple(None if time is None else Quantity(time / DAY, Form.DAYS) for time in times)
    interval, form = found.share.interval, Form.SHARE if found.decimals else Form.WHOLE_SHARE
    shares = (found.share.rate, interval.low, interval.high, found.others.rate)
    return tuple(Quantity(share, form) for share in shares)
