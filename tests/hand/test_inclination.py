"""Flexion from lengths alone: hands of known build, with phalanges shortened by a known cosine."""

from __future__ import annotations

import numpy as np
import pytest

from sclerograph.anatomy.norms import SEGMENTS, segment_norms
from sclerograph.hand.foreshortening import foreshortened
from sclerograph.hand.inclination import Inclination, inclinations


def _lengths(angles_deg: dict[str, float], scale: float = 4.0) -> dict[str, float]:
    mean = dict(zip(SEGMENTS, segment_norms().mean, strict=True))
    return {
        s: scale * float(np.exp(mean[s]) * np.cos(np.radians(angles_deg.get(s, 0.0))))
        for s in SEGMENTS
        if not s.startswith("DP")
    }


def _measured(lengths: dict[str, float]) -> dict[int, Inclination]:
    return inclinations(lengths, foreshortened(lengths))


def test_an_average_hand_is_straight() -> None:
    found = _measured(_lengths({}))
    assert sorted(found) == [1, 2, 3, 4, 5]
    assert all(f.angle_deg < 12.0 and f.low_deg < 2.0 for f in found.values())


@pytest.mark.parametrize("angle", [25.0, 40.0, 55.0])
def test_a_flexed_finger_is_measured_and_the_others_are_not_dragged_along(angle: float) -> None:
    found = _measured(_lengths({"PP3": 0.4 * angle, "MP3": angle}))
    assert found[3].angle_deg == pytest.approx(angle, abs=8.0)
    assert found[3].low_deg < angle < found[3].high_deg
    assert max(found[d].angle_deg for d in (2, 4)) < 13.0


def test_four_flexed_fingers_are_told_from_the_metacarpals() -> None:
    angles = {f"{kind}{d}": a for d in range(2, 6) for kind, a in (("PP", 20.0), ("MP", 45.0))}
    found = _measured(_lengths(angles))
    assert all(found[d].angle_deg > 30.0 for d in range(2, 6))


def test_the_size_of_the_film_does_not_matter() -> None:
    angles = {"MP2": 35.0}
    first, second = (_measured(_lengths(angles, scale)) for scale in (1.0, 13.0))
    assert first[2].angle_deg == pytest.approx(second[2].angle_deg, abs=0.01)


def test_digits_without_phalanges_or_without_others_are_left_out() -> None:
    lengths = _lengths({})
    del lengths["MP4"]
    assert 4 not in _measured(lengths)
    few = {s: lengths[s] for s in ("PP2", "MP2", "MC2", "MC3")}
    assert _measured(few) == {}
