from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from sclerograph.cohort.likelihood.logistic import LogisticLikelihood


def _case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(30), rng.normal(size=(30, 2)), rng.integers(0, 2, 30)])
    return columns, rng.integers(0, 2, 30).astype(float), rng.normal(size=4) * 0.7


def _log_likelihood(columns: np.ndarray, outcome: np.ndarray, beta: np.ndarray, firth: bool) -> float:
    share = 1.0 / (1.0 + np.exp(-columns @ beta))
    value = np.sum(np.log(np.where(outcome == 1.0, share, 1.0 - share)))
    if firth:
        value += 0.5 * np.linalg.slogdet(columns.T @ np.diag(share * (1.0 - share)) @ columns)[1]
    return float(value)


@pytest.mark.parametrize("firth", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_value_and_score_are_those_of_the_formula_written_out(seed: int, firth: bool) -> None:
    columns, outcome, beta = _case(seed)
    here = LogisticLikelihood(columns, outcome, firth=firth)(beta)
    assert here.value == pytest.approx(_log_likelihood(columns, outcome, beta, firth), abs=1e-10)
    slope = approx_fprime(beta, lambda b: _log_likelihood(columns, outcome, b, firth), 1e-7)
    assert here.score == pytest.approx(slope, abs=1e-4)


def test_the_information_is_the_curvature_of_the_plain_likelihood() -> None:
    columns, outcome, beta = _case(9)
    likelihood = LogisticLikelihood(columns, outcome, firth=False)
    curvature = -approx_fprime(beta, lambda b: likelihood(b).score, 1e-7)
    assert likelihood(beta).information == pytest.approx(curvature, abs=1e-5)


def test_where_the_information_is_gone_the_penalised_likelihood_is_minus_infinity() -> None:
    columns, outcome, _ = _case(1)
    here = LogisticLikelihood(columns, outcome, firth=True)(np.array([5000.0, 0.0, 0.0, 0.0]))
    assert here.value == -np.inf


def test_far_from_even_odds_no_digit_overflows() -> None:
    columns, outcome, _ = _case(1)
    here = LogisticLikelihood(columns, outcome, firth=False)(np.array([900.0, 0.0, 0.0, 0.0]))
    assert here.value == pytest.approx(-900.0 * np.sum(outcome == 0.0))
