from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from sclerograph.cohort.likelihood.logistic import LogisticLikelihood
from sclerograph.cohort.likelihood.newton import Evaluation, maximise
from sclerograph.cohort.likelihood.profile import likelihood_ratio, profile_interval


def _parabola(parameters: np.ndarray) -> Evaluation:
    curvature = np.array([[2.0, 0.5], [0.5, 1.0]])
    away = parameters - np.array([1.0, -2.0])
    return Evaluation(float(-0.5 * away @ curvature @ away), -curvature @ away, curvature)


def test_the_profile_of_a_parabola_is_walds_interval() -> None:
    top = maximise(_parabola, np.zeros(2))
    contrast = np.array([0.4, 1.3])
    error = np.sqrt(contrast @ np.linalg.solve(top.evaluation.information, contrast))
    interval = profile_interval(_parabola, top, contrast, 1.96)
    assert interval.low == pytest.approx(contrast @ [1.0, -2.0] - 1.96 * error, abs=1e-6)
    assert interval.high == pytest.approx(contrast @ [1.0, -2.0] + 1.96 * error, abs=1e-6)


def test_the_ratio_of_a_parabola_is_walds_statistic() -> None:
    top = maximise(_parabola, np.zeros(2))
    contrast = np.array([0.4, 1.3])
    squared = float(contrast @ [1.0, -2.0]) ** 2 / (contrast @ np.linalg.solve(top.evaluation.information, contrast))
    assert likelihood_ratio(_parabola, top, contrast[np.newaxis, :]) == pytest.approx(squared, abs=1e-8)


def test_at_the_limits_the_best_likelihood_has_fallen_by_half_the_quantile() -> None:
    """The restricted maximum is found again by a simplex search over the other coefficients."""
    rng = np.random.default_rng(12)
    columns = np.column_stack([np.ones(24), rng.normal(size=24), rng.integers(0, 2, 24)])
    outcome = (rng.random(24) < 0.3 + 0.4 * columns[:, 2]).astype(float)
    likelihood = LogisticLikelihood(columns, outcome, firth=True)
    top = maximise(likelihood, np.zeros(3))
    interval = profile_interval(likelihood, top, np.array([0.0, 0.0, 1.0]), 1.959964)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low < top.parameters[2] < interval.high
    for limit in (interval.low, interval.high):
        best = minimize(
            lambda others, limit=limit: -likelihood(np.array([*others, limit])).value,
            top.parameters[:2],
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-12},
        )
        assert 2.0 * (top.evaluation.value + best.fun) == pytest.approx(1.959964**2, abs=1e-6)
