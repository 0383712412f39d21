"""Odds or hazard ratios with their intervals on a logarithmic axis, a line each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sclerograph.cohort.figures.page import blank_page, line_height_mm, place_axes, text_width_mm, wrapped, write
from sclerograph.cohort.figures.style import (
    BLUE,
    FAINT,
    HAIRLINE_PT,
    INK,
    LETTER_PT,
    LINE_PT,
    PAGE_MM,
    QUIET,
    SMALL_PT,
    house_style,
)
from sclerograph.cohort.number_format import format_estimate, format_p
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RatioGroup", "RatioRow", "ratio_forest"]

_MARGIN_MM: Final = 1.5
_HEAD_MM: Final = 5.0
_HEADING_MM: Final = 5.2
_ROW_MM: Final = 4.3
_AXIS_MM: Final = 8.6
_GAP_MM: Final = 3.0
#: The plot never becomes narrower than this: labels that would make it so are cut.
_LEAST_PLOT_MM: Final = 32.0
_INDENT_MM: Final = 2.0
#: A factor of ten needs so much room for a label between its ends.
_TENFOLD_MM: Final = 13.0
#: The axis never reaches beyond these: an interval that does ends in an arrow.
_LEAST: Final = 0.01
_MOST: Final = 100.0


@dataclass(frozen=True)
class RatioRow:
    """One ratio. ``ratio``, ``low`` and ``high`` may be 0 or infinite, or ``None`` where they cannot be computed."""

    label: str
    ratio: float | None
    low: float | None
    high: float | None
    p: float | None


@dataclass(frozen=True)
class RatioGroup:
    """Lines under one heading."""

    title: str
    rows: tuple[RatioRow, ...]


@house_style
def ratio_forest(groups: Sequence[RatioGroup], *, axis_label: str, note: str = "") -> Figure:
    """Draw ratios on the width of a page; intervals that leave the axis end in an arrow.

    Parameters
    ----------
    groups
        What to draw, from top to bottom.
    axis_label
        What the axis shows: ``"Odds ratio, 95 % interval"``.
    note
        A sentence under the figure.

    Raises
    ------
    UsageError
        There is not a single line to draw.
    """
    rows = [row for group in groups for row in group.rows]
    if not rows:
        raise UsageError("a forest plot needs at least one line; none was given")
    estimates = {id(row): format_estimate(row.ratio, row.low, row.high) for row in rows}
    estimate_mm = max(text_width_mm(text) for text in (*estimates.values(), "Ratio (interval)"))
    p_mm = max(text_width_mm(format_p(row.p)) for row in rows)
    room_mm = PAGE_MM - 2 * _MARGIN_MM - _INDENT_MM - 3 * _GAP_MM - estimate_mm - p_mm
    label_mm = min(room_mm - _LEAST_PLOT_MM, max(text_width_mm(row.label) for row in rows) + 0.5)
    left = _MARGIN_MM + _INDENT_MM + label_mm + _GAP_MM
    plot_mm = room_mm - label_mm
    body_mm = sum(_HEADING_MM + _ROW_MM * len(group.rows) for group in groups)
    foot = wrapped(note, PAGE_MM - 2 * _MARGIN_MM, SMALL_PT) if note else []
    foot_mm = len(foot) * line_height_mm(SMALL_PT)
    figure = blank_page(PAGE_MM, 2 * _MARGIN_MM + _HEAD_MM + body_mm + _AXIS_MM + foot_mm)
    axes = place_axes(figure, left, _MARGIN_MM + _HEAD_MM, plot_mm, body_mm)
    low, high = _range(rows)
    _style(axes, low, high, (plot_mm, body_mm), axis_label)
    at_estimate, at_p = left + plot_mm + _GAP_MM + estimate_mm, PAGE_MM - _MARGIN_MM
    for x, text in ((at_estimate, "Ratio (interval)"), (at_p, "p")):
        write(figure, x, _MARGIN_MM + _HEAD_MM * 0.4, text, ha="right", color=QUIET, size=SMALL_PT)
    y = 0.0
    for group in groups:
        write(figure, _MARGIN_MM, _MARGIN_MM + _HEAD_MM + y + _HEADING_MM * 0.6, group.title, weight="bold")
        y += _HEADING_MM
        for row in group.rows:
            middle = y + _ROW_MM / 2.0
            page_y = _MARGIN_MM + _HEAD_MM + middle
            write(figure, _MARGIN_MM + _INDENT_MM, page_y, _short(row.label, label_mm), color=INK)
            write(figure, at_estimate, page_y, estimates[id(row)], ha="right")
            write(figure, at_p, page_y, format_p(row.p), ha="right")
            _draw(axes, row, middle, low, high)
            y += _ROW_MM
    for place, line in enumerate(foot):
        top = _MARGIN_MM + _HEAD_MM + body_mm + _AXIS_MM + (place + 0.5) * line_height_mm(SMALL_PT)
        write(figure, _MARGIN_MM, top, line, size=SMALL_PT, color=QUIET)
    return figure


def _short(label: str, room_mm: float) -> str:
    if text_width_mm(label) <= room_mm:
        return label
    return f"{wrapped(label, room_mm - text_width_mm(' …'))[0]} …"


def _range(rows: Sequence[RatioRow]) -> tuple[float, float]:
    """Return the ends of the axis: what the finite limits need, within the bounds, always with 1 in it."""
    finite = [
        value
        for row in rows
        for value in (row.ratio, row.low, row.high)
        if value is not None and math.isfinite(value) and value > 0.0
    ]
    low = max(_LEAST, min([0.5, *finite])) / 1.25
    high = min(_MOST, max([2.0, *finite])) * 1.25
    return low, high


def _style(axes: Axes, low: float, high: float, size_mm: tuple[float, float], label: str) -> None:
    plot_mm, body_mm = size_mm
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(body_mm, 0.0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    tenfold = (0.01, 0.1, 1.0, 10.0, 100.0)
    between = (0.03, 0.3, 3.0, 30.0) if plot_mm / math.log10(high / low) >= _TENFOLD_MM else ()
    ticks = [tick for tick in sorted((*tenfold, *between)) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel(label, size=LETTER_PT)
    axes.axvline(1.0, color=FAINT, linewidth=LINE_PT, zorder=0.0)


def _draw(axes: Axes, row: RatioRow, y: float, low: float, high: float) -> None:
    if row.low is not None and row.high is not None:
        start, end = max(row.low, low), min(row.high, high)
        if start < end:
            axes.plot([start, end], [y, y], color=INK, linewidth=2 * HAIRLINE_PT, zorder=1.0)
        for beyond, at, marker in ((row.low < low, low, "<"), (row.high > high, high, ">")):
            if beyond:
                axes.plot([at], [y], marker=marker, color=INK, markersize=2.6, clip_on=False, zorder=2.0)
    if row.ratio is not None and low <= row.ratio <= high:
        axes.plot([row.ratio], [y], marker="s", color=BLUE, markersize=3.6, zorder=3.0, linestyle="none")
    elif row.ratio is not None:
        at, marker = (high, ">") if row.ratio > high else (low, "<")
        axes.plot([at], [y], marker=marker, color=BLUE, markersize=4.4, clip_on=False, zorder=3.0)
