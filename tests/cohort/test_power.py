from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import TTestIndPower
from statsmodels.stats.proportion import power_proportions_2indep

from sclerograph.cohort.power import (
    error_of_change,
    power_of_change,
    power_of_responders,
    sample_size_for_change,
    sample_size_for_responders,
    share_improving,
    share_progressing,
    spread_of_change,
)
from sclerograph.errors import UsageError


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 1.5), st.integers(3, 120), st.integers(3, 120), st.sampled_from([0.01, 0.05]))
def test_the_power_of_a_t_test_is_that_of_statsmodels(effect: float, control: int, treated: int, alpha: float) -> None:
    oracle = TTestIndPower().power(effect, control, alpha, ratio=treated / control)
    # Far out in the tail it gives none.
    assume(math.isfinite(oracle))
    assert power_of_change(effect * 7.0, 7.0, control, treated, alpha) == pytest.approx(oracle, abs=1e-9)


def test_sixty_four_an_arm_for_half_a_standard_deviation() -> None:
    """The example of Cohen 1988, table 2.4.1: d = 0.5, two-sided 0.05, power 0.80 need 64 in each arm."""
    found = sample_size_for_change(-6.0, 12.0)
    assert (found.control, found.treated, found.enrolled) == (64, 64, 128)
    assert found.power >= 0.8
    assert power_of_change(6.0, 12.0, 63, 63) < 0.8


def test_a_very_large_effect_needs_few() -> None:
    assert power_of_change(50.0, 1.0, 20, 20) == pytest.approx(1.0)
    assert sample_size_for_change(50.0, 1.0).control == 2


@settings(max_examples=15, deadline=None)
@given(st.floats(0.2, 1.2), st.sampled_from([0.8, 0.9]), st.sampled_from([0.5, 1.0, 2.0]))
def test_one_patient_less_is_too_few(effect: float, power: float, ratio: float) -> None:
    found = sample_size_for_change(effect, 1.0, power=power, treated_per_control=ratio)
    assert found.treated == max(2, math.ceil(found.control * ratio))
    assert power_of_change(effect, 1.0, found.control, found.treated) == found.power >= power
    fewer = found.control - 1
    if fewer >= 1:
        assert power_of_change(effect, 1.0, fewer, max(2, math.ceil(fewer * ratio))) < power


def test_the_power_is_the_share_of_simulated_trials_that_find_the_difference() -> None:
    random = np.random.default_rng(3)
    control, treated = random.normal(10, 8, (4000, 22)), random.normal(3, 8, (4000, 30))
    found = np.mean(stats.ttest_ind(control, treated, axis=1).pvalue < 0.05)
    assert power_of_change(7.0, 8.0, 22, 30) == pytest.approx(found, abs=0.02)


def test_those_who_drop_out_are_enrolled_beforehand() -> None:
    found = sample_size_for_change(6.0, 12.0, dropout=0.2)
    assert (found.enrolled_control, found.enrolled_treated) == (80, 80)


def test_the_error_of_reading_is_part_of_the_spread() -> None:
    random = np.random.default_rng(4)
    true, error = random.normal(0, 5.0, 200_000), random.normal(0, 3.0, 200_000)
    exceeded = 1.959964 * 3.0
    assert error_of_change(exceeded) == pytest.approx(3.0, rel=1e-6)
    assert np.mean(np.abs(error) > exceeded) == pytest.approx(0.05, abs=0.003)
    assert spread_of_change(5.0, exceeded) == pytest.approx(np.std(true + error), rel=0.01)
    assert spread_of_change(5.0) == 5.0
    # What is left of a change that is half explained by the baseline.
    baseline = random.normal(0, 1, 200_000)
    change = 0.5 * baseline + math.sqrt(0.75) * random.normal(0, 1, 200_000)
    left = change - np.polyval(np.polyfit(baseline, change, 1), baseline)
    assert spread_of_change(1.0, correlation_with_baseline=0.5) == pytest.approx(np.std(left), rel=0.01)


def test_an_exact_reading_saves_patients() -> None:
    coarse = sample_size_for_change(5.0, spread_of_change(8.0, 12.0))
    fine = sample_size_for_change(5.0, spread_of_change(8.0, 3.0))
    assert fine.enrolled < coarse.enrolled


def test_the_share_that_progresses_is_that_of_simulated_changes() -> None:
    random = np.random.default_rng(5)
    percent = 100 * (1.128 * np.exp(random.normal(0, 0.5, 200_000)) - 1)
    assert share_progressing(12.8, 0.5) == pytest.approx(np.mean(percent > 25), abs=0.004)
    assert share_improving(12.8, 0.5) == pytest.approx(np.mean(percent < -25), abs=0.004)
    assert share_progressing(25.0, 0.5) == 0.5


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 0.6), st.floats(0.05, 0.35), st.integers(10, 300))
def test_the_power_of_two_shares_is_that_of_statsmodels(treated_share: float, difference: float, n: int) -> None:
    oracle = power_proportions_2indep(difference, treated_share, n, alternative="two-sided", return_results=True)
    found = power_of_responders(treated_share + difference, treated_share, n, n)
    assert found == pytest.approx(oracle.power, abs=1e-6)


def test_the_power_of_two_shares_is_close_to_that_of_simulated_trials() -> None:
    random = np.random.default_rng(6)
    a, c = random.binomial(60, 0.41, 20_000), random.binomial(90, 0.18, 20_000)
    pooled = (a + c) / 150
    z = (a / 60 - c / 90) / np.sqrt(pooled * (1 - pooled) * (1 / 60 + 1 / 90))
    assert power_of_responders(0.41, 0.18, 60, 90) == pytest.approx(np.mean(np.abs(z) > 1.959964), abs=0.02)


def test_the_patients_for_two_shares() -> None:
    found = sample_size_for_responders(16 / 39, 0.2, power=0.9, dropout=0.1)
    assert power_of_responders(16 / 39, 0.2, found.control, found.treated) >= 0.9
    assert power_of_responders(16 / 39, 0.2, found.control - 1, found.treated - 1) < 0.9
    assert found.enrolled_control == math.ceil(found.control / 0.9)


def test_shares_of_nobody_and_everybody() -> None:
    assert power_of_responders(0.0, 1.0, 20, 20) == 1.0
    assert power_of_responders(0.0, 0.0, 20, 20) == 0.0


@pytest.mark.parametrize(
    "ask",
    [
        lambda: sample_size_for_change(0.0, 1.0),
        lambda: sample_size_for_change(1.0, 0.0),
        lambda: sample_size_for_change(1.0, 1.0, power=1.0),
        lambda: sample_size_for_change(1.0, 1.0, dropout=1.0),
        lambda: sample_size_for_change(1e-6, 1.0),
        lambda: sample_size_for_change(1.0, 1.0, treated_per_control=0.0),
        lambda: sample_size_for_responders(0.4, 0.4),
        lambda: sample_size_for_responders(40.0, 20.0),
        lambda: power_of_change(1.0, 1.0, 1, 1),
        lambda: power_of_responders(0.1, 0.2, 0, 5),
        lambda: share_progressing(-100.0, 0.5),
        lambda: share_progressing(10.0, 0.0),
        lambda: error_of_change(-1.0),
        lambda: spread_of_change(-1.0),
        lambda: spread_of_change(1.0, correlation_with_baseline=1.0),
    ],
)
def test_what_leads_to_no_number_is_refused(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(UsageError):
        ask()
