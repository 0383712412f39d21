from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from sclerograph.cohort.interval import Interval
from sclerograph.cohort.term import ratio_of, term_not_estimated, wald_term


def test_walds_line_of_a_ratio() -> None:
    term = wald_term("diffuse", 0.7, 0.3, 0.95)
    assert term.ratio == pytest.approx(math.exp(0.7))
    assert term.low == pytest.approx(math.exp(0.7 - norm.ppf(0.975) * 0.3))
    assert term.high == pytest.approx(math.exp(0.7 + norm.ppf(0.975) * 0.3))
    assert term.p == pytest.approx(2.0 * norm.sf(0.7 / 0.3))
    assert term.interval == Interval(term.low, term.high)


def test_walds_line_of_a_difference_has_no_ratio() -> None:
    term = wald_term("diffuse", -0.7, 0.3, 0.9, as_ratio=False)
    assert term.ratio is None
    assert term.low == pytest.approx(-0.7 - norm.ppf(0.95) * 0.3)


def test_a_ratio_beyond_all_numbers_is_infinite() -> None:
    assert ratio_of(1e4) == math.inf
    assert ratio_of(-1e4) == 0.0
    assert ratio_of(None) is None


def test_what_is_not_estimated_says_why() -> None:
    term = term_not_estimated("hospital", "hospital has the same value in every patient")
    assert (term.estimate, term.ratio, term.interval, term.p) == (None, None, Interval(None, None), None)
    assert term.test.note == "hospital has the same value in every patient"
