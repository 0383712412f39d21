from __future__ import annotations

import json

import pytest

from sclerograph.comparison.repeatability import (
    MEASURES,
    Repeatability,
    change_of_intervals,
    measured_repeatability,
    repeatability_of,
)
from sclerograph.findings.records import Interval


def test_the_errors_that_ship_can_be_read():
    assert set(measured_repeatability()) <= set(MEASURES)


def test_the_smallest_detectable_change_is_that_of_bland_and_altman_where_both_values_are_alike():
    error = Repeatability(3.0, 0.04, 20)
    sem = (3.0**2 + 4.0**2) ** 0.5
    assert error.smallest_detectable_change(100.0, 100.0) == pytest.approx(1.96 * 2**0.5 * sem, rel=1e-4)
    assert error.smallest_detectable_change(0.0, 0.0) == pytest.approx(1.96 * 2**0.5 * 3.0, rel=1e-4)


def document(**entry: object) -> str:
    measures = {"hand_area": {"floor": 1.0, "share": 0.1, "pairs": 12} | entry}
    return json.dumps({"schema": "sclerograph.repeatability/1", "source": None, "measures": measures})


def test_a_file_of_errors():
    assert repeatability_of(document()) == {"hand_area": Repeatability(1.0, 0.1, 12)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (document(floor=-1.0), "negative"),
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
