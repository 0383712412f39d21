from __future__ import annotations

import numpy as np
import pytest

from sclerograph.cohort.agreement.bland_altman import bland_altman
from sclerograph.cohort.figures.bland_altman import AgreementLine, Differences, bland_altman_plot
from sclerograph.cohort.figures.save import svg_text
from sclerograph.cohort.figures.style import Width
from sclerograph.errors import UsageError
from tests.cohort.figures.legibility import assert_legible, words

# Peak expiratory flow (litres a minute) of 17 subjects with two meters, first measurements: table 1 of Bland and Altman
# 1986, Lancet 327:307-310, doi:10.1016/S0140-6736(86)90837-8. The paper gives bias -2.1, limits -79.7 and 75.5 with a
# reach of two standard deviations; 1.96 of them are -78.1 and 73.9.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
LABELS = {"mean_label": "Mean of both meters (l/min)", "difference_label": "Wright − mini Wright (l/min)"}


def lines_of(plotted: Differences) -> list[float]:
    axes = bland_altman_plot(plotted, **LABELS).axes[0]
    return [float(np.asarray(line.get_ydata())[0]) for line in axes.lines if len(np.asarray(line.get_ydata())) == 2]


@pytest.mark.parametrize("width", ["column", "page"])
def test_the_published_example_is_drawn_and_named(width: Width) -> None:
    plotted = Differences.of(bland_altman(WRIGHT, MINI))
    figure = bland_altman_plot(plotted, mean_label="Mean (l/min)", difference_label="Difference (l/min)", width=width)
    assert_legible(figure)
    assert {"Bias −2.1", "Upper limit 73.9", "Lower limit −78.1"} <= set(words(figure))
    points = next(line for line in figure.axes[0].lines if line.get_marker() == "o")
    assert sorted(np.asarray(points.get_ydata())) == sorted(a - b for a, b in zip(WRIGHT, MINI, strict=True))


def test_lines_stand_at_bias_limits_and_no_difference() -> None:
    assert sorted(lines_of(Differences.of(bland_altman(WRIGHT, MINI)))) == pytest.approx(
        [-78.1, -2.1, 0.0, 73.9], abs=0.05
    )


def test_ratios_have_logarithmic_axes_and_one_as_no_difference() -> None:
    plotted = Differences.of(bland_altman(WRIGHT, MINI, scale="ratio"))
    figure = bland_altman_plot(plotted, **LABELS)
    assert_legible(figure)
    axes = figure.axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert 1.0 in lines_of(plotted)
    assert axes.get_ylim()[0] < min(plotted.difference) < max(plotted.difference) < axes.get_ylim()[1]
    assert "1" in words(figure)


def test_equal_measurements_have_names_that_do_not_overlap() -> None:
    figure = bland_altman_plot(Differences.of(bland_altman(WRIGHT, WRIGHT)), **LABELS)
    assert_legible(figure)
    assert {"Bias 0", "Upper limit 0", "Lower limit 0"} <= set(words(figure))


def test_a_single_pair_has_a_bias_and_no_limits() -> None:
    figure = bland_altman_plot(Differences.of(bland_altman([2.0], [1.5])), **LABELS)
    assert_legible(figure)
    said = words(figure)
    assert any(text.startswith("Bias") for text in said)
    assert not any("limit" in text for text in said)


@pytest.mark.parametrize("factor", [1e-4, 1.0, 1e5])
def test_numbers_keep_three_figures_in_any_unit(factor: float) -> None:
    plotted = Differences([1.0 * factor, 2.0 * factor], [0.123 * factor, -0.5 * factor], AgreementLine(0.321 * factor))
    figure = bland_altman_plot(plotted, **LABELS)
    assert_legible(figure)
    bias = next(text for text in words(figure) if text.startswith("Bias "))
    assert float(bias.removeprefix("Bias ")) == pytest.approx(0.321 * factor, rel=2e-2)


def test_a_cloud_of_very_many_points_is_a_picture_and_its_text_stays_text() -> None:
    rng = np.random.default_rng(7)
    mean, difference = rng.gamma(2.0, 10.0, 20_000), rng.normal(0.0, 2.0, 20_000)
    line = AgreementLine(0.0, -0.1, 0.1)
    svg = svg_text(bland_altman_plot(Differences(mean.tolist(), difference.tolist(), line), **LABELS))
    assert svg.count("<image") == 1
    assert len(svg) < 400_000
    assert "Mean of both meters (l/min)" in svg


def test_pairs_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="no pair of measurements is complete"):
        Differences.of(bland_altman([1.0, None], [None, 2.0]))
    with pytest.raises(UsageError, match="2 means and 1 differences"):
        bland_altman_plot(Differences([1.0, 2.0], [1.0], AgreementLine(1.0)), **LABELS)
