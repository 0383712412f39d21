"""Flexion from the axes of the bones, on films that show the hand from its side.

On a lateral film a digit bends in the plane of the film, and angles are read as they are. On an oblique film, the hand
rolled by an angle, a bend shows as ``tan(seen) = tan(true) * sin(roll)``: how far the hand was rolled is not known
exactly, and the interval says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.norms import SEGMENTS, segment_ends, segment_norms
from sclerograph.hand.flexion_settings import DEFAULT, FlexionSettings
from sclerograph.hand.gaussian import REACH_OF_95_PERCENT
from sclerograph.hand.view import HandView

__all__ = ["JointAngles", "angles_on_lateral", "angles_on_oblique"]


@dataclass(frozen=True)
class JointAngles:
    """Angles of the joints of one digit, degrees, positive in flexion; 95 % interval of the sum of the first two.

    ``dip_deg`` is ``None`` where the distal phalanx is not seen.
    """

    mcp_deg: float
    pip_deg: float
    dip_deg: float | None
    low_deg: float
    high_deg: float


def angles_on_lateral(view: HandView, settings: FlexionSettings = DEFAULT) -> dict[int, JointAngles]:
    """Return the angles of the fingers whose axes are seen on a lateral film."""
    return {
        digit: _joint_angles(seen, (1.0, 1.0, 1.0), settings) for digit, seen in _seen_angles(view, settings).items()
    }


def angles_on_oblique(view: HandView, settings: FlexionSettings = DEFAULT) -> dict[int, JointAngles]:
    """Return the angles of the fingers whose axes are seen on an oblique film."""
    low, high = settings.oblique_range_deg
    shares = tuple(float(np.sin(np.radians(roll))) for roll in (settings.oblique_deg, high, low))
    return {
        digit: _joint_angles(seen, (shares[0], shares[1], shares[2]), settings)
        for digit, seen in _seen_angles(view, settings).items()
    }


def _joint_angles(
    seen: tuple[float, float, float | None], shares: tuple[float, float, float], settings: FlexionSettings
) -> JointAngles:
    """Turn seen angles of MCP, PIP and DIP into true ones.

    ``shares`` are the sines of the roll: the likeliest, the greatest and the least.
    """
    # what is foreshortened is the inclination of each phalanx to the metacarpals, not the angle between neighbours
    sums = seen[0], seen[0] + seen[1], None if seen[2] is None else seen[0] + seen[1] + seen[2]
    first, second = (_unrolled(angle, shares[0]) for angle in sums[:2])
    third = None if sums[2] is None else _unrolled(sums[2], shares[0])
    bounds = [_unrolled(sums[1], share) for share in shares[1:]]
    error = REACH_OF_95_PERCENT * settings.axes_error_deg / shares[0]
    return JointAngles(
        first, second - first, None if third is None else third - second, min(bounds) - error, max(bounds) + error
    )


def _unrolled(seen_deg: float, share: float) -> float:
    seen = np.radians(seen_deg)
    # by both components, so that angles beyond a right angle keep their quadrant
    return float(np.degrees(np.arctan2(np.sin(seen) / share, np.cos(seen))))


def _seen_angles(view: HandView, settings: FlexionSettings) -> dict[int, tuple[float, float, float | None]]:
    """Return the angles on the film of MCP, PIP and DIP of the fingers, positive in flexion.

    Fingers flex to one side: it is the side to which the interphalangeal joints turn in all.
    """
    turns: dict[int, tuple[float, float, float | None]] = {}
    for digit in range(2, 6):
        axes = [_axis(view, f"{kind}{digit}", settings) for kind in ("MC", "PP", "MP", "DP")]
        metacarpal, proximal, middle, distal = axes
        if metacarpal is None or proximal is None or middle is None:
            continue
        turns[digit] = (
            _turn(metacarpal, proximal),
            _turn(proximal, middle),
            None if distal is None else _turn(middle, distal),
        )
    total = sum(pip + (dip or 0.0) for _, pip, dip in turns.values())
    sign = -1.0 if total < 0 else 1.0
    return {
        digit: (sign * mcp, sign * pip, None if dip is None else sign * dip) for digit, (mcp, pip, dip) in turns.items()
    }


def _axis(view: HandView, segment: str, settings: FlexionSettings) -> NDArray[np.float64] | None:
    """Return the vector from base to head, ``None`` where it is not seen or points at the source."""
    start, end = (view.point(name) for name in segment_ends(segment))
    if start is None or end is None:
        return None
    expected = float(np.exp(segment_norms().mean[SEGMENTS.index(segment)])) * view.scale_px
    if float(np.hypot(*(end - start))) < settings.least_foreshortened_axis * expected:
        return None
    return np.asarray(end - start)


def _turn(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return the angle (degrees, -180 to 180) from one vector to another."""
    cross = float(first[0] * second[1] - first[1] * second[0])
    return float(np.degrees(np.arctan2(cross, float(first @ second))))
