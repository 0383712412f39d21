import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.film import CALCIUM, METAL
from sclerograph.phantom.fine import fine_layers, simulate_fine_film, simulate_fine_two_hand_film
from tests.phantom.films import fine_film_of, healthy_scene, sick_scene


def test_a_right_hand_is_the_mirror_image_in_its_truth() -> None:
    left, right = fine_film_of("L"), fine_film_of("R")
    assert (left.side, right.side) == ("L", "R")
    both = (left.bones > 0) & (right.bones[:, ::-1] > 0)
    assert both.sum() > 0.97 * (left.bones > 0).sum()
    assert left.landmarks[:, 0] + right.landmarks[:, 0] == pytest.approx(511.0, abs=1e-3)


def test_a_fine_film_has_4096_greys_and_repeats_by_seed() -> None:
    film = fine_film_of("L")
    assert film.image_12bit is not None
    assert film.image_12bit.dtype == np.uint16
    assert 3000 < film.image_12bit.max() <= 4095
    assert len(np.unique(film.image_12bit)) > 1000
    again = simulate_fine_film(
        np.random.default_rng(1), sick_scene(), rows=640, columns=512, pixel_mm=0.4, look="flat panel, crisp"
    )
    assert np.array_equal(again.image_12bit, film.image_12bit)


def test_thickness_is_never_negative_and_mineral_stays_under_the_skin() -> None:
    scene = sick_scene()
    layers = fine_layers(scene, scene.detector(320, 256, 0.8), metal=True)
    assert layers.materials.min() >= 0.0
    assert (layers.materials[4] > 0).any()
    assert (layers.tissue & METAL).any()
    assert layers.inside[layers.calcium_mm > 0.06].all()


def test_deposits_are_brighter_than_what_lies_around_them() -> None:
    film = fine_film_of("L")
    assert film.image_12bit is not None
    dense = film.calcium_mm > 1.0
    assert dense.sum() > 20
    alone = dense & (film.bones == 0)
    around = (film.bones == 0) & (film.tissue == 4)
    assert np.median(film.image_12bit[alone]) > 1.3 * np.median(film.image_12bit[around])


def test_two_hands_on_a_fine_film() -> None:
    film = simulate_fine_two_hand_film(
        np.random.default_rng(0), (healthy_scene(), sick_scene()), rows=300, columns=480, pixel_mm=0.8
    )
    left, right = film.hands
    assert film.image.shape == (300, 480)
    assert (left.side, right.side) == ("L", "R")
    assert not (left.tissue & CALCIUM).any()
    assert (right.tissue & CALCIUM).any()
    assert right.image_12bit is left.image_12bit
