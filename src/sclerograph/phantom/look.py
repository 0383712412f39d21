"""From attenuation to the greys that a reader sees: scatter, blur, noise, and the processing of many vendors.

Also what surrounds a hand on real films: collimation, letters, white frames, dust, JPEG artefacts.
"""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from sclerograph.phantom.blur import blur, slow_blur
from sclerograph.phantom.texture import field

__all__ = ["add_letters", "collimate", "detect", "jpeg", "process"]

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]


def detect(attenuation: Image, rng: np.random.Generator, pixel_mm: float) -> Image:
    """Return minus the logarithm of the detected signal: scatter, unsharpness and quantum noise included."""
    signal = np.exp(-attenuation)
    signal *= 1.0 + 0.05 * rng.random() * field(rng, attenuation.shape, 0.001, 0.004)
    scatter = rng.uniform(0.01, 0.12)
    signal += scatter * slow_blur(signal, rng.uniform(6.0, 20.0) / pixel_mm)
    signal = blur(signal, rng.uniform(0.08, 0.24) / pixel_mm)
    noise = np.exp(rng.uniform(np.log(0.002), np.log(0.03)))
    grain = rng.standard_normal(attenuation.shape, dtype=np.float32)
    if rng.random() < 0.6:
        grain = blur(grain, rng.uniform(0.3, 0.8)) * 1.6
    signal += grain * np.sqrt(np.maximum(signal, 1e-3)) * noise
    return np.asarray(-np.log(np.clip(signal, 2e-3, None)), dtype=np.float32)


def process(density: Image, inside: Mask, rng: np.random.Generator, pixel_mm: float) -> Image:
    """Greys between 0 and 1 by one of many looks: edge enhancement, windows, gamma, S-curves, slopes."""
    x = density
    if rng.random() < 0.6:
        x = x + rng.uniform(0.0, 1.0) * (x - blur(x, rng.uniform(0.3, 2.0) / pixel_mm))
    if rng.random() < 0.35:
        x = x + rng.uniform(0.0, 0.7) * (x - slow_blur(x, rng.uniform(3.0, 12.0) / pixel_mm))
    outside = x[~inside]
    low = float(np.percentile(outside[::7], 20)) if outside.size > 100 else float(x.min())
    high = float(np.percentile(x[inside][::5], 99.7)) if inside.any() else float(x.max())
    span = max(high - low, 1e-3)
    low -= rng.uniform(-0.04, 0.3) * span
    high += rng.uniform(-0.14, 0.4) * span
    v = np.clip((x - low) / (high - low), 0.0, 1.0) ** np.exp(rng.uniform(-0.95, 0.45))
    if rng.random() < 0.4:
        slope, middle = rng.uniform(3.0, 7.0), rng.uniform(0.35, 0.6)
        v = 1.0 / (1.0 + np.exp(-slope * (v - middle)))
        v = (v - v.min()) / (v.max() - v.min() + 1e-6)
    floor = rng.uniform(0.0, 0.22) if rng.random() < 0.5 else rng.uniform(0.0, 0.05)
    ceiling = rng.uniform(0.4, 1.0) if rng.random() < 0.6 else 1.0
    v = floor + v * max(ceiling - floor, 0.2)
    if rng.random() < 0.5:
        rows, columns = v.shape
        v = (
            v
            + np.linspace(-1, 1, columns)[None] * rng.normal(0, 0.05)
            + np.linspace(-1, 1, rows)[:, None] * rng.normal(0, 0.05)
        )
    return np.asarray(np.clip(v, 0.0, 1.0), dtype=np.float32)


