"""Pixels for networks: affine warps without aliasing, and the two grey channels that every network sees.

Coordinates are (x, y), x to the right, y down, (0, 0) the centre of the first pixel. Needs numpy and scipy only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["grey_channels", "warp"]

#: Percentiles between which the grey channel runs from -1 to 1: below the dark corner, above it letters and metal.
GREY_PERCENTILES = (1.0, 99.3)
#: The grey channel is cut here, so that metal and letters do not drown the bones.
GREY_LIMIT = 1.4
#: Window of the local mean in nominal millimetres, about the width of a phalanx; applied twice it falls off smoothly.
MEAN_WINDOW_NOMINAL_MM = 9.0
#: Window of the local spread in nominal millimetres.
SPREAD_WINDOW_NOMINAL_MM = 13.0
#: Smallest local spread, as a fraction of the spread of the whole image: keeps the noise of empty film small.
SPREAD_FLOOR = 0.05
CONTRAST_LIMIT = 3.0
CONTRAST_GAIN = 0.6

#: Supersampling is capped: beyond it a matrix squeezes one axis so much that it is no view of a hand.
_MOST_SAMPLES_PER_AXIS = 4


def _block_mean(image: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return means over ``factor`` x ``factor`` blocks; where the last block is short it repeats the edge."""
    rows, columns = image.shape
    missing = (-rows % factor, -columns % factor)
    if any(missing):
        image = np.pad(image, ((0, missing[0]), (0, missing[1])), mode="edge")
    by_row = image[0::factor].copy()
    for offset in range(1, factor):
        by_row += image[offset::factor]
    mean = by_row[:, 0::factor].copy()
    for offset in range(1, factor):
        mean += by_row[:, offset::factor]
    mean *= np.float32(1.0 / factor**2)
    return mean


def warp(
    image: NDArray[Any],
    matrix_source_to_output: NDArray[np.float64],
    rows: int,
    columns: int,
    *,
    fill: float = 0.0,
) -> NDArray[np.float32]:
    """Show an image through an affine matrix, averaging over each output pixel so that nothing aliases.

    Parameters
    ----------
    image
        (rows, columns) of any real type or bool.
    matrix_source_to_output
        2x3 matrix from source (x, y) to output (x, y); it must be invertible.
    rows, columns
        Size of the output.
    fill
        Value of output pixels that lie outside the source; partly covered pixels mix it in by area.

    Returns
    -------
    (rows, columns) float32.

    Raises
    ------
    ValueError
        When the image is not two-dimensional and filled, or the matrix has no inverse.
    """
    if image.ndim != 2 or image.size == 0:
        raise ValueError("warp needs a filled two-dimensional image")
    matrix = np.asarray(matrix_source_to_output, dtype=np.float64)
    if matrix.shape != (2, 3) or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:, :2])) < 1e-12:
        raise ValueError("warp needs a finite and invertible 2x3 matrix")
    linear = np.linalg.inv(matrix[:, :2])
    offset = -linear @ matrix[:, 2]
    stretches = np.linalg.svd(linear, compute_uv=False)  # source pixels per output pixel along the two main axes
    factor = max(1, int(stretches[-1] + 1e-6))
    samples = int(np.clip(np.ceil(stretches[0] / factor - 0.02), 1, _MOST_SAMPLES_PER_AXIS))

    # Only the part of the source that the output shows is averaged.
    corner_x, corner_y = np.array([-0.5, columns - 0.5]), np.array([-0.5, rows - 0.5])
    corners = np.array([linear @ (x, y) + offset for x in corner_x for y in corner_y])
    source_rows, source_columns = image.shape
    margin = 2 * factor
    x_low, y_low = np.floor(corners.min(axis=0)).astype(int) - margin
    x_high, y_high = np.ceil(corners.max(axis=0)).astype(int) + margin + 1
    first_x, last_x = max(x_low, 0), min(x_high, source_columns)
    first_y, last_y = max(y_low, 0), min(y_high, source_rows)
    if first_x >= last_x or first_y >= last_y:
        return np.full((rows, columns), fill, dtype=np.float32)
    part = np.ascontiguousarray(image[first_y:last_y, first_x:last_x], dtype=np.float32)
    small = _block_mean(part, factor) if factor > 1 else part

    # Sample u of the supersampled output lies at (u - (samples - 1) / 2) / samples of the output.
    sample_linear = linear / samples
    sample_offset = offset - linear @ np.full(2, (samples - 1) / (2 * samples))
    small_linear = sample_linear / factor
    small_offset = (sample_offset - (first_x, first_y) - (factor - 1) / 2) / factor
    shape = (rows * samples, columns * samples)
    # scipy counts (row, column): both axes of the matrix swap.
    sampled: NDArray[np.float32] = ndimage.affine_transform(
        small, small_linear[::-1, ::-1], small_offset[::-1], shape, np.float32, order=1, mode="nearest"
    )
    inside_corners = ((corners >= -0.5) & (corners <= (source_columns - 0.5, source_rows - 0.5))).all()
    if not inside_corners:
        along, down = np.arange(shape[1]), np.arange(shape[0])[:, None]
        x = sample_linear[0, 0] * along + sample_linear[0, 1] * down + sample_offset[0]
        y = sample_linear[1, 0] * along + sample_linear[1, 1] * down + sample_offset[1]
        outside = (x < -0.5) | (x > source_columns - 0.5) | (y < -0.5) | (y > source_rows - 0.5)
        sampled[outside] = fill
    return _block_mean(sampled, samples) if samples > 1 else sampled


