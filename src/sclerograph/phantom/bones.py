"""The bones of the simulated hand: smooth closed surfaces from a few numbers each.

Every bone is a loft: closed rings from its base to its head, each ring three Fourier series (x, y, z) over its relative
arc length, joined by Akima interpolation (Akima 1970, doi:10.1145/321607.321609). The numbers were fitted by
``sclerograph.training.fit_bone_shapes`` to public bone surfaces named in ``bone_shapes/SOURCES.md`` and are licensed
CC BY-SA 4.0.

Frames (millimetres): a LEFT hand seen from its back, x radial, y distal, z dorsal. A tubular bone has its origin at
the centre of its proximal articular end and y toward the centre of its distal end; radius and ulna have their origin
at the centre of their distal end and extend to negative y; a carpal or sesamoid bone has its origin at its centroid
and the axes of the hand. The rest pose puts them into the hand frame, whose origin is the base of the third
metacarpal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

__all__ = ["BONE_SHAPES_FILE", "BoneShape", "Surface", "load_bone_shapes", "parse_bone_shapes", "with_tuft"]

#: The fitted numbers.
BONE_SHAPES_FILE = Path(__file__).with_name("bone_shapes") / "hand_bones.json"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A closed triangulated surface in the local frame of its bone.

    ``vertices`` (V, 3) mm; ``faces`` (F, 3) counter-clockwise seen from outside; ``normals`` (V, 3) unit, outward;
    ``along`` (V,) from 0 at the base to 1 at the head; ``cortex_mm`` (V,) thickness of the cortex of an average adult.
    """

    vertices: Floats
    faces: NDArray[np.int64]
    normals: Floats
    along: Floats
    cortex_mm: Floats

    @property
    def volume_mm3(self) -> float:
        """Enclosed volume; positive when the faces are oriented outward."""
        a, b, c = (self.vertices[self.faces[:, k]] for k in range(3))
        return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


@dataclass(frozen=True)
class BoneShape:
    """One bone: its loft, its place in the rest pose, and the landmarks that lie on it.

    ``coefficients`` (stations, 3, 2 * order + 1) mm: constant, then cosine and sine of each order; ``first_mode`` the
    same for one unit of the first mode of variation between people (``None`` where unknown); ``rest_origin_mm`` (3,)
    and ``rest_rotation`` (3, 3; columns are the local axes) place the bone in the hand; ``landmarks_mm`` are local;
    ``fit_rms_mm`` and ``fit_hausdorff_mm`` are the distances to the surface that it was fitted to.
    """

    code: str
    dataset: str
    length_mm: float
    stations: Floats
    coefficients: Floats
    first_mode: Floats | None
    rest_origin_mm: Floats
    rest_rotation: Floats
    landmarks_mm: Mapping[str, Floats]
    fit_rms_mm: float
    fit_hausdorff_mm: float

    def length_at(self, first_mode: float) -> float:
        """Length (mm) at this amount of the first mode."""
        if self.first_mode is None:
            return self.length_mm
        change = self.first_mode[-1, 1, 0] - self.first_mode[0, 1, 0]
        return float(self.length_mm + first_mode * change)

    def surface(self, rings: int = 40, around: int = 36, *, first_mode: float = 0.0) -> Surface:
        """Triangulate the bone.

        Parameters
        ----------
        rings, around
            Rings between the two poles (at least 3) and vertices a ring (at least 6).
        first_mode
            Amount of the first mode of variation: -1 is the 5th and +1 the 95th percentile of the source (long and wide
            against short and narrow); without effect on bones whose variation is not known.
        """
        if rings < 3 or around < 6:
            raise ValueError("a bone needs at least 3 rings of 6 vertices")
        coefficients = self.coefficients
        if self.first_mode is not None and first_mode != 0.0:
            coefficients = coefficients + first_mode * self.first_mode
        vertices = _loft(self.stations, coefficients, rings, around)
        faces = _loft_faces(rings, around)
        along = _along(self, vertices)
        return Surface(vertices, faces, _vertex_normals(vertices, faces), along, _cortex_mm(self.code, along))

    def to_hand(self, points: Floats) -> Floats:
        """Local points (N, 3) in the hand frame of the rest pose."""
        return np.asarray(points @ self.rest_rotation.T + self.rest_origin_mm)


