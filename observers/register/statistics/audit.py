"""The page of the equality audit, and its two tables."""

from collections.abc import Callable
from dataclasses import dataclass, field

from observers.register.statistics.charts import FULL, Bar
from observers.register.statistics.equality import By, Comparison, compare
from observers.register.statistics.equality_words import (
    comparisons_table,
    lead,
    measure_labels,
    name_of,
    sentence,
    shown,
    side_by_side,
    values,
)
from observers.register.statistics.figures import Quantity, Table
from observers.register.statistics.tables import Source

# So many differences stand above all else; the others in their sections.
MOST_SAID = 10


@dataclass(frozen=True)
class Part:
    """One measure: what was found in words, and as ranges on one scale."""

    key: str
    heading: str
    sentences: list[str]
    ranges: list[Bar] = field(default_factory=list)


@dataclass(frozen=True)
class Audit:
    """Of kinds everything is said in sentences, of commissions what differs."""

    lead: str
    differences: list[str]
    kinds: list[Part]
    commissions: list[Part]
    of_kinds: Table
    of_commissions: Table


def page(source: Source) -> Audit:
    comparisons = _comparisons(source)
    return Audit(
        lead=lead(comparisons),
        differences=[sentence(one, source) for one in comparisons if one.differs][:MOST_SAID],
        kinds=_parts([one for one in comparisons if one.by == By.KIND], source),
        commissions=_parts(
            [one for one in comparisons if one.by == By.COMMISSION and one.differs], source
        ),
        of_kinds=side_by_side(By.KIND, comparisons, source),
        of_commissions=side_by_side(By.COMMISSION, comparisons, source),
    )


def _comparisons(source: Source) -> list[Comparison]:
    """In the order in which kinds and commissions are always named."""
    keys: list[str | int] = [*source.kinds, *source.commissions]
    order = {key: place for place, key in enumerate(keys)}
    return sorted(compare(source.facts), key=lambda one: order[one.key])


def _parts(comparisons: list[Comparison], source: Source) -> list[Part]:
    parts = []
    for measure, heading in measure_labels().items():
        these = [one for one in comparisons if one.measure == measure]
        sentences = [sentence(one, source) for one in these]
        parts.append(Part(measure, heading, sentences, _ranges(these, source)))
    return parts


def _ranges(comparisons: list[Comparison], source: Source) -> list[Bar]:
    """Where each value lies, with its range and the value of all others. What is hidden is left
    out."""
    lines = [(one, _numbers(one, source)) for one in comparisons if one.has_numbers]
    most = max((number for _one, found in lines for number in found), default=0)
    scale = FULL / most if most else 0
    return [
        Bar(
            label=name_of(one, source),
            shown=shown(one, source),
            width=value * scale,
            low=low * scale,
            high=high * scale,
            mark=others * scale,
        )
        for one, (value, low, high, others) in lines
    ]


def _numbers(one: Comparison, source: Source) -> tuple[float, float, float, float]:
    """Value, range, and that of all others; without a range, the value alone is one."""
    value, low, high, others = (
        cell.number if isinstance(cell, Quantity) else None for cell in values(one, source)
    )
    value = value or 0.0
    return value, value if low is None else low, value if high is None else high, others or 0.0


def _table(by: By) -> Callable[[Source], Table]:
    return lambda source: comparisons_table(by, _comparisons(source), source)


TABLES: dict[str, Callable[[Source], Table]] = {f"equality-by-{by.value}": _table(by) for by in By}
