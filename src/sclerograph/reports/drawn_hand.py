"""A hand drawn from numbers: outlines of all bones for the schematic of the report.

The drawing shows where findings are, not how large anybody's hand is. It is a left hand seen PA (thumb to the right),
x to the right and y down, origin in the capitate, in millimetres of a hand with rounded-off adult proportions; lengths
follow Buryanov and Kotiuk 2010 (doi:10.4067/S0717-95022010000300015). A right hand is its mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import DIGITS, FINGER_CHAINS, JOINTS, Bone, bone

__all__ = ["EXTENT", "bone_outline", "fingertip_outline", "landmarks", "site_centre", "skin_outline"]

#: Smallest x, smallest y, width and height of the drawing with its margin.
EXTENT = (-68.0, -195.0, 164.0, 251.0)

Point = tuple[float, float]


@dataclass(frozen=True)
class _Ray:
    """One digit: base of the metacarpal, then length and direction of each bone.

    Directions are degrees from up, positive towards the thumb.
    """

    base: Point
    lengths_mm: tuple[float, ...]
    directions_deg: tuple[float, ...]
    thickness: float


_RAYS: dict[int, _Ray] = {
    1: _Ray((24.5, -5.0), (46.0, 31.6, 22.5), (41.0, 30.0, 24.0), 1.08),
    2: _Ray((14.0, -13.0), (68.0, 39.8, 22.6, 16.6), (7.0, 10.0, 10.0, 9.0), 1.02),
    3: _Ray((2.0, -15.0), (64.6, 44.6, 26.4, 17.6), (0.0, 1.0, 1.5, 1.5), 1.04),
    4: _Ray((-9.0, -12.5), (58.0, 41.4, 25.7, 17.4), (-7.0, -7.0, -7.5, -8.0), 0.97),
    5: _Ray((-18.0, -7.5), (53.7, 32.7, 18.4, 16.0), (-15.0, -17.0, -18.0, -17.0), 0.88),
}

# Half the width in millimetres at stations along the bone from base (0) to head (1): the shape of each kind of bone.
_PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "distal phalanx": (
        (0.0, 3.6), (0.06, 5.2), (0.18, 4.4), (0.55, 2.4), (0.72, 2.7), (0.88, 3.7), (0.95, 3.4), (1.0, 2.0),
    ),
    "middle phalanx": ((0.0, 4.6), (0.08, 5.9), (0.22, 5.0), (0.58, 3.7), (0.84, 4.6), (0.94, 4.9), (1.0, 3.6)),
    "proximal phalanx": ((0.0, 5.0), (0.07, 6.9), (0.20, 5.8), (0.60, 4.3), (0.85, 5.2), (0.95, 5.5), (1.0, 4.0)),
    "metacarpal": ((0.0, 4.9), (0.05, 6.1), (0.20, 4.9), (0.52, 3.9), (0.82, 5.3), (0.93, 6.6), (1.0, 4.4)),
}  # fmt: skip

#: Gap between neighbouring bones at a joint line, half on each side.
_JOINT_GAP_MM = 2.0

# Centre, half axes and turn of the carpal bones: ellipses of the fourth power, nearly what they look like at this size.
_CARPALS: dict[str, tuple[Point, Point, float]] = {
    "TZM": ((20.5, 3.2), (7.0, 6.4), 35.0),
    "TZD": ((11.8, -4.2), (5.3, 5.7), 10.0),
    "CAP": ((1.6, -1.2), (6.0, 10.9), 4.0),
    "HAM": ((-10.4, -0.6), (6.9, 8.9), -22.0),
    "SCA": ((12.4, 11.6), (6.5, 9.6), 38.0),
    "LUN": ((-0.4, 16.6), (7.0, 6.3), -8.0),
    "TRQ": ((-12.0, 13.4), (6.5, 5.9), -35.0),
    "PIS": ((-15.8, 11.4), (4.0, 4.6), -15.0),
}

# Half outlines would not do for the forearm: the two bones are given as corners of a smooth curve.
_FOREARM: dict[str, tuple[Point, ...]] = {
    "RAD": (
        (-5.6, 28.0), (-1.0, 25.0), (6.0, 25.2), (13.0, 23.6), (19.6, 19.4), (21.8, 24.0),
        (20.4, 32.0), (15.6, 44.0), (14.0, 62.0), (0.6, 62.0), (-1.0, 46.0), (-5.2, 35.0),
    ),
    "ULN": (
        (-19.6, 22.2), (-17.8, 27.4), (-12.0, 26.6), (-8.4, 29.6), (-8.6, 35.2), (-11.0, 44.0),
        (-10.8, 62.0), (-20.0, 62.0), (-19.6, 44.0), (-21.6, 33.0), (-21.6, 25.6),
    ),
}  # fmt: skip

_WRIST_JOINTS: dict[str, Point] = {"STT": (16.6, 6.0), "RC": (6.4, 22.6), "DRU": (-7.0, 32.6)}


@lru_cache(maxsize=1)
def landmarks() -> dict[str, Point]:
    """Return the landmarks of the digits: metacarpal bases, joint centres and tips."""
    points: dict[str, Point] = {}
    for digit, chain in FINGER_CHAINS.items():
        ray = _RAYS[digit]
        x, y = ray.base
        points[chain[0]] = (x, y)
        for name, length, direction in zip(chain[1:], ray.lengths_mm, ray.directions_deg, strict=True):
            x, y = x + length * sin(radians(direction)), y - length * cos(radians(direction))
            points[name] = (x, y)
    return points


def bone_outline(code: str) -> NDArray[np.float64]:
    """Return the closed outline of a bone, (points, 2) as x, y.

    Raises
    ------
    KeyError
        There is no such bone.
    """
    drawn = bone(code)
    if drawn.kind == "carpal":
        return _carpal(code)
    if drawn.kind == "forearm":
        return _smooth_closed(np.array(_FOREARM[code]))
    return _tubular(drawn)


def site_centre(code: str) -> Point:
    """Return the point that stands for a site: the middle of a bone, or the centre of a joint.

    Raises
    ------
    KeyError
        There is no such site.
    """
    if code in _CARPALS:
        return _CARPALS[code][0]
    if code in _WRIST_JOINTS:
        return _WRIST_JOINTS[code]
    points = landmarks()
    joints = {j.code: j.landmark for j in JOINTS}
    if code in joints:
        return points[str(joints[code])]
    drawn = bone(code)
    if drawn.kind == "forearm":
        x, y = np.array(_FOREARM[code]).mean(axis=0)
        return float(x), float(y)
    (x0, y0), (x1, y1) = points[str(drawn.proximal_landmark)], points[str(drawn.distal_landmark)]
    return (x0 + x1) / 2.0, (y0 + y1) / 2.0


@lru_cache(maxsize=1)
def skin_outline() -> tuple[NDArray[np.float64], ...]:
    """Return closed outlines whose union is the skin: one for each digit, and the palm with the wrist."""
    points = landmarks()
    outlines = []
    for digit in DIGITS:
        chain = [points[name] for name in FINGER_CHAINS[digit.number][1:]]
        tip_half_width = _fingertip_half_width(digit.number)
        outlines.append(_rounded_strip(np.array(chain), list(np.linspace(1.42, 1.0, len(chain)) * tip_half_width)))
    palm = np.array(
        [
            (-28, 62), (-29, 40), (-30, 18), (-36, -18), (-43, -56), (-36, -72), (-16, -84), (4, -92), (24, -92),
            (33, -80), (34, -56), (45, -46), (56, -50), (66, -40), (56, -22), (42, 0), (33, 18), (30, 40), (28, 62),
        ],
        dtype=np.float64,
    )  # fmt: skip
    return (*outlines, _smooth_closed(palm))


def fingertip_outline(digit: int) -> NDArray[np.float64]:
    """Return the closed outline of the soft tissue around the distal phalanx of a digit (1 to 5)."""
    points = landmarks()
    joint, tip = (np.array(points[name]) for name in FINGER_CHAINS[digit][-2:])
    start = joint + 0.30 * (tip - joint)
    half_widths = [_fingertip_half_width(digit) * widening for widening in (1.06, 1.04, 1.0)]
    return _rounded_strip(np.array([start, (start + tip) / 2.0, tip]), half_widths)


def _fingertip_half_width(digit: int) -> float:
    return 7.4 * _RAYS[digit].thickness


def _tubular(drawn: Bone) -> NDArray[np.float64]:
    points = landmarks()
    start, end = np.array(points[str(drawn.proximal_landmark)]), np.array(points[str(drawn.distal_landmark)])
    along = (end - start) / np.hypot(*(end - start))
    across = np.array([-along[1], along[0]])
    start = start + along * _JOINT_GAP_MM / 2.0
    if drawn.kind != "distal phalanx":
        end = end - along * _JOINT_GAP_MM / 2.0
    stations, half_widths = np.array(_PROFILES[drawn.kind]).T
    half_widths = half_widths * _RAYS[drawn.digit or 3].thickness
    left = start + np.outer(stations, end - start) - np.outer(half_widths, across)
    right = start + np.outer(stations, end - start) + np.outer(half_widths, across)
    # The ends are domed, so one more point on the axis lies beyond the last pair.
    return _smooth_closed(np.vstack([left, [end + along * 1.3], right[::-1], [start + along * 0.3]]))


def _carpal(code: str) -> NDArray[np.float64]:
    (x, y), (a, b), turn_deg = _CARPALS[code]
    angles = np.linspace(0.0, 2.0 * np.pi, 40, endpoint=False)
    # Superellipse of exponent 2.6: flattened sides, as neighbours face each other.
    u = a * np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** (2 / 2.6)
    v = b * np.sign(np.sin(angles)) * np.abs(np.sin(angles)) ** (2 / 2.6)
    c, s = cos(radians(turn_deg)), sin(radians(turn_deg))
    return np.column_stack([x + c * u - s * v, y + s * u + c * v])


def _smooth_closed(corners: NDArray[np.float64], pieces: int = 5) -> NDArray[np.float64]:
    """Return a closed Catmull-Rom curve through the corners."""
    before, after, beyond = np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0), np.roll(corners, -2, axis=0)
    linear = after - before
    square = 2 * before - 5 * corners + 4 * after - beyond
    cube = 3 * corners - before - 3 * after + beyond
    curve = [corners + 0.5 * (linear * t + square * t**2 + cube * t**3) for t in np.arange(pieces) / pieces]
    return np.stack(curve, axis=1).reshape(-1, 2)


def _rounded_strip(axis: NDArray[np.float64], half_widths: list[float]) -> NDArray[np.float64]:
    """Return the outline of a strip around a line of points, with a round far end."""
    along = np.gradient(axis, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    offset = across * np.array(half_widths)[:, None]
    tip, direction, side, width = axis[-1] + along[-1] * 3.0, along[-1], across[-1], half_widths[-1]
    angles = np.linspace(-np.pi / 2, np.pi / 2, 9)
    cap = tip + width * (np.outer(np.sin(angles), side) + np.outer(np.cos(angles) * 0.9, direction))
    return _smooth_closed(np.vstack([axis - offset, cap, (axis + offset)[::-1]]), 3)
