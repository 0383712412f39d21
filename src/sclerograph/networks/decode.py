"""From the maps of a network to points.

A heat map of the skeleton network has half the resolution of its crop: its cell (i, j) covers the crop pixels 2i,
2i+1 and so lies at 2i + 0.5. The finder's cells cover four pixels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FINDER_STRIDE", "SKELETON_STRIDE", "cell_to_pixel", "decode_heat_maps", "pixel_to_cell", "spatial_softmax"]

SKELETON_STRIDE = 2
FINDER_STRIDE = 4
#: Half width of the window around a peak, in cells, over which position and mass are taken.
_WINDOW = 3


def cell_to_pixel(cells: NDArray[np.float64], stride: int) -> NDArray[np.float64]:
    """Centre of heat-map cells in pixels of the network's input."""
    return np.asarray(cells * stride + (stride - 1) / 2)


def pixel_to_cell(pixels: NDArray[np.float64], stride: int) -> NDArray[np.float64]:
    """The inverse of :func:`cell_to_pixel`."""
    return np.asarray((pixels - (stride - 1) / 2) / stride)


def spatial_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over the last two axes."""
    shifted = logits - logits.max(axis=(-2, -1), keepdims=True)
    weights = np.exp(shifted, dtype=np.float32)
    weights /= weights.sum(axis=(-2, -1), keepdims=True)
    return np.asarray(weights)


def decode_heat_maps(probability: NDArray[np.float32], stride: int = SKELETON_STRIDE) -> NDArray[np.float64]:
    """Find the peak of each map to a fraction of a cell.

    The window of 7 x 7 cells is placed on the highest cell of the 3 x 3 mean, so that a broad peak beats a single
    noisy cell, and moved once to its own centre of mass, so that it does not cut one side of the peak.

    Parameters
    ----------
    probability
        (maps, rows, columns), each summing to 1.

    Returns
    -------
    (maps, 3): x and y in pixels of the network's input, and the mass of the window (0 to 1).
    """
    maps, rows, columns = probability.shape
    padded = np.pad(probability, ((0, 0), (1, 1), (1, 1)))
    by_row = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    smooth = by_row[:, :, :-2] + by_row[:, :, 1:-1] + by_row[:, :, 2:]
    peaks = smooth.reshape(maps, -1).argmax(axis=1)
    found = np.zeros((maps, 3))
    for index, peak in enumerate(peaks):
        y, x = divmod(int(peak), columns)
        for _ in range(2):
            top, left = max(0, y - _WINDOW), max(0, x - _WINDOW)
            window = probability[index, top : y + _WINDOW + 1, left : x + _WINDOW + 1].astype(np.float64)
            mass = window.sum() + 1e-12
            centre_x = left + (window.sum(0) @ np.arange(window.shape[1])) / mass
            centre_y = top + (window.sum(1) @ np.arange(window.shape[0])) / mass
            y = int(np.clip(round(centre_y), 0, rows - 1))
            x = int(np.clip(round(centre_x), 0, columns - 1))
        found[index] = centre_x, centre_y, mass
    found[:, :2] = cell_to_pixel(found[:, :2], stride)
    return found
