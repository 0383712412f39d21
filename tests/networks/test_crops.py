"""Poses and crops: the way there and back, and robustness."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.networks.crops import (
    SKELETON_COLUMNS,
    SKELETON_ROWS,
    Pose,
    calcium_crop,
    fit_pose,
    letterbox,
    location_of_pose,
    pose_of_location,
    skeleton_crop,
)
from sclerograph.networks.hand_shape import hand_shape, landmark_index

quick = settings(max_examples=25, deadline=None)
poses = st.builds(
    Pose,
    up_deg=st.floats(-179, 179),
    pixels_per_mm=st.floats(0.5, 12),
    origin=st.tuples(st.floats(-500, 3000), st.floats(-500, 3000)),
    mirrored=st.booleans(),
)


@quick
@given(poses)
def test_pose_of_the_average_hand_is_found_again(pose: Pose) -> None:
    points = pose.map_to_film(hand_shape().mean_mm)
    found = fit_pose(points, np.ones(37), mirrored=pose.mirrored)
    assert math.cos(math.radians(found.up_deg - pose.up_deg)) == pytest.approx(1, abs=1e-9)
    assert found.pixels_per_mm == pytest.approx(pose.pixels_per_mm)
    assert found.origin == pytest.approx(pose.origin, abs=1e-6)
    assert found.residual_mm == pytest.approx(0, abs=1e-6)


@quick
@given(poses)
def test_location_and_pose_say_the_same(pose: Pose) -> None:
    again = pose_of_location(location_of_pose(pose))
    np.testing.assert_allclose(again.to_film, pose.to_film, atol=1e-6)


@quick
@given(poses)
def test_crop_shows_fingers_up_thumb_right(pose: Pose) -> None:
    crop = skeleton_crop(pose)
    points = crop.map_to_crop(pose.map_to_film(hand_shape().mean_mm))
    assert (points >= 0).all()
    assert (points <= (SKELETON_COLUMNS, SKELETON_ROWS)).all()
    tip, wrist, thumb, little = (points[landmark_index(name)] for name in ("TIP3", "LUN", "TIP1", "TIP5"))
    assert tip[1] < wrist[1]
    assert thumb[0] > little[0]
    np.testing.assert_allclose(crop.map_to_original(points), pose.map_to_film(hand_shape().mean_mm), atol=1e-6)


def test_up_is_a_clockwise_turn() -> None:
    pose = Pose(up_deg=90.0, pixels_per_mm=1.0, origin=(0.0, 0.0))
    np.testing.assert_allclose(pose.map_to_film([0.0, -10.0]), [10.0, 0.0], atol=1e-12)


def test_destroyed_tips_hardly_move_the_pose() -> None:
    points = hand_shape().mean_mm * 5 + 700
    for name in ("TIP2", "TIP3", "DIP3", "TIP1"):
        points[landmark_index(name)] += (150, -220)
    found = fit_pose(points, np.ones(37))
    assert abs(found.up_deg) < 1.5
    assert found.pixels_per_mm == pytest.approx(5, rel=0.02)


def test_one_landmark_has_no_pose() -> None:
    weights = np.zeros(37)
    weights[3] = 1
    with pytest.raises(ValueError, match="two landmarks"):
        fit_pose(hand_shape().mean_mm, weights)


def test_calcium_crop_holds_its_box_in_the_middle() -> None:
    pose = Pose(up_deg=20.0, pixels_per_mm=6.0, origin=(800.0, 900.0), mirrored=True)
    crop = calcium_crop(pose, box_mm=(-40.0, -100.0, 60.0, 90.0))
    assert (crop.rows % 32, crop.columns % 32) == (0, 0)
    middle = crop.map_to_crop(pose.map_to_film([10.0, -5.0]))
    np.testing.assert_allclose(middle, [(crop.columns - 1) / 2, (crop.rows - 1) / 2], atol=1e-6)


@quick
@given(st.integers(1, 6000), st.integers(1, 6000))
def test_letterbox_centres_the_film(rows: int, columns: int) -> None:
    crop = letterbox(rows, columns)
    corners = crop.map_to_crop(np.array([[-0.5, -0.5], [columns - 0.5, rows - 0.5]]))
    np.testing.assert_allclose(corners.sum(0), [crop.columns - 1, crop.rows - 1], atol=1e-6)
    assert np.ptp(corners, axis=0).max() == pytest.approx(crop.rows)
