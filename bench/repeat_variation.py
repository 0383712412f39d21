"""Coefficients of variation of numbers measured on two films of the same hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["coefficient_of_variation"]


def coefficient_of_variation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Return the root mean square of the coefficients of variation of pairs; ``None`` without any.

    Root mean square, not the mean, is what a precision error is (Glüer 1995, doi:10.1007/BF01774016).
    """
    if not pairs:
        return None
    first, second = np.asarray(pairs, dtype=np.float64).T
    relative = (second - first) / (0.5 * (first + second))
    return float(np.sqrt(np.mean(relative**2) / 2.0))
