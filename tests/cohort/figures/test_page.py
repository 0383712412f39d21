from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclerograph.cohort.figures.page import MM_PER_INCH, blank_page, place_axes, spread, text_width_mm, wrapped, write

WISHES = st.lists(st.floats(-50.0, 150.0), min_size=1, max_size=12)


def test_axes_and_text_stand_at_their_millimetres() -> None:
    figure = blank_page(85.0, 60.0)
    box = place_axes(figure, 10.0, 5.0, 40.0, 20.0).get_position()
    assert [box.x0 * 85.0, (1.0 - box.y1) * 60.0, box.width * 85.0, box.height * 60.0] == pytest.approx([10, 5, 40, 20])
    assert write(figure, 17.0, 15.0, "here").get_position() == pytest.approx((0.2, 0.75))
    assert figure.get_size_inches()[0] * MM_PER_INCH == pytest.approx(85.0)


def test_wider_text_is_wider() -> None:
    assert text_width_mm("nn") > 1.8 * text_width_mm("n") > 0.0
    assert text_width_mm("n", 14.0) == pytest.approx(2.0 * text_width_mm("n", 7.0), rel=1e-3)
    assert text_width_mm("word", weight="bold") > text_width_mm("word")
    assert text_width_mm("") == 0.0


@given(st.text(st.sampled_from("abcdefg "), max_size=120), st.floats(5.0, 60.0))
def test_wrapping_keeps_the_words_and_the_room(text: str, room_mm: float) -> None:
    lines = wrapped(text, room_mm)
    assert " ".join(lines).split() == text.split()
    assert all(text_width_mm(line) <= room_mm for line in lines if " " in line)


@given(WISHES, st.floats(0.1, 20.0))
def test_spread_keeps_distance_order_and_bounds(wanted: list[float], apart: float) -> None:
    placed = spread(wanted, apart, 0.0, 100.0)
    step = min(apart, 100.0 / max(len(wanted) - 1, 1))
    in_order = [placed[index] for index in sorted(range(len(wanted)), key=lambda index: wanted[index])]
    assert all(after - before >= step - 1e-9 for before, after in pairwise(in_order))
    assert all(-1e-9 <= value <= 100.0 + 1e-9 for value in placed)


def test_spread_leaves_alone_what_is_far_enough_apart_and_shares_the_move() -> None:
    assert spread([10.0, 30.0, 20.0], 5.0, 0.0, 100.0) == pytest.approx([10.0, 30.0, 20.0])
    assert spread([50.0, 50.0], 4.0, 0.0, 100.0) == pytest.approx([48.0, 52.0])
    assert spread([], 4.0, 0.0, 1.0) == []
