from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from sclerograph.cohort.cox import fit_cox
from sclerograph.errors import UsageError


def _cohort(n: int = 300, seed: int = 2, *, tied: bool = True) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    design = pd.DataFrame({"age": rng.normal(57.0, 12.0, n), "diffuse": (rng.random(n) < 0.29).astype(float)})
    death = rng.exponential(12.0 / np.exp(0.03 * (design["age"] - 57.0) + 0.6 * design["diffuse"]))
    left = rng.exponential(15.0, n)
    time = np.minimum(death, left)
    return (np.ceil(time) if tied else time), death <= left, design


def _number(value: float | None) -> float:
    assert value is not None
    return value


def _lifelines(time: np.ndarray, event: np.ndarray, design: pd.DataFrame) -> Any:
    from lifelines import CoxPHFitter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CoxPHFitter().fit(
            design.assign(time=time, event=event), "time", "event", fit_options={"precision": 1e-12}
        )


@pytest.mark.parametrize("tied", [False, True])
def test_without_penalty_it_is_the_model_of_lifelines(tied: bool) -> None:
    time, event, design = _cohort(tied=tied)
    result = fit_cox(time, event, design, "none")
    expected = _lifelines(time, event, design)
    assert [term.estimate for term in result.terms] == pytest.approx(list(expected.params_), rel=1e-6)
    assert [term.standard_error for term in result.terms] == pytest.approx(list(expected.standard_errors_), rel=1e-6)
    assert [term.p for term in result.terms] == pytest.approx(list(expected.summary["p"]), rel=1e-5)
    limits = np.exp(expected.confidence_intervals_.to_numpy())
    assert [term.low for term in result.terms] == pytest.approx(list(limits[:, 0]), rel=1e-6)
    assert [term.high for term in result.terms] == pytest.approx(list(limits[:, 1]), rel=1e-6)
    assert result.log_likelihood == pytest.approx(expected.log_likelihood_, abs=1e-7)
    ratio = expected.log_likelihood_ratio_test()
    assert result.overall.statistic == pytest.approx(ratio.test_statistic, abs=1e-6)
    assert result.overall.p == pytest.approx(ratio.p_value, rel=1e-5)


def test_breslows_ties_are_those_of_statsmodels() -> None:
    from statsmodels.duration.hazard_regression import PHReg

    time, event, design = _cohort()
    result = fit_cox(time, event, design, "none", ties="breslow")
    expected = PHReg(time, design.to_numpy(), status=event.astype(int), ties="breslow").fit(disp=0)
    assert [term.estimate for term in result.terms] == pytest.approx(list(expected.params), rel=1e-5)
    assert [term.standard_error for term in result.terms] == pytest.approx(list(expected.bse), rel=1e-5)
    assert "Breslow" in result.method


def test_two_patients_have_a_hazard_ratio_of_three() -> None:
    """Heinze & Schemper 2001 (doi:10.1111/j.0006-341X.2001.00114.x), section 2."""
    result = fit_cox([1, 2], [1, 0], pd.DataFrame({"exposed": [1, 0]}))
    assert result.terms[0].ratio == pytest.approx(3.0, rel=1e-8)
    # log(3/4) + log(3/16) / 2 against log(1/2) + log(1/4) / 2.
    assert result.terms[0].test.statistic == pytest.approx(2 * math.log(0.75 * math.sqrt(3 / 16) * 4), abs=1e-9)


def test_a_monotone_likelihood_gives_the_figures_of_coxphf() -> None:
    """Printed by the R package coxphf of the method's authors for these simulated patients, without ties.

    The figures and the simulation are those of the tests of the package firthmodels.
    """
    rng = np.random.default_rng(42)
    exposed = rng.choice([0, 1], 100, p=[0.35, 0.65])
    first = rng.standard_normal(100)
    second = rng.uniform(-1, 1, 100)
    third = rng.choice([0, 1], 100, p=[0.6, 0.4])
    hazard = 0.1 * np.exp(0.5 * first - 0.3 * second + 0.7 * third)
    death = rng.exponential(1.0 / hazard)
    left = rng.exponential(scale=15.0, size=100)
    design = pd.DataFrame({"exposed": exposed, "first": first, "second": second, "third": third})
    result = fit_cox(np.minimum(death, left), (death <= left) & (exposed == 1), design)
    assert result.penalty == "firth"
    assert any("exposed" in warning for warning in result.warnings)
    estimates = [term.estimate for term in result.terms]
    assert estimates == pytest.approx([3.8815800583, 0.6042066427, -0.4202139201, 1.0415063080], rel=1e-7)
    errors = [term.standard_error for term in result.terms]
    assert errors == pytest.approx([1.4430190269, 0.1599607483, 0.2541800107, 0.3128784410], rel=1e-7)
    p_values = [term.p for term in result.terms]
    assert p_values == pytest.approx([7.318984974e-09, 1.686334002e-04, 9.295083722e-02, 8.463066114e-04], rel=1e-6)
    limits = [(math.log(_number(term.low)), math.log(_number(term.high))) for term in result.terms]
    printed = [
        (1.9343469272, 8.7215676015),
        (0.2921186188, 0.9164270978),
        (-0.9217200647, 0.0699415336),
        (0.4348431279, 1.6550461482),
    ]
    assert np.array(limits) == pytest.approx(np.array(printed), abs=2e-7)
    assert result.overall.statistic == pytest.approx(57.6071, abs=5e-5)


