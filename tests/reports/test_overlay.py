from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sclerograph.errors import UsageError
from sclerograph.reports.joint_marks import joint_marks
from sclerograph.reports.overlay import LONG_SIDE, overlay_picture, write_overlay
from sclerograph.reports.palette import DEPOSIT, EROSION, grade_colour, rgb
from tests.reports import measured, synthetic


def near(picture: np.ndarray, point: tuple[float, float], colour: str, reach: int = 6, tolerance: int = 24) -> bool:
    """Return whether a colour stands within a few pixels of a point of the film."""
    scale = LONG_SIDE / max(synthetic.ROWS, synthetic.COLUMNS)
    x, y = (round((v + 0.5) * scale) for v in point)
    part = picture[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1].astype(int)
    return bool((np.abs(part - rgb(colour)).max(axis=-1) <= tolerance).any())


def test_contours_lie_on_what_they_outline(tmp_path: Path) -> None:
    reading = synthetic.reading()
    write_overlay(reading, {"s1": synthetic.film()}, tmp_path / "overlay.png")
    with Image.open(tmp_path / "overlay.png") as opened:
        assert opened.format == "PNG"
        assert opened.width == LONG_SIDE
        picture = np.asarray(opened.convert("RGB"))
    for hand in reading.hands:
        for deposit in hand.deposits:
            x, y = np.mean(deposit.contours[0], axis=0)
            left = min(deposit.contours[0])
            assert near(picture, left, DEPOSIT), deposit.id
            assert not near(picture, (x, y - 60), DEPOSIT, tolerance=8)
        for tuft in hand.tufts:
            distal = next(o for o in hand.bones if o.bone == f"DP{tuft.digit}")
            base = max(distal.contours[0], key=lambda point: point[1])
            assert near(picture, base, grade_colour(tuft.grade if tuft.assessable else None), tolerance=40)


def test_suspicious_joints_are_marked() -> None:
    reading = measured.reading()
    picture = np.asarray(overlay_picture(reading, {"s1": synthetic.film()}).convert("RGB"))
    for mark in joint_marks(reading.hands[0]):
        assert near(picture, mark.at, mark.colour, reach=12)
    assert near(picture, (measured.PLACE.x, measured.PLACE.y), EROSION, reach=12)
    plain = np.asarray(overlay_picture(synthetic.reading("L"), {"s1": synthetic.film()}).convert("RGB"))
    assert not near(plain, (measured.PLACE.x, measured.PLACE.y), EROSION, reach=12)


def test_the_film_itself_is_not_repainted() -> None:
    bare = synthetic.reading("")
    picture = overlay_picture(bare, {"s1": synthetic.film()})
    height = round(synthetic.ROWS * LONG_SIDE / synthetic.COLUMNS)
    film = np.asarray(picture.crop((0, 0, LONG_SIDE, height)).resize((synthetic.COLUMNS, synthetic.ROWS)))
    assert np.abs(film[..., 0] / 255.0 - synthetic.film()).mean() < 0.02
    assert (film[..., 0] == film[..., 1]).all()


def test_small_and_large_films_come_out_alike() -> None:
    reading = synthetic.reading()
    source = reading.sources[0].model_copy(update={"rows": 400, "columns": 300})
    small = reading.model_copy(update={"sources": [source], "hands": []})
    picture = overlay_picture(small, {"s1": np.zeros((400, 300), dtype=np.float32)})
    assert picture.width == LONG_SIDE * 3 // 4
    assert picture.height > LONG_SIDE


def test_films_of_a_visit_stand_side_by_side_and_a_missing_one_is_black() -> None:
    reading = synthetic.reading()
    other = reading.sources[0].model_copy(update={"id": "s2"})
    both = reading.model_copy(update={"sources": [*reading.sources, other]})
    picture = overlay_picture(both, {"s1": synthetic.film()})
    assert picture.width > 2 * LONG_SIDE
    right = np.asarray(picture.crop((LONG_SIDE + 50, 0, 2 * LONG_SIDE, 1000)))
    assert right.max() == 0


def test_a_hand_of_unknown_side_with_few_landmarks_is_drawn() -> None:
    hand = synthetic.reading("L").hands[0]
    poor = hand.model_copy(
        update={"side": None, "bones": [], "landmarks": {"TIP2": hand.landmarks["TIP2"]}, "soft_tissue": []}
    )
    picture = np.asarray(overlay_picture(synthetic.reading("L").model_copy(update={"hands": [poor]}), {}))
    tip = hand.landmarks["TIP2"]
    assert near(picture, (tip.x, tip.y), grade_colour(hand.tufts[1].grade), reach=8)


def test_a_film_of_another_size_is_refused() -> None:
    with pytest.raises(UsageError, match="contours would lie in the wrong place"):
        overlay_picture(synthetic.reading(), {"s1": synthetic.film().T})
    with pytest.raises(UsageError, match="no film"):
        overlay_picture(synthetic.reading("").model_copy(update={"sources": []}), {})
