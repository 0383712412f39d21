"""Two looks at one hand: points and masks of the first are brought onto the crop of the second and averaged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.networks.looks import Look, averaged
from sclerograph.networks.maps import Crop

ROWS, COLUMNS, SCALE = 96, 80, 2.0


def crop_turned(degrees: float) -> Crop:
    """Half the resolution of the film, turned about the crop's middle."""
    turn = np.deg2rad(degrees)
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / SCALE
    middle = np.array([COLUMNS, ROWS]) / 2.0
    return Crop(np.hstack([linear, (middle - linear @ (middle * SCALE))[:, None]]), ROWS, COLUMNS, 0.5)


def look(degrees: float, centre: tuple[float, float], sigma: float = 12.0, confidence: float = 0.9) -> Look:
    """A look that sees one round bone, a logit of 3 at its centre, and one landmark there; both in film pixels."""
    crop = crop_turned(degrees)
    columns, rows = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    places = crop.map_to_original(np.stack([columns, rows], axis=-1).astype(float))
    squared = ((places - centre) ** 2).sum(axis=-1)
    mask = (3.0 - 6.0 * (1.0 - np.exp(-squared / (2 * sigma**2)))).astype(np.float32)
    nothing = np.full_like(mask, -9.0)
    return Look(crop, np.array([[*centre, confidence]]), np.stack([mask, nothing]))


@given(st.floats(-8, 8), st.floats(60, 100), st.floats(80, 110))
def test_two_looks_that_agree_say_what_each_says(degrees: float, x: float, y: float) -> None:
    second = look(0.0, (x, y))
    both = averaged(look(degrees, (x, y)), second)
    assert both.crop is second.crop
    np.testing.assert_allclose(both.points, second.points)
    inner = (slice(8, -8), slice(8, -8))  # the corners of a turned crop lie beyond it
    np.testing.assert_allclose(both.masks[0][inner], second.masks[0][inner], atol=0.08)


def test_a_bone_seen_in_two_places_lies_between() -> None:
    both = averaged(look(4.0, (78.0, 96.0)), look(0.0, (82.0, 96.0)))
    inside = np.argwhere(both.masks[0] > 0).mean(axis=0)
    np.testing.assert_allclose(both.crop.map_to_original(inside[::-1]), (80.0, 96.0), atol=0.3)
    np.testing.assert_allclose(both.points[0], (80.0, 96.0, 0.9))


@pytest.mark.parametrize(("first", "second", "kept"), [(0.9, 0.6, 0), (0.5, 0.8, 1)])
def test_of_points_far_apart_the_surer_one_stands(first: float, second: float, kept: int) -> None:
    looks = look(4.0, (60.0, 96.0), confidence=first), look(0.0, (100.0, 96.0), confidence=second)
    np.testing.assert_allclose(averaged(*looks).points[0], looks[kept].points[0])


def test_what_the_second_look_does_not_see_stays_unseen_and_the_looks_are_left_as_they_were() -> None:
    first, second = look(4.0, (80.0, 96.0)), look(0.0, (80.0, 96.0))
    first.masks[1] = 5.0
    before = second.masks.copy()
    assert (averaged(first, second).masks[1] == -9.0).all()
    np.testing.assert_array_equal(second.masks, before)
