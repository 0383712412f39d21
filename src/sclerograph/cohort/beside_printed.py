"""Figures of this cohort beside those that a paper prints: do they agree, and can the printed ones be right?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sclerograph.cohort.frequency import frequency_of
from sclerograph.cohort.granularity import ImpossiblePercentage, impossible_percentage
from sclerograph.cohort.number_format import round_half_up
from sclerograph.cohort.pairs import Pair, tested_pair
from sclerograph.cohort.plan import Plan, PrintedFigures, PrintedMean, PrintedP, PrintedShare, Variable
from sclerograph.cohort.proportion import Proportion

__all__ = ["AGREEMENT_RULE", "BesidePrinted", "MeanBeside", "PBeside", "ShareBeside", "beside_printed"]

#: When two p values count as equal, as a sentence for the report.
AGREEMENT_RULE = (
    "A share agrees when it rounds to the printed digits; a p value when it lies on the same side of 0.05 and within "
    "half an order of magnitude (a factor of 3.2) of the printed one, or below it where only a bound is printed."
)
_SIGNIFICANCE = 0.05
_HALF_AN_ORDER = 0.5


@dataclass(frozen=True)
class ShareBeside:
    """A printed share and that of this cohort.

    ``impossible`` says why the printed percentage is no count of its n; ``agrees`` is then ``None``, as nothing can
    agree with it.
    """

    printed: PrintedShare
    variable: Variable
    own: Proportion
    impossible: ImpossiblePercentage | None

    @property
    def agrees(self) -> bool | None:
        """Whether this cohort's share rounds to the printed digits."""
        if self.impossible is not None:
            return None
        if self.printed.count is not None and (self.own.successes, self.own.n) != (self.printed.count, self.printed.n):
            return False
        if self.printed.percent is None or self.own.share is None:
            return self.printed.percent is None
        digits = self.printed.percent.rstrip("% ").replace(",", ".")
        decimals = len(digits.partition(".")[2])
        return round_half_up(100.0 * self.own.successes / self.own.n, decimals) == round_half_up(
            float(digits), decimals
        )


@dataclass(frozen=True)
class MeanBeside:
    """A printed mean and that of this cohort."""

    printed: PrintedMean
    variable: Variable
    own: float | None

    @property
    def agrees(self) -> bool:
        """Whether this cohort's mean rounds to the printed digits."""
        decimals = len(self.printed.mean.partition(".")[2])
        return self.own is not None and str(round_half_up(self.own, decimals)) == self.printed.mean


@dataclass(frozen=True)
class PBeside:
    """A printed p value and that of this cohort, with its test."""

    printed: PrintedP
    pair: Pair

    @property
    def bound_only(self) -> bool:
        """Whether the paper prints an upper bound and not the value."""
        return self.printed.p.startswith("<")

    @property
    def value(self) -> float:
        """The printed number."""
        return float(self.printed.p.lstrip("<"))

    @property
    def agrees(self) -> bool:
        """Whether both say the same, by :data:`AGREEMENT_RULE`."""
        own = self.pair.test.p
        if own is None:
            return False
        if self.bound_only:
            return own < self.value
        same_side = (own < _SIGNIFICANCE) == (self.value < _SIGNIFICANCE)
        return same_side and own > 0.0 and abs(math.log10(own / self.value)) <= _HALF_AN_ORDER


@dataclass(frozen=True)
class BesidePrinted:
    """Everything that a plan quotes from a paper, beside what was found here."""

    source: str
    notes: tuple[str, ...]
    shares: tuple[ShareBeside, ...]
    means: tuple[MeanBeside, ...]
    p_values: tuple[PBeside, ...]

    @property
    def impossible(self) -> tuple[ShareBeside, ...]:
        """The shares that no count gives."""
        return tuple(share for share in self.shares if share.impossible is not None)

    @property
    def disagreements(self) -> int:
        """How many figures disagree; impossible ones do not count."""
        verdicts = [each.agrees for each in self.shares]
        verdicts += [each.agrees for each in self.means]
        verdicts += [each.agrees for each in self.p_values]
        return verdicts.count(False)


def beside_printed(plan: Plan, quoted: PrintedFigures, table: pd.DataFrame) -> BesidePrinted:
    """Return the printed figures of a plan beside those of its cohort."""
    level = plan.confidence_level
    shares = tuple(
        ShareBeside(
            printed,
            plan.variable(printed.variable),
            frequency_of(table[printed.variable], level),
            None if printed.percent is None else impossible_percentage(printed.percent, printed.n),
        )
        for printed in quoted.shares
    )
    means = []
    for mean in quoted.means:
        values = table[mean.variable].dropna()
        means.append(MeanBeside(mean, plan.variable(mean.variable), float(values.mean()) if len(values) else None))
    p_values = tuple(
        PBeside(printed, tested_pair(plan.variable(printed.exposure), plan.variable(printed.outcome), table, level))
        for printed in quoted.p_values
    )
    return BesidePrinted(quoted.source, quoted.notes, shares, tuple(means), p_values)
