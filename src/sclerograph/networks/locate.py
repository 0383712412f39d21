"""From the finder's maps to hands."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sclerograph.networks.decode import FINDER_STRIDE, cell_to_pixel
from sclerograph.networks.maps import Crop, HandLocation

__all__ = ["hands_of_maps", "to_film"]

#: A peak below this probability is no hand; hands on their side reach less than flat ones, and landmarks decide later.
_LEAST_PROBABILITY = 0.2
#: Two peaks closer than this share of a hand's length are one hand.
_APART = 0.3
_MOST_HANDS = 2


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(1.0 / (1.0 + np.exp(-values.astype(np.float64))))


def hands_of_maps(maps: NDArray[np.float32], size: int) -> list[HandLocation]:
    """Peaks of the centre map with what the other maps say there, in pixels of the finder's input.

    Parameters
    ----------
    maps
        (5, rows, columns): logit of the centre, up x, up y, log of length over ``size``, logit of mirrored.
    size
        Side of the finder's input in pixels.

    Returns
    -------
    At most two locations, the most confident first.
    """
    probability = _sigmoid(maps[0])
    rows, columns = probability.shape
    found: list[HandLocation] = []
    for cell in np.argsort(probability, axis=None)[::-1]:
        row, column = divmod(int(cell), columns)
        if probability[row, column] < _LEAST_PROBABILITY or len(found) == _MOST_HANDS:
            break
        part = (slice(max(0, row - 1), row + 2), slice(max(0, column - 1), column + 2))
        if probability[row, column] < probability[part].max():
            continue
        weight = probability[part] / probability[part].sum()
        grid_y, grid_x = np.mgrid[:rows, :columns]
        centre = cell_to_pixel(np.array([(grid_x[part] * weight).sum(), (grid_y[part] * weight).sum()]), FINDER_STRIDE)
        up_x, up_y, log_length, side = ((maps[channel][part] * weight).sum() for channel in range(1, 5))
        length = size * math.exp(float(np.clip(log_length, -4.0, 1.0)))
        if any(math.dist(centre, other.centre) < _APART * max(length, other.length) for other in found):
            continue
        mirrored = float(1.0 / (1.0 + math.exp(-float(side))))
        found.append(
            HandLocation(
                centre=(float(centre[0]), float(centre[1])),
                up_deg=math.degrees(math.atan2(float(up_x), -float(up_y))),
                length=length,
                mirrored=mirrored > 0.5,
                confidence=float(probability[row, column]),
                mirrored_confidence=max(mirrored, 1.0 - mirrored),
            )
        )
    return found


def to_film(location: HandLocation, crop: Crop) -> HandLocation:
    """Carry a location from the finder's input, which is not turned, to the film."""
    x, y = crop.map_to_original(np.array(location.centre))
    return replace(location, centre=(float(x), float(y)), length=location.length * crop.original_pixels_per_pixel)
