"""Rubin's rules: one answer from the analyses of several imputed tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sclerograph.cohort.logistic import LogisticResult, fit_logistic
from sclerograph.cohort.penalty import Penalty
from sclerograph.cohort.term import Term, term_not_estimated, wald_term
from sclerograph.errors import UsageError

__all__ = ["PooledEstimate", "PooledLogistic", "PooledTerm", "fit_logistic_imputed", "pool_estimates", "pool_terms"]


@dataclass(frozen=True)
class PooledEstimate:
    """One quantity, estimated in several imputed tables."""

    estimate: float
    standard_error: float
    #: Degrees of freedom of Student's t; infinite where the tables agree and nothing else bounds them.
    degrees: float
    #: The share of the information about this quantity that was lost with the missing values.
    missing_information: float


@dataclass(frozen=True)
class PooledTerm:
    """One coefficient of a model fitted to several imputed tables."""

    term: Term
    #: As in :class:`PooledEstimate`; ``None`` where the coefficient was not estimated in every table.
    missing_information: float | None


@dataclass(frozen=True)
class PooledLogistic:
    """A logistic regression fitted to several imputed tables."""

    terms: tuple[PooledTerm, ...]
    intercept: PooledTerm
    method: str
    penalty: str
    warnings: tuple[str, ...]
    #: Patients in each table, and the tables.
    n: int
    imputations: int
    converged: bool


def pool_estimates(
    estimates: Sequence[float], standard_errors: Sequence[float], complete_degrees: float = math.inf
) -> PooledEstimate:
    """Pool one quantity by Rubin's rules.

    Parameters
    ----------
    estimates, standard_errors
        One of each for each table, at least two.
    complete_degrees
        Degrees of freedom there would be without missing values (Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948).

    Raises
    ------
    UsageError
        With fewer than two tables.
    """
    m = len(estimates)
    if m < 2:
        raise UsageError(f"{m} imputed tables cannot be pooled: their spread is needed; impute at least two")
    values = np.asarray(estimates, dtype=np.float64)
    within = float(np.mean(np.square(standard_errors)))
    between = float(values.var(ddof=1)) * (1.0 + 1.0 / m)
    total = within + between
    lost = between / total if total > 0.0 else 0.0
    by_spread = (m - 1) / lost**2 if lost > 0.0 else math.inf
    if math.isinf(complete_degrees):
        degrees = by_spread
    else:
        observed = (complete_degrees + 1.0) / (complete_degrees + 3.0) * complete_degrees * (1.0 - lost)
        degrees = observed if math.isinf(by_spread) else by_spread * observed / (by_spread + observed)
    if lost > 0.0 and degrees > 0.0:
        increase = between / within if within > 0.0 else math.inf
        information = 1.0 if math.isinf(increase) else (increase + 2.0 / (degrees + 3.0)) / (increase + 1.0)
    else:
        information = 0.0
    return PooledEstimate(float(values.mean()), math.sqrt(total), degrees, information)


def pool_terms(
    fits: Sequence[Sequence[Term]], complete_degrees: float = math.inf, level: float = 0.95
) -> tuple[PooledTerm, ...]:
    """Pool the terms of one model fitted to several tables.

    Parameters
    ----------
    fits
        The terms of each table, the same names in the same order.
    complete_degrees
        As in :func:`pool_estimates`.
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        Where the models differ in their terms, or there are fewer than two.
    """
    if len({tuple(term.name for term in fit) for fit in fits}) > 1:
        raise UsageError("imputed tables were fitted with different terms: they cannot be pooled; use one design")
    if len(fits) < 2:
        raise UsageError(f"{len(fits)} imputed tables cannot be pooled: their spread is needed; impute at least two")
    return tuple(_pool(same, complete_degrees, level) for same in zip(*fits, strict=True))


def _pool(same: Sequence[Term], complete_degrees: float, level: float) -> PooledTerm:
    estimates = [term.estimate for term in same if term.estimate is not None]
    errors = [term.standard_error for term in same if term.standard_error is not None]
    if len(estimates) < len(same) or len(errors) < len(same):
        without = [term for term in same if term.estimate is None or term.standard_error is None]
        reason = f"not estimated in {len(without)} of {len(same)} imputed tables: {without[0].test.note}"
        return PooledTerm(term_not_estimated(same[0].name, reason), None)
    pooled = pool_estimates(estimates, errors, complete_degrees)
    degrees = None if math.isinf(pooled.degrees) else pooled.degrees
    term = wald_term(
        same[0].name,
        pooled.estimate,
        pooled.standard_error,
        level,
        as_ratio=same[0].ratio is not None,
        degrees=degrees,
    )
    return PooledTerm(replace(term, interval_method="Rubin's rules"), pooled.missing_information)


def fit_logistic_imputed(
    tables: Sequence[tuple[ArrayLike | pd.Series, pd.DataFrame]], penalty: Penalty = "auto", level: float = 0.95
) -> PooledLogistic:
    """Fit one logistic regression to several imputed tables and pool it.

    Parameters
    ----------
    tables
        The outcome and the design of each.
    penalty
        As in :func:`~sclerograph.cohort.logistic.fit_logistic`; where ``auto`` chooses Firth's for one table it is used
        for all.
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        With fewer than two tables.
    """
    if len(tables) < 2:
        raise UsageError(f"{len(tables)} imputed tables cannot be pooled: their spread is needed; impute at least two")
    fits = [fit_logistic(outcome, design, penalty, level) for outcome, design in tables]
    firth = any(fit.penalty == "firth" for fit in fits)
    if firth:
        fits = [
            fit if fit.penalty == "firth" else fit_logistic(outcome, design, "firth", level)
            for fit, (outcome, design) in zip(fits, tables, strict=True)
        ]
    warnings = list(dict.fromkeys(warning for fit in fits for warning in fit.warnings))
    if firth:
        warnings.append("intervals pooled by Rubin's rules are symmetric, unlike those of Firth's penalty in one table")
    lines = pool_terms([[fit.intercept, *fit.terms] for fit in fits], _complete_degrees(fits[0]), level)
    return PooledLogistic(
        terms=lines[1:],
        intercept=lines[0],
        method=f"{fits[0].method}, pooled over {len(fits)} imputed tables by Rubin's rules",
        penalty="firth" if firth else "none",
        warnings=tuple(warnings),
        n=fits[0].n,
        imputations=len(fits),
        converged=all(fit.converged for fit in fits),
    )


def _complete_degrees(fit: LogisticResult) -> float:
    """Return the patients beyond the coefficients."""
    return max(1.0, fit.n - len(fit.terms) - 1.0)
