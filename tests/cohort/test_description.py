from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sclerograph.cohort.description import (
    SUMMARY_RULE,
    choose_summary,
    describe_categorical,
    describe_continuous,
    standardised_difference,
    standardised_difference_of_levels,
)
from sclerograph.errors import UsageError

DURATION_YEARS = [1.0, 2.0, 3.5, 4.0, 5.0, 7.0, 8.0, 9.5, 12.0, 15.0, 20.0, 31.0, None, math.nan]


def test_a_continuous_variable_agrees_with_numpy_and_scipy() -> None:
    known = np.array(DURATION_YEARS[:12], dtype=float)
    found = describe_continuous(DURATION_YEARS)
    assert (found.n, found.missing) == (12, 2)
    assert found.mean == pytest.approx(np.mean(known))
    assert found.sd == pytest.approx(stats.tstd(known))
    assert found.median == 7.5
    assert (found.first_quartile, found.third_quartile) == pytest.approx(tuple(np.quantile(known, [0.25, 0.75])))
    assert (found.minimum, found.maximum) == (1.0, 31.0)
    assert found.skewness == pytest.approx(stats.skew(known, bias=False))
    assert found.summary == "median_iqr"


def test_what_cannot_be_told_is_none() -> None:
    nobody = describe_continuous([None, None])
    assert (nobody.n, nobody.missing, nobody.mean, nobody.median) == (0, 2, None, None)
    one = describe_continuous([4.2])
    assert (one.n, one.mean, one.sd, one.median, one.skewness) == (1, 4.2, None, 4.2, None)
    assert describe_continuous([0.1] * 20).skewness is None


@pytest.mark.parametrize(
    ("values", "summary"),
    [
        (np.linspace(40, 75, 77), "mean_sd"),
        # Nine values are too few.
        (np.linspace(40, 75, 9), "median_iqr"),
        # A few very long durations.
        ([*np.linspace(40, 75, 30), 300.0], "median_iqr"),
        # Not very skewed, but the SD is more than half of a mean that cannot be negative.
        (np.linspace(0, 10, 50), "median_iqr"),
        # The same with negative values, as of changes.
        (np.linspace(-5, 5, 50), "mean_sd"),
        ([3.0] * 20, "mean_sd"),
        ([], "median_iqr"),
    ],
)
def test_the_rule(values: list[float], summary: str) -> None:
    assert choose_summary(values) == summary


def test_the_rule_is_printed_with_its_own_numbers() -> None:
    assert "at least 10 values" in SUMMARY_RULE
    assert "±1" in SUMMARY_RULE


def test_a_categorical_variable() -> None:
    found = describe_categorical(["lcSSc"] * 55 + ["dcSSc"] * 22 + [None], order=["lcSSc", "dcSSc", "sine"])
    assert (found.n, found.missing) == (77, 1)
    assert [(each.level, each.count) for each in found.levels] == [("lcSSc", 55), ("dcSSc", 22), ("sine", 0)]
    assert [each.share for each in found.levels] == pytest.approx([55 / 77, 22 / 77, 0.0])


def test_levels_are_sorted_as_people_expect() -> None:
    found = describe_categorical([10, 9, 2, "unknown", 10])
    assert [each.level for each in found.levels] == [2, 9, 10, "unknown"]
    assert describe_categorical([None]).levels == ()
    assert describe_categorical([None], order=["a"]).levels[0].share is None


def test_a_level_that_was_not_foreseen_is_refused() -> None:
    with pytest.raises(UsageError, match="not among the levels"):
        describe_categorical(["lcSSc", "lSSc"], order=["lcSSc", "dcSSc"])


def test_the_standardised_difference_of_means() -> None:
    first, second = [1.0, 2.0, 3.0, 4.0, None], [3.0, 5.0, 7.0]
    expected = (2.5 - 5.0) / math.sqrt((stats.tvar([1, 2, 3, 4]) + stats.tvar([3, 5, 7])) / 2)
    assert standardised_difference(first, second) == pytest.approx(expected)
    assert standardised_difference(second, first) == pytest.approx(-expected)
    assert standardised_difference([1.0], second) is None
    assert standardised_difference([2.0, 2.0], [2.0, 2.0]) == 0.0
    assert standardised_difference([2.0, 2.0], [3.0, 3.0]) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_two_levels_give_austins_difference_of_proportions(a: int, b: int, c: int, d: int) -> None:
    found = standardised_difference_of_levels(["yes"] * a + ["no"] * b, ["yes"] * c + ["no"] * d)
    p, q = a / (a + b), c / (c + d)
    if a == c == 0:
        assert found == 0.0
    else:
        assert found == pytest.approx(abs(p - q) / math.sqrt((p * (1 - p) + q * (1 - q)) / 2), abs=1e-9)


def test_three_levels_by_the_formula_of_yang_and_dalton() -> None:
    """The distance is the same whichever level is left out of the formula, which omits one."""
    first, second = {"a": 20, "b": 30, "c": 50}, {"a": 45, "b": 15, "c": 40}
    found = standardised_difference_of_levels(
        [level for level, count in first.items() for _ in range(count)],
        [level for level, count in second.items() for _ in range(count)],
    )
    for kept in ("ab", "bc", "ac"):
        p = np.array([first[level] / 100 for level in kept])
        q = np.array([second[level] / 100 for level in kept])
        covariance = np.empty((2, 2))
        for i in range(2):
            for j in range(2):
                covariance[i, j] = (
                    (p[i] * (1 - p[i]) + q[i] * (1 - q[i])) / 2 if i == j else -(p[i] * p[j] + q[i] * q[j]) / 2
                )
        expected = math.sqrt((p - q) @ np.linalg.inv(covariance) @ (p - q))
        assert found == pytest.approx(expected, abs=1e-9)


def test_groups_that_share_nothing_have_no_distance() -> None:
    assert standardised_difference_of_levels(["a"] * 5, ["b"] * 5) is None
    assert standardised_difference_of_levels([None], ["b"]) is None
