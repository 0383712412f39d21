"""Looks of the skeleton network at one hand, and what two of them say together.

A network errs a little otherwise when a hand is turned by a few degrees: pixels fall on other places of its grid. The
mean of two such looks outlines bones better than either.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.networks.maps import Crop

__all__ = ["Look", "averaged"]

#: Points of two looks that lie farther apart, in nominal mm, are not two measurements of one place.
_ONE_PLACE_MM = 3.0
#: Logits below this are no part of a mask or its rim.
_NEAR_A_MASK = -4.0
#: Pixels around a mask within which it is averaged.
_MARGIN = 6


@dataclass(frozen=True)
class Look:
    """One look at a hand.

    Parameters
    ----------
    crop
        What the network was shown.
    points
        (37, 3) x, y on the film and confidence of each landmark.
    masks
        (30, rows, columns) logits of the bones and of the soft tissue on the crop.
    """

    crop: Crop
    points: NDArray[np.float64]
    masks: NDArray[np.float32]

    @property
    def confidence(self) -> float:
        """How sure the landmarks are on average."""
        return float(self.points[:, 2].mean())


def averaged(first: Look, second: Look) -> Look:
    """Return what two looks at one hand say together, on the crop of the second.

    Points are averaged, or where they lie apart the surer one stands; so are the logits of masks, where the second
    look has one.
    """
    unit = second.crop.original_pixels_per_pixel / second.crop.nominal_mm
    apart = np.linalg.norm(first.points[:, :2] - second.points[:, :2], axis=1) > _ONE_PLACE_MM * unit
    surer = np.where((first.points[:, 2] > second.points[:, 2])[:, None], first.points, second.points)
    points = np.where(apart[:, None], surer, (first.points + second.points) / 2.0)

    masks = second.masks.copy()
    for mine, other in zip(masks, first.masks, strict=True):
        rows, columns = (np.flatnonzero((mine > _NEAR_A_MASK).any(axis=axis)) for axis in (1, 0))
        if len(rows):
            box = _around(rows, mine.shape[0]), _around(columns, mine.shape[1])
            mine[box] += _brought_onto(other, first.crop, second.crop, box)
            mine[box] *= 0.5
    return Look(second.crop, points, masks)


def _around(places: NDArray[np.intp], size: int) -> slice:
    return slice(max(int(places[0]) - _MARGIN, 0), min(int(places[-1]) + _MARGIN + 1, size))


def _brought_onto(
    mask: NDArray[np.float32], its_crop: Crop, crop: Crop, box: tuple[slice, slice]
) -> NDArray[np.float32]:
    """Return a mask of one crop on a part of another crop; beyond its own crop it is as at the edge."""
    corner = np.array([box[1].start, box[0].start])
    corners = np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]) + corner
    origin, along_x, along_y = its_crop.map_to_crop(crop.map_to_original(corners))
    # from (row, column) to (row, column)
    matrix = np.stack([along_y - origin, along_x - origin], axis=1)[::-1]
    size = (box[0].stop - box[0].start, box[1].stop - box[1].start)
    brought = ndimage.affine_transform(mask, matrix, origin[::-1], output_shape=size, order=1, mode="nearest")
    return np.asarray(brought, dtype=np.float32)
