"""Morphology: each class on a shape that has it, whatever the scale and turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.hand.morphology import morphology_of, shape_of
from tests.hand.scenes import disc, ellipse, rectangle


def closed(*polygons: np.ndarray) -> list[np.ndarray]:
    return [np.vstack([p, p[:1]]) for p in polygons]


def star(points: int, outer: float, inner: float) -> np.ndarray:
    t = np.arange(2 * points) * np.pi / points
    r = np.where(np.arange(2 * points) % 2 == 0, outer, inner)
    return np.stack([r * np.cos(t), r * np.sin(t)], axis=1)


#: Rings in millimetres, number of neighbours, morphology.
SHAPES = {
    "small disc": (closed(disc(0, 0, 1.5)), 0, "punctate"),
    "small disc among others": (closed(disc(0, 0, 1.5)), 2, "clustered"),
    "small disc with one other": (closed(disc(0, 0, 1.5)), 1, "punctate"),
    "disc": (closed(disc(0, 0, 5)), 0, "globular"),
    "cobblestones": (closed(star(7, 4.0, 2.2)), 0, "clustered"),
    "band": (closed(rectangle(0, 0, 12, 1.5)), 0, "plate"),
    "band among others": (closed(rectangle(0, 0, 12, 1.5)), 3, "plate"),
    "mesh": (closed(disc(0, 0, 9), disc(0, 0, 5)[::-1]), 0, "net"),
    "ragged web": (closed(star(6, 8.0, 2.0)), 0, "net"),
    "mass": (closed(ellipse(0, 0, 24, 18)), 0, "tumoral"),
    "ring of a small deposit": (closed(disc(0, 0, 3), disc(0, 0, 1)[::-1]), 0, "globular"),
}


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=5, deadline=None)
@given(turn=st.floats(0, 6.28), mm_px=st.floats(1.0, 12.0), mirrored=st.booleans())
def test_classes(name: str, turn: float, mm_px: float, mirrored: bool) -> None:
    rings, neighbours, expected = SHAPES[name]
    matrix = mm_px * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = matrix @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    assert morphology_of(shape_of([ring @ matrix.T for ring in rings]), mm_px, neighbours) == expected


def test_shape_of_a_ring() -> None:
    shape = shape_of(closed(disc(0, 0, 10), disc(0, 0, 5)[::-1]))
    assert shape.hole_share == pytest.approx(0.25, rel=0.01)
    assert shape.solidity == pytest.approx(0.75, rel=0.01)
    assert shape.elongation == pytest.approx(1.0, abs=0.01)
    assert shape.equivalent_diameter == pytest.approx(10 * np.sqrt(0.75), rel=0.01)


def test_no_area_is_refused() -> None:
    with pytest.raises(ValueError, match="no area"):
        shape_of([np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [0.0, 0.0]])])
