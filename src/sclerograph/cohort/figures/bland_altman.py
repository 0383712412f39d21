"""Differences of two measurements against their mean, with bias, limits of agreement and their intervals.

Bland and Altman 1986, Lancet 327:307-310, doi:10.1016/S0140-6736(86)90837-8; intervals of the limits: Bland and Altman
1999, Stat Methods Med Res 8:135-160, doi:10.1177/096228029900800204.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, floor, log, log10
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.ticker import MaxNLocator, NullLocator
from numpy.typing import NDArray

from sclerograph.cohort.figures.page import blank_page, line_height_mm, place_axes, spread, text_width_mm, write
from sclerograph.cohort.figures.style import (
    BLUE,
    FAINT,
    INK,
    QUIET,
    SMALL_PT,
    VERMILLION,
    Width,
    house_style,
    width_mm,
)
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sclerograph.cohort.agreement.bland_altman import BlandAltman
    from sclerograph.cohort.interval import Interval

__all__ = ["AgreementLine", "Differences", "bland_altman_plot"]

_MARGIN_MM: Final = 1.5
_AXIS_MM: Final = 7.6
#: From this many points on, each is drawn paler, so that where they crowd can still be seen.
_CROWD: Final = 150
#: More points than this are a picture inside of the SVG, which would not open in reasonable time otherwise.
_CLOUD: Final = 5000


@dataclass(frozen=True)
class AgreementLine:
    """A line of the plot: the bias or a limit of agreement, with its 95 % interval where it can be computed."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Differences:
    """Pairs of measurements as mean and difference, and the three lines that sum them up.

    ``lower`` and ``upper`` are ``None`` where there are too few pairs for limits. With ``ratio`` the differences are
    ratios of the first to the second, all above zero, and both axes are logarithmic.
    """

    mean: Sequence[float]
    difference: Sequence[float]
    bias: AgreementLine
    lower: AgreementLine | None = None
    upper: AgreementLine | None = None
    ratio: bool = False

    @classmethod
    def of(cls, result: BlandAltman) -> Differences:
        """Return what is drawn of a result of :func:`sclerograph.cohort.agreement.bland_altman.bland_altman`.

        Raises
        ------
        UsageError
            The result is that of no pair at all.
        """
        if result.bias is None:
            raise UsageError("no pair of measurements is complete, so there is nothing to draw; check the two columns")
        return cls(
            mean=result.means,
            difference=result.differences,
            bias=AgreementLine(result.bias, result.bias_interval.low, result.bias_interval.high),
            lower=_line(result.lower_limit, result.lower_limit_interval),
            upper=_line(result.upper_limit, result.upper_limit_interval),
            ratio=result.scale == "ratio",
        )


def _line(value: float | None, interval: Interval) -> AgreementLine | None:
    return None if value is None else AgreementLine(value, interval.low, interval.high)


@house_style
def bland_altman_plot(
    differences: Differences, *, mean_label: str, difference_label: str, width: Width = "column"
) -> Figure:
    """Draw the differences, the bias and the limits of agreement; each line is named at its end with its interval.

    Parameters
    ----------
    differences
        What to draw.
    mean_label
        What the mean is, with its unit: ``"Mean of both readers (mm²)"``.
    difference_label
        Which difference, with its unit: ``"Reader A − reader B (mm²)"``.
    width
        ``"column"`` (85 mm) or ``"page"`` (170 mm).

    Raises
    ------
    UsageError
        There is no pair, or means and differences are not equally many.
    """
    mean, difference = (np.asarray(values, dtype=np.float64) for values in (differences.mean, differences.difference))
    if mean.size == 0 or mean.shape != difference.shape:
        raise UsageError(f"{mean.size} means and {difference.size} differences: one of each is needed for every pair")
    lines = _named(differences)
    decimals = _decimals(difference, lines)
    texts = [_texts(name, line, decimals) for name, line, _ in lines]
    right = max(text_width_mm(text, SMALL_PT) for pair in texts for text in pair) + 3.0 + _MARGIN_MM
    page_mm, top = width_mm(width), _MARGIN_MM + 1.0
    plot_mm = 55.0 if width == "column" else 72.0
    figure = blank_page(page_mm, top + plot_mm + _AXIS_MM + _MARGIN_MM)
    low, high = _span(difference, lines, differences.ratio)
    ticks = _ticks(low, high, 6, differences.ratio)
    # Tick labels of the vertical axis take as much room as their longest number.
    left = _MARGIN_MM + 5.5 + max(text_width_mm(_signed(tick), SMALL_PT) for tick in ticks)
    axes = place_axes(figure, left, top, page_mm - left - right, plot_mm)
    x_low, x_high = _ends(mean.tolist(), differences.ratio)
    x_ticks = _ticks(x_low, x_high, 5 if width == "column" else 8, differences.ratio)
    if differences.ratio:
        axes.set(xscale="log", yscale="log")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_minor_locator(NullLocator())
    axes.set(xlim=(x_low, x_high), ylim=(low, high))
    axes.set_xticks(x_ticks, [_signed(tick) for tick in x_ticks])
    axes.set_yticks(ticks, [_signed(tick) for tick in ticks])
    axes.set_xlabel(mean_label, labelpad=1.5)
    middle = axes.get_position().y0 + axes.get_position().height / 2.0
    figure.text(_MARGIN_MM / page_mm, middle, difference_label, rotation=90.0, ha="left", va="center")
    _draw_lines(axes, lines, 1.0 if differences.ratio else 0.0)
    axes.plot(
        mean,
        difference,
        "o",
        color=INK,
        markersize=2.6,
        markeredgewidth=0.0,
        alpha=0.65 if mean.size < _CROWD else 0.3,
        rasterized=mean.size > _CLOUD,
        zorder=3,
    )
    scale = log if differences.ratio else float
    heights = [
        top + plot_mm * (1.0 - (scale(line.value) - scale(low)) / (scale(high) - scale(low))) for _, line, _ in lines
    ]
    placed = spread(heights, 2.0 * line_height_mm(SMALL_PT) + 0.8, top + 1.5, top + plot_mm - 1.5)
    for (_, _, colour), (first, second), y in zip(lines, texts, placed, strict=True):
        step = line_height_mm(SMALL_PT) / 2.0
        write(figure, page_mm - right + 1.8, y - step, first, size=SMALL_PT, color=colour)
        write(figure, page_mm - right + 1.8, y + step, second, size=SMALL_PT, color=QUIET)
    return figure


