"""Parts of film that show the shafts of metacarpals: where they lie, and that both hands look alike in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.networks.crops import Pose
from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.maps import Belief
from sclerograph.networks.shaft_crops import INDICES, SHAFT_COLUMNS, SHAFT_ROWS, shaft_channels, shaft_crop


def average_hand(pose: Pose) -> dict[str, NDArray[np.float64]]:
    return dict(zip(LANDMARKS, pose.map_to_film(hand_shape().mean_mm), strict=True))


@pytest.mark.parametrize("code", RADIOGRAMMETRY_BONES)
@given(turn=st.floats(-180.0, 180.0), scale=st.floats(2.0, 12.0), mirrored=st.booleans())
def test_a_shaft_looks_the_same_whichever_way_the_hand_lies(
    code: str, turn: float, scale: float, mirrored: bool
) -> None:
    poses = Pose(0.0, 5.0, (700.0, 900.0)), Pose(turn, scale, (800.0, 600.0), mirrored)
    inside = np.random.default_rng(0).uniform(0.0, SHAFT_ROWS, (8, 2))
    nominal = []
    for pose in poses:
        crop = shaft_crop(average_hand(pose), code, pose.pixels_per_mm, mirrored=pose.mirrored)
        assert crop is not None
        nominal.append(pose.map_to_nominal(crop.map_to_original(inside)))
    np.testing.assert_allclose(nominal[0], nominal[1], atol=1e-6)


def test_columns_run_between_shares_of_the_bone_and_rows_across_it() -> None:
    pose = Pose(20.0, 6.0, (700.0, 900.0))
    points = average_hand(pose)
    crop = shaft_crop(points, "MC3", 6.0, mirrored=False)
    assert crop is not None
    base, head = points["CMC3"], points["MCP3"]
    at = crop.map_to_crop(np.stack([base + share * (head - base) for share in (0.25, 0.7)]))
    np.testing.assert_allclose(at[:, 0], [-0.5, SHAFT_COLUMNS - 0.5], atol=1e-9)
    np.testing.assert_allclose(at[:, 1], (SHAFT_ROWS - 1) / 2, atol=1e-9)


def test_a_shaft_without_its_landmarks_is_not_shown() -> None:
    points = average_hand(Pose(0.0, 5.0, (700.0, 900.0)))
    assert shaft_crop({n: p for n, p in points.items() if n != "MCP2"}, "MC2", 5.0, mirrored=False) is None
    assert shaft_crop({**points, "MCP2": points["CMC2"]}, "MC2", 5.0, mirrored=False) is None


@given(gain=st.floats(0.01, 100.0), offset=st.floats(-10.0, 10.0), code=st.sampled_from(RADIOGRAMMETRY_BONES))
def test_channels_do_not_change_with_gain_and_offset(gain: float, offset: float, code: str) -> None:
    grey = np.random.default_rng(1).normal(size=(20, 30)).astype(np.float32)
    first, second = (shaft_channels(g, code, 0.2) for g in (grey, (grey * gain + offset).astype(np.float32)))
    np.testing.assert_allclose(first, second, atol=2e-3 * (1.0 + abs(offset) / gain))
    assert first[1:-1].max(axis=(1, 2)).sum() == 1.0


def test_a_belief_has_a_mean_and_a_spread() -> None:
    shares = np.zeros(len(INDICES))
    shares[[10, 20]] = 0.5
    believed = Belief(INDICES, shares)
    assert believed.mean == pytest.approx(0.3)
    assert believed.spread == pytest.approx(0.1, abs=0.002)
