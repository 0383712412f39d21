"""A cohort's prevalence among published ones: one line a study, its share with the interval, sizes by n.

Printed figures that no count out of n gives are drawn with a dagger and explained under the figure, never corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any, Final

from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sclerograph.cohort.figures.page import (
    blank_page,
    line_height_mm,
    place_axes,
    text_width_mm,
    wrapped,
    write,
)
from sclerograph.cohort.figures.style import (
    BLUE,
    HAIRLINE_PT,
    INK,
    LETTER_PT,
    LINE_PT,
    PAGE_MM,
    QUIET,
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

__all__ = ["ForestGroup", "ForestRow", "forest_plot"]

_DAGGERS: Final = ("†", "‡", "§", "‖", "¶")

_ESTIMATE_HEAD: Final = "% (95 % interval)"

_ROW_MM: Final = 4.1
_HEADING_MM: Final = 4.9
_MARGIN_MM: Final = 1.5
_GAP_MM: Final = 2.6
_SMALLEST_SIDE_MM: Final = 1.0
_LARGEST_SIDE_MM: Final = 2.9
#: Below this the plot itself would be too narrow to compare anything; the column of details gives way first.
_LEAST_PLOT_MM: Final = 22.0


@dataclass(frozen=True)
class ForestRow:
    """One line of a forest plot.

    ``share``, ``low`` and ``high`` are between 0 and 1, or ``None`` where they cannot be computed (a published range
    has ``low`` and ``high`` only). ``own`` marks the cohort itself. ``impossible`` says why a printed figure cannot be
    right; it puts a dagger to the line and the sentence under the figure.
    """

    label: str
    share: float | None
    low: float | None
    high: float | None
    n: int | None = None
    successes: int | None = None
    detail: str = ""
    own: bool = False
    impossible: str | None = None


@dataclass(frozen=True)
class ForestGroup:
    """Lines that may be compared with each other, with their heading: one lesion."""

    title: str
    rows: tuple[ForestRow, ...]


@dataclass(frozen=True)
class _Columns:
    """Where the columns of the page stand, in millimetres from the left."""

    label: float
    detail: float | None
    count: float
    plot: float
    plot_width: float
    estimate: float
    label_room: float
    detail_room: float
    #: Size of the letters of the lines: smaller in a column, where the plot needs the room.
    size_pt: float


@house_style
def forest_plot(
    groups: Sequence[ForestGroup],
    *,
    width: Width = "page",
    axis_label: str = "Patients (%), 95 % interval",
    note: str = "",
    head: str = "Study",
) -> Figure:
    """Draw shares with intervals, a line each, under a heading for each group.

    The cohort's own line is blue, with its share as a thin line through its group. The side of a square grows with
    the fourth root of n (its area with the square root), so that small studies stay visible beside registries.

    Parameters
    ----------
    groups
        What to draw, from top to bottom.
    width
        ``"page"`` (170 mm) or ``"column"`` (85 mm, without the column of details).
    axis_label
        What the axis shows.
    note
        A sentence under the figure, before those on impossible figures.
    head
        What the lines are.

    Raises
    ------
    UsageError
        There is not a single line to draw.
    """
    rows = [row for group in groups for row in group.rows]
    if not rows:
        raise UsageError("a forest plot needs at least one line; none was given")
    marks = _daggers(rows)
    page_mm = width_mm(width)
    columns = _columns(rows, marks, page_mm)
    labels = {id(row): _label_lines(row, marks, columns) for row in rows}
    foot = _foot_lines(note, marks, page_mm)
    body_mm = sum(_HEADING_MM + sum(labels[id(row)].height_mm for row in group.rows) for group in groups)
    head_mm, axis_mm, foot_mm = 5.0, 8.6, len(foot) * line_height_mm(SMALL_PT)
    figure = blank_page(page_mm, _MARGIN_MM + head_mm + body_mm + axis_mm + foot_mm + _MARGIN_MM)
    axes = place_axes(figure, columns.plot, _MARGIN_MM + head_mm, columns.plot_width, body_mm)
    _style_axis(axes, rows, body_mm, axis_label)
    _heads(figure, columns, head)
    n_most = max((row.n for row in rows if row.n), default=1)
    top = _MARGIN_MM + head_mm
    for group in groups:
        write(figure, columns.label, top + _HEADING_MM * 0.58, group.title, weight="bold")
        y = top - _MARGIN_MM - head_mm + _HEADING_MM
        group_height = sum(labels[id(row)].height_mm for row in group.rows)
        _draw_reference(axes, group, y, group_height)
        for row in group.rows:
            height = labels[id(row)].height_mm
            centre = y + height / 2.0
            _draw_row(axes, row, centre, n_most, columns)
            _write_row(figure, row, labels[id(row)], marks, columns, _MARGIN_MM + head_mm + centre)
            y += height
        top += _HEADING_MM + group_height
    foot_top = _MARGIN_MM + head_mm + body_mm + axis_mm
    for index, line in enumerate(foot):
        write(figure, _MARGIN_MM, foot_top + (index + 0.5) * line_height_mm(SMALL_PT), line, size=SMALL_PT, color=QUIET)
    return figure


def _daggers(rows: Sequence[ForestRow]) -> dict[str, str]:
    """Return the mark of each reason, in the order of their appearance: a dagger, a double dagger ..."""
    reasons = dict.fromkeys(row.impossible for row in rows if row.impossible)
    return {
        reason: _DAGGERS[index % len(_DAGGERS)] * (1 + index // len(_DAGGERS)) for index, reason in enumerate(reasons)
    }


def _columns(rows: Sequence[ForestRow], marks: dict[str, str], page_mm: float) -> _Columns:
    narrow = page_mm < PAGE_MM
    size = SMALL_PT if narrow else LETTER_PT
    label_width = max(text_width_mm(_marked(row, marks), size, "bold" if row.own else "normal") for row in rows)
    detail_width = max(text_width_mm(row.detail, SMALL_PT) for row in rows)
    count_width = max(text_width_mm(text, size) for text in ("n / N", *(_count_text(row) for row in rows)))
    estimate_width = max(
        *(text_width_mm(_estimate_text(row), size, "bold" if row.own else "normal") for row in rows),
        text_width_mm(_ESTIMATE_HEAD, SMALL_PT),
    )
    fixed = 2.0 * _MARGIN_MM + count_width + estimate_width + 3.0 * _GAP_MM
    wish = _LEAST_PLOT_MM if narrow else 0.34 * page_mm
    room = page_mm - fixed - wish - (_GAP_MM if detail_width else 0.0)
    with_detail = detail_width > 0.0 and not narrow
    if with_detail:
        label_room = min(label_width, 0.55 * room) if label_width + detail_width > room else label_width
        detail_room = min(detail_width, room - label_room)
    else:
        label_room, detail_room = min(label_width, room + (_GAP_MM if detail_width else 0.0)), 0.0
    detail = _MARGIN_MM + label_room + _GAP_MM if with_detail else None
    count = _MARGIN_MM + label_room + (_GAP_MM + detail_room if with_detail else 0.0) + _GAP_MM + count_width
    plot = count + _GAP_MM
    estimate = page_mm - _MARGIN_MM
    plot_width = estimate - estimate_width - _GAP_MM - plot
    return _Columns(_MARGIN_MM, detail, count, plot, plot_width, estimate, label_room, detail_room, size)


def _marked(row: ForestRow, marks: dict[str, str]) -> str:
    return row.label + (f" {marks[row.impossible]}" if row.impossible else "")


@dataclass(frozen=True)
class _Lines:
    """The label and the detail of a row, broken into lines."""

    label: tuple[str, ...]
    detail: tuple[str, ...]
    height_mm: float


def _label_lines(row: ForestRow, marks: dict[str, str], columns: _Columns) -> _Lines:
    label = wrapped(_marked(row, marks), columns.label_room + 0.1, columns.size_pt, "bold" if row.own else "normal")
    detail = wrapped(row.detail, columns.detail_room + 0.1, SMALL_PT) if columns.detail is not None else []
    height = max(
        _ROW_MM,
        len(label) * line_height_mm(columns.size_pt) + 0.8,
        len(detail) * line_height_mm(SMALL_PT) + 0.8,
    )
    return _Lines(tuple(label), tuple(detail), height)


def _foot_lines(note: str, marks: dict[str, str], page_mm: float) -> list[str]:
    room = page_mm - 2.0 * _MARGIN_MM
    lines = wrapped(note, room, SMALL_PT)
    for reason, mark in marks.items():
        lines += wrapped(f"{mark} {reason}", room, SMALL_PT)
    return lines


def _style_axis(axes: Axes, rows: Sequence[ForestRow], body_mm: float, axis_label: str) -> None:
    most = max((value for row in rows for value in (row.share, row.high) if value is not None), default=1.0)
    limit = min(100.0, 100.0 * most * 1.04)
    axes.set_xlim(0.0, limit)
    # One millimetre is one unit, downwards: rows stand exactly where their text stands.
    axes.set_ylim(body_mm, 0.0)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(axis="x", color=SOFT, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis_label, labelpad=1.5)


def _heads(figure: Figure, columns: _Columns, head: str) -> None:
    y = _MARGIN_MM + 2.0
    write(figure, columns.label, y, head, size=SMALL_PT, color=QUIET)
    write(figure, columns.count, y, "n / N", size=SMALL_PT, color=QUIET, ha="right")
    write(figure, columns.estimate, y, _ESTIMATE_HEAD, size=SMALL_PT, color=QUIET, ha="right")


def _draw_reference(axes: Axes, group: ForestGroup, y: float, height: float) -> None:
    """Draw the cohort's share as a line, and its interval as a pale band, through the lines of its group."""
    own = next((row for row in group.rows if row.own and row.share is not None), None)
    if own is None or own.share is None or len(group.rows) == 1:
        return
    if own.low is not None and own.high is not None:
        axes.add_artist(
            Rectangle(
                (100.0 * own.low, y), 100.0 * (own.high - own.low), height, facecolor=BLUE, alpha=0.07, linewidth=0.0
            )
        )
    axes.plot([100.0 * own.share] * 2, [y, y + height], color=BLUE, linewidth=HAIRLINE_PT, dashes=(4, 2))


