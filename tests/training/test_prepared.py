"""Films made ready keep their landmarks, maps and scale."""

from pathlib import Path

import numpy as np
import pytest

cv2 = pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.networks.crops import skeleton_crop  # noqa: E402
from sclerograph.training.prepared import load_prepared, prepare, prepared_names, split_names  # noqa: E402

from .films import drawn_hand  # noqa: E402


def _maps() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 256, (2, 448, 352)).astype(np.uint8)
    return first, second


def test_fine_films_are_shrunk_and_keep_their_points() -> None:
    hand = drawn_hand()
    large = cv2.resize(hand.grey, None, fx=4, fy=4)
    landmarks = hand.landmarks.copy()
    landmarks[:, :2] = (landmarks[:, :2] + 0.5) * 4 - 0.5
    crop = skeleton_crop(hand.pose).to_crop @ np.array([[0.25, 0, -0.375], [0, 0.25, -0.375], [0, 0, 1]])
    film = prepare("a", large, landmarks, False, _maps(), crop)
    assert film.grey.shape == (960, 800)
    assert film.loaded_shape == (1920, 1600)
    assert 1 / film.pose.pixels_per_mm == pytest.approx(0.25, rel=1e-3)
    np.testing.assert_allclose(film.landmarks_from_loaded(landmarks), film.landmarks, atol=1e-3)
    # A point reaches the skeleton network's crop by either way.
    point = np.array([*landmarks[5, :2], 1.0])
    np.testing.assert_allclose(film.to_crop @ [*film.landmarks[5, :2], 1.0], crop @ point, atol=1e-3)


def test_round_trip(tmp_path: Path) -> None:
    hand = drawn_hand()
    film = prepare("b", hand.grey, hand.landmarks, False, _maps(), skeleton_crop(hand.pose).to_crop)
    assert film.scale is not None
    assert film.scale.hand[hand.bones].mean() > 0.9
    film.save(tmp_path)
    stored = load_prepared(tmp_path, "b")
    for name in ("grey", "landmarks", "any_bone", "pisiform", "to_crop"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(film, name))
    assert stored.scale is not None
    np.testing.assert_array_equal(stored.scale.hand, film.scale.hand)
    assert (stored.scale.per_mm, stored.scale.noise) == (film.scale.per_mm, film.scale.noise)
    assert stored.loaded_shape == film.loaded_shape


def test_kept_films_are_apart(tmp_path: Path) -> None:
    for number in range(21):
        (tmp_path / f"{number:03d}.npz").touch()
    trained, kept = split_names(tmp_path)
    assert sorted(trained + kept) == prepared_names(tmp_path)
    assert len(kept) == 3