def _loft(stations: Floats, coefficients: Floats, rings: int, around: int) -> Floats:
    """Vertices: base pole, ``rings`` x ``around`` vertices ring by ring, head pole."""
    step = np.arange(rings + 2) / (rings + 1)
    # Denser toward the ends, as the stations are.
    at = 0.5 * step + 0.5 * (1 - np.cos(np.pi * step)) / 2
    values = Akima1DInterpolator(stations, coefficients, axis=0)(at)
    angle = 2 * np.pi * np.arange(around) / around
    order = (coefficients.shape[2] - 1) // 2
    basis = np.ones((2 * order + 1, around))
    for k in range(1, order + 1):
        basis[2 * k - 1], basis[2 * k] = np.cos(k * angle), np.sin(k * angle)
    points = np.einsum("sck,ka->sac", values, basis)
    return np.concatenate([points[0, :1], points[1:-1].reshape(-1, 3), points[-1, :1]])


@cache
def _loft_faces(rings: int, around: int) -> NDArray[np.int64]:
    """Triangles of the loft, outward: seen from outside, the rings run so that the head lies to their right."""
    first = 1 + np.arange(around)
    after = 1 + (np.arange(around) + 1) % around
    offset = (np.arange(rings - 1) * around)[:, None]
    a, b = first + offset, after + offset
    c, d = a + around, b + around
    sides = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    last = (rings - 1) * around
    base = np.stack([np.zeros_like(first), first, after], -1)
    head = np.stack([after + last, first + last, np.full_like(first, rings * around + 1)], -1)
    faces = np.concatenate([base, sides, head]).astype(np.int64)
    faces.setflags(write=False)
    return faces


