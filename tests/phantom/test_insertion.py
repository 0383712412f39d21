import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.film import SOFT_TISSUE, SimulatedFilm, fast_film
from sclerograph.phantom.insertion import insert_deposits, measure_film
from tests.phantom.films import healthy_scene


@pytest.fixture(scope="module")
def film() -> SimulatedFilm:
    """A healthy film stands for a real one."""
    return fast_film(healthy_scene(), np.random.default_rng(4), rows=660, columns=510, pixel_mm=0.373, plain=True)


@pytest.fixture(scope="module")
def greys(film: SimulatedFilm) -> np.ndarray:
    return film.image.astype(np.float32) / 255.0


def test_a_film_tells_its_own_scale(film: SimulatedFilm, greys: np.ndarray) -> None:
    scale = measure_film(greys, film.landmarks, film.nominal_mm_per_pixel)
    assert scale is not None
    assert 0.001 < scale.per_mm < 0.3
    assert 0.0 < scale.noise < 0.1
    hand = film.tissue & SOFT_TISSUE > 0
    assert (scale.hand & ~hand).sum() < 0.02 * scale.hand.sum()


def test_most_films_show_what_was_put_in(film: SimulatedFilm, greys: np.ndarray) -> None:
    results = [
        insert_deposits(greys, film.landmarks, film.nominal_mm_per_pixel, np.random.default_rng(seed), count=8)
        for seed in range(8)
    ]
    assert sum(result is not None and bool(result.truth.any()) for result in results) >= 5


@pytest.mark.parametrize("seed", range(4))
def test_truth_lies_in_the_hand_and_apart_from_what_nobody_sees(
    film: SimulatedFilm, greys: np.ndarray, seed: int
) -> None:
    result = insert_deposits(greys, film.landmarks, film.nominal_mm_per_pixel, np.random.default_rng(seed), count=8)
    assert result is not None
    assert (result.truth | result.unseen).any()
    assert not (result.truth & result.unseen).any()
    assert (film.tissue & SOFT_TISSUE > 0)[result.truth | result.unseen].mean() > 0.98
    assert len(result.kinds) == 8


def test_the_film_is_unchanged_away_from_deposits_and_brighter_in_them(film: SimulatedFilm, greys: np.ndarray) -> None:
    result = insert_deposits(greys, film.landmarks, film.nominal_mm_per_pixel, np.random.default_rng(0), count=5)
    assert result is not None
    from scipy import ndimage

    far = ndimage.distance_transform_edt(result.mineral_mm <= 0) > 4.0
    assert np.abs(result.image - greys)[far].max() < 1e-6
    assert (result.image - greys)[result.truth].mean() > 0.01
    assert (result.image >= greys - 1e-6).all()


def test_deposits_may_lie_anywhere_in_the_hand(film: SimulatedFilm, greys: np.ndarray) -> None:
    marks = film.landmarks[film.landmarks[:, 2] > 0, :2]
    farthest = []
    for anywhere in (0.0, 1.0):
        away = []
        for seed in range(6):
            rng = np.random.default_rng(seed)
            result = insert_deposits(greys, film.landmarks, film.nominal_mm_per_pixel, rng, count=8, anywhere=anywhere)
            assert result is not None
            rows, columns = np.nonzero(result.mineral_mm)
            off = np.hypot(columns[:, None] - marks[:, 0], rows[:, None] - marks[:, 1]).min(axis=1)
            away.append(float(off.max()) * film.nominal_mm_per_pixel)
        farthest.append(np.median(away))
    # the middle of the palm and the forearm are farther from every landmark than fingertips and joints are
    assert farthest[1] > farthest[0] + 3.0


def test_without_a_hand_nothing_is_put_in() -> None:
    flat = np.full((100, 80), 0.3, np.float32)
    assert insert_deposits(flat, np.zeros((37, 3)), 0.5, np.random.default_rng(0)) is None
