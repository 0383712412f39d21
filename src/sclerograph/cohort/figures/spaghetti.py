"""The course of every single patient: the change since the first visit, beside what may be chance.

On the left the change in the score's own unit, over the band of the smallest detectable change: a line within the band
may be measurement error. On the right the change in per cent, over the band outside of which the calcinosis of a hand
counts as progressive or improved (Valenzuela 2022, doi:10.1016/j.semarthrit.2022.151980). Classes are those of the
comparison of two visits (:mod:`sclerograph.comparison.change_class`), from the first visit to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sclerograph.cohort.figures.page import (
    MM_PER_INCH,
    blank_page,
    line_height_mm,
    place_axes,
    text_width_mm,
    write,
)
from sclerograph.cohort.figures.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    LINE_PT,
    PURPLE,
    QUIET,
    SMALL_PT,
    SOFT,
    VERMILLION,
    Width,
    house_style,
    width_mm,
)
from sclerograph.comparison.change_class import change_class, percent_change
from sclerograph.comparison.records import ChangeClass
from sclerograph.comparison.settings import DEFAULT
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Trajectory", "spaghetti_plot"]

_COLOURS: Final[dict[ChangeClass, str]] = {
    "progression": VERMILLION,
    "stable": QUIET,
    "improvement": BLUE,
    "incident": PURPLE,
    "absent": QUIET,
    "not classified": GREEN,
}
_DASHES: Final[dict[ChangeClass, tuple[float, ...]]] = {
    "progression": (),
    "stable": (1.4, 1.2),
    "improvement": (5.0, 1.6),
    "incident": (6.0, 1.5, 1.4, 1.5),
    "absent": (1.0, 3.0),
    "not classified": (2.5, 1.2),
}
_MARGIN_MM: Final = 1.5
_AXIS_MM: Final = 7.6
_BAND_MM: Final = 4.2
_SAMPLE_MM: Final = 5.5
#: With more patients the lines are a picture inside of the SVG, which would not open in reasonable time otherwise.
_MANY: Final = 1000


@dataclass(frozen=True)
class Trajectory:
    """The scores of one patient in the order of the visits; times in any unit, the first visit at its own time."""

    time: Sequence[float]
    score: Sequence[float]


@house_style
def spaghetti_plot(
    trajectories: Sequence[Trajectory],
    *,
    score_label: str,
    time_label: str,
    smallest_detectable_change: float | None = None,
    width: Width = "page",
    highest_percent: float = 200.0,
) -> Figure:
    """Draw the course of every patient twice: in the score's unit, and in per cent of the first score.

    Patients whose first score is zero have no per cent and are drawn on the left only. Lines that rise beyond
    ``highest_percent`` leave the right panel at its top, and are counted there.

    Parameters
    ----------
    trajectories
        One a patient, with at least two visits in the order of time.
    score_label
        What changes, with its unit: ``"calcified area (mm²)"``.
    time_label
        What time counts: ``"Years since the first film"``.
    smallest_detectable_change
        Half the height of the band on the left; no band when ``None``.
    width
        ``"page"`` (170 mm, panels beside each other) or ``"column"`` (85 mm, one above the other).
    highest_percent
        Where the panel of per cent ends at most.

    Raises
    ------
    UsageError
        There is no patient, a score is negative, or a patient has fewer than two visits or visits out of order.
    """
    _check(trajectories)
    page_mm = width_mm(width)
    cut_off = DEFAULT.change_percent
    courses = [change_class(t.score[0], t.score[-1], smallest_detectable_change, cut_off)[0] for t in trajectories]
    entries = [(course, courses.count(course)) for course in _COLOURS if course in courses]
    changes = [[score - t.score[0] for score in t.score] for t in trajectories]
    # From a score of zero there is no per cent.
    percents = [
        None if t.score[0] == 0.0 else [percent_change(t.score[0], score) or 0.0 for score in t.score]
        for t in trajectories
    ]
    plot_mm = 62.0 if width == "page" else 50.0
    left, between, right = 15.5, 21.0, 3.0
    legend = _legend_lines(entries, page_mm)
    legend_mm = len(legend) * line_height_mm(SMALL_PT)
    panel_mm = (page_mm - left - between - right) / 2.0 if width == "page" else page_mm - left - right
    panel_height = _BAND_MM + plot_mm + _AXIS_MM
    top = _MARGIN_MM + legend_mm + 1.0
    figure = blank_page(page_mm, top + panel_height * (1 if width == "page" else 2) + _MARGIN_MM)
    _draw_legend(figure, legend)
    places = (
        [(left, top), (left + panel_mm + between, top)]
        if width == "page"
        else [(left, top), (left, top + panel_height)]
    )
    absolute, relative = (place_axes(figure, x, y + _BAND_MM, panel_mm, plot_mm) for x, y in places)
    many = len(trajectories) > _MANY
    times = [[moment - t.time[0] for moment in t.time] for t in trajectories]
    for course in _COLOURS:
        chosen = [index for index, other in enumerate(courses) if other == course]
        _draw(absolute, [(times[i], changes[i]) for i in chosen], course, many)
        relatives = [(times[i], percent) for i in chosen if (percent := percents[i]) is not None]
        _draw(relative, relatives, course, many)
    end = max(t.time[-1] - t.time[0] for t in trajectories)
    _finish(absolute, end, f"Change of {score_label}", time_label)
    _finish(relative, end, "Change (%)", time_label)
    _limit(absolute, [c for change in changes for c in change] + [v for v in (smallest_detectable_change,) if v])
    known = [p for percent in percents if percent is not None for p in percent]
    beyond = _limit(relative, [*known, 1.2 * cut_off, -1.2 * cut_off], highest_percent)
    captions = [
        _caption(absolute, smallest_detectable_change, "smallest detectable change ±"),
        f"band: −{cut_off:g} % to +{cut_off:g} %",
    ]
    relative.axhspan(-cut_off, cut_off, facecolor=SOFT, linewidth=0.0, zorder=0)
    if beyond:
        gone = sum(1 for percent in percents if percent is not None and max(percent) > beyond)
        if gone:
            captions[1] += f"; {gone} beyond +{beyond:g} %"
    for (x, y), caption in zip(places, captions, strict=True):
        write(figure, x, y + _BAND_MM - 1.9, caption, size=SMALL_PT, color=QUIET)
    return figure


def _check(trajectories: Sequence[Trajectory]) -> None:
    if not trajectories:
        raise UsageError("there is no patient to draw; a course needs patients with two visits")
    for number, trajectory in enumerate(trajectories, start=1):
        times = list(trajectory.time)
        if len(times) < 2 or len(times) != len(trajectory.score) or sorted(times) != times:
            raise UsageError(
                f"patient {number} of {len(trajectories)}: a course needs two or more visits in order of time"
            )
        if min(trajectory.score) < 0.0:
            raise UsageError(f"patient {number} of {len(trajectories)}: a score is negative; scores begin at zero")


def _draw(
    axes: Axes, lines: Sequence[tuple[Sequence[float], Sequence[float]]], course: ChangeClass, many: bool
) -> None:
    """Draw all patients of one class: time and change of each."""
    if not lines:
        return
    layer = 2.0 if course in ("stable", "absent") else 3.0
    segments = [np.column_stack([time, change]) for time, change in lines]
    drawn = LineCollection(
        segments,
        colors=_COLOURS[course],
        linestyles=[(0.0, _DASHES[course] or None)],
        linewidths=0.7,
        alpha=0.85,
        rasterized=many,
        zorder=layer,
    )
    axes.add_collection(drawn, autolim=False)
    x, y = np.vstack(segments).T
    axes.plot(
        x,
        y,
        "o",
        color=_COLOURS[course],
        markersize=1.8,
        markeredgewidth=0.0,
        alpha=0.85,
        rasterized=many,
        zorder=layer,
    )


def _finish(axes: Axes, end: float, label: str, time_label: str) -> None:
    axes.axhline(0.0, color=FAINT, linewidth=0.6, zorder=1)
    axes.set_xlim(-0.02 * end, 1.02 * end)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel(time_label, labelpad=1.5)
    axes.set_ylabel(label, labelpad=2.0)


def _limit(axes: Axes, values: Sequence[float], highest: float | None = None) -> float | None:
    """Set the ends of the vertical axis around the values; return where it cuts them off, if it does."""
    low, high = min(0.0, *values), max(0.0, *values)
    cut = highest if highest is not None and high > highest else None
    high = cut if cut is not None else high
    air = 0.05 * (high - low) or 1.0
    axes.set_ylim(low - air, high if cut is not None else high + air)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: (f"+{value:g}" if value > 0.0 else f"{value:g}").replace("-", "−"))
    return cut


def _caption(axes: Axes, smallest_detectable_change: float | None, name: str) -> str:
    if smallest_detectable_change is None:
        return ""
    axes.axhspan(-smallest_detectable_change, smallest_detectable_change, facecolor=SOFT, linewidth=0.0, zorder=0)
    return f"band: {name}{smallest_detectable_change:.3g}"


def _legend_lines(
    entries: Sequence[tuple[ChangeClass, int]], page_mm: float
) -> list[list[tuple[ChangeClass, str, float]]]:
    """Lay the entries of the legend out in lines: course, text and distance from the left in millimetres."""
    lines: list[list[tuple[ChangeClass, str, float]]] = []
    x = _MARGIN_MM
    for course, count in entries:
        text = f"{course}: {count}"
        width = _SAMPLE_MM + 1.2 + text_width_mm(text, SMALL_PT)
        if not lines or x + width > page_mm - _MARGIN_MM:
            lines.append([])
            x = _MARGIN_MM
        lines[-1].append((course, text, x))
        x += width + 4.0
    return lines


def _draw_legend(figure: Figure, lines: Sequence[Sequence[tuple[ChangeClass, str, float]]]) -> None:
    page_mm, height_mm = (float(inch) * MM_PER_INCH for inch in figure.get_size_inches())
    for index, entries in enumerate(lines):
        y = _MARGIN_MM + (index + 0.5) * line_height_mm(SMALL_PT)
        for course, text, x in entries:
            figure.add_artist(
                Line2D(
                    [x / page_mm, (x + _SAMPLE_MM) / page_mm],
                    [1.0 - y / height_mm] * 2,
                    color=_COLOURS[course],
                    dashes=_DASHES[course] or (None, None),
                    linewidth=LINE_PT,
                )
            )
            write(figure, x + _SAMPLE_MM + 1.2, y, text, size=SMALL_PT, color=INK)
