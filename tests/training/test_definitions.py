"""Offsets between two definitions of a landmark: found, put on and taken off, on hands of either side and any turn."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import hand_shape, landmark_index
from sclerograph.training.definitions import PointOffsets, bone_frames, estimate_offsets

poses = st.builds(
    Pose,
    up_deg=st.floats(-180, 180),
    pixels_per_mm=st.floats(1, 6),
    origin=st.tuples(st.floats(-50, 900), st.floats(-50, 900)),
    mirrored=st.booleans(),
)


def _offsets() -> PointOffsets:
    offsets = np.zeros((37, 2))
    offsets[landmark_index("TIP3")], offsets[landmark_index("PIP2")] = (-1.0, 0.2), (0.5, 0.0)
    return PointOffsets(offsets, np.full(37, 12))


@given(poses)
@settings(max_examples=30, deadline=None)
def test_frames_are_upright_and_turn_with_the_hand(pose: Pose) -> None:
    frames = bone_frames(pose.map_to_film(hand_shape().mean_mm), pose)
    linear = pose.to_film[:, :2] / pose.pixels_per_mm
    # Across points towards the thumb's side whichever way the film shows the hand.
    np.testing.assert_allclose(frames[landmark_index("LUN")], [linear @ [0, -1], linear @ [1, 0]], atol=1e-9)
    along = frames[landmark_index("MCP3"), 0] @ (linear @ [0, -1])
    assert along > 0.97


@given(poses)
@settings(max_examples=30, deadline=None)
def test_there_and_back(pose: Pose) -> None:
    points = pose.map_to_film(hand_shape().mean_mm)
    theirs = _offsets().to_theirs(points, pose)
    moved = np.hypot(*(theirs - points).T) / pose.pixels_per_mm
    assert moved[landmark_index("TIP3")] == pytest.approx(np.hypot(1.0, 0.2))
    assert moved[landmark_index("MCP4")] == 0
    # The frame turns a little with the moved points.
    np.testing.assert_allclose(_offsets().to_ours(theirs, pose), points, atol=0.02 * pose.pixels_per_mm)


def test_offsets_are_found_and_drawn_towards_zero() -> None:
    rng = np.random.default_rng(0)
    ours, theirs, on_films = [], [], []
    for film in range(12):
        pose = Pose(float(rng.uniform(-90, 90)), 3.0, (400.0, 500.0), bool(film % 2))
        points = pose.map_to_film(hand_shape().mean_mm)
        marked = np.column_stack([_offsets().to_theirs(points, pose), np.zeros(37)])
        marked[landmark_index("TIP3"), 2] = 1
        marked[landmark_index("PIP2"), 2] = film < 2
        ours.append(np.column_stack([points, np.ones(37)]))
        theirs.append(marked)
        on_films.append(pose)
    found = estimate_offsets(ours, theirs, on_films)
    np.testing.assert_allclose(found.offsets_mm[landmark_index("TIP3")], np.array([-1.0, 0.2]) * 12 / 16, atol=1e-6)
    assert not found.offsets_mm[landmark_index("PIP2")].any()
    assert found.films[landmark_index("PIP2")] == 0


def test_file(tmp_path: Path) -> None:
    _offsets().save(tmp_path / "offsets.json")
    stored = PointOffsets.load(tmp_path / "offsets.json")
    np.testing.assert_array_equal(stored.offsets_mm, _offsets().offsets_mm)
    np.testing.assert_array_equal(stored.films, _offsets().films)
