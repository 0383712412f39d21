"""Lines drawn with fewer points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import approximate_polygon

from sclerograph.hand.simplify import simplify


def _wobbly_ring(seed: int, points: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    turn = np.linspace(0.0, 2.0 * np.pi, points)
    radius = 40.0 + np.cumsum(rng.normal(0.0, 0.4, points))
    ring = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    ring[-1] = ring[0]
    return ring


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 300), st.floats(0.01, 5.0))
def test_the_same_points_as_one_stretch_after_the_other(seed: int, points: int, tolerance: float) -> None:
    ring = _wobbly_ring(seed, points)
    assert np.array_equal(simplify(ring, tolerance), approximate_polygon(ring, tolerance))


def test_a_straight_line_keeps_its_ends() -> None:
    line = np.stack([np.linspace(0.0, 9.0, 10), np.zeros(10)], axis=1)
    assert np.array_equal(simplify(line, 0.1), line[[0, -1]])


@pytest.mark.parametrize("points", [1, 2])
def test_nothing_to_leave_out(points: int) -> None:
    line = np.zeros((points, 2))
    assert np.array_equal(simplify(line, 0.1), line)
