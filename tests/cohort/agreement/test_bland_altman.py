from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sclerograph.cohort.agreement.bland_altman import bland_altman
from sclerograph.errors import UsageError

#: Peak expiratory flow in l/min by two meters in 17 subjects: table 1 of Bland and Altman 1986, first readings.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI_WRIGHT = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_the_peak_flow_meters_of_bland_and_altman() -> None:
    """They print a mean difference of -2.1 with an SD of 38.8, and limits of -79.7 and 75.5 at two of these."""
    found = bland_altman(WRIGHT, MINI_WRIGHT)
    assert found.n == 17
    assert found.bias == pytest.approx(-2.1, abs=0.05)
    assert found.sd == pytest.approx(38.8, abs=0.05)
    assert found.bias is not None
    assert found.sd is not None
    assert found.bias - 2 * found.sd == pytest.approx(-79.7, abs=0.1)
    assert found.bias + 2 * found.sd == pytest.approx(75.5, abs=0.1)
    # With 1.96 instead of 2.
    assert (found.lower_limit, found.upper_limit) == pytest.approx((-78.1, 73.9), abs=0.05)
    # They print -22.0 to 17.8 for the bias.
    assert (found.bias_interval.low, found.bias_interval.high) == pytest.approx((-22.0, 17.8), abs=0.1)
    assert found.test.p == pytest.approx(stats.ttest_rel(WRIGHT, MINI_WRIGHT).pvalue)
    means = (np.array(WRIGHT) + np.array(MINI_WRIGHT)) / 2
    assert found.trend.p == pytest.approx(stats.spearmanr(means, np.subtract(WRIGHT, MINI_WRIGHT)).pvalue)
    assert found.means == tuple(means)
    assert found.differences[0] == -18.0


def test_the_interval_of_a_limit_comes_close_to_the_approximate_one_when_there_are_many() -> None:
    random = np.random.default_rng(1)
    first = random.normal(50, 10, 4000)
    found = bland_altman(first, first + random.normal(1, 2, 4000))
    assert found.sd is not None
    assert found.upper_limit is not None
    error = found.sd * math.sqrt(1 / 4000 + 1.959964**2 / (2 * 3999))
    limits = found.upper_limit - 1.96 * error, found.upper_limit + 1.96 * error
    assert (found.upper_limit_interval.low, found.upper_limit_interval.high) == pytest.approx(limits, abs=0.002)


def test_the_interval_of_a_limit_holds_its_level_in_small_samples() -> None:
    random = np.random.default_rng(2)
    truth = 3.0 + stats.norm.ppf(0.975) * 2.0
    samples = random.normal(3.0, 2.0, (3000, 8))
    # The reach in standard deviations depends on n and the levels alone, so that one call tells it for all samples.
    found = bland_altman(samples[0], np.zeros(8))
    assert found.bias is not None
    assert found.sd is not None
    assert found.upper_limit_interval.low is not None
    assert found.upper_limit_interval.high is not None
    inner = (found.upper_limit_interval.low - found.bias) / found.sd
    outer = (found.upper_limit_interval.high - found.bias) / found.sd
    means, spreads = samples.mean(axis=1), samples.std(axis=1, ddof=1)
    above, below = means + inner * spreads > truth, means + outer * spreads < truth
    assert np.mean(above) == pytest.approx(0.025, abs=0.009)
    assert np.mean(below) == pytest.approx(0.025, abs=0.009)


def test_both_limits_mirror_each_other() -> None:
    one, other = bland_altman(WRIGHT, MINI_WRIGHT), bland_altman(MINI_WRIGHT, WRIGHT)
    assert one.upper_limit_interval.high is not None
    assert one.upper_limit_interval.low is not None
    assert other.lower_limit_interval.low == pytest.approx(-one.upper_limit_interval.high)
    assert other.lower_limit_interval.high == pytest.approx(-one.upper_limit_interval.low)


def test_ratios_are_differences_of_logarithms() -> None:
    ratios = bland_altman(WRIGHT, MINI_WRIGHT, scale="ratio", coverage=0.8)
    logs = bland_altman(np.log(WRIGHT), np.log(MINI_WRIGHT), coverage=0.8)
    assert logs.bias is not None
    assert logs.upper_limit is not None
    assert logs.lower_limit_interval.low is not None
    assert ratios.bias == pytest.approx(stats.gmean(WRIGHT) / stats.gmean(MINI_WRIGHT))
    assert ratios.upper_limit == pytest.approx(math.exp(logs.upper_limit))
    assert ratios.lower_limit_interval.low == pytest.approx(math.exp(logs.lower_limit_interval.low))
    assert ratios.differences[0] == pytest.approx(494 / 512)
    assert ratios.means[0] == pytest.approx(math.sqrt(494 * 512))
    assert ratios.coverage == 0.8
    with pytest.raises(UsageError, match="0 or less"):
        bland_altman([1.0, 0.0], [1.0, 2.0], scale="ratio")


def test_missing_values_and_too_few_pairs() -> None:
    found = bland_altman([1.0, None, 3.0, 5.0], [1.5, 2.0, None, 5.0])
    assert (found.n, found.missing) == (2, 2)
    one = bland_altman([1.0], [2.0])
    assert (one.bias, one.sd, one.lower_limit, one.test.p) == (-1.0, None, None, None)
    nobody = bland_altman([], [], scale="ratio")
    assert (nobody.n, nobody.bias) == (0, None)
    equal = bland_altman([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    assert (equal.bias, equal.sd, equal.test.note) == (-1.0, 0.0, "all differences are equal")
