"""Flexion of drawn hands: from foreshortening seen from the back, from axes seen from the side."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sclerograph.anatomy.hand import FINGER_CHAINS
from sclerograph.hand import flexion
from sclerograph.hand.side import SideAndView
from tests.hand.scenes import Placed, Scene, view_of


def _foreshortened(digit: int, angles_deg: tuple[float, ...]) -> Scene:
    """Shorten the phalanges of a digit by the cosines of angles."""
    chain, healthy, shift, moved = FINGER_CHAINS[digit][1:], Scene(), {}, np.zeros(2)
    for (first, second), angle in zip(pairwise(chain), angles_deg, strict=True):
        moved = moved + (healthy.joint(second) - healthy.joint(first)) * (np.cos(np.radians(angle)) - 1.0)
        shift[second] = (float(moved[0]), float(moved[1]))
    return Scene(shift=shift)


def _bent(digit: int, turns_deg: tuple[float, ...]) -> Scene:
    """Turn the joints of a digit in the plane of the film, one after the other."""
    chain, healthy, shift = FINGER_CHAINS[digit], Scene(), {}
    along = healthy.joint(chain[1]) - healthy.joint(chain[0])
    direction, place = along / np.hypot(*along), healthy.joint(chain[1])
    for (first, second), turn in zip(pairwise(chain[1:]), turns_deg, strict=True):
        t = np.radians(turn)
        direction = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) @ direction
        place = place + direction * np.hypot(*(healthy.joint(second) - healthy.joint(first)))
        shift[second] = tuple(float(v) for v in place - healthy.joint(second))
    return Scene(shift=shift)


def _seen_from(view: str) -> SideAndView:
    return SideAndView("L", "user", view, "user")  # type: ignore[arg-type]


def test_a_straight_hand_is_not_flagged() -> None:
    found = flexion.measure(view_of(Scene()))
    assert [f.digit for f in found] == [1, 2, 3, 4, 5]
    assert all(f.assessable and f.flagged is False and f.told_by == "foreshortening" for f in found)
    assert flexion.hides_tuft(found) == {}


@pytest.mark.parametrize("placed", [Placed(), Placed(pixels_per_mm=3.0, turn_deg=30.0, mirrored=True)])
def test_a_flexed_finger_is_measured_and_its_tuft_not_graded(placed: Placed) -> None:
    found = flexion.measure(view_of(_foreshortened(4, (15.0, 45.0, 55.0)), placed))
    ring = found[3]
    assert ring.angle_deg == pytest.approx(45.0, abs=8.0)
    assert ring.angle_interval is not None
    assert ring.angle_interval.low < 45.0 < ring.angle_interval.high
    hidden = flexion.hides_tuft(found)
    assert list(hidden) == [4]
    assert "MP4" in hidden[4]


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_on_a_lateral_film_angles_are_read_from_the_axes(side: float) -> None:
    scene = _bent(3, (side * 20.0, side * 35.0, side * 15.0))
    middle = flexion.measure(view_of(scene, side_and_view=_seen_from("lateral")))[2]
    assert (middle.mcp_deg, middle.pip_deg, middle.dip_deg) == pytest.approx((20.0, 35.0, 15.0), abs=0.2)
    assert middle.angle_deg == pytest.approx(55.0, abs=0.2)
    assert middle.flagged
    assert middle.told_by == "axes"


def test_on_an_oblique_film_the_bend_is_larger_than_it_seems() -> None:
    scene = _bent(2, (0.0, 25.0, 5.0))
    lateral, oblique = (flexion.measure(view_of(scene, side_and_view=_seen_from(v)))[1] for v in ("lateral", "oblique"))
    assert lateral.pip_deg is not None
    assert oblique.pip_deg is not None
    expected = np.degrees(np.arctan(np.tan(np.radians(25.0)) / np.sin(np.radians(45.0))))
    assert oblique.pip_deg == pytest.approx(expected, abs=1.0)
    assert lateral.angle_interval is not None
    assert oblique.angle_interval is not None
    assert (
        oblique.angle_interval.high - oblique.angle_interval.low
        > lateral.angle_interval.high - lateral.angle_interval.low
    )


def test_the_thumb_is_not_read_from_the_side() -> None:
    thumb = flexion.measure(view_of(Scene(), side_and_view=_seen_from("lateral")))[0]
    assert not thumb.assessable
    assert thumb.reason is not None


def test_without_landmarks_nothing_is_said_and_the_reason_is() -> None:
    found = flexion.measure(view_of(Scene(confidence={"PIP5": 0.05, "DIP5": 0.05})))
    assert not found[4].assessable
    assert found[4].reason is not None
    assert found[1].assessable
