"""The smallest difference, and the smallest change, that is more than the error of reading.

A difference between two films of one patient is real when it exceeds what two readings of the same film would give
(smallest detectable difference, SDD). When both films are read side by side the error of the change itself counts,
which is smaller (smallest detectable change, SDC). Bruynesteyn 2005, Ann Rheum Dis 64:179-182; de Vet 2006, J Clin
Epidemiol 59:1033-1039, doi:10.1016/j.jclinepi.2005.10.015.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sclerograph.cohort.agreement.variance import mean_squares
from sclerograph.cohort.interval import Interval, check_level, normal_quantile
from sclerograph.cohort.values import Values, complete_rows
from sclerograph.errors import UsageError

__all__ = [
    "DetectableChange",
    "detectable_change_from_intraclass",
    "detectable_change_of_readers",
    "smallest_detectable_change",
    "smallest_detectable_difference",
]


@dataclass(frozen=True)
class DetectableChange:
    """A smallest detectable difference or change, in the unit of what was read."""

    #: How it was computed, as it is printed.
    method: str
    #: Subjects with all readings; ``None`` where it was computed from published figures.
    n: int | None
    #: The standard error of one reading (of one reading of a change, for the SDC).
    standard_error: float | None
    #: What must be exceeded; ``None`` where there are too few readings.
    value: float | None
    #: Interval of the value, from the chi-square distribution of a variance.
    low: float | None
    high: float | None
    #: 0.95: of two readings without any change, 5 in 100 differ by more.
    level: float

    @property
    def interval(self) -> Interval:
        """The interval of the value."""
        return Interval(self.low, self.high)


def smallest_detectable_difference(first: Values, second: Values, level: float = 0.95) -> DetectableChange:
    """Return the SDD from two readings of the same films: 1.96 times the standard deviation of their differences.

    A constant difference between the two readings does not count: give both films of a patient to the same reader.

    Parameters
    ----------
    first, second
        Two readings of each film, in the same order.
    level
        Share of unchanged films that stay below the SDD; also the confidence level of its interval.

    Raises
    ------
    UsageError
        The columns differ in length.
    """
    x, y = complete_rows(first, second)
    return _of_differences("SDD: z · SD of differences", list(x - y), 1.0, math.sqrt(2.0), level)


def smallest_detectable_change(
    first: Values, second: Values, readers_averaged: int = 2, level: float = 0.95
) -> DetectableChange:
    """Return the SDC from two readings of the same changes: 1.96 SD of their differences / (sqrt 2 sqrt k).

    The division by sqrt 2 makes the error of one reading of the change; that by sqrt k the error of the mean of k
    readers, when the mean is what is reported.

    Parameters
    ----------
    first, second
        The change of each patient as each of two readers (or one reader twice) scored it on the paired films.
    readers_averaged
        Of how many readers the reported change is the mean.
    level
        Share of unchanged patients that stay below the SDC; also the confidence level of its interval.

    Raises
    ------
    UsageError
        The columns differ in length, or fewer than one reader is averaged.
    """
    if readers_averaged < 1:
        raise UsageError(f"a mean of {readers_averaged} readers was asked for: it needs at least 1; give 1 for no mean")
    x, y = complete_rows(first, second)
    name = f"SDC: z · SD of differences of changes / (√2 √{readers_averaged})"
    return _of_differences(name, list(x - y), math.sqrt(2.0 * readers_averaged), math.sqrt(2.0), level)


def detectable_change_of_readers(
    readers: Sequence[Values],
    *,
    definition: Literal["consistency", "absolute_agreement"] = "absolute_agreement",
    level: float = 0.95,
) -> DetectableChange:
    """Return z sqrt 2 SEM, with the standard error of measurement (SEM) from an analysis of variance of any readers.

    With two readers and ``consistency`` this is the SDD of :func:`smallest_detectable_difference`.

    Parameters
    ----------
    readers
        One column a reader, one value a film, in the same order.
    definition
        ``absolute_agreement`` when the films of one patient may be read by different readers, so that the variance
        between readers is error too; ``consistency`` when the same reader reads both.
    level
        Share of unchanged films that stay below it; also the confidence level of its interval, which is given for
        ``consistency`` only.

    Raises
    ------
    UsageError
        There are fewer than two readers, or their columns differ in length.
    """
    check_level(level)
    name = f"z √2 SEM ({definition.replace('_', ' ')})"
    squares = mean_squares(readers)
    if squares is None:
        return DetectableChange(name, 0, None, None, None, None, level)
    variance = squares.error
    if definition == "absolute_agreement":
        # A variance between readers that is estimated below zero is none.
        variance += max(0.0, (squares.columns - squares.error) / squares.subjects)
    error = math.sqrt(variance)
    value = normal_quantile(level) * math.sqrt(2.0) * error
    interval = Interval(None, None)
    if definition == "consistency":
        interval = _of_variance(value, (squares.subjects - 1) * (squares.readers - 1), level)
    return DetectableChange(name, squares.subjects, error, value, interval.low, interval.high, level)


def detectable_change_from_intraclass(sd: float, coefficient: float, level: float = 0.95) -> DetectableChange:
    """Return z sqrt 2 SEM, with SEM = SD sqrt(1 - ICC), for a published ICC of single readings.

    Parameters
    ----------
    sd
        Standard deviation between the patients in whom the ICC was measured.
    coefficient
        The ICC, from 0 to 1.
    level
        Share of unchanged patients that stay below it.

    Raises
    ------
    UsageError
        The SD is negative or the coefficient is outside 0 to 1.
    """
    check_level(level)
    if sd < 0.0 or not 0.0 <= coefficient <= 1.0:
        raise UsageError(
            "a standard deviation below 0 or an ICC outside 0 to 1 was given: no error follows; check them"
        )
    error = sd * math.sqrt(1.0 - coefficient)
    value = normal_quantile(level) * math.sqrt(2.0) * error
    return DetectableChange("z √2 SD √(1 − ICC)", None, error, value, None, None, level)


def _of_differences(
    name: str, differences: list[float], divisor: float, error_divisor: float, level: float
) -> DetectableChange:
    n = len(differences)
    z = normal_quantile(level)
    if n < 2:
        return DetectableChange(name, n, None, None, None, None, level)
    mean = math.fsum(differences) / n
    sd = math.sqrt(math.fsum((each - mean) ** 2 for each in differences) / (n - 1))
    value = z * sd / divisor
    interval = _of_variance(value, n - 1, level)
    return DetectableChange(name, n, sd / error_divisor, value, interval.low, interval.high, level)


def _of_variance(value: float, freedom: int, level: float) -> Interval:
    """Return the interval of a multiple of a standard deviation with so many degrees of freedom."""
    from scipy.special import chdtri

    tail = (1.0 - level) / 2.0
    return Interval(
        value * math.sqrt(freedom / float(chdtri(freedom, tail))),
        value * math.sqrt(freedom / float(chdtri(freedom, 1.0 - tail))),
    )
