"""A body drawn from numbers: the regions where calcium settles, as outlines for maps of prevalence.

A standing adult of 170 cm from the front, palms forward, in centimetres: x to the right of the picture (the patient's
left), y down, the top of the head at y = 0. Outlines are given for the patient's left side; the right side is their
mirror image. The drawing shows where, not how large, and belongs to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.reports.drawn_hand import skin_outline

__all__ = ["BODY_EXTENT", "BODY_REGIONS", "BodyRegion", "region_outlines", "silhouette"]

Outline = NDArray[np.float64]

#: Smallest x, smallest y, width and height of the drawing with its margin.
BODY_EXTENT: Final = (-48.0, -2.0, 96.0, 175.0)


@dataclass(frozen=True)
class BodyRegion:
    """A region of the body.

    ``paired`` regions have a left and a right side. ``anchor`` is the point, on the patient's left where paired, from
    which a line leads to the label.
    """

    code: str
    name: str
    paired: bool
    anchor: tuple[float, float]


#: The regions, in the order in which they are drawn: the trunk over the limbs, joints over both, the spine last.
BODY_REGIONS: Final[tuple[BodyRegion, ...]] = (
    BodyRegion("upper_arm", "Upper arm", True, (23.8, 53.0)),
    BodyRegion("forearm", "Forearm", True, (31.4, 78.0)),
    BodyRegion("hand", "Hand", True, (37.0, 94.0)),
    BodyRegion("thigh", "Thigh", True, (11.5, 112.0)),
    BodyRegion("lower_leg", "Lower leg", True, (11.4, 142.0)),
    BodyRegion("foot", "Foot", True, (13.0, 165.0)),
    BodyRegion("chest_wall", "Chest wall", False, (9.5, 52.0)),
    BodyRegion("abdomen", "Abdomen", False, (9.0, 74.0)),
    BodyRegion("pelvis", "Pelvis", False, (7.5, 88.0)),
    BodyRegion("shoulder", "Shoulder", True, (20.4, 38.2)),
    BodyRegion("elbow", "Elbow", True, (26.9, 65.2)),
    BodyRegion("hip", "Hip", True, (14.0, 93.6)),
    BodyRegion("knee", "Knee", True, (10.5, 125.4)),
    BodyRegion("cervical_spine", "Cervical spine", False, (1.4, 27.5)),
    BodyRegion("thoracic_spine", "Thoracic spine", False, (1.6, 44.0)),
    BodyRegion("lumbar_spine", "Lumbar spine", False, (1.9, 73.0)),
)

# The side of the trunk from the neck to the groin, corners of a smooth curve, and where its parts are divided.
_TRUNK_SIDE: Final = (
    (5.2, 28.8), (10.0, 31.4), (15.6, 33.2), (18.4, 37.6), (17.6, 43.0), (16.4, 50.0), (15.0, 58.0), (13.7, 65.0),
    (13.2, 70.0), (13.9, 76.0), (15.8, 82.5), (17.4, 88.0), (17.9, 94.0), (14.6, 97.2), (9.0, 100.2), (1.4, 103.4),
)  # fmt: skip
_TRUNK_PARTS: Final = {"chest_wall": (28.8, 65.0), "abdomen": (65.0, 81.0), "pelvis": (81.0, 103.4)}

# Axis of a limb and its half width at stations along it.
_LIMBS: Final[dict[str, tuple[tuple[float, float, float], ...]]] = {
    "upper_arm": ((20.6, 41.0, 4.9), (22.0, 47.0, 4.8), (24.0, 55.0, 4.2), (26.6, 64.0, 3.6)),
    "forearm": ((26.9, 65.0, 3.7), (29.0, 71.5, 4.1), (31.4, 79.0, 3.4), (34.6, 89.4, 2.4)),
    "thigh": ((9.8, 92.0, 8.1), (10.0, 103.0, 7.8), (10.3, 114.0, 6.4), (10.5, 125.0, 5.0)),
    "lower_leg": ((10.5, 125.0, 4.9), (10.9, 135.0, 5.3), (11.1, 145.0, 4.2), (11.2, 158.6, 2.7)),
}

# Centre, half axes and turn of the joints.
_JOINTS: Final[dict[str, tuple[tuple[float, float], tuple[float, float], float]]] = {
    "elbow": ((26.9, 65.2), (4.1, 4.3), -15.0),
    "hip": ((14.0, 93.6), (4.3, 4.6), 0.0),
    "knee": ((10.5, 125.4), (5.0, 5.2), 0.0),
}

_SHOULDER: Final = (
    (13.6, 32.5), (17.6, 32.0), (21.8, 33.8), (24.8, 38.4), (26.2, 45.4), (23.4, 46.2), (19.4, 44.4), (15.6, 39.0),
)  # fmt: skip
_FOOT: Final = (
    (9.0, 157.4), (13.4, 157.4), (14.4, 161.0), (17.2, 165.4), (18.9, 168.6), (17.6, 170.8), (12.6, 171.2),
    (9.2, 170.0), (8.3, 165.4), (8.4, 161.0),
)  # fmt: skip

_CURVES: Final = {"shoulder": _SHOULDER, "foot": _FOOT}

#: Top, bottom, number of vertebrae and half width of the parts of the spine.
_SPINE: Final = {
    "cervical_spine": (23.4, 31.4, 7, 1.9),
    "thoracic_spine": (31.8, 63.0, 12, 2.3),
    "lumbar_spine": (63.4, 82.6, 5, 2.9),
}

#: Where the wrist of the drawn hand comes to lie, its size and turn: fingers down, thumb away from the body.
_WRIST: Final = (34.9, 89.6)
_HAND_CM_PER_MM: Final = 0.094
_HAND_TURN_DEG: Final = -16.0


@lru_cache(maxsize=64)
def region_outlines(code: str) -> tuple[Outline, ...]:
    """Return the closed outlines, (points, 2) as x and y, whose union is a region on the patient's left.

    Raises
    ------
    KeyError
        There is no such region.
    """
    if code in _TRUNK_PARTS:
        top, bottom = _TRUNK_PARTS[code]
        side = _trunk_side()
        part = side[(side[:, 1] >= top - 1e-9) & (side[:, 1] <= bottom + 1e-9)]
        return (np.vstack([part, (part * [-1.0, 1.0])[::-1]]),)
    if code in _LIMBS:
        return (_limb(np.array(_LIMBS[code])),)
    if code in _JOINTS:
        return (_ellipse(*_JOINTS[code]),)
    if code in _CURVES:
        return (_smooth(np.array(_CURVES[code])),)
    if code == "hand":
        return _hand()
    top, bottom, count, half_width = _SPINE[code]
    height = (bottom - top) / count
    return tuple(_vertebra(top + index * height, 0.84 * height, half_width) for index in range(count))


@lru_cache(maxsize=1)
def silhouette() -> tuple[Outline, ...]:
    """Return closed outlines whose union is the body: head, neck, trunk and the limbs of both sides."""
    mirror = np.array([-1.0, 1.0])
    head = _smooth(
        np.array([(0, 0), (5.4, 1.6), (8.1, 6.6), (8.0, 13.0), (6.0, 19.4), (2.6, 23.2), (0, 23.8),
                  (-2.6, 23.2), (-6.0, 19.4), (-8.0, 13.0), (-8.1, 6.6), (-5.4, 1.6)], dtype=np.float64)
    )  # fmt: skip
    neck = np.array([(4.6, 17.0), (4.5, 25.0), (5.2, 29.4), (5.2, 34.0)])
    side = _trunk_side()
    outlines = [head, np.vstack([neck, (neck * mirror)[::-1]]), np.vstack([side, (side * mirror)[::-1]])]
    for code in (*_LIMBS, *_JOINTS, *_CURVES, "hand"):
        for outline in region_outlines(code):
            outlines += [outline, outline * mirror]
    return tuple(outlines)


@lru_cache(maxsize=1)
def _trunk_side() -> Outline:
    """Return the side of the trunk as a dense curve, with points exactly where its parts are divided."""
    curve = _open_curve(np.array(_TRUNK_SIDE))
    heights = np.unique([height for part in _TRUNK_PARTS.values() for height in part])
    crossings = np.column_stack([np.interp(heights, curve[:, 1], curve[:, 0]), heights])
    together = np.vstack([curve, crossings[1:-1]])
    side: Outline = together[np.argsort(together[:, 1], kind="stable")]
    return side


def _open_curve(corners: NDArray[np.float64]) -> Outline:
    # The ends are repeated, so that the curve leaves them towards their neighbours.
    around = np.vstack([corners[:1], corners, corners[-1:]])
    shares = np.arange(8)[:, None] / 8.0
    pieces = [_between(around[index : index + 4], shares) for index in range(len(corners) - 1)]
    return np.vstack([*pieces, corners[-1:]])


def _between(corners: NDArray[np.float64], shares: NDArray[np.float64]) -> Outline:
    """Return the points of a Catmull-Rom curve between the second and the third of four corners."""
    before, here, after, beyond = corners
    linear = after - before
    square = 2 * before - 5 * here + 4 * after - beyond
    cube = 3 * here - before - 3 * after + beyond
    points: Outline = here + 0.5 * (linear * shares + square * shares**2 + cube * shares**3)
    return points


def _hand() -> tuple[Outline, ...]:
    c, s = cos(radians(_HAND_TURN_DEG)), sin(radians(_HAND_TURN_DEG))
    outlines = []
    for outline in skin_outline():
        # The drawn hand ends in the forearm, which is drawn here already; y is turned over, so that fingers point down.
        kept = outline[outline[:, 1] < 34.0]
        x, y = kept[:, 0] * _HAND_CM_PER_MM, (24.0 - kept[:, 1]) * _HAND_CM_PER_MM
        outlines.append(np.column_stack([_WRIST[0] + c * x - s * y, _WRIST[1] + s * x + c * y]))
    return tuple(outlines)


def _limb(stations: NDArray[np.float64]) -> Outline:
    axis, half_widths = stations[:, :2], stations[:, 2]
    along = np.gradient(axis, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    offset = np.column_stack([-along[:, 1], along[:, 0]]) * half_widths[:, None]
    left, right = (_open_curve(axis + sign * offset) for sign in (-1.0, 1.0))
    return np.vstack([left, right[::-1]])


def _ellipse(centre: tuple[float, float], half_axes: tuple[float, float], turn_deg: float) -> Outline:
    angles = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    c, s = cos(radians(turn_deg)), sin(radians(turn_deg))
    u, v = half_axes[0] * np.cos(angles), half_axes[1] * np.sin(angles)
    return np.column_stack([centre[0] + c * u - s * v, centre[1] + s * u + c * v])


def _vertebra(top: float, height: float, half_width: float) -> Outline:
    waist = 0.86 * half_width
    corners = [
        (-half_width, 0.0),
        (half_width, 0.0),
        (waist, 0.5),
        (half_width, 1.0),
        (-half_width, 1.0),
        (-waist, 0.5),
    ]
    return np.array([(x, top + share * height) for x, share in corners])


def _smooth(corners: NDArray[np.float64]) -> Outline:
    """Return a closed Catmull-Rom curve through the corners."""
    around = np.vstack([corners[-1:], corners, corners[:2]])
    shares = np.arange(6)[:, None] / 6.0
    return np.vstack([_between(around[index : index + 4], shares) for index in range(len(corners))])
