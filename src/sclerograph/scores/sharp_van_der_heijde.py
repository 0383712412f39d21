"""Narrowing and erosions of the hands in the layout of the Sharp/van der Heijde method, with a separate DIP block."""

from __future__ import annotations

from sclerograph.findings.records import EROSION_BONES, Reading
from sclerograph.scores.both_hands import counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.joint_sums import (
    DIP_JOINTS,
    ERODED_JOINTS,
    HIGHEST_EROSION,
    HIGHEST_NARROWING,
    NARROWED_JOINTS,
    block,
    erosion_places,
    gaps,
    narrowing_places,
    place_parts,
    total,
)
from sclerograph.scores.lesions import missing_from
from sclerograph.scores.record import Score, score_of
from sclerograph.scores.settings import DEFAULT, ScoreSettings

__all__ = ["sharp_layout_sum"]


def sharp_layout_sum(reading: Reading, settings: ScoreSettings = DEFAULT) -> Score:
    """Return erosion plus narrowing of the hands; the parts hold both, the DIP block, and every joint."""
    hands = counted(reading)
    erosion = erosion_places(hands, ERODED_JOINTS, EROSION_BONES, settings)
    narrowing = narrowing_places(hands, NARROWED_JOINTS, settings)
    erosion_dip = erosion_places(hands, DIP_JOINTS, (), settings)
    narrowing_dip = narrowing_places(hands, DIP_JOINTS, settings)
    eroded_areas = len(ERODED_JOINTS) + len(EROSION_BONES)
    blocks = [
        block("erosion", erosion, hands, eroded_areas * HIGHEST_EROSION),
        block("narrowing", narrowing, hands, len(NARROWED_JOINTS) * HIGHEST_NARROWING),
    ]
    apart = [
        block("DIP erosion", erosion_dip, hands, len(DIP_JOINTS) * HIGHEST_EROSION),
        block("DIP narrowing", narrowing_dip, hands, len(DIP_JOINTS) * HIGHEST_NARROWING),
    ]
    places = [*erosion, *narrowing, *erosion_dip, *narrowing_dip]
    value, reason, low, high = total(blocks)
    return score_of(
        definition("sharp_layout_sum"),
        value,
        reason=reason,
        parts=[*blocks, *apart, *place_parts(places)],
        missing=missing_from(gaps(places, hands), "no sum for its block; at_least counts it 0, at_most the highest"),
        at_least=low,
        at_most=high,
        thresholds={
            "eroded_from_suspicion": settings.eroded_from_suspicion,
            "subluxated_from_ratio": round(settings.subluxated_from_ratio, 4),
        },
    )
