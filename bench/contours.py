"""From the contours of a reading back to pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from skimage.draw import polygon

from sclerograph.findings.records import Deposit

__all__ = ["deposit_labels", "inside"]


def inside(contours: Sequence[Sequence[tuple[float, float]]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels inside of closed contours (x, y), holes left out.

    A region so small that no pixel's centre lies inside keeps the pixel nearest to its centre.
    """
    mask = np.zeros(shape, dtype=np.bool_)
    for contour in contours:
        points = np.asarray(contour, dtype=np.float64)
        rows, columns = polygon(points[:, 1], points[:, 0], shape)  # type: ignore[no-untyped-call]
        # even-odd: a hole lies inside of two contours
        mask[rows, columns] ^= True
    if contours and not mask.any():
        x, y = np.concatenate([np.asarray(contour, dtype=np.float64) for contour in contours]).mean(axis=0)
        row, column = round(float(y)), round(float(x))
        if 0 <= row < shape[0] and 0 <= column < shape[1]:
            mask[row, column] = True
    return mask


def deposit_labels(deposits: Sequence[Deposit], shape: tuple[int, int]) -> NDArray[np.int32]:
    """Return an image with the number (from 1) of the deposit that covers each pixel, 0 where none does."""
    labels = np.zeros(shape, dtype=np.int32)
    for number, deposit in enumerate(deposits, start=1):
        labels[inside(deposit.contours, shape)] = number
    return labels
