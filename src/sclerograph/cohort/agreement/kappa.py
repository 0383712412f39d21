"""Cohen's kappa for two readings in categories, with weights for grades."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.cohort.description import describe_categorical
from sclerograph.cohort.interval import Interval, TestResult, check_level, normal_quantile
from sclerograph.cohort.values import Values, levels_present
from sclerograph.errors import UsageError

__all__ = ["Kappa", "KappaWeights", "weighted_kappa"]

KappaWeights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class Kappa:
    """The agreement of two readings beyond chance."""

    weights: KappaWeights
    #: Pairs of readings, and rows left out because one of the two is missing.
    n: int
    missing: int
    categories: tuple[Hashable, ...]
    #: How often the first reading gave the row's category and the second the column's.
    counts: tuple[tuple[int, ...], ...]
    #: Weighted agreement that was seen, and that which chance would give.
    observed: float | None
    expected: float | None
    #: ``None`` where chance alone would give full agreement, as when every reading is the same category.
    kappa: float | None
    standard_error: float | None
    #: Within -1 and 1; ``None`` also where the agreement is perfect, which leaves nothing to tell the uncertainty from.
    low: float | None
    high: float | None
    #: Of no agreement beyond chance.
    test: TestResult

    @property
    def interval(self) -> Interval:
        """The interval of kappa."""
        return Interval(self.low, self.high)


def weighted_kappa(
    first: Values,
    second: Values,
    *,
    categories: Sequence[Hashable] | None = None,
    weights: KappaWeights = "quadratic",
    clusters: Values | None = None,
    level: float = 0.95,
) -> Kappa:
    """Return Cohen's kappa with its large-sample interval.

    Cohen 1960, doi:10.1177/001316446002000104, and 1968, doi:10.1037/h0026256; standard errors of Fleiss, Cohen and
    Everitt 1969, Psychol Bull 72:323-327, doi:10.1037/h0028106. Quadratic weights make it an intraclass correlation
    (Fleiss and Cohen 1973, doi:10.1177/001316447303300309).

    Parameters
    ----------
    first, second
        The category of each film, hand or site by the first and by the second reading, in the same order. Rows in which
        one is missing are left out and counted.
    categories
        All categories in their order, also those that nobody used: weights are steps in this order. By default those
        that occur, sorted.
    weights
        ``none`` for names, ``linear`` or ``quadratic`` for grades.
    clusters
        The patient of each row, when a patient has several: the standard error then allows for readings of one patient
        that go together (sums of influence values over patients), and the test uses it.
    level
        Confidence level of the interval.

    Raises
    ------
    UsageError
        The columns differ in length, or a category occurs that is not among ``categories``.
    """
    check_level(level)
    rows = list(zip(*_columns(first, second, clusters), strict=True))
    complete = [row for row in rows if None not in row]
    order = _order(complete, categories)
    place = {category: index for index, category in enumerate(order)}
    i = np.array([place[row[0]] for row in complete], dtype=np.intp)
    j = np.array([place[row[1]] for row in complete], dtype=np.intp)
    counts = np.zeros((len(order), len(order)), dtype=np.int64)
    np.add.at(counts, (i, j), 1)

    agreement = _agreement(len(order), weights)
    patients = None if clusters is None else _numbered([row[2] for row in complete])
    estimate = _estimate(counts, agreement, i, j, patients)
    reach = None if not estimate.error else normal_quantile(level) * estimate.error
    kappa = estimate.kappa
    return Kappa(
        weights=weights,
        n=len(complete),
        missing=len(rows) - len(complete),
        categories=tuple(order),
        counts=tuple(tuple(int(count) for count in row) for row in counts),
        observed=estimate.observed,
        expected=estimate.expected,
        kappa=kappa,
        standard_error=estimate.error,
        low=None if kappa is None or reach is None else max(kappa - reach, -1.0),
        high=None if kappa is None or reach is None else min(kappa + reach, 1.0),
        test=_test(kappa, estimate.error if clusters is not None else estimate.error_without_agreement, clusters),
    )


@dataclass(frozen=True)
class _Estimate:
    observed: float | None = None
    expected: float | None = None
    kappa: float | None = None
    error: float | None = None
    #: The standard error if there were no agreement beyond chance.
    error_without_agreement: float | None = None


def _estimate(
    counts: NDArray[np.int64],
    agreement: NDArray[np.float64],
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    patients: NDArray[np.intp] | None,
) -> _Estimate:
    n = int(counts.sum())
    if n == 0:
        return _Estimate()
    shares = counts / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((shares * agreement).sum()), float((chance * agreement).sum())
    if 1.0 - expected < 1e-12:
        return _Estimate(observed, expected)
    kappa = (observed - expected) / (1.0 - expected)
    # The mean agreement of a category with what the other reader gave: by it kappa changes when its margin does.
    margins = (agreement @ columns)[:, None] + (rows @ agreement)[None, :]
    influence = (agreement - observed - (1.0 - kappa) * (margins - 2.0 * expected)) / (1.0 - expected)
    without = float((chance * (agreement - margins) ** 2).sum()) - expected**2
    error_without = math.sqrt(max(without, 0.0) / n) / (1.0 - expected)
    if patients is None:
        error: float | None = math.sqrt(float((shares * influence**2).sum()) / n)
    else:
        sums = np.bincount(patients, weights=influence[i, j])
        # As for any cluster-robust variance, one patient says nothing about differences between patients.
        error = math.sqrt(float(sums @ sums) * sums.size / (sums.size - 1)) / n if sums.size > 1 else None
    return _Estimate(observed, expected, kappa, error, error_without)


def _test(kappa: float | None, error: float | None, clusters: Values | None) -> TestResult:
    from scipy.special import ndtr

    name = "z test of kappa = 0"
    if kappa is None or not error:
        return TestResult(name, None, None, "the readings do not vary" if kappa is None else "no standard error")
    statistic = kappa / error
    note = "standard error without agreement" if clusters is None else "cluster-robust standard error"
    return TestResult(name, statistic, 2.0 * float(ndtr(-abs(statistic))), note)


def _agreement(number: int, weights: KappaWeights) -> NDArray[np.float64]:
    """Return how far two categories agree, 1 on the diagonal and 0 for the farthest."""
    if weights == "none" or number < 2:
        return np.eye(number)
    steps = np.abs(np.subtract.outer(np.arange(number), np.arange(number))) / (number - 1)
    return np.asarray(1.0 - steps ** (1 if weights == "linear" else 2), dtype=np.float64)


def _columns(*columns: Values | None) -> list[list[Hashable | None]]:
    listed = [levels_present(column) for column in columns if column is not None]
    if len({len(column) for column in listed}) > 1:
        raise UsageError("readings of different lengths were compared: their rows are not the same films; check them")
    return listed


def _order(complete: list[tuple[Hashable | None, ...]], categories: Sequence[Hashable] | None) -> list[Hashable]:
    occurring = [category for row in complete for category in row[:2]]
    return [each.level for each in describe_categorical(occurring, categories).levels]


def _numbered(values: Sequence[Hashable | None]) -> NDArray[np.intp]:
    """Return each value's number in the order of first appearance."""
    numbers: dict[Hashable | None, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.intp)
