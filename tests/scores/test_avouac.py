from __future__ import annotations

from sclerograph.scores.avouac import avouac_arthritis
from tests.scores.readings import both, hand, joints, reading, unmeasured_hand

ARTHRITIS = {"erosion_suspicion": 0.8, "narrowing_grade": 2}


def test_erosion_and_narrowing_of_one_joint() -> None:
    score = avouac_arthritis(both(hand("R", joints=joints({"MCP2": ARTHRITIS})), hand("L")))
    assert score.value is True
    assert score.part("MCP2", hand=1).value is True
    assert score.part("MCP2", hand=2).value is False


def test_erosion_here_and_narrowing_there_are_not() -> None:
    apart = joints({"MCP2": {"erosion_suspicion": 0.8}, "MCP3": {"narrowing_grade": 3}})
    assert avouac_arthritis(both(hand("L", joints=apart))).value is False


def test_a_joint_that_is_surely_not_narrowed_needs_no_erosion_to_be_judged() -> None:
    known = joints({"MCP2": {"erosion_suspicion": None}, "MCP3": {"erosion_suspicion": None, "narrowing_grade": 2}})
    score = avouac_arthritis(both(hand("L", joints=known)))
    assert score.part("MCP2", hand=1).value is False
    assert score.part("MCP3", hand=1).value is None
    assert score.part("MCP3", hand=1).reason == "not judged"
    # An eroded or narrowed joint that lacks the other judgement keeps the rule from being denied.
    assert score.value is None


def test_nothing_assessable_and_one_hand() -> None:
    nothing = avouac_arthritis(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert (nothing.value, nothing.assessable) == (None, False)
    assert nothing.reason == "too few joints could be assessed to exclude it"
    assert avouac_arthritis(reading(hand("L"))).reason == "no film shows the right hand"
    assert avouac_arthritis(reading(hand("L", joints=joints({"RC": ARTHRITIS})))).value is True
