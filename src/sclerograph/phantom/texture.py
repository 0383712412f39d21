"""Band-limited random fields, made once and cut from: trabeculae, mottle, slow shading, grain."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["field", "strut_field", "texture_tile"]

Field = NDArray[np.float32]
_SIZE = 1024


@lru_cache(maxsize=32)
def _tile(low: float, high: float, stretch: float, angle_deg: float, seed: int) -> Field:
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(rng.normal(size=(_SIZE, _SIZE)))
    fy, fx = np.fft.fftfreq(_SIZE)[:, None], np.fft.rfftfreq(_SIZE)[None, :]
    angle = np.radians(angle_deg)
    along, across = fx * np.sin(angle) + fy * np.cos(angle), fx * np.cos(angle) - fy * np.sin(angle)
    radius = np.hypot(across, along * stretch)
    spectrum *= np.exp(-((radius / high) ** 2)) - np.exp(-((radius / low) ** 2))
    out = np.fft.irfft2(spectrum, (_SIZE, _SIZE))
    return np.asarray(out / out.std(), dtype=np.float32)


def texture_tile(low: float, high: float, *, stretch: float = 1.0, angle_deg: float = 0.0, seed: int = 0) -> Field:
    """Return a whole tile, (1024, 1024), that continues itself at its edges, to be looked up by coordinates.

    ``low`` and ``high`` are frequencies in cycles a sample; structures are ``stretch`` times longer along the direction
    ``angle_deg`` (0: along the rows' index) than across it.
    """
    return _tile(low, high, stretch, angle_deg, seed)


def field(rng: np.random.Generator, shape: tuple[int, int], low: float, high: float, *, tile: int = 0) -> Field:
    """Cut an isotropic field of unit variance out of a tile.

    ``low`` and ``high`` are frequencies in cycles a pixel; ``tile`` chooses among independent tiles.
    """
    return _cut(rng, _tile(low, high, 1.0, 0.0, tile), shape)


def strut_field(rng: np.random.Generator, shape: tuple[int, int], angle_deg: float, low: float, high: float) -> Field:
    """Cut a field whose structures run along a direction: ``angle_deg`` clockwise from the film's vertical."""
    nearest = round(angle_deg / 22.5) * 22.5 % 180.0
    return _cut(rng, _tile(low, high, 2.4, -nearest, 7), shape)


def _cut(rng: np.random.Generator, tile: Field, shape: tuple[int, int]) -> Field:
    rows, columns = shape
    if rows > _SIZE or columns > _SIZE:
        tile = np.tile(tile, (-(-rows // _SIZE) + 1, -(-columns // _SIZE) + 1))
    r = int(rng.integers(0, tile.shape[0] - rows + 1))
    c = int(rng.integers(0, tile.shape[1] - columns + 1))
    out = tile[r : r + rows, c : c + columns]
    if rng.random() < 0.5:
        out = out[::-1]
    return out if rng.random() < 0.5 else out[:, ::-1]
