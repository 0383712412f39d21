"""Films and scenes that several tests look at, each drawn once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sclerograph.phantom.film import SimulatedFilm, TwoHandFilm, simulate_film, simulate_two_hand_film
from sclerograph.phantom.fine import simulate_fine_film
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import ADULT, HandScene, Wish, draw_scene

STAGES = {1: Resorption(0.06, 0.2, 0.03), 3: Resorption(0.4, 0.6, 0.05), 5: Resorption(0.7, 0.9, 0.02)}
SICK = Wish(
    deposits=("globular", "clustered", "punctate", "clustered", "plate", "net"),
    resorptions=STAGES,
    adult=True,
    strength=(1.5, 1.6),
)


@lru_cache(maxsize=8)
def sick_scene(seed: int = 20_000_000) -> HandScene:
    return draw_scene(np.random.default_rng(seed), SICK)


@lru_cache(maxsize=2)
def healthy_scene(seed: int = 20_000_001) -> HandScene:
    return draw_scene(np.random.default_rng(seed), ADULT)


@lru_cache(maxsize=8)
def fast_film_of(seed: int) -> SimulatedFilm:
    return simulate_film(np.random.default_rng(seed), rows=440, columns=340, pixel_mm=0.56)


@lru_cache(maxsize=4)
def fine_film_of(side: str) -> SimulatedFilm:
    return simulate_fine_film(
        np.random.default_rng(1),
        sick_scene(),
        rows=640,
        columns=512,
        pixel_mm=0.4,
        side="R" if side == "R" else "L",
        look="flat panel, crisp",
    )


@lru_cache(maxsize=1)
def two_hands() -> TwoHandFilm:
    scenes = sick_scene(), healthy_scene()
    return simulate_two_hand_film(np.random.default_rng(2), scenes, rows=420, columns=640, pixel_mm=0.6, plain=True)
