from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.comparison.common_frame import CommonFrame, common_frame
from sclerograph.comparison.equal_scale import landmarks_of
from sclerograph.comparison.settings import DEFAULT
from tests.comparison.visits import PX_PER_MM, Points, beside, hand, place, posture


def frame_of(first: Points, second: Points, px_per_mm: tuple[float, float] = (PX_PER_MM, PX_PER_MM)) -> CommonFrame:
    marks = landmarks_of(hand(first)), landmarks_of(hand(second))
    frame = common_frame(*marks, (1.0 / px_per_mm[0], 1.0 / px_per_mm[1]), DEFAULT)
    assert frame is not None
    return frame


def apart(a: Points, b: Points) -> float:
    return float(np.hypot(*(a - b).T).max())


films = {
    "px_per_mm": st.floats(2.0, 12.0),
    "turn_deg": st.floats(-180.0, 180.0),
    "shift": st.tuples(st.floats(-300.0, 300.0), st.floats(-300.0, 300.0)),
    "mirrored": st.booleans(),
}


@settings(max_examples=30)
@given(film=st.fixed_dictionaries(films), digit=st.sampled_from([None, 1, 2, 3, 4, 5]), along=st.floats(-20.0, 120.0))
def test_any_other_film_of_one_posture_is_the_same_place(film, digit, along):
    points = posture()
    frame = frame_of(place(points), place(points, **film), (PX_PER_MM, film["px_per_mm"]))
    asked = np.array([[0.0, along], [-25.0, along + 5.0]])
    first, second = frame.first(place(asked), digit), frame.second(place(asked, **film), digit)
    assert apart(first, second) < 1e-6
    assert apart(frame.first_to_second(place(asked), digit), place(asked, **film)) < 1e-5
    assert apart(frame.second_to_first(place(asked, **film), digit), place(asked)) < 1e-5
    assert frame.mirrored == film["mirrored"]


def test_the_frame_is_in_millimetres():
    points = posture()
    frame = frame_of(place(points), place(points, 8.0), (PX_PER_MM, 8.0))
    a, b = frame.first(place(np.array([[0.0, 0.0], [30.0, 40.0]])))
    assert np.hypot(*(b - a)) == pytest.approx(50.0)


@settings(max_examples=30)
@given(spread=st.floats(-15.0, 15.0), off=st.floats(-9.0, 9.0), along=st.floats(0.15, 0.85))
def test_what_lies_beside_a_bone_goes_with_it(spread, off, along):
    before, after = posture(), posture({3: spread})
    frame = frame_of(place(before), place(after))
    asked = [place(beside(points, "PIP3", "DIP3", along, off)) for points in (before, after)]
    assert apart(frame.first(asked[0], 3), frame.second(asked[1], 3)) < 0.7
    assert apart(frame.first_to_second(asked[0], 3), asked[1][None]) < 0.7 * PX_PER_MM


def test_a_neighbour_that_is_spread_away_does_not_drag_a_finger_along():
    before, after = posture({2: 6.0, 3: 0.0}), posture({2: -12.0, 3: 0.0})
    frame = frame_of(place(before), place(after))
    asked = place(beside(before, "PIP3", "DIP3", 0.5, -8.0))
    assert apart(frame.first_to_second(asked, 3), asked[None]) < 0.5 * PX_PER_MM


def test_a_resorbed_fingertip_does_not_draw_the_pulp_together():
    before, after = posture(), posture(shortened={"TIP2": 0.4})
    frame = frame_of(place(before), place(after))
    asked = place(beside(before, "DIP2", "TIP2", 1.1, 2.0))
    assert apart(frame.first_to_second(asked, 2), asked[None]) < 0.5 * PX_PER_MM


def test_neither_visit_is_favoured():
    before, after = place(posture()), place(posture({2: 5.0, 4: -6.0}), turn_deg=20.0)
    there, back = frame_of(before, after), frame_of(after, before)
    asked = place(np.array([[0.0, 60.0], [10.0, 30.0]]))
    assert apart(there.first(asked, 3), back.second(asked, 3)) < 1e-6


def test_landmarks_that_nobody_believes_are_not_used():
    points = place(posture())
    wrong = points.copy()
    wrong[LANDMARKS.index("PIP3")] += 200.0
    doubtful = landmarks_of(hand(wrong))
    doubtful["PIP3"] = type(doubtful["PIP3"])(0.0, 0.0, 0.99, plausible=False)
    frame = common_frame(landmarks_of(hand(points)), doubtful, (0.2, 0.2), DEFAULT)
    assert frame is not None
    assert frame.landmarks == len(LANDMARKS) - 1
    asked = place(np.array([[0.0, 60.0]]))
    assert apart(frame.first(asked, 3), frame.second(asked, 3)) < 1e-6


def test_too_few_landmarks_make_no_frame():
    few = {name: mark for name, mark in landmarks_of(hand(place(posture()))).items() if name.startswith("TIP")}
    assert common_frame(few, few, (0.2, 0.2), DEFAULT) is None


def test_a_digit_without_bones_is_carried_by_the_whole_hand():
    marks = {name: m for name, m in landmarks_of(hand(place(posture()))).items() if name[-1] != "5"}
    frame = common_frame(marks, marks, (0.2, 0.2), DEFAULT)
    assert frame is not None
    asked = place(np.array([[-30.0, 40.0]]))
    assert apart(frame.first_to_second(asked, 5), asked) < 1e-6
