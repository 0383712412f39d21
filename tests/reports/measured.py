"""A reading that no patient has, with every lesion measured somewhere and refused elsewhere."""

from __future__ import annotations

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import (
    Alignment,
    BoneErosion,
    BoneSize,
    CortexFinding,
    CortexMean,
    CutOff,
    ErosionPlace,
    Exposure,
    Fingertip,
    Flexion,
    Forbidden,
    Hand,
    Interval,
    JointAlignment,
    JointFinding,
    Overlap,
    Quality,
    Reading,
    Rotation,
    Sharpness,
)
from tests.reports import synthetic

HIDDEN = "hidden by calcium"
PLACE = ErosionPlace(bone="MC2", margin="radial", x=200.0, y=260.0, suspicion=0.91, kind="marginal")


def hand(side: str = "L") -> Hand:
    """Return the drawn hand with findings of every kind."""
    return (
        synthetic.reading(side)
        .hands[0]
        .model_copy(
            update={
                "joints": [_joint(joint.code) for joint in JOINTS],
                "alignment": _alignment(),
                "cortex": [
                    CortexFinding(
                        bone="MC2",
                        cortical_index=0.512,
                        cortical_index_interval=Interval(low=0.49, high=0.53),
                        assessable=True,
                    ),
                    CortexFinding(bone="MC3", assessable=False, reason="overexposed: its walls are white"),
                ],
                "cortex_mean": CortexMean(assessable=False, reason="MC3 not assessable"),
                "fingertips": [
                    Fingertip(
                        digit=2,
                        pulp_thickness_px=9.0,
                        pulp_thickness_mm=3.6,
                        pulp_thickness_mm_interval=Interval(low=3.1, high=4.1),
                        pulp_ratio=0.41,
                        tapering_ratio=0.84,
                        assessable=True,
                    ),
                    Fingertip(digit=3, assessable=False, reason=HIDDEN),
                ],
                "erosions": [
                    BoneErosion(bone="ULN", suspicion=0.2, assessable=True),
                    BoneErosion(bone="RAD", assessable=False, reason="cut off"),
                ],
                "quality": _quality(),
            }
        )
    )


def reading() -> Reading:
    """Return the reading of one such hand."""
    return synthetic.reading("L").model_copy(update={"hands": [hand()]})


def _joint(code: str) -> JointFinding:
    if code == "MCP2":
        return JointFinding(
            joint=code,
            assessable=True,
            space_width_mm=0.98,
            space_width_mm_interval=Interval(low=0.75, high=1.21),
            space_width_px=2.45,
            space_least_mm=0.48,
            space_share_of_expected=0.41,
            space_share_interval=Interval(low=0.24, high=0.64),
            narrowing_grade=3,
            narrowing_grade_interval=Interval(low=2, high=3),
            subluxation_ratio=0.35,
            erosion_suspicion=0.91,
            erosion_kind="marginal",
            erosion_places=[PLACE],
        )
    if code == "DIP3":
        return JointFinding(joint=code, assessable=True, narrowing_grade=4, ankylosed=True)
    if code == "PIP3":
        return JointFinding(joint=code, assessable=True, space_width_mm=1.4, narrowing_grade=0, erosion_suspicion=0.05)
    if code == "MCP5":
        return JointFinding(joint=code, assessable=False, reason=HIDDEN, subluxation_ratio=-0.02)
    return JointFinding(joint=code, assessable=False, reason=HIDDEN)


def _alignment() -> Alignment:
    return Alignment(
        cmc1_subluxation_ratio=0.28,
        cmc1_migration_ratio=0.12,
        base_of_thumb=[
            BoneSize(
                bone="TZM",
                area_ratio=0.7,
                area_ratio_interval=Interval(low=0.6, high=0.8),
                smaller=True,
                assessable=True,
            ),
            BoneSize(bone="MC1", assessable=False, reason=HIDDEN),
        ],
        joints=[
            JointAlignment(joint="MCP2", offset_ratio=0.35, angle_deg=22.0, subluxated=True, assessable=True),
            JointAlignment(joint="MCP5", offset_ratio=-0.02, angle_deg=-3.0, subluxated=False, assessable=True),
        ],
        ulnar_variance_reason="too little of radius or ulna is on the film",
        thumb_z_deformity=False,
        flexion=[
            Flexion(
                digit=4,
                angle_deg=44.6,
                angle_interval=Interval(low=31.0, high=57.0),
                told_by="foreshortening",
                flagged=True,
                assessable=True,
            ),
            Flexion(digit=5, assessable=False, reason="its phalanges overlap"),
        ],
        assessable=True,
    )


def _quality() -> Quality:
    return Quality(
        rotation=Rotation(angle_deg=6.0, angle_interval=Interval(low=0.0, high=13.0), assessable=True),
        cut_off=CutOff(digits=[5], bones=["DP5"], assessable=True),
        sharpness=Sharpness(edge_width_px=1.4, edge_width_mm=0.21, assessable=True),
        exposure=Exposure(assessable=False, reason="no shaft is clear of calcium"),
        overlaps=[Overlap(digits=(3, 4), share=0.34)],
        forbids=[Forbidden(finding="joint_space", reason="digits 3 and 4 lie over each other", digits=[3, 4])],
    )
