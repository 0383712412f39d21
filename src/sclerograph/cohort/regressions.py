"""The regressions of a plan: from its variables to a design, the fit, and the fit to imputed data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sclerograph.cohort.clustered import ClusteredResult, fit_clustered
from sclerograph.cohort.cox import CoxResult, fit_cox
from sclerograph.cohort.design import indicator_columns
from sclerograph.cohort.imputation import impute, plan_imputation
from sclerograph.cohort.logistic import LogisticResult, fit_logistic
from sclerograph.cohort.plan import Model, Plan
from sclerograph.cohort.pooling import PooledLogistic, fit_logistic_imputed
from sclerograph.errors import UsageError

__all__ = ["Regression", "check_columns", "run_model"]

Fit = LogisticResult | CoxResult | ClusteredResult


@dataclass(frozen=True)
class Regression:
    """A fitted model.

    ``labels`` gives each column of the design in words; ``pooled`` is the same model over imputed tables, where that
    was asked for and something was missing, ``not_imputed`` why it is not there.
    """

    wanted: Model
    fit: Fit
    labels: Mapping[str, str]
    pooled: PooledLogistic | None = None
    imputation_notes: tuple[str, ...] = ()


def run_model(plan: Plan, wanted: Model, table: pd.DataFrame, long: Mapping[str, pd.DataFrame]) -> Regression:
    """Fit one model of a plan.

    Parameters
    ----------
    plan, wanted
        The plan and the model of it.
    table, long
        The analysis table and the long tables.

    Raises
    ------
    UsageError
        A column of a long table is missing, or a column cannot be a covariate.
    """
    level = plan.confidence_level
    if wanted.table is not None:
        return _clustered(plan, wanted, table, long[wanted.table], level)
    terms = list(wanted.terms)
    labels = _labels(plan, terms)
    design = _design(table[terms])
    if wanted.kind == "cox":
        time, event = table[str(wanted.time)], table[str(wanted.event)]
        return Regression(wanted, fit_cox(time, event, design, wanted.penalty, level=level), labels)
    outcome = str(wanted.outcome)
    fit = fit_logistic(table[outcome], design, wanted.penalty, level)
    if not wanted.impute:
        return Regression(wanted, fit, labels)
    frame = table[[*terms, outcome]]
    if not frame.isna().any(axis=None):
        return Regression(wanted, fit, labels, None, ("Nothing is missing, so nothing was imputed.",))
    imputed = impute(frame, plan.missing.imputations, plan.missing.rounds, plan.seed)
    pooled = fit_logistic_imputed([(t[outcome], _design(t[terms])) for t in imputed], wanted.penalty, level)
    settings = (
        f"{plan.missing.imputations} tables by chained equations, {plan.missing.rounds} rounds each, seed {plan.seed}; "
        "pooled by Rubin's rules. Values are taken to be missing at random given the variables of the model."
    )
    return Regression(wanted, fit, labels, pooled, (settings, *plan_imputation(frame).warnings))


def _design(frame: pd.DataFrame) -> pd.DataFrame:
    """Return numbers as they are and categories as columns of 0 and 1; the first level is the reference."""
    classes = [str(name) for name in frame if not pd.api.types.is_numeric_dtype(frame[name].dtype)]
    references = {
        name: str(frame[name].cat.categories[0])
        for name in classes
        if isinstance(frame[name].dtype, pd.CategoricalDtype)
    }
    return indicator_columns(frame, classes, references)


def check_columns(plan: Plan, wanted: Model, rows: pd.DataFrame) -> None:
    """Raise ``UsageError`` where a model of clusters asks for what neither its long table nor the plan has."""
    known = {variable.name for variable in plan.variables}
    for name in (*wanted.terms, str(wanted.outcome)):
        if name not in rows and name not in known:
            raise UsageError(
                f'the model "{wanted.title}" asks for {name!r}, which is no column of {wanted.table} and no variable; '
                "correct its terms"
            )


def _clustered(plan: Plan, wanted: Model, table: pd.DataFrame, rows: pd.DataFrame, level: float) -> Regression:
    check_columns(plan, wanted, rows)
    # the table of patients in the order of the rows: many rows, one patient
    frame = pd.DataFrame(
        {name: rows[name] if name in rows else table[name].reindex(rows["patient"]).array for name in wanted.terms},
        index=rows.index,
    )
    fit = fit_clustered(
        _column(rows, str(wanted.outcome), table),
        _design(frame),
        rows["patient"],
        "logistic" if wanted.kind == "clustered_logistic" else "linear",
        level=level,
    )
    return Regression(wanted, fit, _labels(plan, list(wanted.terms), frame))


def _column(rows: pd.DataFrame, name: str, table: pd.DataFrame) -> pd.Series:
    if name in rows:
        return rows[name]
    return pd.Series(table[name].reindex(rows["patient"]).to_numpy(), index=rows.index)


def _labels(plan: Plan, terms: Sequence[str], frame: pd.DataFrame | None = None) -> dict[str, str]:
    """Return what each column of a design is called: measurements by their unit, classes beside their reference."""
    known = {variable.name: variable for variable in plan.variables}
    labels: dict[str, str] = {}
    for name in terms:
        variable = known.get(name)
        title = name.replace("_", " ").capitalize() if variable is None else variable.title
        if frame is not None and isinstance(frame[name].dtype, pd.CategoricalDtype):
            levels = [str(level) for level in frame[name].cat.categories]
        else:
            levels = [] if variable is None else list(variable.levels)
        if levels:
            labels |= {f"{name}: {level}": f"{title}: {level} against {levels[0]}" for level in levels[1:]}
        elif variable is not None and variable.measured:
            unit = variable.unit or "unit"
            labels[name] = f"{title}, per {'year' if unit == 'years' else 'point' if unit == 'points' else unit}"
        else:
            labels[name] = title
    return labels