def _draw_row(axes: Axes, row: ForestRow, y: float, n_most: int, columns: _Columns) -> None:
    colour = BLUE if row.own else INK
    if row.low is not None and row.high is not None:
        axes.plot([100.0 * row.low, 100.0 * row.high], [y, y], color=colour, linewidth=LINE_PT if row.own else 0.9)
        if row.share is None:
            # A range without an estimate: its ends are closed so that it is not taken for an interval of a point.
            axes.plot([100.0 * row.low, 100.0 * row.high], [y, y], "|", color=colour, markersize=4.0, clip_on=False)
    if row.share is None or not isfinite(row.share):
        return
    grown = sqrt(sqrt((row.n or 1) / n_most))
    side_mm = (_SMALLEST_SIDE_MM + (_LARGEST_SIDE_MM - _SMALLEST_SIDE_MM) * grown) * columns.size_pt / LETTER_PT
    x_mm_per_percent = columns.plot_width / axes.get_xlim()[1]
    x, half_y = 100.0 * row.share, side_mm / 2.0
    half_x = half_y / x_mm_per_percent
    look: dict[str, Any] = {
        "facecolor": "white" if row.impossible else colour,
        "edgecolor": colour,
        "linewidth": 0.8,
        "zorder": 4,
        "clip_on": False,
    }
    if row.own:
        corners = [(x - 1.35 * half_x, y), (x, y - 1.35 * half_y), (x + 1.35 * half_x, y), (x, y + 1.35 * half_y)]
        axes.add_artist(Polygon(corners, closed=True, **look))
    else:
        axes.add_artist(Rectangle((x - half_x, y - half_y), 2.0 * half_x, 2.0 * half_y, **look))


