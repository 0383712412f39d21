from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.anatomy.joint_frame import SPACE_JOINTS
from sclerograph.anatomy.joint_space_norms import joint_space_norms
from sclerograph.hand.joint_narrowing import Width, grade_of_share, narrowing


def hand(factor: float = 1.0, left: Mapping[str, float] | None = None) -> dict[str, Width]:
    """The widths of a hand, of which joints have only a share left."""
    shares = left or {}
    return {
        code: Width(mean := norm.mean_mm * factor * shares.get(code, 1.0), 0.85 * mean, 0.03)
        for code, norm in joint_space_norms().items()
    }


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.4])
def test_the_joints_of_a_healthy_hand_are_what_they_should_be(factor: float) -> None:
    found = narrowing(hand(factor), calibrated=True)
    assert set(found) == set(SPACE_JOINTS)
    assert {n.grade for n in found.values()} == {0}


@given(st.floats(0.75, 1.35), st.sampled_from(SPACE_JOINTS), st.floats(0.15, 0.42))
def test_one_narrow_joint_is_found_in_wide_and_narrow_hands(factor: float, code: str, share: float) -> None:
    found = narrowing(hand(factor, {code: share}), calibrated=True)
    assert found[code].grade == 3
    assert found[code].share == pytest.approx(share, rel=0.25)
    assert all(n.grade <= 1 for other, n in found.items() if other != code)


def test_the_joints_it_is_compared_with_are_named_and_are_of_its_own_kind_where_these_are_intact() -> None:
    found = narrowing(hand(1.0, {"PIP2": 0.4, "PIP3": 0.4}), calibrated=True)
    assert found["PIP2"].compared_with == ("PIP4", "PIP5")
    assert set(found["MCP2"].compared_with) == {"MCP1", "MCP3", "MCP4", "MCP5"}
    assert "PIP2" not in found["CMC1"].compared_with


def test_a_hand_of_narrow_joints_only_is_held_against_the_norms() -> None:
    found = narrowing(hand(0.35), calibrated=True)
    assert all(n.share < 0.8 for n in found.values())
    assert all(n.grade >= 1 for n in found.values())


def test_without_other_joints_the_norms_alone_speak_and_the_interval_is_wide() -> None:
    alone = {"PIP3": Width(0.6, 0.5, 0.03)}
    (found,) = narrowing(alone, calibrated=True).values()
    assert found.compared_with == ()
    assert found.expected_mm == pytest.approx(joint_space_norms()["PIP3"].mean_mm, rel=0.02)
    assert found.grade_low == 0
    assert found.grade_high == 3
    (loose,) = narrowing(alone, calibrated=False).values()
    assert loose.share_high > found.share_high


def test_a_focal_narrowing_is_grade_one() -> None:
    widths = hand()
    widths["MCP3"] = Width(widths["MCP3"].mean_mm, 0.3 * widths["MCP3"].mean_mm, 0.03)
    assert narrowing(widths, calibrated=True)["MCP3"].grade == 1


def test_uniform_and_uneven_narrowing_are_told_apart() -> None:
    widths = hand(1.0, {"MCP2": 0.4, "MCP3": 0.4})
    widths["MCP3"] = Width(widths["MCP3"].mean_mm, 0.2 * widths["MCP3"].mean_mm, 0.03)
    found = narrowing(widths, calibrated=True)
    assert found["MCP2"].uniform is True
    assert found["MCP3"].uniform is False
    assert found["MCP4"].uniform is None


def test_a_closed_space_is_grade_three_and_its_interval_says_so() -> None:
    widths = hand()
    widths["DIP3"] = Width(0.0, 0.0, 0.04)
    found = narrowing(widths, calibrated=True)["DIP3"]
    assert (found.grade, found.grade_low, found.grade_high) == (3, 3, 3)


@given(st.floats(0.0, 1.5), st.floats(0.0, 1.5))
def test_a_smaller_share_never_has_a_lower_grade(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert grade_of_share(low) >= grade_of_share(high)
