"""Where a data set puts its points, and where we put ours.

Every annotation has its own idea of a landmark: a tip may be marked a millimetre inside the bone, a joint at the head
of the one bone or at the base of the other. Such differences are constant for one data set. They are estimated on
training films, taken off before its points train a network, and may be put back when a result is compared with the
data set.

Offsets are in nominal millimetres in the frame of the bone: *along* points from the joint towards the finger tip,
*across* towards the thumb's side.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import FINGER_CHAINS, LANDMARKS
from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import landmark_index

__all__ = ["PointOffsets", "bone_frames", "estimate_offsets"]

#: An offset seen on this many films is believed by half.
_HALF_BELIEVED = 4.0
#: A landmark must have been seen on this many films to have an offset at all.
_FEWEST_FILMS = 3


def bone_frames(points: NDArray[np.floating], pose: Pose) -> NDArray[np.float64]:
    """Directions along and across the bone at each landmark.

    Parameters
    ----------
    points
        (37, 2) film (x, y); landmarks of a finger that are not known may be NaN.
    pose
        How the hand lies; gives the directions where there is no finger.

    Returns
    -------
    (37, 2, 2): for each landmark the unit vectors along and across, on the film.
    """
    linear = pose.to_film[:, :2] / pose.pixels_per_mm
    along = np.tile(linear @ np.array([0.0, -1.0]), (len(LANDMARKS), 1))
    for chain in FINGER_CHAINS.values():
        members = [landmark_index(name) for name in chain]
        for here, following in zip(members, [*members[1:], None], strict=True):
            first, second = (here, following) if following is not None else (members[-2], here)
            step = np.asarray(points[second, :2] - points[first, :2], dtype=np.float64)
            length = float(np.hypot(*step))
            if np.isfinite(length) and length > 0:
                along[here] = step / length
    # Fingers up and thumb to the right, across is a quarter turn clockwise; a mirrored hand turns the other way.
    turn = np.array([[0.0, -1.0], [1.0, 0.0]]) * (-1.0 if pose.mirrored else 1.0)
    return np.stack([along, along @ turn.T], axis=1)


@dataclass(frozen=True)
class PointOffsets:
    """How far a data set's points lie from ours: (37, 2) nominal millimetres along and across, 0 where not known."""

    offsets_mm: NDArray[np.float64]
    films: NDArray[np.int64]

    def to_theirs(self, points: NDArray[np.floating], pose: Pose) -> NDArray[np.float64]:
        """Move (37, 2) points of ours to where the data set marks them."""
        return self._move(points, pose, 1.0)

    def to_ours(self, points: NDArray[np.floating], pose: Pose) -> NDArray[np.float64]:
        """Move (37, 2) points of the data set to where we mark them."""
        return self._move(points, pose, -1.0)

    def _move(self, points: NDArray[np.floating], pose: Pose, sign: float) -> NDArray[np.float64]:
        frames = bone_frames(points, pose)
        shift = np.einsum("nk,nkd->nd", self.offsets_mm, frames) * pose.pixels_per_mm
        return np.asarray(points[:, :2] + sign * shift, dtype=np.float64)

    def save(self, path: Path) -> None:
        """Write the offsets as JSON, by name of landmark."""
        entries = {
            name: {"along_mm": round(float(along), 4), "across_mm": round(float(across), 4), "films": int(films)}
            for name, (along, across), films in zip(LANDMARKS, self.offsets_mm, self.films, strict=True)
            if films
        }
        path.write_text(json.dumps(entries, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> PointOffsets:
        """Read what :meth:`save` wrote."""
        offsets, films = np.zeros((len(LANDMARKS), 2)), np.zeros(len(LANDMARKS), dtype=np.int64)
        for name, entry in json.loads(path.read_text()).items():
            index = landmark_index(name)
            offsets[index], films[index] = (entry["along_mm"], entry["across_mm"]), entry["films"]
        return cls(offsets, films)


def estimate_offsets(
    ours: Sequence[NDArray[np.floating]], theirs: Sequence[NDArray[np.floating]], poses: Sequence[Pose]
) -> PointOffsets:
    """Estimate the constant offset of each landmark on films that both have marked.

    The median over the films, drawn towards zero by n / (n + 4).

    Parameters
    ----------
    ours, theirs
        For each film (37, 3) x, y and a weight that is positive where the landmark is to be believed.
    poses
        How the hand lies on each film.
    """
    differences = np.full((len(poses), len(LANDMARKS), 2), np.nan)
    for row, own, other, pose in zip(differences, ours, theirs, poses, strict=True):
        both = (own[:, 2] > 0) & (other[:, 2] > 0)
        frames = bone_frames(np.where(own[:, 2:] > 0, own[:, :2], np.nan), pose)
        step = (other[:, :2] - own[:, :2]) / pose.pixels_per_mm
        row[both] = np.einsum("nd,nkd->nk", step, frames)[both]
    films = np.isfinite(differences[..., 0]).sum(axis=0)
    offsets = np.zeros((len(LANDMARKS), 2))
    for index in np.flatnonzero(films >= _FEWEST_FILMS):
        median = np.nanmedian(differences[:, index], axis=0)
        offsets[index] = median * films[index] / (films[index] + _HALF_BELIEVED)
    return PointOffsets(offsets, np.where(films >= _FEWEST_FILMS, films, 0).astype(np.int64))
