import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom import look
from sclerograph.phantom.film import MARKER
from tests.phantom.films import fast_film_of


@pytest.fixture
def wedge() -> np.ndarray:
    """Attenuation that grows from left to right, with air around it."""
    image = np.zeros((120, 160), np.float32)
    image[20:100, 20:140] = np.linspace(0.2, 2.0, 120, dtype=np.float32)
    return image


@pytest.mark.parametrize("seed", range(8))
def test_greys_stay_between_black_and_white(wedge: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = wedge > 0
    image = look.process(look.detect(wedge, rng, 0.5), inside, rng, 0.5)
    image, _ = look.collimate(image, rng)
    image, _ = look.add_letters(image, inside, rng)
    assert image.dtype == np.float32
    assert image.min() >= 0.0
    assert image.max() <= 1.0


@pytest.mark.parametrize("seed", range(4))
def test_thicker_is_brighter(wedge: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = look.process(look.detect(wedge, rng, 0.5), wedge > 0, rng, 0.5)
    thin, thick = image[50:70, 40:60].mean(), image[50:70, 100:120].mean()
    assert thick > thin


def test_jpeg_changes_little_at_high_quality() -> None:
    greys = np.tile(np.arange(0, 240, 2, dtype=np.uint8), (80, 1))
    back = look.jpeg(greys, 95)
    assert np.abs(back.astype(int) - greys).mean() < 3


def test_letters_are_marked_and_bright() -> None:
    films = [fast_film_of(seed) for seed in range(3)]
    marked = [film.image[film.tissue & MARKER > 0] for film in films]
    inks = np.concatenate(marked)
    assert inks.size > 0
    assert np.median(inks) > 100
