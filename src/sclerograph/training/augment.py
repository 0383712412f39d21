"""Random views of a film: geometry that moves landmarks along, and looks that do not."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["apply", "compose", "jitter_matrix", "random_fill", "random_look", "similarity"]


def apply(matrix: NDArray[np.float64], points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Map (..., 2) points through a 2x3 matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)


def compose(second: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """The 2x3 matrix that does ``first``, then ``second``."""
    return np.hstack([second[:, :2] @ first[:, :2], second[:, :2] @ first[:, 2:] + second[:, 2:]])


def similarity(
    angle_deg: float, scale: float, centre: tuple[float, float], shift: tuple[float, float]
) -> NDArray[np.float64]:
    """Turn (clockwise on the film) and scale about a centre, then shift."""
    angle = np.radians(angle_deg)
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array(centre)
    return np.hstack([linear, (middle + shift - linear @ middle)[:, None]])


def jitter_matrix(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    """A random change of a crop: turn, size, place, stretch and shear, as wrong as a first look at a hand may be."""
    turn = rng.normal(0, 9) if rng.random() < 0.85 else rng.uniform(-40, 40)
    scale = float(np.exp(rng.normal(0, 0.09) if rng.random() < 0.7 else rng.uniform(-0.26, 0.24)))
    centre = (columns / 2, rows / 2)
    matrix = similarity(turn, scale, centre, (rng.normal(0, 13), rng.normal(0, 13)))
    if rng.random() < 0.6:
        stretch = np.array([[rng.uniform(0.94, 1.06), rng.uniform(-0.06, 0.06)], [0.0, rng.uniform(0.94, 1.06)]])
        middle = np.array(centre)
        matrix = compose(np.hstack([stretch, (middle - stretch @ middle)[:, None]]), matrix)
    return matrix


def random_fill(rng: np.random.Generator, image: NDArray[np.uint8]) -> float | None:
    """What lies beyond the film's edge: the film's dark mostly, at times its edge goes on, or any grey (``None``:
    edge).
    """
    draw = rng.random()
    if draw < 0.5:
        return float(np.percentile(image[::8, ::8], 1))
    if draw < 0.7:
        return None
    if draw < 0.9:
        return 0.0
    return float(rng.uniform(0, 255))


def _smooth_field(rng: np.random.Generator, shape: tuple[int, ...], cells: int) -> NDArray[np.float32]:
    coarse = rng.normal(0, 1, (cells + 2, cells + 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def random_look(rng: np.random.Generator, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Change the look of a crop (greys 0 to 255): curve, clipping, shading, sharpness, noise, size, JPEG, patches,
    polarity.
    """
    grey = np.clip(image / np.float32(255.0), 0.0, 1.0)
    if rng.random() < 0.6:
        grey = grey ** np.float32(np.exp(rng.uniform(-0.7, 0.7)))
    if rng.random() < 0.15:
        low, high = np.percentile(grey[::4, ::4], [rng.uniform(0, 25), rng.uniform(85, 100)])
        grey = np.clip((grey - low) / (high - low + 0.02), 0, 1).astype(np.float32)
    if rng.random() < 0.3:
        grey = grey * (1 + np.float32(rng.uniform(0.03, 0.2)) * _smooth_field(rng, grey.shape, int(rng.integers(2, 6))))
    if rng.random() < 0.1:
        grey = grey + np.float32(rng.uniform(0.02, 0.15)) * _smooth_field(rng, grey.shape, int(rng.integers(2, 6)))
    if rng.random() < 0.2:
        factor = rng.uniform(0.35, 0.8)
        small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        grey = cv2.resize(small, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    sharpness = rng.random()
    if sharpness < 0.25:
        grey = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.4))
    elif sharpness < 0.45:
        amount = np.float32(rng.uniform(0.3, 1.8))
        grey = grey + amount * (grey - cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.8, 4.0)))
    if rng.random() < 0.35:
        noise = rng.standard_normal(grey.shape, dtype=np.float32) * np.float32(rng.uniform(0.004, 0.035))
        if rng.random() < 0.5:
            noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.5, 1.0)) * 1.7
        grey = grey + noise
    if rng.random() < 0.2:
        coded = cv2.imencode(
            ".jpg", np.clip(grey * 255, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 85))]
        )
        grey = np.asarray(cv2.imdecode(coded[1], cv2.IMREAD_GRAYSCALE), dtype=np.float32) / 255
    if rng.random() < 0.2:
        grey = _patches(rng, np.array(grey, dtype=np.float32))
    if rng.random() < 0.06:
        grey = 1 - grey
    return np.asarray(grey * 255, dtype=np.float32)


def _patches(rng: np.random.Generator, grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cover a few small places: plasters, tape, letters, masses that no simulated lesion looks like."""
    rows, columns = grey.shape
    for _ in range(rng.integers(1, 4)):
        height, width = rng.integers(rows // 30, rows // 7), rng.integers(columns // 30, columns // 7)
        top, left = rng.integers(0, rows - height), rng.integers(0, columns - width)
        level = rng.choice([0.0, 1.0, float(grey.mean()), rng.random()])
        if rng.random() < 0.5:
            grey[top : top + height, left : left + width] = level
        else:
            mask = np.zeros_like(grey)
            cv2.ellipse(
                mask,
                (int(left + width // 2), int(top + height // 2)),
                (int(width // 2), int(height // 2)),
                rng.uniform(0, 180),
                0,
                360,
                1.0,
                -1,
            )
            mask = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 3.0)) * np.float32(rng.uniform(0.3, 1.0))
            grey = grey * (1 - mask) + mask * np.float32(level)
    return grey
