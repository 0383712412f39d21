"""Bones of a simulated joint laid onto each other: their surfaces face each other all over at one distance.

Bones are posed one by one on landmarks of the film, which say nothing of depth and little of how a bone is turned. At
the wrist and at the base of the thumb that leaves joints whose bones stand askew or inside each other. Here one side of
such a joint is moved as a rigid body until its articular surface lies at a wanted distance from that of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.phantom.pose import PosedBone, PosedHand

__all__ = [
    "FOREARM_BONES",
    "FOREARM_LANDMARKS",
    "SEATED",
    "facing_direction",
    "move",
    "seat_thumb_base",
    "seat_wrist",
]

Floats = NDArray[np.float64]

FOREARM_BONES: Final = ("RAD", "ULN")
FOREARM_LANDMARKS: Final = LANDMARKS[:6]
#: Surfaces are articular where they look along the joint's axis to within this angle.
_MOST_ANGLE_DEG = 50.0
#: A bone gives way within these: aside and along the axis (mm), and about (degrees).
_ASIDE_MM, _ALONG_MM, _ABOUT_DEG = 3.0, 20.0, 8.0
_RELUCTANCE = 0.2
_ROUNDS = 15
#: Distances of single points count less the farther they are from the rest (mm).
_ROBUST_MM = 1.0
#: Points farther from the other bone than this, or aside of its surface by more than this, face nothing (mm).
_FACING_MM, _BESIDE_MM = 12.0, 2.5
_LEAST_POINTS = 10
#: Distances at which the bones are laid onto each other (nominal mm); what each hand shall have is set afterwards.
_WRIST_MM, _THUMB_BASE_MM = 1.5, 2.0
#: The radius ends under the lunate this share of the lunate's width beyond its middle.
_BEYOND_LUNATE = 0.08
#: So much of the radius is looked at for its ulnar edge (nominal mm).
_END_MM = 15.0


def move(hand: PosedHand, bones: Iterable[str], landmarks: Iterable[str], rotation: Floats, shift: Floats) -> None:
    """Move bones and landmarks of a hand to ``x @ rotation.T + shift``, in place."""
    for code in bones:
        if code in hand.bones:
            bone = hand.bones[code]
            for name in ("outer", "marrow", "base", "head"):
                setattr(bone, name, getattr(bone, name) @ rotation.T + shift)
    for name in landmarks:
        if name in LANDMARKS:
            at = LANDMARKS.index(name)
            hand.landmarks[at] = hand.landmarks[at] @ rotation.T + shift


def facing_direction(bone: PosedBone) -> tuple[Floats, Floats]:
    """Return the middle (3,) of the surface at the head of a bone and the unit vector in which it looks on the film."""
    points, normals = _articular(bone, _unit(bone.head - bone.base))
    normal = normals.mean(axis=0)
    return points.mean(axis=0), _unit(np.array([normal[0], normal[1], 0.0]))


def seat_wrist(hand: PosedHand) -> None:
    """Lay the radius, and the ulna with it, under the scaphoid and the lunate of a flat hand, in place."""
    radius, lunate = hand.bones["RAD"], hand.bones["LUN"]
    partners = [hand.bones["SCA"], lunate]
    towards = _unit(radius.head - radius.base)
    aside = _unit(np.array([-towards[1], towards[0], 0.0]))
    # the hand's little finger lies on the other side of the lunate than the scaphoid
    if (lunate.outer.mean(axis=0) - partners[0].outer.mean(axis=0)) @ aside < 0.0:
        aside = -aside
    height, beside = radius.outer @ towards, lunate.outer @ aside
    edge = float((radius.outer[height > height.max() - _END_MM * hand.size] @ aside).max())
    shift = (float(beside.mean()) + _BEYOND_LUNATE * float(np.ptp(beside)) - edge) * aside
    carpal = np.concatenate([_articular(partner, -towards)[0] for partner in partners])
    shift[2] += float(carpal[:, 2].mean() - _articular(radius, towards)[0][:, 2].mean())
    move(hand, FOREARM_BONES, FOREARM_LANDMARKS, np.eye(3), shift)
    rotation, shift = _seating(radius, partners, towards, _WRIST_MM * hand.size)
    move(hand, FOREARM_BONES, FOREARM_LANDMARKS, rotation, shift)


def seat_thumb_base(hand: PosedHand) -> None:
    """Lay the trapezium onto the base of the first metacarpal of a flat hand, in place."""
    metacarpal, trapezium = hand.bones["MC1"], hand.bones["TZM"]
    towards = _unit(metacarpal.head - metacarpal.base)
    rotation, shift = _seating(trapezium, [metacarpal], towards, _THUMB_BASE_MM * hand.size)
    move(hand, ["TZM"], ["TZM"], rotation, shift)


#: The joints that are laid onto each other before their space is set.
SEATED: Final[dict[str, Callable[[PosedHand], None]]] = {"CMC1": seat_thumb_base, "RC": seat_wrist}


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / np.linalg.norm(vector))


def _articular(bone: PosedBone, towards: Floats) -> tuple[Floats, Floats]:
    """Return points (n, 3) of a bone's surface that look in a direction, and the unit normals there."""
    corners = bone.outer[bone.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    known = lengths > 0.0
    normals, middles = normals[known] / lengths[known, None], corners[known].mean(axis=1)
    # faces may be ordered either way round: outward is away from the middle of the bone
    if np.einsum("ij,ij->i", normals, middles - bone.outer.mean(axis=0)).sum() < 0.0:
        normals = -normals
    looking = normals @ towards >= np.cos(np.radians(_MOST_ANGLE_DEG))
    return middles[looking], normals[looking]


def _seating(bone: PosedBone, partners: Sequence[PosedBone], towards: Floats, space_mm: float) -> tuple[Floats, Floats]:
    """Return the rotation and the shift that bring a bone's surface to a distance from those of its partners."""
    there = np.concatenate([_articular(partner, -towards)[0] for partner in partners])
    points, normals = _articular(bone, towards)
    middle = points.mean(axis=0)
    axes = np.concatenate([np.linalg.svd(towards[None, :])[2][1:], towards[None, :]])
    reluctance = _RELUCTANCE / np.array([np.radians(_ABOUT_DEG)] * 3 + [_ASIDE_MM] * 2 + [_ALONG_MM])
    rotation, shift, given = np.eye(3), np.zeros(3), np.zeros(6)
    for _ in range(_ROUNDS):
        now, facing = points @ rotation.T + shift, normals @ rotation.T
        nearest = cKDTree(now).query(there)[1]
        offset, look = there - now[nearest], facing[nearest]
        distance = np.einsum("ij,ij->i", offset, look)
        aside = np.linalg.norm(offset - distance[:, None] * look, axis=1)
        kept = (np.abs(distance) < _FACING_MM) & (aside < _BESIDE_MM)
        if np.count_nonzero(kept) < _LEAST_POINTS:
            break
        off = distance[kept] - space_mm
        from_most = off - np.median(off)
        weight = 1.0 / np.sqrt(1.0 + np.square(from_most / max(float(np.median(np.abs(from_most))), _ROBUST_MM)))
        weight = weight / np.linalg.norm(weight)
        centre = middle @ rotation.T + shift
        design = np.concatenate([np.cross(now[nearest] - centre, look), look @ axes.T], axis=1)[kept]
        # what the bone has given way already holds it back
        rows = np.concatenate([design * weight[:, None], np.diag(reluctance)])
        step = np.linalg.lstsq(rows, np.concatenate([off * weight, -reluctance * given]), rcond=None)[0]
        given = given + step
        turn = _rotation(step[:3])
        rotation, shift = turn @ rotation, (shift - centre) @ turn.T + centre + step[3:] @ axes
    return rotation, shift


def _rotation(vector: Floats) -> Floats:
    """Return the rotation about a vector by its length (radians)."""
    angle = float(np.linalg.norm(vector))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross)
