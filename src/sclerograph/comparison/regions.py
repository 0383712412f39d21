"""A deposit in the common frame: points that fill it, its centre and its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from skimage.draw import polygon

from sclerograph.comparison.common_frame import HandMap
from sclerograph.findings.records import Contour, Deposit

__all__ = ["Region", "filling", "region_of"]

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """One deposit, carried into the frame.

    ``points`` (n, 2) fill it and lie about ``spacing`` apart; ``area`` is that of the reading in squared units of the
    frame, so that points need not be counted.
    """

    points: Points
    spacing: float
    area: float

    @cached_property
    def centre(self) -> Points:
        """The centre of gravity."""
        return np.asarray(self.points.mean(axis=0))

    @cached_property
    def tree(self) -> KDTree:
        """The points, ready to be asked for the nearest."""
        return KDTree(self.points)

    @property
    def radius(self) -> float:
        """Radius of the circle of the same area."""
        return float(np.sqrt(self.area / np.pi))

    def gap(self, other: Region) -> float:
        """Return how far the two regions are apart; 0 where they touch or overlap."""
        nearest, _ = other.tree.query(self.points)
        return max(float(nearest.min()) - max(self.spacing, other.spacing), 0.0)

    def covered_by(self, other: Region, within: float) -> float:
        """Return the share of this region that lies in another one, or this near to it."""
        nearest, _ = other.tree.query(self.points)
        return float((nearest <= within + other.spacing).mean())


def filling(contours: Sequence[Contour], most: int) -> tuple[Points, float]:
    """Return points that fill closed contours, holes left out, and their spacing, both in pixels.

    A region in which no grid point lies is given by the corners of its contours.

    Raises
    ------
    ValueError
        There is no contour with a point.
    """
    rings = [np.asarray(contour, dtype=np.float64) for contour in contours if len(contour)]
    if not rings:
        raise ValueError("a deposit needs a contour")
    corners = np.concatenate(rings)
    low, high = corners.min(axis=0), corners.max(axis=0)
    step = max(float(np.sqrt(np.prod(high - low) / most)), 0.25)
    shape = tuple(int(n) for n in np.ceil((high - low)[::-1] / step) + 2)
    mask = np.zeros(shape, dtype=np.bool_)
    for ring in rings:
        x, y = ((ring - low) / step + 0.5).T
        rows, columns = polygon(y, x, shape)  # type: ignore[no-untyped-call]
        # even-odd: a hole lies inside of two contours
        mask[rows, columns] ^= True
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return corners, step
    return np.stack([(columns - 0.5) * step + low[0], (rows - 0.5) * step + low[1]], axis=1), step


def region_of(deposit: Deposit, to_frame: HandMap, units_per_pixel: float, most: int) -> Region:
    """Carry a deposit into the frame.

    Parameters
    ----------
    deposit
        The deposit, with its contours in pixels of its film.
    to_frame
        The map of its film.
    units_per_pixel
        Scale of its film.
    most
        Most points that fill it, about.
    """
    points, step = filling(deposit.contours, most)
    return Region(to_frame(points, deposit.digit), step * units_per_pixel, deposit.area_px * units_per_pixel**2)
