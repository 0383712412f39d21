from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import JointFrame
from sclerograph.hand.joint_cleft import Cleft, CleftPart
from sclerograph.hand.wrist_joint_space import step_between

_FRAME = JointFrame(np.array([100.0, 200.0]), np.array([0.0, -1.0]), 50.0)


def cleft(across: NDArray[np.float64], along: NDArray[np.float64]) -> Cleft:
    """A cleft with its floor there; the rest does not matter."""
    part, nothing = CleftPart(10.0, 1.0, 1.0, 0.1), np.zeros_like(across)
    points = _FRAME.points(along, across)
    return Cleft(part, (part,), across, nothing, nothing, nothing, 0.1, points, nothing, nothing)


@pytest.mark.parametrize("tilted", [0.0, 0.3])
def test_two_parts_of_one_curved_floor_have_no_step(tilted: float) -> None:
    scaphoid, lunate = np.linspace(-60.0, -10.0, 36), np.linspace(5.0, 50.0, 36)
    first, second = (cleft(at, 0.004 * at**2 + tilted * at) for at in (scaphoid, lunate))
    assert step_between(_FRAME, first, second) == pytest.approx(0.0, abs=1e-6)


def test_the_plate_of_the_lunate_is_a_step_away_from_the_floor_of_the_radius() -> None:
    scaphoid, lunate = np.linspace(-60.0, -10.0, 36), np.linspace(5.0, 50.0, 36)
    first, second = cleft(scaphoid, 0.004 * scaphoid**2), cleft(lunate, 0.004 * lunate**2 + 12.0)
    assert step_between(_FRAME, first, second) == pytest.approx(12.0, abs=1e-6)
