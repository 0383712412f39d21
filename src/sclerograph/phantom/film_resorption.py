"""Acro-osteolysis put into a real film: the distal part of a phalanx is replaced by the soft tissue beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["resorb_in_film"]

Image = NDArray[np.float32]
#: Half the breadth of the replaced strip; beyond which distance from the axis there is no more bone; and where the skin
#: begins, nominal millimetres.
_HALF_BREADTH_MM, _BONE_MM, _SKIN_MM = 4.2, 4.0, 5.6


def resorb_in_film(
    image: Image,
    joint: NDArray[np.floating],
    tip: NDArray[np.floating],
    nominal_mm: float,
    lost: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Remove the distal part of a distal phalanx from a film, in place.

    Parameters
    ----------
    image
        (rows, columns) greys.
    joint, tip
        (x, y) of the DIP (or IP) joint and of the tip, film pixels.
    nominal_mm
        Nominal millimetres a pixel.
    lost
        Fraction of the length from joint to tip that goes, 0 to 0.85.
    rng
        Source of randomness for the ragged edge and the grain.

    Returns
    -------
    tip
        (x, y) of the new tip.
    """
    axis = np.asarray(tip, float) - np.asarray(joint, float)
    length = float(np.hypot(*axis))
    along = axis / length
    across = np.array([-along[1], along[0]])
    cut = (1.0 - lost) * length
    new_tip: NDArray[np.float64] = np.asarray(joint, np.float64) + along * cut
    mm = 1.0 / nominal_mm
    corners = np.stack(
        [
            np.asarray(joint, float) + along * s + across * t
            for s in (cut - 2 * mm, length + 4.5 * mm)
            for t in (-6.5 * mm, 6.5 * mm)
        ]
    )
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, [image.shape[1], image.shape[0]])
    if (high - low < 3).any():
        return new_tip
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
    offset = np.stack([x - joint[0], y - joint[1]], axis=-1)
    s, t = offset @ along, offset @ across
    patch = image[low[1] : high[1], low[0] : high[0]]
    # what is certainly soft tissue: beside the bone and over its tip; it flows into the gap by normalised blurring
    beside = (np.abs(t) > _BONE_MM * mm) & (np.abs(t) < _SKIN_MM * mm) & (s > cut - 2 * mm)
    over = (s > length + 2.0 * mm) & (s < length + 3.4 * mm) & (np.abs(t) < _SKIN_MM * mm)
    known = (beside | over).astype(np.float32)
    weight_sum = ndimage.gaussian_filter(known, 1.6 * mm) + 1e-6
    soft = ndimage.gaussian_filter(patch * known, 1.6 * mm) / weight_sum
    fine = (patch - ndimage.gaussian_filter(patch, 1.2))[known > 0]
    deviation = float(1.4826 * np.median(np.abs(fine))) if fine.size else 0.0
    soft = soft + ndimage.gaussian_filter(rng.normal(0.0, 1.0, soft.shape), 0.6) * deviation * 2.0
    phase = rng.uniform(0, 2 * np.pi, 3)
    ragged = sum(np.sin(t * nominal_mm * k + p) for k, p in zip((0.9, 1.7, 2.9), phase, strict=True))
    edge = (s - cut) * nominal_mm + rng.uniform(0.0, 0.45) * np.asarray(ragged)
    reach = np.maximum(np.abs(t) * nominal_mm - _HALF_BREADTH_MM, (s - length) * nominal_mm - 2.1)
    inside = 1.0 / (1.0 + np.exp(np.clip(reach / 0.25, -30, 30)))
    weight = inside / (1.0 + np.exp(np.clip(-edge / 0.25, -30, 30)))
    patch[...] = patch * (1 - weight) + np.minimum(soft, patch + 0.02) * weight
    return new_tip
