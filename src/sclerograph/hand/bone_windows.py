"""Outlines of bones on the skeleton's grid, each in the smallest window that holds it: quick to compare by pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoneWindow", "bone_window", "edge_points", "middle_of", "shared_pixels"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BoneWindow:
    """A filled outline: ``mask`` (rows, columns) bool, (x, y) of its first pixel on the grid, its area in pixels."""

    mask: NDArray[np.bool_]
    corner: NDArray[np.intp]
    area: float


def bone_window(probability: NDArray[np.uint8]) -> BoneWindow:
    """Return where a bone's probability (times 255) is at least one half; empty where it is nowhere."""
    inside = probability >= 128
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if rows.size == 0:
        return BoneWindow(np.zeros((0, 0), np.bool_), np.zeros(2, np.intp), 0.0)
    window = inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return BoneWindow(window, np.array([columns[0], rows[0]]), float(np.count_nonzero(window)))


def middle_of(window: BoneWindow) -> Floats:
    """Return the middle (x, y) of a bone on the grid; the bone must not be empty."""
    down, right = window.mask.sum(axis=1), window.mask.sum(axis=0)
    first = np.array([right @ np.arange(len(right)), down @ np.arange(len(down))])
    return np.asarray(window.corner + first / window.area)


def shared_pixels(first: BoneWindow, second: BoneWindow) -> float:
    """Return how many pixels two bones share."""
    low = np.maximum(first.corner, second.corner)
    high = np.minimum(first.corner + first.mask.shape[::-1], second.corner + second.mask.shape[::-1])
    if (high <= low).any():
        return 0.0
    parts = []
    for window in (first, second):
        x, y = low - window.corner
        parts.append(window.mask[y : y + high[1] - low[1], x : x + high[0] - low[0]])
    return float(np.count_nonzero(parts[0] & parts[1]))


def edge_points(window: BoneWindow) -> Floats:
    """Return the (n, 2) pixels (x, y) at both ends of every row and of every column of a bone, on the grid."""
    points = []
    for mask, swap in ((window.mask, False), (window.mask.T, True)):
        line = np.flatnonzero(mask.any(axis=1))
        first = mask[line].argmax(axis=1)
        last = mask.shape[1] - 1 - mask[line][:, ::-1].argmax(axis=1)
        both = np.concatenate([np.stack([first, line], axis=1), np.stack([last, line], axis=1)])
        points.append(both[:, ::-1] if swap else both)
    return np.asarray(np.concatenate(points) + window.corner, dtype=np.float64)
