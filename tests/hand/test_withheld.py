"""What the quality of a film forbids is not given."""

from __future__ import annotations

from sclerograph.findings.records import (
    Alignment,
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
