from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import CENTRAL_SHARE, JointFrame, settled

Floats = NDArray[np.float64]


class Slit:
    """A straight space of a width, whose line runs through a point at an angle, between bones of a width."""

    def __init__(self, x: float, y: float, angle_deg: float, gap: float = 4.0, width: float = 40.0) -> None:
        self.point, self.gap, self.width = np.array([x, y]), gap, width
        angle = np.radians(angle_deg)
        self.normal = np.array([np.sin(angle), np.cos(angle)])
        self.line = np.array([-self.normal[1], self.normal[0]])

    def margins(self, frame: JointFrame, across: Floats) -> tuple[Floats, Floats]:
        start = frame.points(np.zeros_like(across), across)
        middle = -((start - self.point) @ self.normal) / (frame.along @ self.normal)
        half = 0.5 * self.gap / (frame.along @ self.normal)
        return middle - half, middle + half

    def extent(self, frame: JointFrame) -> tuple[float, float]:
        centre = float((self.point - frame.origin) @ self.line) * float(np.sign(self.line @ frame.across))
        return centre - self.width / 2, centre + self.width / 2


@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(-20, 20))
def test_a_frame_settles_on_the_line_of_the_joint(x: float, y: float, angle: float) -> None:
    slit = Slit(x, y, angle)
    frame = settled(JointFrame(np.zeros(2), np.array([0.0, 1.0]), 1.0), slit.margins, slit.extent, rounds=4)
    assert frame is not None
    assert frame.along @ slit.normal == pytest.approx(1.0, abs=1e-3)
    assert frame.half_width == pytest.approx(20.0)
    proximal, distal = slit.margins(frame, frame.central(5))
    assert distal - proximal == pytest.approx(4.0, abs=0.05)
    assert np.ptp(frame.central(5)) == pytest.approx(2 * CENTRAL_SHARE * 20.0)


def test_a_line_that_runs_along_the_bones_is_no_joint() -> None:
    slit = Slit(0.0, 0.0, 60.0)
    assert settled(JointFrame(np.zeros(2), np.array([0.0, 1.0]), 1.0), slit.margins, slit.extent) is None


def test_bones_that_share_no_extent_have_no_joint() -> None:
    slit = Slit(0.0, 0.0, 0.0)
    assert settled(JointFrame(np.zeros(2), np.array([0.0, 1.0]), 1.0), slit.margins, lambda _: None) is None
    assert settled(JointFrame(np.zeros(2), np.array([0.0, 1.0]), 1.0), slit.margins, lambda _: (3.0, 1.0)) is None


def test_a_missing_bone_has_no_joint() -> None:
    def margins(_: JointFrame, across: Floats) -> tuple[Floats, Floats]:
        return np.zeros_like(across), np.full_like(across, np.nan)

    start = JointFrame(np.zeros(2), np.array([0.0, 1.0]), 1.0)
    assert settled(start, margins, lambda _: (-5.0, 5.0)) is None
