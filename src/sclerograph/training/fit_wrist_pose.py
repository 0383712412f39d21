"""Bring the bones of the wrist into the pose of a radiograph: neutral, flat, with open joint spaces.

The source surfaces hold the wrist as the model's maker left it: the lunate half beside the radius, bones almost in
contact because the cartilage is a part of its own. On a posteroanterior film of a straight wrist the lunate lies over
the ulnar part of the radius and the joint spaces are open. Rigid motions of the bones are fitted to the median of
landmark sets of real films and to a common joint space, and kept as small as both allow.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from sclerograph.anatomy.hand import LANDMARKS

__all__ = ["Motion", "lowest_point", "median_wrist", "metaphysis_edges", "settle_wrist"]

Points = NDArray[np.float64]

#: Bone-to-bone distance at the nearest points of the wrist joints.
WRIST_GAP_MM = 1.2
#: Distance from the styloid process to the physeal scar, where films are annotated: medians of the landmark sets used.
RADIUS_PHYSIS_BELOW_STYLOID_MM = 14.5
ULNA_PHYSIS_BELOW_STYLOID_MM = 9.0

_MOVING = ("TZM", "TZD", "CAP", "HAM", "SCA", "LUN", "TRQ", "PIS", "RAD", "ULN")
_NEIGHBOURS = (
    ("TZM", "TZD"),
    ("TZM", "SCA"),
    ("TZM", "MC2"),
    ("TZD", "CAP"),
    ("TZD", "SCA"),
    ("TZD", "MC2"),
    ("CAP", "HAM"),
    ("CAP", "SCA"),
    ("CAP", "LUN"),
    ("CAP", "MC3"),
    ("HAM", "TRQ"),
    ("HAM", "MC4"),
    ("HAM", "MC5"),
    ("HAM", "LUN"),
    ("SCA", "LUN"),
    ("LUN", "TRQ"),
    ("SCA", "RAD"),
    ("LUN", "RAD"),
    ("RAD", "ULN"),
    ("TRQ", "PIS"),
)
_FIXED_LANDMARKS = tuple(f"{joint}{d}" for d in range(2, 6) for joint in ("CMC", "MCP"))


@dataclass(frozen=True)
class Motion:
    """Rotation about a point, then a shift: ``rotation @ (p - about) + about + shift``."""

    about: Points
    rotation: Points
    shift: Points

    def __call__(self, points: Points) -> Points:
        """Move points (N, 3) or (3,)."""
        return np.asarray((points - self.about) @ self.rotation.T + self.about + self.shift)

    def back(self, points: Points) -> Points:
        """Inverse of the motion."""
        return np.asarray((points - self.about - self.shift) @ self.rotation + self.about)


def lowest_point(vertices: Points) -> Points:
    """Most proximal point of a bone's outline in the film plane (middle of its lowest half millimetre)."""
    lowest = vertices[vertices[:, 1] < vertices[:, 1].min() + 0.5]
    return np.asarray(lowest.mean(0))


def metaphysis_edges(vertices: Points, code: str) -> dict[str, Points]:
    """Styloid tip and both edges of the outline at the physeal scar of the distal radius or ulna."""
    styloid = vertices[np.argmax(vertices[:, 1])]
    below = RADIUS_PHYSIS_BELOW_STYLOID_MM if code == "RAD" else ULNA_PHYSIS_BELOW_STYLOID_MM
    band = vertices[np.abs(vertices[:, 1] - (styloid[1] - below)) < 1.5]
    radial, ulnar = band[np.argmax(band[:, 0])], band[np.argmin(band[:, 0])]
    if code == "RAD":
        return {"RADIUS_ULNAR_EDGE": ulnar, "RADIUS_RADIAL_EDGE": radial, "RADIAL_STYLOID": styloid}
    return {"ULNA_ULNAR_EDGE": ulnar, "ULNAR_STYLOID": styloid, "ULNA_RADIAL_EDGE": radial}


def median_wrist(landmark_sets: Path, metacarpals: dict[str, Points]) -> dict[str, Points]:
    """Median place (x, y) of the wrist landmarks of many left hands after fitting their metacarpals to ours.

    Parameters
    ----------
    landmark_sets
        JSON list of rows of 74 numbers: x, y (down) of the landmarks of the vocabulary, in its order, any scale.
    metacarpals
        Our CMC2-5 and MCP2-5 in the hand frame.
    """
    rows = np.asarray(json.loads(landmark_sets.read_text(encoding="utf-8")), float).reshape(-1, len(LANDMARKS), 2)
    rows = rows * [1.0, -1.0]
    index = [LANDMARKS.index(name) for name in _FIXED_LANDMARKS]
    target = np.stack([metacarpals[name][:2] for name in _FIXED_LANDMARKS])
    # A similarity in the plane is a complex factor and an offset.
    z, w = rows[..., 0] + 1j * rows[..., 1], target[:, 0] + 1j * target[:, 1]
    zc, wc = z[:, index].mean(1, keepdims=True), w.mean()
    factor = (np.conj(z[:, index] - zc) * (w - wc)).sum(1) / (np.abs(z[:, index] - zc) ** 2).sum(1)
    placed = factor[:, None] * (z - zc) + wc
    return {
        name: np.array([np.median(placed[:, k].real), np.median(placed[:, k].imag)])
        for k, name in enumerate(LANDMARKS[: LANDMARKS.index("CMC5")])
    }


