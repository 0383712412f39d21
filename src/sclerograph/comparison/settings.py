"""Every threshold of the comparison, in one place.

Lengths are in millimetres of the hand where the films are calibrated and in nominal millimetres otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHODS", "ComparisonSettings"]

#: Name, version and citation of each method, as every comparison states them.
METHODS: tuple[tuple[str, str, str], ...] = (
    (
        "matching of deposits",
        "1",
        "own definition: outlines carried by the landmarks of both readings into one frame, bone by bone",
    ),
    (
        "classes of change",
        "1",
        "cut-offs of Valenzuela et al. 2022, doi:10.1016/j.semarthrit.2022.151980 (abstract seen), made for a reader's "
        "score and applied here to calcified area; incident calcinosis and detectable change: own definition",
    ),
    (
        "change of acro-osteolysis",
        "1",
        "pairs from -2 to +2, changers +1 and +2: Hughes et al., ACR 2025, abstract 2493; score from grades and from "
        "length: own definition",
    ),
)


@dataclass(frozen=True)
class ComparisonSettings:
    """Thresholds of the comparison.

    Parameters
    ----------
    reach_mm
        Outlines farther apart than this, once carried into one frame, are not the same deposit. Landmarks err by about
        0.6 mm at each visit, and a deposit a few millimetres above or below a bone moves against it by 1 to 2 mm when
        the hand is turned by 15 degrees.
    touch_mm
        A part of a deposit is covered by another where it lies this near to it.
    covered_share
        A deposit left without a partner belongs to one that covers this share of it: they have merged, or come apart.
    carried_within_mm
        A deposit left without a partner moves with a larger one that is this near to it, outwards as that grows.
    size_weight
        What a difference of the logarithm of area by one weighs against a distance of ``reach_mm``.
    unmatched_cost
        A pair that costs more stays apart: its deposits are gone and new.
    least_landmarks
        With fewer landmarks in common two hands cannot be laid over each other.
    calibration_agrees_within
        Greatest difference of the lengths of bones in millimetres, as a share, for which two calibrations agree. A hand
        tilted by 15 degrees shortens by 3.4 %.
    least_bones
        With fewer bones to measure, scales are not made equal by them.
    another_hand_spread
        Spread of the ratios of bone lengths, as a share, from which two films hardly show one hand.
    change_percent
        Progression is more than this increase, improvement more than this decrease: Valenzuela 2022.
    samples
        Most points that stand for the inside of a deposit.
    landmark_error_mm
        Standard error of a landmark or of the end of a bone, for lengths whose repeatability was not measured.
    """

    reach_mm: float = 3.0
    touch_mm: float = 1.0
    covered_share: float = 0.5
    carried_within_mm: float = 5.0
    size_weight: float = 0.25
    unmatched_cost: float = 1.6
    least_landmarks: int = 6
    calibration_agrees_within: float = 0.05
    least_bones: int = 3
    another_hand_spread: float = 0.05
    change_percent: float = 25.0
    samples: int = 250
    landmark_error_mm: float = 0.5


#: The thresholds in use.
DEFAULT = ComparisonSettings()
