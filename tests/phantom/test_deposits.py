import numpy as np
import pytest

from sclerograph.phantom.calcium import VISIBLE_MINERAL_MM
from sclerograph.phantom.deposits import MORPHOLOGIES, add_at, deposit_thickness, draw_morphology, lobule


@pytest.mark.parametrize("morphology", MORPHOLOGIES)
def test_every_morphology_is_there_and_repeats_by_seed(morphology: str) -> None:
    first = deposit_thickness(np.random.default_rng(4), morphology, 0.2)
    assert first.min() >= 0.0
    assert first.max() > VISIBLE_MINERAL_MM
    assert np.array_equal(first, deposit_thickness(np.random.default_rng(4), morphology, 0.2))


@pytest.mark.parametrize("morphology", ["globular", "clustered", "tumoral", "plate"])
def test_a_deposit_has_the_same_size_at_every_pixel_size(morphology: str) -> None:
    areas = []
    for pixel in (0.1, 0.25):
        thickness = deposit_thickness(np.random.default_rng(9), morphology, pixel)
        areas.append(float((thickness > VISIBLE_MINERAL_MM).sum()) * pixel**2)
    assert areas[0] == pytest.approx(areas[1], rel=0.08)


def test_a_tumoral_mass_is_larger_than_a_dot() -> None:
    rng = np.random.default_rng(1)
    large = (deposit_thickness(rng, "tumoral", 0.3) > VISIBLE_MINERAL_MM).sum()
    small = (deposit_thickness(rng, "punctate", 0.3) > VISIBLE_MINERAL_MM).sum()
    assert large > 10 * small


def test_a_body_is_no_thicker_than_twice_its_radius_allows() -> None:
    body = lobule(np.random.default_rng(2), 2.0, 0.1)
    assert 1.5 < body.max() < 2 * 2.0 * 1.4


def test_what_reaches_beside_the_image_is_dropped() -> None:
    image = np.zeros((10, 10), np.float32)
    add_at(image, 0.0, 0.0, np.ones((6, 6), np.float32))
    add_at(image, 50.0, 50.0, np.ones((6, 6), np.float32))
    assert image.sum() == 9.0


def test_all_morphologies_are_drawn() -> None:
    rng = np.random.default_rng(0)
    assert {draw_morphology(rng) for _ in range(300)} == set(MORPHOLOGIES)
