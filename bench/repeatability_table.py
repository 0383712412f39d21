"""Coefficient of variation, smallest detectable difference and change of one measure, from pairs of repeated films."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sclerograph.comparison.repeatability import Repeatability

__all__ = ["RATIO_SCALE", "repeatability_of_pairs"]

_Z: Final = 1.959963984540054
#: Findings on a scale with a zero that means nothing is there, of which a coefficient of variation makes sense: angles,
#: offsets and grades have none.
RATIO_SCALE: Final = (
    "deposit_area",
    "hand_area",
    "distal_length",
    "joint space",
    "size",
    "cortical index",
    "isthmus index",
    "grey beside the joint",
    "pulp thickness",
    "tapering",
)


def repeatability_of_pairs(
    name: str, pairs: Sequence[tuple[float, float]], error: Repeatability
) -> dict[str, float | int | None]:
    """Return what the repeated films say of one measure.

    Parameters
    ----------
    name
        Its name, as :func:`sclerograph.comparison.repeatability.measure_key` makes them.
    pairs
        Values of an unchanged hand on two films each.
    error
        The error that was fitted to them.

    Returns
    -------
    dict
        ``pairs``; ``median`` of the values; ``cv``, the within-hand standard deviation as a share of the mean (root
        mean square over pairs), where the scale allows one; ``sdd``, 1.96 standard deviations of the difference of two
        films (Bland and Altman 1999, doi:10.1177/096228029900800204); ``sdc``, the smallest detectable change at the
        median by the fitted error, which 5 % of the pairs exceed; ``same``, the share of pairs with equal values, for
        grades.
    """
    values = np.asarray(pairs, dtype=np.float64)
    difference, mean = values[:, 1] - values[:, 0], values.mean(axis=1)
    median = float(np.median(values))
    finding, _, unit = name.partition(", ")
    cv = None
    if finding in RATIO_SCALE:
        seen = mean > 0.0
        cv = float(np.sqrt(np.mean(np.square(difference[seen] / mean[seen])) / 2.0)) if seen.any() else None
    return {
        "pairs": len(pairs),
        "median": round(median, 4),
        "cv": None if cv is None else round(cv, 4),
        "sdd": round(_Z * float(np.std(difference, ddof=1)), 4),
        "sdc": round(error.smallest_detectable_change(median, median), 4),
        "same": round(float(np.mean(difference == 0.0)), 4) if unit.endswith("grade") else None,
    }
