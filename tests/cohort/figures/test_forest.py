from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon, Rectangle

from sclerograph.cohort.figures.forest import ForestGroup, ForestRow, forest_plot
from sclerograph.cohort.figures.style import BLUE, Width
from sclerograph.cohort.proportion import wilson
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, words


def line(label: str, successes: int, n: int, **more: object) -> ForestRow:
    result = wilson(successes, n)
    return ForestRow(label, result.share, result.low, result.high, n, successes, **more)  # type: ignore[arg-type]


WHY = "19.9 % is no count out of 77: 15 of 77 is 19.5 %, 16 of 77 is 20.8 %."
GROUPS = (
    ForestGroup(
        "Calcinosis of the hands",
        (
            line("This cohort", 20, 77, own=True, detail="radiograph"),
            line("Registry 2016", 1290, 5218, detail="clinical record of any site, a long description of the method"),
            line("Small 2014", 10, 10, detail="dual-energy CT"),
            ForestRow("Review 2016", None, 0.06, 0.65, detail="range in the literature"),
        ),
    ),
    ForestGroup(
        "Subluxation",
        (line("This cohort", 15, 77, own=True), ForestRow("Model 2016", 0.199, 0.12, 0.31, 77, impossible=WHY)),
    ),
)


@pytest.mark.parametrize("width", ["page", "column"])
def test_all_lines_are_legible_and_say_count_and_interval(width: Width) -> None:
    figure = forest_plot(GROUPS, width=width, note="Squares: published. " * 4)
    assert_legible(figure)
    said = words(figure)
    assert {"20 / 77", "26.0 (17.5–36.7)", "1290 / 5218", "6.0–65.0"} <= set(said)
    assert said.count("This cohort") == 2
    assert ("radiograph" in said) == (width == "page")


def test_an_impossible_figure_has_a_dagger_an_open_square_and_its_reason() -> None:
    figure = forest_plot(GROUPS)
    said = words(figure)
    assert "Model 2016 †" in said
    assert any(text.startswith("† 19.9 % is no count") for text in said)
    assert "19.9 (12.0–31.0)" in said
    squares = [p for p in figure.axes[0].patches if isinstance(p, Rectangle) and p.get_zorder() == 4]
    open_ones = [square for square in squares if to_hex(square.get_facecolor()) == "#ffffff"]
    assert len(open_ones) == 1
    assert open_ones[0].get_x() + open_ones[0].get_width() / 2.0 == pytest.approx(19.9)


def test_each_reason_has_a_mark_of_its_own_and_equal_reasons_share_it() -> None:
    rows = [ForestRow(f"Study {i}", 0.2, 0.1, 0.3, 50, impossible=why) for i, why in enumerate(["a", "b", "a"])]
    said = words(forest_plot([ForestGroup("Erosion", tuple(rows))]))
    assert [text for text in said if text.startswith("Study ")] == ["Study 0 †", "Study 1 ‡", "Study 2 †"]
    assert [text for text in said if text[0] in "†‡"] == ["† a", "‡ b"]


def test_the_cohort_is_a_blue_diamond_and_larger_studies_are_larger_squares() -> None:
    axes = forest_plot(GROUPS).axes[0]
    diamonds = [p for p in axes.patches if isinstance(p, Polygon)]
    assert [to_hex(p.get_facecolor()).upper() for p in diamonds] == [BLUE, BLUE]
    squares = [p for p in axes.patches if isinstance(p, Rectangle) and p.get_zorder() == 4]
    assert squares[0].get_height() > squares[1].get_height() > 0.9


def test_what_cannot_be_computed_is_a_dash() -> None:
    figure = forest_plot([ForestGroup("Erosion", (ForestRow("Empty", None, None, None, 0, 0),))])
    assert "–" in words(figure)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one line"):
        forest_plot([ForestGroup("Erosion", ())])


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=1, max_size=40),
                  st.integers(1, 100_000), st.floats(0.0, 1.0)),
        min_size=1, max_size=4,
    ),
    st.sampled_from(["page", "column"]),
)  # fmt: skip
def test_any_labels_and_counts_keep_clear_of_each_other(drawn: list[tuple[str, int, float]], width: Width) -> None:
    # A single word longer than its column cannot be broken, so words end where names of studies do.
    rows = tuple(line(f"{name[:14]} {name[14:28]} 2020", round(share * n), n) for name, n, share in drawn)
    assert_legible(forest_plot([ForestGroup("Lesion", rows)], width=width))
