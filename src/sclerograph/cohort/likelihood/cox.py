"""The partial log-likelihood of Cox's model, plain and with Firth's penalty, in time and memory proportional to n."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.likelihood.newton import Evaluation, FloatArray

__all__ = ["CoxLikelihood", "Ties"]

Ties = Literal["efron", "breslow"]


class CoxLikelihood:
    """Partial log-likelihood of times that may be censored.

    Who has an event or is censored at a time is at risk at it. Among tied events Efron's approximation lets each next
    one count as having partly left (Efron 1977, doi:10.1080/01621459.1977.10480613), Breslow's does not.

    With the penalty half the logarithm of the determinant of the information is added (Heinze & Schemper 2001,
    doi:10.1111/j.0006-341X.2001.00114.x). Its gradient needs third moments of the covariates in each risk set, but only
    contracted with the inverse of the information, and these are sums over patients of vectors: no array here is
    larger than n × k.

    Parameters
    ----------
    columns
        Shape (n, k); as the likelihood does not change when a constant is added to a column, centred ones lose the
        fewest digits.
    time
        Shape (n,).
    event
        Whether the time ended with the event, shape (n,).
    ties
        What is done where several events happen at one time.
    firth
        Whether the penalty is added.
    """

    def __init__(
        self, columns: FloatArray, time: FloatArray, event: NDArray[np.bool_], *, ties: Ties, firth: bool
    ) -> None:
        order = np.argsort(time, kind="stable")
        time = time[order]
        # One row a column of the design: sums over patients run along memory.
        self._columns = np.ascontiguousarray(columns[order].T)
        self._firth = firth
        #: Positions of those with an event, by time.
        self._events = np.flatnonzero(event[order])
        self._of_events: FloatArray = self._columns[:, self._events].sum(axis=1)
        moments, self._starts, self._moment, counts = np.unique(
            time[self._events], return_index=True, return_inverse=True, return_counts=True
        )
        #: The risk set of each moment with an event begins at this patient and goes to the end.
        self._first = np.searchsorted(time, moments, side="left")
        #: One more than the last moment with an event at or before each patient's time.
        self._passed = np.searchsorted(moments, time, side="right")
        rank = np.arange(len(self._events)) - self._starts[self._moment]
        #: The share by which those with an event at the same moment have left when this event happens.
        self._left = rank / counts[self._moment] if ties == "efron" else np.zeros(len(rank))
        self._tied = bool(np.any(self._left > 0.0))

    def __call__(self, parameters: FloatArray) -> Evaluation:
        """Return partial log-likelihood, score and information at parameters of shape (k,)."""
        columns = self._columns
        linear = parameters @ columns
        linear = linear - linear.max(initial=-np.inf)
        risk = np.exp(linear)
        total = self._over_risk_sets(risk)
        if not np.all(total > 0.0):
            return Evaluation(-np.inf, np.zeros_like(parameters), np.zeros((len(parameters), len(parameters))))
        mean = self._over_risk_sets(columns * risk) / total
        expected = risk * self._over_events(1.0 / total)
        value = float((linear[self._events] - np.log(total)).sum())
        score = self._of_events - columns @ expected
        information = (columns * expected) @ columns.T - mean @ mean.T
        if self._firth:
            try:
                root = np.linalg.cholesky(information)
            except np.linalg.LinAlgError:
                return Evaluation(-np.inf, np.zeros_like(parameters), information)
            value += float(np.log(np.diag(root)).sum())
            score = score + self._penalty_score(np.linalg.inv(information), risk, expected, total, mean)
        return Evaluation(value, score, information)

    def _penalty_score(
        self, inverse: FloatArray, risk: FloatArray, expected: FloatArray, total: FloatArray, mean: FloatArray
    ) -> FloatArray:
        """Return the gradient of half the logarithm of the determinant of the information.

        It is half the sum over events of E[z (zᵀ A z)], with z a covariate vector less its mean in the risk set and A
        the inverse of the information. With q = xᵀ A x this is E[x q] − m E[q] − 2 Cov(x) A m, m being the mean.
        """
        columns = self._columns
        turned = inverse @ columns
        square = np.einsum("ij,ij->j", turned, columns)
        mean_square = self._over_risk_sets(risk * square) / total
        pulled = self._over_events(mean / total)
        along = risk * np.einsum("ij,ij->j", turned, pulled)
        mean_along = np.einsum("ij,ij->j", inverse @ mean, mean)
        first = columns @ (expected * square) - mean @ mean_square
        second = columns @ along - mean @ mean_along
        return np.asarray(0.5 * first - second, dtype=np.float64)

    def _over_risk_sets(self, values: FloatArray) -> FloatArray:
        """Return for each event the sum of patients' values over its risk set, along the last axis."""
        between = np.add.reduceat(values, self._first, axis=-1)
        sums = np.cumsum(between[..., ::-1], axis=-1)[..., ::-1][..., self._moment]
        if self._tied:
            tied = np.add.reduceat(values[..., self._events], self._starts, axis=-1)
            sums = sums - self._left * tied[..., self._moment]
        return np.asarray(sums, dtype=np.float64)

    def _over_events(self, values: FloatArray) -> FloatArray:
        """Return for each patient the sum of events' values over the events at which he was at risk."""
        per_moment = np.add.reduceat(values, self._starts, axis=-1)
        forwards = np.concatenate([np.zeros_like(per_moment[..., :1]), np.cumsum(per_moment, axis=-1)], axis=-1)
        sums = forwards[..., self._passed]
        if self._tied:
            left = np.add.reduceat(self._left * values, self._starts, axis=-1)
            sums[..., self._events] -= left[..., self._moment]
        return np.asarray(sums, dtype=np.float64)
