"""Disease put into films for the training of landmarks."""

import numpy as np
import pytest

pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.networks.crops import skeleton_crop
from sclerograph.networks.hand_shape import landmark_index
from sclerograph.training.film_disease import (
    DiseaseShares,
    draw_metal_on,
    resorb_some_tips,
    with_disease,
)
from sclerograph.training.prepared import PreparedFilm, prepare

from .films import NOMINAL_MM, drawn_hand


def _film() -> PreparedFilm:
    hand = drawn_hand()
    empty = np.zeros((448, 352), np.uint8)
    return prepare("a", hand.grey, hand.landmarks, False, (empty, empty), skeleton_crop(hand.pose).to_crop)


def test_resorbed_tips_move_along_their_bone() -> None:
    hand = drawn_hand()
    image = hand.grey.astype(np.float32) / 255
    before = image.copy()
    moved = resorb_some_tips(np.random.default_rng(3), image, hand.landmarks, NOMINAL_MM)
    changed = np.flatnonzero(np.any(moved != hand.landmarks, axis=1))
    assert len(changed) >= 1
    for index in changed:
        digit = next(d for d in range(1, 6) if landmark_index(f"TIP{d}") == index)
        joint = hand.landmarks[landmark_index("IP1" if digit == 1 else f"DIP{digit}"), :2]
        old, new = hand.landmarks[index, :2] - joint, moved[index, :2] - joint
        assert 0.1 < np.hypot(*new) / np.hypot(*old) <= 1.0
        assert abs(old[0] * new[1] - old[1] * new[0]) < 1e-2 * np.hypot(*old) ** 2
    # The bone that went was brighter than what replaced it.
    assert before[before != image].mean() > image[before != image].mean()


def test_without_disease_a_film_stays_as_it_is() -> None:
    film = _film()
    grey, landmarks = with_disease(np.random.default_rng(0), film, film.landmarks, DiseaseShares(0, 0, 0))
    assert grey is film.grey
    assert landmarks is film.landmarks


def test_deposits_brighten_the_hand_and_leave_landmarks_alone() -> None:
    film = _film()
    before = film.grey.copy()
    brighter = 0
    for seed in range(6):
        grey, landmarks = with_disease(np.random.default_rng(seed), film, film.landmarks, DiseaseShares(0, 1, 0))
        np.testing.assert_allclose(landmarks, film.landmarks, atol=0.01)
        brighter += int((grey.astype(int) - film.grey.astype(int)).max() > 15)
    assert brighter >= 4
    np.testing.assert_array_equal(film.grey, before)


def test_metal_is_bright_and_marked() -> None:
    hand = drawn_hand()
    image = hand.grey.astype(np.float32) / 255
    metal = draw_metal_on(np.random.default_rng(1), image, hand.landmarks, NOMINAL_MM, 0.8)
    assert metal.any()
    assert image[metal].mean() > 0.6
