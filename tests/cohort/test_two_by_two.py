from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2

from sclerograph.cohort.number_format import format_p
from sclerograph.cohort.two_by_two import ASSOCIATION_RULE, associate
from sclerograph.errors import UsageError


def test_the_only_deaths_of_fri0276_are_among_the_nine_with_foraminal_calcification() -> None:
    """p = 0.001 as printed: three deaths, all among 9 of 77, have the probability C(9,3) / C(77,3)."""
    found = associate(3, 6, 0, 68)
    assert found.separated
    assert found.method == "exact"
    assert found.test.name == "Fisher's exact test"
    assert found.test.p == pytest.approx(math.comb(9, 3) / math.comb(77, 3))
    assert format_p(found.test.p) == "0.001"
    assert found.odds_ratio == math.inf
    assert found.high == math.inf
    assert found.low is not None
    assert 1.0 < found.low < math.inf
    assert any("Firth" in warning for warning in found.warnings)
    assert any("Only 3 patients have the rarer outcome" in warning for warning in found.warnings)


def test_neither_two_nor_four_deaths_would_print_that_p() -> None:
    assert format_p(associate(2, 7, 0, 68).test.p) == "0.012"
    assert format_p(associate(4, 5, 0, 68).test.p) == "<0.001"


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.integers(8, 400)] * 4))
def test_large_tables_agree_with_scipy_and_statsmodels(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    oracle = stats.chi2_contingency([[a, b], [c, d]], correction=False)
    assume(oracle.expected_freq.min() >= 5)
    found = associate(a, b, c, d)
    assert found.method == "large_sample"
    assert found.test.statistic == pytest.approx(oracle.statistic, abs=1e-9)
    assert found.test.p == pytest.approx(oracle.pvalue, abs=1e-12)
    by_statsmodels = Table2x2([[a, b], [c, d]])
    assert found.odds_ratio == pytest.approx(by_statsmodels.oddsratio)
    assert (found.low, found.high) == pytest.approx(by_statsmodels.oddsratio_confint(0.05))
    assert not found.separated
    assert (found.interval.low, found.interval.high) == (found.low, found.high)


def test_the_rule_turns_at_an_expected_count_of_five() -> None:
    # Smallest expected counts: 10 * 20 / 40 = 5 and 9 * 20 / 40 = 4.5.
    assert associate(7, 3, 13, 17).test.name == "Pearson's chi-square test"
    assert associate(6, 3, 14, 17).test.name == "Fisher's exact test"
    assert "at least 5" in ASSOCIATION_RULE


def test_an_empty_cell_is_exact_however_many_are_expected() -> None:
    found = associate(0, 40, 20, 40)
    assert found.method == "exact"
    assert found.odds_ratio == 0.0
    assert found.low == 0.0
    assert found.high is not None
    assert found.high < 1.0


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ((0, 0, 3, 4), "exposed"),
        ((3, 4, 0, 0), "exposed"),
        ((0, 5, 0, 4), "outcome"),
        ((5, 0, 4, 0), "outcome"),
        ((0, 0, 0, 0), "exposed"),
    ],
)
def test_an_empty_margin_tells_nothing_and_says_so(table: tuple[int, int, int, int], reason: str) -> None:
    found = associate(*table)
    assert (found.odds_ratio, found.low, found.high, found.test.p) == (None, None, None, None)
    assert found.method == "none"
    assert found.test.note is not None
    assert reason in found.test.note
    assert not found.separated
    assert found.warnings


@given(st.tuples(*[st.integers(0, 12)] * 4), st.sampled_from([0.8, 0.95]))
def test_the_interval_holds_the_estimate_and_an_excluded_one_means_a_small_p(
    table: tuple[int, int, int, int], level: float
) -> None:
    found = associate(*table, level)
    if found.odds_ratio is None or found.low is None or found.high is None:
        return
    assert found.low <= found.odds_ratio <= found.high
    if found.method == "exact" and not found.low <= 1.0 <= found.high:
        assert found.test.p is not None
        assert found.test.p <= 1 - level


def test_small_groups_are_warned_of() -> None:
    assert associate(20, 20, 10, 30).warnings == ()
    assert any("smaller group" in warning for warning in associate(4, 4, 20, 40).warnings)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(UsageError, match="not negative"):
        associate(-1, 2, 3, 4)
