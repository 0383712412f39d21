import numpy as np
import pytest
from scipy import ndimage

from sclerograph.imaging.frame import convex_films, film_inside_frame
from tests.imaging.films import hand_film

FILM = hand_film(400, 320)


def framed(film: np.ndarray, grey: float, top: int, left: int, bottom: int, right: int) -> np.ndarray:
    return np.pad(film, ((top, bottom), (left, right)), constant_values=grey).astype(np.float32)


@pytest.mark.parametrize("grey", [1.0, 0.9, 0.6])
@pytest.mark.parametrize("widths", [(30, 40, 20, 50), (0, 40, 0, 0), (10, 10, 10, 10)])
def test_frame_is_found_to_the_pixel(grey, widths):
    picture = framed(FILM, grey, *widths)
    inside = film_inside_frame(picture)
    assert inside is not None
    truth = framed(np.ones(FILM.shape), 0, *widths) > 0
    assert not inside[~truth].any()
    assert inside[truth].mean() > 0.97


def test_turned_scan_loses_its_corners():
    turned = ndimage.rotate(FILM, 7, reshape=True, order=1, cval=1.0).astype(np.float32)
    truth = ndimage.rotate(np.ones(FILM.shape), 7, reshape=True, order=1) > 0.5
    inside = film_inside_frame(turned)
    assert inside is not None
    assert (inside != truth).mean() < 0.03


def test_two_films_on_a_slide_with_a_caption():
    slide = framed(np.hstack([FILM, np.full((400, 30), 1.0), FILM]), 1.0, 40, 30, 60, 30)
    slide[450:460, 100:300] = 0.0
    inside = film_inside_frame(slide)
    assert inside is not None
    assert not inside[440:].any()
    assert not inside[:, 351:379].any()
    assert inside[60:420, 60:320].all()
    assert inside[60:420, 400:660].all()


def test_film_without_frame_and_inverted_films_have_none():
    assert film_inside_frame(FILM) is None
    assert film_inside_frame(1 - FILM) is None
    saturated = np.clip((1 - FILM) * 1.2, 0, 1)  # the air around an inverted hand, perfectly white
    assert film_inside_frame(saturated.astype(np.float32)) is None


def test_black_surroundings_are_no_frame():
    assert film_inside_frame(framed(FILM, 0.0, 40, 40, 40, 40)) is None


def test_dark_frames_must_leave_rectangles():
    # A bright scan in a black frame has one, the dark air around a convex wrist is none.
    assert film_inside_frame(framed(1 - FILM, 0.0, 40, 40, 40, 40)) is not None
    y, x = np.mgrid[:400, :400]
    wrist = np.where(np.abs(x - 200) < 60 + y / 8, 0.6, 0.0)
    assert film_inside_frame(wrist.astype(np.float32)) is None


def test_convexity():
    mask = np.zeros((100, 100), dtype=bool)
    mask[20:80, 10:90] = True
    mask[40:50, 40:50] = False
    kept = convex_films(mask)
    assert kept is not None
    assert kept.sum() == 60 * 80
    mask[20:60, 40:70] = False
    assert convex_films(mask) is None
    assert convex_films(np.zeros((10, 10), dtype=bool)) is None
