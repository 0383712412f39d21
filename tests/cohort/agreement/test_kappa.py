from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from sclerograph.cohort.agreement.kappa import KappaWeights, weighted_kappa
from sclerograph.errors import UsageError

#: Two psychiatrists, 100 patients: psychotic, neurotic, organic (Fleiss, Levin and Paik, Statistical Methods for Rates
#: and Proportions, 3rd ed. 2003, table 18.1).
DIAGNOSES = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


def readings(table: list[list[int]]) -> tuple[list[int], list[int]]:
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [i for i, _ in pairs], [j for _, j in pairs]


def test_the_diagnoses_of_fleiss() -> None:
    found = weighted_kappa(*readings(DIAGNOSES), weights="none")
    assert found.n == 100
    assert found.observed == pytest.approx(0.89)
    assert found.expected == pytest.approx(0.66)
    assert found.kappa == pytest.approx(0.23 / 0.34)
    assert found.kappa == pytest.approx(0.68, abs=0.005)
    assert [list(row) for row in found.counts] == DIAGNOSES


def test_the_standard_error_is_that_of_the_delta_method() -> None:
    """By the numerical gradient of kappa at the shares of the table, and their multinomial covariance."""

    def kappa(shares: np.ndarray) -> float:
        table = shares.reshape(3, 3) / shares.sum()
        expected = float(table.sum(axis=0) @ table.sum(axis=1))
        return (float(np.trace(table)) - expected) / (1 - expected)

    shares = np.array(DIAGNOSES, dtype=float).ravel() / 100
    gradient = np.array([(kappa(shares + step) - kappa(shares - step)) / 2e-6 for step in 1e-6 * np.eye(9)])
    covariance = (np.diag(shares) - np.outer(shares, shares)) / 100
    found = weighted_kappa(*readings(DIAGNOSES), weights="none")
    assert found.standard_error == pytest.approx(math.sqrt(gradient @ covariance @ gradient), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(st.lists(st.integers(0, 20), min_size=k, max_size=k), min_size=k, max_size=k)
    ),
    st.sampled_from(["none", "linear", "quadratic"]),
)
def test_it_agrees_with_statsmodels(table: list[list[int]], weights: KappaWeights) -> None:
    found = weighted_kappa(*readings(table), categories=range(len(table)), weights=weights)
    if found.kappa is None:
        assert found.test.p is None
        assert found.low is None
        return
    oracle = cohens_kappa(
        np.array(table),
        wt={"none": None, "linear": "linear", "quadratic": "quadratic"}[weights],
        return_results=True,
    )
    assert found.kappa == pytest.approx(oracle.kappa, abs=1e-9)
    assert found.standard_error == pytest.approx(math.sqrt(max(oracle.var_kappa, 0.0)), abs=1e-7)
    if found.test.statistic is not None:
        assert found.test.statistic == pytest.approx(oracle.z_value, rel=1e-6)
        assert found.test.p == pytest.approx(oracle.pvalue_two_sided, abs=1e-9)
    if found.low is not None and found.standard_error is not None:
        assert found.low == pytest.approx(max(found.kappa - 1.959964 * found.standard_error, -1), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60))
def test_quadratic_weights_make_it_a_correlation_of_the_grades(pairs: list[tuple[int, int]]) -> None:
    """Fleiss and Cohen 1973: one minus the mean squared difference over the one that chance gives."""
    first, second = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    chance = first.var() + second.var() + (first.mean() - second.mean()) ** 2
    found = weighted_kappa(first, second, categories=range(5))
    if chance == 0.0:
        assert found.kappa is None
    else:
        assert found.kappa == pytest.approx(1 - np.mean((first - second) ** 2) / chance, abs=1e-9)


def test_unused_categories_change_linear_weights_only_by_a_common_factor() -> None:
    first, second = readings([[10, 3, 1], [2, 8, 4], [0, 3, 9]])
    narrow = weighted_kappa(first, second, weights="linear")
    wide = weighted_kappa(first, second, weights="linear", categories=range(5))
    assert narrow.kappa == pytest.approx(wide.kappa)
    assert len(wide.counts) == 5


def test_the_standard_error_is_the_spread_of_repeated_samples() -> None:
    random = np.random.default_rng(5)
    probabilities = np.array([[0.3, 0.08, 0.02], [0.05, 0.2, 0.05], [0.02, 0.08, 0.2]])
    samples = random.multinomial(200, probabilities.ravel(), size=300)
    found = [weighted_kappa(*readings(sample.reshape(3, 3).tolist()), categories=range(3)) for sample in samples]
    spread = np.std([each.kappa for each in found])
    assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.15)


def test_patients_who_repeat_themselves_count_once() -> None:
    """Every row ten times over: the estimate stays, and so must the uncertainty when patients are named."""
    random = np.random.default_rng(6)
    first = random.integers(0, 4, 60)
    second = np.clip(first + random.integers(-1, 2, 60), 0, 3)
    once = weighted_kappa(first, second)
    repeated = np.repeat(first, 10), np.repeat(second, 10)
    naive = weighted_kappa(*repeated)
    clustered = weighted_kappa(*repeated, clusters=np.repeat(np.arange(60), 10))
    assert once.standard_error is not None
    assert naive.kappa == pytest.approx(once.kappa)
    assert naive.standard_error == pytest.approx(once.standard_error / math.sqrt(10))
    assert clustered.standard_error == pytest.approx(once.standard_error * math.sqrt(60 / 59))
    assert clustered.test.note == "cluster-robust standard error"
    assert weighted_kappa(first, second, clusters=[1] * 60).standard_error is None


def test_missing_readings_are_counted() -> None:
    found = weighted_kappa(["a", "b", None, "a"], ["a", "b", "a", None], weights="none")
    assert (found.n, found.missing, found.kappa) == (2, 2, 1.0)
    # Perfect agreement leaves no spread.
    assert (found.low, found.high) == (None, None)


def test_nothing_read_and_nothing_that_varies() -> None:
    assert weighted_kappa([], []).kappa is None
    same = weighted_kappa([0] * 8, [0] * 8)
    assert (same.observed, same.kappa, same.test.p) == (1.0, None, None)


def test_wrong_readings_are_refused() -> None:
    with pytest.raises(UsageError, match="different lengths"):
        weighted_kappa([1, 2], [1])
    with pytest.raises(UsageError, match="not among the levels"):
        weighted_kappa([1, 5], [1, 2], categories=[1, 2, 3])
