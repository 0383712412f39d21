"""Pairs of variables tested as one family: associations, comparisons and correlations, raw p beside adjusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from sclerograph.cohort import plan as plans
from sclerograph.cohort.continuous import Correlation, GroupComparison, compare_groups, correlate
from sclerograph.cohort.interval import TestResult
from sclerograph.cohort.multiplicity import benjamini_hochberg
from sclerograph.cohort.plan import Plan, Variable
from sclerograph.cohort.two_by_two import Association, associate

__all__ = ["Family", "Pair", "associate_columns", "compare_columns", "run_families", "tested_pair"]

Result = Association | GroupComparison | Correlation


@dataclass(frozen=True)
class Pair:
    """Two variables and their test.

    ``first`` is the exposure, the measurement or the first of two measurements; ``missing`` counts the patients left
    out because one of the two is not known. ``adjusted_p`` is that of Benjamini and Hochberg within the family.
    """

    first: Variable
    second: Variable
    result: Result
    missing: int
    adjusted_p: float | None = None

    @property
    def test(self) -> TestResult:
        """The test behind the p value."""
        return self.result.test


@dataclass(frozen=True)
class Family:
    """Pairs that were tested together."""

    title: str
    kind: str
    pairs: tuple[Pair, ...]


def associate_columns(exposure: pd.Series, outcome: pd.Series, level: float) -> Association:
    """Return the association of two binary columns over the patients for whom both are known."""
    known = (exposure.notna() & outcome.notna()).to_numpy()
    exposed, has = (exposure == 1.0).to_numpy()[known], (outcome == 1.0).to_numpy()[known]
    cells = (exposed & has, exposed & ~has, ~exposed & has, ~exposed & ~has)
    a, b, c, d = (int(cell.sum()) for cell in cells)
    return associate(a, b, c, d, level)


def compare_columns(measurement: pd.Series, group: pd.Series, level: float) -> GroupComparison:
    """Return a measurement compared between those with a finding (first) and those without."""
    return compare_groups(measurement[group == 1.0], measurement[group == 0.0], level)


def tested_pair(first: Variable, second: Variable, table: pd.DataFrame, level: float) -> Pair:
    """Return two variables with the test that their kinds ask for.

    Two binary ones are associated, a binary one and a measurement are compared by group (whichever comes first), two
    measurements are correlated.
    """
    columns = table[first.name], table[second.name]
    missing = int((columns[0].isna() | columns[1].isna()).sum())
    result: Result
    if first.kind == second.kind == "binary":
        result = associate_columns(*columns, level)
    elif first.kind == "binary":
        result = compare_columns(columns[1], columns[0], level)
    elif second.kind == "binary":
        result = compare_columns(*columns, level)
    else:
        result = correlate(*columns, level)
    return Pair(first, second, result, missing)


def run_families(
    plan: Plan, table: pd.DataFrame, told: Callable[[str], None]
) -> tuple[tuple[Family, ...], tuple[Family, ...], tuple[Family, ...]]:
    """Return the associations, the comparisons and the correlations of a plan.

    Parameters
    ----------
    plan, table
        What is asked for, and the analysis table.
    told
        Is called with the title of each family before it is tested.
    """

    def family(title: str, kind: str, first: Sequence[str], second: Sequence[str]) -> Family:
        told(title)
        pairs = [
            tested_pair(plan.variable(one), plan.variable(other), table, plan.confidence_level)
            for one in first
            for other in second
            if one != other
        ]
        adjusted = benjamini_hochberg([pair.test.p for pair in pairs])
        return Family(title, kind, tuple(replace(p, adjusted_p=q) for p, q in zip(pairs, adjusted, strict=True)))

    def association(wanted: plans.Association) -> Family:
        return family(wanted.title, "association", wanted.exposures, wanted.outcomes)

    def comparison(wanted: plans.Comparison) -> Family:
        return family(wanted.title, "comparison", wanted.measurements, wanted.groups)

    def correlation(wanted: plans.Correlation) -> Family:
        return family(wanted.title, "correlation", wanted.first, wanted.second)

    return (
        tuple(association(wanted) for wanted in plan.associations),
        tuple(comparison(wanted) for wanted in plan.comparisons),
        tuple(correlation(wanted) for wanted in plan.correlations),
    )
