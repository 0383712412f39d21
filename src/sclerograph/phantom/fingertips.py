"""The fingertips of a simulated hand as they truly are on a film, by the definitions of :mod:`..anatomy.fingertip`.

The end of the distal phalanx is that of its projected surface; the skin is where the union of the capsules that the
soft tissue is made of ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.fingertip import BASE_SHARE, LEVEL_MM
from sclerograph.phantom.form import index_of
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.scene import HandScene
from sclerograph.phantom.soft_tissue import skin_capsules

__all__ = ["TrueFingertip", "true_fingertips"]

Floats = NDArray[np.float64]

_STEP_PX = 0.05
#: How far from the axis, and from the end of the bone, skin is looked for (nominal mm).
_REACH_MM = 26.0


@dataclass(frozen=True)
class TrueFingertip:
    """One fingertip in pixels of the film.

    ``tapering_ratio`` is ``None`` where the soft tissue of the digit runs into its neighbour's.
    """

    pulp_px: float
    base_width_px: float
    tapering_ratio: float | None

    @property
    def pulp_ratio(self) -> float:
        """Pulp over the width of the phalanx's base."""
        return self.pulp_px / self.base_width_px


def true_fingertips(scene: HandScene, detector: Detector, fineness: float = 1.0) -> dict[int, TrueFingertip]:
    """Return the fingertips of all digits.

    Parameters
    ----------
    scene
        The hand.
    detector
        The film.
    fineness
        That of the surfaces which the film is drawn from (see :meth:`.HandScene.hand`).
    """
    hand = scene.hand(fineness)
    capsules = skin_capsules(hand, detector, scene.stream("soft tissue"), scene.fingertips)
    unit = scene.size / detector.pixel_mm
    found = {}
    for digit in range(1, 6):
        bone = hand.bones[f"DP{digit}"]
        base = detector.project(bone.base)[0]
        axis = detector.project(hand.landmarks[index_of[f"TIP{digit}"]])[0] - base
        axis = axis / max(float(np.hypot(*axis)), 1e-9)
        across = np.array([-axis[1], axis[0]])
        surface = detector.project(bone.outer) - base
        along, beside = surface @ axis, surface @ across
        start, end = float(along.min()), float(along.max())
        near_base = along <= start + BASE_SHARE * (end - start)
        way = np.arange(0.0, _REACH_MM * unit, _STEP_PX)
        beyond = _last_inside(capsules, base + end * axis + way[:, None] * axis)
        breadths = [
            _breadth(capsules, base + level * axis, across, way)
            for level in (end - LEVEL_MM * unit, start + LEVEL_MM * unit)
        ]
        tip, root = breadths
        ratio = None if tip is None or root is None else tip / root
        found[digit] = TrueFingertip(beyond * _STEP_PX, float(np.ptp(beside[near_base])), ratio)
    return found


def _last_inside(capsules: Floats, points: Floats) -> int:
    """Return how many points of a line, from its first on, lie inside the skin."""
    outside = ~_inside(capsules, points)
    return int(outside.argmax()) if outside.any() else len(points)


def _breadth(capsules: Floats, middle: Floats, across: Floats, way: Floats) -> float | None:
    sides = [_last_inside(capsules, middle + sign * way[:, None] * across) for sign in (-1.0, 1.0)]
    return None if max(sides) >= len(way) / 2 else sum(sides) * _STEP_PX


def _inside(capsules: Floats, points: Floats) -> NDArray[np.bool_]:
    """Tell which of (n, 2) points lie in any capsule."""
    start, end, first, last = capsules[:, :2], capsules[:, 2:4], capsules[:, 4], capsules[:, 5]
    along = end - start
    offset = points[:, None] - start
    share = np.clip((offset * along).sum(axis=2) / ((along**2).sum(axis=1) + 1e-12), 0.0, 1.0)
    distance = np.hypot(*np.moveaxis(offset - share[..., None] * along, 2, 0))
    return np.asarray((distance < first + (last - first) * share).any(axis=1))
