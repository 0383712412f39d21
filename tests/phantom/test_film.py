import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.phantom.calcium import VISIBLE_MINERAL_MM
from sclerograph.phantom.film import CALCIUM, LOOK_ALIKE, METAL, SOFT_TISSUE, SimulatedFilm, simulate_film
from tests.phantom.films import fast_film_of, fine_film_of, two_hands


def same(first: SimulatedFilm, second: SimulatedFilm) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("image", "landmarks", "bones", "tissue", "calcium_mm")
    )


def test_a_seed_repeats_a_film_exactly() -> None:
    again = simulate_film(np.random.default_rng(0), rows=440, columns=340, pixel_mm=0.56)
    assert same(fast_film_of(0), again)
    assert not same(fast_film_of(0), fast_film_of(1))


@pytest.mark.parametrize("seed", range(3))
def test_calcium_is_marked_where_mineral_is_thick_enough(seed: int) -> None:
    film = fast_film_of(seed)
    marked = film.tissue & CALCIUM > 0
    assert (film.calcium_mm[marked].astype(float) > VISIBLE_MINERAL_MM - 1e-3).all()
    assert (film.calcium_mm[~marked] == 0).all()
    assert not (marked & (film.tissue & METAL > 0)).any()


def test_a_healthy_film_has_no_disease() -> None:
    film = simulate_film(
        np.random.default_rng(3), disease=False, healthy_look=True, rows=440, columns=340, pixel_mm=0.56
    )
    assert not (film.tissue & CALCIUM).any()
    assert not film.resorption
    assert not film.deposit_kinds
    assert (film.tissue & SOFT_TISSUE).any()
    assert (film.tissue & LOOK_ALIKE).any()


@pytest.mark.parametrize(
    "make", [lambda: fine_film_of("L"), lambda: two_hands().hands[0], lambda: two_hands().hands[1]]
)
def test_landmarks_lie_in_the_masks_of_their_bones(make) -> None:
    film = make()
    for name, codes in {
        "TIP3": ["DP3"],
        "TIP4": ["DP4"],
        "CMC2": ["MC2"],
        "PIP2": ["PP2", "MP2"],
        "MCP4": ["PP4"],
    }.items():
        x, y, seen = film.landmarks[LANDMARKS.index(name)]
        if not seen:
            continue
        reach = int(np.ceil(2.0 / film.mm_per_pixel))
        around = film.bones[int(y) - reach : int(y) + reach + 1, int(x) - reach : int(x) + reach + 1]
        bits = sum(1 << i for i, bone in enumerate(BONES) if bone.code in codes)
        assert (around & np.uint32(bits)).any(), name


def test_every_bone_is_on_a_whole_film() -> None:
    film = fine_film_of("L")
    for index, bone in enumerate(BONES):
        assert (film.bones & np.uint32(1 << index)).any(), bone.code
    assert film.landmarks[:, 2].all()


def test_bones_overlap_on_a_film() -> None:
    film = fine_film_of("L")
    assert (np.bitwise_count(film.bones) > 1).sum() > 50


def test_deficits_are_those_of_the_lengths() -> None:
    film = fine_film_of("L")
    for digit, (lost, grade) in film.resorption.items():
        measured = 1.0 - film.distal_length_mm[digit] / film.intact_distal_length_mm[digit]
        assert lost == pytest.approx(measured, abs=0.02)
        assert grade == 1 + sum(lost >= border for border in (0.10, 0.25, 0.50))


def test_both_hands_lie_side_by_side_with_their_thumbs_to_the_middle() -> None:
    film = two_hands()
    left, right = film.hands
    assert (left.side, right.side) == ("L", "R")
    assert left.image is right.image
    middle = film.image.shape[1] / 2
    thumb, little = LANDMARKS.index("TIP1"), LANDMARKS.index("TIP5")
    assert left.landmarks[little, 0] < left.landmarks[thumb, 0] < middle
    assert right.landmarks[little, 0] > right.landmarks[thumb, 0] > middle
    assert not ((left.bones > 0) & (right.bones > 0)).any()
    assert (left.tissue & CALCIUM).any()
    assert not (right.tissue & CALCIUM).any()


def test_bones_are_brighter_than_soft_tissue_and_that_than_air() -> None:
    film = fine_film_of("L")
    greys = film.image.astype(float)
    soft = film.tissue & SOFT_TISSUE > 0
    bone = film.bones > 0
    assert np.median(greys[bone]) > np.median(greys[soft & ~bone]) > np.median(greys[~soft])
