from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon, Rectangle

from sclerograph.cohort.figures.spine_map import SpinePrevalence, spine_map
from sclerograph.cohort.figures.style import Width
from sclerograph.cohort.spine_levels import LEVELS, SpineSegment
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, words

LABEL = "Patients with calcification (%)"
SEGMENTS = get_args(SpineSegment)
WHOLE = [
    SpinePrevalence(level, s, (3 * i + 20 * k) % 78, 77)
    for i, level in enumerate(LEVELS)
    for k, s in enumerate(SEGMENTS)
]


def drawn(levels: list[SpinePrevalence]) -> list[Polygon]:
    return [p for p in spine_map(levels, scale_label=LABEL).axes[0].patches if isinstance(p, Polygon)]


@pytest.mark.parametrize("width", ["column", "page"])
def test_the_whole_spine_is_legible(width: Width) -> None:
    figure = spine_map(WHOLE, scale_label=LABEL, width=width, note="Numbers are per cent of 77 patients.")
    assert_legible(figure)
    assert {*LEVELS, *SEGMENTS, LABEL} <= set(words(figure))


def test_there_are_seven_cervical_twelve_thoracic_and_five_lumbar_levels() -> None:
    assert [sum(level[0] == part for level in LEVELS) for part in "CTLS"] == [7, 12, 5, 1]


def test_only_levels_between_the_given_ones_are_drawn() -> None:
    figure = spine_map([SpinePrevalence("T4", "canal", 1, 9), SpinePrevalence("T7", "canal", 3, 9)], scale_label=LABEL)
    assert_legible(figure)
    assert [text for text in words(figure) if text in LEVELS] == ["T4", "T5", "T6", "T7"]
    assert {"11", "33"} <= set(words(figure))


def test_front_is_left_and_the_curve_is_that_of_a_spine() -> None:
    parts = drawn(WHOLE)
    assert len(parts) == 3 * len(LEVELS)
    middles = np.array([part.get_xy().mean(axis=0) for part in parts]).reshape(len(LEVELS), 3, 2)
    assert (np.diff(middles[:, :, 0], axis=1) > 0.0).all()
    assert (np.diff(middles[:, 0, 1]) > 0.0).all()
    backs = {level: part.get_xy()[:, 0].max() for level, part in zip(LEVELS, parts[::3], strict=True)}
    # Neck and loins stand forward, the chest back.
    assert backs["C4"] < backs["T7"] > backs["L3"]


def test_the_drawing_and_the_table_have_the_same_colours() -> None:
    figure = spine_map(WHOLE, scale_label=LABEL)
    shapes = [to_hex(p.get_facecolor()) for p in figure.axes[0].patches if isinstance(p, Polygon)]
    cells = [to_hex(p.get_facecolor()) for p in figure.axes[1].patches if isinstance(p, Rectangle)]
    assert shapes == cells
    assert len(set(shapes)) > 20


def test_what_was_not_assessed_has_no_number() -> None:
    figure = spine_map(
        [SpinePrevalence("L1", "anterior", 0, 0), SpinePrevalence("L1", "canal", 2, 8)], scale_label=LABEL
    )
    assert "not assessed" in words(figure)
    assert any(patch.get_hatch() for patch in figure.axes[0].patches)
    assert [text.get_text() for text in figure.axes[1].texts] == ["25"]


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ([], "no level"),
        ([SpinePrevalence("C8", "canal", 1, 2)], "C8 canal is no part of the spine"),
        ([SpinePrevalence("C5", "canal", 1, 2)] * 2, "given twice"),
        ([SpinePrevalence("C5", "canal", 3, 2)], "3 of 2 patients"),
    ],
)
def test_levels_that_cannot_be_are_refused(levels: list[SpinePrevalence], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        spine_map(levels, scale_label=LABEL)
