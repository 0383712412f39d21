"""Real films for training: which may be used, and what their annotations say in our names.

The folder is optional and never part of the product. Only films of the split ``train`` are offered here; films of the
split ``validation`` and the atlas films judge the result.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.networks.crops import fit_pose
from sclerograph.networks.hand_shape import landmark_index
from sclerograph.training.definitions import PointOffsets

__all__ = ["KEYPOINT_NAMES", "RealFilm", "load_grey", "negative_films", "training_films"]

#: Names of the 21-point annotation in our vocabulary. Its wrist point has no counterpart.
KEYPOINT_NAMES: dict[str, str] = {
    **{f"thumb{i}": name for i, name in enumerate(("CMC1", "MCP1", "IP1", "TIP1"), start=1)},
    **{
        f"{finger}{i}": f"{joint}{digit}"
        for digit, finger in enumerate(("forefinger", "middle_finger", "ring_finger", "pinky_finger"), start=2)
        for i, joint in enumerate(("MCP", "PIP", "DIP", "TIP"), start=1)
    },
}
#: Films are shrunk to this longer side when loaded: finer than any network looks at them.
_LONGEST_SIDE = 1500


@dataclass(frozen=True)
class RealFilm:
    """One real film with the landmarks it has: (37, 3) x, y, weight in pixels of the loaded (perhaps shrunk) film."""

    name: str
    path: Path
    landmarks: NDArray[np.float32]
    mirrored: bool
    bone_age_months: int | None = None

    @property
    def labelled(self) -> bool:
        """Whether enough landmarks carry a weight to place a crop."""
        return bool((self.landmarks[:, 2] > 0).sum() >= 10)

    def image(self) -> NDArray[np.uint8]:
        """Load the film's greys."""
        return load_grey(self.path)[0]


def load_grey(path: Path) -> tuple[NDArray[np.uint8], float]:
    """Load 8 bit greys, shrunk to at most 1500 pixels a side; returns them and the factor.

    Raises
    ------
    ValueError
        If the file is not an image.
    """
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError(f"{path.name} is not an image")
    factor = min(1.0, _LONGEST_SIDE / max(image.shape))
    if factor < 1.0:
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(image, dtype=np.uint8), factor


def training_films(
    data: Path, pseudo_labels: Path | None = None, offsets: PointOffsets | None = None
) -> list[RealFilm]:
    """Films of the split ``train``, with key points, or else pseudo-labels, or else no landmarks.

    Parameters
    ----------
    data
        Folder of the films and ``hands.json``.
    pseudo_labels
        A file of :mod:`sclerograph.training.self_training`: names, landmarks (films, 37, 3) in pixels of the loaded
        film, and whether the hand is mirrored.
    offsets
        How far the key points lie from our definition of the landmarks; taken off them.
    """
    pseudo: dict[str, NDArray[np.float32]] = {}
    sides: dict[str, bool] = {}
    if pseudo_labels is not None:
        with np.load(pseudo_labels) as stored:
            names = [str(name) for name in stored["names"]]
            pseudo = dict(zip(names, stored["landmarks"], strict=True))
            sides = dict(zip(names, stored["mirrored"].tolist(), strict=True))
    films = []
    for entry in json.loads((data / "hands.json").read_text()):
        if entry["split"] != "train":
            continue
        name = entry["id"]
        factor = min(1.0, _LONGEST_SIDE / max(entry["width"], entry["height"]))
        landmarks = np.array(pseudo.get(name, np.zeros((len(LANDMARKS), 3))), dtype=np.float32)
        mirrored = sides.get(name, entry.get("side") == "right")
        marked = _key_points(entry.get("keypoints21", {}), factor, mirrored, offsets)
        landmarks[marked[:, 2] > 0] = marked[marked[:, 2] > 0]
        films.append(RealFilm(name, data / entry["file"], landmarks, mirrored, entry.get("bone_age_months")))
    return films


def _key_points(
    points: dict[str, list[float]], factor: float, mirrored: bool, offsets: PointOffsets | None
) -> NDArray[np.float32]:
    landmarks = np.zeros((len(LANDMARKS), 3), dtype=np.float32)
    for theirs, point in points.items():
        if theirs in KEYPOINT_NAMES:
            # Their first pixel begins at 0, ours has its centre there.
            x, y = ((np.array(point) + 0.5) * factor - 0.5).tolist()
            landmarks[landmark_index(KEYPOINT_NAMES[theirs])] = x, y, 1.0
    known = landmarks[:, 2] > 0
    if offsets is not None and known.any():
        pose = fit_pose(landmarks[:, :2], landmarks[:, 2], mirrored=mirrored)
        placed = np.where(known[:, None], landmarks[:, :2], np.nan)
        landmarks[known, :2] = offsets.to_ours(placed, pose)[known]
    return landmarks


def negative_films(data: Path, *, kept: bool = False) -> list[Path]:
    """Films of other regions: every other one for training, the rest (``kept``) for measuring."""
    paths = sorted((data / "not_hands").glob("*.jpg"))
    return paths[1::2] if kept else paths[0::2]