def _vertex_normals(vertices: Floats, faces: NDArray[np.int64]) -> Floats:
    """Unit normals (V, 3): mean of the adjacent triangles weighted by area."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(total, faces[:, k], normal)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def _along(shape: BoneShape, vertices: Floats) -> Floats:
    """Position along the bone, 0 to 1: along y for tubular bones, else between the poles of the loft."""
    axis = np.array([0.0, 1.0, 0.0])
    if not _is_tubular(shape.code):
        axis = vertices[-1] - vertices[0]
    height = vertices @ axis
    return np.asarray((height - height.min()) / np.ptp(height))


def _is_tubular(code: str) -> bool:
    return code[:2] in ("DP", "MP", "PP", "MC") or code in ("RAD", "ULN")


#: Thickness of one cortex (mm) at the middle of the shaft of an average adult.
_SHAFT_CORTEX_MM = {"DP": 0.8, "MP": 1.15, "PP": 1.4, "MC": 1.7, "MC2": 2.0, "MC3": 2.0, "RAD": 2.7, "ULN": 2.5}
_END_CORTEX_MM = 0.4


def _cortex_mm(code: str, along: Floats) -> Floats:
    """Cortical thickness: thin subchondral plates, thick middle of the shaft; one thin shell for carpal bones."""
    if not _is_tubular(code):
        return np.full_like(along, _END_CORTEX_MM)
    shaft = _SHAFT_CORTEX_MM.get(code, _SHAFT_CORTEX_MM.get(code[:2], _END_CORTEX_MM))
    # Metaphyses take about a quarter of a bone at each end; of radius and ulna the proximal end is a cut through the
    # shaft, and the distal metaphysis takes half of what is left.
    whole = np.minimum((along - 0.05) / 0.33, (0.93 - along) / 0.36)
    rise = (1.0 - along) / 0.55 if code in ("RAD", "ULN") else whole
    return np.asarray(_END_CORTEX_MM + (shaft - _END_CORTEX_MM) * _smooth_step(rise))


def _smooth_step(rise: Floats) -> Floats:
    """0 below 0, 1 above 1, without a corner between."""
    inside = np.clip(rise, 0.0, 1.0)
    return np.asarray(inside * inside * (3 - 2 * inside))


#: Share of a distal phalanx, from its tip, that :func:`with_tuft` changes.
_TUFT_SHARE = 0.34
#: The rim of the tuft that carries spurs reaches this far to either side of the tip, seen from its centre.
_TUFT_RIM_DEG = 125.0


def with_tuft(
    surface: Surface,
    *,
    flare: float = 1.25,
    flatten: float = 0.25,
    spurs_mm: Floats | None = None,
    hook_mm: tuple[float, float] = (0.5, 0.5),
) -> Surface:
    """Give a distal phalanx a real ungual tuft: a flat mushroom with a lobulated rim and two lateral spines.

    The surfaces behind the bone shapes end in smooth knobs (computed tomography loses the lacy rim); on radiographs the
    tuft is wider than the waist of the shaft, flat, scalloped, and its corners point proximally.

    Parameters
    ----------
    surface
        A distal phalanx in its local frame (y distal).
    flare
        Factor of the width of the tuft: below 1 slender, 1 as fitted, 1.5 a broad mushroom.
    flatten
        Share of the dorsopalmar thickness that the tuft loses.
    spurs_mm
        Heights (k,) of lobes (positive) and notches (negative), evenly spaced along the rim from the negative x side
        over the tip to the positive x side.
    hook_mm
        How far the spines at the corners on the negative and the positive x side reach proximally and outward.

    Returns
    -------
    Surface
        Same vertices order and triangles, so still closed.
    """
    vertices = surface.vertices.copy()
    bottom, top = float(vertices[:, 1].min()), float(vertices[:, 1].max())
    length = top - bottom
    from_waist = (vertices[:, 1] - (top - _TUFT_SHARE * length)) / length
    weight = _smooth_step(from_waist / 0.2)
    tuft = vertices[weight > 0.5]
    if len(tuft) < 8:
        raise ValueError("the surface has too few vertices in its distal third for a tuft")
    centre_x, centre_z = (tuft[:, 0].min() + tuft[:, 0].max()) / 2, (tuft[:, 2].min() + tuft[:, 2].max()) / 2
    vertices[:, 0] += (flare - 1.0) * weight * (vertices[:, 0] - centre_x)
    # The thickness falls over a longer way than the width rises: seen from the side a tuft is a wedge.
    vertices[:, 2] -= flatten * _smooth_step(from_waist / _TUFT_SHARE) * (vertices[:, 2] - centre_z)
    half_width = float(np.abs(vertices[weight > 0.5][:, 0] - centre_x).max())
    centre_y = top - half_width
    across, up = vertices[:, 0] - centre_x, vertices[:, 1] - centre_y
    distance = np.hypot(across, up)
    angle = np.degrees(np.arctan2(across, up))
    # Only the rim moves: the dorsal and palmar faces between would bulge otherwise.
    rim = weight * np.clip(distance / half_width, 0.0, 1.2) ** 2
    if spurs_mm is not None and len(spurs_mm) > 0:
        spurs = np.asarray(spurs_mm, float)
        spacing = 2 * _TUFT_RIM_DEG / max(len(spurs), 1)
        at = -_TUFT_RIM_DEG + spacing * (np.arange(len(spurs)) + 0.5)
        height = (spurs * np.exp(-0.5 * ((angle[:, None] - at) / (0.32 * spacing)) ** 2)).sum(1) * rim
        outward = np.stack([across, up], 1) / np.maximum(distance, 1e-9)[:, None]
        vertices[:, 0] += height * outward[:, 0]
        vertices[:, 1] += height * outward[:, 1]
    for side, hook in zip((-1.0, 1.0), hook_mm, strict=True):
        corner = hook * rim * np.exp(-0.5 * ((side * angle - 98.0) / 14.0) ** 2)
        vertices[:, 0] += 0.7 * side * corner
        vertices[:, 1] -= corner
    return replace(surface, vertices=vertices, normals=_vertex_normals(vertices, surface.faces))


def parse_bone_shapes(document: Mapping[str, Any]) -> dict[str, BoneShape]:
    """Bone shapes from the decoded data file."""
    return {code: _parse_bone(code, bone) for code, bone in document["bones"].items()}


def _parse_bone(code: str, bone: Mapping[str, Any]) -> BoneShape:
    stations = np.asarray(bone["stations"], float)
    shape = (len(stations), 3, 2 * int(bone["order"]) + 1)
    mode = bone.get("first_mode")
    return BoneShape(
        code=code,
        dataset=str(bone["dataset"]),
        length_mm=float(bone["length_mm"]),
        stations=stations,
        coefficients=np.asarray(bone["rings"], float).reshape(shape) / 100,
        first_mode=None if mode is None else np.asarray(mode, float).reshape(shape) / 100,
        rest_origin_mm=np.asarray(bone["origin_mm"], float),
        rest_rotation=np.asarray(bone["rotation"], float),
        landmarks_mm={name: np.asarray(point, float) for name, point in bone["landmarks_mm"].items()},
        fit_rms_mm=float(bone.get("rms_mm", np.nan)),
        fit_hausdorff_mm=float(bone.get("hausdorff_mm", np.nan)),
    )


@cache
def load_bone_shapes() -> dict[str, BoneShape]:
    """All bones of the simulated hand by code: the 29 of the vocabulary and the thumb's sesamoids SES1R and SES1U."""
    return parse_bone_shapes(json.loads(BONE_SHAPES_FILE.read_text(encoding="utf-8")))
