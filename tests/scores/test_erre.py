from __future__ import annotations

from typing import Any

import pytest

from sclerograph.findings.records import Flexion
from sclerograph.scores.erre import NORMAL, PATTERNS, erre_pattern
from tests.scores.readings import both, deposit, erosions, hand, joints, reading, straight, unmeasured_hand

PERI, INFLAMED, WORN = PATTERNS
MARGINAL = {"erosion_grade": 1, "erosion_kind": "marginal"}
UNIFORM = {"narrowing_grade": 2, "narrowing_uniform": True, "demineralised": True}
OSTEOARTHRITIS = {"narrowing_grade": 2, "osteophytes": True}


def flags(score: Any) -> dict[str, Any]:
    return {name: score.part(name).value for name in (NORMAL, *PATTERNS)}


def test_normal_hands() -> None:
    score = erre_pattern(both())
    assert score.value == NORMAL
    assert flags(score) == {NORMAL: True, PERI: False, INFLAMED: False, WORN: False}


@pytest.mark.parametrize(
    ("changed", "pattern"),
    [
        ({"grades": (0, 1, 0, 0, 0)}, PERI),
        ({"deposits": [deposit("DP1", 1)]}, PERI),
        ({"deposits": [deposit("PIP3", 3, compartment="periarticular")]}, PERI),
        ({"alignment": straight(flexion=[Flexion(digit=5, flagged=True, assessable=True)])}, PERI),
        ({"joints": joints({"MCP2": MARGINAL})}, INFLAMED),
        ({"joints": joints({"CMC1": MARGINAL})}, INFLAMED),
        ({"erosions": erosions({"ULN": {"grade": 2, "kind": "marginal"}})}, INFLAMED),
        ({"joints": joints({"RC": UNIFORM})}, INFLAMED),
        ({"joints": joints({"DIP2": OSTEOARTHRITIS})}, WORN),
        ({"joints": joints({"CMC1": OSTEOARTHRITIS})}, WORN),
    ],
)
def test_what_makes_each_pattern(changed: dict[str, Any], pattern: str) -> None:
    score = erre_pattern(both(hand("L", **changed)))
    assert score.value == pattern
    assert flags(score) == {NORMAL: False, **{name: name == pattern for name in PATTERNS}}
    assert len(score.part(pattern).evidence) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"DIP3": MARGINAL},
        {"DIP3": UNIFORM},
        {"MCP2": {**MARGINAL, "erosion_kind": "pressure"}},
        {"MCP2": {**UNIFORM, "demineralised": False}},
        {"MCP2": {**UNIFORM, "narrowing_uniform": False}},
        {"MCP2": OSTEOARTHRITIS},
        {"DIP2": {**OSTEOARTHRITIS, "narrowing_grade": 0}},
    ],
)
def test_what_does_not(changed: dict[str, Any]) -> None:
    assert erre_pattern(both(hand("L", joints=joints(changed)))).value == NORMAL


@pytest.mark.parametrize(
    ("changed", "open_pattern"),
    [
        ({"joints": joints({"MCP2": {"erosion_grade": 1}})}, INFLAMED),
        ({"joints": joints({"MCP2": {"narrowing_grade": 3, "demineralised": None}})}, INFLAMED),
        ({"erosions": erosions({"LUN": {"grade": 1}})}, INFLAMED),
        ({"joints": joints({"DIP2": {"narrowing_grade": 3, "osteophytes": None}})}, WORN),
    ],
)
def test_half_of_the_evidence_keeps_a_pattern_from_being_excluded(changed: dict[str, Any], open_pattern: str) -> None:
    score = erre_pattern(both(hand("L", **changed)))
    assert flags(score)[open_pattern] is None
    assert score.value is None
    assert any("was not judged" in m.reason for m in score.missing)


def test_the_pattern_with_most_sites_is_dominant_and_all_evidence_is_kept() -> None:
    left = hand("L", grades=(2, 0, 0, 0, 0), joints=joints({"MCP2": MARGINAL, "MCP3": MARGINAL}))
    score = erre_pattern(both(left))
    assert score.value == INFLAMED
    assert flags(score) == {NORMAL: False, PERI: True, INFLAMED: True, WORN: False}
    assert score.part(PERI).evidence == ["L DP1"]
    assert score.part(INFLAMED).evidence == ["L MCP2", "L MCP3"]


def test_a_fingertip_with_calcium_and_acro_osteolysis_is_one_site() -> None:
    left = hand(
        "L",
        grades=(2, 0, 0, 0, 0),
        deposits=[deposit("DP1", 1)],
        joints=joints({"MCP2": MARGINAL}),
    )
    score = erre_pattern(both(left))
    assert score.part(PERI).evidence == ["L DP1"]
    assert score.value is None
    assert score.reason == f"as many sites speak for each of: {PERI}, {INFLAMED}"


def test_nothing_assessable_is_not_normal() -> None:
    score = erre_pattern(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert score.value is None
    assert flags(score) == dict.fromkeys((NORMAL, *PATTERNS), None)
    assert score.reason == f"nothing was found, and not enough was assessed to exclude: {', '.join(PATTERNS)}"


def test_one_healthy_hand_is_not_a_normal_patient() -> None:
    score = erre_pattern(reading(hand("L")))
    assert score.value is None
    assert score.missing[0].what == ["right hand"]


def test_unmeasured_joints_leave_the_articular_patterns_open() -> None:
    calcified = hand("L", deposits=[deposit("DP1", 1)], joints=joints(measured=False))
    score = erre_pattern(both(calcified, hand("R", joints=joints(measured=False))))
    assert score.value == PERI
    assert flags(score) == {NORMAL: False, PERI: True, INFLAMED: None, WORN: None}
