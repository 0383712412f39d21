"""Both hands of a 70-year-old woman with pain in the hands (teaching file of UConn Health, Gillis)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.anatomy.hand import Side
from sclerograph.phantom.film import SimulatedFilm, TwoHandFilm
from sclerograph.phantom.fine import simulate_fine_film, simulate_fine_two_hand_film
from sclerograph.phantom.published_cases.case import CaseFilm, PublishedCase
from sclerograph.phantom.published_cases.hand import Calcification, adult_hand, calcified
from sclerograph.phantom.published_cases.statement import Statement
from sclerograph.phantom.scene import HandScene

__all__ = ["CASE"]

_SEED = 10_000_640
_SIZE = 0.95
_LEFT = (
    # beside joints
    Calcification("globular", "PP2", along=1.02, longest_mm=5.0, radial_mm=5.5, seed=15, strength=1.5),
    Calcification("globular", "MC5", along=1.02, longest_mm=6.0, radial_mm=-8.0, seed=31, strength=1.5),
    Calcification("globular", "MP3", along=1.03, longest_mm=4.0, radial_mm=-4.0, seed=61, strength=1.5),
    # beneath the skin, away from joints
    Calcification("globular", "PP4", along=0.5, longest_mm=5.0, radial_mm=6.0, seed=16, strength=1.5),
    Calcification("globular", "MC2", along=0.5, longest_mm=6.0, radial_mm=10.0, seed=21, strength=1.5),
    Calcification("globular", "DP1", along=0.8, longest_mm=5.0, radial_mm=3.0, seed=72, strength=1.5),
)
_RIGHT = (
    Calcification("globular", "MC2", along=1.02, longest_mm=5.0, radial_mm=8.0, seed=15, strength=1.5),
    Calcification("globular", "MP4", along=1.03, longest_mm=4.5, radial_mm=-4.0, seed=31, strength=1.5),
    Calcification("globular", "PP1", along=1.02, longest_mm=5.0, radial_mm=5.0, seed=61, strength=1.5),
    Calcification("globular", "PP5", along=0.5, longest_mm=5.0, radial_mm=-5.5, seed=16, strength=1.5),
    Calcification("globular", "MC5", along=0.5, longest_mm=6.0, radial_mm=-8.0, seed=21, strength=1.5),
    Calcification("globular", "DP3", along=0.8, longest_mm=4.5, radial_mm=3.0, seed=72, strength=1.5),
)


def films() -> tuple[CaseFilm, ...]:
    """Return the frontal film of both hands and a lateral film of each."""
    return (
        CaseFilm("frontal", "PA", _frontal),
        CaseFilm("lateral-left", "lateral", lambda: _lateral(_hands()[0], _LEFT, "L")),
        CaseFilm("lateral-right", "lateral", lambda: _lateral(_hands()[1], _RIGHT, "R")),
    )


def _hands() -> tuple[HandScene, HandScene]:
    left = adult_hand(_SEED, size=_SIZE)
    return left, replace(left, seed=left.seed + 1, _hands={})


def _frontal() -> TwoHandFilm:
    rng = np.random.default_rng(_SEED)
    left, right = _hands()
    scenes = calcified(left, _LEFT, rng), calcified(right, _RIGHT, rng)
    return simulate_fine_two_hand_film(rng, scenes, rows=1560, columns=2400, pixel_mm=0.15, look="flat panel, crisp")


def _lateral(hand: HandScene, calcifications: tuple[Calcification, ...], side: Side) -> SimulatedFilm:
    rng = np.random.default_rng(_SEED)
    scene = calcified(hand, calcifications, rng, pronation_deg=90.0)
    return simulate_fine_film(rng, scene, rows=1560, columns=1000, pixel_mm=0.15, side=side, look="flat panel, crisp")


CASE = PublishedCase(
    name="gillis",
    title="Scattered globular calcifications of both hands",
    citation="Gillis E. Scleroderma of the hands. Teaching file, UConn Health Radiology",
    films=films,
    statements=(
        Statement(
            "scattered globular calcifications beneath the skin of both hands, frontal",
            "calcification",
            sides=("L", "R"),
            views=("PA",),
            compartments=("subcutaneous", "pulp", "overlying_bone"),
            morphologies=("globular", "clustered"),
            least=2,
        ),
        Statement(
            "scattered globular calcifications beside joints of both hands, frontal",
            "calcification",
            sides=("L", "R"),
            views=("PA",),
            compartments=("periarticular",),
            morphologies=("globular", "clustered"),
            least=2,
        ),
        Statement(
            "the calcifications again on lateral films of both hands",
            "calcification",
            sides=("L", "R"),
            views=("lateral",),
            least=2,
        ),
    ),
    silent="The text names nothing else of this patient and excludes nothing.",
)
