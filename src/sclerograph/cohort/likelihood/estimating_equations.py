"""Generalised estimating equations with one correlation between any two members of a cluster.

Liang & Zeger 1986 (doi:10.1093/biomet/73.1.13). As the inverse of such a correlation matrix is known in closed form,
everything is a sum over rows and over clusters: nothing here loops over patients.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sclerograph.cohort.likelihood.newton import FloatArray

__all__ = ["Family", "GeeFit", "fit_gee"]

Family = Literal["logistic", "linear"]

_STEP_TOLERANCE = 1e-9
_MAX_STEPS = 200
#: A cluster of this leverage decides a coefficient alone: its own residual says nothing about the spread.
_FULL_LEVERAGE = 1.0 - 1e-8
#: Numbers held at a time for the correction of clusters: 32 megabytes.
_HELD_AT_A_TIME = 4_000_000


@dataclass(frozen=True)
class GeeFit:
    """Solved estimating equations."""

    parameters: FloatArray
    #: Robust covariance of the parameters, corrected for few clusters; ``None`` where one cluster decides alone.
    covariance: FloatArray | None
    #: Correlation of two members of a cluster, given the covariates.
    correlation: float
    converged: bool


@dataclass(frozen=True)
class _Sums:
    """What one pass over the data gives at one point."""

    #: One row a cluster, shape (clusters, k).
    scores: FloatArray
    #: The information of all clusters, shape (k, k).
    information: FloatArray
    #: Columns divided by the standard deviation of the outcome they predict, shape (n, k).
    weighted: FloatArray


def fit_gee(
    columns: FloatArray,
    outcome: FloatArray,
    starts: NDArray[np.intp],
    family: Family,
    *,
    exchangeable: bool,
    start: FloatArray,
) -> GeeFit:
    """Solve the estimating equations.

    The robust covariance is that of Mancl & DeRouen 2001 (doi:10.1111/j.0006-341X.2001.00126.x), which does not shrink
    when there are few clusters.

    Parameters
    ----------
    columns
        Shape (n, k), the intercept among them, linearly independent, rows of one cluster next to each other.
    outcome
        Shape (n,).
    starts
        The first row of each cluster, ascending, beginning with 0.
    family
        ``logistic`` for a binary outcome, ``linear`` for a continuous one.
    exchangeable
        Whether members of a cluster are correlated in the equations. Without, only the covariance knows of clusters.
    start
        Where the search begins, shape (k,).
    """
    sizes = np.diff(np.append(starts, len(columns)))
    parameters, correlation = start, 0.0
    for _ in range(_MAX_STEPS):
        residual, deviation = _residuals(columns, outcome, parameters, family)
        before = correlation
        if exchangeable:
            correlation = _correlation(residual, starts, sizes, len(parameters))
        sums = _sums(columns, residual, deviation, starts, sizes, correlation)
        try:
            step = np.linalg.solve(sums.information, sums.scores.sum(axis=0))
        except np.linalg.LinAlgError:
            break
        if not np.all(np.isfinite(step)):
            break
        parameters = parameters + step
        if max(float(np.abs(step).max()), abs(correlation - before)) < _STEP_TOLERANCE:
            residual, deviation = _residuals(columns, outcome, parameters, family)
            sums = _sums(columns, residual, deviation, starts, sizes, correlation)
            return GeeFit(parameters, _robust(sums, starts, sizes, correlation), correlation, converged=True)
    return GeeFit(parameters, None, correlation, converged=False)


def _residuals(
    columns: FloatArray, outcome: FloatArray, parameters: FloatArray, family: Family
) -> tuple[FloatArray, FloatArray]:
    """Return residuals in units of the outcome's standard deviation, and that deviation (1 in a linear model)."""
    linear = columns @ parameters
    if family == "linear":
        return outcome - linear, np.ones_like(linear)
    share = expit(linear)
    deviation = np.sqrt(share * expit(-linear))
    return (outcome - share) / deviation, deviation


def _correlation(residual: FloatArray, starts: NDArray[np.intp], sizes: NDArray[np.intp], k: int) -> float:
    """Return the mean product of two residuals of a cluster, in units of their mean square."""
    pairs = float((sizes * (sizes - 1)).sum()) / 2.0
    if pairs <= k or len(residual) <= k:
        return 0.0
    square = float(residual @ residual)
    products = (float(np.square(np.add.reduceat(residual, starts)).sum()) - square) / 2.0
    found = products / (pairs - k) / (square / (len(residual) - k))
    # Below the first bound no correlation matrix exists, at 1 it has no inverse.
    return float(np.clip(found, -0.99 / (sizes.max() - 1), 0.99))


def _sums(
    columns: FloatArray,
    residual: FloatArray,
    deviation: FloatArray,
    starts: NDArray[np.intp],
    sizes: NDArray[np.intp],
    correlation: float,
) -> _Sums:
    weighted = columns * deviation[:, np.newaxis]
    shared, scale = _inverse_correlation(sizes, correlation)
    together = np.add.reduceat(weighted, starts, axis=0)
    scores = np.add.reduceat(weighted * residual[:, np.newaxis], starts, axis=0)
    scores = scale * (scores - together * (shared * np.add.reduceat(residual, starts))[:, np.newaxis])
    information = scale * (weighted.T @ weighted - together.T @ (shared[:, np.newaxis] * together))
    return _Sums(scores, information, weighted)


def _inverse_correlation(sizes: NDArray[np.intp], correlation: float) -> tuple[FloatArray, float]:
    """Return c and s of the inverse s (1 − c J) of each cluster's correlation matrix, J being all ones."""
    shared: FloatArray = np.divide(correlation, 1.0 + (sizes - 1) * correlation, dtype=np.float64)
    return shared, 1.0 / (1.0 - correlation)


def _robust(sums: _Sums, starts: NDArray[np.intp], sizes: NDArray[np.intp], correlation: float) -> FloatArray | None:
    """Return the sandwich whose filling is the scores as they would be had their cluster not been fitted."""
    bread = np.linalg.inv(sums.information)
    shared, scale = _inverse_correlation(sizes, correlation)
    root = np.linalg.cholesky(bread)
    filling = np.zeros_like(bread)
    held = max(1, _HELD_AT_A_TIME // (int(sizes.max()) * bread.size))
    ends = np.append(starts, len(sums.weighted))
    for first in range(0, len(starts), held):
        clusters = slice(first, first + held)
        rows = slice(ends[first], ends[min(first + held, len(starts))])
        within = starts[clusters] - starts[first]
        weighted = sums.weighted[rows]
        together = np.add.reduceat(weighted, within, axis=0)
        products = np.add.reduceat(weighted[:, :, np.newaxis] * weighted[:, np.newaxis, :], within, axis=0)
        own = scale * (
            products
            - shared[clusters, np.newaxis, np.newaxis] * together[:, :, np.newaxis] * together[:, np.newaxis, :]
        )
        if np.linalg.eigvalsh(root.T @ own @ root).max() > _FULL_LEVERAGE:
            return None
        apart = np.linalg.solve(np.eye(len(bread)) - own @ bread, sums.scores[clusters, :, np.newaxis])[:, :, 0]
        filling += apart.T @ apart
    return np.asarray(bread @ filling @ bread, dtype=np.float64)
