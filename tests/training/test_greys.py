"""The fast grey channels are the networks' grey channels."""

import numpy as np
import pytest

pytest.importorskip("cv2", reason="augmentation needs OpenCV (extra train)")

from sclerograph.imaging.resample import grey_channels, warp
from sclerograph.training.greys import fast_grey_channels, fast_warp, warp_labels


def _film(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:160, :120]
    return (100 + 60 * np.sin(x / 9.0) * np.cos(y / 14.0) + rng.normal(0, 4, (160, 120))).astype(np.float32)


@pytest.mark.parametrize("pixel_size", [0.25, 0.55, 1.5])
def test_same_channels(pixel_size: float) -> None:
    film = _film()
    np.testing.assert_allclose(fast_grey_channels(film, pixel_size), grey_channels(film, pixel_size), atol=2e-3)


def test_constant_film_is_zero() -> None:
    assert not fast_grey_channels(np.full((64, 64), 7, np.float32), 0.5).any()


def test_warps_agree_on_smooth_films() -> None:
    y, x = np.mgrid[:160, :120]
    film = (120 + 90 * np.sin(x / 17.0) * np.cos(y / 23.0)).astype(np.uint8)
    matrix = np.array([[0.55, 0.1, 8.0], [-0.1, 0.55, 20.0]])
    fast, exact = fast_warp(film, matrix, 80, 70, fill=None), warp(film, matrix, 80, 70)
    inside = warp(np.ones_like(film), matrix, 80, 70) > 0.999
    assert inside.mean() > 0.5
    assert np.abs(fast - exact)[inside].mean() < 1.0


def test_labels_keep_their_bits() -> None:
    labels = np.zeros((40, 40), np.uint32)
    labels[10:30, 10:30] = (1 << 28) | 3
    moved = warp_labels(labels, np.array([[1.0, 0.0, 4.0], [0.0, 1.0, -2.0]]), 40, 40)
    assert moved[20, 20] == (1 << 28) | 3
    assert (moved[9, 20], moved[7, 20], moved[20, 13]) == ((1 << 28) | 3, 0, 0)
