"""Deposits that lie in the pressure erosions of a simulated hand."""

from __future__ import annotations

import numpy as np

from sclerograph.phantom.calcium import deposit_body
from sclerograph.phantom.deposits import VISIBLE_MINERAL_MM
from sclerograph.phantom.scene import DepositPlan, HandScene

__all__ = ["pressing_deposits"]

_STEP_MM = 0.1


def pressing_deposits(scene: HandScene, rng: np.random.Generator) -> tuple[DepositPlan, ...]:
    """Return a dense round deposit for every pressure erosion of a scene, its edge on the floor of the bite.

    Parameters
    ----------
    scene
        The hand with its erosions, and with film and source around it.
    rng
        Source of the seeds of their shapes.
    """
    plans = []
    hand = scene.hand()
    middles = scene.detector(1, 1, 1.0)
    for erosion, place in zip(scene.erosions, hand.erosion_places, strict=True):
        if erosion.kind != "pressure":
            continue
        seed, strength = int(rng.integers(2**62)), float(rng.uniform(1.2, 1.8))
        body = deposit_body(DepositPlan("globular", 0.0, 0.0, seed, strength), _STEP_MM)
        radius = float(np.sqrt((body > VISIBLE_MINERAL_MM).sum() / np.pi)) * _STEP_MM
        bone = hand.bones[erosion.bone]
        near = bone.outer[np.linalg.norm(bone.outer - place, axis=1) < 1.5 * erosion.width_mm]
        # away from the bone on the film
        x, y = middles.project(place)[0]
        outward = np.array([x, y]) - middles.project(near).mean(axis=0)
        outward = outward / max(float(np.hypot(*outward)), 1e-9)
        beyond = max(radius - 0.5 * erosion.depth_mm, 0.0)
        left, top = middles.left_mm, middles.top_mm
        plans.append(
            DepositPlan(
                "globular", float(x + left + beyond * outward[0]), float(y - top + beyond * outward[1]), seed, strength
            )
        )
    return tuple(plans)