def _write_row(
    figure: Figure, row: ForestRow, lines: _Lines, marks: dict[str, str], columns: _Columns, y: float
) -> None:
    weight, colour = ("bold", BLUE) if row.own else ("normal", INK)
    for text, x, size, tone, style in (
        (lines.label, columns.label, columns.size_pt, colour, weight),
        (lines.detail, columns.detail, SMALL_PT, QUIET, "normal"),
    ):
        if x is None:
            continue
        step = line_height_mm(size)
        for index, line in enumerate(text):
            offset = (index - (len(text) - 1) / 2.0) * step
            write(figure, x, y + offset, line, size=size, color=tone, weight=style)
    write(figure, columns.count, y, _count_text(row), ha="right", color=colour, size=columns.size_pt)
    write(
        figure, columns.estimate, y, _estimate_text(row), ha="right", color=colour, weight=weight, size=columns.size_pt
    )


def _count_text(row: ForestRow) -> str:
    if row.n is None:
        return ""
    return f"{'–' if row.successes is None else row.successes} / {row.n}"


def _estimate_text(row: ForestRow) -> str:
    if row.low is None or row.high is None:
        return "–" if row.share is None else f"{100.0 * row.share:.1f}"
    interval = f"{100.0 * row.low:.1f}–{100.0 * row.high:.1f}"
    return interval if row.share is None else f"{100.0 * row.share:.1f} ({interval})"
