"""The normal distribution: its 95 % interval, and segment lengths of one hand given those that were measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.norms import SEGMENTS, segment_norms

__all__ = ["REACH_OF_95_PERCENT", "conditional", "landmark_noise"]

#: Standard deviations to each side that an interval of 95 % reaches.
REACH_OF_95_PERCENT = 1.96
#: Variance of the logarithm of a hand's size. So large that the pixels of a film say nothing about the shape of a hand:
#: only ratios of lengths count.
_ANY_SIZE = 25.0


def conditional(
    mean: NDArray[np.float64],
    covariance: NDArray[np.float64],
    given: Sequence[int],
    values: NDArray[np.float64],
    noise: NDArray[np.float64],
    wanted: Sequence[int],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and covariance of some log lengths given others, for a hand of unknown size.

    Parameters
    ----------
    mean, covariance
        Of the logarithms of all lengths at a common size.
    given, values, noise
        Which were measured, the logarithms of their lengths in any unit, and the variances of their errors.
    wanted
        Which to tell; their values come out in the logarithm of the same unit.
    """
    prior = covariance + _ANY_SIZE
    g, w = np.asarray(given, dtype=np.intp), np.asarray(wanted, dtype=np.intp)
    inner = prior[np.ix_(g, g)] + np.diag(noise)
    gain = np.linalg.solve(inner, prior[np.ix_(g, w)]).T
    # The unit of the values shifts every logarithm alike: start from the shift that fits best.
    shift = float(np.mean(values - mean[g]))
    return mean[w] + shift + gain @ (values - mean[g] - shift), prior[np.ix_(w, w)] - gain @ prior[np.ix_(g, w)]


def landmark_noise(segment: str, error_mm: float, share: float = 1.0) -> float:
    """Return the standard error of the logarithm of a segment's length from an error in nominal mm at both ends.

    ``share`` is the part of the healthy length that is left.
    """
    healthy = float(np.exp(segment_norms().mean[SEGMENTS.index(segment)]))
    return float(np.sqrt(2.0) * error_mm / (healthy * max(share, 0.1)))
