"""Axes, ends and middles of bones as seen on a film, from their two edges: the definitions behind alignment.

They are written once, for outlines on films and for the exact projections of simulated bones. Both are asked through
:data:`Edges`. All lengths are pixels, ``unit`` is one nominal millimetre in pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoneEnd", "Edges", "JointGeometry", "Line", "bone_end", "joint_geometry", "middle_line", "unit_vector"]

Floats = NDArray[np.float64]

#: Where a bone's two edges are: from an origin (x, y), a unit axis and (n,) positions along it, two (n,) positions
#: across it (along the axis turned by 90 degrees, (-y, x)); not-a-number where the bone is not.
Edges = Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]

#: The part of a bone that gives its axis, as shares of its length: the shaft without its ends.
SHAFT: Final = (0.25, 0.75)
#: The part of a bone's end whose middle and width count, from its last point (nominal mm).
END_ZONE_MM: Final = (1.5, 6.0)
#: So much of the shaft must be seen.
LEAST_SHARE: Final = 0.4
#: The axis may lean so far from the line between the bone's ends.
MOST_LEAN_DEG: Final = 20.0
_STEP_MM: Final = 0.4
_SHAFT_LINES: Final = 21
#: How far a bone may end before or beyond the landmark at its end (nominal mm).
_END_REACH_MM: Final = 7.0
_LEAST_LINES: Final = 8


@dataclass(frozen=True)
class Line:
    """A point (x, y) on a bone's axis, and its unit direction from base to head."""

    point: Floats
    along: Floats


@dataclass(frozen=True)
class BoneEnd:
    """The last point of a bone on its axis, the middle (x, y) between its edges a little before it, and its width."""

    end: Floats
    middle: Floats
    width: float


@dataclass(frozen=True)
class JointGeometry:
    """How two bones stand to each other.

    ``offset`` is how far the middle of the distal bone's base lies from that of the proximal bone's head, across the
    bisector of both axes (pixels, positive in the direction asked for), ``head_width`` the width of that head and
    ``angle_deg`` the angle between the axes, positive where the distal bone turns away from the direction asked for.
    """

    offset: float
    head_width: float
    angle_deg: float

    @property
    def offset_ratio(self) -> float:
        """Offset as a share of the width of the head."""
        return self.offset / self.head_width


def unit_vector(vector: Floats) -> Floats:
    """Return the vector with length 1.

    Raises
    ------
    ValueError
        It has no length.
    """
    length = float(np.hypot(*vector))
    if length == 0.0:
        raise ValueError("a vector without length has no direction")
    return vector / length


def _across(along: Floats) -> Floats:
    return np.array([-along[1], along[0]])


def middle_line(
    edges: Edges, start: Floats, end: Floats, most_lean_deg: float = MOST_LEAN_DEG, least_share: float = LEAST_SHARE
) -> Line | None:
    """Return the axis of a bone: the straight line through the middle of its shaft; ``None`` where it is not seen.

    Parameters
    ----------
    edges
        The edges of the bone.
    start, end
        Roughly its ends, base first.
    most_lean_deg
        How far the axis may lean from the line between them.
    least_share
        Share of the shaft that must be seen.
    """
    length = float(np.hypot(*(end - start)))
    if length == 0.0:
        return None
    along, point = unit_vector(end - start), start
    positions = np.linspace(*SHAFT, _SHAFT_LINES) * length
    for _ in range(2):  # edges are taken across the axis, which the first round finds
        low, high = edges(point, along, positions)
        middle = 0.5 * (low + high)
        seen = np.isfinite(middle)
        if np.count_nonzero(seen) < least_share * _SHAFT_LINES:
            return None
        slope, offset = np.polyfit(positions[seen], middle[seen], 1)
        point = point + offset * _across(along)
        along = unit_vector(along + slope * _across(along))
    # the middle of what is seen runs far beside the bone's ends: it is not the bone, or not the whole of it
    if float(along @ (end - start)) < length * np.cos(np.radians(most_lean_deg)):
        return None
    return Line(point, along)


def bone_end(edges: Edges, line: Line, landmark: Floats, unit: float, *, head: bool) -> BoneEnd | None:
    """Return one end of a bone; ``None`` where it is not seen.

    Parameters
    ----------
    edges, line
        Of the bone.
    landmark
        Roughly the end.
    unit
        One nominal millimetre in pixels.
    head
        True for the distal end, False for the base.
    """
    sign = 1.0 if head else -1.0
    outward = sign * line.along
    near = float((landmark - line.point) @ outward)
    steps = near + np.arange(-_END_REACH_MM - END_ZONE_MM[1], _END_REACH_MM + 1e-9, _STEP_MM) * unit
    low, high = edges(line.point, line.along, sign * steps)
    seen = np.isfinite(low) & np.isfinite(high)
    if not seen.any() or seen[-1]:
        return None
    last = int(np.flatnonzero(seen)[-1])
    depth = (steps[last] - steps) / unit
    zone = seen & (depth >= END_ZONE_MM[0]) & (depth <= END_ZONE_MM[1])
    if np.count_nonzero(zone) < _LEAST_LINES:
        return None
    middle = line.point + float(np.mean(steps[zone])) * outward
    middle = middle + float(np.mean(0.5 * (low + high)[zone])) * _across(line.along)
    return BoneEnd(line.point + steps[last] * outward, middle, float((high - low)[zone].max()))


def joint_geometry(proximal: tuple[Line, BoneEnd], distal: tuple[Line, BoneEnd], towards: Floats) -> JointGeometry:
    """Return how two bones stand to each other.

    Parameters
    ----------
    proximal, distal
        Axis and head of the proximal bone, axis and base of the distal one.
    towards
        A direction (x, y) on the side where offsets count positive and angles negative, the radial side.
    """
    bisector = unit_vector(proximal[0].along + distal[0].along)
    side = _across(bisector) * (1.0 if _across(bisector) @ towards >= 0 else -1.0)
    away = -_across(proximal[0].along) * (1.0 if _across(proximal[0].along) @ side >= 0 else -1.0)
    turned = np.arctan2(float(distal[0].along @ away), float(distal[0].along @ proximal[0].along))
    return JointGeometry(
        float((distal[1].middle - proximal[1].middle) @ side), proximal[1].width, float(np.degrees(turned))
    )
