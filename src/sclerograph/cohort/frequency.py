"""How frequent findings are: counts with Wilson's intervals, in all patients and by group."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sclerograph.cohort.plan import Plan, Prevalence, Variable
from sclerograph.cohort.proportion import Proportion, wilson
from sclerograph.cohort.published import PublishedFigure, published_prevalence
from sclerograph.cohort.table_one import Group, groups_of

__all__ = ["Frequencies", "Frequency", "count_findings", "frequency_of"]


@dataclass(frozen=True)
class Frequency:
    """One finding: overall and in each group; ``published`` holds the figures that it is drawn among."""

    variable: Variable
    overall: Proportion
    missing: int
    by_group: tuple[Proportion, ...]
    published: tuple[PublishedFigure, ...] = ()


@dataclass(frozen=True)
class Frequencies:
    """All findings of a plan's prevalence; ``groups`` names the columns of ``by_group``."""

    title: str
    groups: tuple[Group, ...]
    rows: tuple[Frequency, ...]


def frequency_of(values: pd.Series, level: float) -> Proportion:
    """Return how many of those whose value is known have a binary finding."""
    known = values.notna()
    return wilson(int((values == 1.0).sum()), int(known.sum()), level)


def count_findings(plan: Plan, wanted: Prevalence, table: pd.DataFrame) -> Frequencies:
    """Count the findings that a plan asks for.

    Raises
    ------
    UsageError
        A published figure is asked for that the reference set does not have.
    """
    groups = tuple(group for name in wanted.by for group in groups_of(plan.variable(name), table[name]))
    level = plan.confidence_level
    rows = []
    for name in wanted.variables:
        values = table[name]
        finding = wanted.published.get(name)
        rows.append(
            Frequency(
                plan.variable(name),
                frequency_of(values, level),
                int(values.isna().sum()),
                tuple(frequency_of(values.loc[group.patients], level) for group in groups),
                () if finding is None else published_prevalence(finding),
            )
        )
    return Frequencies(wanted.title, groups, tuple(rows))
