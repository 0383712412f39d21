from __future__ import annotations

import pytest

from sclerograph.findings.records import BoneErosion, JointFinding
from sclerograph.reports.joint_marks import erosion_marks, joint_marks
from tests.reports import measured, synthetic


def test_narrowed_and_fused_joints_are_marked_beside_their_place() -> None:
    hand = measured.hand()
    marks = {mark.description: mark for mark in joint_marks(hand)}
    assert len(marks) == 2
    (fused,) = (mark for words, mark in marks.items() if words.endswith("fused"))
    assert fused.grade == 4
    (narrowed,) = (mark for words, mark in marks.items() if words.endswith("narrowing grade 3"))
    joint, neighbour = hand.landmarks["MCP2"], hand.landmarks["MCP3"]
    # towards the next finger, and not as far
    assert 0.2 < (narrowed.at[0] - joint.x) / (neighbour.x - joint.x) < 0.9


def test_a_joint_without_the_other_landmarks_is_marked_itself() -> None:
    hand = measured.hand()
    alone = hand.model_copy(update={"landmarks": {"MCP2": hand.landmarks["MCP2"]}})
    (mark,) = joint_marks(alone)
    assert mark.at == pytest.approx((hand.landmarks["MCP2"].x, hand.landmarks["MCP2"].y))


def test_a_narrowed_wrist_is_marked_beside_the_end_of_the_radius() -> None:
    hand = measured.hand()
    wrist = JointFinding(joint="RC", assessable=True, narrowing_grade=3)
    ends = {
        name: hand.landmarks["MCP2"].model_copy(update={"x": x, "y": 500.0})
        for name, x in (("RADIUS_ULNAR_EDGE", 100.0), ("RADIUS_RADIAL_EDGE", 140.0))
    }
    (mark,) = joint_marks(hand.model_copy(update={"joints": [wrist], "landmarks": ends}))
    assert mark.at == (120.0, 500.0)
    assert joint_marks(hand.model_copy(update={"joints": [wrist], "landmarks": {}})) == []


def test_places_to_look_at() -> None:
    (mark,) = erosion_marks(measured.hand())
    assert mark.at == (measured.PLACE.x, measured.PLACE.y)
    assert mark.description.endswith("radial margin: suspicion of erosion 0.91")


def test_a_place_that_joint_and_bone_share_is_marked_once() -> None:
    hand = measured.hand()
    base = measured.PLACE.model_copy(update={"bone": "MC1"})
    joint = next(j for j in hand.joints if j.joint == "CMC1").model_copy(update={"erosion_places": [base]})
    bone = BoneErosion(bone="MC1", suspicion=0.91, places=[base], assessable=True)
    assert len(erosion_marks(hand.model_copy(update={"joints": [joint], "erosions": [bone]}))) == 1


def test_a_hand_without_findings_has_no_marks() -> None:
    assert joint_marks(synthetic.reading("L").hands[0]) == erosion_marks(synthetic.reading("L").hands[0]) == []
