"""Warps and grey channels of :mod:`sclerograph.imaging.resample`, ten times faster, for augmentation only.

OpenCV is in the ``train`` extra alone. The grey channels are the same numbers to rounding (a test holds that); the warp
blurs before it samples where the other averages areas, which augmentation's own blur outweighs.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.imaging import resample

__all__ = ["fast_grey_channels", "fast_warp", "warp_labels"]

cv2.setNumThreads(1)


def fast_warp(
    image: NDArray[np.uint8], matrix: NDArray[np.float64], rows: int, columns: int, *, fill: float | None = 0.0
) -> NDArray[np.float32]:
    """Show an image through a 2x3 matrix from source (x, y) to output (x, y); ``fill=None`` repeats the film's edge."""
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < 0.8:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.42 * float(np.sqrt(1 / scale**2 - 1))), dtype=np.uint8)
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


def fast_grey_channels(image: NDArray[np.float32], pixel_size_nominal_mm: float) -> NDArray[np.float32]:
    """:func:`sclerograph.imaging.resample.grey_channels` by OpenCV."""

    def box(values: NDArray[np.float32], window: int) -> NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (window, window), borderType=cv2.BORDER_REFLECT))

    grey = image.astype(np.float32) - np.float32(image.mean(dtype=np.float64))
    channels = np.zeros((2, *grey.shape), dtype=np.float32)
    spread = float(np.sqrt(np.mean(np.square(grey), dtype=np.float64)))
    if spread <= 1e-7 * float(np.abs(image).max()):
        return channels
    low, high = np.percentile(grey, resample.GREY_PERCENTILES)
    if high <= low:
        low, high = float(grey.min()), float(grey.max())
    np.clip((grey - low) * (2.0 / (high - low)) - 1.0, -resample.GREY_LIMIT, resample.GREY_LIMIT, out=channels[0])
    mean_window = _odd_window(resample.MEAN_WINDOW_NOMINAL_MM, pixel_size_nominal_mm)
    spread_window = _odd_window(resample.SPREAD_WINDOW_NOMINAL_MM, pixel_size_nominal_mm)
    contrast = grey - box(box(grey, mean_window), mean_window)
    local_spread = np.sqrt(np.maximum(box(np.square(contrast), spread_window), 0.0))
    contrast /= local_spread + np.float32(resample.SPREAD_FLOOR * spread)
    np.clip(contrast, -resample.CONTRAST_LIMIT, resample.CONTRAST_LIMIT, out=contrast)
    np.multiply(contrast, resample.CONTRAST_GAIN, out=channels[1])
    return channels


def _odd_window(window_nominal_mm: float, pixel_size_nominal_mm: float) -> int:
    return 2 * max(1, round(window_nominal_mm / pixel_size_nominal_mm / 2)) + 1
