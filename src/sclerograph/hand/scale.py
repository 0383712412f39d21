"""The size of a hand in pixels, from all of its bones.

One nominal millimetre is the length for which the middle finger from MCP3 to TIP3 would be 90. Measuring that one
finger would tie the size of the hand to a fingertip that the disease destroys and to a finger that it bends; so every
segment votes, distal phalanges excepted, and the weighted median decides.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.norms import SEGMENTS, segment_ends, segment_norms
from sclerograph.networks.maps import Landmark, SkeletonMaps

__all__ = [
    "LEAST_CONFIDENCE",
    "believed",
    "nominal_mm_in_pixels",
    "nominal_mm_of_landmarks",
    "segment_lengths_px",
    "weighted_median",
]

#: Landmarks less sure than this are not measured from. Hidden and destroyed joints fell below it in a first experiment
#: with heat-map confidences; to be calibrated with the shipped networks.
LEAST_CONFIDENCE = 0.3


def believed(landmarks: Mapping[str, Landmark], name: str, least: float = LEAST_CONFIDENCE) -> Landmark | None:
    """Return the landmark if it is there, plausible and at least this sure, else ``None``."""
    mark = landmarks.get(name)
    return mark if mark is not None and mark.plausible and mark.confidence >= least else None


def segment_lengths_px(landmarks: Mapping[str, Landmark], least: float = LEAST_CONFIDENCE) -> dict[str, float]:
    """Return the length in pixels of each segment whose two landmarks are believed."""
    lengths: dict[str, float] = {}
    for segment in SEGMENTS:
        ends = [believed(landmarks, name, least) for name in segment_ends(segment)]
        if ends[0] is not None and ends[1] is not None:
            length = float(np.hypot(ends[1].x - ends[0].x, ends[1].y - ends[0].y))
            if length > 0:
                lengths[segment] = length
    return lengths


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the value below which half of the weight lies."""
    order = np.argsort(values)
    half = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(0.5 * weights.sum(), half, values[order]))


def nominal_mm_of_landmarks(landmarks: Mapping[str, Landmark]) -> float | None:
    """Return the length of one nominal millimetre in original pixels, ``None`` with fewer than three votes.

    Each believed segment from metacarpal to middle phalanx votes with the inverse variance of its length in healthy
    hands; bent fingers are outvoted.
    """
    norms = segment_norms()
    votes, weights = [], []
    for segment, length in segment_lengths_px(landmarks).items():
        if segment.startswith("DP"):
            continue
        i = SEGMENTS.index(segment)
        votes.append(np.log(length) - norms.mean[i])
        weights.append(1.0 / norms.covariance[i, i])
    if len(votes) < 3:
        return None
    return float(np.exp(weighted_median(np.asarray(votes), np.asarray(weights))))


def nominal_mm_in_pixels(skeleton: SkeletonMaps) -> float:
    """Return the length of one nominal millimetre in original pixels.

    Where too few bones are believed to vote, the size of the crop, which the hand's finder chose, is taken.
    """
    voted = nominal_mm_of_landmarks(skeleton.landmarks)
    return skeleton.crop.original_pixels_per_pixel / skeleton.crop.nominal_mm if voted is None else voted