class _Wrist:
    """The residuals of one pose of the wrist."""

    def __init__(self, bones: dict[str, tuple[Points, Points]], targets: dict[str, Points]) -> None:
        codes = sorted({c for pair in _NEIGHBOURS for c in pair})
        self.points = {c: bones[c][0] for c in codes}
        self.trees = {c: cKDTree(bones[c][0]) for c in codes}
        self.normals = {c: bones[c][1] for c in codes}
        self.targets = targets
        self.near = {}
        for a, b in _NEIGHBOURS:
            distance = self.trees[b].query(self.points[a])[0]
            self.near[a, b] = self.points[a][distance < 9.0][::3]

    def motions(self, parameters: Points) -> dict[str, Motion]:
        """Six numbers a bone: rotation vector in radians, shift in mm."""
        moves = {}
        for code, six in zip(_MOVING, parameters.reshape(-1, 6), strict=True):
            about = self.points[code].mean(0)
            if code in ("RAD", "ULN"):
                high = self.points[code][:, 1] > self.points[code][:, 1].max() - 15.0
                about = self.points[code][high].mean(0)
            moves[code] = Motion(about, Rotation.from_rotvec(six[:3]).as_matrix(), six[3:])
        return moves

    def landmarks(self, moves: dict[str, Motion]) -> dict[str, Points]:
        """The landmarks that the targets name, in the moved wrist."""
        found = {c: lowest_point(moves[c](self.points[c])) for c in _MOVING[:7]}
        for code in ("RAD", "ULN"):
            found |= metaphysis_edges(moves[code](self.points[code]), code)
        return found

    def residuals(self, parameters: Points) -> Points:
        """Landmark errors (1 and 2 mm), joint spaces (0.3 mm) and the size of the motion, each over its tolerance."""
        moves = self.motions(parameters)
        still = Motion(np.zeros(3), np.eye(3), np.zeros(3))
        parts = []
        found = self.landmarks(moves)
        for name, target in self.targets.items():
            # Wrists of growing people are taller by their cartilage: the height counts for less.
            parts.append((found[name][:2] - target) / [1.0, 2.0])
        for (a, b), points in self.near.items():
            local = moves.get(b, still).back(moves.get(a, still)(points))
            distance, nearest = self.trees[b].query(local)
            side = np.einsum("ij,ij->i", local - self.points[b][nearest], self.normals[b][nearest])
            signed = np.sort(np.where(side < 0, -distance, distance))[:8]
            parts.append((signed - WRIST_GAP_MM) / 0.3 / np.sqrt(8))
        tolerance = np.array([0.2, 0.2, 0.35, 6.0, 6.0, 3.0])
        motion = parameters.reshape(-1, 6) / tolerance
        # The forearm stays in the plane of the film and nearly parallel to the third metacarpal.
        motion[-2:] *= np.array([20.0, 20.0, 12.0, 1.0, 1.0, 6.0])
        parts.append(motion.ravel())
        return np.concatenate(parts)


def settle_wrist(bones: dict[str, tuple[Points, Points]], targets: dict[str, Points]) -> dict[str, Motion]:
    """Fit the motions of carpals and forearm.

    Parameters
    ----------
    bones
        Vertices and outward unit normals (both (N, 3), hand frame) of the carpals, RAD, ULN and MC2 to MC5.
    targets
        Landmarks in the film plane (x, y) as :func:`median_wrist` gives them.

    Returns
    -------
    dict
        The motion of each carpal and forearm bone.
    """
    wrist = _Wrist(bones, targets)
    start = np.zeros(6 * len(_MOVING))
    size = np.tile([0.05, 0.05, 0.05, 1.0, 1.0, 1.0], len(_MOVING))
    # Steps of a twentieth of a millimetre average over the changing nearest points.
    solution = least_squares(lambda x: wrist.residuals(x * size), start, diff_step=0.05, max_nfev=60)
    return wrist.motions(np.asarray(solution.x) * size)
