"""The left hand of a 62-year-old woman with limited cutaneous systemic sclerosis (Dourado 2025)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sclerograph.anatomy.hand import SITES, View
from sclerograph.phantom.erosion import Erosion
from sclerograph.phantom.film import SimulatedFilm
from sclerograph.phantom.fine import simulate_fine_film
from sclerograph.phantom.published_cases.case import CaseFilm, PublishedCase
from sclerograph.phantom.published_cases.hand import Calcification, adult_hand, calcified
from sclerograph.phantom.published_cases.statement import Statement
from sclerograph.phantom.scene import HandScene

__all__ = ["CASE", "healthy_films"]

_SEED = 10_000_620
_SIZE = 0.95
#: About 1.5 cm and well-defined, over the distal phalanx of the thumb.
_NODULE = Calcification("clustered", "DP1", along=0.72, longest_mm=15.0, palmar_mm=4.0, strength=1.4, seed=3)
#: The cortex of PIP4 is thin and its margins are blurred: shallow ragged loss on both sides of the joint.
_BLURRED = (
    Erosion("PP4", "marginal", 3.0, 1.5, 6.0, "head", "radial", 2.5, ragged=0.5),
    Erosion("PP4", "marginal", 3.0, 1.5, 6.0, "head", "ulnar", 2.5, ragged=0.5),
    Erosion("MP4", "marginal", 3.0, 1.5, 6.0, "base", "radial", 2.5, ragged=0.5),
    Erosion("MP4", "marginal", 3.0, 1.5, 6.0, "base", "ulnar", 2.5, ragged=0.5),
)
_VIEWS: tuple[tuple[View, float], ...] = (("AP", 180.0), ("oblique", 40.0))


def films() -> tuple[CaseFilm, ...]:
    """Return the AP and the oblique film of the left hand."""
    hand = adult_hand(_SEED, size=_SIZE)
    diseased = replace(
        hand,
        matter=replace(hand.matter, periarticular_loss=0.65),
        cortex_loss={"PP4": 0.35, "MP4": 0.35},
        erosions=_BLURRED,
        _hands={},
    )
    return tuple(_film(diseased, [_NODULE], view, pronation) for view, pronation in _VIEWS)


def healthy_films() -> tuple[CaseFilm, ...]:
    """Return the AP film of the same hand, filmed alike, before it had any disease."""
    return (_film(adult_hand(_SEED, size=_SIZE), [], *_VIEWS[0]),)


def _film(hand: HandScene, calcifications: Sequence[Calcification], view: View, pronation_deg: float) -> CaseFilm:
    def simulate() -> SimulatedFilm:
        rng = np.random.default_rng(_SEED)
        scene = calcified(hand, calcifications, rng, pronation_deg=pronation_deg)
        return simulate_fine_film(rng, scene, rows=1560, columns=1240, pixel_mm=0.15, look="flat panel, crisp")

    return CaseFilm(view.lower(), view, simulate)


_THUMB_SITES = ("DP1", "IP1")

CASE = PublishedCase(
    name="dourado-2025",
    title="One calcification over the thumb",
    citation="Dourado J, Rodrigues MI, Negrão E. Calcinosis in limited cutaneous systemic sclerosis. Eurorad 2025",
    films=films,
    statements=(
        Statement(
            "a calcification of about 1.5 cm in the soft tissue over the distal phalanx of the thumb, AP",
            "calcification",
            views=("AP",),
            places=_THUMB_SITES,
            longest_mm=(12.5, 17.5),
        ),
        Statement("the same on the oblique film", "calcification", views=("oblique",), places=_THUMB_SITES),
        Statement("loss of mineral near the joints", "loss of mineral", views=("AP",)),
        Statement(
            "loss of mineral near the joints, seen at the thumb too",
            "loss of mineral",
            views=("AP",),
            places=("MCP1", "IP1"),
        ),
        Statement(
            "thin cortex and blurred margins at the PIP joint of the ring finger",
            "erosion",
            views=("AP",),
            places=("PIP4",),
        ),
        Statement(
            "no other calcification",
            "calcification",
            there=False,
            places=tuple(site for site in SITES if site not in _THUMB_SITES),
        ),
        Statement("no acro-osteolysis", "acro-osteolysis", there=False, views=("AP",)),
        Statement("no subluxation", "subluxation", there=False, views=("AP",)),
        Statement("no flexion", "flexion", there=False, views=("AP",)),
        Statement("no narrowed joint", "narrowing", there=False, views=("AP",), least_grade=2),
        Statement("no ankylosis", "ankylosis", there=False, views=("AP",)),
        Statement(
            "no erosion elsewhere",
            "erosion",
            there=False,
            views=("AP",),
            places=tuple(site for site in SITES if site != "PIP4"),
        ),
    ),
    silent=(
        "A film of the thumb by itself belongs to the case too; the software reads films of whole hands and it is not "
        "simulated. The text names blurred margins and no erosion at PIP4; what the reading has for blurred margins is "
        "a suspicion of erosion."
    ),
)
