"""Erosions of simulated bones: bites out of their surfaces with known place, size and kind.

A bite is half an ellipsoid that lies with its mouth on the surface: ``width_mm`` along the margin that a film shows,
``through_mm`` from back to palm, ``depth_mm`` into the bone. Marginal and central erosions have steep ragged walls and
no plate: the film shows a break of the bright line and the marrow behind it. A pressure erosion is a shallow smooth
scallop whose floor keeps a thin plate. The descriptions are those of radiology (Brower and Flemming, Arthritis in Black
and White); sizes and shapes are our choice.

Places are said in words of the bone, so that another pose, another film and finer surfaces show the same erosion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import EROSION_BONES, ErosionKind
from sclerograph.phantom.pose import PosedBone, PosedHand
from sclerograph.phantom.projection import Detector

__all__ = ["Erosion", "ErosionWish", "TrueErosion", "draw_erosions", "erode", "true_erosions"]

Floats = NDArray[np.float64]
Faces = NDArray[np.int64]
End = Literal["base", "head"]
Margin = Literal["radial", "ulnar", "central"]

#: Edges of triangles are at most this long where a surface is bitten (mm).
_EDGE_MM = 0.5
_MOST_SPLITS = 3
#: The direction of a margin is taken over this length to both sides (mm).
_TANGENT_MM = 1.2
#: No bite goes deeper than this share of a carpal bone in its direction.
_MOST_DEPTH_SHARE = 0.4
#: Bumps of the surface that stand out by less than this are bitten with it (mm).
_BUMP_MM = 1.5
#: Plate that the floor of a pressure erosion keeps (mm).
_FLOOR_PLATE_MM = 0.3
_OF_DIGIT = ("DP", "MP", "PP", "MC")


@dataclass(frozen=True)
class Erosion:
    """One erosion to make.

    ``bone`` is eroded. On tubular bones and those of the forearm, ``end`` and ``margin`` say where, and ``from_end_mm``
    how far the middle of the bite lies from the last point of that end; a ``central`` one lies in the middle of the
    articular end. On carpal bones ``angle_deg`` is the direction from the middle of the bone, 0 distally and 90 to the
    radial side. ``ragged`` is the share of the depth by which the floor is uneven.
    """

    bone: str
    kind: ErosionKind
    width_mm: float
    depth_mm: float
    through_mm: float
    end: End | None = None
    margin: Margin | None = None
    from_end_mm: float = 0.0
    angle_deg: float = 0.0
    ragged: float = 0.25

    @property
    def joint(self) -> str | None:
        """The joint of the digits, or CMC1, whose margin is eroded; ``None`` for the other bones of the wrist."""
        if self.bone[:2] not in _OF_DIGIT or (self.bone[:2] == "MC" and self.bone != "MC1" and self.end == "base"):
            return None
        for joint in JOINTS:
            if self.bone in (joint.proximal_bones if self.end == "head" else joint.distal_bones):
                return joint.code
        return None


@dataclass(frozen=True)
class TrueErosion:
    """An erosion on a film: ``x``, ``y`` are pixels of the middle of the bite."""

    erosion: Erosion
    x: float
    y: float


@dataclass(frozen=True)
class ErosionWish:
    """How often and how large: the chance that a joint of the digits and a bone of the wrist is eroded.

    ``pressure`` is the share of pressure erosions among those of the digits; ``width_mm`` the range of widths of
    marginal and central ones.
    """

    joints: float = 0.2
    wrist: float = 0.2
    pressure: float = 0.2
    width_mm: tuple[float, float] = (1.5, 5.0)


def draw_erosions(
    rng: np.random.Generator, *, size: float = 1.0, wish: ErosionWish | None = None
) -> tuple[Erosion, ...]:
    """Draw the erosions of one hand, at most one a joint and a bone of the wrist.

    Parameters
    ----------
    rng
        Source of randomness.
    size
        Millimetres for a nominal millimetre: places and greatest depths follow the size of the hand, widths do not.
    wish
        How often and how large; see :class:`ErosionWish`.
    """
    wish = ErosionWish() if wish is None else wish
    erosions = [
        _draw_at_joint(rng, joint.code, joint.proximal_bones[0], joint.distal_bones[0], size, wish)
        for joint in JOINTS
        if joint.digit is not None and joint.code[:3] != "CMC" and rng.random() < wish.joints
    ]
    erosions += [_draw_at_wrist(rng, bone, size, wish) for bone in EROSION_BONES if rng.random() < wish.wrist]
    return tuple(erosions)


def _draw_at_joint(
    rng: np.random.Generator, joint: str, proximal: str, distal: str, size: float, wish: ErosionWish
) -> Erosion:
    width = float(rng.uniform(*wish.width_mm))
    margin: Margin = "radial" if rng.random() < 0.6 else "ulnar"
    head = bool(rng.random() < 0.7)
    bone = proximal if head else distal
    end: End = "head" if head else "base"
    # bare areas lie beside the cartilage: some millimetres from the end of a head, less from that of a base
    low, high = {"MC": (3.0, 6.5), "PP": (2.0, 4.5), "MP": (1.5, 3.5), "DP": (1.2, 2.5)}[bone[:2]]
    if not head:
        low, high = 1.0, 3.0
    from_end = float(rng.uniform(low, high)) * size
    chance = rng.random()
    through = width * float(rng.uniform(1.0, 2.5))
    if chance < wish.pressure:
        width = float(rng.uniform(max(wish.width_mm[0], 2.5), 6.5))
        depth = float(rng.uniform(0.8, 1.8))
        return Erosion(
            bone,
            "pressure",
            width,
            depth,
            width * 1.5,
            end,
            margin,
            from_end + float(rng.uniform(0.0, 4.0)),
            ragged=0.05,
        )
    depth = width * float(rng.uniform(0.45, 0.8))
    if joint.startswith("DIP") and chance < wish.pressure + 0.6 * (1.0 - wish.pressure):
        return Erosion(bone, "central", width, min(depth, 2.2 * size), through, end, "central")
    return Erosion(bone, "marginal", width, depth, through, end, margin, from_end)


#: Directions on the carpal bones that no neighbour covers on most films (degrees).
_FREE_DEG = {"TZM": (60.0, 130.0), "SCA": (70.0, 150.0), "LUN": (150.0, 210.0)}


def _draw_at_wrist(rng: np.random.Generator, bone: str, size: float, wish: ErosionWish) -> Erosion:
    width = float(rng.uniform(*wish.width_mm))
    depth, through = width * float(rng.uniform(0.45, 0.8)), width * float(rng.uniform(1.0, 2.5))
    if bone in _FREE_DEG:
        return Erosion(bone, "marginal", width, depth, through, angle_deg=float(rng.uniform(*_FREE_DEG[bone])))
    if bone == "MC1":
        margin: Margin = "radial" if rng.random() < 0.7 else "ulnar"
        return Erosion(bone, "marginal", width, depth, through, "base", margin, float(rng.uniform(1.5, 4.0)) * size)
    margin = "radial" if bone == "RAD" or rng.random() < 0.3 else "ulnar"
    return Erosion(bone, "marginal", width, depth, through, "head", margin, float(rng.uniform(3.0, 8.0)) * size)


def erode(hand: PosedHand, erosions: Sequence[Erosion], rng: np.random.Generator) -> None:
    """Bite erosions out of the bones of a flat hand, in place; ``hand.erosion_places`` says where their middles lie.

    Parameters
    ----------
    hand
        The bones.
    erosions
        What to make.
    rng
        Source of the unevenness of their floors.

    Raises
    ------
    ValueError
        For an erosion of a bone that is not there, or without width, depth or a place.
    """
    places = []
    for erosion in erosions:
        if erosion.bone not in hand.bones:
            raise ValueError(f"no bone {erosion.bone} to erode")
        if min(erosion.width_mm, erosion.depth_mm, erosion.through_mm) <= 0.0:
            raise ValueError("an erosion needs a width, a depth and an extent through the bone")
        phases = rng.uniform(0.0, 2 * np.pi, 4)
        bone = hand.bones[erosion.bone]
        _split(bone)
        if bone.intact is None or len(bone.intact) != len(bone.outer):
            bone.intact = bone.outer
        mouth, inward, along = _place(bone, erosion)
        places.append(_bite(bone, erosion, mouth, inward, along, phases))
    if places:
        hand.erosion_places = np.concatenate([hand.erosion_places, np.stack(places)])


def true_erosions(
    hand: PosedHand, erosions: Sequence[Erosion], detector: Detector, *, mirrored: bool = False
) -> list[TrueErosion]:
    """Return where the erosions of a hand lie on a film.

    Parameters
    ----------
    hand, erosions
        The bones, and what was bitten out of them.
    detector
        Source and film.
    mirrored
        True for the film of a right hand, the mirror image.
    """
    if not erosions:
        return []
    points = detector.project(hand.erosion_places)
    if mirrored:
        points[:, 0] = detector.columns - 1 - points[:, 0]
    return [TrueErosion(e, float(x), float(y)) for e, (x, y) in zip(erosions, points, strict=True)]


def _split(bone: PosedBone) -> None:
    """Make the triangles of a bone small enough for bites, its shape unchanged."""
    for _ in range(_MOST_SPLITS):
        a, b, c = (bone.outer[bone.faces[:, k]] for k in range(3))
        edges = np.sort([np.linalg.norm(p - q, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
        # the longest edges are those of the shaft, which is bitten at its ends only
        if np.quantile(edges[1], 0.5) <= _EDGE_MM:
            return
        bone.outer, bone.marrow, bone.faces = _quartered(bone.outer, bone.marrow, bone.faces)


def _quartered(outer: Floats, marrow: Floats, faces: Faces) -> tuple[Floats, Floats, Faces]:
    """Cut every triangle into four at the middles of its edges."""
    pairs = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges, index = np.unique(pairs, axis=0, return_inverse=True)
    ab, bc, ca = (index.reshape(3, -1) + len(outer)).astype(np.int64)
    a, b, c = faces.T
    smaller = np.concatenate(
        [np.stack(corners, axis=1) for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    )
    first, second = (np.concatenate([s, s[edges].mean(axis=1)]) for s in (outer, marrow))
    return first, second, smaller


def _place(bone: PosedBone, erosion: Erosion) -> tuple[Floats, Floats, Floats]:
    """Return the middle of the mouth of a bite, the unit vector into the bone, and that along the margin."""
    points = bone.outer
    if not bone.tubular:
        angle = np.radians(erosion.angle_deg)
        outward = np.array([np.sin(angle), np.cos(angle), 0.0])
        mouth = points[np.argmax(points @ outward)]
        return mouth, -outward, np.array([outward[1], -outward[0], 0.0])
    if erosion.end is None or erosion.margin is None:
        raise ValueError("an erosion of a tubular bone needs an end and a margin")
    axis = bone.head - bone.base
    axis[2] = 0.0
    axis = axis / np.linalg.norm(axis)
    radial = np.array([axis[1], -axis[0], 0.0])
    outward = axis if erosion.end == "head" else -axis
    height = points @ outward
    if erosion.margin == "central":
        beside = points @ radial
        near = height > height.max() - 4.0
        middle = 0.5 * (beside[near].min() + beside[near].max())
        face = near & (np.abs(beside - middle) < 0.8)
        return points[face][np.argmax(height[face])], -outward, radial
    side = radial if erosion.margin == "radial" else -radial
    level = height.max() - erosion.from_end_mm

    def silhouette(at: float) -> Floats:
        band = np.flatnonzero(np.abs(height - at) < 0.6)
        return np.asarray(points[band[np.argmax(points[band] @ side)]])

    mouth = silhouette(level)
    along = silhouette(level + _TANGENT_MM) - silhouette(level - _TANGENT_MM)
    along[2] = 0.0
    along = along / np.linalg.norm(along)
    inward = np.array([-along[1], along[0], 0.0])
    return mouth, inward if inward @ side < 0 else -inward, along


def _bite(bone: PosedBone, erosion: Erosion, mouth: Floats, inward: Floats, along: Floats, phases: Floats) -> Floats:
    """Push both surfaces of a bone in front of the floor of a bite; return its middle."""
    through = np.cross(inward, along)
    depth = min(
        erosion.depth_mm, _MOST_DEPTH_SHARE * float(np.ptp(bone.outer @ inward)) if not bone.tubular else np.inf
    )
    smooth = erosion.kind == "pressure"

    def floor(points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        offset = points - mouth
        a, b = offset @ along / (erosion.width_mm / 2), offset @ through / (erosion.through_mm / 2)
        rest = np.clip(1.0 - a**2 - b**2, 0.0, 1.0)
        uneven = np.sin(3.1 * a + phases[0]) * np.cos(2.3 * b + phases[1]) + 0.6 * np.sin(6.7 * a + phases[2])
        shape = rest if smooth else np.sqrt(rest)
        return depth * shape * (1.0 - erosion.ragged * 0.5 * (1.0 + uneven / 1.6)), rest > 0.0

    for name, plate in (("outer", 0.0), ("marrow", _FLOOR_PLATE_MM if smooth else 0.0)):
        points = getattr(bone, name)
        height = (points - mouth) @ inward
        ground, inside = floor(points)
        pushed = inside & (height > -_BUMP_MM) & (height < ground + plate)
        moved = np.where(pushed, ground + plate - height, 0.0)
        setattr(bone, name, points + moved[:, None] * inward)
    return np.asarray(mouth + 0.5 * depth * inward)
