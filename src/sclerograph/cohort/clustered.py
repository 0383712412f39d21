"""Hands, fingers or joints within patients: regression that knows which rows belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sclerograph.cohort.design import Design, check_binary, read_design
from sclerograph.cohort.interval import check_level
from sclerograph.cohort.likelihood.estimating_equations import Family, fit_gee
from sclerograph.cohort.likelihood.logistic import LogisticLikelihood
from sclerograph.cohort.likelihood.newton import FloatArray, maximise
from sclerograph.cohort.likelihood.orthonormal_basis import OrthonormalBasis
from sclerograph.cohort.likelihood.separation import logistic_separation
from sclerograph.cohort.logistic import INTERCEPT
from sclerograph.cohort.regression import terms_without_estimate
from sclerograph.cohort.term import Term, wald_term
from sclerograph.errors import UsageError

__all__ = ["ClusteredResult", "Correlation", "fit_clustered"]

Correlation = Literal["exchangeable", "independence"]

#: With fewer clusters even corrected intervals are too short.
_FEW_CLUSTERS = 20
_MAX_PLAIN_STEPS = 50


@dataclass(frozen=True)
class ClusteredResult:
    """A regression of rows that are grouped in clusters."""

    #: One for each column of the design, in order; ratios are odds ratios, and ``None`` in a linear model.
    terms: tuple[Term, ...]
    intercept: Term
    #: How the model was fitted, as it is printed under the table.
    method: str
    #: What the reader of the table must know.
    warnings: tuple[str, ...]
    #: Rows (hands, joints) that the model rests on.
    n: int
    #: Clusters (patients) that they belong to, and the size of the largest.
    clusters: int
    largest_cluster: int
    #: Rows left out for missing values.
    left_out: int
    #: How alike two rows of one cluster are beyond their covariates; ``None`` where that was not estimated.
    correlation: float | None
    converged: bool


def fit_clustered(
    outcome: ArrayLike | pd.Series,
    design: pd.DataFrame,
    cluster: ArrayLike | pd.Series,
    family: Family = "logistic",
    correlation: Correlation = "exchangeable",
    level: float = 0.95,
) -> ClusteredResult:
    """Fit generalised estimating equations (Liang & Zeger 1986, doi:10.1093/biomet/73.1.13).

    Coefficients compare groups of rows, not the two hands of one patient (they are population-averaged). Standard
    errors are robust, with the correction of Mancl & DeRouen 2001 (doi:10.1111/j.0006-341X.2001.00126.x), and tests
    use Student's t with as many degrees of freedom as there are clusters beyond the coefficients.

    Parameters
    ----------
    outcome
        For each row of the design, 0 or 1 (``logistic``) or a number (``linear``).
    design
        One column a covariate, numbers or booleans; the intercept is added.
    cluster
        The patient of each row.
    family
        ``logistic`` or ``linear``.
    correlation
        ``exchangeable``: any two rows of a patient are equally alike. ``independence``: they are weighed as if they
        were not alike, and only the standard errors know of patients (cluster-robust regression).
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        Where the outcome is not binary in a logistic model or the design cannot be read.
    """
    check_level(level)
    if family not in ("logistic", "linear") or correlation not in ("exchangeable", "independence"):
        raise UsageError(
            f"{family} with {correlation} is no model for clusters: it is logistic or linear, "
            "with exchangeable or independence; choose"
        )
    codes, _ = pd.factorize(cluster if isinstance(cluster, pd.Series) else np.asarray(cluster))
    members = pd.Series(codes, dtype=float).where(codes >= 0)
    index = cluster.index if isinstance(cluster, pd.Series) else design.index
    if len(members) != len(index):
        raise UsageError(
            f"{len(members)} clusters were given for {len(index)} rows: each row belongs to one patient; align them"
        )
    read = read_design(design, {"the outcome": outcome, "the cluster": members.set_axis(index)})
    observed = read.responses["the outcome"]
    if family == "logistic":
        check_binary(observed, "the outcome")
    order = np.argsort(read.responses["the cluster"], kind="stable")
    _, starts, sizes = np.unique(read.responses["the cluster"][order], return_index=True, return_counts=True)
    frame = _Frame(read, family, correlation, len(starts), int(sizes.max(initial=0)))
    dependent = read.dependent_columns() if len(observed) else {}
    kept = [position for position, name in enumerate(read.names) if name not in dependent]
    names = tuple(read.names[position] for position in kept)
    matrix, observed = read.matrix[order][:, kept], observed[order]
    told = (*read.warnings, *(f"{reason}: it was left out" for reason in dependent.values()))
    degrees = len(starts) - len(names) - 1
    if degrees < 1:
        reason = f"{len(starts)} clusters are too few for {len(names) + 1} coefficients: nothing is estimated"
        return frame.without(dependent, reason, (*told, reason))
    if np.ptp(observed) == 0.0:
        reason = "the outcome is the same in all rows: nothing can be explained"
        return frame.without(dependent, reason, (*told, reason))
    basis = OrthonormalBasis(np.column_stack([np.ones(len(observed)), matrix]))
    begin = np.zeros(len(names) + 1)
    if family == "logistic":
        separation = logistic_separation(matrix, observed, names, combinations=False)
        if separation is None:
            plain = maximise(
                LogisticLikelihood(basis.columns, observed, firth=False), begin, max_iterations=_MAX_PLAIN_STEPS
            )
            begin = plain.parameters
            if not plain.converged:
                separation = logistic_separation(matrix, observed, names, combinations=True)
        if separation is not None:
            advice = "there is no finite estimate; count one outcome a patient and use Firth's penalty"
            reason = f"separation: {separation.message}; {advice}"
            return frame.without(dependent, reason, (*told, reason))
    fit = fit_gee(basis.columns, observed, starts, family, exchangeable=correlation == "exchangeable", start=begin)
    if not fit.converged or fit.covariance is None:
        reason = (
            "one cluster alone decides a coefficient: its standard error cannot be known"
            if fit.converged
            else "the estimating equations could not be solved: nothing is estimated"
        )
        return frame.without(dependent, reason, (*told, reason))
    estimates = basis.coefficients(fit.parameters)
    errors = np.sqrt(np.diag(basis.to_coefficients @ fit.covariance @ basis.to_coefficients.T))
    return frame.with_terms(_lines(names, estimates, errors, level, family, degrees), dependent, told, fit.correlation)


def _lines(
    names: tuple[str, ...], estimates: FloatArray, errors: FloatArray, level: float, family: Family, degrees: int
) -> list[Term]:
    return [
        wald_term(name, float(estimate), float(error), level, as_ratio=family == "logistic", degrees=degrees)
        for name, estimate, error in zip((INTERCEPT, *names), estimates, errors, strict=True)
    ]


@dataclass(frozen=True)
class _Frame:
    """What a result says whether or not anything could be estimated."""

    read: Design
    family: Family
    working: Correlation
    clusters: int
    largest: int

    def without(self, dependent: dict[str, str], reason: str, warnings: tuple[str, ...]) -> ClusteredResult:
        """Return a result without any estimate."""
        lines = terms_without_estimate([INTERCEPT, *self.read.names], dependent, reason)
        return self._result(lines, warnings, None, converged=False)

    def with_terms(
        self, estimated: list[Term], dependent: dict[str, str], warnings: tuple[str, ...], correlation: float
    ) -> ClusteredResult:
        """Return a result with the terms that were estimated and those that could not be."""
        by_name = {term.name: term for term in [*estimated, *terms_without_estimate(list(dependent), dependent, "")]}
        if self.clusters < _FEW_CLUSTERS:
            warnings = (*warnings, f"only {self.clusters} clusters: intervals may be too short")
        lines = [by_name[name] for name in (INTERCEPT, *self.read.names)]
        found = correlation if self.working == "exchangeable" else None
        return self._result(lines, warnings, found, converged=True)

    def _result(
        self, lines: list[Term], warnings: tuple[str, ...], correlation: float | None, *, converged: bool
    ) -> ClusteredResult:
        kind = "logistic" if self.family == "logistic" else "linear"
        working = "exchangeable correlation" if self.working == "exchangeable" else "independence"
        n = int(self.read.complete.sum())
        return ClusteredResult(
            terms=tuple(lines[1:]),
            intercept=lines[0],
            method=(
                f"{kind} generalised estimating equations ({working} within patients, "
                "robust standard errors of Mancl & DeRouen)"
            ),
            warnings=warnings,
            n=n,
            clusters=self.clusters,
            largest_cluster=self.largest,
            left_out=len(self.read.complete) - n,
            correlation=correlation,
            converged=converged,
        )
