"""What the quality of a film forbids is not given."""

from __future__ import annotations

from sclerograph.findings.records import (
    Alignment,
    BoneErosion,
    CortexFinding,
    CortexMean,
    Demineralisation,
    Fingertip,
    Flexion,
    Forbidden,
    JointFinding,
    Quality,
    unmeasured_quality,
)
from sclerograph.hand.cortex import Cortex
from sclerograph.hand.erosion import Erosions, JointErosion
from sclerograph.hand.joint_findings import joint_findings
from sclerograph.hand.withheld import Withheld


def withheld(*forbids: Forbidden) -> Withheld:
    return Withheld(Quality(**{**dict(unmeasured_quality()), "forbids": list(forbids)}))


JOINTS = [
    JointFinding(joint="DIP4", assessable=True, space_ratio=0.01),
    JointFinding(joint="PIP2", assessable=True, space_ratio=0.02),
    JointFinding(joint="RC", assessable=False, reason="its bones overlap"),
]
WALLS = Cortex(
    [CortexFinding(bone="MC2", cortical_index=0.5, assessable=True)], CortexMean(cortical_index=0.5, assessable=True)
)


def test_a_good_film_forbids_nothing() -> None:
    good = withheld()
    assert good.tufts() == {}
    assert good.joints(JOINTS) == JOINTS
    assert good.cortex(WALLS) is WALLS
    assert good.why("calcinosis") is None


def test_what_holds_for_digits_spares_the_others() -> None:
    found = withheld(
        Forbidden(finding="joint_space", reason="digits 3 and 4 lie over each other", digits=[3, 4]),
        Forbidden(finding="acro_osteolysis", reason="cut off", digits=[4]),
        Forbidden(finding="fingertips", reason="cut off", digits=[4]),
    )
    joints = found.joints(JOINTS)
    assert [joint.assessable for joint in joints] == [False, True, False]
    assert joints[0].reason == "digits 3 and 4 lie over each other"
    assert joints[0].space_ratio is None
    assert joints[2].reason == "its bones overlap"
    assert found.tufts() == {4: "cut off"}
    tips = found.fingertips([Fingertip(digit=d, pulp_ratio=0.4, assessable=True) for d in (3, 4)])
    assert [(tip.assessable, tip.pulp_ratio) for tip in tips] == [(True, 0.4), (False, None)]


def test_what_holds_for_the_hand_takes_all_of_a_kind() -> None:
    reason = "the hand is turned"
    found = withheld(
        Forbidden(finding="alignment", reason=reason),
        Forbidden(finding="cortex", reason=reason),
        Forbidden(finding="demineralisation", reason=reason),
        Forbidden(finding="flexion", reason=reason, digits=[2]),
    )
    flexion = found.flexion([Flexion(digit=d, angle_deg=10.0, assessable=True) for d in (1, 2)])
    assert [each.angle_deg for each in flexion] == [10.0, None]
    aligned = found.alignment(Alignment(cmc1_subluxation_ratio=0.3, flexion=flexion, assessable=True))
    assert (aligned.cmc1_subluxation_ratio, aligned.reason, aligned.flexion) == (None, reason, flexion)
    walls = found.cortex(WALLS)
    assert {bone.reason for bone in walls.bones} == {reason}
    assert (walls.mean.cortical_index, walls.mean.reason) == (None, reason)
    (mineral,) = found.demineralisation([Demineralisation(joint="MCP2", bone="MC2", grey_ratio=0.9, assessable=True)])
    assert (mineral.grey_ratio, mineral.reason) == (None, reason)


def test_a_size_below_which_nothing_is_seen_forbids_no_hand() -> None:
    small = withheld(Forbidden(finding="calcinosis", reason="deposits below 0.8 mm are not seen", below_mm=0.8))
    assert small.why("calcinosis") is None


ERODED = Erosions(
    {
        "DIP4": JointErosion(0.7, "central", []),
        "PIP2": JointErosion(0.1, None, []),
        "RC": JointErosion(None, None, [], "not looked for"),
    },
    [
        BoneErosion(bone="SCA", suspicion=0.2, assessable=True),
        BoneErosion(bone="ULN", assessable=False, reason="off the film"),
    ],
)


def test_suspicions_of_erosion_are_withheld_by_digit_and_by_hand() -> None:
    of_digit = withheld(Forbidden(finding="erosion", reason="digits 4 and 5 lie over each other", digits=[4, 5]))
    found = of_digit.erosions(ERODED)
    assert found.joints["DIP4"] == JointErosion(None, None, [], "digits 4 and 5 lie over each other")
    assert found.joints["PIP2"] == ERODED.joints["PIP2"]
    assert found.bones == ERODED.bones
    blurred = withheld(Forbidden(finding="erosion", reason="blurred")).erosions(ERODED)
    assert {joint.suspicion for joint in blurred.joints.values()} == {None}
    assert blurred.joints["RC"].reason == "not looked for"
    assert [(bone.assessable, bone.reason) for bone in blurred.bones] == [(False, "blurred"), (False, "off the film")]


def test_a_joint_tells_of_space_line_and_erosion() -> None:
    found = {joint.joint: joint for joint in joint_findings(JOINTS, Alignment(assessable=True), ERODED)}
    assert (found["DIP4"].space_ratio, found["DIP4"].erosion_suspicion, found["DIP4"].erosion_kind) == (
        0.01,
        0.7,
        "central",
    )
    assert found["RC"].erosion_reason == "not looked for"
