"""The size of a hand: from all bones, whatever the disease does to some."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.hand.scale import believed, nominal_mm_in_pixels, segment_lengths_px
from sclerograph.networks.maps import Landmark
from tests.hand.scenes import FEW, Placed, Scene, healthy_landmarks, skeleton_of


@FEW
@given(scale=st.floats(1.0, 12.0), turn=st.floats(0, 360), mirrored=st.booleans())
def test_scale_of_any_film(scale: float, turn: float, mirrored: bool) -> None:
    skeleton = skeleton_of(Scene(), Placed(scale, turn, mirrored))
    assert nominal_mm_in_pixels(skeleton) == pytest.approx(scale, rel=1e-6)


def test_destroyed_tips_do_not_change_it() -> None:
    skeleton = skeleton_of(Scene(lost=dict.fromkeys(range(1, 6), 0.7)), Placed(5.0))
    assert nominal_mm_in_pixels(skeleton) == pytest.approx(5.0, rel=1e-6)


def test_bent_fingers_are_outvoted() -> None:
    shift = {}
    for digit in (4, 5):
        start, end = (np.array(healthy_landmarks()[f"{joint}{digit}"]) for joint in ("PIP", "DIP"))
        shift[f"DIP{digit}"] = tuple(-0.5 * (end - start))
    skeleton = skeleton_of(Scene(shift=shift), Placed(5.0))
    assert nominal_mm_in_pixels(skeleton) == pytest.approx(5.0, rel=0.01)


def test_without_landmarks_the_crop_tells() -> None:
    skeleton = skeleton_of(Scene(), Placed(5.0))
    blind = {name: replace(mark, confidence=0.0) for name, mark in skeleton.landmarks.items()}
    assert nominal_mm_in_pixels(replace(skeleton, landmarks=blind)) == pytest.approx(5.0, rel=1e-6)


def test_believed() -> None:
    marks = {"sure": Landmark(1, 2, 0.9), "faint": Landmark(1, 2, 0.1), "odd": Landmark(1, 2, 0.9, plausible=False)}
    assert believed(marks, "sure") == marks["sure"]
    assert believed(marks, "faint") is None
    assert believed(marks, "odd") is None
    assert believed(marks, "none") is None


def test_segments_need_both_ends() -> None:
    skeleton = skeleton_of(Scene(confidence={"PIP3": 0.05}), Placed(4.0))
    lengths = segment_lengths_px(skeleton.landmarks)
    assert "PP3" not in lengths
    assert "MP3" not in lengths
    assert len(lengths) == 17
