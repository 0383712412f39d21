"""How the first metacarpal stands on the trapezium: the definitions, from points of the bones' outlines.

Overhang and articular width are those of stress radiographs (Riordan 2018 uses their ratio); that they are taken across
the shaft of the metacarpal, on a plain PA film, is the software's own definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ThumbBase", "thumb_base"]

Floats = NDArray[np.float64]

#: The base of the metacarpal: so much of it from its proximal end (nominal mm).
BASE_MM: Final = 9.0
#: The part of the trapezium, from its distal end, whose radial edge counts.
TRAPEZIUM_SHARE: Final = 0.6


@dataclass(frozen=True)
class ThumbBase:
    """Lengths in pixels.

    ``overhang`` of the metacarpal's base beyond the radial edge of the trapezium (negative: the trapezium reaches
    farther), ``base_width``, ``depth`` by which the base reaches proximally of the distal end of the trapezium, and
    ``trapezium_height`` along the metacarpal.
    """

    overhang: float
    base_width: float
    depth: float
    trapezium_height: float

    @property
    def subluxation_ratio(self) -> float:
        """Overhang as a share of the width of the base."""
        return self.overhang / self.base_width

    @property
    def migration_ratio(self) -> float:
        """Depth as a share of the width of the base."""
        return self.depth / self.base_width


def thumb_base(metacarpal: Floats, trapezium: Floats, along: Floats, radial: Floats, unit: float) -> ThumbBase | None:
    """Return how the bones stand to each other; ``None`` where the base has no width.

    Parameters
    ----------
    metacarpal, trapezium
        (n, 2) points of the outlines, or of the projected surfaces.
    along
        Unit vector along the metacarpal, distally.
    radial
        Unit vector across it, to the side away from the second metacarpal.
    unit
        One nominal millimetre in pixels.
    """
    height, beside = metacarpal @ along, metacarpal @ radial
    end = float(height.min())
    base = beside[height <= end + BASE_MM * unit]
    width = float(np.ptp(base))
    if width <= 0.0:
        return None
    carpal_height, carpal_beside = trapezium @ along, trapezium @ radial
    top, tall = float(carpal_height.max()), float(np.ptp(carpal_height))
    facing = carpal_beside[carpal_height >= top - TRAPEZIUM_SHARE * tall]
    return ThumbBase(float(base.max() - facing.max()), width, top - end, tall)
