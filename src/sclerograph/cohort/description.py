"""What stands in table 1: how many, how many missing, mean or median, and how far two groups differ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.values import Values, levels_present, numbers, present
from sclerograph.errors import UsageError

__all__ = [
    "SUMMARY_RULE",
    "CategoricalDescription",
    "ContinuousDescription",
    "LevelCount",
    "Summary",
    "choose_summary",
    "describe_categorical",
    "describe_continuous",
    "standardised_difference",
    "standardised_difference_of_levels",
]

Summary = Literal["mean_sd", "median_iqr"]

#: Fewer values than this say nothing about the form of their distribution.
_FEWEST_FOR_MEAN = 10
#: Beyond this a distribution counts as highly skewed (Bulmer, Principles of Statistics, 1979, p. 63).
_GREATEST_SKEWNESS = 1.0
#: A positive quantity whose mean is less than this many standard deviations must be skewed.
_FEWEST_SD_TO_ZERO = 2.0

#: The rule of :func:`choose_summary` as a sentence for the methods part of a report.
SUMMARY_RULE = (
    f"Continuous variables are given as mean and standard deviation when there are at least {_FEWEST_FOR_MEAN} values, "
    f"their skewness lies within ±{_GREATEST_SKEWNESS:g}, and, where none is negative, their mean is at least "
    f"{_FEWEST_SD_TO_ZERO:g} standard deviations (Altman and Bland 1996); else as median and quartiles."
)


@dataclass(frozen=True)
class ContinuousDescription:
    """A continuous variable in one group. What needs more values than there are is ``None``."""

    #: Values that are there, and values that are missing.
    n: int
    missing: int
    mean: float | None
    #: Of the sample, with n - 1; needs two values.
    sd: float | None
    median: float | None
    #: Quartiles by linear interpolation (type 7 of Hyndman and Fan 1996).
    first_quartile: float | None
    third_quartile: float | None
    minimum: float | None
    maximum: float | None
    #: Adjusted for n (G1 of Joanes and Gill 1998); needs three values that are not all equal.
    skewness: float | None
    #: Which of the two is to be printed, by :data:`SUMMARY_RULE`.
    summary: Summary


@dataclass(frozen=True)
class LevelCount:
    """How many have one value of a categorical variable."""

    level: Hashable
    count: int
    #: Of those whose value is known; ``None`` where it is known of nobody.
    share: float | None


@dataclass(frozen=True)
class CategoricalDescription:
    """A categorical variable in one group."""

    #: Values that are there, and values that are missing.
    n: int
    missing: int
    levels: tuple[LevelCount, ...]


def describe_continuous(values: Values) -> ContinuousDescription:
    """Describe a continuous variable.

    Raises
    ------
    UsageError
        A value is no finite number.
    """
    column = numbers(values)
    known = column[~np.isnan(column)]
    n, missing = int(known.size), int(column.size - known.size)
    if n == 0:
        return ContinuousDescription(0, missing, None, None, None, None, None, None, None, None, "median_iqr")
    first_quartile, median, third_quartile = (float(value) for value in np.percentile(known, [25, 50, 75]))
    return ContinuousDescription(
        n=n,
        missing=missing,
        mean=float(known.mean()),
        sd=float(known.std(ddof=1)) if n > 1 else None,
        median=median,
        first_quartile=first_quartile,
        third_quartile=third_quartile,
        minimum=float(known.min()),
        maximum=float(known.max()),
        skewness=_skewness(known),
        summary=choose_summary(known),
    )


def choose_summary(values: Values) -> Summary:
    """Say whether mean and SD or median and quartiles describe a variable, by :data:`SUMMARY_RULE`.

    No test of normality is made: it finds nothing in small samples and everything in large ones. Altman and Bland 1996,
    BMJ 313:1200, doi:10.1136/bmj.313.7066.1200.
    """
    known = present(values)
    if known.size < _FEWEST_FOR_MEAN:
        return "median_iqr"
    skewness = _skewness(known)
    if skewness is not None and abs(skewness) > _GREATEST_SKEWNESS:
        return "median_iqr"
    if known.min() >= 0.0 and known.mean() < _FEWEST_SD_TO_ZERO * known.std(ddof=1):
        return "median_iqr"
    return "mean_sd"


def describe_categorical(values: Values, order: Sequence[Hashable] | None = None) -> CategoricalDescription:
    """Describe a categorical variable.

    Parameters
    ----------
    values
        Any values that can be compared for equality.
    order
        The levels in the order they are to be listed, also those that nobody has; by default those that occur, sorted.

    Raises
    ------
    UsageError
        A value occurs that is not in ``order``.
    """
    column = levels_present(values)
    counts = Counter(value for value in column if value is not None)
    n = counts.total()
    levels = sorted(counts, key=_level_key) if order is None else list(order)
    unknown = len(counts.keys() - set(levels))
    if unknown:
        raise UsageError(
            f"{unknown} values are not among the levels of their variable: they would go uncounted; add them"
        )
    return CategoricalDescription(
        n=n,
        missing=len(column) - n,
        levels=tuple(LevelCount(level, counts[level], counts[level] / n if n else None) for level in levels),
    )


def standardised_difference(first: Values, second: Values) -> float | None:
    """Return the difference of two means in units of their common standard deviation, first less second.

    The common variance is the mean of the two, whatever the sizes of the groups (Austin 2009, Stat Med 28:3083-3107,
    doi:10.1002/sim.3697); above 0.1 groups are often called unbalanced. ``None`` where a group has fewer than two
    values, or neither varies and the means differ.
    """
    x, y = present(first), present(second)
    if x.size < 2 or y.size < 2:
        return None
    difference = float(x.mean() - y.mean())
    common = math.sqrt((float(x.var(ddof=1)) + float(y.var(ddof=1))) / 2)
    if common == 0.0:
        return 0.0 if difference == 0.0 else None
    return difference / common


def standardised_difference_of_levels(first: Values, second: Values) -> float | None:
    """Return how far the shares of a categorical variable differ between two groups, never negative.

    The Mahalanobis distance of the vectors of shares under their mean multinomial covariance (Yang and Dalton 2012, SAS
    Global Forum, paper 335); with two levels it is the absolute standardised difference of a proportion of Austin 2009.
    ``None`` where a group is empty, or the groups have no level in common and so no covariance.
    """
    x, y = describe_categorical(first), describe_categorical(second)
    if x.n == 0 or y.n == 0:
        return None
    levels = sorted({each.level for each in (*x.levels, *y.levels)}, key=_level_key)
    p, q = _shares(x, levels), _shares(y, levels)
    covariance = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    difference = p - q
    inverse = np.linalg.pinv(covariance, rcond=1e-12, hermitian=True)
    # Shares sum to one, so one direction never varies and never differs; any other direction that does not vary but
    # differs makes the distance infinite.
    if not np.allclose(covariance @ inverse @ difference, difference, atol=1e-9):
        return None
    return math.sqrt(max(float(difference @ inverse @ difference), 0.0))


def _shares(described: CategoricalDescription, levels: Sequence[Hashable]) -> NDArray[np.float64]:
    counts = {each.level: each.count for each in described.levels}
    return np.array([counts.get(level, 0) / described.n for level in levels], dtype=np.float64)


def _skewness(known: NDArray[np.float64]) -> float | None:
    """Return the third standardised moment, adjusted for n: G1 of Joanes and Gill 1998, doi:10.1111/1467-9884.00122."""
    n = known.size
    if n < 3:
        return None
    centred = known - known.mean()
    variance = float(np.mean(centred**2))
    # Equal values differ from their mean by rounding alone.
    if variance <= (1e-12 * float(np.abs(known).max())) ** 2:
        return None
    return math.sqrt(n * (n - 1)) / (n - 2) * float(np.mean(centred**3)) / math.sqrt(variance) ** 3


def _level_key(level: Hashable) -> tuple[int, float, str]:
    """Return the key that sorts levels: numbers by value, then the rest by their text."""
    if isinstance(level, int | float | np.number):
        return 0, float(level), ""
    return 1, 0.0, str(level)
