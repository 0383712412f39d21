"""Real films made ready for the calcium network and for disease to be put in: greys, scale, anatomy, one file a film.

Made by :mod:`sclerograph.training.self_training`. What is slow to work out (where the hand is, what a millimetre of
mineral adds to the greys, what the skeleton network sees) is worked out once. The files hold pixels of films whose
licence is not stated: they stay in the working folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.crops import CALCIUM_NOMINAL_MM, Pose, fit_pose
from sclerograph.phantom.insertion import FilmScale, measure_film

__all__ = ["PreparedFilm", "load_prepared", "prepare", "prepared_names", "split_names"]

#: One film in so many is not trained on: thresholds are chosen on it.
_ONE_KEPT_IN = 10
#: Films of which so many fit into memory are kept there by each process that makes batches.
_KEPT = 192


@dataclass(frozen=True)
class PreparedFilm:
    """One real film, no finer than the calcium network looks.

    ``grey`` is (rows, columns) uint8; ``landmarks`` (37, 3) x, y, weight in its pixels; ``scale`` what the film tells
    about its greys (``None`` where it tells nothing); ``any_bone`` and ``pisiform`` the skeleton network's
    probabilities times 255 on its crop, and ``to_crop`` the 2x3 matrix from pixels of ``grey`` to that crop.
    ``loaded_shape`` is rows and columns of the film as :func:`sclerograph.training.real_films.load_grey` loads it.
    """

    name: str
    grey: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    mirrored: bool
    scale: FilmScale | None
    any_bone: NDArray[np.uint8]
    pisiform: NDArray[np.uint8]
    to_crop: NDArray[np.float64]
    loaded_shape: tuple[int, int]

    def landmarks_from_loaded(self, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """Map (37, 3) landmarks from pixels of the loaded film to pixels of ``grey``."""
        points = landmarks.copy()
        points[:, :2] = (points[:, :2] + 0.5) * _shrink(self.grey.shape, self.loaded_shape) - 0.5
        return points

    @property
    def pose(self) -> Pose:
        """How the hand lies on ``grey``."""
        return fit_pose(self.landmarks[:, :2], self.landmarks[:, 2], mirrored=self.mirrored)

    def save(self, folder: Path) -> Path:
        """Write ``folder/<name>.npz``."""
        folder.mkdir(parents=True, exist_ok=True)
        scale = self.scale
        hand = scale.hand if scale is not None else np.zeros(self.grey.shape, dtype=bool)
        path = folder / f"{self.name}.npz"
        with path.with_suffix(".partial").open("wb") as handle:
            np.savez(
                handle,
                grey=self.grey,
                landmarks=self.landmarks,
                mirrored=self.mirrored,
                scale=[scale.per_mm, scale.noise, scale.ceiling] if scale is not None else [],
                hand=np.packbits(hand),
                any_bone=self.any_bone,
                pisiform=self.pisiform,
                to_crop=self.to_crop,
                loaded_shape=self.loaded_shape,
            )
        path.with_suffix(".partial").replace(path)
        return path


def _shrink(shape: tuple[int, ...], loaded: tuple[int, ...]) -> NDArray[np.float64]:
    return np.array([shape[1] / loaded[1], shape[0] / loaded[0]])


def prepare(
    name: str,
    image: NDArray[np.uint8],
    landmarks: NDArray[np.float32],
    mirrored: bool,
    maps: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    to_crop: NDArray[np.float64],
) -> PreparedFilm:
    """Shrink a film to the resolution of the calcium network where it is finer, and measure its greys.

    Parameters
    ----------
    image, landmarks, to_crop
        Greys, (37, 3) landmarks in their pixels, and the matrix from their pixels to the skeleton network's crop.
    maps
        Probability of any bone and of the pisiform times 255, on that crop.
    """
    pose = fit_pose(landmarks[:, :2], landmarks[:, 2], mirrored=mirrored)
    factor = min(1.0, 1.0 / (pose.pixels_per_mm * CALCIUM_NOMINAL_MM))
    points, matrix = landmarks.copy(), to_crop.copy()
    loaded_shape = (image.shape[0], image.shape[1])
    if factor < 1.0:
        image = np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        # Pixel centres: (x + 0.5) scales, by what the rounded size really is.
        shrink = _shrink(image.shape, loaded_shape)
        points[:, :2] = (points[:, :2] + 0.5) * shrink - 0.5
        matrix[:, 2] += matrix[:, :2] @ (0.5 / shrink - 0.5)
        matrix[:, :2] /= shrink
    nominal_mm = 1.0 / fit_pose(points[:, :2], points[:, 2], mirrored=mirrored).pixels_per_mm
    scale = measure_film(image.astype(np.float32) / np.float32(255.0), points, nominal_mm)
    return PreparedFilm(name, image, points, mirrored, scale, maps[0], maps[1], matrix, loaded_shape)


def prepared_names(folder: Path) -> list[str]:
    """Names of the films in a folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.npz"))


def split_names(folder: Path) -> tuple[list[str], list[str]]:
    """Names of the films to train the calcium network on, and of those kept for choosing its thresholds."""
    names = prepared_names(folder)
    kept = names[::_ONE_KEPT_IN]
    return [name for name in names if name not in set(kept)], kept


@lru_cache(maxsize=_KEPT)
def load_prepared(folder: Path, name: str) -> PreparedFilm:
    """Read one film; the last ones read are kept in memory and must not be changed."""
    with np.load(folder / f"{name}.npz") as stored:
        grey, numbers = stored["grey"], stored["scale"]
        scale = None
        if len(numbers):
            hand = np.unpackbits(stored["hand"], count=grey.size).reshape(grey.shape).astype(bool)
            scale = FilmScale(float(numbers[0]), float(numbers[1]), float(numbers[2]), hand)
        return PreparedFilm(
            name,
            grey,
            stored["landmarks"],
            bool(stored["mirrored"]),
            scale,
            stored["any_bone"],
            stored["pisiform"],
            stored["to_crop"],
            (int(stored["loaded_shape"][0]), int(stored["loaded_shape"][1])),
        )