def test_with_the_penalty_brute_force_finds_the_same_maximum() -> None:
    time, event, design = _cohort(25, seed=4)
    result = fit_cox(time, event, design, "firth", ties="breslow")
    columns = (design - design.mean()).to_numpy() / [12.0, 1.0]

    def penalised(beta: np.ndarray) -> float:
        value, information = 0.0, np.zeros((2, 2))
        for row in np.flatnonzero(event):
            at_risk = time >= time[row]
            share = np.exp(columns[at_risk] @ beta)
            value += columns[row] @ beta - math.log(share.sum())
            share /= share.sum()
            centred = columns[at_risk] - share @ columns[at_risk]
            information += centred.T @ np.diag(share) @ centred
        return float(value + 0.5 * np.linalg.slogdet(information)[1])

    best = minimize(
        lambda beta: -penalised(beta), np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}
    )
    assert [term.estimate for term in result.terms] == pytest.approx(list(best.x / [12.0, 1.0]), rel=1e-5)


def test_deaths_among_nine_of_77_have_a_finite_hazard_ratio() -> None:
    rng = np.random.default_rng(3)
    foraminal = np.repeat([1.0, 0.0], [9, 68])
    death = np.arange(77) < 5
    time = np.where(death, rng.uniform(1.0, 5.0, 77), rng.uniform(3.0, 9.0, 77))
    design = pd.DataFrame({"age": rng.normal(57.0, 12.0, 77), "foraminal": foraminal})
    result = fit_cox(time, death, design)
    term = result.terms[1]
    assert result.penalty == "firth"
    assert "all 5 events are among the 9 with foraminal = 1" in result.warnings[0]
    assert 1.0 < _number(term.low) < _number(term.ratio) < _number(term.high) < math.inf
    assert _number(term.standard_error) < 5.0
    assert _number(term.p) < 0.001
    plain = fit_cox(time, death, design, "none")
    assert not plain.converged
    assert [line.p for line in plain.terms] == [None, None]


def test_many_events_are_fitted_without_penalty_and_few_with_it() -> None:
    time, event, design = _cohort()
    assert fit_cox(time, event, design).penalty == "none"
    few = fit_cox(time[:25], event[:25], design[:25])
    assert few.penalty == "firth"
    assert any("events for 2 variables, fewer than 10 each" in warning for warning in few.warnings)


def test_rows_with_missing_values_are_left_out_and_counted() -> None:
    time, event, design = _cohort()
    lacking = time.copy()
    lacking[:7] = np.nan
    result = fit_cox(lacking, event, design)
    assert (result.n, result.left_out, result.events) == (293, 7, int(event[7:].sum()))
    assert result.terms == fit_cox(time[7:], event[7:], design[7:]).terms


def test_a_column_that_differs_only_before_the_first_event_is_left_out() -> None:
    time, event, design = _cohort()
    early = np.zeros(300)
    time, event = time + 1.0, event.copy()
    time[0], event[0], early[0] = 0.5, False, 1.0
    result = fit_cox(time, event, design.assign(early=early))
    assert result.terms[2].test.note == "early has the same value in every patient"
    assert any("who was at risk at the first event" in warning for warning in result.warnings)
    assert result.terms[:2] == fit_cox(time, event, design).terms


def test_without_events_nothing_is_explained() -> None:
    time, _, design = _cohort(20)
    result = fit_cox(time, np.zeros(20), design)
    assert not result.converged
    assert result.overall.note == "no event among 20 patients: nothing can be explained"


def test_one_event_at_the_end_explains_nothing() -> None:
    result = fit_cox([1, 2, 3], [0, 0, 1], pd.DataFrame({"x": [1.0, 2.0, 3.0]}))
    assert not result.converged
    assert result.terms[0].p is None


@pytest.mark.parametrize(
    ("time", "event", "ties", "said"),
    [([-1, 2], [1, 0], "efron", "negative"), ([1, 2], [1, 3], "efron", "0 and 1"), ([1, 2], [1, 0], "exact", "ties")],
)
def test_what_cannot_be_is_refused(time: list[float], event: list[int], ties: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        fit_cox(time, event, pd.DataFrame({"x": [1.0, 2.0]}), ties=ties)


@pytest.mark.slow
def test_a_hundred_thousand_patients_take_seconds() -> None:
    import time as clock

    time, event, design = _cohort(100_000, tied=False)
    began = clock.process_time()
    result = fit_cox(time, event, design)
    assert result.converged
    assert clock.process_time() - began < 10.0
