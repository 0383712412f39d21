"""Sub-pixel outlines from probability maps, and the geometry of polygons.

A *ring* is an (n, 2) array of points (x, y), closed: its last point repeats the first. A region has one outer ring for
each of its parts and one for each hole; a hole runs the other way round, so signed areas add up to the area of the
region.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist
from skimage.measure import find_contours

from sclerograph.hand.simplify import simplify
from sclerograph.networks.maps import Crop

__all__ = ["area", "as_contours", "extent_along", "longest_diameter", "narrowest_width", "outline", "signed_area"]

Ring = NDArray[np.float64]


def outline(
    probability: NDArray[np.floating], crop: Crop, level: float = 0.5, corner: tuple[int, int] = (0, 0)
) -> list[Ring]:
    """Return the rings where a probability map crosses a level, in original pixels.

    Parameters
    ----------
    probability
        (rows, columns) on the grid of ``crop``, or a part of it. Outside it counts as 0, so every ring is closed.
    crop
        The grid.
    level
        Probability at which the outline runs, above 0.
    corner
        (row, column) of the first pixel of ``probability`` on the grid.
    """
    if not level > 0:
        raise ValueError("the level of an outline must lie above 0")
    values = np.asarray(probability, dtype=np.float64)
    inside = values >= level
    if not inside.any():
        return []
    # Only the part of the map that holds the region is searched: a film has hundreds of small regions.
    rows, columns = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
    top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    padded = np.pad(values[top : rows[-1] + 2, left : columns[-1] + 2], 1)
    offset = np.array([left + corner[1] - 1.0, top + corner[0] - 1.0])
    rings = find_contours(padded, level)  # type: ignore[no-untyped-call]
    return [crop.map_to_original(ring[:, ::-1] + offset) for ring in rings if len(ring) >= 4]


def signed_area(ring: Ring) -> float:
    """Return the area of a closed ring (shoelace formula); the sign tells which way round it runs."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def area(rings: Sequence[Ring]) -> float:
    """Return the area of a region; holes count negatively."""
    return abs(sum(signed_area(ring) for ring in rings))


def _hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    try:
        return np.asarray(points[ConvexHull(points).vertices], dtype=np.float64)
    except QhullError:  # all points on one line
        return points


def longest_diameter(rings: Sequence[Ring]) -> float:
    """Return the largest distance between two points of a region (its maximal Feret diameter)."""
    if not rings:
        return 0.0
    hull = _hull(np.concatenate(list(rings)))
    return float(pdist(hull).max()) if len(hull) > 1 else 0.0


def narrowest_width(rings: Sequence[Ring]) -> float:
    """Return the smallest distance between two parallel lines that hold a region (its minimal Feret diameter)."""
    if not rings:
        return 0.0
    hull = _hull(np.concatenate(list(rings)))
    if len(hull) < 3:
        return 0.0
    # One side of the narrowest strip lies along an edge of the hull (rotating calipers).
    edges = np.roll(hull, -1, axis=0) - hull
    edges = edges[np.hypot(edges[:, 0], edges[:, 1]) > 0]
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=1) / np.hypot(edges[:, 0], edges[:, 1])[:, None]
    return float(np.ptp(normals @ hull.T, axis=1).min())


def extent_along(rings: Sequence[Ring], origin: NDArray[np.float64], axis: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least and the greatest position of a region along a unit axis from an origin."""
    positions = (np.concatenate(list(rings)) - origin) @ axis
    return float(positions.min()), float(positions.max())


def as_contours(rings: Sequence[Ring], tolerance: float) -> list[list[tuple[float, float]]]:
    """Return rings as plain lists with the points left out that lie within ``tolerance`` pixels of the outline.

    Only what is drawn is made simpler (Douglas-Peucker); areas and diameters are measured on the full rings.
    """
    simple = [simplify(ring, tolerance) for ring in rings]
    return [[(round(float(x), 2), round(float(y), 2)) for x, y in ring] for ring in simple if len(ring) >= 4]
