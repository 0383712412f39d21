"""Edges in bundles of parallel grey profiles, to fractions of a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

__all__ = ["EdgeLine", "bundle_edge", "falls", "noise_of", "smoothed"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EdgeLine:
    """An edge across a bundle of profiles: a parabola through the edges of the single ones.

    ``at`` is where it lies on the middle profile, ``farthest`` where it reaches farthest within the bundle (both in the
    unit of the positions); ``scatter`` the robust standard deviation of the single edges around it, ``error`` the
    standard error of ``at``.
    """

    at: float
    farthest: float
    scatter: float
    error: float


def smoothed(profiles: Floats, step: float, sigma: float) -> Floats:
    """Smooth (m, n) profiles along themselves by a Gaussian; ``sigma`` in the unit of ``step``, their spacing."""
    return np.asarray(gaussian_filter1d(profiles, sigma / step, axis=1, mode="nearest", truncate=3.0))


def noise_of(profiles: Floats) -> float:
    """Return the standard deviation of the noise of (m, n) profiles, from second differences across the bundle."""
    if profiles.shape[0] < 3 or profiles.shape[1] == 0:
        return 0.0
    second = profiles[2:] - 2.0 * profiles[1:-1] + profiles[:-2]
    return float(1.4826 * np.median(np.abs(second)) / np.sqrt(6.0))


def falls(profile: Floats, positions: Floats, low: float, high: float) -> list[tuple[float, float]]:
    """Return the places between two positions where a profile falls most steeply, with their slopes (positive)."""
    slope = -np.gradient(profile, positions)
    inner = np.arange(1, len(slope) - 1)
    peak = (slope[inner] >= slope[inner - 1]) & (slope[inner] > slope[inner + 1]) & (slope[inner] > 0)
    peak &= (positions[inner] >= low) & (positions[inner] <= high)
    found = []
    for i in inner[peak]:
        before, at, after = slope[i - 1 : i + 2]
        bend = before - 2.0 * at + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
        found.append((float(positions[i] + shift * (positions[1] - positions[0])), float(at)))
    return found


def bundle_edge(
    profiles: Floats, positions: Floats, across: Floats, expected: float, reach: float, *, curved: bool = True
) -> EdgeLine | None:
    """Follow an edge through a bundle of profiles and lay a parabola through it.

    Parameters
    ----------
    profiles
        (m, n) smoothed greys that fall at the edge.
    positions
        (n,) evenly spaced positions along the profiles.
    across
        (m,) places of the profiles; the middle one at 0.
    expected, reach
        Where the edge is expected, and how far from there it may lie on any profile.
    curved
        False lays a straight line instead.

    Returns
    -------
    EdgeLine
        ``None`` where fewer than half of the profiles show the edge.
    """
    places = np.full(len(across), np.nan)
    for i, profile in enumerate(profiles):
        found = falls(profile, positions, expected - reach, expected + reach)
        if found:
            places[i] = max(found, key=lambda fall: fall[1])[0]
    seen = np.isfinite(places)
    degree = 2 if curved else 1
    if np.count_nonzero(seen) < max(len(across) / 2, degree + 2):
        return None
    scale = float(np.abs(across).max())
    x = across / scale
    weights = seen.astype(np.float64)
    terms = np.zeros(degree + 1)
    values = np.where(seen, places, 0.0)
    spread = 0.0
    for _ in range(4):  # edges that stray from the line lose their weight (Tukey's biweight)
        terms = np.polyfit(x, values, degree, w=np.sqrt(weights))
        off = np.abs(values - np.polyval(terms, x))
        spread = 1.4826 * float(np.median(off[seen]))
        limit = 4.0 * max(spread, 0.25 * (positions[1] - positions[0]))
        weights = np.where(seen, np.clip(1.0 - (off / limit) ** 2, 0.0, 1.0) ** 2, 0.0)
        if np.count_nonzero(weights) < degree + 2:
            return None
    fine = np.polyval(terms, np.linspace(-1.0, 1.0, 41))
    count = max(float(weights.sum()) / 2.0, 1.0)  # neighbouring profiles share pixels
    return EdgeLine(float(terms[-1]), float(fine.max()), spread, spread * np.sqrt(2.3 / count))
