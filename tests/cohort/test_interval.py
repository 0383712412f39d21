from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from sclerograph.cohort.interval import TestResult, check_level, normal_quantile
from sclerograph.errors import UsageError


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
def test_the_quantile_holds_the_level_between_minus_and_plus_itself(level: float) -> None:
    z = normal_quantile(level)
    assert norm.cdf(z) - norm.cdf(-z) == pytest.approx(level, abs=1e-12)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.1, math.nan])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        check_level(level)


def test_a_result_needs_no_note() -> None:
    assert TestResult("Fisher's exact test", None, 0.02).note is None
