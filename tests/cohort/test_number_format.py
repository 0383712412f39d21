from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.cohort.number_format import (
    NOT_ESTIMABLE,
    format_count,
    format_estimate,
    format_number,
    format_p,
    format_percent,
    p_statement,
)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        # Truncation would print 0.011 here.
        (0.0116, "0.012"),
        (0.0115, "0.012"),
        (0.00149, "0.001"),
        (0.001, "0.001"),
        (0.00099, "<0.001"),
        (0.0, "<0.001"),
        (0.041, "0.041"),
        (0.0996, "0.100"),
        (0.105, "0.11"),
        (0.494, "0.49"),
        (0.99, "0.99"),
        (0.991, ">0.99"),
        (1.0, ">0.99"),
        (None, NOT_ESTIMABLE),
        (math.nan, NOT_ESTIMABLE),
    ],
)
def test_p_is_rounded_and_never_truncated(p: float | None, text: str) -> None:
    assert format_p(p) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0499, "0.0499"),
        (0.04996, "0.04996"),
        (0.0501, "0.0501"),
        (0.05, "0.050"),
        (0.00996, "0.00996"),
        (0.01, "0.010"),
        (0.0500000001, ">0.05"),
        (0.04999999999, "<0.05"),
    ],
)
def test_rounding_never_reaches_a_threshold(p: float, text: str) -> None:
    assert format_p(p) == text


@given(st.floats(0.0, 1.0))
def test_what_is_printed_lies_on_the_same_side_and_close(p: float) -> None:
    text = format_p(p)
    value = float(text.strip("<>"))
    for threshold in (0.05, 0.01, 0.001):
        if text[0] not in "<>":
            assert (value < threshold) == (p < threshold)
    if text[0] == "<":
        assert p < value
    elif text[0] == ">":
        assert p > value
    else:
        decimals = len(text) - 2
        assert abs(value - p) <= 0.5 * 10**-decimals * (1 + 1e-9)


def test_p_in_a_sentence() -> None:
    assert p_statement(0.0116) == "p = 0.012"
    assert p_statement(1e-9) == "p < 0.001"
    assert p_statement(None) == f"p {NOT_ESTIMABLE}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.374, "2.37"),
        (0.02345, "0.0235"),
        (9.996, "10.0"),
        (0.99951, "1.00"),
        (680.3, "680"),
        (12345.6, "12346"),
        (-1.5, "−1.50"),
        (0.0, "0"),
        (1.7e8, "1.70e8"),
        (999_999.7, "1000000"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (None, NOT_ESTIMABLE),
    ],
)
def test_numbers_keep_three_digits(value: float | None, text: str) -> None:
    assert format_number(value) == text


@given(st.floats(1e-6, 9e5), st.integers(1, 6))
def test_the_printed_number_is_the_rounded_one(value: float, significant: int) -> None:
    printed = float(format_number(value, significant))
    step = 10.0 ** min(0, math.floor(math.log10(value)) + 1 - significant)
    assert abs(printed - value) <= 0.5 * step * (1 + 1e-6)


def test_estimates_with_their_intervals() -> None:
    assert format_estimate(2.37, 1.66, 3.394) == "2.37 (1.66 to 3.39)"
    assert format_estimate(math.inf, 2.5, math.inf) == "∞ (2.50 to ∞)"
    assert format_estimate(0.0, 0.0, 0.4) == "0 (0 to 0.400)"
    assert format_estimate(1.234, -0.5, 3.0, decimals=1) == "1.2 (−0.5 to 3.0)"
    assert format_estimate(0.04, -0.04, 0.06, decimals=1) == "0.0 (0.0 to 0.1)"
    assert format_estimate(None, None, None) == NOT_ESTIMABLE
    assert format_estimate(1.0, None, None) == f"1.00 (interval {NOT_ESTIMABLE})"


def test_percentages() -> None:
    assert format_percent(0.285) == "28.5 %"
    assert format_percent(0.285, 0) == "29 %"
    assert format_percent(None) == NOT_ESTIMABLE
    assert format_count(15, 77) == "15/77 (19.5 %)"
    assert format_count(16, 77) == "16/77 (20.8 %)"
    assert format_count(1, 16) == "1/16 (6.3 %)"
    assert format_count(0, 0) == "0/0"
