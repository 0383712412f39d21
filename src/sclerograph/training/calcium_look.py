"""Looks for the calcium network: what small copies, vendors and codecs do to a film, without hiding what was there."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Curve", "Look", "draw_curve", "random_calcium_look"]

Image = NDArray[np.float32]
_LEVELS = np.linspace(0.0, 1.0, 4097, dtype=np.float32)


@dataclass(frozen=True)
class Curve:
    """A curve of greys from 0..1 to 0..1, the same for a whole film."""

    table: Image

    def __call__(self, image: Image) -> Image:
        """Send greys between 0 and 1 through the curve."""
        cells = np.clip(image * np.float32(len(self.table) - 1) + np.float32(0.5), 0, len(self.table) - 1)
        return np.asarray(self.table[cells.astype(np.int16)], dtype=np.float32)

    def slope(self, low: float, high: float) -> float:
        """Mean slope between two greys."""
        first, second = np.interp([low, high], _LEVELS, self.table)
        return float((second - first) / max(high - low, 1e-3))


def draw_curve(rng: np.random.Generator, greys: Image) -> Curve:
    """Draw a gamma, and at times a clipping at either end or an S shape; ``greys`` is a sample of the film, 0..1."""
    table = _LEVELS.copy()
    if rng.random() < 0.6:
        table = table ** np.float32(np.exp(rng.uniform(-0.45, 0.45)))
    if rng.random() < 0.2:
        low, high = np.percentile(greys, [rng.uniform(0, 20), rng.uniform(99.3, 100)])
        low, high = np.interp([low, high], _LEVELS, table)
        table = np.clip((table - low) / (high - low + 0.02), 0.0, 1.0).astype(np.float32)
    if rng.random() < 0.15:
        slope, middle = rng.uniform(3.0, 6.0), rng.uniform(0.35, 0.65)
        bent = 1.0 / (1.0 + np.exp(-slope * (table - middle)))
        table = ((bent - bent[0]) / (bent[-1] - bent[0] + 1e-6)).astype(np.float32)
    return Curve(np.asarray(table, dtype=np.float32))


@dataclass(frozen=True)
class Look:
    """A patch as it came out, and how much finer detail was blurred (standard deviation in pixels)."""

    image: Image
    blur_px: float


def _smooth_field(rng: np.random.Generator, shape: tuple[int, ...]) -> Image:
    cells = int(rng.integers(4, 8))
    coarse = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def random_calcium_look(rng: np.random.Generator, image: Image) -> Look:
    """Change a patch of greys between 0 and 1: shading, small copy, blur or sharpening, noise, JPEG."""
    grey, variance = image, 0.0
    if rng.random() < 0.25:
        grey = grey * (1 + np.float32(rng.uniform(0.02, 0.12)) * _smooth_field(rng, grey.shape))
    if rng.random() < 0.18:
        factor = float(rng.uniform(1.3, 2.5))
        small: Image = _resized(
            grey, (max(8, round(grey.shape[1] / factor)), max(8, round(grey.shape[0] / factor))), cv2.INTER_AREA
        )
        if rng.random() < 0.5:
            small = _jpeg(rng, small)
        how = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
        grey = _resized(small, (grey.shape[1], grey.shape[0]), how)
        # An average over `factor` pixels, and about as much again from the way back.
        variance += 2 * (factor**2 - 1) / 12
    draw = rng.random()
    if draw < 0.2:
        sigma = float(rng.uniform(0.4, 1.3))
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), dtype=np.float32)
        variance += sigma**2
    elif draw < 0.5:
        amount = np.float32(rng.uniform(0.2, 1.0))
        grey = grey + amount * (grey - cv2.GaussianBlur(grey, (0, 0), rng.uniform(1.0, 8.0)))
    if rng.random() < 0.35:
        # as a share of the patch's own contrast: a flat film is not drowned
        level = np.float32(rng.uniform(0.01, 0.09)) * grey.std()
        noise = rng.standard_normal(grey.shape, dtype=np.float32) * level
        if rng.random() < 0.6:
            noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.5, 1.2)) * np.float32(1.8)
        grey = grey + noise
    if rng.random() < 0.18:
        grey = _jpeg(rng, np.asarray(grey, dtype=np.float32))
    return Look(np.asarray(grey, dtype=np.float32), float(np.sqrt(variance)))


def _resized(grey: Image, size: tuple[int, int], how: int) -> Image:
    return np.asarray(cv2.resize(grey, size, interpolation=how), dtype=np.float32)


def _jpeg(rng: np.random.Generator, grey: Image) -> Image:
    levels = np.clip(grey * 255.0, 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 97))])
    return np.asarray(cv2.imdecode(coded[1], cv2.IMREAD_GRAYSCALE), dtype=np.float32) / np.float32(255.0)
