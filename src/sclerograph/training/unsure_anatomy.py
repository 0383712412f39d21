"""The bones that the calcium network is shown: as unsure as a skeleton network is of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES
from sclerograph.networks.inputs import PISIFORM
from sclerograph.training.augment import compose, similarity
from sclerograph.training.greys import fast_warp
from sclerograph.training.prepared import PreparedFilm

__all__ = ["anatomy_of_real_film", "anatomy_of_simulated_film"]

Image = NDArray[np.float32]
Mask = NDArray[np.bool_]
Matrix = NDArray[np.float64]


def anatomy_of_simulated_film(rng: np.random.Generator, bones: NDArray[Any], calcium: Mask) -> Image:
    """The true bones, as unsure as a skeleton network is of them."""
    present = bones
    if rng.random() < 0.15:
        for index in rng.integers(0, len(BONES), int(rng.integers(1, 4))):
            present = present & ~np.int32(1 << int(index))
    sigma = float(rng.uniform(1.2, 4.0))
    maps = []
    for mask in (present != 0, present & (1 << PISIFORM) != 0):
        values = mask.astype(np.float32)
        if rng.random() < 0.2:
            size = int(rng.integers(3, 8))
            kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
            values = (cv2.erode if rng.random() < 0.5 else cv2.dilate)(values, kernel)
        maps.append(np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32))
    return _unsure(rng, maps, calcium)


def anatomy_of_real_film(rng: np.random.Generator, film: PreparedFilm, to_patch: Matrix, calcium: Mask) -> Image:
    """What the skeleton network saw on the film before anything was put in."""
    crop_to_film = np.linalg.inv(np.vstack([film.to_crop, [0.0, 0.0, 1.0]]))[:2]
    matrix = compose(to_patch, crop_to_film)
    maps = [fast_warp(values, matrix, *calcium.shape) / np.float32(255.0) for values in (film.any_bone, film.pisiform)]
    return _unsure(rng, maps, calcium)


def _unsure(rng: np.random.Generator, maps: Sequence[Image], calcium: Mask) -> Image:
    """Shift the anatomy a little, let calcium disturb it, drop it at times; -1 to 1 as the network is shown it."""
    stacked, side = np.stack(maps), calcium.shape[0]
    draw = rng.random()
    if draw < 0.15:
        return np.full_like(stacked, -1.0)
    if draw < 0.3 and calcium.any():
        # A deposit may be taken for bone, or hide it.
        blurred = cv2.GaussianBlur(calcium.astype(np.float32), (0, 0), float(rng.uniform(2.0, 6.0)))
        strength = np.float32(rng.uniform(0.4, 1.0))
        if rng.random() < 0.5:
            stacked[0] = np.maximum(stacked[0], blurred * strength)
        else:
            stacked *= 1 - blurred * strength
    elif draw < 0.45:
        holes = _holes(rng, calcium.shape[0])
        stacked *= holes
    if rng.random() < 0.5:
        shift = similarity(float(rng.normal(0, 1.0)), 1.0, (side / 2, side / 2), tuple(rng.normal(0, 2.0, 2)))
        stacked = np.stack([cv2.warpAffine(each, shift, (side, side)) for each in stacked])
    return np.asarray(np.clip(stacked, 0.0, 1.0) * 2 - 1, dtype=np.float32)


def _holes(rng: np.random.Generator, side: int) -> Image:
    coarse = rng.normal(0.8, 0.7, (12, 12)).astype(np.float32)
    field = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field, 0.0, 1.0), dtype=np.float32)
