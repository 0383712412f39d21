"""Eroded and narrowed joints counted once each, in the layout of SENS (doi:10.1093/rheumatology/38.10.941)."""

from __future__ import annotations

from dataclasses import replace

from sclerograph.findings.records import EROSION_BONES, Reading
from sclerograph.scores.both_hands import counted
from sclerograph.scores.catalogue import definition
from sclerograph.scores.joint_sums import (
    DIP_JOINTS,
    ERODED_JOINTS,
    NARROWED_JOINTS,
    Place,
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

__all__ = ["sens_layout_sum"]


def sens_layout_sum(reading: Reading, settings: ScoreSettings = DEFAULT) -> Score:
    """Return the number of eroded plus the number of narrowed joints; the DIP joints are counted apart."""
    hands = counted(reading)
    narrowed_from = settings.sens_narrowed_from_grade
    erosion = _once(erosion_places(hands, ERODED_JOINTS, EROSION_BONES, settings), 1)
    narrowing = _once(narrowing_places(hands, NARROWED_JOINTS, settings), narrowed_from)
    erosion_dip = _once(erosion_places(hands, DIP_JOINTS, (), settings), 1)
    narrowing_dip = _once(narrowing_places(hands, DIP_JOINTS, settings), narrowed_from)
    blocks = [
        block("erosion", erosion, hands, len(ERODED_JOINTS) + len(EROSION_BONES)),
        block("narrowing", narrowing, hands, len(NARROWED_JOINTS)),
    ]
    apart = [
        block("DIP erosion", erosion_dip, hands, len(DIP_JOINTS)),
        block("DIP narrowing", narrowing_dip, hands, len(DIP_JOINTS)),
    ]
    places = [*erosion, *narrowing, *erosion_dip, *narrowing_dip]
    value, reason, low, high = total(blocks)
    return score_of(
        definition("sens_layout_sum"),
        value,
        reason=reason,
        parts=[*blocks, *apart, *place_parts(places)],
        missing=missing_from(gaps(places, hands), "no sum for its block; at_least counts it 0, at_most 1"),
        at_least=low,
        at_most=high,
        thresholds={
            "eroded_from_suspicion": settings.eroded_from_suspicion,
            "sens_narrowed_from_grade": narrowed_from,
            "subluxated_from_ratio": round(settings.subluxated_from_ratio, 4),
        },
    )


def _once(places: list[Place], from_points: int) -> list[Place]:
    """Return the places with 1 from this number of points on, else 0."""
    return [
        replace(
            place,
            value=None if place.value is None else int(place.value >= from_points),
            at_least=int(place.at_least >= from_points),
            at_most=int(place.at_most >= from_points),
        )
        for place in places
    ]
