"""The layouts of Sharp/van der Heijde and SENS: the sums of both are worked out here by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sclerograph.anatomy.hand import JOINTS
from sclerograph.findings.records import EROSION_BONES
from sclerograph.scores.joint_sums import DIP_JOINTS, ERODED_JOINTS, NARROWED_JOINTS
from sclerograph.scores.sens import sens_layout_sum
from sclerograph.scores.sharp_van_der_heijde import sharp_layout_sum
from tests.scores.readings import both, erosions, hand, joints, reading, unmeasured_hand

WORST = {"narrowing_grade": 4, "erosion_grade": 5}


def worst(side: Any) -> Any:
    return hand(
        side,
        joints=joints({j.code: WORST for j in JOINTS}),
        erosions=erosions({bone: {"grade": 5} for bone in EROSION_BONES}),
    )


def test_the_layout() -> None:
    """16 areas of a hand for erosions and 160 points for both hands are published; 14 of the 15 joints are here."""
    assert len(ERODED_JOINTS) + len(EROSION_BONES) == 16
    assert len(NARROWED_JOINTS) == 14
    assert not set(DIP_JOINTS) & {*ERODED_JOINTS, *NARROWED_JOINTS}


def test_the_ends_of_the_range() -> None:
    healthy, destroyed = sharp_layout_sum(both()), sharp_layout_sum(reading(worst("L"), worst("R")))
    assert healthy.value == 0
    assert destroyed.part("erosion").value == 160
    assert destroyed.part("narrowing").value == 2 * 14 * 4
    assert destroyed.value == destroyed.range.high == 272
    assert destroyed.part("DIP erosion").value == 8 * 5
    assert destroyed.part("DIP narrowing").value == 8 * 4
    counted = sens_layout_sum(reading(worst("L"), worst("R")))
    assert counted.value == counted.range.high == 2 * 16 + 2 * 14
    assert (counted.part("DIP erosion").value, counted.part("DIP narrowing").value) == (8, 8)
    assert sens_layout_sum(both()).value == 0


def test_a_worked_example() -> None:
    left = hand(
        "L",
        joints=joints(
            {
                "MCP2": {"narrowing_grade": 2, "erosion_grade": 3},
                "PIP3": {"narrowing_grade": 1},
                "IP1": {"narrowing_grade": 4, "erosion_grade": 1},  # not scored for narrowing in the method
                "DIP5": {"narrowing_grade": 3, "erosion_grade": 2},
            }
        ),
        erosions=erosions({"LUN": {"grade": 2}}),
    )
    score = sharp_layout_sum(both(left))
    # Every ungraded, unsuspicious place counts 0.
    assert score.part("erosion").value == 3 + 1 + 2
    assert score.part("narrowing").value == 2 + 1
    assert score.value == 9
    assert (score.part("DIP erosion").value, score.part("DIP narrowing").value) == (2, 3)
    counted = sens_layout_sum(both(left))
    assert (counted.part("erosion").value, counted.part("narrowing").value, counted.value) == (3, 2, 5)


def test_a_suspicion_counts_one_and_could_count_five() -> None:
    left = hand("L", joints=joints({"MCP2": {"erosion_suspicion": 0.9}}))
    score = sharp_layout_sum(both(left))
    assert (score.value, score.at_least, score.at_most) == (1, 1.0, 5.0)
    counted = sens_layout_sum(both(left))
    assert (counted.value, counted.at_least, counted.at_most) == (1, 1.0, 1.0)


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"narrowing_grade": 1, "subluxated": True}, 3),
        ({"narrowing_grade": 1, "subluxation_ratio": 0.5}, 3),
        ({"narrowing_grade": 4, "subluxated": True}, 4),
        ({"narrowing_grade": None, "ankylosed": True}, 4),
        ({"narrowing_grade": 2, "ankylosed": False}, 2),
    ],
)
def test_subluxation_and_ankylosis(changed: dict[str, Any], grade: int) -> None:
    score = sharp_layout_sum(both(hand("L", joints=joints({"MCP5": changed}))))
    assert score.part("narrowing MCP5", hand=1).value == grade
    assert score.part("narrowing").value == grade


def test_a_missing_joint_leaves_bounds() -> None:
    hidden = {"assessable": False, "reason": "overlapping", **WORST, "erosion_suspicion": None}
    left = hand("L", joints=joints({"MCP2": hidden, "MCP3": {"narrowing_grade": 2}}))
    score = sharp_layout_sum(both(left))
    assert score.value is None
    assert score.reason == "erosion: 1 of 32 places gave no answer; narrowing: 1 of 28 places gave no answer"
    assert (score.at_least, score.at_most) == (2.0, 2.0 + 5 + 4)
    assert score.part("DIP narrowing").value == 0
    assert score.missing[0].what == ["L erosion MCP2", "L narrowing MCP2"]
    assert score.missing[0].reason == "overlapping"
    counted = sens_layout_sum(both(left))
    assert (counted.value, counted.at_least, counted.at_most) == (None, 1.0, 3.0)


def test_nothing_assessable_and_one_hand() -> None:
    for function, high, high_of_one in ((sharp_layout_sum, 272.0, 136.0), (sens_layout_sum, 60.0, 30.0)):
        nothing = function(reading(unmeasured_hand("L"), unmeasured_hand("R")))
        assert (nothing.value, nothing.at_least, nothing.at_most) == (None, 0.0, high)
        one = function(reading(hand("L")))
        assert (one.value, one.at_least, one.at_most) == (None, 0.0, high_of_one)
        assert one.missing[-1].what == ["right hand"]
        none = function(reading())
        assert (none.value, none.at_most) == (None, high)


def test_it_says_that_software_proposes_it() -> None:
    for function in (sharp_layout_sum, sens_layout_sum):
        assert "proposed by software" in function(both()).title


def test_an_erosion_beside_a_hidden_space_counts() -> None:
    hidden = {"assessable": False, "reason": "overlapping", "erosion_suspicion": 0.9, "narrowing_grade": None}
    unseen = {**hidden, "erosion_suspicion": None, "erosion_reason": "hidden by calcium"}
    score = sharp_layout_sum(both(hand("L", joints=joints({"MCP2": hidden, "MCP3": unseen}))))
    parts = {(part.side, part.name): part for part in score.parts}
    eroded = parts["L", "erosion MCP2"]
    assert (eroded.at_least, eroded.at_most) == (1.0, 5.0)
    assert parts["L", "erosion MCP3"].reason == "hidden by calcium"
    assert parts["L", "narrowing MCP3"].reason == "overlapping"
