"""Both hands of a 66-year-old patient with clusters of calcification (Toufga 2018)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.anatomy.hand import Side
from sclerograph.phantom.film import TwoHandFilm
from sclerograph.phantom.fine import simulate_fine_two_hand_film
from sclerograph.phantom.published_cases.case import CaseFilm, PublishedCase
from sclerograph.phantom.published_cases.hand import Calcification, adult_hand, calcified
from sclerograph.phantom.published_cases.statement import Statement
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.scene import HandScene

__all__ = ["CASE"]

_SEED = 10_000_680
_SIZE = 0.97
#: A mass is made of small round bodies that lie side by side, so many millimetres apart.
_APART_MM = 4.6
_SIDE_BY_SIDE = ((0.0, 0.0), (1.0, 0.2), (-0.9, 0.3), (0.15, 1.0), (0.1, -1.0))


def _mass(bone: str, along: float, radial_mm: float, bodies: int, longest_mm: float = 3.8) -> list[Calcification]:
    return [
        Calcification(
            "globular",
            bone,
            along,
            longest_mm,
            radial_mm + side * _APART_MM,
            distal_mm=up * _APART_MM,
            seed=31 + 30 * (number % 2),
            strength=1.2,
        )
        for number, (up, side) in enumerate(_SIDE_BY_SIDE[:bodies])
    ]


_LEFT = [
    *_mass("TRQ", 0.5, -9.0, 5),
    *_mass("MC5", 0.45, -8.0, 5),
    *_mass("MP2", 1.05, 2.5, 4, 3.2),
    *_mass("MP4", 1.05, -2.5, 4, 3.2),
]
_RIGHT = [
    *_mass("SCA", 0.5, 9.0, 5),
    *_mass("MC2", 0.5, 10.0, 5),
    *_mass("MP3", 1.05, 2.5, 4, 3.2),
    *_mass("MP5", 1.05, -2.5, 4, 3.2),
]
_RESORBED = {
    1: Resorption(0.15, 0.3, 0.03),
    2: Resorption(0.35, 0.5, 0.03),
    3: Resorption(0.4, 0.7, 0.03),
    4: Resorption(0.2, 0.4, 0.03),
}
_PINCHED = {"DIP2": 0.7, "DIP3": 0.75, "DIP4": 0.7, "DIP5": 0.65}
_BOTH: tuple[Side, ...] = ("L", "R")


def films() -> tuple[CaseFilm, ...]:
    """Return one film of both hands."""
    return (CaseFilm("both-hands", "PA", _film),)


def _film() -> TwoHandFilm:
    left = _pinched(adult_hand(_SEED, size=_SIZE, resorptions=_RESORBED))
    right = replace(left, seed=left.seed + 1, _hands={})
    rng = np.random.default_rng(_SEED)
    scenes = calcified(left, _LEFT, rng), calcified(right, _RIGHT, rng)
    return simulate_fine_two_hand_film(rng, scenes, rows=1620, columns=2480, pixel_mm=0.15, look="flat panel, crisp")


def _pinched(hand: HandScene) -> HandScene:
    spaces = dict(hand.joint_spaces)
    for joint, lost in _PINCHED.items():
        spaces[joint] = replace(spaces[joint], lost=lost)
    return replace(hand, joint_spaces=spaces, _hands={})


_WRIST = ("TRQ", "HAM", "PIS", "CAP", "LUN", "SCA", "TZM", "TZD", "STT", "RC", "DRU", *(f"CMC{d}" for d in range(1, 6)))
_PALM = tuple(f"{kind}{d}" for kind in ("MC", "MCP") for d in range(1, 6))
_DIP = tuple(f"{kind}{d}" for kind in ("DIP", "DP", "MP") for d in range(2, 6))

CASE = PublishedCase(
    name="toufga-2018",
    title="Clusters at wrist, palm and fingertips, pinched joints, acro-osteolysis",
    citation="Toufga Z, Bennani J, Amil T, Ennouali H. Calcinosis of the soft tissues secondary to scleroderma. 2018",
    films=films,
    statements=(
        Statement(
            "calcified masses at the wrist",
            "calcification",
            sides=_BOTH,
            places=_WRIST,
        ),
        Statement("calcified masses along the metacarpals", "calcification", sides=_BOTH, places=_PALM),
        Statement("calcified masses at the DIP joints", "calcification", sides=_BOTH, places=_DIP),
        Statement(
            "masses of small round dense bodies lying side by side: clusters",
            "calcification",
            sides=_BOTH,
            morphologies=("clustered", "net", "tumoral"),
            least=2,
        ),
        Statement("pinched DIP joints", "narrowing", sides=_BOTH, places=tuple(_PINCHED), least_grade=2),
        Statement("acro-osteolysis of distal phalanges", "acro-osteolysis", sides=_BOTH, least=2),
    ),
    silent="The text says neither how large the masses are nor which digits are resorbed, and excludes nothing.",
)
