"""Shafts of metacarpals on simulated films with their true cortical indices, for the shaft network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.norms import segment_ends
from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.hand.cortex_settings import DEFAULT
from sclerograph.networks.crops import fit_pose
from sclerograph.networks.shaft_crops import SHAFT_COLUMNS, SHAFT_ROWS, shaft_crop
from sclerograph.training.lesion_film import SHAFT_LEVELS, LesionFilm

__all__ = ["ShaftExample", "shaft_examples_of"]

#: Parts of the film are larger than what is shown by this, for shifts and turns.
_LARGER = 1.25


@dataclass(frozen=True)
class ShaftExample:
    """One shaft on one film.

    ``grey`` (rows, columns) is the part of the film around it, ``ends`` (2, 2) the landmarks of base and head in the
    pixels of that part, ``pixels_per_mm`` the pixels of a nominal millimetre; ``index`` and ``isthmus`` are the true
    indices of the bone when the hand lies flat: turning a hand changes what is projected, and not its bones.
    """

    hand: int
    code: str
    grey: NDArray[np.uint16]
    ends: NDArray[np.float64]
    pixels_per_mm: float
    index: float
    isthmus: float


def shaft_examples_of(film: LesionFilm) -> Iterator[ShaftExample]:
    """Return the shafts of a film whose landmarks are on it."""
    marks = film.landmarks.astype(np.float64)
    points = {name: mark[:2] for name, mark in zip(LANDMARKS, marks, strict=True) if mark[2] > 0}
    unit = fit_pose(marks[:, :2], marks[:, 2]).pixels_per_mm
    for code in RADIOGRAMMETRY_BONES:
        crop = shaft_crop(points, code, unit, mirrored=False)
        if crop is None:
            continue
        corners = np.array([(c, r) for c in (0.0, SHAFT_COLUMNS) for r in (0.0, SHAFT_ROWS)])
        middle = corners.mean(axis=0)
        outer = crop.map_to_original(middle + _LARGER * (corners - middle))
        low = np.maximum(np.floor(outer.min(axis=0)).astype(int), 0)
        high = np.ceil(outer.max(axis=0)).astype(int) + 1
        outer_mm, marrow_mm = film.flat_shafts[code]
        index = 1.0 - marrow_mm / outer_mm
        isthmus = _within(DEFAULT.isthmus_levels)
        narrowest = isthmus[int(np.argmin(outer_mm[isthmus]))]
        yield ShaftExample(
            hand=film.seed,
            code=code,
            grey=film.image[low[1] : high[1], low[0] : high[0]].copy(),
            ends=np.stack([points[name] - low for name in segment_ends(code)]),
            pixels_per_mm=unit,
            index=float(np.mean(index[_within(DEFAULT.middle_levels)])),
            isthmus=float(index[narrowest]),
        )


def _within(part: tuple[float, float]) -> NDArray[np.intp]:
    return np.flatnonzero((part[0] - 1e-9 <= SHAFT_LEVELS) & (part[1] + 1e-9 >= SHAFT_LEVELS))
