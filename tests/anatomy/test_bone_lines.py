"""Axes, ends and joints of bars whose edges are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sclerograph.anatomy.bone_lines import Edges, bone_end, joint_geometry, middle_line, unit_vector

Floats = NDArray[np.float64]


def _bar(base: Floats, along: Floats, length: float, width: float) -> Edges:
    """Edges of a rectangle, for axes that are nearly its own."""
    side = np.array([-along[1], along[0]])

    def edges(origin: Floats, axis: Floats, positions: Floats) -> tuple[Floats, Floats]:
        across = np.array([-axis[1], axis[0]])
        points = origin + positions[:, None] * axis
        on = (points - base) @ along
        middle = -((points - base) @ side) / float(across @ side)
        seen = (on >= 0) & (on <= length)
        half = 0.5 * width / float(across @ side)
        return np.where(seen, middle - half, np.nan), np.where(seen, middle + half, np.nan)

    return edges


def _direction(angle_deg: float) -> Floats:
    return np.array([np.sin(np.radians(angle_deg)), -np.cos(np.radians(angle_deg))])


@given(st.floats(-180, 180), st.floats(-8, 8))
def test_the_axis_of_a_bar_is_found_from_a_line_beside_it(angle: float, lean: float) -> None:
    along, base = _direction(angle), np.array([100.0, 200.0])
    found = middle_line(_bar(base, along, 60.0, 10.0), base, base + 60.0 * _direction(angle + lean))
    assert found is not None
    assert np.degrees(np.arccos(np.clip(found.along @ along, -1, 1))) < 0.1


def test_a_line_that_does_not_lie_on_the_bone_has_no_axis() -> None:
    along, base = _direction(0.0), np.array([100.0, 200.0])
    assert middle_line(_bar(base, along, 60.0, 10.0), base, base + 60.0 * _direction(40.0)) is None
    assert middle_line(_bar(base, along, 10.0, 10.0), base, base + 60.0 * along) is None
    assert middle_line(_bar(base, along, 60.0, 10.0), base, base) is None


@given(st.floats(-0.5, 0.5), st.floats(-40, 40), st.floats(-90, 90))
def test_offset_and_angle_of_a_joint_are_what_was_set(offset: float, angle: float, turn: float) -> None:
    first = _direction(turn)
    radial = np.array([first[1], -first[0]])
    base = np.array([300.0, 300.0])
    head = base + 80.0 * first
    # towards the ulnar side, away from the radial one
    second = np.cos(np.radians(angle)) * first - np.sin(np.radians(angle)) * radial
    bisector = unit_vector(first + second)
    side = np.array([bisector[1], -bisector[0]])
    side = side if side @ radial > 0 else -side
    start = head + offset * 12.0 * side
    ends = []
    for edges, a, b, is_head in (
        (_bar(base, first, 80.0, 12.0), base, head, True),
        (_bar(start, second, 80.0, 12.0), start, start + 80.0 * second, False),
    ):
        line = middle_line(edges, a, b)
        assert line is not None
        end = bone_end(edges, line, b if is_head else a, 1.0, head=is_head)
        assert end is not None
        ends.append((line, end))
    found = joint_geometry(ends[0], ends[1], radial)
    assert found.offset_ratio == pytest.approx(offset, abs=0.03)
    assert found.angle_deg == pytest.approx(angle, abs=0.1)
    assert found.head_width == pytest.approx(12.0, abs=0.1)


def test_a_bone_that_goes_on_has_no_end() -> None:
    along, base = _direction(0.0), np.array([100.0, 200.0])
    edges = _bar(base, along, 80.0, 10.0)
    line = middle_line(edges, base, base + 60.0 * along)
    assert line is not None
    assert bone_end(edges, line, base + 60.0 * along, 1.0, head=True) is None


def test_nothing_has_no_direction() -> None:
    with pytest.raises(ValueError, match="direction"):
        unit_vector(np.zeros(2))