def collimate(image: Image, rng: np.random.Generator) -> tuple[Image, Mask]:
    """Cover the margins by the shadow of a collimator, a cut or a frame; also return what stays visible."""
    rows, columns = image.shape
    visible = np.ones(image.shape, bool)
    v = image
    if rng.random() < 0.6:
        turn = rng.normal(0.0, 4.0) if rng.random() < 0.8 else rng.uniform(-20, 20)
        angle = np.radians(turn)
        y = np.arange(rows)[:, None] - rows / 2 + rng.normal(0, rows * 0.02)
        x = np.arange(columns)[None, :] - columns / 2 + rng.normal(0, columns * 0.02)
        across, along = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
        edge = np.minimum(
            columns * rng.uniform(0.38, 0.54) - np.abs(across), rows * rng.uniform(0.42, 0.54) - np.abs(along)
        )
        softness = rng.uniform(0.5, 4.0)
        cover = 1.0 / (1.0 + np.exp(np.clip(-edge / softness * 1.6, -30, 30)))
        value = (0.0, rng.uniform(0.0, 0.1), rng.uniform(0.6, 1.0), rng.uniform(0.15, 0.5))[rng.integers(4)]
        through = rng.uniform(0.0, 0.15) if rng.random() < 0.6 else 0.0
        outside = value + (v - v.mean()) * through
        v = v * cover + outside * (1.0 - cover)
        visible = edge > 0
        if rng.random() < 0.3:
            v = v + np.exp(-((edge / rng.uniform(1.0, 3.0)) ** 2)) * rng.uniform(0.05, 0.4)
    for _ in range(rng.poisson(0.25)):
        depth = int(rng.uniform(2, 0.1 * rows))
        side = int(rng.integers(4))
        area: tuple[slice, slice] = (
            (slice(0, depth), slice(None)),
            (slice(rows - depth, rows), slice(None)),
            (slice(None), slice(0, depth)),
            (slice(None), slice(columns - depth, columns)),
        )[side]
        v = v.copy()
        v[area] = rng.choice([0.0, 1.0, rng.random()])
        visible[area] = False
    return np.asarray(np.clip(v, 0.0, 1.0), dtype=np.float32), visible


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def add_letters(image: Image, soft: Mask, rng: np.random.Generator) -> tuple[Image, Mask]:
    """Side markers, initials, numbers, scale bars and plates with them, usually beside the hand."""
    marks = np.zeros(image.shape, bool)
    v = image.copy()
    rows, columns = v.shape
    for _ in range(int(rng.integers(0, 4))):
        size = int(rng.uniform(12, 0.11 * rows))
        if rng.random() < 0.15:
            patch = np.full((int(rng.uniform(2, 8)), int(rng.uniform(30, 0.4 * rows))), 255, np.uint8)
        else:
            text = "".join(rng.choice(list("LRLRLRABCDEJKMNOPT0123456789.:-"), int(rng.integers(1, 6))))
            canvas = PillowImage.new("L", (int(size * 0.9 * len(text)) + 8, int(size * 1.5)), 0)
            ImageDraw.Draw(canvas).text(
                (4, 2), text, fill=255, font=_font(size), stroke_width=int(rng.integers(0, max(2, size // 12)))
            )
            if rng.random() < 0.45:
                canvas = canvas.rotate(float(rng.uniform(-180, 180)), expand=True)
            if rng.random() < 0.25:
                canvas = canvas.transpose(PillowImage.Transpose.FLIP_LEFT_RIGHT)
            patch = np.asarray(canvas)
        h, w = patch.shape
        if h >= rows or w >= columns:
            continue
        r, c = int(rng.integers(0, rows - h)), int(rng.integers(0, columns - w))
        window = (slice(r, r + h), slice(c, c + w))
        ink = patch > 100
        if (ink & soft[window]).any() and rng.random() < 0.85:
            continue
        if rng.random() < 0.35:
            plate = np.zeros(image.shape, bool)
            plate[max(0, r - 5) : r + h + 5, max(0, c - 5) : c + w + 5] = True
            v[plate & ~soft] += rng.uniform(0.04, 0.25)
        level = rng.uniform(0.6, 1.1)
        alpha = patch.astype(np.float32) / 255.0
        v[window] = v[window] * (1 - alpha) + np.maximum(v[window], level) * alpha
        marks[window] |= ink
    return np.clip(v, 0.0, 1.0), marks


def jpeg(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Pass an image through JPEG, as a copy from a slide has been."""
    stream = io.BytesIO()
    PillowImage.fromarray(image).save(stream, "JPEG", quality=quality)
    return np.asarray(PillowImage.open(stream))
