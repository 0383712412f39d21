"""Points of heat maps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.networks.decode import cell_to_pixel, decode_heat_maps, pixel_to_cell, spatial_softmax


@settings(max_examples=20, deadline=None)
@given(st.floats(12, 120), st.floats(12, 100))
def test_a_gaussian_is_found_to_a_tenth_of_a_pixel(x: float, y: float) -> None:
    grid_y, grid_x = np.mgrid[:56, :66].astype(np.float64)
    cell_x, cell_y = pixel_to_cell(np.array([x, y]), 2)
    logits = -((grid_x - cell_x) ** 2 + (grid_y - cell_y) ** 2) / (2 * 1.1**2)
    ((found_x, found_y, mass),) = decode_heat_maps(spatial_softmax(logits[None].astype(np.float32)))
    assert max(abs(found_x - x), abs(found_y - y)) < 0.1
    assert mass > 0.97


def test_a_flat_map_has_no_confidence() -> None:
    ((_, _, mass),) = decode_heat_maps(spatial_softmax(np.zeros((1, 112, 88), np.float32)))
    assert mass < 0.01


def test_a_broad_peak_beats_one_noisy_cell() -> None:
    probability = np.zeros((1, 40, 40), np.float32)
    probability[0, 30, 30] = 0.2
    probability[0, 8:13, 8:13] = 0.8 / 25
    ((x, y, _),) = decode_heat_maps(probability)
    assert (x, y) == pytest.approx((20.5, 20.5), abs=0.01)


@given(st.floats(-10, 500), st.sampled_from([1, 2, 4]))
def test_cells_and_pixels(x: float, stride: int) -> None:
    assert cell_to_pixel(pixel_to_cell(np.array([x]), stride), stride)[0] == pytest.approx(x, abs=1e-9)
