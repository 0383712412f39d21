from __future__ import annotations

import numpy as np
import pytest

from bench.hands import _True, verdict
from bench.orientations import ORIENTATIONS, Orientation, angle_between_deg, side_by_side, up_deg_of
from sclerograph.imaging.calibration import NO_CALIBRATION
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import HandLocation

WRIST, FINGERTIP, THUMB = (30, 80), (40, 10), (55, 50)


def _film(rows: int = 100, columns: int = 70) -> Radiograph:
    pixels = np.zeros((rows, columns), np.float32)
    for value, (x, y) in enumerate((WRIST, FINGERTIP, THUMB), start=1):
        pixels[y, x] = value / 4
    return Radiograph(pixels, pixels >= 0, NO_CALIBRATION, Source("film.png", "0" * 64, rows, columns))


def _points(film: Radiograph) -> list[tuple[int, int]]:
    places = [np.argwhere(film.pixels == np.float32(value / 4))[0] for value in (1, 2, 3)]
    return [(int(column), int(row)) for row, column in places]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_true_direction_and_side_follow_the_pixels(orientation: Orientation) -> None:
    turned = orientation.film(_film())
    wrist, fingertip, thumb = _points(turned)
    expected = orientation.up_deg(up_deg_of(WRIST, FINGERTIP))
    assert angle_between_deg(up_deg_of(wrist, fingertip), expected) == pytest.approx(0.0, abs=1e-9)
    # the thumb lies to the right of the direction wrist to fingertip unless the film was mirrored
    along = np.subtract(fingertip, wrist)
    beside = np.subtract(thumb, wrist)
    thumb_right = along[0] * beside[1] - along[1] * beside[0] > 0
    assert thumb_right != orientation.looks_right(False)
    assert (turned.source.rows, turned.source.columns) == turned.pixels.shape == turned.valid.shape


def test_there_are_eight_different_orientations() -> None:
    looks = {orientation.film(_film()).pixels.tobytes() for orientation in ORIENTATIONS}
    assert len(looks) == 8


@pytest.mark.parametrize(("first", "second", "angle"), [(10, 350, 20), (-170, 170, 20), (0, 180, 180), (725, 5, 0)])
def test_angles_between_directions(first: float, second: float, angle: float) -> None:
    assert angle_between_deg(first, second) == pytest.approx(angle)


def test_up_is_clockwise_from_the_image_s_up() -> None:
    assert up_deg_of((0, 10), (0, 0)) == 0.0
    assert up_deg_of((0, 0), (5, 0)) == pytest.approx(90.0)
    assert up_deg_of((0, 0), (-5, 0)) == pytest.approx(-90.0)


def test_two_films_side_by_side_keep_their_pixels() -> None:
    both = side_by_side(_film(100, 70), _film(90, 60))
    assert both.pixels.shape == (100, 130)
    assert np.array_equal(both.pixels[:90, 70:], _film(90, 60).pixels)
    assert not both.valid[95, 100]


def _hand(up_deg: float, mirrored: bool) -> HandLocation:
    return HandLocation((50.0, 50.0), up_deg, 80.0, mirrored, 0.9, 0.9)


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ([_hand(95.0, True)], "right"),
        ([_hand(-270.0, True)], "right"),
        ([], "0 hands"),
        ([_hand(90.0, True), _hand(90.0, True)], "2 hands"),
        ([_hand(-90.0, True)], "turned 180 degrees"),
        ([_hand(90.0, False)], "thumb on the wrong side"),
    ],
)
def test_the_verdict_on_hands(found: list[HandLocation], answer: str) -> None:
    assert verdict(found, [_True(90.0, True)]) == answer
