"""Logistic regression of an outcome that is present or absent, with Firth's penalty where it is needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sclerograph.cohort.design import check_binary, read_design
from sclerograph.cohort.interval import TestResult, check_level
from sclerograph.cohort.likelihood.logistic import LogisticLikelihood
from sclerograph.cohort.likelihood.newton import FloatArray, LogLikelihood
from sclerograph.cohort.likelihood.separation import Separation, logistic_separation
from sclerograph.cohort.penalty import Penalty, PenaltyChoice, check_penalty, choose_penalty
from sclerograph.cohort.regression import fit_terms, overall_test, terms_without_estimate, try_fit
from sclerograph.cohort.term import Term

__all__ = ["INTERCEPT", "LogisticResult", "fit_logistic"]

INTERCEPT = "(intercept)"

_PLAIN = "logistic regression (maximum likelihood)"
_FIRTH = "logistic regression with Firth's penalty"


@dataclass(frozen=True)
class LogisticResult:
    """A fitted logistic regression."""

    #: One for each column of the design, in order; ratios are odds ratios.
    terms: tuple[Term, ...]
    #: The logarithm of the odds where all covariates are zero. With Firth's penalty it is drawn towards even odds: it
    #: serves for reading the table, not for predicting risks (Puhr 2017, doi:10.1002/sim.7273).
    intercept: Term
    #: How the model was fitted, as it is printed under the table.
    method: str
    #: ``firth`` or ``none``.
    penalty: str
    #: What the reader of the table must know: separation, few events, rows and columns left out.
    warnings: tuple[str, ...]
    #: Patients that the model rests on.
    n: int
    #: Patients with the outcome.
    events: int
    #: Rows left out for missing values.
    left_out: int
    converged: bool
    #: The greatest (penalised) log-likelihood.
    log_likelihood: float | None
    #: That no covariate has any effect.
    overall: TestResult


def fit_logistic(
    outcome: ArrayLike | pd.Series, design: pd.DataFrame, penalty: Penalty = "auto", level: float = 0.95
) -> LogisticResult:
    """Fit a logistic regression.

    Without penalty, intervals and tests are Wald's. With Firth's penalty they are those of the profile penalised
    likelihood (Heinze & Schemper 2002, doi:10.1002/sim.1047), as Wald's fail where the outcome is separated.

    Parameters
    ----------
    outcome
        0 or 1 for each row of the design; rows without outcome are left out and counted.
    design
        One column a covariate, numbers or booleans; the intercept is added. Categories are made into columns by
        :func:`~sclerograph.cohort.design.indicator_columns`.
    penalty
        ``firth``, ``none``, or ``auto``: Firth's where a covariate separates the outcome or the rarer outcome has
        fewer than ten patients for each variable. ``warnings`` says so.
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        Where the outcome is not binary or the design cannot be read.
    """
    check_penalty(penalty)
    check_level(level)
    read = read_design(design, {"the outcome": outcome})
    observed = read.responses["the outcome"]
    check_binary(observed, "the outcome")
    n, events = len(observed), int(observed.sum())
    left_out = len(read.complete) - n
    if events in (0, n):
        found = "no patient has the outcome" if events == 0 else "every patient has the outcome"
        reason = f"{found} among {n}: nothing can be explained"
        return _nothing(read.names, {}, reason, (*read.warnings, reason), n, events, left_out)
    dependent = read.dependent_columns()
    kept = [position for position, name in enumerate(read.names) if name not in dependent]
    names = tuple(read.names[position] for position in kept)
    matrix = read.matrix[:, kept]

    def build(columns: FloatArray, firth: bool) -> LogLikelihood:
        return LogisticLikelihood(columns, observed, firth=firth)

    def find(combinations: bool) -> Separation | None:
        return logistic_separation(matrix, observed, names, combinations=combinations)

    def choose(separation: Separation | None) -> PenaltyChoice:
        rarer = "with the outcome" if 2 * events <= n else "without the outcome"
        named = (f"patient {rarer}", f"patients {rarer}")
        return choose_penalty(penalty, min(events, n - events), len(names), separation, named)

    fit = try_fit(np.column_stack([np.ones(n), matrix]), build, penalty, find, choose)
    warnings = (*read.warnings, *(f"{reason}: it was left out" for reason in dependent.values()), *fit.warnings)
    if not fit.maximum.converged:
        reason = "the likelihood has no maximum: no finite estimate without penalty"
        return _nothing(read.names, dependent, reason, warnings, n, events, left_out, fit.firth)
    intercept, *estimated = fit_terms(fit, (INTERCEPT, *names), level)
    by_name = {term.name: term for term in [*estimated, *terms_without_estimate(list(dependent), dependent, "")]}
    return LogisticResult(
        terms=tuple(by_name[name] for name in read.names),
        intercept=intercept,
        method=_FIRTH if fit.firth else _PLAIN,
        penalty="firth" if fit.firth else "none",
        warnings=warnings,
        n=n,
        events=events,
        left_out=left_out,
        converged=True,
        log_likelihood=fit.maximum.evaluation.value,
        overall=overall_test(fit, range(1, len(names) + 1)),
    )


def _nothing(
    names: tuple[str, ...],
    dependent: dict[str, str],
    reason: str,
    warnings: tuple[str, ...],
    n: int,
    events: int,
    left_out: int,
    firth: bool = False,
) -> LogisticResult:
    """Return a result without any estimate."""
    (intercept,) = terms_without_estimate([INTERCEPT], {}, reason)
    return LogisticResult(
        terms=tuple(terms_without_estimate(names, dependent, reason)),
        intercept=intercept,
        method=_FIRTH if firth else _PLAIN,
        penalty="firth" if firth else "none",
        warnings=warnings,
        n=n,
        events=events,
        left_out=left_out,
        converged=False,
        log_likelihood=None,
        overall=TestResult("likelihood-ratio test", None, None, reason),
    )
