"""Every measured number of a hand in one form: what, where, how much, in which unit, how sure.

Comparisons of visits, the merge of several films and tables all walk through the same list, so that none of them can
forget a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sclerograph.findings.records import (
    BoneErosion,
    Flexion,
    Hand,
    Interval,
    JointFinding,
    MeasureName,
)

__all__ = ["Measured", "measures"]


@dataclass(frozen=True)
class Measured:
    """One number of a hand, or the reason why there is none.

    ``place`` is the code of a joint or bone, the number of a digit as a text, or ``hand``.
    """

    finding: MeasureName
    place: str
    unit: str
    value: float | None
    interval: Interval | None = None
    reason: str | None = None


def measures(hand: Hand, *, calibrated: bool) -> Iterator[Measured]:
    """Go through every measure of a hand, always the same ones in the same order.

    Parameters
    ----------
    hand
        The hand.
    calibrated
        Whether lengths are wanted in millimetres; otherwise they are ratios to the hand's own bones.
    """
    for tuft in hand.tufts:
        grade = tuft.grade if tuft.assessable else None
        yield Measured("acro-osteolysis", str(tuft.digit), "grade", grade, tuft.grade_interval, tuft.reason)
        deficit = tuft.length_deficit if tuft.assessable else None
        yield Measured("length deficit", str(tuft.digit), "share", deficit, tuft.length_deficit_interval, tuft.reason)
    for joint in hand.joints:
        yield from _of_joint(joint, calibrated)
    for bone in hand.erosions:
        yield _erosion(bone, bone.bone)
    yield from _of_alignment(hand, calibrated)
    for flexion in hand.alignment.flexion:
        yield _flexion(flexion)
    for cortex in hand.cortex:
        index = cortex.cortical_index if cortex.assessable else None
        yield Measured("cortical index", cortex.bone, "ratio", index, cortex.cortical_index_interval, cortex.reason)
    mean = hand.cortex_mean
    yield Measured("cortical index", "hand", "ratio", mean.cortical_index, mean.cortical_index_interval, mean.reason)
    yield Measured("isthmus index", "hand", "ratio", mean.isthmus_index, mean.isthmus_index_interval, mean.reason)
    for mineral in hand.demineralisation:
        yield Measured(
            "grey beside the joint",
            mineral.joint,
            "ratio",
            mineral.grey_ratio,
            mineral.grey_ratio_interval,
            mineral.reason,
        )
    for tip in hand.fingertips:
        place, reason = str(tip.digit), tip.reason
        if calibrated:
            yield Measured("pulp thickness", place, "mm", tip.pulp_thickness_mm, tip.pulp_thickness_mm_interval, reason)
        else:
            yield Measured("pulp thickness", place, "ratio", tip.pulp_ratio, tip.pulp_ratio_interval, reason)
        yield Measured("tapering", place, "ratio", tip.tapering_ratio, tip.tapering_ratio_interval, reason)


def _of_joint(joint: JointFinding, calibrated: bool) -> Iterator[Measured]:
    place, seen = joint.joint, joint.assessable
    if calibrated:
        width, interval = joint.space_width_mm, joint.space_width_mm_interval
        yield Measured("joint space", place, "mm", width if seen else None, interval, joint.reason)
    else:
        yield Measured("joint space", place, "ratio", joint.space_ratio if seen else None, None, joint.reason)
    grade = joint.narrowing_grade if seen else None
    yield Measured("narrowing", place, "grade", grade, joint.narrowing_grade_interval, joint.reason)
    yield _erosion(joint, place)


def _erosion(finding: JointFinding | BoneErosion, place: str) -> Measured:
    if isinstance(finding, JointFinding):
        suspicion, reason = finding.erosion_suspicion, finding.erosion_reason or finding.reason
    else:
        suspicion, reason = finding.suspicion, finding.reason
    return Measured("erosion suspicion", place, "0 to 1", suspicion, None, reason)


def _of_alignment(hand: Hand, calibrated: bool) -> Iterator[Measured]:
    alignment = hand.alignment
    yield Measured("subluxation", "CMC1", "ratio", alignment.cmc1_subluxation_ratio, None, alignment.reason)
    yield Measured("migration", "CMC1", "ratio", alignment.cmc1_migration_ratio, None, alignment.reason)
    for bone in alignment.base_of_thumb:
        yield Measured("size", bone.bone, "ratio", bone.area_ratio, bone.area_ratio_interval, bone.reason)
    for joint in alignment.joints:
        yield Measured("subluxation", joint.joint, "ratio", joint.offset_ratio, None, joint.reason)
        yield Measured("deviation", joint.joint, "degrees", joint.angle_deg, None, joint.reason)
    variance = alignment.ulnar_variance_mm if calibrated else alignment.ulnar_variance_ratio
    unit = "mm" if calibrated else "ratio"
    yield Measured("ulnar variance", "hand", unit, variance, None, alignment.ulnar_variance_reason)


def _flexion(flexion: Flexion) -> Measured:
    return Measured(
        "flexion",
        str(flexion.digit),
        "degrees",
        flexion.angle_deg if flexion.assessable else None,
        flexion.angle_interval,
        flexion.reason,
    )
