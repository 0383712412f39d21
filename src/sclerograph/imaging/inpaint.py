"""Fill holes of an image from their surroundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_holes"]


def _halve(image: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = image.shape
    padded = np.pad(image, ((0, rows % 2), (0, columns % 2)))
    return padded[0::2, 0::2] + padded[1::2, 0::2] + padded[0::2, 1::2] + padded[1::2, 1::2]


def fill_holes(image: NDArray[np.float32], holes: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the image with its holes filled by ever coarser means of the known pixels around them.

    Known pixels stay as they are. Each hole takes the finest level of a pyramid at which anything around it is known,
    so that narrow lines are bridged from close by and wide ones smoothly. An image that is all hole becomes zero.
    """
    if not holes.any():
        return image
    weights = [(~holes).astype(np.float32)]
    sums = [np.where(holes, np.float32(0.0), image).astype(np.float32)]
    while min(weights[-1].shape) > 1 and not weights[-1].all():
        weights.append(_halve(weights[-1]))
        sums.append(_halve(sums[-1]))
    known = weights[-1] > 0
    total = sums[-1][known].sum() / max(1.0, weights[-1][known].sum())
    filled = np.where(known, sums[-1] / np.maximum(weights[-1], 1e-6), total).astype(np.float32)
    for weight, value in zip(weights[-2::-1], sums[-2::-1], strict=True):
        rows, columns = weight.shape
        coarse = _double(filled)[:rows, :columns]
        filled = np.where(weight > 0, value / np.maximum(weight, 1e-6), coarse).astype(np.float32)
    return np.where(holes, filled, image).astype(np.float32)


def _double(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Twice the size by linear interpolation, so that no blocks show; sample centres at quarters of a coarse pixel."""
    for axis in (0, 1):
        before = np.concatenate([image.take([0], axis), image.take(range(image.shape[axis] - 1), axis)], axis)
        after = np.concatenate([image.take(range(1, image.shape[axis]), axis), image.take([-1], axis)], axis)
        halves = np.stack([0.75 * image + 0.25 * before, 0.75 * image + 0.25 * after], axis + 1)
        shape = list(image.shape)
        shape[axis] *= 2
        image = halves.reshape(shape)
    return image.astype(np.float32)
