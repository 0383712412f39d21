from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sclerograph.cohort.agreement.bland_altman import bland_altman
from sclerograph.cohort.agreement.detectable_change import (
    detectable_change_from_intraclass,
    detectable_change_of_readers,
    smallest_detectable_change,
    smallest_detectable_difference,
)
from sclerograph.cohort.agreement.intraclass import IntraclassForm, intraclass
from sclerograph.errors import UsageError


def two_readings(n: int, error_mm2: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.normal(30, 10, n)
    return truth + random.normal(0, error_mm2, n), truth + random.normal(2.0, error_mm2, n)


def test_the_error_that_was_put_in_comes_out() -> None:
    found = smallest_detectable_difference(*two_readings(20_000, 3.0, 1))
    assert found.standard_error == pytest.approx(3.0, rel=0.02)
    assert found.value == pytest.approx(1.959964 * math.sqrt(2) * 3.0, rel=0.02)
    assert found.level == 0.95


def test_the_difference_is_half_the_width_of_the_limits_of_agreement() -> None:
    first, second = two_readings(40, 3.0, 2)
    for level in (0.8, 0.95):
        limits = bland_altman(first, second, coverage=level)
        assert limits.lower_limit is not None
        assert limits.upper_limit is not None
        found = smallest_detectable_difference(first, second, level)
        assert found.value == pytest.approx((limits.upper_limit - limits.lower_limit) / 2)


def test_the_interval_is_that_of_a_standard_deviation() -> None:
    first, second = two_readings(15, 3.0, 3)
    found = smallest_detectable_difference(first, second)
    sums = float(np.sum((first - second - np.mean(first - second)) ** 2))
    low, high = (1.959964 * math.sqrt(sums / stats.chi2.ppf(tail, 14)) for tail in (0.975, 0.025))
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)
    assert (found.interval.low, found.interval.high) == (found.low, found.high)


def test_the_change_of_the_mean_of_two_readers() -> None:
    first, second = two_readings(25, 3.0, 4)
    one, two = (smallest_detectable_change(first, second, readers) for readers in (1, 2))
    difference = smallest_detectable_difference(first, second)
    assert difference.value is not None
    assert one.value == pytest.approx(difference.value / math.sqrt(2))
    assert two.value == pytest.approx(difference.value / 2)
    assert two.standard_error == pytest.approx(difference.standard_error)
    assert "√2 √2" in two.method


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 30), st.integers(0, 1000))
def test_two_readers_by_analysis_of_variance(n: int, seed: int) -> None:
    first, second = two_readings(n, 2.0, seed)
    direct = smallest_detectable_difference(first, second)
    found = detectable_change_of_readers([first, second], definition="consistency")
    assert found.value == pytest.approx(direct.value)
    assert (found.low, found.high) == pytest.approx((direct.low, direct.high))
    absolute = detectable_change_of_readers([first, second])
    assert absolute.value is not None
    assert found.value is not None
    assert absolute.value >= found.value
    assert absolute.low is None


def test_it_agrees_with_the_intraclass_correlation_of_the_same_ratings() -> None:
    """ICC(A,1) is the share of the whole variance that is not error, so that both ways must meet."""
    random = np.random.default_rng(5)
    ratings = random.normal(0, 5, (30, 1)) + random.normal(0, 1, (1, 4)) + random.normal(0, 2, (30, 4))
    readers = list(ratings.T)
    coefficient = intraclass(readers, IntraclassForm("two_way_random", "absolute_agreement", "single")).value
    found = detectable_change_of_readers(readers)
    assert coefficient is not None
    assert found.standard_error is not None
    whole = found.standard_error / math.sqrt(1 - coefficient)
    assert detectable_change_from_intraclass(whole, coefficient).value == pytest.approx(found.value)


def test_the_icc_of_valenzuela_2022() -> None:
    """ICC 0.93: 0.265 SD of error, 0.733 SD of detectable change."""
    found = detectable_change_from_intraclass(1.0, 0.93)
    assert found.standard_error == pytest.approx(0.265, abs=5e-4)
    assert found.value == pytest.approx(0.733, abs=5e-4)
    assert (found.n, found.low) == (None, None)


def test_too_few_readings_tell_nothing() -> None:
    assert smallest_detectable_difference([1.0, None], [2.0, 3.0]).value is None
    assert detectable_change_of_readers([[1.0], [2.0]]).value is None


def test_wrong_figures_are_refused() -> None:
    with pytest.raises(UsageError, match="readers"):
        smallest_detectable_change([1, 2], [1, 3], 0)
    with pytest.raises(UsageError, match="ICC"):
        detectable_change_from_intraclass(1.0, 1.2)
