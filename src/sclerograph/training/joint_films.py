"""Simulated hands whose joint spaces are known, each filmed twice.

Every hand is a grown one with spaces drawn around the norms, a third of them narrowed or fused. It is filmed, and
filmed again after it was laid down anew, up to 15 degrees out of its first position, with another exposure and look.
Two of three hands are filmed by the fine gear, with the looks of a department's machines, the third by the fast gear
with the wild looks of training: soft, noisy, bent greys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sclerograph.phantom.film import SimulatedFilm, fast_film
from sclerograph.phantom.fine import FINENESS, simulate_fine_film
from sclerograph.phantom.joint_space import draw_joint_spaces, true_joint_spaces
from sclerograph.phantom.scene import ADULT, draw_scene, reposed

__all__ = ["JointFilm", "JointGear", "TrueSpace", "gear_of", "joint_films"]

_ROWS, _COLUMNS, _PIXEL_MM = 1640, 1267, 0.15
_MOST_TURN_DEG = 15.0
_DISEASED = 0.35

JointGear = Literal["fine", "fast"]


@dataclass(frozen=True)
class TrueSpace:
    """The space of one joint: mean and least width on the film (mm), the share that is lost, fused or not."""

    mean_mm: float
    least_mm: float
    lost: float
    fused: bool


@dataclass(frozen=True)
class JointFilm:
    """One film with the true spaces of those joints whose bones face each other on it."""

    film: SimulatedFilm
    spaces: dict[str, TrueSpace]


def gear_of(seed: int) -> JointGear:
    """Return how the films of a seed are simulated."""
    return "fast" if seed % 3 == 2 else "fine"


def joint_films(seed: int) -> Iterator[JointFilm]:
    """Simulate the two films of a hand.

    Parameters
    ----------
    seed
        The hand and its films depend on it alone.
    """
    rng, gear = np.random.default_rng(seed), gear_of(seed)
    scene = draw_scene(rng, ADULT)
    spaces = draw_joint_spaces(rng, size=scene.size, diseased=_DISEASED)
    scene = reposed(scene, rng, joint_spaces=spaces)
    for visit in (1, 2):
        if visit == 2:
            angle, direction = rng.uniform(0.0, _MOST_TURN_DEG), rng.uniform(0.0, 2.0 * np.pi)
            scene = reposed(
                scene,
                rng,
                pronation_deg=scene.pronation_deg + float(angle * np.cos(direction)),
                tilt_deg=scene.tilt_deg + float(angle * np.sin(direction)),
            )
        if gear == "fine":
            film = simulate_fine_film(rng, scene, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM)
        else:
            film = fast_film(scene, rng, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True)
        true = true_joint_spaces(
            scene.hand(FINENESS if gear == "fine" else 1.0), scene.detector(_ROWS, _COLUMNS, _PIXEL_MM)
        )
        yield JointFilm(
            film,
            {
                code: TrueSpace(space.mean_mm, space.least_mm, spaces[code].lost, spaces[code].fused)
                for code, space in true.items()
            },
        )
