"""A constant offset is a definition; what varies from film to film is an error."""

import numpy as np
import pytest

from bench.landmark_errors import LandmarkErrors
from sclerograph.networks.maps import Landmark


def errors_with(offsets: list[tuple[float, float]]) -> LandmarkErrors:
    errors = LandmarkErrors()
    for x, y in offsets:
        errors.add("TIP2", np.array([100.0, 50.0]), Landmark(100.0 + x, 50.0 + y, 0.9), 1.0)
    return errors


def test_a_constant_offset_is_taken_away_whole():
    errors = errors_with([(2.0, -1.0)] * 4)
    assert errors.of(["TIP2"]) == pytest.approx([5.0**0.5] * 4)
    assert errors.without_definition().of(["TIP2"]) == pytest.approx([0.0] * 4)


def test_the_film_itself_does_not_help_to_define():
    left = errors_with([(0.0, 0.0), (0.0, 0.0), (3.0, 0.0)]).without_definition()
    assert left.of(["TIP2"]) == pytest.approx([1.5, 1.5, 3.0])


def test_two_films_define_nothing():
    assert errors_with([(1.0, 0.0), (1.0, 0.0)]).without_definition().of(["TIP2"]) == pytest.approx([1.0, 1.0])
