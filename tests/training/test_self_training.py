"""What a skeleton network is sure of, by a network that knows the answer."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs torch (extra train)")
pytest.importorskip("cv2", reason="training needs opencv (extra train)")

from sclerograph.networks.hand_shape import landmark_index
from sclerograph.training.real_films import RealFilm
from sclerograph.training.self_training import accepted_landmarks, mark_film, order_of_films

from .films import DrawnHand, drawn_hand


class KnowingEye:
    """Gives the landmarks of a drawn hand; less sure where it is shown the hand the wrong way round."""

    def __init__(self, hand: DrawnHand, jitter_px: dict[str, float] | None = None) -> None:
        self.hand, self.jitter = hand, jitter_px or {}
        self.looks = 0

    def look(
        self, image: NDArray[np.uint8], to_crops: Sequence[NDArray[np.float64]], *, with_masks: bool = False
    ) -> tuple[NDArray[np.float64], NDArray[np.float32] | None]:
        points = np.tile(self.hand.landmarks.astype(np.float64), (len(to_crops), 1, 1))
        for each, matrix in zip(points, to_crops, strict=True):
            wrong_way = (np.linalg.det(matrix[:, :2]) < 0) != self.hand.pose.mirrored
            each[:, 2] = 0.5 if wrong_way else 0.9
            self.looks += 1
            for name, size in self.jitter.items():
                each[landmark_index(name), 0] += size * (-1) ** self.looks
        return points, np.zeros((30, 448, 352), np.float32) if with_masks else None


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_hand_is_marked_the_right_way_round(mirrored: bool) -> None:
    hand = drawn_hand(mirrored=mirrored, up_deg=8.0)
    marked = mark_film(KnowingEye(hand), hand.grey)  # type: ignore[arg-type]
    assert marked is not None
    assert marked.mirrored == mirrored
    np.testing.assert_allclose(marked.points[:, :2], hand.landmarks[:, :2], atol=1e-3)
    assert marked.pose.up_deg == pytest.approx(8.0, abs=0.5)
    assert accepted_landmarks(marked).all()


def test_what_the_looks_disagree_on_is_not_accepted() -> None:
    hand = drawn_hand()
    marked = mark_film(KnowingEye(hand, {"TIP5": 5.0, "MCP2": 0.5}), hand.grey)  # type: ignore[arg-type]
    assert marked is not None
    accepted = accepted_landmarks(marked)
    assert not accepted[landmark_index("TIP5")]
    assert accepted.sum() == 36


def test_an_implausible_landmark_is_not_accepted() -> None:
    hand = drawn_hand()
    hand.landmarks[landmark_index("PIP3"), :2] += 80
    marked = mark_film(KnowingEye(hand), hand.grey)  # type: ignore[arg-type]
    assert marked is not None
    assert not accepted_landmarks(marked)[landmark_index("PIP3")]


def test_key_points_and_adult_hands_come_first() -> None:
    from pathlib import Path

    def film(name: str, months: int, known: int) -> RealFilm:
        landmarks = np.zeros((37, 3), np.float32)
        landmarks[:known, 2] = 1
        return RealFilm(name, Path(name), landmarks, False, months)

    films = [film(f"child{i}", 100, 0) for i in range(4)] + [film("adult", 180, 0), film("marked", 100, 20)]
    names = [each.name for each in order_of_films(films)]
    assert names[:2] == ["marked", "adult"]
    assert names == [each.name for each in order_of_films(films)]
