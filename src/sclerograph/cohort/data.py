"""The analysis table: one row a patient, each variable typed and checked, and who was taken into the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sclerograph.cohort.plan import Plan, Step, Variable
from sclerograph.cohort.source import SourceRecord, SourceTable, read_long_table, read_source
from sclerograph.errors import UsageError

__all__ = ["Cohort", "FlowStep", "load_cohort"]


@dataclass(frozen=True)
class FlowStep:
    """One criterion of the population: who met it, who did not, and of whom it is not known."""

    label: str
    kept: int
    excluded: int
    unknown: int


@dataclass(frozen=True)
class Cohort:
    """The patients of an analysis.

    ``table`` has one row a patient, indexed by pseudonym, and one column for each variable of the plan: 0.0 and 1.0
    for binary ones, floats for measurements, ordered or plain categories for classes; NaN where a value is missing.
    ``long`` holds the long tables by name, of these patients only, with their pseudonym in the column ``patient``.
    """

    table: pd.DataFrame
    long: Mapping[str, pd.DataFrame]
    described_as: str
    available: int
    flow: tuple[FlowStep, ...]
    sources: tuple[SourceRecord, ...]

    def column(self, name: str) -> pd.Series:
        """Return one variable."""
        return self.table[name]


def load_cohort(plan: Plan, folder: Path) -> Cohort:
    """Read, type and check the data of a plan, and keep the patients of its population.

    Parameters
    ----------
    plan
        What is asked for.
    folder
        The folder of the plan, from which relative paths start.

    Raises
    ------
    UsageError
        A file cannot be read or a value does not fit its variable; the message names row and column, not the value.
        Nobody is left by the criteria.
    """
    columns = list(dict.fromkeys(variable.column or variable.name for variable in plan.variables))
    source = read_source(plan.data, columns, folder)
    typed = {variable.name: _typed(variable, source, plan.data.decimal) for variable in plan.variables}
    table = pd.DataFrame(typed)
    table.index = source.patients.rename("patient")
    kept, flow = _flow(plan, table, source)
    table = table[kept]
    if table.empty:
        raise UsageError(f"{source.name}: no patient meets the criteria of the population; check population.steps")
    long, records = {}, list(source.records)
    for each in plan.data.long:
        rows, record = read_long_table(each, plan.data, folder, source)
        unknown = int((~rows["patient"].isin(source.patients)).sum())
        if unknown:
            raise UsageError(
                f"{record.name}: {unknown} rows are of patients who are not in {source.name}: they would go uncounted; "
                "add the patients, or take the rows out"
            )
        long[each.name] = rows[rows["patient"].isin(table.index)].reset_index(drop=True)
        records.append(record)
    return Cohort(table, long, plan.population.described_as, len(kept), flow, tuple(records))


def _typed(variable: Variable, source: SourceTable, decimal: str) -> pd.Series:
    """Return one variable of its type."""
    column = variable.column or variable.name
    texts = source.texts[column]
    missing = (texts == "").to_numpy()
    if variable.kind == "binary":
        lower = texts.str.lower()
        yes = lower.isin([_plain(text) for text in variable.yes]).to_numpy()
        no = lower.isin([_plain(text) for text in variable.no]).to_numpy()
        # numbers that were read as decimals: 1.0 is the answer 1
        shortened = lower.str.removesuffix(".0")
        yes |= shortened.isin([_plain(text) for text in variable.yes]).to_numpy()
        no |= shortened.isin([_plain(text) for text in variable.no]).to_numpy()
        _refuse(~(yes | no | missing), source, column, f"is neither of {_listed(variable.yes + variable.no)}")
        return pd.Series(np.where(missing, np.nan, yes.astype(float)))
    if variable.kind in ("categorical", "ordinal"):
        known = texts.isin(variable.levels).to_numpy()
        _refuse(~(known | missing), source, column, f"is none of the levels {_listed(variable.levels)}")
        return pd.Series(
            pd.Categorical(texts.mask(missing), categories=list(variable.levels), ordered=variable.kind == "ordinal")
        )
    numbers = _numbers(texts, decimal)
    _refuse(np.isnan(numbers) & ~missing, source, column, "is no number")
    if variable.kind == "count":
        _refuse((numbers != np.floor(numbers)) & ~missing, source, column, "is no whole number")
    if variable.low is not None:
        _refuse(numbers < variable.low, source, column, f"is below {variable.low:g}, the least that can be")
    if variable.high is not None:
        _refuse(numbers > variable.high, source, column, f"is above {variable.high:g}, the most that can be")
    return pd.Series(numbers)


def _numbers(texts: pd.Series, decimal: str) -> NDArray[np.float64]:
    """Return texts as numbers; NaN for what is none, infinity included."""
    plain = texts.str.replace(",", ".", regex=False) if decimal == "," else texts
    values = pd.to_numeric(plain.where(plain != ""), errors="coerce").to_numpy(float)
    return np.where(np.isfinite(values), values, np.nan)


def _plain(text: str) -> str:
    return text.strip().lower()


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _refuse(wrong: NDArray[np.bool_], source: SourceTable, column: str, what: str) -> None:
    """Raise :class:`UsageError` for the first wrong cell of a column; the value itself is not repeated."""
    rows = wrong.nonzero()[0]
    if rows.size:
        more = f" (and {rows.size - 1} more in this column)" if rows.size > 1 else ""
        raise UsageError(f"{source.name}: {source.row(int(rows[0]))}, column {column!r}: the value {what}{more}")


def _flow(plan: Plan, table: pd.DataFrame, source: SourceTable) -> tuple[NDArray[np.bool_], tuple[FlowStep, ...]]:
    """Return which patients are kept, and how many each criterion left."""
    kept = np.ones(len(table), bool)
    steps = []
    for step in plan.population.steps:
        variable = plan.variable(step.variable)
        values = table[step.variable]
        missing = values.isna().to_numpy()
        meets = _meets(step, values, source.texts[variable.column or variable.name]) & ~missing
        unknown = int((kept & missing).sum())
        excluded = int((kept & ~missing & ~meets).sum())
        kept &= meets
        steps.append(FlowStep(step.label, int(kept.sum()), excluded, unknown))
    return kept, tuple(steps)


def _meets(step: Step, values: pd.Series, texts: pd.Series) -> NDArray[np.bool_]:
    """Return who meets a criterion; whoever has no value is dealt with by the caller."""
    meets = np.ones(len(values), bool)
    if step.at_least is not None:
        meets &= values.to_numpy(float) >= step.at_least
    if step.at_most is not None:
        meets &= values.to_numpy(float) <= step.at_most
    if step.one_of:
        meets &= texts.isin(step.one_of).to_numpy()
    return meets
