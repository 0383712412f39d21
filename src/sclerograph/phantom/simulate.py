"""Draw films with exact truth into a folder: what ``sclerograph simulate hand`` does."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sclerograph.anatomy.hand import Side
from sclerograph.errors import UsageError
from sclerograph.findings.records import Morphology
from sclerograph.phantom.deposits import draw_morphology
from sclerograph.phantom.dicom_film import write_dicom
from sclerograph.phantom.film import SimulatedFilm, fast_film
from sclerograph.phantom.fine import simulate_fine_film
from sclerograph.phantom.resorption import Resorption, draw_resorption
from sclerograph.phantom.scene import Wish, draw_scene
from sclerograph.phantom.truth import write_masks, write_truth

__all__ = ["DISEASES", "GEARS", "draw_wish", "simulate_hand"]

DISEASES = ("healthy", "calcinosis", "acro-osteolysis", "both")
GEARS = ("fast", "fine")


def draw_wish(rng: np.random.Generator, disease: str) -> Wish:
    """Draw what an adult hand with a disease shows.

    Parameters
    ----------
    rng
        Source of randomness.
    disease
        One of :data:`DISEASES`.

    Raises
    ------
    UsageError
        There is no such disease.
    """
    if disease not in DISEASES:
        raise UsageError(f"no disease is called {disease!r}: choose one of {', '.join(DISEASES)}")
    kinds: list[Morphology] = []
    resorptions: dict[int, Resorption] = {}
    if disease in ("calcinosis", "both"):
        kinds = [draw_morphology(rng) for _ in range(2 + int(rng.poisson(4.0)))]
    if disease in ("acro-osteolysis", "both"):
        digits = rng.permutation(np.arange(1, 6))[: int(rng.integers(1, 5))]
        resorptions = {int(digit): draw_resorption(rng) for digit in digits}
    return Wish(deposits=tuple(kinds), resorptions=resorptions, adult=True, fingertips=0.45, strength=(1.0, 1.8))


def simulate_hand(out: Path, *, seed: int, count: int, disease: str, gear: str) -> None:
    """Write films as DICOM, their truth as ``.truth.json`` and their masks as ``.truth.npz``.

    Film number n of a seed is the same as the first film of seed + n; half of them are right hands.

    Parameters
    ----------
    out
        Folder, which must exist.
    seed, count
        Seed of the first film, and how many.
    disease
        One of :data:`DISEASES`.
    gear
        One of :data:`GEARS`.

    Raises
    ------
    UsageError
        There is no such disease or gear.
    """
    if gear not in GEARS:
        raise UsageError(f"no gear is called {gear!r}: choose one of {', '.join(GEARS)}")
    for number in range(seed, seed + count):
        film = _film(np.random.default_rng(number), disease, gear)
        stem = f"hand-{disease}-{number:08d}"
        write_dicom(out / f"{stem}.dcm", film)
        write_masks(out / f"{stem}.truth.npz", [film])
        # last, so that a truth always has its film
        write_truth(out / f"{stem}.truth.json", f"{stem}.dcm", [film])


def _film(rng: np.random.Generator, disease: str, gear: str) -> SimulatedFilm:
    scene = draw_scene(rng, draw_wish(rng, disease))
    side: Side = "L" if rng.random() < 0.5 else "R"
    if gear == "fast":
        return fast_film(scene, rng, side=side)
    return simulate_fine_film(rng, scene, side=side)
