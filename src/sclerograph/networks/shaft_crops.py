"""What the shaft network is shown: the middle of each metacarpal's shaft, laid straight by its landmarks.

The bone lies along the columns, which always run between the same two shares of its length; rows run across it. So each
column tells one pair of widths, and the network's part of the shaft is that of the definition of the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.norms import segment_ends
from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.networks.maps import Crop
from sclerograph.networks.strip_crops import centred_crop, strip_channels

__all__ = ["INDICES", "SHAFT_COLUMNS", "SHAFT_ROWS", "shaft_channels", "shaft_crop"]

SHAFT_ROWS, SHAFT_COLUMNS = 96, 112
#: Resolution across the bone (nominal mm), and the part of its length that is shown.
_ACROSS_MM: Final = 0.14
_PART: Final = (0.25, 0.7)
#: The indices among which the network shares out its belief.
INDICES: Final[NDArray[np.float64]] = np.linspace(0.0, 0.9, 46)


def shaft_crop(
    points: Mapping[str, NDArray[np.float64]], code: str, pixels_per_mm: float, *, mirrored: bool
) -> Crop | None:
    """Return the part of a film that shows a shaft; ``None`` where its landmarks are not known.

    Parameters
    ----------
    points
        (x, y) on the film of the landmarks that are known.
    code
        One of :data:`sclerograph.findings.records.RADIOGRAMMETRY_BONES`.
    pixels_per_mm
        Film pixels for a nominal millimetre.
    mirrored
        True for a hand whose thumb lies to the left when the fingers point up; shafts show it as the other hand.
    """
    start, end = (points.get(name) for name in segment_ends(code))
    if start is None or end is None or not np.any(end - start):
        return None
    axis = end - start
    length = float(np.hypot(*axis))
    along = axis / length
    across = np.array([-along[1], along[0]]) * (-1.0 if mirrored else 1.0)
    along_px = (_PART[1] - _PART[0]) * length / SHAFT_COLUMNS
    linear = np.stack([along / along_px, across / (_ACROSS_MM * pixels_per_mm)])
    return centred_crop(linear, start + 0.5 * (_PART[0] + _PART[1]) * axis, SHAFT_ROWS, SHAFT_COLUMNS, _ACROSS_MM)


def shaft_channels(grey: NDArray[np.float32], code: str, film_nominal_mm: float) -> NDArray[np.float32]:
    """Return what the network sees of a shaft, (5, rows, columns).

    The greys less their mean over their spread, three channels of which that of the bone is 1, and the logarithm of the
    size of the film's pixels, which says how fine the film can be.

    Parameters
    ----------
    grey
        (rows, columns) of the crop, any scale.
    code
        The bone.
    film_nominal_mm
        Nominal millimetres of a pixel of the film.
    """
    kind = RADIOGRAMMETRY_BONES.index(code)
    return strip_channels(grey, kind, len(RADIOGRAMMETRY_BONES), film_nominal_mm / _ACROSS_MM)
