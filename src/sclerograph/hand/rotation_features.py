"""What a rotation of the hand changes on the film: how carpal bones and metacarpals project beside and over each other.

Bones lie at different heights over the film: the pisiform and the trapezium in front of the carpus, the metacarpals on
an arch. When the hand turns about its long axis, near bones move against far ones. Fingers and thumb are left out,
because they move by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES
from sclerograph.hand.bone_windows import bone_window, middle_of, shared_pixels
from sclerograph.networks.maps import Landmark, SkeletonMaps

__all__ = ["FEATURES", "FRAME", "rotation_features"]

Floats = NDArray[np.float64]

#: Bones whose middles and areas are looked at.
_BONES: Final = ("TZM", "TZD", "CAP", "HAM", "SCA", "LUN", "TRQ", "PIS", "MC2", "MC3", "MC4", "MC5")
_LANDMARKS: Final = ("CMC2", "CMC3", "CMC4", "CMC5", "MCP2", "MCP3", "MCP4", "MCP5")
#: The frame that all places are given in is laid through these: bones that hardly move against each other.
FRAME: Final = ("TZD", "CAP", "HAM", "MC2", "MC3", "MC4", "MC5")
#: Pairs of bones that overlap in some rotation.
_PAIRS: Final = (
    *combinations(("MC2", "MC3", "MC4", "MC5"), 2),
    ("TZM", "TZD"),
    ("TZM", "SCA"),
    ("TZM", "CAP"),
    ("TZM", "MC2"),
    ("TZD", "CAP"),
    ("TZD", "SCA"),
    ("TZD", "MC2"),
    ("CAP", "HAM"),
    ("CAP", "SCA"),
    ("CAP", "LUN"),
    ("HAM", "TRQ"),
    ("HAM", "LUN"),
    ("HAM", "PIS"),
    ("HAM", "MC5"),
    ("TRQ", "PIS"),
    ("TRQ", "LUN"),
    ("LUN", "PIS"),
    ("SCA", "LUN"),
    ("CAP", "MC2"),
    ("CAP", "MC3"),
    ("HAM", "MC4"),
)
_COORDINATES: Final = tuple(f"{name} {way}" for name in (*_BONES, *_LANDMARKS) for way in ("across", "along"))
#: Names of the features in their order.
FEATURES: Final = (
    *_COORDINATES,
    *(f"{code} log area" for code in _BONES),
    *(f"{first} over {second}" for first, second in _PAIRS),
)
_CHANNEL = {b.code: i for i, b in enumerate(BONES)}
#: A bone with a smaller outline (nominal mm2) is not seen.
_LEAST_AREA_MM2 = 12.0


def rotation_features(
    skeleton: SkeletonMaps, frame: Mapping[str, tuple[float, float]], least_confidence: float = 0.3
) -> tuple[Floats, NDArray[np.bool_]] | None:
    """Return the features of :data:`FEATURES` and which of them the film shows.

    Coordinates are nominal millimetres in a frame through metacarpals and distal carpal bones, so they depend neither
    on the hand's size nor on how it is turned in the plane of the film.

    Parameters
    ----------
    skeleton
        The bones of one hand.
    frame
        Where the middles of the bones of :data:`FRAME` lie in a flat hand (nominal mm).
    least_confidence
        Landmarks less sure do not count.

    Returns
    -------
    tuple
        ``None`` where the bones of the frame are not all there.
    """
    windows = {code: bone_window(skeleton.bones[_CHANNEL[code]]) for code in _BONES}
    least = _LEAST_AREA_MM2 / skeleton.crop.nominal_mm**2
    areas = {code: window.area for code, window in windows.items()}
    middles: dict[str, Floats] = {}
    for code, window in windows.items():
        if areas[code] >= least:
            middles[code] = middle_of(window)
    if any(code not in middles for code in FRAME):
        return None
    turn, scale, centre = _frame(np.stack([middles[code] for code in FRAME]), np.array([frame[code] for code in FRAME]))
    values, seen = [], []
    for name in (*_BONES, *_LANDMARKS):
        place = middles.get(name) if name in windows else _landmark(skeleton, name, least_confidence)
        values += [0.0, 0.0] if place is None else [float(v) for v in turn @ (place - centre) * scale]
        seen += [place is not None] * 2
    for code in _BONES:
        values.append(float(np.log(areas[code] * scale**2)) if code in middles else 0.0)
        seen.append(code in middles)
    for first, second in _PAIRS:
        both = first in middles and second in middles
        values.append(
            shared_pixels(windows[first], windows[second]) / min(areas[first], areas[second]) if both else 0.0
        )
        seen.append(both)
    return np.array(values), np.array(seen)


def _landmark(skeleton: SkeletonMaps, name: str, least_confidence: float) -> Floats | None:
    mark: Landmark | None = skeleton.landmarks.get(name)
    if mark is None or mark.confidence < least_confidence:
        return None
    return skeleton.crop.map_to_crop(np.array([mark.x, mark.y]))


def _frame(points: Floats, template: Floats) -> tuple[Floats, float, Floats]:
    """Return turn (2, 2), scale and centre that bring points closest to a template (Procrustes, without mirroring)."""
    centre = points.mean(axis=0)
    moved, target = points - centre, template - template.mean(axis=0)
    u, _, v = np.linalg.svd(target.T @ moved)
    turn = u @ np.diag([1.0, float(np.sign(np.linalg.det(u @ v)))]) @ v
    scale = float(np.sum(target * (moved @ turn.T)) / np.sum(moved**2))
    return turn, scale, centre
