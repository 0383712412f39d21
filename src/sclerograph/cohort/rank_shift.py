"""How far one group lies above another: the Hodges-Lehmann shift, with the interval of the Mann-Whitney test."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.interval import Interval, normal_quantile

__all__ = ["hodges_lehmann", "is_exact", "null_spread", "shift_interval"]

#: Up to so many values in each group, without ties, the Mann-Whitney statistic has its exact distribution.
_MOST_FOR_EXACT = 25
#: Up to so many pairs all differences are held in memory; beyond, the wanted one is found by counting.
_MOST_PAIRS = 4_000_000
#: Halvings after which the limits of a search are neighbouring numbers.
_HALVINGS = 110


def is_exact(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Say whether the exact distribution of the Mann-Whitney statistic is used: few values, and no two equal."""
    pooled = np.concatenate([first, second])
    return max(first.size, second.size) <= _MOST_FOR_EXACT and np.unique(pooled).size == pooled.size


def null_spread(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the standard deviation of the Mann-Whitney statistic without a shift, corrected for ties."""
    n = first.size + second.size
    _, ties = np.unique(np.concatenate([first, second]), return_counts=True)
    ties = ties.astype(np.float64)
    tie_term = float(np.sum(ties**3 - ties)) / (n * (n - 1))
    return math.sqrt(max(first.size * second.size / 12.0 * (n + 1 - tie_term), 0.0))


def hodges_lehmann(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the median of all differences of a value of the first group less one of the second.

    Hodges and Lehmann 1963, Ann Math Stat 34:598-611, doi:10.1214/aoms/1177704172.
    """
    pairs = first.size * second.size
    middle = (pairs + 1) // 2
    low = _difference(first, second, middle)
    return low if pairs % 2 else (low + _difference(first, second, middle + 1)) / 2


def shift_interval(first: NDArray[np.float64], second: NDArray[np.float64], level: float = 0.95) -> Interval:
    """Return the interval of the shift that inverts the Mann-Whitney test.

    Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3rd ed. 2014, section 4.3. Limits are infinite
    where there are too few values for this level.
    """
    pairs = first.size * second.size
    rank = _rank_of_limit(first, second, level)
    if rank < 1:
        return Interval(-math.inf, math.inf)
    return Interval(_difference(first, second, rank), _difference(first, second, pairs + 1 - rank))


def _rank_of_limit(first: NDArray[np.float64], second: NDArray[np.float64], level: float) -> int:
    """Return which difference, counted from the smallest, is the lower limit; below 1 there is none."""
    if is_exact(first, second):
        # One more than the greatest value of the statistic that is rejected on the lower side.
        tail = np.cumsum(_null_distribution(first.size, second.size))
        return int(np.searchsorted(tail, (1.0 - level) / 2.0 * (1.0 + 1e-12), side="right"))
    reach = normal_quantile(level) * null_spread(first, second)
    # With the half of the continuity correction, as in the test.
    return math.floor(first.size * second.size / 2 - reach + 0.5)


def _null_distribution(m: int, n: int) -> NDArray[np.float64]:
    """Return the probabilities of the Mann-Whitney statistic from 0 to m n when the groups do not differ.

    Its generating function is the Gaussian binomial coefficient (Mann and Whitney 1947, doi:10.1214/aoms/1177730491).
    """
    counts = np.zeros(m * n + 1)
    counts[0] = 1.0
    for factor in range(1, m + 1):
        # Multiply by 1 - x^(n + factor), from above, and divide by 1 - x^factor.
        shifted = np.zeros_like(counts)
        shifted[n + factor :] = counts[: max(counts.size - n - factor, 0)]
        counts -= shifted
        for start in range(factor):
            counts[start::factor] = np.cumsum(counts[start::factor])
    return np.asarray(counts / counts.sum())


def _difference(first: NDArray[np.float64], second: NDArray[np.float64], rank: int) -> float:
    """Return the difference of this rank, 1 the smallest, among all of a value of the first less one of the second."""
    if first.size * second.size <= _MOST_PAIRS:
        return float(np.partition(np.subtract.outer(first, second).ravel(), rank - 1)[rank - 1])
    ordered = np.sort(second)
    low, high = float(first.min() - second.max()), float(first.max() - second.min())
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        # A difference is at most the middle when the second value is at least the first less the middle.
        at_most = int(np.sum(ordered.size - np.searchsorted(ordered, first - middle, side="left")))
        if at_most >= rank:
            high = middle
        else:
            low = middle
        if high - low <= 4 * np.spacing(max(abs(low), abs(high))):
            break
    return high
