"""Ulnar variance by the method of perpendiculars, from the edges of the film's two forearm bones.

The distance, along the radius, from the ulnar corner of its distal end to the dome of the ulna; positive where the
ulna reaches farther. Valid in neutral rotation of the forearm only, which a film does not show.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.bone_lines import Edges, Line, middle_line

__all__ = ["forearm_line", "ulnar_variance"]

Floats = NDArray[np.float64]

#: Share of the radius' width, from its ulnar edge, in which its corner is looked for.
CORNER_SHARE: Final = 0.2
#: Share of the ulna's width, from its radial edge, that is dome and not styloid.
DOME_SHARE: Final = 0.6
#: The axis of the radius is that of its shaft within this distance of its distal end (nominal mm).
FOREARM_MM: Final = 40.0
#: The end of the radius slopes to the ulna by 15 to 30 degrees, so its edges tell the axis only roughly.
MOST_LEAN_DEG: Final = 40.0
#: So much of that shaft must be seen: its flared end alone leans.
LEAST_SHARE: Final = 0.85
#: The part of each bone that is its distal end (nominal mm).
END_MM: Final = 14.0


def forearm_line(radius: Edges, ulnar_edge: Floats, radial_edge: Floats, carpus: Floats, unit: float) -> Line | None:
    """Return the axis of the radius, ``None`` where too little of it is seen.

    Parameters
    ----------
    radius
        Its edges.
    ulnar_edge, radial_edge, carpus
        (x, y) of the two edges of its distal end, and of any point of the carpus.
    unit
        One nominal millimetre in pixels.
    """
    line = radial_edge - ulnar_edge
    if not np.any(line):
        return None
    up = np.array([-line[1], line[0]]) / np.hypot(*line)
    middle = 0.5 * (ulnar_edge + radial_edge)
    up = up if up @ (carpus - middle) > 0 else -up
    return middle_line(radius, middle - FOREARM_MM * unit * up, middle, MOST_LEAN_DEG, LEAST_SHARE)


def ulnar_variance(radius: Floats, ulna: Floats, along: Floats, radial: Floats, unit: float) -> float | None:
    """Return the ulnar variance in pixels, ``None`` where a part is missing.

    Parameters
    ----------
    radius, ulna
        (n, 2) points of the outlines or of the projected surfaces.
    along
        Unit vector along the radius, distally.
    radial
        Unit vector across, to the radial side.
    unit
        One nominal millimetre in pixels.
    """
    corner = _top(radius @ along, -(radius @ radial), CORNER_SHARE, unit)
    dome = _top(ulna @ along, ulna @ radial, DOME_SHARE, unit)
    return None if corner is None or dome is None else dome - corner


def _top(height: Floats, towards: Floats, share: float, unit: float) -> float | None:
    """Return how far the part of a bone's end that lies farthest towards one side reaches."""
    end = height >= height.max() - END_MM * unit
    border = float(towards[end].max() - share * np.ptp(towards[end]))
    part = end & (towards >= border)
    return float(height[part].max()) if part.any() else None
