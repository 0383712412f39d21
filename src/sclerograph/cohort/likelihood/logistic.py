"""The log-likelihood of logistic regression, plain and with Firth's penalty."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from sclerograph.cohort.likelihood.newton import Evaluation, FloatArray

__all__ = ["LogisticLikelihood"]


class LogisticLikelihood:
    """Log-likelihood of a binary outcome.

    With the penalty half the logarithm of the determinant of the information is added (Firth 1993,
    doi:10.1093/biomet/80.1.27), and the score becomes that of Heinze & Schemper 2002 (doi:10.1002/sim.1047): each
    residual y − π gains h (1/2 − π), with h the leverage of its row.

    Parameters
    ----------
    columns
        Shape (n, k), the intercept among them.
    outcome
        Zeros and ones, shape (n,).
    firth
        Whether the penalty is added.
    """

    def __init__(self, columns: FloatArray, outcome: FloatArray, *, firth: bool) -> None:
        self._columns = columns
        self._outcome = outcome
        self._firth = firth

    def __call__(self, parameters: FloatArray) -> Evaluation:
        """Return log-likelihood, score and information at parameters of shape (k,)."""
        linear = self._columns @ parameters
        share = expit(linear)
        # π (1 − π) without the loss of digits of 1 − π where π is close to 1.
        weight = share * expit(-linear)
        weighted = self._columns * np.sqrt(weight)[:, np.newaxis]
        information = weighted.T @ weighted
        value = float(self._outcome @ linear - (np.maximum(linear, 0.0) + np.log1p(np.exp(-np.abs(linear)))).sum())
        residual = self._outcome - share
        if self._firth:
            try:
                root = np.linalg.cholesky(information)
            except np.linalg.LinAlgError:
                return Evaluation(-np.inf, np.zeros_like(parameters), information)
            leverage = np.einsum("ij,ij->i", weighted @ np.linalg.inv(information), weighted)
            value += float(np.log(np.diag(root)).sum())
            residual = residual + leverage * (0.5 - share)
        return Evaluation(value, self._columns.T @ residual, information)
