"""Outlines and the geometry of polygons: exact on discs and rectangles, on turned and mirrored crops too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.hand.outlines import (
    area,
    as_contours,
    extent_along,
    longest_diameter,
    narrowest_width,
    outline,
    signed_area,
)
from sclerograph.networks.maps import Crop

ROWS, COLUMNS = 60, 70


def crop_at(turn_deg: float, mirrored: bool, pixels_per_pixel: float) -> Crop:
    t = np.radians(turn_deg)
    linear = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    linear = linear / pixels_per_pixel
    return Crop(np.hstack([linear, [[13.0], [-7.0]]]), ROWS, COLUMNS, 0.25)


PLAIN = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), ROWS, COLUMNS, 0.25)

crops = st.builds(crop_at, st.floats(0.0, 360.0), st.booleans(), st.floats(0.2, 6.0))


def soft_disc(x: float, y: float, radius: float) -> np.ndarray:
    """A probability that is one half exactly at the radius."""
    columns, rows = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    return np.clip(0.5 + 0.5 * (radius - np.hypot(columns - x, rows - y)), 0.0, 1.0)


@settings(max_examples=25, deadline=None)
@given(crop=crops, x=st.floats(25, 40), y=st.floats(25, 33), radius=st.floats(4, 20))
def test_disc(crop: Crop, x: float, y: float, radius: float) -> None:
    scale = crop.original_pixels_per_pixel
    rings = outline(soft_disc(x, y, radius), crop)
    assert len(rings) == 1
    # chords run inside of the circle: at a radius of 4 pixels 1.3 % of the area
    assert area(rings) == pytest.approx(np.pi * (radius * scale) ** 2, rel=0.015)
    assert longest_diameter(rings) == pytest.approx(2 * radius * scale, rel=0.015)
    assert narrowest_width(rings) == pytest.approx(2 * radius * scale, rel=0.015)
    centre = crop.map_to_original(np.array([x, y]))
    assert np.hypot(*(rings[0] - centre).T) == pytest.approx(radius * scale, rel=0.02)


@settings(max_examples=25, deadline=None)
@given(crop=crops, width=st.integers(3, 40), height=st.integers(3, 30))
def test_rectangle(crop: Crop, width: int, height: int) -> None:
    """Pixels of value 1 end half way to their neighbours of value 0; corners are cut by an eighth of a pixel each."""
    probability = np.zeros((ROWS, COLUMNS))
    probability[10 : 10 + height, 12 : 12 + width] = 1.0
    rings = outline(probability, crop)
    scale = crop.original_pixels_per_pixel
    assert area(rings) == pytest.approx((width * height - 0.5) * scale**2, rel=1e-6)
    assert narrowest_width(rings) == pytest.approx(min(width, height) * scale, rel=0.02)


@settings(max_examples=15, deadline=None)
@given(crop=crops)
def test_hole_is_subtracted(crop: Crop) -> None:
    probability = soft_disc(35, 30, 18) - soft_disc(33, 31, 7)
    rings = outline(probability, crop)
    assert len(rings) == 2
    assert area(rings) == pytest.approx(np.pi * (18**2 - 7**2) * crop.original_pixels_per_pixel**2, rel=0.01)


def test_region_at_the_edge_is_closed() -> None:
    rings = outline(soft_disc(0, 0, 15), PLAIN)
    assert all(np.array_equal(ring[0], ring[-1]) for ring in rings)
    quarter = np.pi * 15**2 / 4
    assert area(rings) == pytest.approx(quarter + 15.0, rel=0.02)  # the border pixels reach half a pixel outwards


def test_part_of_a_grid_stands_where_it_was() -> None:
    whole = soft_disc(40, 30, 6)
    part = outline(whole[20:45, 30:55], PLAIN, corner=(20, 30))
    assert np.allclose(part[0], outline(whole, PLAIN)[0])


def test_lower_level_encloses_more() -> None:
    columns, rows = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    cone = np.clip(1.0 - np.hypot(columns - 35, rows - 30) / 20, 0, 1)
    areas = [area(outline(cone, PLAIN, level)) for level in (0.3, 0.5, 0.7)]
    assert areas == pytest.approx([np.pi * (20 * (1 - level)) ** 2 for level in (0.3, 0.5, 0.7)], rel=0.01)


def test_nothing_has_no_outline() -> None:
    assert outline(np.zeros((ROWS, COLUMNS)), PLAIN) == []
    assert area([]) == 0.0
    assert longest_diameter([]) == 0.0
    assert narrowest_width([]) == 0.0


def test_level_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        outline(np.zeros((ROWS, COLUMNS)), PLAIN, 0.0)


def test_longest_diameter_of_a_rectangle_is_its_diagonal() -> None:
    ring = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0], [0.0, 4.0], [0.0, 0.0]])
    assert longest_diameter([ring]) == pytest.approx(5.0)
    assert narrowest_width([ring]) == pytest.approx(3.0)
    assert signed_area(ring) == pytest.approx(12.0)
    assert signed_area(ring[::-1]) == pytest.approx(-12.0)


def test_points_on_a_line() -> None:
    ring = np.array([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0], [0.0, 0.0]])
    assert longest_diameter([ring]) == pytest.approx(np.hypot(5.0, 5.0))


def test_extent_along_an_axis() -> None:
    ring = np.array([[2.0, 1.0], [6.0, 1.0], [6.0, 3.0], [2.0, 1.0]])
    assert extent_along([ring], np.array([1.0, 0.0]), np.array([1.0, 0.0])) == (1.0, 5.0)


def test_drawn_contours_are_simple_and_near() -> None:
    rings = outline(soft_disc(35, 30, 18), PLAIN)
    (contour,) = as_contours(rings, 0.1)
    assert len(contour) < 0.5 * len(rings[0])
    assert contour[0] == contour[-1]
    assert np.hypot(*(np.array(contour) - [35, 30]).T) == pytest.approx(18.0, abs=0.15)
