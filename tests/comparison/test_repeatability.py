from __future__ import annotations

import json
from typing import get_args

import pytest

from sclerograph.comparison.repeatability import (
    AREAS_AND_LENGTHS,
    Repeatability,
    change_of_intervals,
    measure_key,
    measured_repeatability,
    repeatability_of,
    smallest_change,
)
from sclerograph.findings.records import Interval, MeasureName
from sclerograph.hand.measures import Measured


def test_the_errors_that_ship_can_be_read():
    names = {name.split(", ")[0] for name in measured_repeatability()}
    assert names <= {*AREAS_AND_LENGTHS, *get_args(MeasureName)}


def test_joints_of_one_kind_and_the_four_fingers_have_one_error():
    def key(place: str) -> str:
        return measure_key(Measured("joint space", place, "mm", 1.0))

    assert key("PIP2") == key("PIP5") == "joint space, PIP, mm"
    assert key("IP1") == "joint space, IP, mm"
    assert key("2") == key("5") != key("1")
    assert key("hand") == "joint space, hand, mm"
    assert measure_key(Measured("joint space", "PIP2", "ratio", 1.0)) != key("PIP2")


def test_the_smallest_change_is_that_of_repeated_films_else_of_the_interval():
    interval = Interval(low=0.9, high=1.1)
    width = Measured("joint space", "PIP2", "mm", 1.0, interval)
    assert smallest_change(width, {}) == pytest.approx(0.1 * 2**0.5)
    error = Repeatability(0.03, 0.0, 40)
    assert smallest_change(width, {"joint space, PIP, mm": error}) == error.smallest_detectable_change(1.0, 1.0)
    assert smallest_change(Measured("joint space", "PIP2", "mm", 1.0), {}) is None
    assert smallest_change(Measured("joint space", "PIP2", "mm", None, interval), {}) is None


def test_the_smallest_detectable_change_is_that_of_bland_and_altman_where_both_values_are_alike():
    error = Repeatability(3.0, 0.04, 20)
    sem = (3.0**2 + 4.0**2) ** 0.5
    assert error.smallest_detectable_change(100.0, 100.0) == pytest.approx(1.96 * 2**0.5 * sem, rel=1e-4)
    assert error.smallest_detectable_change(0.0, 0.0) == pytest.approx(1.96 * 2**0.5 * 3.0, rel=1e-4)


def test_an_area_with_a_sharp_edge_needs_less_change_than_one_through_a_haze():
    error = Repeatability(0.0, 0.0, 40, interval=1.0, usual_share=0.2)
    sharp, hazy, unknown = (error.smallest_detectable_change(10.0, 10.0, (w, w)) for w in (0.5, 4.0, None))
    assert sharp == pytest.approx(1.96 * 2**0.5 * 0.5, rel=1e-4)
    assert hazy == pytest.approx(8.0 * sharp)
    assert unknown == pytest.approx(4.0 * sharp)


def document(**entry: object) -> str:
    measures = {"hand_area": {"floor": 1.0, "share": 0.1, "pairs": 12} | entry}
    return json.dumps({"schema": "sclerograph.repeatability/1", "source": None, "measures": measures})


def test_a_file_of_errors():
    assert repeatability_of(document()) == {"hand_area": Repeatability(1.0, 0.1, 12)}
    with_interval = repeatability_of(document(interval=0.5, usual_share=0.2))
    assert with_interval == {"hand_area": Repeatability(1.0, 0.1, 12, 0.5, 0.2)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (document(floor=-1.0), "negative"),
        (document(interval=-1.0), "negative"),
        (document().replace("hand_area", "mood"), "mood"),
        (document().replace("repeatability/1", "repeatability/2"), "repeatability/1"),
    ],
)
def test_another_file_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        repeatability_of(text)


def test_errors_of_one_film_add_and_those_of_two_films_do_not():
    ones = [Interval(low=9.0, high=11.0), Interval(low=4.0, high=6.0)]
    assert change_of_intervals(ones, []) == pytest.approx(2.0)
    assert change_of_intervals(ones, ones) == pytest.approx(2.0 * 2**0.5)
