from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sclerograph.cohort.figures.kaplan_meier import SurvivalCurve, kaplan_meier_plot
from sclerograph.cohort.figures.save import svg_text
from sclerograph.cohort.figures.style import Width
from sclerograph.cohort.survival import kaplan_meier
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, words

# Remission of 21 patients with 6-mercaptopurine, in weeks (Freireich 1963, doi:10.1182/blood.V21.6.699.699); + is
# censored: 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+.
EVENTS = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
# As printed in textbooks for this sample (e.g. Kleinbaum and Klein, Survival Analysis, table 2.1).
SURVIVAL = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
MERCAPTOPURINE = SurvivalCurve(
    "6-mercaptopurine", [6, 7, 10, 13, 16, 22, 23], SURVIVAL,
    [s - 0.1 for s in SURVIVAL], [min(s + 0.1, 1.0) for s in SURVIVAL], [*EVENTS, *CENSORED], CENSORED,
)  # fmt: skip
NOBODY_DIES = SurvivalCurve("A second group with quite a long name", [], [], [], [], [3.0, 8.0, 21.0], [3.0, 8.0, 21.0])


@pytest.mark.parametrize("width", ["page", "column"])
def test_groups_are_named_with_their_events_and_nothing_overlaps(width: Width) -> None:
    figure = kaplan_meier_plot(
        [MERCAPTOPURINE, NOBODY_DIES], time_label="Weeks of remission", test="Log-rank test, p = 0.30", width=width
    )
    assert_legible(figure)
    assert {
        "6-mercaptopurine (n = 21, 9 events)",
        "A second group with quite a long name (n = 3, 0 events)",
        "Log-rank test, p = 0.30",
        "Number at risk",
    } <= set(words(figure))


def test_numbers_at_risk_are_those_of_the_textbook() -> None:
    figure = kaplan_meier_plot([MERCAPTOPURINE], time_label="Weeks")
    assert_legible(figure)
    numbers = [(t.get_position()[0], t.get_text()) for t in figure.texts if t.get_text().isdigit()]
    ticks = figure.axes[0].get_xticks()
    assert ticks.tolist() == [0, 10, 20, 30]
    # At risk just before 0, 10, 20 and 30 weeks: those who relapse or leave at 10 or 20 are still counted there.
    assert [text for _, text in sorted(numbers)] == ["21", "15", "8", "4"]


def test_the_curve_steps_where_events_are_and_ends_with_the_last_patient() -> None:
    axes = kaplan_meier_plot([MERCAPTOPURINE], time_label="Weeks").axes[0]
    curve, censored = axes.lines
    assert curve.get_drawstyle() == "steps-post"
    assert np.asarray(curve.get_xdata()).tolist() == [0, 6, 7, 10, 13, 16, 22, 23, 35]
    assert np.asarray(curve.get_ydata()) == pytest.approx([100.0, *(100.0 * s for s in SURVIVAL), 44.82])
    marks = dict(zip(censored.get_xdata(), censored.get_ydata(), strict=True))
    # Who is censored in the week of an event leaves after it.
    assert (marks[6], marks[9], marks[35]) == pytest.approx((85.71, 80.67, 44.82))


def test_an_interval_that_cannot_be_computed_leaves_a_gap_in_the_band() -> None:
    gone = SurvivalCurve("All die", [1.0, 2.0], [0.5, 0.0], [0.1, None], [0.8, None], [1.0, 2.0])
    figure = kaplan_meier_plot([gone], time_label="Years")
    band = figure.axes[0].collections[0].get_paths()[0].vertices
    assert band[:, 0].max() == pytest.approx(2.0)
    assert np.isfinite(band).all()
    assert_legible(figure)


def test_it_draws_what_the_estimate_gives() -> None:
    died = [1] * len(EVENTS) + [0] * len(CENSORED)
    (estimate,) = kaplan_meier([*EVENTS, *CENSORED], died).curves
    drawn = SurvivalCurve.of(estimate, "6-mercaptopurine")
    figure = kaplan_meier_plot([drawn, NOBODY_DIES], time_label="Weeks")
    assert_legible(figure)
    assert "6-mercaptopurine (n = 21, 9 events)" in words(figure)
    ours = kaplan_meier_plot([MERCAPTOPURINE], time_label="Weeks").axes[0].lines[0]
    theirs = figure.axes[0].lines[0]
    at = np.arange(0.5, 35.0)
    heights = [
        np.asarray(line.get_ydata())[np.searchsorted(np.asarray(line.get_xdata())[:-1], at, side="right") - 1]
        for line in (ours, theirs)
    ]
    assert heights[0] == pytest.approx(heights[1], abs=0.01)


def test_very_many_patients_give_a_small_figure_of_the_same_curve() -> None:
    time = np.arange(1.0, 50_001.0)
    survival = 1.0 - time / 100_000.0
    large = SurvivalCurve("Registry", time, survival, survival - 0.01, survival + 0.01, [*time, *time], time)
    figure = kaplan_meier_plot([large], time_label="Days")
    assert len(svg_text(figure)) < 400_000
    (curve,) = figure.axes[0].lines
    shown = np.asarray(curve.get_ydata())
    expected = 100.0 - np.asarray(curve.get_xdata()) / 1000.0
    assert shown == pytest.approx(expected, abs=0.03)


def test_curves_differ_by_colour_and_by_dashes() -> None:
    groups = [SurvivalCurve(f"Group {i}", [1.0], [0.9 - i / 10], [None], [None], [1.0, 5.0]) for i in range(6)]
    lines = kaplan_meier_plot(groups, time_label="Years", width="page").axes[0].lines
    assert len({str(line.get_color()) for line in lines}) == 6
    dashes = [line._unscaled_dash_pattern for line in lines]  # type: ignore[attr-defined]
    assert all(one != other for one, other in pairwise(sorted(map(str, dashes))))


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([], "0 survival curves"),
        ([MERCAPTOPURINE] * 7, "7 survival curves"),
        ([SurvivalCurve("Nobody", [], [], [], [], [])], "no patient in group 'Nobody'"),
    ],
)
def test_groups_that_cannot_be_drawn_are_refused(groups: list[SurvivalCurve], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        kaplan_meier_plot(groups, time_label="Years")
