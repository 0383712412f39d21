"""How much grey calcium adds to a film, and which of it nobody could see.

The rule is that of :mod:`sclerograph.phantom.visibility`, with OpenCV's filters, which are ten times as fast.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import landmark_index
from sclerograph.phantom.visibility import (
    LEAST_GREY,
    PART_OVER_GRAIN,
    PART_OVER_TEXTURE,
    PEAK_OVER_GRAIN,
    PEAK_OVER_TEXTURE,
    TEXTURE_AROUND_MM,
    TEXTURE_FROM_MM,
    TEXTURE_TO_MM,
)

__all__ = ["SHAFT_MINERAL_MM", "faint_calcium", "grain", "shaft_greys", "texture", "unseen_calcium"]

#: Cortex that a ray crosses in the middle of a metacarpal or proximal phalanx, nominal millimetres.
SHAFT_MINERAL_MM = 4.0

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]


def grain(image: Image) -> float:
    """Standard deviation of the finest grain, robust against edges."""
    fine = image - cv2.GaussianBlur(image, (0, 0), 1.2)
    return max(0.002, float(1.4826 * np.median(np.abs(fine[::2, ::2]))))


def texture(background: Image, pixel_mm: float) -> Image:
    """As :func:`sclerograph.phantom.visibility.texture`, ten times as fast."""
    fine = cv2.GaussianBlur(background, (0, 0), TEXTURE_FROM_MM / pixel_mm)
    coarse = cv2.GaussianBlur(background, (0, 0), TEXTURE_TO_MM / pixel_mm)
    variance = cv2.GaussianBlur((fine - coarse) ** 2, (0, 0), TEXTURE_AROUND_MM / pixel_mm)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), dtype=np.float32)


def faint_calcium(
    image: Image,
    calcium: Mask,
    mineral_mm: NDArray[np.floating],
    soft_and_bone: tuple[float, float],
    pixel_mm: float,
) -> Mask:
    """Calcium of a simulated film that nobody can see: it stays in the noise and the texture of its film.

    Parameters
    ----------
    image
        (rows, columns) greys, 0 to 1.
    calcium, mineral_mm
        Where calcium is and its thickness.
    soft_and_bone
        Greys of soft tissue and shafts (:func:`shaft_greys`).
    pixel_mm
        Nominal millimetres of a pixel.
    """
    per_mm = (soft_and_bone[1] - soft_and_bone[0]) / SHAFT_MINERAL_MM
    shown = mineral_mm.astype(np.float32) * np.float32(per_mm)
    return unseen_calcium(calcium, shown, grain(image), texture(image - shown, pixel_mm))


def unseen_calcium(calcium: Mask, shown: Image, noise: float, texture: Image) -> Mask:
    """Calcium that counts neither way: deposits that are nowhere visible, and parts too thin to be outlined.

    Parameters
    ----------
    calcium, shown
        Where calcium is and how much grey it adds.
    noise, texture
        Results of :func:`grain` and :func:`texture`.
    """
    hidden = np.float32(PART_OVER_GRAIN * noise) + np.float32(PART_OVER_TEXTURE) * texture
    unseen = calcium & (shown < hidden)
    count, found = cv2.connectedComponents(calcium.astype(np.uint8), connectivity=8)
    label = np.asarray(found, dtype=np.int32)
    if count > 1:
        needed = np.float32(PEAK_OVER_GRAIN * noise + LEAST_GREY) + np.float32(PEAK_OVER_TEXTURE) * texture
        peaks = np.zeros(count, dtype=np.float32)
        np.maximum.at(peaks, label[calcium], (shown / needed)[calcium])
        unseen |= calcium & (peaks < 1.0)[label]
    return np.asarray(unseen)


def shaft_greys(image: Image, landmarks: NDArray[np.float32], pose: Pose) -> tuple[float, float]:
    """Median grey of the soft tissue beside the shafts of metacarpals and proximal phalanges, and of the shafts."""
    bone: list[Image] = []
    soft: list[Image] = []
    across_px = 6.4 * pose.pixels_per_mm
    pairs = [(f"CMC{d}", f"MCP{d}") for d in range(2, 6)] + [(f"MCP{d}", f"PIP{d}") for d in range(2, 6)]
    for first, second in pairs:
        a, b = landmarks[landmark_index(first)], landmarks[landmark_index(second)]
        if a[2] <= 0 or b[2] <= 0:
            continue
        step = b[:2] - a[:2]
        across = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-6) * across_px
        middle = a[:2] + step * np.linspace(0.4, 0.6, 12)[:, None]
        for values, points in ((bone, middle), (soft, middle + across), (soft, middle - across)):
            x = np.clip(np.round(points[:, 0]).astype(int), 0, image.shape[1] - 1)
            y = np.clip(np.round(points[:, 1]).astype(int), 0, image.shape[0] - 1)
            values.append(image[y, x])
    if not bone:
        low, high = np.percentile(image[::4, ::4], [50, 95])
        return float(low), float(max(high, low + 0.02))
    low, high = float(np.median(np.concatenate(soft))), float(np.median(np.concatenate(bone)))
    return low, max(high, low + 0.02)
