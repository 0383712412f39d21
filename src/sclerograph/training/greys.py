"""Warps and grey channels of :mod:`sclerograph.imaging.resample`, ten times faster, for augmentation only.

OpenCV is in the ``train`` extra alone. The grey channels are the same numbers to rounding (a test holds that); the warp
blurs before it samples where the other averages areas, which augmentation's own blur outweighs.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.imaging import resample

__all__ = ["GreyStatistics", "fast_grey_channels", "fast_warp", "warp_labels"]

cv2.setNumThreads(1)


def fast_warp(
    image: NDArray[np.uint8] | NDArray[np.float32],
    matrix: NDArray[np.float64],
    rows: int,
    columns: int,
    *,
    fill: float | None = 0.0,
) -> NDArray[np.float32]:
    """Show an image through a 2x3 matrix from source (x, y) to output (x, y); ``fill=None`` repeats the film's edge."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < 0.8:
        blurred = cv2.GaussianBlur(image, (0, 0), 0.42 * float(np.sqrt(1 / scale**2 - 1)))
        image = np.asarray(blurred, dtype=np.float32)
    border = cv2.BORDER_REPLICATE if fill is None else cv2.BORDER_CONSTANT
    warped = cv2.warpAffine(
        image.astype(np.float32),
        matrix,
        (columns, rows),
        flags=cv2.INTER_LINEAR,
        borderMode=border,
        borderValue=fill or 0.0,
    )
    return np.asarray(warped, dtype=np.float32)


def warp_labels(
    labels: NDArray[np.integer], matrix: NDArray[np.float64], rows: int, columns: int
) -> NDArray[np.integer]:
    """Show a bit field (uint8, or uint32 as int32) through a matrix; nearest pixel, 0 outside."""
    source = labels.view(np.int32) if labels.dtype == np.uint32 else labels
    return np.asarray(cv2.warpAffine(source, matrix, (columns, rows), flags=cv2.INTER_NEAREST, borderValue=0))


@dataclass(frozen=True)
class GreyStatistics:
    """What the grey channels need to know of a whole image: its mean, its spread about it, and two percentiles."""

    mean: float
    spread: float
    low: float
    high: float

    @classmethod
    def of(cls, image: NDArray[np.float32]) -> GreyStatistics:
        """Measure an image."""
        mean = float(image.mean(dtype=np.float64))
        grey = image - np.float32(mean)
        low, high = np.percentile(image, resample.GREY_PERCENTILES)
        if high <= low:
            low, high = float(image.min()), float(image.max())
        return cls(mean, float(np.sqrt(np.mean(np.square(grey), dtype=np.float64))), float(low), float(high))


def fast_grey_channels(
    image: NDArray[np.float32], pixel_size_nominal_mm: float, statistics: GreyStatistics | None = None
) -> NDArray[np.float32]:
    """:func:`sclerograph.imaging.resample.grey_channels` by OpenCV.

    ``statistics`` are those of the larger image that this one is a part of; its own if ``None``.
    """

    def box(values: NDArray[np.float32], window: int) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (window, window), borderType=cv2.BORDER_REFLECT))

    image = image.astype(np.float32, copy=False)
    whole = statistics if statistics is not None else GreyStatistics.of(image)
    channels = np.zeros((2, *image.shape), dtype=np.float32)
    if whole.spread <= 1e-7 * float(np.abs(image).max()):
        return channels
    low, span = np.float32(whole.low), np.float32(whole.high - whole.low)
    np.clip((image - low) * (2 / span) - 1, -resample.GREY_LIMIT, resample.GREY_LIMIT, out=channels[0])
    mean_window = _odd_window(resample.MEAN_WINDOW_NOMINAL_MM, pixel_size_nominal_mm)
    spread_window = _odd_window(resample.SPREAD_WINDOW_NOMINAL_MM, pixel_size_nominal_mm)
    grey = image - np.float32(whole.mean)
    contrast = grey - box(box(grey, mean_window), mean_window)
    local_spread = np.sqrt(np.maximum(box(np.square(contrast), spread_window), 0.0))
    contrast /= local_spread + np.float32(resample.SPREAD_FLOOR * whole.spread)
    np.clip(contrast, -resample.CONTRAST_LIMIT, resample.CONTRAST_LIMIT, out=contrast)
    np.multiply(contrast, resample.CONTRAST_GAIN, out=channels[1])
    return channels


def _odd_window(window_nominal_mm: float, pixel_size_nominal_mm: float) -> int:
    return 2 * max(1, round(window_nominal_mm / pixel_size_nominal_mm / 2)) + 1
