"""Exact path length of rays through closed surfaces, by signed rasterisation of their triangles.

Every triangle is drawn once with the depth of its plane at each pixel centre, positive where it faces away from the
source and negative where it faces the source; the sum over all triangles is the length of the ray inside the surface.
A top-left fill rule counts a ray through a shared edge once. The idea is that of the L-buffer (Freud et al. 2006,
doi:10.1007/11866565_87); the code is our own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["Detector", "path_length"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Detector:
    """A flat detector below the hand and a point source above it.

    World coordinates are millimetres, x to the right of the film, y up, z towards the source. Pixel (row, column) has
    its centre at ``left_mm + column * pixel_mm`` and ``top_mm - row * pixel_mm``.
    """

    rows: int
    columns: int
    pixel_mm: float
    left_mm: float
    top_mm: float
    plane_mm: float
    source: tuple[float, float, float]

    def project(self, points: Floats) -> Floats:
        """Map (n, 3) world points to (n, 2) pixel coordinates (x, y) by the central projection."""
        points = np.atleast_2d(points)
        sx, sy, sz = self.source
        scale = (sz - self.plane_mm) / (sz - points[:, 2])
        x = (sx + (points[:, 0] - sx) * scale - self.left_mm) / self.pixel_mm
        y = (self.top_mm - (sy + (points[:, 1] - sy) * scale)) / self.pixel_mm
        return np.stack([x, y], axis=1)


@numba.njit(inline="always")
def _edge(ax, ay, bx, by, x, y):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Twice the area of the triangle a, b, (x, y): the same number, but for its sign, whichever end is named first.

    Two triangles that share an edge name its ends in opposite orders: rounding must not let both or neither own a ray.
    """
    if ax < bx or (ax == bx and ay < by):
        return (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    return -((ax - bx) * (y - by) - (ay - by) * (x - bx))


@numba.njit(cache=True)
def _rasterise(  # type: ignore[no-untyped-def]
    x, y, depth, faces, first_row, first_column, out
):  # pragma: no cover - compiled
    rows, columns = out.shape
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ax, ay, az = x[a] - first_column, y[a] - first_row, depth[a]
        bx, by, bz = x[b] - first_column, y[b] - first_row, depth[b]
        cx, cy, cz = x[c] - first_column, y[c] - first_row, depth[c]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        sign = 1.0
        if area < 0.0:
            bx, by, bz, cx, cy, cz = cx, cy, cz, bx, by, bz
            area = -area
            sign = -1.0
        r0 = max(0, int(np.ceil(min(ay, min(by, cy)))))
        r1 = min(rows - 1, int(np.floor(max(ay, max(by, cy)))))
        c0 = max(0, int(np.ceil(min(ax, min(bx, cx)))))
        c1 = min(columns - 1, int(np.floor(max(ax, max(bx, cx)))))
        own_ab = by > ay or (by == ay and bx < ax)
        own_bc = cy > by or (cy == by and cx < bx)
        own_ca = ay > cy or (ay == cy and ax < cx)
        for r in range(r0, r1 + 1):
            for q in range(c0, c1 + 1):
                w_c = _edge(ax, ay, bx, by, q, r)
                if w_c < 0.0 or (w_c == 0.0 and not own_ab):
                    continue
                w_a = _edge(bx, by, cx, cy, q, r)
                if w_a < 0.0 or (w_a == 0.0 and not own_bc):
                    continue
                w_b = _edge(cx, cy, ax, ay, q, r)
                if w_b < 0.0 or (w_b == 0.0 and not own_ca):
                    continue
                out[r, q] += sign * (w_a * az + w_b * bz + w_c * cz) / area


def path_length(
    vertices: Floats, faces: NDArray[np.int64], detector: Detector
) -> tuple[NDArray[np.float32], tuple[slice, slice]]:
    """Length in millimetres of every ray inside a closed surface.

    Parameters
    ----------
    vertices
        (V, 3) world coordinates.
    faces
        (F, 3) indices, counter-clockwise seen from outside.
    detector
        Geometry of source and film.

    Returns
    -------
    length, window
        (h, w) float32 lengths, and the (row, column) slices of the film that they cover. Both are empty where the
        surface lies beside the film.
    """
    projected = detector.project(vertices)
    low = np.floor(projected.min(axis=0)).astype(int) - 1
    high = np.ceil(projected.max(axis=0)).astype(int) + 2
    c0, r0 = max(int(low[0]), 0), max(int(low[1]), 0)
    c1, r1 = min(int(high[0]), detector.columns), min(int(high[1]), detector.rows)
    if c1 <= c0 or r1 <= r0:
        return np.zeros((0, 0), np.float32), (slice(0, 0), slice(0, 0))
    # along the ray, depth is measured as distance from the source; over a bone it is linear to 1e-4
    sx, sy, sz = detector.source
    depth = np.sqrt((vertices[:, 0] - sx) ** 2 + (vertices[:, 1] - sy) ** 2 + (vertices[:, 2] - sz) ** 2)
    out = np.zeros((r1 - r0, c1 - c0), np.float64)
    _rasterise(
        np.ascontiguousarray(projected[:, 0]),
        np.ascontiguousarray(projected[:, 1]),
        np.ascontiguousarray(depth - depth.mean()),
        faces,
        r0,
        c0,
        out,
    )
    return np.maximum(np.abs(out), 0.0).astype(np.float32), (slice(r0, r1), slice(c0, c1))
