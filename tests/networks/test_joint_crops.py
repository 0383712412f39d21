"""Squares of film around joints: where they lie, that both hands look alike in them, and what a look says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.joint_frame import SPACE_JOINTS, landmark_frame
from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.joint_crops import (
    JOINT_COLUMNS,
    JOINT_KINDS,
    JOINT_ROWS,
    WIDTHS_MM,
    joint_channels,
    joint_crop,
    joint_nominal_mm,
)
from sclerograph.networks.maps import JointLook

CENTRE = np.array([(JOINT_COLUMNS - 1) / 2, (JOINT_ROWS - 1) / 2])


def average_hand(pose: Pose) -> dict[str, NDArray[np.float64]]:
    return dict(zip(LANDMARKS, pose.map_to_film(hand_shape().mean_mm), strict=True))


@pytest.mark.parametrize("code", SPACE_JOINTS)
@given(turn=st.floats(-180.0, 180.0), scale=st.floats(2.0, 12.0), mirrored=st.booleans())
def test_square_shows_the_same_whichever_way_the_hand_lies(
    code: str, turn: float, scale: float, mirrored: bool
) -> None:
    upright = Pose(0.0, 5.0, (700.0, 900.0))
    lying = Pose(turn, scale, (800.0, 600.0), mirrored)
    squares = [
        joint_crop(average_hand(pose), code, pose.pixels_per_mm, mirrored=pose.mirrored) for pose in (upright, lying)
    ]
    assert squares[0] is not None
    assert squares[1] is not None
    inside = np.random.default_rng(0).uniform(0.0, JOINT_ROWS, (8, 2))
    nominal = [
        pose.map_to_nominal(square.map_to_original(inside))
        for pose, square in zip((upright, lying), squares, strict=True)
    ]
    np.testing.assert_allclose(nominal[0], nominal[1], atol=1e-6)


@pytest.mark.parametrize("code", SPACE_JOINTS)
def test_fingers_point_up_and_the_joint_is_near_the_middle(code: str) -> None:
    pose = Pose(30.0, 6.0, (700.0, 900.0))
    points = average_hand(pose)
    crop, frame = joint_crop(points, code, 6.0, mirrored=False), landmark_frame(points, code, 6.0)
    assert crop is not None
    assert frame is not None
    origin, distal = crop.map_to_crop(np.stack([frame.origin, frame.origin + 6.0 * frame.along]))
    np.testing.assert_allclose(distal - origin, [0.0, -1.0 / joint_nominal_mm(code)], atol=1e-9)
    assert np.hypot(*(origin - CENTRE)) * joint_nominal_mm(code) <= 3.0 + 1e-9


def test_joint_without_its_landmarks_has_no_square() -> None:
    points = average_hand(Pose(0.0, 5.0, (700.0, 900.0)))
    assert joint_crop({n: p for n, p in points.items() if n != "TIP3"}, "DIP3", 5.0, mirrored=False) is None
    assert joint_crop({n: p for n, p in points.items() if n != "LUN"}, "RC", 5.0, mirrored=False) is None
    assert joint_crop({**points, "DIP3": points["PIP3"]}, "PIP3", 5.0, mirrored=False) is None


@given(gain=st.floats(0.01, 100.0), offset=st.floats(-10.0, 10.0), code=st.sampled_from(SPACE_JOINTS))
def test_channels_do_not_change_with_gain_and_offset(gain: float, offset: float, code: str) -> None:
    grey = np.random.default_rng(1).normal(size=(20, 30)).astype(np.float32)
    first, second = (joint_channels(g, code, 0.2) for g in (grey, (grey * gain + offset).astype(np.float32)))
    np.testing.assert_allclose(first, second, atol=2e-3 * (1.0 + abs(offset) / gain))
    assert first[1 : 1 + len(JOINT_KINDS)].max(axis=(1, 2)).sum() == 1.0


def test_empty_film_has_no_greys() -> None:
    assert not joint_channels(np.full((8, 8), 0.3, np.float32), "RC", 0.15)[0].any()


def test_look_tells_the_mean_and_the_spread_of_its_belief() -> None:
    belief = np.zeros(len(WIDTHS_MM))
    belief[[10, 20]] = 0.5  # 1 or 2 nominal mm
    look = JointLook(WIDTHS_MM * 7.0, belief, fused=0.1, seen=0.9)
    assert look.mean_px == pytest.approx(10.5)
    assert look.spread_px == pytest.approx(3.5, abs=0.02)


def test_belief_in_one_width_is_spread_over_its_step() -> None:
    belief = np.zeros(len(WIDTHS_MM))
    belief[10] = 1.0
    assert JointLook(WIDTHS_MM * 7.0, belief, 0.0, 1.0).spread_px == pytest.approx(0.7 / np.sqrt(12.0))
