"""The deposits of a scene as thickness of mineral on a film, and the soft tissue that bulges over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.phantom.blur import slow_blur
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM, add_at, deposit_thickness
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.scene import DepositPlan, HandScene
from sclerograph.phantom.soft_tissue import SoftTissue

__all__ = ["calcium_thickness", "deposit_body"]

Image = NDArray[np.float32]

#: Mineral that a ray can cross at most.
_MOST_MINERAL_MM = 14.0
#: Soft tissue that a deposit makes at most.
_THICKEST_MANTLE_MM = 13.0


def deposit_body(plan: DepositPlan, pixel_mm: float) -> Image:
    """Return the mineral of one deposit on a grid of its own, in its size and turn."""
    body = deposit_thickness(np.random.default_rng(plan.seed), plan.kind, pixel_mm)
    if plan.growth != 1.0 or plan.turn_deg != 0.0:
        body = _grown_and_turned(body, plan.growth, np.radians(plan.turn_deg)) * np.float32(plan.growth)
    return np.asarray(body * np.float32(plan.strength), dtype=np.float32)


def _grown_and_turned(body: Image, growth: float, turn: float) -> Image:
    """Enlarge a square image about its middle and turn it clockwise."""
    c, s = np.cos(turn), np.sin(turn)
    count = int(np.ceil(body.shape[0] * growth * (abs(c) + abs(s)))) + 2
    # from a pixel (row, column) of the result back to the image
    back = np.array([[c, -s], [s, c]]) / growth
    offset = (body.shape[0] - 1) / 2 - back @ np.full(2, (count - 1) / 2)
    moved = ndimage.affine_transform(body, back, offset, (count, count), order=1, prefilter=False)
    return np.asarray(moved, dtype=np.float32)


def calcium_thickness(scene: HandScene, soft: SoftTissue, detector: Detector) -> tuple[Image, SoftTissue]:
    """Thickness of mineral at 1.2 g/cm3, and the soft tissue that makes room for it.

    No deposit reaches past the skin; large ones push it outward.
    """
    shape = (detector.rows, detector.columns)
    mineral = np.zeros(shape, np.float32)
    if not scene.deposits:
        return mineral, soft
    pixel = detector.pixel_mm
    for plan in scene.deposits:
        x, y = (plan.x_mm - detector.left_mm) / pixel, (plan.y_mm + detector.top_mm) / pixel
        add_at(mineral, x, y, deposit_body(plan, pixel))
    mineral = np.minimum(mineral, _MOST_MINERAL_MM)
    total = soft.total
    if scene.bulge > 0.0:
        # skin grows over a mass as a mantle, and is hardly lifted by a speck
        covered = slow_blur((mineral > VISIBLE_MINERAL_MM).astype(np.float32), 2.8 / pixel)
        mantle = 1.6 * scene.bulge * (1.0 - np.exp(-4.0 * np.maximum(covered, 0.0) ** 1.2))
        wanted = np.maximum(total, np.minimum(_THICKEST_MANTLE_MM, np.hypot(total, mantle)))
        smooth = slow_blur(wanted, 0.8 / pixel)
        total = np.where(mantle > 0.1, np.maximum(smooth, soft.total), soft.total)
    within = np.clip((total - 1.2) / 2.5, 0.0, 1.0)
    softness = float(scene.stream("edge of deposits").uniform(0.05, 0.2))
    mineral = ndimage.gaussian_filter(mineral * within, softness / pixel)
    mineral = np.minimum(mineral, np.maximum(total - 0.5, 0.0)).astype(np.float32)
    added = total - soft.total
    below = np.minimum(soft.below_skin + added, total)
    # what grows around a deposit is fibrous, more water than fat
    muscle = np.minimum(soft.muscle + 0.8 * added, below)
    return mineral, SoftTissue(*(layer.astype(np.float32) for layer in (total, below, muscle)))
