"""The morphology of a deposit.

The words are those of the published descriptions (punctate, globular, clusters of small dense rounded images, tumoral)
and of the classes stone, net and plate of Bartoli et al. 2016 (doi:10.1093/rheumatology/kew193). The thresholds are the
software's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from sclerograph.findings.records import Morphology
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.outlines import area, longest_diameter, narrowest_width, signed_area

__all__ = ["Shape", "morphology_of", "shape_of"]


@dataclass(frozen=True)
class Shape:
    """The shape of a region in pixels.

    ``solidity`` is its area over that of its convex hull, ``hole_share`` that of its holes over its filled area,
    ``elongation`` the longest over the narrowest width.
    """

    area: float
    longest: float
    elongation: float
    solidity: float
    hole_share: float

    @property
    def equivalent_diameter(self) -> float:
        """Diameter of the disc of the same area."""
        return float(2.0 * np.sqrt(self.area / np.pi))


def shape_of(rings: Sequence[NDArray[np.float64]]) -> Shape:
    """Return the shape of a region given by its rings; :class:`ValueError` without an area."""
    total, longest, narrowest = area(rings), longest_diameter(rings), narrowest_width(rings)
    if total <= 0 or narrowest <= 0:
        raise ValueError("the region has no area")
    signed = [signed_area(ring) for ring in rings]
    outer = np.sign(sum(signed))
    holes = sum(abs(value) for value in signed if np.sign(value) != outer)
    try:
        hull = float(ConvexHull(np.concatenate(list(rings))).volume)
    except QhullError:  # all but a line
        hull = total
    return Shape(total, longest, longest / narrowest, min(total / hull, 1.0), holes / (total + holes))


def morphology_of(shape: Shape, mm_px: float, neighbours: int, settings: CalcinosisSettings = DEFAULT) -> Morphology:
    """Return the morphology of a deposit, the first of these that holds.

    ``tumoral``: longer than 20 mm. ``net``: with holes over a tenth of its filled area, or filling less than half of
    its hull. ``plate``: more than 4 times as long as wide. ``clustered``: with two or more other deposits within 5 mm,
    or 2 mm large and filling less than 85 % of its hull. ``punctate``: less than 2 mm (diameter of the disc of the same
    area). ``globular``: the rest.

    Parameters
    ----------
    shape
        Its shape in pixels.
    mm_px
        Pixels to the millimetre that the thresholds are given in.
    neighbours
        Number of other deposits within 5 mm.
    """
    diameter_mm = shape.equivalent_diameter / mm_px
    if shape.longest / mm_px > settings.tumoral_above_mm:
        return "tumoral"
    sparse = shape.hole_share >= settings.net_hole_share or shape.solidity < settings.net_solidity
    if sparse and diameter_mm >= settings.net_least_diameter_mm:
        return "net"
    if shape.elongation > settings.plate_elongation and shape.longest / mm_px >= settings.punctate_below_mm:
        return "plate"
    if neighbours >= settings.cluster_neighbours:
        return "clustered"
    if diameter_mm < settings.punctate_below_mm:
        return "punctate"
    return "globular" if shape.solidity > settings.globular_solidity else "clustered"
