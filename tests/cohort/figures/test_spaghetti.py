from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sclerograph.cohort.figures.save import svg_text
from sclerograph.cohort.figures.spaghetti import Trajectory, spaghetti_plot
from sclerograph.cohort.figures.style import Width
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, words

LABELS = {"score_label": "calcified area (mm²)", "time_label": "Years since the first film"}
RISING = Trajectory([0.0, 1.0, 2.0], [40.0, 50.0, 60.0])
EXACTLY_A_QUARTER = Trajectory([0.0, 1.0], [40.0, 50.0])
FALLING = Trajectory([1.0, 2.0], [40.0, 20.0])
NEW = Trajectory([0.0, 3.0], [0.0, 12.0])
NEVER = Trajectory([0.0, 3.0], [0.0, 0.0])
STEEP = Trajectory([0.0, 1.0], [10.0, 90.0])
ALL = [RISING, EXACTLY_A_QUARTER, FALLING, NEW, NEVER, STEEP]


def drawn(figure: Figure, panel: int) -> list[list[list[float]]]:
    """Return times and changes of each line of a panel."""
    collections = [c for c in figure.axes[panel].collections if isinstance(c, LineCollection)]
    return sorted(segment.T.tolist() for collection in collections for segment in collection.get_segments())


@pytest.mark.parametrize("width", ["page", "column"])
def test_classes_are_counted_and_bands_named(width: Width) -> None:
    figure = spaghetti_plot(ALL, smallest_detectable_change=6.2, width=width, **LABELS)  # type: ignore[arg-type]
    assert_legible(figure)
    assert {
        "progression: 2",
        "stable: 1",
        "improvement: 1",
        "incident: 1",
        "absent: 1",
        "band: smallest detectable change ±6.2",
        "band: −25 % to +25 %; 1 beyond +200 %",
        "Change of calcified area (mm²)",
    } <= set(words(figure))


def test_the_left_panel_has_changes_and_the_right_per_cent_of_those_that_have_any() -> None:
    figure = spaghetti_plot([RISING, FALLING, NEW], **LABELS)
    # Time counts from the first visit of each patient.
    assert drawn(figure, 0) == [
        [[0.0, 1.0], [0.0, -20.0]],
        [[0.0, 1.0, 2.0], [0.0, 10.0, 20.0]],
        [[0.0, 3.0], [0.0, 12.0]],
    ]
    assert drawn(figure, 1) == [[[0.0, 1.0], [0.0, -50.0]], [[0.0, 1.0, 2.0], [0.0, 25.0, 50.0]]]


def test_classes_differ_by_colour_and_dashes() -> None:
    figure = spaghetti_plot([RISING, EXACTLY_A_QUARTER, FALLING, NEW], **LABELS)
    collections = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    assert len({tuple(c.get_colors()[0]) for c in collections}) == 4
    assert len({str(c.get_linestyle()) for c in collections}) == 4


def test_bands_span_what_their_names_say() -> None:
    figure = spaghetti_plot([RISING], smallest_detectable_change=6.0, **LABELS)
    spans = [[p.get_extents().transformed(a.transData.inverted()) for p in a.patches] for a in figure.axes]
    assert [(s[0].y0, s[0].y1) for s in spans] == [pytest.approx((-6.0, 6.0)), pytest.approx((-25.0, 25.0))]
    assert not spaghetti_plot([RISING], **LABELS).axes[0].patches


def test_nothing_is_cut_off_without_being_counted() -> None:
    said = words(spaghetti_plot([RISING], **LABELS))
    assert "band: −25 % to +25 %" in said
    high = spaghetti_plot([STEEP], highest_percent=1000.0, **LABELS)
    assert high.axes[1].get_ylim()[1] > 800.0


def test_the_courses_of_very_many_patients_are_a_picture() -> None:
    patients = [Trajectory([0.0, 1.0], [10.0, float(k % 25)]) for k in range(1001)]
    assert svg_text(spaghetti_plot(patients, **LABELS)).count("<image") > 0
    assert svg_text(spaghetti_plot(patients[:9], **LABELS)).count("<image") == 0


@settings(max_examples=5, deadline=None)
@given(st.lists(st.lists(st.floats(0.0, 1e4), min_size=2, max_size=4), min_size=1, max_size=12))
def test_any_scores_are_drawn_legibly(scores: list[list[float]]) -> None:
    patients = [Trajectory([float(k) for k in range(len(values))], values) for values in scores]
    assert_legible(spaghetti_plot(patients, smallest_detectable_change=1.0, **LABELS))


@pytest.mark.parametrize(
    ("patients", "message"),
    [
        ([], "no patient"),
        ([Trajectory([0.0], [1.0])], "two or more visits"),
        ([Trajectory([1.0, 0.0], [1.0, 2.0])], "order of time"),
        ([Trajectory([0.0, 1.0], [1.0])], "two or more visits"),
        ([RISING, Trajectory([0.0, 1.0], [1.0, -2.0])], "patient 2 of 2: a score is negative"),
    ],
)
def test_courses_that_cannot_be_are_refused(patients: list[Trajectory], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        spaghetti_plot(patients, **LABELS)
