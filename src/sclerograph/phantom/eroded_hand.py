"""Grown hands with and without erosions, and with all that must not be taken for one; films of them by the number.

Of the films, a quarter are healthy, a quarter ill without erosions, and half eroded. One of four is made by the fine
gear, with the looks of a department's machines, the others by the fast gear with the wild looks that training uses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from sclerograph.phantom.deposits import draw_morphology
from sclerograph.phantom.erosion import ErosionWish, TrueErosion, draw_erosions, true_erosions
from sclerograph.phantom.film import SimulatedFilm, fast_film
from sclerograph.phantom.fine import simulate_fine_film
from sclerograph.phantom.joint_space import draw_joint_spaces
from sclerograph.phantom.pressure import pressing_deposits
from sclerograph.phantom.scene import ADULT, DepositPlan, HandScene, draw_scene, draw_site, reposed, with_deposits

__all__ = ["Health", "draw_eroded_hand", "eroded_film"]

#: ``ill``: deposits, mineral lost near the joints, narrowed joint spaces. ``eroded``: these, and erosions.
Health = Literal["healthy", "ill", "eroded"]

#: Chance that an ill hand has each of the three, and the ranges of how much.
_CHANCE = 0.7
_MOST_DEPOSITS = 6
_NARROWED = 0.3
_LOST = (0.1, 0.6)
#: What the films show, in turn, and how.
_HEALTH: tuple[Health, ...] = ("healthy", "ill", "eroded", "eroded")
_FINE_EVERY = 4
_FILM_MM = (246.0, 190.0)
_PIXELS_MM = {"fine": (0.15, 0.17, 0.2), "fast": (0.15, 0.2, 0.24, 0.28)}
_WISH = ErosionWish(0.35, 0.5, 0.25, (1.5, 5.0))


def draw_eroded_hand(rng: np.random.Generator, health: Health, wish: ErosionWish | None = None) -> HandScene:
    """Draw a grown hand whose joint spaces lie around the norms.

    Parameters
    ----------
    rng
        Source of randomness.
    health
        What it has.
    wish
        How often and how large the erosions of an ``eroded`` hand are.
    """
    scene = draw_scene(rng, ADULT)
    narrowed, demineralised, calcified = (health != "healthy" and rng.random() < _CHANCE for _ in range(3))
    spaces = draw_joint_spaces(rng, size=scene.size, diseased=_NARROWED if narrowed else 0.0)
    matter = scene.matter
    if demineralised:
        matter = replace(
            matter, periarticular_loss=float(rng.uniform(*_LOST)), mineral=matter.mineral * float(rng.uniform(0.7, 1.0))
        )
    erosions = draw_erosions(rng, size=scene.size, wish=wish) if health == "eroded" else ()
    scene = reposed(scene, rng, joint_spaces=spaces, matter=matter, erosions=erosions)
    plans = []
    if calcified:
        for _ in range(int(rng.integers(1, _MOST_DEPOSITS + 1))):
            x, y = draw_site(scene, rng, 0.3)
            kind = draw_morphology(rng)
            plans.append(
                DepositPlan(
                    "clustered" if kind == "tumoral" else kind,
                    x,
                    y,
                    int(rng.integers(2**62)),
                    float(rng.uniform(1.0, 1.6)),
                )
            )
    return with_deposits(scene, (*plans, *pressing_deposits(scene, rng)))


def eroded_film(seed: int) -> tuple[SimulatedFilm, list[TrueErosion], Health]:
    """Return one film, its erosions, and what the hand has: from the seed alone."""
    rng = np.random.default_rng(seed)
    health = _HEALTH[(seed // _FINE_EVERY) % len(_HEALTH)]
    scene = draw_eroded_hand(rng, health, _WISH)
    fine = seed % _FINE_EVERY == 0
    pixel_mm = float(rng.choice(_PIXELS_MM["fine" if fine else "fast"]))
    rows, columns = (int(length / pixel_mm) for length in _FILM_MM)
    if fine:
        film = simulate_fine_film(rng, scene, rows=rows, columns=columns, pixel_mm=pixel_mm)
    else:
        film = fast_film(scene, rng, rows=rows, columns=columns, pixel_mm=pixel_mm, plain=True)
    true = true_erosions(scene.hand(), scene.erosions, scene.detector(rows, columns, pixel_mm))
    return film, true, health
