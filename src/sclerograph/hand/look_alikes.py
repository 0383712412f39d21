"""Marks of the calcium network that are something else.

Sesamoids and the pisiform are round, dense and in soft tissue or over bone, as calcium is; letters, rings, needles and
dust are dense too. A mark at such a place, with the size and density of the look-alike, has to be surer than others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import CARPAL_BONES
from sclerograph.hand.calcinosis_settings import DEFAULT, CalcinosisSettings
from sclerograph.hand.morphology import Shape
from sclerograph.hand.site import Anatomy, Placement

__all__ = ["Candidate", "plainly_calcium", "rejection"]

#: Sites at which many bones lie over each other when the hand lies on its side.
_WRIST = frozenset((*CARPAL_BONES, "RAD", "ULN", "STT", "RC", "DRU", *(f"CMC{digit}" for digit in range(1, 6))))


@dataclass(frozen=True)
class Candidate:
    """One connected mark of the calcium network, with what is needed to judge it.

    ``points`` are the centres of its pixels (x, y) in original pixels, ``confidence`` what the second look says of it,
    ``probability`` the mean of the upper half of the calcium network's probabilities, ``metal_share`` and
    ``marker_share`` the shares of it that are metal or marker, ``off_skin_mm`` how far its centre lies outside of the
    soft tissue (0 inside) and ``edge_off_skin_mm`` the nearest of its pixels.
    """

    points: NDArray[np.float64]
    rings: list[NDArray[np.float64]]
    shape: Shape
    place: Placement
    confidence: float
    metal_share: float
    marker_share: float
    off_skin_mm: float
    relative_density: float | None
    area_interval_px: tuple[float, float]
    probability: float = 0.0
    edge_off_skin_mm: float = np.inf


def rejection(candidate: Candidate, anatomy: Anatomy, settings: CalcinosisSettings = DEFAULT) -> str | None:
    """Return what a mark is instead of calcium, or ``None`` when it passes as calcium.

    The answers are ``faint``, ``small``, ``metal``, ``marker``, ``outside of the hand``, ``dust``, ``pisiform`` and
    ``sesamoid``.
    """
    mm_px = anatomy.view.lesion_mm_px
    diameter_mm = candidate.shape.equivalent_diameter / mm_px
    density = candidate.relative_density
    if candidate.metal_share >= settings.metal_share:
        return "metal"
    if candidate.marker_share >= settings.marker_share:
        return "marker"
    if candidate.off_skin_mm > settings.skin_reach_mm and not _bulging(candidate, mm_px, settings):
        return "outside of the hand"
    if diameter_mm < settings.dust_diameter_mm and density is not None and density > settings.dust_relative_density:
        return "dust"
    if _like_pisiform(candidate, diameter_mm, settings):
        return "pisiform"
    if _like_sesamoid(candidate, diameter_mm, anatomy, settings):
        return "sesamoid"
    if candidate.confidence < _least(candidate, anatomy, settings) and not plainly_calcium(candidate, mm_px, settings):
        return "faint"
    return "small" if candidate.shape.area < settings.least_area_mm2 * mm_px**2 else None


def _least(candidate: Candidate, anatomy: Anatomy, settings: CalcinosisSettings) -> float:
    """Return how sure a mark must be at its place on this view."""
    if not anatomy.view.side_and_view.frontal and candidate.place.site in _WRIST:
        return settings.wrist_least_confidence_from_side
    return settings.least_confidence


def plainly_calcium(candidate: Candidate, mm_px: float, settings: CalcinosisSettings = DEFAULT) -> bool:
    """Tell whether a mark stands out by itself: dense as bone, in soft tissue that is clear of bones.

    What the networks take for calcium on films without any lies on bones or is much fainter.
    """
    return (
        candidate.relative_density is not None
        and candidate.relative_density >= settings.plain_relative_density
        and candidate.place.bone_share <= settings.plain_most_bone_share
        and candidate.shape.area >= settings.plain_area_mm2 * mm_px**2
        and candidate.probability >= settings.plain_probability
    )


def _bulging(candidate: Candidate, mm_px: float, settings: CalcinosisSettings) -> bool:
    """Tell whether a mark beside the hand is a mass that lifts the skin, of which the soft tissue mask lost sight."""
    return (
        candidate.edge_off_skin_mm <= settings.skin_reach_mm
        and candidate.shape.area >= settings.bulging_area_mm2 * mm_px**2
        and candidate.confidence >= settings.bulging_confidence
        and candidate.probability >= settings.bulging_confidence
    )


def _like_pisiform(candidate: Candidate, diameter_mm: float, settings: CalcinosisSettings) -> bool:
    """Tell whether a mark has place, size and density of the pisiform and is not sure enough to be calcium on it."""
    density = candidate.relative_density
    return (
        candidate.place.overlaps.get("PIS", 0.0) >= settings.pisiform_overlap
        and diameter_mm >= settings.pisiform_least_diameter_mm
        and (density is None or density <= settings.pisiform_most_relative_density)
        and candidate.confidence < settings.pisiform_least_confidence
    )


def _like_sesamoid(candidate: Candidate, diameter_mm: float, anatomy: Anatomy, settings: CalcinosisSettings) -> bool:
    """Tell whether a mark has place, size, form and density of a sesamoid and is not sure enough for calcium there."""
    density, shape = candidate.relative_density, candidate.shape
    low, high = settings.sesamoid_diameter_mm
    if not (
        low <= diameter_mm <= high
        and shape.elongation <= settings.sesamoid_most_elongation
        and shape.solidity >= settings.sesamoid_least_solidity
        and (density is None or density <= settings.sesamoid_most_relative_density)
        and candidate.confidence < settings.sesamoid_least_confidence
    ):
        return False
    centre = candidate.points.mean(axis=0)
    for name, reach_mm in settings.sesamoid_reach_mm:
        line = anatomy.joint_lines.get(name)
        if line is not None and np.hypot(*(centre - line.centre)) <= reach_mm * anatomy.view.lesion_mm_px:
            return True
    return False
