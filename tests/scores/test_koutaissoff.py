from __future__ import annotations

from typing import Any

import pytest

from sclerograph.findings.records import AbsentDigit
from sclerograph.scores.koutaissoff import CELLS, koutaissoff_grid
from sclerograph.scores.lesions import JOINT_GROUPS
from tests.scores.readings import both, deposit, erosions, hand, joints, reading, unmeasured_hand


def test_the_grid_has_every_joint_in_one_group() -> None:
    assert len(CELLS) == len(set(CELLS)) == 2 + 6 * 5
    grouped = [code for group in JOINT_GROUPS.values() for code in group]
    assert sorted(grouped) == sorted(j.joint for j in joints())


@pytest.mark.parametrize(
    ("changed", "cell"),
    [
        ({"grades": (0, 0, 0, 0, 1)}, "acro-osteolysis at tufts"),
        ({"deposits": [deposit("DP2", 2, compartment="pulp")]}, "calcinosis at tufts"),
        ({"deposits": [deposit("DIP2", 2, compartment="periarticular")]}, "periarticular calcification at DIP"),
        ({"deposits": [deposit("CMC1", 1, compartment="periarticular")]}, "periarticular calcification at CMC1"),
        ({"joints": joints({"IP1": {"narrowing_grade": 3}})}, "joint space narrowing at PIP"),
        ({"joints": joints({"STT": {"narrowing_grade": 3}})}, "joint space narrowing at carpus"),
        (
            {"joints": joints({"MCP1": {"erosion_grade": 1, "erosion_kind": "marginal"}})},
            "marginal erosion at MCP",
        ),
        ({"joints": joints({"DIP4": {"erosion_grade": 1, "erosion_kind": "central"}})}, "surface erosion at DIP"),
        ({"erosions": erosions({"ULN": {"grade": 1, "kind": "marginal"}})}, "marginal erosion at carpus"),
        ({"erosions": erosions({"MC1": {"grade": 1, "kind": "surface"}})}, "surface erosion at CMC1"),
        ({"joints": joints({"PIP2": {"demineralised": True}})}, "juxta-articular osteoporosis at PIP"),
    ],
)
def test_a_lesion_stands_in_its_cell(changed: dict[str, Any], cell: str) -> None:
    score = koutaissoff_grid(both(hand("L", **changed)))
    assert [part.name for part in score.parts if part.value] == [cell]
    assert score.value == 1


def test_collapse_is_pressure_erosion_with_subluxation() -> None:
    collapse = {"erosion_grade": 4, "erosion_kind": "pressure", "subluxated": True}
    score = koutaissoff_grid(both(hand("L", joints=joints({"PIP4": collapse}))))
    assert [part.name for part in score.parts if part.value] == [
        "surface erosion at PIP",
        "collapse arthropathy at PIP",
    ]
    still = {**collapse, "subluxated": False}
    assert koutaissoff_grid(both(hand("L", joints=joints({"PIP4": still})))).value == 1


def test_healthy_hands_fill_the_grid_with_no() -> None:
    score = koutaissoff_grid(both())
    assert score.value == 0
    assert {part.value for part in score.parts} == {False}
    assert score.part("joint space narrowing at DIP").evidence == ["8 of 8 places assessed"]


def test_nothing_assessable_and_one_hand() -> None:
    nothing = koutaissoff_grid(reading(unmeasured_hand("L"), unmeasured_hand("R")))
    assert (nothing.value, nothing.at_least, nothing.at_most) == (None, 0.0, 32.0)
    assert {part.value for part in nothing.parts} == {None}
    one = koutaissoff_grid(reading(hand("L", grades=(1, 0, 0, 0, 0))))
    assert one.part("acro-osteolysis at tufts").value is True
    assert one.part("calcinosis at tufts").reason == "a hand is on no film"
    assert one.part("calcinosis at tufts").at_most is None


def test_an_amputated_fingertip_is_not_a_clear_one() -> None:
    left = hand("L", absent_digits=[AbsentDigit(digit=5, because="amputated")])
    score = koutaissoff_grid(both(left))
    assert score.part("calcinosis at tufts").evidence == ["9 of 10 places assessed"]
    assert ["calcinosis at tufts: L DP5", "acro-osteolysis at tufts: L DP5"] in [
        sorted(m.what, reverse=True) for m in score.missing
    ]


def test_an_erosion_of_unknown_kind_leaves_both_cells_open() -> None:
    score = koutaissoff_grid(both(hand("L", joints=joints({"MCP2": {"erosion_grade": 2}}))))
    assert [part.name for part in score.parts if part.value is None] == [
        "marginal erosion at MCP",
        "surface erosion at MCP",
    ]
    wrist = koutaissoff_grid(both(hand("L", erosions=erosions({"LUN": {"grade": 2}}))))
    assert wrist.part("marginal erosion at carpus").value is None
