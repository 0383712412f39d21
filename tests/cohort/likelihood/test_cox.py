from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from sclerograph.cohort.likelihood.cox import CoxLikelihood, Ties

Case = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _case(seed: int, tied: bool) -> Case:
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(25, 3))
    columns[:, 2] = columns[:, 2] > 0
    time = rng.exponential(size=25)
    if tied:
        time = np.ceil(time * 3.0)
    return columns, time, rng.random(25) < 0.6, rng.normal(size=3) * 0.6


def _log_likelihood(case: Case, beta: np.ndarray, ties: Ties, firth: bool) -> float:
    """Written out event by event, with the risk set of each."""
    columns, time, event, _ = case
    value, information = 0.0, np.zeros((3, 3))
    for moment in np.unique(time[event]):
        dying = np.flatnonzero(event & (time == moment))
        for rank, row in enumerate(dying):
            weight = np.where(time >= moment, np.exp(columns @ beta), 0.0)
            if ties == "efron":
                weight[dying] *= 1.0 - rank / len(dying)
            value += columns[row] @ beta - np.log(weight.sum())
            share = weight / weight.sum()
            centred = columns - share @ columns
            information += centred.T @ np.diag(share) @ centred
    return float(value + (0.5 * np.linalg.slogdet(information)[1] if firth else 0.0))


@pytest.mark.parametrize("firth", [False, True])
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("tied", [False, True])
def test_value_and_score_are_those_of_the_formula_written_out(tied: bool, ties: Ties, firth: bool) -> None:
    for seed in range(3):
        case = _case(seed, tied)
        columns, time, event, beta = case
        here = CoxLikelihood(columns, time, event, ties=ties, firth=firth)(beta)
        assert here.value == pytest.approx(_log_likelihood(case, beta, ties, firth), abs=1e-9)
        slope = approx_fprime(beta, lambda b, case=case: _log_likelihood(case, b, ties, firth), 1e-7)
        assert here.score == pytest.approx(slope, abs=1e-4)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_information_is_the_curvature_of_the_plain_likelihood(ties: Ties) -> None:
    columns, time, event, beta = _case(5, tied=True)
    likelihood = CoxLikelihood(columns, time, event, ties=ties, firth=False)
    curvature = -approx_fprime(beta, lambda b: likelihood(b).score, 1e-7)
    assert likelihood(beta).information == pytest.approx(curvature, abs=1e-5)


def test_without_ties_both_treatments_are_one() -> None:
    columns, time, event, beta = _case(6, tied=False)
    efron = CoxLikelihood(columns, time, event, ties="efron", firth=True)(beta)
    breslow = CoxLikelihood(columns, time, event, ties="breslow", firth=True)(beta)
    assert efron.value == breslow.value
    assert np.array_equal(efron.score, breslow.score)


def test_who_left_before_the_first_event_does_not_count() -> None:
    columns, time, event, beta = _case(7, tied=True)
    event = event & (time > time.min())
    late = time >= time[event].min()
    assert 0 < late.sum() < len(time)
    everybody = CoxLikelihood(columns, time, event, ties="efron", firth=True)(beta)
    at_risk = CoxLikelihood(columns[late], time[late], event[late], ties="efron", firth=True)(beta)
    assert everybody.value == pytest.approx(at_risk.value, abs=1e-10)
    assert everybody.score == pytest.approx(at_risk.score, abs=1e-10)


def test_a_shift_of_the_covariates_changes_nothing() -> None:
    columns, time, event, beta = _case(8, tied=True)
    here = CoxLikelihood(columns, time, event, ties="efron", firth=True)(beta)
    shifted = CoxLikelihood(columns + np.array([3.0, -2.0, 1.0]), time, event, ties="efron", firth=True)(beta)
    assert shifted.value == pytest.approx(here.value, abs=1e-9)
    assert shifted.score == pytest.approx(here.score, abs=1e-9)
