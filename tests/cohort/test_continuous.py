from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from sclerograph.cohort.continuous import COMPARISON_RULE, compare_groups, correlate
from sclerograph.cohort.rank_shift import _MOST_FOR_EXACT
from sclerograph.errors import UsageError


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 60), st.integers(10, 60), st.integers(0, 10_000))
def test_welch_agrees_with_scipy_and_statsmodels(m: int, n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    # Evenly spread values have no skewness, so that the rule is certain to choose means.
    first = np.linspace(40, 75, m) + random.uniform(-1, 1)
    second = np.linspace(30, 80, n)
    found = compare_groups([*first, None], second)
    oracle = stats.ttest_ind(first, second, equal_var=False)
    assert found.effect == "difference_of_means"
    assert found.test.name == "Welch's t test"
    assert found.test.statistic == pytest.approx(oracle.statistic)
    assert found.test.p == pytest.approx(oracle.pvalue)
    by_statsmodels = CompareMeans(DescrStatsW(first), DescrStatsW(second)).tconfint_diff(usevar="unequal")
    assert (found.low, found.high) == pytest.approx(by_statsmodels)
    assert found.first.missing == 1


def test_skewed_groups_are_compared_by_ranks() -> None:
    random = np.random.default_rng(1)
    first, second = random.lognormal(2.0, 1.0, 40), random.lognormal(1.0, 1.0, 37)
    found = compare_groups(first, second)
    oracle = stats.mannwhitneyu(first, second, method="asymptotic")
    assert found.effect == "hodges_lehmann_shift"
    assert found.test.name == "Mann-Whitney test"
    assert found.test.p == pytest.approx(oracle.pvalue)
    assert found.test.statistic == oracle.statistic
    assert found.superiority == pytest.approx(oracle.statistic / (40 * 37))
    assert found.low is not None
    assert found.high is not None
    assert found.estimate is not None
    assert 0 < found.low < found.estimate < found.high
    assert found.interval.low == found.low
    assert found.warnings == ()


def test_few_values_without_ties_are_exact() -> None:
    found = compare_groups([1.1, 2.2, 3.3], [4.4, 5.5, 6.6, 7.7])
    # The most extreme of C(7, 3) = 35 arrangements, on both sides.
    assert found.test.p == pytest.approx(2 / 35)
    assert found.test.note == "exact"
    assert found.superiority == 0.0
    assert any("Only 3 values" in warning for warning in found.warnings)
    assert any("Too few values for an interval" in warning for warning in found.warnings)


def test_the_sentence_names_the_size_that_the_code_uses() -> None:
    assert f"at most {_MOST_FOR_EXACT} values" in COMPARISON_RULE


def test_what_cannot_be_compared_says_why() -> None:
    nobody = compare_groups([None], [1.0, 2.0])
    assert nobody.test.p is None
    assert nobody.test.note is not None
    assert "no value" in nobody.test.note
    equal = compare_groups([2.0] * 4, [2.0] * 5)
    assert (equal.test.p, equal.test.note, equal.superiority) == (None, "all values are equal", 0.5)
    constant = compare_groups([2.0] * 12, [3.0] * 12)
    assert constant.estimate == -1.0
    assert (constant.test.p, constant.low) == (None, None)


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 80), st.integers(0, 10_000))
def test_pearson_agrees_with_scipy(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    x = np.linspace(-1, 1, n)
    y = x + random.uniform(-1, 1, n)
    found = correlate(x, y, method="pearson")
    oracle = stats.pearsonr(x, y)
    assert found.coefficient == pytest.approx(oracle.statistic)
    assert found.test.p == pytest.approx(oracle.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(oracle.confidence_interval(0.95)))
    assert (found.interval.low, found.interval.high) == (found.low, found.high)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=9, max_size=40))
def test_spearman_agrees_with_scipy(pairs: list[tuple[int, int]]) -> None:
    x, y = (list(column) for column in zip(*pairs, strict=True))
    found = correlate(x, y, method="spearman")
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found.coefficient is None
        assert found.test.note == "a variable does not vary"
        return
    oracle = stats.spearmanr(x, y)
    assert found.coefficient == pytest.approx(oracle.statistic, abs=1e-12)
    assert found.test.p == pytest.approx(oracle.pvalue, abs=1e-9)


def test_spearmans_interval_by_bonett_and_wright() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=100)
    found = correlate(x, x + random.normal(size=100), method="spearman")
    assert found.coefficient is not None
    error = math.sqrt((1 + found.coefficient**2 / 2) / 97)
    limits = np.tanh(np.arctanh(found.coefficient) + np.array([-1, 1]) * stats.norm.ppf(0.975) * error)
    assert (found.low, found.high) == pytest.approx(tuple(limits))


def test_few_pairs_are_tested_by_every_order() -> None:
    x, y = [1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]
    found = correlate(x, y)
    assert found.method == "spearman"
    oracle = stats.permutation_test(
        (x,), lambda order: stats.spearmanr(order, y).statistic, permutation_type="pairings", n_resamples=np.inf
    )
    assert found.test.p == pytest.approx(oracle.pvalue)


def test_the_rule_looks_at_both_variables() -> None:
    even = np.linspace(1, 2, 30)
    assert correlate(even, even**2).method == "pearson"
    assert correlate(even, np.exp(8 * even)).method == "spearman"


def test_only_complete_pairs_count() -> None:
    found = correlate([1, 2, None, 4, 5], [1, None, 3, 4, 6])
    assert found.n == 3
    assert found.coefficient == pytest.approx(1.0)
    assert found.low is None
    assert correlate([1, 2], [2, 1]).coefficient is None


def test_a_perfect_line_has_no_interval() -> None:
    found = correlate(np.arange(20.0), 2 * np.arange(20.0), method="pearson")
    assert found.coefficient == pytest.approx(1.0)
    assert (found.low, found.high) == (None, None)
    assert found.test.p == pytest.approx(0.0, abs=1e-12)


def test_columns_of_different_patients_are_refused() -> None:
    with pytest.raises(UsageError, match="different lengths"):
        correlate([1, 2, 3], [1, 2])
