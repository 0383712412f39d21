"""Joints of simulated films with the width of their spaces, for the joint network.

Of each joint the part of the film around it is taken, large enough for every square that training cuts out of it; so a
square is sampled once from the film's own pixels, as in a reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.joint_frame import SPACE_JOINTS, JointFrame, landmark_frame
from sclerograph.networks.crops import fit_pose
from sclerograph.networks.joint_crops import JOINT_COLUMNS, JOINT_ROWS, joint_nominal_mm
from sclerograph.training.lesion_film import LesionFilm

__all__ = ["JointExample", "joint_examples_of"]

#: Parts of the film are larger than the square by this, for shifts and turns.
_LARGER = 1.35


@dataclass(frozen=True)
class JointExample:
    """One joint on one film.

    ``grey`` (rows, columns) is the part of the film around it, ``frame`` the joint in the pixels of that part, and
    ``pixels_per_mm`` the pixels of a nominal millimetre. ``width_px`` and ``least_px`` are the width of the space, mean
    and least, not-a-number where it has none: where the bones are fused, or not ``seen`` to face each other.
    """

    code: str
    grey: NDArray[np.uint16]
    frame: JointFrame
    pixels_per_mm: float
    width_px: float
    least_px: float
    fused: bool
    seen: bool


def joint_examples_of(film: LesionFilm) -> Iterator[JointExample]:
    """Return the joints of a film whose landmarks are on it."""
    marks = film.landmarks.astype(np.float64)
    points = {name: mark[:2] for name, mark in zip(LANDMARKS, marks, strict=True) if mark[2] > 0}
    unit = fit_pose(marks[:, :2], marks[:, 2]).pixels_per_mm
    for code in SPACE_JOINTS:
        frame = landmark_frame(points, code, unit)
        if frame is None:
            continue
        reach = 0.5 * _LARGER * joint_nominal_mm(code) * unit * float(np.hypot(JOINT_ROWS, JOINT_COLUMNS))
        low = np.maximum(np.floor(frame.origin - reach).astype(int), 0)
        high = np.ceil(frame.origin + reach).astype(int) + 1
        part = film.image[low[1] : high[1], low[0] : high[0]]
        if min(part.shape) < reach:
            continue
        true = film.spaces.get(code)
        open_ = true is not None and not true.fused
        yield JointExample(
            code=code,
            grey=part.copy(),
            frame=JointFrame(frame.origin - low, frame.along, frame.half_width),
            pixels_per_mm=unit,
            width_px=true.mean_mm / film.mm_per_pixel if true is not None and open_ else float("nan"),
            least_px=true.least_mm / film.mm_per_pixel if true is not None and open_ else float("nan"),
            fused=true is not None and true.fused,
            seen=true is not None,
        )
