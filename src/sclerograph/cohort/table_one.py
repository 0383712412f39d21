"""Table 1: the patients in all and by group, with what is missing and how far the groups differ."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from sclerograph.cohort.description import (
    CategoricalDescription,
    ContinuousDescription,
    describe_categorical,
    describe_continuous,
    standardised_difference,
    standardised_difference_of_levels,
)
from sclerograph.cohort.plan import Plan, TableOne, Variable

__all__ = ["Characteristic", "Characteristics", "Group", "describe_patients", "groups_of"]

Description = ContinuousDescription | CategoricalDescription


@dataclass(frozen=True)
class Group:
    """Patients who have one value of a variable."""

    label: str
    patients: pd.Index

    @property
    def n(self) -> int:
        """How many they are."""
        return len(self.patients)


@dataclass(frozen=True)
class Characteristic:
    """One variable: in all patients, then in each group.

    ``difference`` is the standardised difference; with more than two groups the greatest between any two.
    """

    variable: Variable
    overall: Description
    by_group: tuple[Description, ...]
    difference: float | None


@dataclass(frozen=True)
class Characteristics:
    """Table 1. ``ungrouped`` counts the patients whose group is not known: they stand among all patients only."""

    title: str
    by: Variable | None
    n: int
    groups: tuple[Group, ...]
    ungrouped: int
    rows: tuple[Characteristic, ...]


def groups_of(variable: Variable, values: pd.Series) -> tuple[Group, ...]:
    """Return the patients by the value of a binary, categorical or ordinal variable, in the order of its levels.

    A binary variable has its "no" group first.
    """
    if variable.kind == "binary":
        return tuple(
            Group(label, values.index[(values == value).to_numpy()])
            for value, label in ((0.0, f"{variable.title}: no"), (1.0, f"{variable.title}: yes"))
        )
    return tuple(Group(level, values.index[(values == level).to_numpy()]) for level in variable.levels)


def describe_patients(plan: Plan, wanted: TableOne, table: pd.DataFrame) -> Characteristics:
    """Return table 1 of the patients in an analysis table."""
    by = None if wanted.by is None else plan.variable(wanted.by)
    groups = () if by is None else groups_of(by, table[by.name])
    rows = []
    for name in wanted.variables:
        variable = plan.variable(name)
        parts = [table.loc[group.patients, name] for group in groups]
        rows.append(
            Characteristic(
                variable,
                _described(variable, table[name]),
                tuple(_described(variable, part) for part in parts),
                _difference(variable, parts),
            )
        )
    ungrouped = len(table) - sum(group.n for group in groups) if groups else 0
    return Characteristics(wanted.title, by, len(table), groups, ungrouped, tuple(rows))


def _described(variable: Variable, values: pd.Series) -> Description:
    if variable.measured:
        return describe_continuous(values)
    if variable.kind == "binary":
        return describe_categorical(values, [0.0, 1.0])
    return describe_categorical(values.astype(object), list(variable.levels))


def _difference(variable: Variable, parts: list[pd.Series]) -> float | None:
    found = []
    for first, second in combinations(parts, 2):
        if variable.measured:
            value = standardised_difference(first, second)
        else:
            value = standardised_difference_of_levels(first.astype(object), second.astype(object))
        if value is not None:
            found.append(abs(value))
    return max(found, default=None)
