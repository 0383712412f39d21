"""The few statistics that the measures need, as pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Agreement", "ErrorSummary", "agreement", "dice", "quadratic_kappa", "share_interval", "summarise_errors"]

#: Standard normal deviate of a 95 % interval.
_Z = 1.959963984540054


@dataclass(frozen=True)
class ErrorSummary:
    """Distances in millimetres: how many, mean, median, standard deviation, shares beyond 2, 4 and 10 mm."""

    n: int
    mean_mm: float
    median_mm: float
    sd_mm: float
    beyond_2mm: float
    beyond_4mm: float
    beyond_10mm: float


def summarise_errors(errors_mm: ArrayLike) -> ErrorSummary:
    """Return the summary of distances.

    Raises
    ------
    ValueError
        There is none.
    """
    errors = np.asarray(errors_mm, dtype=np.float64).ravel()
    if errors.size == 0:
        raise ValueError("a summary needs at least one distance")
    beyond = [float(np.mean(errors > limit)) for limit in (2.0, 4.0, 10.0)]
    spread = float(errors.std(ddof=1)) if errors.size > 1 else 0.0
    return ErrorSummary(errors.size, float(errors.mean()), float(np.median(errors)), spread, *beyond)


def share_interval(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    if n == 0:
        return (0.0, 1.0)
    share, z2 = hits / n, _Z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # rounding must not push the bounds beyond what was seen: none or all
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return (low, 1.0 if hits == n else min(1.0, middle + half))


def dice(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float | None:
    """Return twice the overlap over the sum of the areas; ``None`` where both are empty."""
    total = int(first.sum()) + int(second.sum())
    return None if total == 0 else 2.0 * int((first & second).sum()) / total


def quadratic_kappa(truth: Sequence[int], measured: Sequence[int], grades: int) -> float | None:
    """Return Cohen's weighted kappa with quadratic weights (Cohen 1968, doi:10.1037/h0026256).

    ``None`` where it is not defined: no pairs, or all in one grade.
    """
    table = np.zeros((grades, grades))
    np.add.at(table, (np.asarray(truth, dtype=int), np.asarray(measured, dtype=int)), 1.0)
    total = table.sum()
    if total == 0:
        return None
    steps = np.arange(grades)
    weight = np.square(steps[:, None] - steps[None, :], dtype=np.float64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    by_chance = float((weight * expected).sum())
    return None if by_chance == 0.0 else 1.0 - float((weight * table).sum()) / by_chance


@dataclass(frozen=True)
class Agreement:
    """Bias and 95 % limits of agreement (Bland and Altman 1986, doi:10.1016/S0140-6736(86)90837-8)."""

    n: int
    bias: float
    low: float
    high: float

    @property
    def widest(self) -> float:
        """How far from 0 the farther limit lies."""
        return max(abs(self.low), abs(self.high))


def agreement(truth: ArrayLike, measured: ArrayLike) -> Agreement | None:
    """Return the agreement of relative differences, (measured - truth) / truth; ``None`` below two pairs."""
    true = np.asarray(truth, dtype=np.float64)
    if true.size < 2:
        return None
    relative = (np.asarray(measured, dtype=np.float64) - true) / true
    bias, spread = float(relative.mean()), float(relative.std(ddof=1))
    return Agreement(true.size, bias, bias - _Z * spread, bias + _Z * spread)
