"""Hands of the finder's maps."""

import math

import numpy as np
import pytest

from sclerograph.networks.crops import letterbox
from sclerograph.networks.locate import hands_of_maps, to_film


def _maps(*hands: tuple[int, int, float, float, float]) -> np.ndarray:
    """Maps with a peak at each (row, column, up_deg, length, side logit)."""
    maps = np.zeros((5, 48, 48), np.float32)
    maps[0] = -6
    for row, column, up_deg, length, side in hands:
        maps[0, row, column] = 3
        here = (slice(row - 1, row + 2), slice(column - 1, column + 2))
        angle = math.radians(up_deg)
        for channel, value in enumerate((math.sin(angle), -math.cos(angle), math.log(length / 192), side), start=1):
            maps[channel][here] = value
    return maps


def test_no_peak_is_no_hand() -> None:
    assert hands_of_maps(_maps(), 192) == []


def test_two_hands() -> None:
    first, second = hands_of_maps(_maps((20, 12, 30.0, 80.0, -5.0), (22, 34, -100.0, 90.0, 4.0)), 192)
    assert first.centre == pytest.approx((12 * 4 + 1.5, 20 * 4 + 1.5), abs=0.5)
    assert (first.up_deg, second.up_deg) == (pytest.approx(30, abs=0.1), pytest.approx(-100, abs=0.1))
    assert second.length == pytest.approx(90, rel=1e-3)
    assert (first.mirrored, second.mirrored) == (False, True)


def test_two_peaks_on_one_hand_are_one_hand() -> None:
    assert len(hands_of_maps(_maps((20, 20, 0.0, 120.0, 3.0), (25, 22, 0.0, 120.0, 3.0)), 192)) == 1


def test_film_pixels() -> None:
    crop = letterbox(1920, 960)
    (seen,) = hands_of_maps(_maps((24, 24, 0.0, 96.0, 3.0)), 192)
    film = to_film(seen, crop)
    assert film.length == pytest.approx(960, rel=1e-6)
    assert film.centre == pytest.approx(((24 * 4 + 1.5 - 95.5) * 10 + 479.5, (24 * 4 + 1.5 - 95.5) * 10 + 959.5), abs=3)
