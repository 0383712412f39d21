"""How far one group lies above another: the Hodges-Lehmann shift, with the interval of the Mann-Whitney test."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.interval import Interval, normal_quantile

__all__ = ["hodges_lehmann", "is_exact", "null_spread", "shift_interval"]

#: Up to so many values in each group, without ties, the Mann-Whitney statistic has its exact distribution.
_MOST_FOR_EXACT = 25
#: Up to so many differences are held in memory; of more, those around the wanted one are found by counting.
_MOST_PAIRS = 2_000_000
#: Of groups with more values, so many from each tell where to begin counting, to this share of the differences.
_SOME_VALUES = 500
_BRACKET_SHARE = 0.005


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
    pairs = first.size * second.size
    if pairs <= _MOST_PAIRS:
        return float(np.partition(np.subtract.outer(first, second).ravel(), rank - 1)[rank - 1])
    # Sorted on both sides, each search begins where the one before ended.
    rising, ordered = np.sort(first), np.sort(second)

    def beginnings(value: float) -> NDArray[np.intp]:
        """Return, for each first value, from which second value on their difference is at most this."""
        return np.searchsorted(ordered, rising - value, side="left")

    def at_most(value: float) -> int:
        return pairs - int(beginnings(value).sum())

    low, high = _bracket(rising, ordered, rank / pairs)
    if (below := at_most(low)) >= rank:
        low, below = math.nextafter(float(rising[0] - ordered[-1]), -math.inf), 0
    if (above := at_most(high)) < rank:
        high, above = math.nextafter(float(rising[-1] - ordered[0]), math.inf), pairs
    while above - below > _MOST_PAIRS:
        middle = low + (high - low) / 2
        if not low < middle < high:
            # So many differences are equal.
            return high
        if (count := at_most(middle)) >= rank:
            high, above = middle, count
        else:
            low, below = middle, count
    starts, lengths = beginnings(high), beginnings(low) - beginnings(high)
    places = np.arange(lengths.sum()) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    between = np.repeat(rising, lengths) - ordered[places]
    return float(np.partition(between, rank - below - 1)[rank - below - 1])


def _bracket(rising: NDArray[np.float64], ordered: NDArray[np.float64], share: float) -> tuple[float, float]:
    """Return two values between which the difference at a share of all most likely lies, from some of the pairs."""
    some = [
        values[np.linspace(0, values.size - 1, min(values.size, _SOME_VALUES)).astype(np.intp)]
        for values in (rising, ordered)
    ]
    shares = np.clip([share - _BRACKET_SHARE, share + _BRACKET_SHARE], 0.0, 1.0)
    low, high = np.quantile(np.subtract.outer(*some).ravel(), shares)
    return float(low), float(high)
