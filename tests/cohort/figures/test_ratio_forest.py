from __future__ import annotations

import math

import pytest

from sclerograph.cohort.figures.ratio_forest import RatioGroup, RatioRow, ratio_forest
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, words

GROUPS = (
    RatioGroup("Prognosis", (
        RatioRow("Calcinosis – hypertension", 4.64, 1.24, 15.7, 0.018),
        RatioRow("Foraminal – death", math.inf, 5.18, math.inf, 0.0011),
        RatioRow("Periarticular – death", 0.0, 0.0, 4.3, 0.55),
        RatioRow("Nobody – death", None, None, None, None),
    )),
    RatioGroup("A label that is far too long for its column", (
        RatioRow("a finding with a very long name in the hands and the wrists and the forearms of both sides – an "
                 "outcome with a very long name as well", 1e-9, 1e-12, 1e9, 0.9999),
    )),
)  # fmt: skip


def test_estimates_and_p_values_are_printed_as_in_the_tables():
    text = words(ratio_forest(GROUPS, axis_label="Odds ratio", note="A note."))
    assert {"4.64 (1.24 to 15.7)", "∞ (5.18 to ∞)", "0 (0 to 4.30)", "not estimable", "0.001", ">0.99"} <= set(text)
    assert {"Prognosis", "Odds ratio", "A note."} <= set(text)


def test_nothing_overlaps_or_leaves_the_page():
    assert_legible(ratio_forest(GROUPS, axis_label="Odds ratio"))


def test_the_axis_holds_one_and_ends_where_intervals_go_to_infinity():
    (axes,) = ratio_forest(GROUPS, axis_label="Odds ratio").axes
    low, high = axes.get_xlim()
    assert 0.005 < low < 1.0 < high < 200.0
    arrows = [line for line in axes.lines if line.get_marker() in ("<", ">")]
    assert len(arrows) >= 4


def test_no_line_is_no_figure():
    with pytest.raises(UsageError):
        ratio_forest([RatioGroup("Empty", ())], axis_label="Odds ratio")
