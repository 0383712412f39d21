"""The hands of a 44-year-old woman with diffuse cutaneous systemic sclerosis of 25 years (Duzgun 2020)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.anatomy.hand import Side
from sclerograph.phantom.film import TwoHandFilm
from sclerograph.phantom.fine import simulate_fine_two_hand_film
from sclerograph.phantom.flexion import flexed
from sclerograph.phantom.published_cases.case import CaseFilm, PublishedCase
from sclerograph.phantom.published_cases.hand import TUBULAR_BONES, Calcification, adult_hand, calcified
from sclerograph.phantom.published_cases.statement import Statement
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import HandScene
from sclerograph.phantom.soft_tissue import FingertipShape

__all__ = ["CASE"]

_SEED = 10_000_700
_SIZE = 0.95
_LEFT = (
    Calcification("globular", "PP2", along=0.5, longest_mm=6.0, radial_mm=6.0, seed=15, strength=1.5),
    Calcification("clustered", "MC5", along=0.9, longest_mm=10.0, radial_mm=-9.0, seed=62, strength=1.3),
    Calcification("globular", "DP1", along=0.8, longest_mm=5.0, radial_mm=3.0, seed=31, strength=1.5),
)
_RIGHT = (
    Calcification("clustered", "PP1", along=0.6, longest_mm=9.0, radial_mm=8.0, seed=71, strength=1.3),
    Calcification("globular", "PP3", along=0.5, longest_mm=6.0, radial_mm=6.0, seed=61, strength=1.5),
    Calcification("globular", "MC2", along=0.6, longest_mm=6.0, radial_mm=9.0, seed=16, strength=1.5),
)
_RESORBED = {
    1: Resorption(0.2, 0.4, 0.03),
    2: Resorption(0.45, 0.8, 0.03),
    3: Resorption(0.4, 0.8, 0.03),
    4: Resorption(0.5, 0.8, 0.03),
}
_FLEXED = {4: (15.0, 50.0, 60.0), 5: (20.0, 55.0, 65.0)}
_FUSED = ("PIP3", "DIP2")
_BOTH: tuple[Side, ...] = ("L", "R")


def films() -> tuple[CaseFilm, ...]:
    """Return one film of both hands."""
    return (CaseFilm("both-hands", "PA", _film),)


def _film() -> TwoHandFilm:
    left = _changed(adult_hand(_SEED, size=_SIZE, resorptions=_RESORBED))
    right = replace(left, seed=left.seed + 1, _hands={})
    rng = np.random.default_rng(_SEED)
    scenes = calcified(left, _LEFT, rng), calcified(right, _RIGHT, rng)
    return simulate_fine_two_hand_film(rng, scenes, rows=1560, columns=2400, pixel_mm=0.15, look="flat panel, crisp")


def _changed(hand: HandScene) -> HandScene:
    spaces = dict(hand.joint_spaces)
    for joint in _FUSED:
        spaces[joint] = replace(spaces[joint], fused=True)
    return replace(
        hand,
        form=flexed(hand.form, _FLEXED),
        joint_spaces=spaces,
        matter=replace(hand.matter, mineral=0.85, spongiosa=0.12, periarticular_loss=0.2),
        cortex_loss=dict.fromkeys(TUBULAR_BONES, 0.45),
        fingertips={digit: FingertipShape(3.0, 0.3) for digit in range(1, 6)},
        _hands={},
    )


CASE = PublishedCase(
    name="duzgun-2020",
    title="Osteopenia, resorbed tufts, calcinosis, ankylosis and flexion of both hands",
    citation=(
        "Düzgün N. Calcinosis cutis universalis in a patient with systemic sclerosis. Turkiye Klinikleri J Case Rep "
        "2020, doi:10.5336/caserep.2019-65627"
    ),
    films=films,
    statements=(
        Statement("osteopenia", "thin cortex", sides=_BOTH),
        Statement("resorption of tufts", "acro-osteolysis", sides=_BOTH, least=2),
        Statement("calcinosis of the soft tissue, on both sides", "calcification", sides=_BOTH, least=2),
        Statement("ankylosis of joints", "ankylosis", sides=_BOTH),
        Statement("flexion of fingers", "flexion", sides=_BOTH),
        Statement("sclerodactyly: pointed fingertips", "pointed fingertip", sides=_BOTH),
    ),
    silent=(
        "The text does not say which joints, digits and sites; it excludes nothing. Most flexed digits of the phantom "
        "are others than the resorbed ones, because a flexed fingertip is not graded."
    ),
)
