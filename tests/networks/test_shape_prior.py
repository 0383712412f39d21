"""What the shape of a hand allows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.networks.hand_shape import hand_shape
from sclerograph.networks.shape_prior import plausible_landmarks, surprise


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_average_hand_is_plausible(mirrored: bool) -> None:
    points = hand_shape().mean_mm * ([-4.0, 4.0] if mirrored else [4.0, 4.0]) + 500
    assert plausible_landmarks(points, np.full(37, 0.95), mirrored=mirrored).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 36), st.floats(0, 2 * np.pi))
def test_one_wild_landmark_is_flagged_alone(index: int, angle: float) -> None:
    points = hand_shape().mean_mm * 4.0 + 500
    points[index] += 4 * 35 * np.array([np.cos(angle), np.sin(angle)])
    plausible = plausible_landmarks(points, np.full(37, 0.95), mirrored=False)
    assert not plausible[index]
    assert plausible.sum() == 36


def test_a_landmark_without_confidence_is_judged_by_the_others() -> None:
    points = hand_shape().mean_mm * 4.0 + 500
    confidence = np.full(37, 0.95)
    confidence[[24, 28]] = 0.05
    points[24] += (900, 0)
    plausible = plausible_landmarks(points, confidence, mirrored=False)
    assert (plausible[24], plausible[28]) == (False, True)


def test_nothing_speaks_for_landmarks_without_confidence() -> None:
    assert not plausible_landmarks(hand_shape().mean_mm, np.full(37, 0.01), mirrored=False).any()


def test_surprise_is_the_conditional_distance() -> None:
    rng = np.random.default_rng(0)
    root = rng.normal(size=(8, 8))
    covariance = root @ root.T + np.eye(8)
    residual = rng.normal(size=(4, 2))
    others = [0, 1, 4, 5, 6, 7]
    own = [2, 3]
    gain = covariance[np.ix_(own, others)] @ np.linalg.inv(covariance[np.ix_(others, others)])
    left = residual.ravel()[own] - gain @ residual.ravel()[others]
    spread = covariance[np.ix_(own, own)] - gain @ covariance[np.ix_(others, own)]
    assert surprise(residual, covariance)[1] == pytest.approx(left @ np.linalg.inv(spread) @ left)
