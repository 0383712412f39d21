"""A hand with every feature that the teaching file of UConn Health lists for the disease (Gillis)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.phantom.alignment import Misalignment
from sclerograph.phantom.erosion import Erosion
from sclerograph.phantom.film import SimulatedFilm
from sclerograph.phantom.fine import simulate_fine_film
from sclerograph.phantom.flexion import flexed
from sclerograph.phantom.published_cases.case import CaseFilm, PublishedCase
from sclerograph.phantom.published_cases.hand import Calcification, adult_hand, calcified
from sclerograph.phantom.published_cases.statement import Statement
from sclerograph.phantom.resorption import Resorption
from sclerograph.phantom.soft_tissue import FingertipShape

__all__ = ["CASE"]

_SEED = 10_000_660
_SIZE = 1.0
#: A tuft that is gone, and a distal phalanx of which half is.
_RESORBED = {2: Resorption(0.2, 0.4, 0.03), 3: Resorption(0.6, 0.9, 0.03)}
_CALCIFICATIONS = (
    Calcification("globular", "MC5", along=0.5, longest_mm=6.0, radial_mm=-8.0, seed=15, strength=1.5),
    Calcification("punctate", "PP1", along=0.5, longest_mm=1.9, radial_mm=7.0, seed=40, strength=2.0),
    Calcification("punctate", "PP3", along=0.5, longest_mm=1.9, radial_mm=6.5, seed=40, strength=2.0),
    # this one has pressed into the bone that it touches
    Calcification("globular", "PP2", along=0.93, longest_mm=7.0, radial_mm=7.0, seed=31, strength=1.5),
)
_EROSIONS = (
    Erosion("PP2", "pressure", 6.0, 2.4, 9.0, "head", "radial", 4.0, ragged=0.05),
    Erosion("MC3", "marginal", 4.0, 2.6, 8.0, "head", "radial", 4.0),
    Erosion("MP2", "central", 4.0, 2.0, 8.0, "head", "central"),
    Erosion("MP3", "marginal", 3.5, 2.3, 7.0, "head", "ulnar", 2.5),
)
_FLEXED = {4: (20.0, 50.0, 60.0), 5: (20.0, 50.0, 60.0)}
_NARROWED = {"PIP3": 0.65, "MCP3": 0.6}


def films() -> tuple[CaseFilm, ...]:
    """Return a PA film of the left hand."""
    return (CaseFilm("pa", "PA", _film),)


def _film() -> SimulatedFilm:
    hand = adult_hand(
        _SEED,
        size=_SIZE,
        resorptions=_RESORBED,
        misalignment=Misalignment(cmc1_ratio=0.6, cmc1_sunk=1.15, trapezium_lost=0.5, metacarpal_base_lost=0.2),
    )
    spaces = dict(hand.joint_spaces)
    for joint, lost in _NARROWED.items():
        spaces[joint] = replace(spaces[joint], lost=lost)
    hand = replace(
        hand,
        form=flexed(hand.form, _FLEXED),
        joint_spaces=spaces,
        erosions=_EROSIONS,
        fingertips={digit: FingertipShape(3.0, 0.3) for digit in range(1, 6)},
        _hands={},
    )
    rng = np.random.default_rng(_SEED)
    scene = calcified(hand, _CALCIFICATIONS, rng)
    return simulate_fine_film(rng, scene, rows=1680, columns=1320, pixel_mm=0.15, look="flat panel, crisp")


CASE = PublishedCase(
    name="gillis-features",
    title="Every feature that the teaching file lists",
    citation="Gillis E. Scleroderma of the hands. Teaching file, UConn Health Radiology",
    films=films,
    statements=(
        Statement("globular calcinosis", "calcification", morphologies=("globular",)),
        Statement("punctate calcinosis", "calcification", morphologies=("punctate",)),
        Statement(
            "erosion of bone by a calcification that touches it", "erosion", places=("PIP2",), kinds=("pressure",)
        ),
        Statement("flexion contracture", "flexion", places=("4", "5"), least=2),
        Statement("resorbed tuft", "acro-osteolysis", places=("2",)),
        Statement("resorption that has gone on to the distal phalanx", "acro-osteolysis", places=("3",), least_grade=3),
        Statement("erosion of a joint", "erosion", places=("MCP3",)),
        Statement("loss of cartilage", "narrowing", places=("PIP3", "MCP3"), least_grade=2),
        Statement("erosion of DIP joints", "erosion", places=("DIP2", "DIP3")),
        Statement("radial subluxation of the first carpometacarpal joint", "subluxation", places=("CMC1",)),
        Statement("the thumb has come proximally", "migration", places=("CMC1",)),
        Statement("resorption of the trapezium", "small bone", places=("TZM",)),
        Statement("resorption of the base of the first metacarpal", "small bone", places=("MC1",)),
        Statement("tapering of the skin at the ends of the digits", "pointed fingertip"),
    ),
    silent="The list is one of the disease and not of a patient: sizes and places are ours, and nothing is excluded.",
)
