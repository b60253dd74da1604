"""Whether everybody is treated alike: each kind of nominator, and each commission, held against
all others. Pure.

Four questions are asked of each: are more (or fewer) refused, returned for correction, decided
late; and do more wait longer than half of all did. All of them are asked at once, so all of them
are corrected together (`chance.more_than_chance`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from observers.register.statistics.chance import Share, more_than_chance, p_value
from observers.register.statistics.facts import Facts, Group
from observers.register.statistics.hiding import Key, Public, public
from observers.register.statistics.withholding import Hidden

# A share of fewer than so many would tell how many they are exactly, and so who was not registered.
FEWEST_FOR_RATES = 50
# A time of fewer is the time of somebody.
FEWEST_FOR_TIMES = 10


class Measure(StrEnum):
    """Their names say the unit of their numbers in the files."""

    REFUSED = "refused_share"
    RETURNED = "returned_share"
    LATE = "late_share"
    # Compared is who waited longer than half of all did; shown, within what time half are decided.
    SLOW = "median_days"


class Verdict(StrEnum):
    MORE = "more"
    LESS = "less"
    # As far as can be told, they may be treated alike.
    CHANCE = "chance"
    TOO_FEW = "too_few"


class By(StrEnum):
    KIND = "kind"
    COMMISSION = "commission"


@dataclass(frozen=True)
class Comparison:
    """One group and one measure against all others. `hidden`: its numbers are not shown, only
    what they came to."""

    by: By
    key: str | int
    measure: Measure
    share: Share
    others: Share
    hidden: Hidden | None = None
    verdict: Verdict = Verdict.TOO_FEW

    @property
    def differs(self) -> bool:
        return self.verdict in (Verdict.MORE, Verdict.LESS)

    @property
    def decimals(self) -> int:
        """Of its rate in per cent: a finer one of who was late would tell how many were decided."""
        return 0 if self.measure == Measure.LATE else 1

    @property
    def has_numbers(self) -> bool:
        """Whether its rate and its interval may be shown."""
        if self.measure == Measure.SLOW:
            return self.share.whole >= FEWEST_FOR_TIMES
        if self.measure == Measure.LATE:
            return self.share.whole >= FEWEST_FOR_RATES
        return self.hidden is None and self.share.whole > 0


def compare(facts: Facts) -> list[Comparison]:
    """Kinds first; the measures of each in their order."""
    asked = [*_of(By.KIND, facts.kinds, facts), *_of(By.COMMISSION, facts.commissions, facts)]
    differ = more_than_chance([p_value(one.share, one.others) for one in asked])
    return [
        replace(one, verdict=_verdict(one, found)) for one, found in zip(asked, differ, strict=True)
    ]


def _of(by: By, groups: Mapping[Key, Group], facts: Facts) -> Iterator[Comparison]:
    shown, of_all = public(groups), _shares(facts.everything)
    for key, group in groups.items():
        for measure, share in _shares(group).items():
            others = share.others(of_all[measure])
            yield Comparison(by, key, measure, share, others, _hidden(shown[key], measure))


def _shares(group: Group) -> dict[Measure, Share]:
    return {
        Measure.REFUSED: group.refusals,
        Measure.RETURNED: group.returns,
        Measure.LATE: group.lateness,
        Measure.SLOW: group.slowness,
    }


def _hidden(shown: Public, measure: Measure) -> Hidden | None:
    """Whether a commission is late is about the commission, and hides nobody."""
    counts = {Measure.REFUSED: shown.first_refused, Measure.RETURNED: shown.was_returned}
    counted = counts.get(measure)
    return counted if isinstance(counted, Hidden) else None


def _verdict(one: Comparison, differs: bool) -> Verdict:
    if p_value(one.share, one.others) is None:
        return Verdict.TOO_FEW
    if not differs:
        return Verdict.CHANCE
    return Verdict.MORE if one.share.rate > one.others.rate else Verdict.LESS
