"""Limits of agreement of two measurements of the same things.

Bland and Altman 1986, Lancet 1:307-310, doi:10.1016/S0140-6736(86)90837-8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sclerograph.cohort.continuous import correlate
from sclerograph.cohort.interval import Interval, TestResult, check_level, normal_quantile
from sclerograph.cohort.values import Values, complete_rows
from sclerograph.errors import UsageError

__all__ = ["BlandAltman", "Scale", "bland_altman"]

Scale = Literal["difference", "ratio"]


@dataclass(frozen=True)
class BlandAltman:
    """The differences of two measurements, first less second, or their ratios, first over second.

    What needs more pairs than there are is ``None``. On the ratio scale bias and limits are ratios, ``sd`` is that of
    the natural logarithms, and ``means`` are geometric.
    """

    scale: Scale
    #: Pairs, and rows left out because one value is missing.
    n: int
    missing: int
    #: Mean difference (or geometric mean ratio), and the standard deviation of the differences (of logarithms).
    bias: float | None
    sd: float | None
    bias_interval: Interval
    #: Between these lies the ``coverage`` of the differences that are to be expected.
    lower_limit: float | None
    upper_limit: float | None
    lower_limit_interval: Interval
    upper_limit_interval: Interval
    #: 0.95 for 95 % limits of agreement.
    coverage: float
    #: Of no bias.
    test: TestResult
    #: Of differences that do not rise or fall with the size of what is measured: where they do, one pair of limits does
    #: not hold over the range (test of Spearman's correlation of the points of the plot).
    trend: TestResult
    #: The points of the plot.
    means: tuple[float, ...]
    differences: tuple[float, ...]


def bland_altman(
    first: Values, second: Values, *, scale: Scale = "difference", coverage: float = 0.95, level: float = 0.95
) -> BlandAltman:
    """Return bias and limits of agreement with their intervals.

    The intervals of the limits are exact for normal differences, from the noncentral t distribution (Carkeet 2015,
    Optom Vis Sci 92:e71-e80, doi:10.1097/OPX.0000000000000513), and so are not symmetric; the approximate ones of 1986
    do not reach far enough outwards in small samples.

    Parameters
    ----------
    first, second
        Two measurements of each subject, in the same order and unit.
    scale
        ``ratio`` when differences grow with the size, as areas' do: every value must then be positive.
    coverage
        Share of the differences that lie between the limits (0.80 for limits 1.28 standard deviations away).
    level
        Confidence level of the intervals.

    Raises
    ------
    UsageError
        The columns differ in length, or a value is not positive on the ratio scale.
    """
    check_level(level)
    reach = normal_quantile(coverage)
    x, y = complete_rows(first, second)
    if scale == "ratio":
        if x.size and min(x.min(), y.min()) <= 0.0:
            raise UsageError(
                "limits of agreement as ratios were asked for values of 0 or less: a ratio to nothing is none; leave "
                "these subjects out or use differences"
            )
        x, y = np.log(x), np.log(y)
    back: Callable[[float], float] = math.exp if scale == "ratio" else float
    differences, means = x - y, (x + y) / 2
    n = int(x.size)
    bias = float(differences.mean()) if n else None
    sd = float(differences.std(ddof=1)) if n > 1 else None
    bias_interval = lower = upper = Interval(None, None)
    if bias is not None and sd is not None:
        half = _t_quantile(n - 1, level) * sd / math.sqrt(n)
        inner, outer = _limit_reach(reach, n, level)
        bias_interval = Interval(back(bias - half), back(bias + half))
        lower = Interval(back(bias - outer * sd), back(bias - inner * sd))
        upper = Interval(back(bias + inner * sd), back(bias + outer * sd))
    return BlandAltman(
        scale=scale,
        n=n,
        missing=len(first) - n,
        bias=None if bias is None else back(bias),
        sd=sd,
        bias_interval=bias_interval,
        lower_limit=None if bias is None or sd is None else back(bias - reach * sd),
        upper_limit=None if bias is None or sd is None else back(bias + reach * sd),
        lower_limit_interval=lower,
        upper_limit_interval=upper,
        coverage=coverage,
        test=_paired_t(bias, sd, n),
        trend=correlate(means, differences, method="spearman").test,
        means=tuple(back(each) for each in means),
        differences=tuple(back(each) for each in differences),
    )


def _limit_reach(reach: float, n: int, level: float) -> tuple[float, float]:
    """Return how many standard deviations from the bias the interval of a limit begins and ends."""
    from scipy.stats import nct

    tail = (1.0 - level) / 2.0
    inner, outer = nct.ppf([tail, 1.0 - tail], n - 1, reach * math.sqrt(n)) / math.sqrt(n)
    return float(inner), float(outer)


def _t_quantile(freedom: int, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2.0))


def _paired_t(bias: float | None, sd: float | None, n: int) -> TestResult:
    from scipy.special import stdtr

    name = "paired t test"
    if bias is None or not sd:
        return TestResult(name, None, None, "fewer than two pairs" if sd is None else "all differences are equal")
    statistic = bias / (sd / math.sqrt(n))
    return TestResult(name, statistic, 2.0 * float(stdtr(n - 1, -abs(statistic))), f"{n - 1} degrees of freedom")
