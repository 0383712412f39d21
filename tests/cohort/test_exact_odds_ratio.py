from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sclerograph.cohort import exact_odds_ratio
from sclerograph.cohort.exact_odds_ratio import conditional_odds_ratio, fisher_interval, fisher_p

Table = tuple[int, int, int, int]

#: Tables with both rows and both columns filled.
TABLES = st.tuples(*[st.integers(0, 14)] * 4).filter(
    lambda t: min(t[0] + t[1], t[2] + t[3], t[0] + t[2], t[1] + t[3]) > 0
)

#: Fisher's tea tasting (R. A. Fisher, The Design of Experiments, 1935): 3 of 4 cups right.
TEA: Table = (3, 1, 1, 3)


def p_at(table: Table, odds_ratio: float) -> float:
    """Fisher's two-sided p value for any odds ratio, from scipy's noncentral hypergeometric distribution."""
    a, b, c, d = table
    distribution = stats.nchypergeom_fisher(a + b + c + d, a + b, a + c, odds_ratio)
    probabilities = distribution.pmf(np.arange(max(0, a - d), min(a + b, a + c) + 1))
    observed = distribution.pmf(a)
    return float(probabilities[probabilities <= observed * (1 + 1e-7)].sum())


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_p_is_that_of_scipy(table: Table) -> None:
    a, b, c, d = table
    assert fisher_p(*table) == pytest.approx(stats.fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_the_odds_ratio_is_that_of_scipy(table: Table) -> None:
    a, b, c, d = table
    found = conditional_odds_ratio(*table)
    if found is None:
        assert max(0, a - d) == min(a + b, a + c)
        return
    assert found == pytest.approx(stats.contingency.odds_ratio([[a, b], [c, d]]).statistic, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(TABLES, st.sampled_from([0.9, 0.95, 0.99]))
def test_the_interval_is_where_fishers_test_does_not_reject(table: Table, level: float) -> None:
    found = fisher_interval(*table, level)
    if found.low is None or found.high is None:
        assert conditional_odds_ratio(*table) is None
        return
    alpha = 1 - level
    for limit, outwards in ((found.low, 1 / 1.0001), (found.high, 1.0001)):
        if 0.0 < limit < math.inf:
            # Accepted up to the limit, and nowhere beyond it.
            assert p_at(table, limit / outwards) > alpha - 1e-3
            assert all(p_at(table, limit * outwards**power) <= alpha for power in (1, 10, 100, 1000, 10_000))


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_a_limit_is_open_only_where_the_first_cell_is_at_an_end(table: Table) -> None:
    a, b, c, d = table
    found = fisher_interval(*table)
    if found.low is not None:
        assert (found.low == 0.0) == (a == max(0, a - d))
        assert (found.high == math.inf) == (a == min(a + b, a + c))


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_exchanged_rows_give_the_reciprocal(table: Table) -> None:
    a, b, c, d = table
    found, mirrored = fisher_interval(a, b, c, d), fisher_interval(c, d, a, b)
    if found.low is None or mirrored.low is None or found.high is None or mirrored.high is None:
        assert found.low is mirrored.low is None
        return
    assert found.high == pytest.approx(1 / mirrored.low if mirrored.low else math.inf, rel=1e-9)
    assert mirrored.high == pytest.approx(1 / found.low if found.low else math.inf, rel=1e-9)


def test_the_lady_tasting_tea() -> None:
    """With all margins 4 the weights are 1, 16, 36, 16, 1, so everything follows by hand."""
    assert fisher_p(*TEA) == pytest.approx(34 / 70)
    found = fisher_interval(*TEA)
    # Beyond the greatest odds ratio only values up to 3 are no more probable: 1 - psi^4 / sum = 0.05.
    upper = max(root.real for root in np.roots([-0.05, 0.95 * 16, 0.95 * 36, 0.95 * 16, 0.95]) if abs(root.imag) < 1e-9)
    assert found.high == pytest.approx(upper)
    # The estimate solves sum (t - 3) h(t) psi^t = 0.
    estimate = max(root.real for root in np.roots([1, 0, -36, -32, -3]) if abs(root.imag) < 1e-9)
    assert conditional_odds_ratio(*TEA) == pytest.approx(estimate)
    assert estimate == pytest.approx(6.408, abs=5e-4)


def test_the_interval_lies_within_the_one_that_inverts_two_one_sided_tests() -> None:
    for table in ([2, 13, 9, 4], [1, 9, 8, 3], [5, 2, 1, 8]):
        (a, b), (c, d) = (table[0], table[1]), (table[2], table[3])
        found = fisher_interval(a, b, c, d)
        wide = stats.contingency.odds_ratio([[a, b], [c, d]]).confidence_interval(0.95)
        assert found.low is not None
        assert found.high is not None
        assert wide.low <= found.low < found.high <= wide.high


def test_halving_finds_the_same_limit_as_looking_at_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [(3, 300, 90, 400), (0, 250, 200, 300), (40, 60, 50, 70)]
    looked = [fisher_interval(*table) for table in tables]
    monkeypatch.setattr(exact_odds_ratio, "_FEW_PLACES", 3)
    assert [fisher_interval(*table) for table in tables] == looked


def test_an_empty_cell_of_a_great_cohort_is_no_burden() -> None:
    found = fisher_interval(0, 30_000, 20_000, 50_000)
    assert found.low == 0.0
    assert found.high is not None
    # No event among so many is a count of 0: the limit is the greatest Poisson mean that the same test accepts.
    means = np.arange(3.0, 5.0, 0.0005)
    probabilities = stats.poisson.pmf(np.arange(60), means[:, None])
    p = np.where(probabilities <= probabilities[:, :1], probabilities, 0.0).sum(axis=1)
    greatest = float(means[p > 0.05].max())
    assert found.high == pytest.approx(greatest / 30_000 / (20_000 / 50_000), rel=0.002)


def test_margins_that_allow_one_table_only_tell_nothing() -> None:
    assert fisher_p(3, 4, 0, 0) == 1.0
    assert conditional_odds_ratio(3, 4, 0, 0) is None
    assert fisher_interval(3, 4, 0, 0).high is None