def _odd_window(window_nominal_mm: float, pixel_size_nominal_mm: float) -> int:
    return 2 * max(1, round(window_nominal_mm / pixel_size_nominal_mm / 2)) + 1


def grey_channels(image: NDArray[Any], pixel_size_nominal_mm: float) -> NDArray[np.float32]:
    """Return what networks see of an image: its greys, and its local contrast.

    Channel 0 is the grey, -1 at the 1st and 1 at the 99.3rd percentile, cut at +-1.4. Channel 1 is the grey less its
    local mean (box of 9 nominal mm, applied twice) over the local spread about it (box of 13 nominal mm), cut at +-3,
    times 0.6. Neither changes with gain or offset of the image; an inverted image negates channel 1.

    Parameters
    ----------
    image
        (rows, columns), any scale.
    pixel_size_nominal_mm
        Nominal millimetres (MCP3 to TIP3 is 90) of one pixel.

    Returns
    -------
    (2, rows, columns) float32; zeros for a constant image.

    Raises
    ------
    ValueError
        When the image is not two-dimensional and filled, or the pixel size is not positive.
    """
    if image.ndim != 2 or image.size == 0:
        raise ValueError("grey channels need a filled two-dimensional image")
    if not pixel_size_nominal_mm > 0:
        raise ValueError("the pixel size must be positive")
    # Centred in double precision, so that a large offset costs no digits in what follows.
    wide = np.asarray(image, dtype=np.float64)
    grey = (wide - wide.mean()).astype(np.float32)
    channels = np.zeros((2, *grey.shape), dtype=np.float32)
    spread = float(np.sqrt(np.mean(np.square(grey), dtype=np.float64)))
    if spread <= 1e-7 * float(np.abs(wide).max()):
        return channels

    low, high = np.percentile(grey, GREY_PERCENTILES)
    if high <= low:  # more than 98 % of the pixels are equal
        low, high = float(grey.min()), float(grey.max())
    np.clip((grey - low) * (2.0 / (high - low)) - 1.0, -GREY_LIMIT, GREY_LIMIT, out=channels[0])

    mean_window = _odd_window(MEAN_WINDOW_NOMINAL_MM, pixel_size_nominal_mm)
    spread_window = _odd_window(SPREAD_WINDOW_NOMINAL_MM, pixel_size_nominal_mm)
    mean = ndimage.uniform_filter(ndimage.uniform_filter(grey, mean_window), mean_window)
    contrast = grey - mean
    local_spread = np.sqrt(np.maximum(ndimage.uniform_filter(np.square(contrast), spread_window), 0.0))
    contrast /= local_spread + np.float32(SPREAD_FLOOR * spread)
    np.clip(contrast, -CONTRAST_LIMIT, CONTRAST_LIMIT, out=contrast)
    np.multiply(contrast, CONTRAST_GAIN, out=channels[1])
    return channels
