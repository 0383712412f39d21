"""The cortex of simulated tubular bones: thinned by a stated share, and as wide as it truly is on a film.

Radiogrammetry measures two widths across a shaft on the film: that of the bone and that of its marrow space. Both are
known here: they are where rays begin to cross the two surfaces that the film is drawn from. A ray counts as crossing
from 0.2 mm inside on, as for the outlines of the bones; a thick cortex leaves folds beside the marrow space whose rays
are shorter or which lie apart from it, and which no film shows as marrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from sclerograph.phantom.pose import PosedBone, PosedHand
from sclerograph.phantom.projection import Detector, path_length

__all__ = ["TrueCortex", "thin_cortex", "true_cortex"]

Floats = NDArray[np.float64]

#: A ray crosses a bone or its marrow from this length inside on (mm).
_LEAST_PATH_MM = 0.2
#: Rays are traced this far apart (mm on the film), to this distance on either side of the line (mm).
_RAY_MM = 0.05
_REACH_MM = 11.0


@dataclass(frozen=True)
class TrueCortex:
    """Widths across one shaft on a film, at (n,) levels; millimetres in the plane of the detector.

    ``levels`` are shares of the line that was asked for; widths are 0 where there is no bone, or no marrow.
    """

    levels: Floats
    outer_mm: Floats
    marrow_mm: Floats

    @property
    def thickness_mm(self) -> Floats:
        """Mean thickness of the two walls, as projected."""
        return np.asarray((self.outer_mm - self.marrow_mm) / 2.0)

    @property
    def index(self) -> Floats:
        """Cortical index: both walls over the outer width; not-a-number where there is no bone."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(1.0 - self.marrow_mm / self.outer_mm)


def thin_cortex(hand: PosedHand, loss: Mapping[str, float]) -> None:
    """Let the cortex of bones lose a share of its thickness from inside, in place.

    Parameters
    ----------
    hand
        The bones.
    loss
        Share of the thickness that is gone, from 0 (nothing) to below 1, by the code of the bone.
    """
    for code, share in loss.items():
        if not 0.0 <= share < 1.0:
            raise ValueError("a cortex can lose a share from 0 to below 1 of its thickness")
        bone = hand.bones[code]
        bone.marrow = bone.marrow + share * (bone.outer - bone.marrow)


def true_cortex(bone: PosedBone, detector: Detector, start: Floats, end: Floats, levels: Floats) -> TrueCortex:
    """Return the true widths across a shaft.

    Parameters
    ----------
    bone
        The bone.
    detector
        Source and film.
    start, end
        (x, y) pixels on the film, not mirrored: widths are taken across the line from one to the other.
    levels
        (n,) where, as shares of that line.
    """
    fine = detector.pixel_mm / _RAY_MM
    axis = (end - start) * fine
    along = axis / np.hypot(*axis)
    across = np.array([-along[1], along[0]])
    beside = np.arange(-_REACH_MM, _REACH_MM + 1e-9, _RAY_MM) / _RAY_MM
    points = start * fine + np.asarray(levels)[:, None, None] * axis + beside[None, :, None] * across
    # only the part of the film that the lines cross is traced so finely
    low = np.floor(points.min(axis=(0, 1))).astype(int) - 1
    size = np.ceil(points.max(axis=(0, 1))).astype(int) + 2 - low
    traced = replace(
        detector,
        rows=int(size[1]),
        columns=int(size[0]),
        pixel_mm=_RAY_MM,
        left_mm=detector.left_mm + float(low[0]) * _RAY_MM,
        top_mm=detector.top_mm - float(low[1]) * _RAY_MM,
    )
    widths = [_widths(surface, bone.faces, traced, points - low) for surface in (bone.outer, bone.marrow)]
    return TrueCortex(np.asarray(levels, np.float64), *widths)


def _widths(surface: Floats, faces: NDArray[np.int64], detector: Detector, points: Floats) -> Floats:
    """Return the width of a surface along each row of points (levels, positions, 2), in mm."""
    length, (rows, columns) = path_length(surface, faces, detector)
    if length.size == 0:
        return np.zeros(len(points))
    at = [points[..., 1] - rows.start, points[..., 0] - columns.start]
    profiles = np.asarray(map_coordinates(length, at, order=1), dtype=np.float64)
    return np.array([_main_run(profile) for profile in profiles]) * _RAY_MM


def _main_run(profile: Floats) -> float:
    """Return how long a profile stays above the least path around its greatest value, in steps."""
    inside = profile > _LEAST_PATH_MM
    peak = int(np.argmax(profile))
    if not inside[peak]:
        return 0.0
    below = np.flatnonzero(~inside)
    first, last = int(below[below < peak].max(initial=-1)) + 1, int(below[below > peak].min(initial=len(inside))) - 1
    width = float(last - first)
    for edge, beyond in ((first, first - 1), (last, last + 1)):
        if 0 <= beyond < len(profile):
            width += float((profile[edge] - _LEAST_PATH_MM) / (profile[edge] - profile[beyond]))
    return width
