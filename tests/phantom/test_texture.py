import numpy as np
import pytest

from sclerograph.phantom.texture import field, strut_field, texture_tile


def test_tiles_have_unit_variance_and_continue_at_their_edges() -> None:
    tile = texture_tile(0.02, 0.08, seed=5)
    assert tile.std() == pytest.approx(1.0, abs=1e-3)
    step = np.abs(np.diff(tile, axis=0)).mean()
    assert np.abs(tile[0] - tile[-1]).mean() < 1.5 * step


def test_struts_run_along_their_direction() -> None:
    struts = strut_field(np.random.default_rng(0), (400, 400), 0.0, 0.1, 0.3)
    assert np.abs(np.diff(struts, axis=0)).mean() < 0.7 * np.abs(np.diff(struts, axis=1)).mean()


def test_a_field_larger_than_a_tile_is_filled() -> None:
    assert field(np.random.default_rng(0), (1500, 700), 0.01, 0.05).shape == (1500, 700)
