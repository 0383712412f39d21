from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from sclerograph.cohort.proportion import wilson
from sclerograph.errors import UsageError


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_four_examples_of_newcombe_1998(successes: int, n: int, low: float, high: float) -> None:
    """Table I of Newcombe 1998, method 3."""
    found = wilson(successes, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


#: Counts of 77 patients behind the percentages that FRI0276 prints.
FRI0276 = [
    (20, "26.0"),
    (16, "20.8"),
    (22, "28.6"),
    (19, "24.7"),
    (33, "42.9"),
    (21, "27.3"),
    (62, "80.5"),
    (27, "35.1"),
]


@pytest.mark.parametrize(("successes", "printed"), FRI0276)
def test_the_prevalences_of_fri0276(successes: int, printed: str) -> None:
    found = wilson(successes, 77)
    assert found.share is not None
    assert f"{100 * found.share:.1f}" == printed
    by_scipy = binomtest(successes, 77).proportion_ci(0.95, method="wilson")
    by_statsmodels = proportion_confint(successes, 77, 0.05, method="wilson")
    assert (found.low, found.high) == pytest.approx((by_scipy.low, by_scipy.high), abs=1e-12)
    assert (found.low, found.high) == pytest.approx(by_statsmodels, abs=1e-12)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_the_limits_are_the_shares_whose_score_test_just_rejects(counts: tuple[int, int], level: float) -> None:
    successes, n = counts
    found = wilson(successes, n, level)
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    assert 0.0 <= found.low <= found.share <= found.high <= 1.0
    for limit in (found.low, found.high):
        if 1e-9 < limit < 1 - 1e-9:
            score = abs(found.share - limit) / math.sqrt(limit * (1 - limit) / n)
            assert math.erf(score / math.sqrt(2)) == pytest.approx(level, abs=1e-6)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_failures_mirror_successes(counts: tuple[int, int]) -> None:
    successes, n = counts
    one, other = wilson(successes, n), wilson(n - successes, n)
    assert one.low is not None
    assert other.high is not None
    assert one.low == pytest.approx(1 - other.high, abs=1e-12)


def test_the_ends_are_exact() -> None:
    assert wilson(0, 77).low == 0.0
    assert wilson(77, 77).high == 1.0


def test_nobody_examined_has_no_share() -> None:
    assert wilson(0, 0).share is None
    assert wilson(0, 0).low is None


@pytest.mark.parametrize(("successes", "n"), [(-1, 10), (11, 10), (0, -1)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(UsageError, match="no proportion"):
        wilson(successes, n)