def _named(differences: Differences) -> list[tuple[str, AgreementLine, str]]:
    named = [("Bias", differences.bias, BLUE)]
    if differences.upper is not None:
        named.insert(0, ("Upper limit", differences.upper, VERMILLION))
    if differences.lower is not None:
        named.append(("Lower limit", differences.lower, VERMILLION))
    return named


def _decimals(difference: NDArray[np.float64], lines: Sequence[tuple[str, AgreementLine, str]]) -> int:
    """Return the decimals that show three significant figures of the widest of all values."""
    widest = max([float(np.abs(difference).max()), *(abs(line.value) for _, line, _ in lines)])
    return 0 if widest == 0.0 else min(max(2 - floor(log10(widest)), 0), 6)


def _texts(name: str, line: AgreementLine, decimals: int) -> tuple[str, str]:
    def number(value: float) -> str:
        return f"{value:.{decimals}f}".replace("-", "−")

    interval = "" if line.low is None or line.high is None else f"({number(line.low)} to {number(line.high)})"
    return f"{name} {number(line.value)}", interval


def _span(
    difference: NDArray[np.float64], lines: Sequence[tuple[str, AgreementLine, str]], ratio: bool
) -> tuple[float, float]:
    """Return the ends of the vertical axis: everything that is drawn and no difference, with a little air."""
    drawn = [1.0 if ratio else 0.0, *difference.tolist()]
    drawn += [value for _, line, _ in lines for value in (line.value, line.low, line.high) if value is not None]
    return _ends(drawn, ratio)


def _ends(values: Sequence[float], ratio: bool) -> tuple[float, float]:
    """Return the ends of an axis that holds the values, with a little air on both sides."""
    low, high = (log(min(values)), log(max(values))) if ratio else (min(values), max(values))
    air = 0.05 * (high - low) if high > low else 1.0
    return (exp(low - air), exp(high + air)) if ratio else (low - air, high + air)


def _signed(tick: float) -> str:
    return f"{tick:g}".replace("-", "−")


def _ticks(low: float, high: float, most: int, ratio: bool) -> list[float]:
    """Return round numbers between the ends of an axis."""
    if not ratio:
        located = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        return [float(tick) for tick in located if low <= tick <= high]
    decades = range(floor(log10(low)), floor(log10(high)) + 1)
    # From many to few: the first that is not too crowded.
    for steps in ((1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0,)):
        ticks = [float(f"{step}e{decade}") for decade in decades for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= most + 1:
            break
    return ticks


def _draw_lines(axes: Axes, lines: Sequence[tuple[str, AgreementLine, str]], no_difference: float) -> None:
    axes.axhline(no_difference, color=FAINT, linewidth=0.6, zorder=1)
    for name, line, colour in lines:
        if line.low is not None and line.high is not None:
            axes.axhspan(line.low, line.high, facecolor=colour, alpha=0.12, linewidth=0.0, zorder=0)
        axes.axhline(line.value, color=colour, linestyle="-" if name == "Bias" else (0, (5, 2)), zorder=2)
