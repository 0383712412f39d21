"""A continuous variable in two groups, and two continuous variables in one."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.description import ContinuousDescription, choose_summary, describe_continuous
from sclerograph.cohort.interval import Interval, TestResult, check_level, normal_quantile
from sclerograph.cohort.rank_shift import hodges_lehmann, is_exact, shift_interval
from sclerograph.cohort.values import Values, complete_rows, present

__all__ = [
    "COMPARISON_RULE",
    "CORRELATION_RULE",
    "Correlation",
    "Effect",
    "GroupComparison",
    "compare_groups",
    "correlate",
]

Effect = Literal["difference_of_means", "hodges_lehmann_shift"]

#: The rule of :func:`compare_groups` as a sentence for the methods part of a report.
COMPARISON_RULE = (
    "Two groups are compared by Welch's t test when the variable is described by its mean in both (difference of means "
    "with its interval), else by the Mann-Whitney test (Hodges-Lehmann shift with the interval of the same test), "
    "exact where at most 25 values a group have no ties."
)
#: The rule of :func:`correlate` as a sentence for the methods part of a report.
CORRELATION_RULE = (
    "Two continuous variables are correlated by Pearson's coefficient when both are described by their means, else by "
    "Spearman's; intervals by Fisher's transformation, for Spearman's with the variance of Bonett and Wright 2000."
)

#: Up to so many pairs the p value of Spearman's coefficient is computed from every order of the ranks.
_MOST_FOR_EVERY_ORDER = 8
#: Fewer values than this in a group: the comparison is warned of.
_FEWEST_VALUES = 10


@dataclass(frozen=True)
class GroupComparison:
    """A continuous variable compared between two groups, first less second."""

    first: ContinuousDescription
    second: ContinuousDescription
    #: What the estimate is.
    effect: Effect
    #: In the unit of the variable; ``None`` where it cannot be computed, infinite where there are too few values.
    estimate: float | None
    low: float | None
    high: float | None
    #: The probability that a value of the first group is greater than one of the second, ties counted half.
    superiority: float | None
    test: TestResult
    warnings: tuple[str, ...]

    @property
    def interval(self) -> Interval:
        """The interval of the estimate."""
        return Interval(self.low, self.high)


@dataclass(frozen=True)
class Correlation:
    """The correlation of two variables in the patients for whom both are known."""

    method: Literal["pearson", "spearman"]
    n: int
    #: ``None`` where a variable does not vary or there are fewer than three pairs.
    coefficient: float | None
    low: float | None
    high: float | None
    test: TestResult

    @property
    def interval(self) -> Interval:
        """The interval of the coefficient."""
        return Interval(self.low, self.high)


def compare_groups(first: Values, second: Values, level: float = 0.95) -> GroupComparison:
    """Compare a continuous variable between two groups by :data:`COMPARISON_RULE`.

    Missing values are left out and counted in the descriptions.

    Raises
    ------
    UsageError
        A value is no finite number, or the level is not between 0 and 1.
    """
    check_level(level)
    described = describe_continuous(first), describe_continuous(second)
    x, y = present(first), present(second)
    smallest = min(x.size, y.size)
    by_means = all(each.summary == "mean_sd" for each in described)
    effect: Effect = "difference_of_means" if by_means else "hodges_lehmann_shift"
    if smallest == 0:
        test = TestResult("none", None, None, "no test is possible: a group has no value")
        return GroupComparison(*described, effect, None, None, None, None, test, ("A group has no value.",))
    warnings: tuple[str, ...] = ()
    if smallest < _FEWEST_VALUES:
        warnings = (f"Only {smallest} values in the smaller group: the comparison is uncertain.",)
    if by_means:
        estimate, interval, test = _welch(x, y, level)
    else:
        estimate, interval, test = hodges_lehmann(x, y), shift_interval(x, y, level), _mann_whitney(x, y)
        if interval.high == math.inf:
            warnings += (f"Too few values for an interval at {level:.0%}.",)
    return GroupComparison(
        *described, effect, estimate, interval.low, interval.high, _superiority(x, y), test, warnings
    )


def _welch(x: NDArray[np.float64], y: NDArray[np.float64], level: float) -> tuple[float, Interval, TestResult]:
    """Welch 1947, Biometrika 34:28-35, doi:10.1093/biomet/34.1-2.28."""
    from scipy.special import stdtr, stdtrit

    name = "Welch's t test"
    difference = float(x.mean() - y.mean())
    parts = float(x.var(ddof=1)) / x.size, float(y.var(ddof=1)) / y.size
    if sum(parts) == 0.0:
        return difference, Interval(None, None), TestResult(name, None, None, "no value varies within its group")
    error = math.sqrt(sum(parts))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (x.size - 1) + parts[1] ** 2 / (y.size - 1))
    statistic = difference / error
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(statistic)))
    note = f"{freedom:.1f} degrees of freedom"
    return difference, Interval(difference - reach, difference + reach), TestResult(name, statistic, p, note)


def _mann_whitney(x: NDArray[np.float64], y: NDArray[np.float64]) -> TestResult:
    from scipy.stats import mannwhitneyu

    name = "Mann-Whitney test"
    if np.ptp(np.concatenate([x, y])) == 0.0:
        return TestResult(name, None, None, "all values are equal")
    exact = is_exact(x, y)
    found = mannwhitneyu(x, y, alternative="two-sided", method="exact" if exact else "asymptotic")
    note = "exact" if exact else "normal approximation with correction for ties and continuity"
    return TestResult(name, float(found.statistic), float(found.pvalue), note)


def _superiority(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    ordered = np.sort(y)
    below = np.searchsorted(ordered, x, side="left").sum()
    not_above = np.searchsorted(ordered, x, side="right").sum()
    return float(below + not_above) / (2 * x.size * y.size)


def correlate(
    first: Values, second: Values, level: float = 0.95, method: Literal["auto", "pearson", "spearman"] = "auto"
) -> Correlation:
    """Correlate two continuous variables by :data:`CORRELATION_RULE`, over the rows in which both are known.

    Parameters
    ----------
    first, second
        One value a patient, in the same order.
    level
        Confidence level of the interval.
    method
        ``auto`` follows the rule.

    Raises
    ------
    UsageError
        A value is no finite number, the columns differ in length, or the level is not between 0 and 1.
    """
    check_level(level)
    x, y = complete_rows(first, second)
    if method == "auto":
        method = "pearson" if choose_summary(x) == choose_summary(y) == "mean_sd" else "spearman"
    name = "test of Pearson's correlation" if method == "pearson" else "test of Spearman's rank correlation"
    n = int(x.size)
    if n < 3 or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        reason = "fewer than three pairs" if n < 3 else "a variable does not vary"
        return Correlation(method, n, None, None, None, TestResult(name, None, None, reason))
    if method == "spearman":
        x, y = _ranks(x), _ranks(y)
    coefficient = _product_moment(x, y)
    interval = _fisher_interval(coefficient, n, level, ranked=method == "spearman")
    if method == "spearman" and n <= _MOST_FOR_EVERY_ORDER:
        test = TestResult(name, coefficient, _p_of_every_order(x, y), "exact, from every order of the ranks")
    else:
        test = _t_of_correlation(name, coefficient, n)
    return Correlation(method, n, coefficient, interval.low, interval.high, test)


def _product_moment(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    dx, dy = x - x.mean(), y - y.mean()
    return min(1.0, max(-1.0, float(dx @ dy) / (math.sqrt(float(dx @ dx)) * math.sqrt(float(dy @ dy)))))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks from 1, equal values sharing the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2.0)[inverse])


def _fisher_interval(coefficient: float, n: int, level: float, *, ranked: bool) -> Interval:
    """Fisher's transformation; for ranks with the variance of Bonett and Wright 2000, doi:10.1007/BF02294183."""
    # A perfect correlation has no spread to tell its uncertainty from.
    if n < 4 or abs(coefficient) > 1.0 - 1e-12:
        return Interval(None, None)
    variance = (1.0 + coefficient**2 / 2.0 if ranked else 1.0) / (n - 3)
    reach = normal_quantile(level) * math.sqrt(variance)
    transformed = math.atanh(coefficient)
    return Interval(math.tanh(transformed - reach), math.tanh(transformed + reach))


def _t_of_correlation(name: str, coefficient: float, n: int) -> TestResult:
    from scipy.special import stdtr

    rest = 1.0 - coefficient**2
    statistic = math.copysign(math.inf, coefficient) if rest <= 0.0 else coefficient * math.sqrt((n - 2) / rest)
    return TestResult(name, statistic, 2 * float(stdtr(n - 2, -abs(statistic))), f"t with {n - 2} degrees of freedom")


def _p_of_every_order(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    orders = np.array(list(itertools.permutations(range(x.size))), dtype=np.intp)
    dx, dy = x - x.mean(), y - y.mean()
    products = np.abs(dy[orders] @ dx)
    return float(np.mean(products >= abs(float(dx @ dy)) - 1e-9))
