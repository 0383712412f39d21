from __future__ import annotations

from typing import Any

import pytest

from sclerograph.findings.records import Flexion
from sclerograph.scores.bauer import VARIABLES, bauer_hand_variables
from tests.scores.readings import both, deposit, erosions, hand, joints, reading, straight, unmeasured_hand


def present(score: Any) -> dict[str, Any]:
    return {name: score.part(name).value for name in VARIABLES}


def test_two_healthy_hands() -> None:
    score = bauer_hand_variables(both())
    assert score.value == 0
    assert present(score) == dict.fromkeys(VARIABLES, False)
    assert score.missing == []


@pytest.mark.parametrize(
    ("changed", "variable", "evidence"),
    [
        ({"deposits": [deposit("DP1", 1, compartment="pulp")]}, "calcinosis", "L DP1"),
        ({"deposits": [deposit("PP2", 2, compartment="overlying_bone")]}, "calcinosis", "L PP2"),
        ({"deposits": [deposit("PIP2", 2, compartment="periarticular")]}, "periarticular_calcification", "L PIP2"),
        ({"deposits": [deposit("RC", None, compartment="intra_articular")]}, "periarticular_calcification", "L RC"),
        ({"grades": (0, 0, 1, 0, 0)}, "acro_osteolysis", "L DP3"),
        ({"joints": joints({"MCP2": {"erosion_suspicion": 0.8}})}, "erosion", "L MCP2"),
        ({"joints": joints({"MCP2": {"erosion_grade": 1}})}, "erosion", "L MCP2"),
        ({"erosions": erosions({"ULN": {"suspicion": 0.9}})}, "erosion", "L ULN"),
        ({"joints": joints({"DIP5": {"narrowing_grade": 2}})}, "narrowing", "L DIP5"),
        ({"joints": joints({"PIP5": {"ankylosed": True, "narrowing_grade": None}})}, "narrowing", "L PIP5"),
        ({"joints": joints({"MCP3": {"subluxation_ratio": -0.4}})}, "subluxation", "L MCP3"),
        ({"joints": joints({"MCP3": {"subluxated": True}})}, "subluxation", "L MCP3"),
        (
            {
                "joints": joints({"CMC1": {"subluxation_ratio": None}}),
                "alignment": straight(cmc1_subluxation_ratio=0.5),
            },
            "subluxation",
            "L CMC1",
        ),
        (
            {"alignment": straight(flexion=[Flexion(digit=5, angle_deg=30.0, assessable=True)])},
            "flexion",
            "L digit 5",
        ),
    ],
)
def test_each_lesion_counts_for_its_own_variable(changed: dict[str, Any], variable: str, evidence: str) -> None:
    score = bauer_hand_variables(both(hand("L", **changed)))
    assert present(score) == {name: name == variable for name in VARIABLES}
    assert score.part(variable).evidence[0] == evidence
    assert score.value == 1


def test_just_below_every_threshold() -> None:
    doubtful = joints({"MCP2": {"erosion_suspicion": 0.79, "narrowing_grade": 1, "subluxation_ratio": 0.33}})
    bent = straight(flexion=[Flexion(digit=d, angle_deg=29.9, assessable=True) for d in range(1, 6)])
    assert bauer_hand_variables(both(hand("L", joints=doubtful, alignment=bent))).value == 0


def test_a_readers_judgement_goes_before_the_measurement() -> None:
    judged = joints({"MCP2": {"erosion_suspicion": 0.9, "erosion_grade": 0}})
    judged = [j.model_copy(update={"subluxated": False}) if j.joint == "MCP3" else j for j in judged]
    judged = [j.model_copy(update={"subluxation_ratio": 0.9}) if j.joint == "MCP3" else j for j in judged]
    flexion = [Flexion(digit=d, angle_deg=50.0, flagged=False, assessable=True) for d in range(1, 6)]
    assert bauer_hand_variables(both(hand("L", joints=judged, alignment=straight(flexion=flexion)))).value == 0


def test_nothing_assessable() -> None:
    score = bauer_hand_variables(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert present(score) == dict.fromkeys(VARIABLES, None)
    assert (score.value, score.at_least, score.at_most) == (None, 0.0, 7.0)
    assert all(part.reason for part in score.parts)


def test_what_this_version_does_not_measure_is_unknown_and_not_absent() -> None:
    score = bauer_hand_variables(
        both(hand("L", joints=joints(measured=False)), hand("R", joints=joints(measured=False)))
    )
    assert score.part("narrowing").value is None
    assert score.part("calcinosis").value is False
    assert any(m.reason == "not measured by this version" for m in score.missing)


def test_one_hand_can_show_a_lesion_but_not_exclude_it() -> None:
    score = bauer_hand_variables(reading(hand("R", grades=(4, 4, 4, 4, 4))))
    assert score.part("acro_osteolysis").value is True
    assert score.part("calcinosis").value is None
    assert score.part("calcinosis").reason == "no film shows the left hand"
    assert (score.at_least, score.at_most) == (1.0, 7.0)


def test_a_few_joints_out_of_view_do_not_hide_that_the_others_are_well() -> None:
    out_of_view = {"assessable": False, "reason": "overlapping", "erosion_suspicion": None}
    left = hand("L", joints=joints({"PIP2": out_of_view, "PIP3": out_of_view}))
    score = bauer_hand_variables(both(left))
    assert score.part("narrowing").value is False
    assert score.part("narrowing").evidence == ["42 of 44 places assessed"]
    assert {place for m in score.missing for place in m.what} >= {"narrowing: L PIP2", "erosion: L PIP3"}


def test_carpal_joints_that_nobody_can_see_are_not_waited_for() -> None:
    hidden = {
        code: {"assessable": False, "reason": "overlapping"} for code in ("CMC2", "CMC3", "CMC4", "CMC5", "STT", "DRU")
    }
    visit = reading(hand("L", joints=joints(hidden)), hand("R", joints=joints(hidden)))
    assert bauer_hand_variables(visit).part("narrowing").value is False
    shown = joints({**hidden, "STT": {"narrowing_grade": 3}})
    assert bauer_hand_variables(both(hand("L", joints=shown))).part("narrowing").value is True
