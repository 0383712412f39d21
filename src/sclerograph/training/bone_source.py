"""Surfaces of single bones as public data sets hold them: their axes, ends and frames.

Frame of a hand: left hand seen from its back: x radial, y distal, z dorsal, millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import trimesh  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from sclerograph.training.fit_wrist_pose import Motion

__all__ = [
    "Points",
    "Source",
    "Triangles",
    "axis_ends",
    "frame_along",
    "long_axis",
    "pole",
    "section_centre",
    "tubular",
    "unit",
]

Points = NDArray[np.float64]
Triangles = NDArray[np.int64]


@dataclass
class Source:
    """One bone surface in the hand frame, with its anatomical frame and the poles of its loft.

    ``variants`` are the same vertices at the 5th and 95th percentile of the first mode of variation, if known, each in
    its own local frame. ``rotation`` has the local axes as columns.
    """

    vertices: Points
    faces: Triangles
    origin: Points
    rotation: Points
    length_mm: float
    poles: tuple[Points, Points]
    dataset: str
    variants: tuple[Points, Points] | None = None
    landmarks: dict[str, Points] = field(default_factory=dict)

    def move(self, motion: Motion, *, keep_axes: bool = False) -> None:
        """Move the bone in the hand; ``keep_axes`` leaves its local axes parallel to the hand's."""
        self.vertices, self.origin = motion(self.vertices), motion(self.origin)
        self.poles = (motion(self.poles[0]), motion(self.poles[1]))
        if not keep_axes:
            self.rotation = motion.rotation @ self.rotation

    def normals(self) -> Points:
        """Outward unit normals of the vertices."""
        return np.asarray(trimesh.Trimesh(self.vertices, self.faces, process=False).vertex_normals)

    def local(self) -> Points:
        """Vertices in the local frame of the bone."""
        return np.asarray((self.vertices - self.origin) @ self.rotation)


def unit(vector: Points) -> Points:
    """Return a vector of length 1."""
    return np.asarray(vector / np.linalg.norm(vector))


def frame_along(axis: Points, toward_x: Points) -> Points:
    """Right-handed frame (columns x, y, z) with y along ``axis`` and x as near to ``toward_x`` as possible."""
    y = unit(axis)
    x = unit(toward_x - (toward_x @ y) * y)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def long_axis(vertices: Points, toward: Points) -> Points:
    """Return the unit vector along which vertices spread most, pointing to the side of ``toward``."""
    centred = vertices - vertices.mean(0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    return np.asarray(axis if axis @ toward > 0 else -axis)


def section_centre(vertices: Points, axis: Points, fraction: float, width: float = 0.05) -> Points:
    """Centre (of the extent, not of the vertices) of a slab across the axis at a fraction of the bone's length."""
    height = vertices @ axis
    low, span = height.min(), np.ptp(height)
    slab = vertices[np.abs(height - low - fraction * span) < width * span]
    return np.asarray((slab.min(0) + slab.max(0)) / 2)


def pole(mesh: trimesh.Trimesh, start: Points, direction: Points) -> Points:
    """The last point where the ray from inside the bone leaves it."""
    heights = (mesh.vertices - start) @ direction
    off_axis = np.linalg.norm(mesh.vertices - start - heights[:, None] * direction, axis=1)
    near = np.flatnonzero((off_axis < 1.0) & (heights > 0))
    if near.size == 0:
        near = np.flatnonzero(heights > 0)[np.argsort(off_axis[heights > 0])[:3]]
    return np.asarray(start + direction * heights[near].max())


def axis_ends(vertices: Points, faces: Triangles, toward: Points) -> tuple[Points, Points]:
    """Centres of the two articular ends of a tubular bone: where the line of its shaft leaves the surface."""
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    axis = long_axis(vertices, toward)
    for _ in range(2):
        low, high = section_centre(vertices, axis, 0.1), section_centre(vertices, axis, 0.9)
        axis = unit(high - low)
    middle = (low + high) / 2
    return pole(mesh, middle, -axis), pole(mesh, middle, axis)


def tubular(vertices: Points, faces: Triangles, toward: Points, toward_x: Points, dataset: str) -> Source:
    """Return a tubular bone: its origin at the base, y along the shaft, x as near to ``toward_x`` as possible."""
    base, head = axis_ends(vertices, faces, toward)
    length = float(np.linalg.norm(head - base))
    return Source(vertices, faces, base, frame_along(head - base, toward_x), length, (base, head), dataset)
