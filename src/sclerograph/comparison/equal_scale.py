"""One scale for two films of one hand, by the calibration of both or by the patient's own bones.

The lengths of an adult's metacarpals and proximal phalanges do not change between visits, and neither calcinosis nor
acro-osteolysis shortens them. Where calibrations are missing, of different kinds, or contradicted by the bones, the
second film is scaled until the bones are as long as on the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sclerograph.anatomy.norms import NOMINAL_FINGER_MM, SEGMENTS, segment_norms
from sclerograph.comparison.records import EqualScale
from sclerograph.comparison.settings import ComparisonSettings
from sclerograph.findings.records import CalibrationRecord, Hand, Interval, LandmarkRecord
from sclerograph.hand.scale import nominal_mm_of_landmarks, segment_lengths_px, weighted_median
from sclerograph.networks.maps import Landmark

__all__ = ["BoneRatio", "Scales", "bone_ratio", "equal_scale", "landmarks_of"]

#: The bones that neither disease shortens and that flexion foreshortens least.
_REFERENCE = tuple(segment for segment in SEGMENTS if segment.startswith(("MC", "PP")))
#: Where millimetres come from, from the most to the least trusted.
_TRUST = {"ruler": 0, "pixel_spacing": 1, "imager_pixel_spacing": 2, "none": 3}
_Z = 1.959963984540054


@dataclass(frozen=True)
class BoneRatio:
    """Length of the bones on the second film over that on the first, both in pixels.

    ``error`` is the standard error of its logarithm, ``spread`` how far single bones differ from it (both by the median
    absolute deviation).
    """

    ratio: float
    error: float
    spread: float
    bones: tuple[str, ...]


@dataclass(frozen=True)
class Scales:
    """What one pixel of each film is worth.

    ``first`` and ``second`` are the units of the comparison a pixel: millimetres where ``calibrated``, else nominal
    ones. ``nominal_first`` and ``nominal_second`` are nominal millimetres a pixel, ``None`` where too few bones show.
    """

    record: EqualScale
    first: float
    second: float
    calibrated: bool
    nominal_first: float | None
    nominal_second: float | None

    @property
    def ratio_of_unit2(self) -> float | None:
        """Factor from an area in squared units to a share of the squared scale length of the hand."""
        if self.nominal_first is None:
            return None
        return (self.nominal_first / self.first / NOMINAL_FINGER_MM) ** 2


def landmarks_of(hand: Hand) -> dict[str, Landmark]:
    """Return the landmarks of a hand as measurements take them."""
    return {name: _landmark(mark) for name, mark in hand.landmarks.items()}


def _landmark(mark: LandmarkRecord) -> Landmark:
    return Landmark(mark.x, mark.y, mark.confidence, mark.plausible)


def bone_ratio(first: Mapping[str, Landmark], second: Mapping[str, Landmark], least: int) -> BoneRatio | None:
    """Return the ratio of bone lengths, ``None`` with fewer than ``least`` bones on both films.

    Each bone votes with the inverse variance of its length in healthy hands, and the weighted median decides: one
    flexed finger, or one misplaced landmark, is outvoted.
    """
    before, after = segment_lengths_px(first), segment_lengths_px(second)
    bones = tuple(bone for bone in _REFERENCE if bone in before and bone in after)
    if len(bones) < max(least, 1):
        return None
    logs = np.log([after[bone] / before[bone] for bone in bones])
    covariance = segment_norms().covariance
    weights = np.array([1.0 / covariance[SEGMENTS.index(bone), SEGMENTS.index(bone)] for bone in bones])
    middle = weighted_median(logs, weights)
    # 1.4826 times the median absolute deviation is the standard deviation of a normal distribution, and the median
    # scatters by 1.2533 times as much as the mean.
    spread = 1.4826 * float(np.median(np.abs(logs - middle)))
    return BoneRatio(float(np.exp(middle)), 1.2533 * spread / float(np.sqrt(len(bones))), spread, bones)


def equal_scale(
    first: Hand,
    second: Hand,
    calibrations: tuple[CalibrationRecord, CalibrationRecord],
    settings: ComparisonSettings,
) -> Scales | None:
    """Bring the films of one hand to one scale.

    Parameters
    ----------
    first, second
        The hand at both visits.
    calibrations
        The calibrations of their films.
    settings
        The thresholds.

    Returns
    -------
    The scales, or ``None`` where neither calibration nor bones allow a common one.
    """
    marks = landmarks_of(first), landmarks_of(second)
    bones = bone_ratio(*marks, settings.least_bones)
    mm = calibrations[0].mm_per_pixel, calibrations[1].mm_per_pixel
    size = nominal_mm_of_landmarks(marks[0])
    nominal = None if size is None else 1.0 / size
    both = mm[0] is not None and mm[1] is not None
    if bones is None and not both:
        return None
    if mm[0] is not None and mm[1] is not None:
        calibrated = mm[1] / mm[0]
        disagreement = None if bones is None else float(bones.ratio * calibrated - 1.0)
        alike = calibrations[0].source == calibrations[1].source and (calibrations[0].magnification is None) == (
            calibrations[1].magnification is None
        )
        agree = disagreement is None or abs(disagreement) <= settings.calibration_agrees_within
        if bones is None or (alike and agree):
            reason = (
                "both films are calibrated; too few bones show to check it"
                if bones is None
                else "both films are calibrated alike, and the patient's bones agree"
            )
            return _scales("calibration", mm[0], mm[1], bones, disagreement, reason, nominal)
        why = (
            f"the bones differ by {100.0 * abs(disagreement or 0.0):.1f} % between the calibrations"
            if not agree
            else "the two films are calibrated in different ways"
        )
        earlier = _TRUST[calibrations[0].source] <= _TRUST[calibrations[1].source]
    else:
        disagreement, earlier = None, mm[0] is not None
        why = "no film is calibrated" if mm[0] is None and mm[1] is None else "only one film is calibrated"
    assert bones is not None  # without bones both films are calibrated, which was answered above
    millimetres = mm[0] if earlier else (None if mm[1] is None else mm[1] * bones.ratio)
    reason = f"{why}; the patient's own bones make the scale equal"
    if millimetres is None:
        return _scales("bones", None, None, bones, disagreement, reason, nominal)
    return _scales("bones", millimetres, millimetres / bones.ratio, bones, disagreement, reason, nominal)


def _scales(
    source: str,
    first_mm: float | None,
    second_mm: float | None,
    bones: BoneRatio | None,
    disagreement: float | None,
    reason: str,
    nominal: float | None,
) -> Scales | None:
    record = EqualScale(
        source="calibration" if source == "calibration" else "bones",
        first_mm_per_pixel=first_mm,
        second_mm_per_pixel=second_mm,
        pixel_ratio=None if bones is None else bones.ratio,
        pixel_ratio_interval=None
        if bones is None
        else Interval(
            low=bones.ratio * float(np.exp(-_Z * bones.error)), high=bones.ratio * float(np.exp(_Z * bones.error))
        ),
        bones=[] if bones is None else list(bones.bones),
        calibration_disagrees_percent=None if disagreement is None else 100.0 * disagreement,
        reason=reason,
    )
    if first_mm is not None and second_mm is not None:
        # both visits by one length: a tilted hand must not change its own yardstick
        later = None if nominal is None else nominal * second_mm / first_mm
        return Scales(record, first_mm, second_mm, True, nominal, later)
    if bones is None or nominal is None:
        return None
    return Scales(record, nominal, nominal / bones.ratio, False, nominal, nominal / bones.ratio)
