"""A statement holds when the reading shows what it names, or has looked for what it excludes and shows none of it."""

from __future__ import annotations

import pytest

pytest.importorskip("numba")

from bench.published_statements import judge
from sclerograph.findings.records import CortexFinding, Demineralisation, Fingertip, Flexion, Hand, Interval
from sclerograph.phantom.published_cases import CASES
from sclerograph.phantom.published_cases.statement import Statement
from tests.scores.readings import both, deposit, hand, joints, reading, straight, unmeasured_hand

NODULE = Statement("a nodule", "calcification", places=("DP1",), longest_mm=(2.0, 3.0))


def test_a_named_calcification_must_lie_there_and_be_so_large() -> None:
    assert judge(NODULE, reading(hand("L", deposits=[deposit("DP1", 1)]))).holds
    assert not judge(NODULE, reading(hand("L", deposits=[deposit("DP2", 2)]))).holds
    assert not judge(Statement("larger", "calcification", longest_mm=(5.0, 9.0)), both(hand("L"))).holds


def test_each_side_must_show_what_is_said_of_both() -> None:
    statement = Statement("both", "calcification", sides=("L", "R"))
    assert not judge(statement, both(hand("L", deposits=[deposit("DP1", 1)]))).holds
    calcified = [hand(side, deposits=[deposit("DP1", 1)]) for side in ("L", "R")]
    assert judge(statement, both(*calcified)).holds


def test_a_view_that_was_not_read_shows_nothing() -> None:
    statement = Statement("lateral", "calcification", views=("lateral",))
    verdict = judge(statement, reading(hand("L", deposits=[deposit("DP1", 1)])))
    assert not verdict.holds
    assert verdict.words == ("L: no such film was read",)


@pytest.mark.parametrize(
    "lesion", ["calcification", "acro-osteolysis", "narrowing", "ankylosis", "erosion", "subluxation", "flexion"]
)
def test_what_is_excluded_must_have_been_looked_for(lesion) -> None:
    statement = Statement("none of it", lesion, there=False)
    assert judge(statement, reading(hand("L"))).holds
    assert not judge(statement, reading(unmeasured_hand("L"))).holds
    assert not judge(Statement("it is there", lesion), reading(hand("L"))).holds


def test_lesions_of_joints_and_digits_are_named_with_their_place() -> None:
    changed = {"PIP2": {"narrowing_grade": 3}, "DIP2": {"ankylosed": True}, "DIP3": {"erosion_suspicion": 0.9}}
    changed["CMC1"] = {"subluxation_ratio": 0.6}
    visit = reading(
        hand(
            "L",
            grades=(0, 3, 0, 0, 0),
            joints=joints(changed),
            alignment=straight(
                cmc1_subluxation_ratio=0.6,
                cmc1_migration_ratio=0.8,
                flexion=[Flexion(digit=4, angle_deg=40.0, flagged=True, assessable=True)],
            ),
            cortex=[CortexFinding(bone="MC2", cortical_index=0.4, isthmus_index=0.5, assessable=True)],
        )
    )
    for statement in (
        Statement("", "narrowing", places=("PIP2",), least_grade=3),
        Statement("", "ankylosis", places=("DIP2",)),
        Statement("", "erosion", places=("DIP3",)),
        Statement("", "acro-osteolysis", places=("2",), least_grade=3),
        Statement("", "subluxation", places=("CMC1",)),
        Statement("", "migration"),
        Statement("", "flexion", places=("4",)),
        Statement("", "thin cortex"),
    ):
        assert judge(statement, visit).holds, statement
    assert not judge(Statement("", "narrowing", places=("PIP3",)), visit).holds


def _beside(ratio: float, taper: float) -> Hand:
    return hand(
        "L",
        demineralisation=[
            Demineralisation(
                joint=f"MCP{d}",
                bone=f"MC{d}",
                grey_ratio=ratio,
                grey_ratio_interval=Interval(low=ratio - 0.1, high=ratio + 0.1),
                assessable=True,
            )
            for d in range(2, 6)
        ],
        fingertips=[
            Fingertip(
                digit=2,
                tapering_ratio=taper,
                tapering_ratio_interval=Interval(low=taper - 0.05, high=taper + 0.05),
                assessable=True,
            )
        ],
    )


def test_what_has_no_threshold_is_held_against_a_healthy_hand() -> None:
    healthy = _beside(0.8, 0.9)
    for lesion in ("loss of mineral", "pointed fingertip"):
        statement = Statement("", lesion)
        assert judge(statement, reading(_beside(0.7, 0.8)), healthy).holds
        assert not judge(statement, reading(_beside(0.78, 0.87)), healthy).holds
        assert not judge(statement, reading(_beside(0.7, 0.8))).holds


def test_every_case_says_something() -> None:
    assert len(CASES) == 5
    for case in CASES.values():
        assert case.statements
    assert any(not statement.there for statement in CASES["dourado-2025"].statements)
