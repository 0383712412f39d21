"""A hand rolled onto its ulnar side: lateral films and steep oblique ones, as training shows them.

The radiographer lays the fingers straight above each other, fans them, each flexed more than its ulnar neighbour, or
takes them as contractures leave them; the thumb lies in front of the palm.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.phantom.deposits import draw_morphology
from sclerograph.phantom.flexion import flexed
from sclerograph.phantom.form import HandForm
from sclerograph.phantom.scene import DepositPlan, HandScene, Wish, draw_scene, draw_site, reposed, with_deposits

__all__ = ["draw_side_scene"]

#: Roll of the hand out of its flat position: lateral is 90 degrees, and nobody meets it to the degree.
_ROLL_DEG, _ROLL_SCATTER_DEG, _LEAST_ROLL_DEG, _MOST_ROLL_DEG = 85.0, 13.0, 45.0, 115.0
_STRAIGHT, _FANNED = 0.35, 0.4
#: Mean number of deposits of a hand that has any, and the share of such hands.
_DEPOSITS, _CALCIFIED = 4.0, 0.6


def draw_side_scene(rng: np.random.Generator) -> HandScene:
    """Draw a left hand on its ulnar side, with the diseases that training films have.

    Parameters
    ----------
    rng
        Source of randomness.
    """
    scene = draw_scene(rng, Wish(deposits=(), adult=bool(rng.random() < 0.6)))
    roll = float(np.clip(rng.normal(_ROLL_DEG, _ROLL_SCATTER_DEG), _LEAST_ROLL_DEG, _MOST_ROLL_DEG))
    turn = float(rng.normal(0.0, 8.0))
    laid = reposed(scene, rng, form=_from_side(scene.form, rng), pronation_deg=roll, turn_deg=turn)
    if rng.random() >= _CALCIFIED:
        return laid
    plans = []
    for _ in range(1 + int(rng.poisson(_DEPOSITS))):
        x, y = draw_site(laid, rng, 0.34)
        plans.append(DepositPlan(draw_morphology(rng), x, y, int(rng.integers(2**62))))
    return replace(with_deposits(laid, tuple(plans)), bulge=float(rng.uniform(2.0, 9.0)))


def _from_side(form: HandForm, rng: np.random.Generator) -> HandForm:
    """Lay the fingers straight, fanned or as they come; angles are those of the phalanges to the plane of the palm."""
    draw = rng.random()
    angles: dict[int, tuple[float, ...]] = {1: tuple(float(a) for a in np.cumsum(rng.uniform(0.0, 32.0, 2)))}
    least = float(rng.uniform(0.0, 12.0))
    step = float(rng.uniform(6.0, 16.0))
    for digit in range(2, 6):
        if draw < _STRAIGHT:
            each = np.cumsum(rng.uniform(0.0, 7.0, 3))
        elif draw < _STRAIGHT + _FANNED:
            each = np.cumsum([least + step * (5 - digit), *rng.uniform(0.0, 12.0, 2)])
        else:
            each = np.cumsum(rng.uniform(0.0, 38.0, 3))
        angles[digit] = tuple(float(angle) for angle in np.minimum(each, 80.0))
    return flexed(form, angles)
