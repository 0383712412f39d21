"""A bone as a loft of rings.

A bone is a closed surface without handles, so a harmonic function that is 0 at one point (the base) and 1 at another
(the head) has no other critical point: every level set is one closed curve, also around condyles and into hollow
articular ends, where plane sections would fall apart. Each curve becomes a ring with three low-order Fourier series
(one a coordinate) over its relative arc length; neighbouring rings are turned until they agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.interpolate import interp1d
from scipy.sparse.linalg import spsolve

from sclerograph.training.bone_source import Points, Source, Triangles, unit

__all__ = ["fit_bone"]

_RING_SAMPLES = 256


def _harmonic(vertices: Points, faces: Triangles, base: int, head: int) -> Points:
    """Harmonic function on the surface: 0 at one vertex, 1 at the other (cotangent Laplacian)."""
    corners = vertices[faces]
    rows, columns, weights = [], [], []
    for k in range(3):
        i, j = faces[:, (k + 1) % 3], faces[:, (k + 2) % 3]
        u, v = corners[:, (k + 1) % 3] - corners[:, k], corners[:, (k + 2) % 3] - corners[:, k]
        area = np.linalg.norm(np.cross(u, v), axis=1)
        # Negative weights of obtuse triangles would allow spurious extrema.
        weight = np.clip(np.einsum("ij,ij->i", u, v) / np.maximum(area, 1e-12), 0.02, 50.0) / 2
        rows += [i, j]
        columns += [j, i]
        weights += [weight, weight]
    n = len(vertices)
    w = sparse.coo_matrix((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))
    laplacian = sparse.csc_matrix(sparse.diags(np.asarray(w.sum(1)).ravel()) - w)
    free = np.setdiff1d(np.arange(n), [base, head])
    field_values = np.zeros(n)
    field_values[head] = 1.0
    field_values[free] = spsolve(laplacian[free][:, free], -laplacian[free][:, [head]].toarray().ravel())
    return field_values


@dataclass
class _Ring:
    """A closed level curve as points on edges, so that the same curve can be drawn on another shape of the bone."""

    edges: NDArray[np.int64]
    share: Points

    def points(self, vertices: Points) -> Points:
        a, b = vertices[self.edges[:, 0]], vertices[self.edges[:, 1]]
        return np.asarray(a + self.share[:, None] * (b - a))


def _level_ring(values: Points, faces: Triangles, level: float) -> _Ring:
    """Walk along the level curve; the higher values lie to the left, so all rings turn the same way."""
    above = values[faces] > level
    crossed = np.flatnonzero((above.sum(1) % 3) != 0)
    following: dict[tuple[int, int], tuple[int, int]] = {}
    for face, up in zip(faces[crossed], above[crossed], strict=True):
        ends = {}
        for k in range(3):
            i, j = int(face[k]), int(face[(k + 1) % 3])
            if up[k] != up[(k + 1) % 3]:
                ends["leave" if up[k] else "enter"] = (min(i, j), max(i, j))
        following[ends["enter"]] = ends["leave"]
    longest: list[tuple[int, int]] = []
    unseen = set(following)
    while unseen:
        start = unseen.pop()
        loop, edge = [start], following[start]
        while edge != start:
            loop.append(edge)
            unseen.discard(edge)
            edge = following[edge]
        if len(loop) > len(longest):
            longest = loop
    edges = np.array(longest, np.int64)
    low, high = values[edges[:, 0]], values[edges[:, 1]]
    return _Ring(edges, (level - low) / (high - low))


def _relative_arc(points: Points) -> Points:
    """Arc length (0 to 1) at the points of a closed ring and again at its first point."""
    steps = np.linalg.norm(np.diff(np.vstack([points, points[:1]]), axis=0), axis=1)
    arc = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(arc / arc[-1])


def _best_turn(ring: Points, like: Points) -> int:
    """Cyclic shift of a ring that brings it nearest to its neighbour (both about their centres)."""
    a, b = ring - ring.mean(0), like - like.mean(0)
    correlation = np.fft.irfft(np.fft.rfft(a, axis=0) * np.conj(np.fft.rfft(b, axis=0)), n=_RING_SAMPLES, axis=0).sum(1)
    return int(np.argmax(correlation))


def _dense_rings(source: Source, count: int = 140) -> list[Points]:
    """Rings of the mean and of the variants, each (count, samples, 3) in local coordinates, with both poles."""
    local = source.local()
    shapes = [local, *(source.variants or ())]
    poles = [(p - source.origin) @ source.rotation for p in source.poles]
    ends = [int(np.argmin(np.linalg.norm(local - p, axis=1))) for p in poles]
    values = _harmonic(local, source.faces, ends[0], ends[1])
    # Levels at equal steps of the (geometric) distance that the rings travel: equal shares of height and of area.
    order = np.argsort(values)
    axis = unit(local[ends[1]] - local[ends[0]])
    height = np.maximum.accumulate(np.convolve((local @ axis)[order], np.ones(9) / 9, mode="same"))
    share = 0.5 * np.linspace(0, 1, len(order)) + 0.5 * (height - height[0]) / max(float(np.ptp(height)), 1e-9)
    levels = np.interp(np.linspace(0.0015, 0.9985, count), share, values[order])
    rings = [_level_ring(values, source.faces, float(level)) for level in levels if 0 < level < 1]
    sampled: list[list[Points]] = [[] for _ in shapes]
    for ring in rings:
        arc = _relative_arc(ring.points(local))
        at = np.arange(_RING_SAMPLES) / _RING_SAMPLES
        for shape, out in zip(shapes, sampled, strict=True):
            p = ring.points(shape)
            closed = np.vstack([p, p[:1]])
            out.append(np.stack([np.interp(at, arc, closed[:, k]) for k in range(3)], 1))
    middle = len(rings) // 2
    centred = sampled[0][middle] - sampled[0][middle].mean(0)
    side = np.array([1.0, 0, 0]) - axis[0] * axis
    start = int(np.argmax(centred @ side))
    turns = {middle: start}
    for k in range(middle + 1, len(rings)):
        turns[k] = _best_turn(sampled[0][k], np.roll(sampled[0][k - 1], -turns[k - 1], axis=0))
    for k in range(middle - 1, -1, -1):
        turns[k] = _best_turn(sampled[0][k], np.roll(sampled[0][k + 1], -turns[k + 1], axis=0))
    result = []
    for shape, out in zip(shapes, sampled, strict=True):
        turned = [np.roll(ring, -turns[k], axis=0) for k, ring in enumerate(out)]
        first, last = np.repeat(shape[ends[:1]], _RING_SAMPLES, 0), np.repeat(shape[ends[1:]], _RING_SAMPLES, 0)
        result.append(np.stack([first, *turned, last]))
    return result


def _stations(count: int) -> Points:
    """Station positions (0 to 1): half evenly spaced, half crowded toward the ends, where the shape changes."""
    k = np.linspace(0, 1, count)
    return np.asarray(0.45 * k + 0.55 * (1 - np.cos(np.pi * k)) / 2)


def _fourier(rings: Points, order: int) -> Points:
    """Cosine and sine coefficients (stations, 3, 2 * order + 1) of rings (stations, samples, 3)."""
    spectrum = np.fft.rfft(rings, axis=1)[:, : order + 1] / rings.shape[1]
    coefficients = np.empty((rings.shape[0], 3, 2 * order + 1))
    coefficients[:, :, 0] = spectrum[:, 0].real
    coefficients[:, :, 1::2] = 2 * spectrum[:, 1:].real.transpose(0, 2, 1)
    coefficients[:, :, 2::2] = -2 * spectrum[:, 1:].imag.transpose(0, 2, 1)
    return coefficients


def fit_bone(source: Source, stations: int, order: int) -> dict[str, object]:
    """Loft of one bone as a JSON object; lengths in hundredths of a millimetre."""
    dense = _dense_rings(source)
    steps = np.linalg.norm(np.diff(dense[0], axis=0), axis=2).mean(1)
    travel = np.concatenate([[0.0], np.cumsum(steps)])
    travel /= travel[-1]
    at = _stations(stations)
    fitted = [_fourier(interp1d(travel, rings, axis=0)(at), order) for rings in dense]

    def whole(values: Points) -> list[list[int]]:
        return [[int(v) for v in row] for row in np.round(100 * values).reshape(stations, -1)]

    bone: dict[str, object] = {
        "dataset": source.dataset,
        "length_mm": round(source.length_mm, 2),
        "origin_mm": [round(float(v), 2) for v in source.origin],
        "rotation": [[round(float(v), 5) for v in row] for row in source.rotation],
        "landmarks_mm": {
            name: [round(float(v), 2) for v in (point - source.origin) @ source.rotation]
            for name, point in source.landmarks.items()
        },
        "stations": [round(float(v), 4) for v in at],
        "order": order,
        "rings": whole(fitted[0]),
    }
    if source.variants is not None:
        bone["first_mode"] = whole((fitted[2] - fitted[1]) / 2)
    return bone
