"""Survival curves with interval bands, marks where patients were censored, and the numbers at risk under the axis."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sclerograph.cohort.figures.page import MM_PER_INCH, blank_page, place_axes, write
from sclerograph.cohort.figures.style import (
    DASHES,
    LINE_PT,
    QUIET,
    SERIES,
    SMALL_PT,
    SOFT,
    Width,
    house_style,
    width_mm,
)
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sclerograph.cohort.survival import KaplanMeierCurve

__all__ = ["SurvivalCurve", "kaplan_meier_plot"]

_MARGIN_MM: Final = 1.5
_LEFT_MM: Final = 12.0
_RIGHT_MM: Final = 3.5
_AXIS_MM: Final = 9.0
_LINE_MM: Final = 3.3
_SAMPLE_MM: Final = 5.5
#: More marks of censored patients would cover their curve: none are drawn then.
_MOST_MARKS: Final = 300
#: More steps cannot be told apart in print.
_MOST_STEPS: Final = 2000


@dataclass(frozen=True)
class SurvivalCurve:
    """The estimate for one group.

    ``time`` holds the times at which the curve steps, ascending, and ``survival``, ``low`` and ``high`` the values from
    that time on (0 to 1; ``None`` where an interval cannot be computed); before the first step survival is 1.
    ``follow_up`` holds the time of event or censoring of every patient, ``censored`` those of the censored ones.
    """

    label: str
    time: Sequence[float]
    survival: Sequence[float]
    low: Sequence[float | None]
    high: Sequence[float | None]
    follow_up: Sequence[float]
    censored: Sequence[float] = ()

    @classmethod
    def of(cls, curve: KaplanMeierCurve, label: str | None = None) -> SurvivalCurve:
        """Return what is drawn of a curve of :func:`sclerograph.cohort.survival.kaplan_meier`."""
        return cls(
            label=curve.group if label is None else label,
            time=curve.time,
            survival=curve.survival,
            low=curve.low,
            high=curve.high,
            follow_up=curve.follow_up(),
            censored=curve.censoring_times(),
        )


@house_style
def kaplan_meier_plot(
    curves: Sequence[SurvivalCurve],
    *,
    time_label: str,
    survival_label: str = "Survival (%)",
    test: str = "",
    width: Width = "column",
) -> Figure:
    """Draw the curves, with the name, the events and the numbers at risk of each group under the axis.

    Parameters
    ----------
    curves
        One to six groups.
    time_label
        What time counts, with its unit: ``"Years since the radiograph"``.
    survival_label
        What the curves say; per cent.
    test
        A line above the plot that names the test and its p value.
    width
        ``"column"`` (85 mm) or ``"page"`` (170 mm).

    Raises
    ------
    UsageError
        There is no curve, more than six, or a group without patients.
    """
    if not 1 <= len(curves) <= len(SERIES):
        raise UsageError(
            f"{len(curves)} survival curves: 1 to {len(SERIES)} can be told apart; merge or leave out groups"
        )
    empty = [curve.label for curve in curves if not len(curve.follow_up)]
    if empty:
        raise UsageError(f"no patient in group {empty[0]!r}: there is no curve to draw; leave the group out")
    page_mm, several = width_mm(width), len(curves) > 1
    end = max(max(curve.follow_up) for curve in curves)
    ticks = _ticks(end, 6 if width == "column" else 10)
    plot_width = page_mm - _LEFT_MM - _RIGHT_MM
    top = _MARGIN_MM + (4.6 if test else 1.8)
    plot_mm = 52.0 if width == "column" else 72.0
    row_mm = _LINE_MM * (2.0 if several else 1.0)
    table_mm = _LINE_MM + len(curves) * row_mm
    figure = blank_page(page_mm, top + plot_mm + _AXIS_MM + table_mm + _MARGIN_MM)
    axes = place_axes(figure, _LEFT_MM, top, plot_width, plot_mm)
    _style(axes, ticks, end, time_label, survival_label)
    for index, curve in enumerate(curves):
        _draw(axes, curve, index)
    if test:
        write(figure, _LEFT_MM, _MARGIN_MM + 1.6, test, size=SMALL_PT, color=QUIET)
    y = top + plot_mm + _AXIS_MM + _LINE_MM / 2.0
    write(figure, _LEFT_MM, y, "Number at risk", size=SMALL_PT, color=QUIET)
    for index, curve in enumerate(curves):
        y += _LINE_MM
        if several:
            _key(figure, curve, index, y)
            y += _LINE_MM
        for tick, count in zip(ticks, _at_risk(curve, ticks), strict=True):
            x = _LEFT_MM + plot_width * tick / axes.get_xlim()[1]
            write(figure, x, y, str(count), size=SMALL_PT, ha="center")
    return figure


def _ticks(end: float, most: int) -> list[float]:
    """Return round times from zero to the end of follow-up."""
    located = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, end)
    return [float(tick) for tick in located if 0.0 <= tick <= end * (1.0 + 1e-9)]


def _style(axes: Axes, ticks: Sequence[float], end: float, time_label: str, survival_label: str) -> None:
    axes.set_xlim(0.0, end if end > 0.0 else 1.0)
    axes.set_ylim(0.0, 100.0)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([0, 20, 40, 60, 80, 100])
    axes.grid(axis="y", color=SOFT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(time_label, labelpad=1.5)
    axes.set_ylabel(survival_label, labelpad=2.0)


def _draw(axes: Axes, curve: SurvivalCurve, index: int) -> None:
    colour = SERIES[index]
    time, survival, low, high = _steps(curve)
    # Every value is held until the next time: each time but the first twice, each value but the last twice.
    low, high = (np.repeat(limit, 2)[:-1] for limit in (low, high))
    axes.fill_between(np.repeat(time, 2)[1:], low, high, facecolor=colour, alpha=0.14, linewidth=0.0)
    axes.plot(time, survival, drawstyle="steps-post", color=colour, linestyle=DASHES[index], clip_on=False, zorder=3)
    when = np.unique(np.asarray(curve.censored, dtype=np.float64))
    if 0 < when.size <= _MOST_MARKS:
        step = np.searchsorted(time[:-1], when, side="right") - 1
        axes.plot(when, survival[step], "|", color=colour, markersize=4.0, markeredgewidth=0.7, clip_on=False, zorder=3)


def _steps(curve: SurvivalCurve) -> tuple[NDArray[np.float64], ...]:
    """Return times, survival and limits in per cent, from time 0, where survival is 1, to the last patient's.

    Of more steps than can be told apart only those at evenly spaced places are kept.
    """
    columns = [np.array([0.0, *curve.time], dtype=np.float64)]
    # None becomes NaN, which leaves a gap.
    shares = (curve.survival, curve.low, curve.high)
    columns += [100.0 * np.array([1.0, *values], dtype=np.float64) for values in shares]
    if columns[0].size > _MOST_STEPS:
        kept = np.unique(np.linspace(0, columns[0].size - 1, _MOST_STEPS).round().astype(np.intp))
        columns = [column[kept] for column in columns]
    ends = (float(max(curve.follow_up)), *(float(column[-1]) for column in columns[1:]))
    return tuple(np.append(column, end) for column, end in zip(columns, ends, strict=True))


def _at_risk(curve: SurvivalCurve, ticks: Sequence[float]) -> list[int]:
    """Return how many patients have neither event nor censoring before each of these times."""
    times = sorted(curve.follow_up)
    # A time such as 0.1 + 0.2 must count as the tick 0.3 that it stands for.
    return [len(times) - bisect_left(times, tick * (1.0 - 1e-12)) for tick in ticks]


def _key(figure: Figure, curve: SurvivalCurve, index: int, y_mm: float) -> None:
    """Write the name of a group with a sample of its line."""
    width, height = (float(inch) * MM_PER_INCH for inch in figure.get_size_inches())
    figure.add_artist(
        Line2D(
            [_LEFT_MM / width, (_LEFT_MM + _SAMPLE_MM) / width],
            [1.0 - y_mm / height] * 2,
            color=SERIES[index],
            linestyle=DASHES[index],
            linewidth=LINE_PT,
        )
    )
    events = len(curve.follow_up) - len(curve.censored)
    text = f"{curve.label} (n = {len(curve.follow_up)}, {events} {'event' if events == 1 else 'events'})"
    write(figure, _LEFT_MM + _SAMPLE_MM + 1.2, y_mm, text, size=SMALL_PT, color=SERIES[index])
