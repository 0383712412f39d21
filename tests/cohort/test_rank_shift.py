from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sclerograph.cohort import rank_shift
from sclerograph.cohort.rank_shift import hodges_lehmann, is_exact, null_spread, shift_interval

GROUP = st.lists(st.integers(-20, 20), min_size=1, max_size=12).map(lambda values: np.array(values, dtype=float))


@given(GROUP, GROUP)
def test_the_shift_is_the_median_difference(first: np.ndarray, second: np.ndarray) -> None:
    assert hodges_lehmann(first, second) == np.median(np.subtract.outer(first, second))


@pytest.mark.parametrize(("m", "n"), [(3, 4), (5, 5), (2, 7)])
def test_the_exact_distribution_is_that_of_all_arrangements(m: int, n: int) -> None:
    counted = np.zeros(m * n + 1)
    for places in itertools.combinations(range(m + n), m):
        counted[sum(place - index for index, place in enumerate(places))] += 1
    np.testing.assert_allclose(rank_shift._null_distribution(m, n), counted / counted.sum(), atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 7), st.integers(2, 7), st.integers(0, 10_000), st.sampled_from([0.8, 0.95]))
def test_the_exact_interval_holds_the_shifts_that_scipys_exact_test_accepts(
    m: int, n: int, seed: int, level: float
) -> None:
    random = np.random.default_rng(seed)
    first, second = random.normal(1.0, 1.0, m), random.normal(0.0, 2.0, n)
    assert is_exact(first, second)
    found = shift_interval(first, second, level)
    assert found.low is not None
    assert found.high is not None

    def accepted(shift: float) -> bool:
        return stats.mannwhitneyu(first - shift, second, method="exact").pvalue > (1 - level) * (1 + 1e-9)

    if found.high == math.inf:
        assert accepted(-100.0)
        assert accepted(100.0)
        return
    step = 1e-9
    assert accepted(found.low + step)
    assert accepted(found.high - step)
    assert not accepted(found.low - step)
    assert not accepted(found.high + step)


def test_the_interval_of_large_groups_holds_the_shifts_that_scipys_test_accepts() -> None:
    random = np.random.default_rng(3)
    first, second = random.gamma(2.0, 3.0, 60), random.gamma(2.0, 2.0, 45)
    found = shift_interval(first, second)
    assert found.low is not None
    assert found.high is not None
    for limit, inwards in ((found.low, 1e-9), (found.high, -1e-9)):
        assert stats.mannwhitneyu(first - limit - inwards, second).pvalue > 0.05
        assert stats.mannwhitneyu(first - limit + inwards, second).pvalue <= 0.05


def test_the_spread_is_that_of_all_arrangements_of_tied_values() -> None:
    first, second = np.array([1.0, 2.0, 2.0]), np.array([2.0, 3.0, 1.0, 4.0])
    pooled = np.concatenate([first, second])
    statistics = []
    for places in itertools.combinations(range(7), 3):
        x, y = pooled[list(places)], np.delete(pooled, list(places))
        statistics.append(sum((a > b) + 0.5 * (a == b) for a in x for b in y))
    assert null_spread(first, second) == pytest.approx(np.std(statistics))


@pytest.mark.parametrize("decimals", [1, 12])
@pytest.mark.parametrize("most", [0, 1000])
def test_great_groups_are_counted_instead_of_held(monkeypatch: pytest.MonkeyPatch, decimals: int, most: int) -> None:
    random = np.random.default_rng(4)
    first, second = np.round(random.lognormal(1, 1, 700), decimals), np.round(random.lognormal(1, 1.2, 600), decimals)
    differences = np.sort(np.subtract.outer(first, second).ravel())
    monkeypatch.setattr(rank_shift, "_MOST_PAIRS", most)
    for rank in (1, 2, 5000, 210_000, 419_999, 420_000):
        assert rank_shift._difference(first, second, rank) == pytest.approx(differences[rank - 1], abs=1e-12)


def test_too_few_values_for_the_level_bound_nothing() -> None:
    found = shift_interval(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]))
    assert (found.low, found.high) == (-math.inf, math.inf)
