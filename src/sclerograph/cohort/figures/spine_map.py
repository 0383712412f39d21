"""The spine from the side, vertebra by vertebra, with its three segments coloured by prevalence.

The segments are those of Bauer 2016 (EULAR abstract FRI0276): anterior (the bodies and the discs), canal (with the
foramina) and posterior (arches, facets and spinous processes). Front is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.patches import Polygon, Rectangle

from sclerograph.cohort.figures.colour_scale import ColourScale, draw_scale, scale_height_mm
from sclerograph.cohort.figures.page import blank_page, place_axes, write
from sclerograph.cohort.figures.style import (
    FAINT,
    HAIRLINE_PT,
    QUIET,
    SMALL_PT,
    SOFT,
    Width,
    house_style,
    width_mm,
)
from sclerograph.cohort.spine_levels import LEVELS, SEGMENTS, SpineSegment
from sclerograph.errors import UsageError
from sclerograph.reports.palette import text_colour_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["SpinePrevalence", "spine_map"]

_MARGIN_MM: Final = 1.5
_HEAD_MM: Final = 5.0
_GAP_MM: Final = 2.0
_LEVEL_MM: Final = 7.0
#: The table of per cent beside the drawing: width of a column, and letters.
_CELL_MM: Final = 12.0
_NUMBER_PT: Final = 5.5

# How far the spine's front stands forward of the line through its ends, in parts of the drawing's width, at stations
# from C1 (0) to S1 (1): lordosis of the neck, kyphosis of the chest, lordosis of the loins.
_CURVE: Final = (
    (0.0, 0.47), (0.07, 0.56), (0.15, 0.60), (0.24, 0.53), (0.34, 0.40), (0.46, 0.32), (0.56, 0.34), (0.68, 0.46),
    (0.78, 0.59), (0.86, 0.65), (0.93, 0.64), (1.0, 0.53),
)  # fmt: skip


@dataclass(frozen=True)
class SpinePrevalence:
    """How many patients have calcification of one segment at one level; with ``n`` 0 it is drawn as not assessed."""

    level: str
    segment: SpineSegment
    successes: int
    n: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1, ``None`` where no patient could be assessed."""
        return self.successes / self.n if self.n else None


@house_style
def spine_map(
    levels: Sequence[SpinePrevalence],
    *,
    scale_label: str,
    width: Width = "column",
    highest: float | None = None,
    note: str = "",
) -> Figure:
    """Draw the levels that are given, and those between them, from the side, with a table of per cent beside them.

    Parameters
    ----------
    levels
        At most one entry a level and segment.
    scale_label
        What the colours say: ``"Patients with calcification (%)"``.
    width
        ``"column"`` (85 mm) or ``"page"`` (170 mm); the drawing stands in the middle of the page.
    highest
        Share (0 to 1) at the dark end of the scale, for several figures with one scale; the highest given otherwise.
    note
        A line under the scale.

    Raises
    ------
    UsageError
        Nothing is given, a level or segment is unknown or given twice, or counts more lesions than patients.
    """
    _check(levels)
    page_mm = width_mm(width)
    given = {(entry.level, entry.segment): entry for entry in levels}
    numbers = [LEVELS.index(entry.level) for entry in levels]
    shown = LEVELS[min(numbers) : max(numbers) + 1]
    scale = ColourScale.over([entry.share for entry in levels], highest)
    row_mm = min(4.2, 120.0 / len(shown)) if len(shown) > 12 else 5.2
    height_mm = row_mm * len(shown)
    top = _MARGIN_MM + _HEAD_MM
    figure = blank_page(page_mm, top + height_mm + _GAP_MM + scale_height_mm(note, page_mm) + _MARGIN_MM)
    table_mm = 3.0 * _CELL_MM
    drawing_mm = 30.0
    left = (page_mm - _LEVEL_MM - drawing_mm - _GAP_MM - table_mm) / 2.0 + _LEVEL_MM
    axes = place_axes(figure, left, top, drawing_mm, height_mm)
    axes.set_axis_off()
    axes.set_xlim(0.0, drawing_mm)
    axes.set_ylim(height_mm, 0.0)
    table = place_axes(figure, left + drawing_mm + _GAP_MM, top, table_mm, height_mm)
    table.set_axis_off()
    table.set_xlim(0.0, table_mm)
    table.set_ylim(height_mm, 0.0)
    for row, level in enumerate(shown):
        y = row * row_mm
        _draw_level(axes, level, y, row_mm, drawing_mm, given, scale)
        write(figure, left - 1.0, top + y + row_mm / 2.0, level, size=SMALL_PT, ha="right")
        _draw_row(table, level, y, row_mm, given, scale)
    for column, segment in enumerate(SEGMENTS):
        x = left + drawing_mm + _GAP_MM + (column + 0.5) * _CELL_MM
        write(figure, x, _MARGIN_MM + _HEAD_MM / 2.0, segment, size=SMALL_PT, ha="center")
    missing = any(entry.n == 0 for entry in levels)
    draw_scale(figure, scale, scale_label, top + height_mm + _GAP_MM, missing=missing, note=note)
    return figure


def _check(levels: Sequence[SpinePrevalence]) -> None:
    if not levels:
        raise UsageError("no level of the spine is given; give at least one")
    seen: set[tuple[str, str]] = set()
    for entry in levels:
        if entry.level not in LEVELS or entry.segment not in SEGMENTS:
            raise UsageError(f"{entry.level} {entry.segment} is no part of the spine; levels are C1 to S1")
        if (entry.level, entry.segment) in seen:
            raise UsageError(f"{entry.level} {entry.segment} is given twice; give each part once")
        if not 0 <= entry.successes <= entry.n:
            raise UsageError(f"{entry.level}: {entry.successes} of {entry.n} patients; a count lies between 0 and n")
        seen.add((entry.level, entry.segment))


def _draw_level(
    axes: Axes,
    level: str,
    y: float,
    row_mm: float,
    drawing_mm: float,
    given: dict[tuple[str, SpineSegment], SpinePrevalence],
    scale: ColourScale,
) -> None:
    for segment, outline in _outlines(level, y, row_mm, drawing_mm).items():
        entry = given.get((level, segment))
        axes.add_artist(
            Polygon(
                outline,
                facecolor=SOFT if entry is None else scale.colour(entry.share),
                edgecolor=FAINT if entry is None else QUIET,
                linewidth=HAIRLINE_PT,
                hatch="" if entry is None else scale.hatch(entry.share),
                joinstyle="round",
                clip_on=False,
            )
        )


def _outlines(level: str, y: float, row_mm: float, drawing_mm: float) -> dict[SpineSegment, NDArray[np.float64]]:
    """Return the three parts of a vertebra, which lean along the curve of the spine."""
    count, index = len(LEVELS), LEVELS.index(level)
    stations, forward = np.array(_CURVE).T
    share = np.array([index, index + 1.0]) / count
    # Where the back of the body stands at the upper and the lower end of the level, in millimetres.
    upper, lower = (1.0 - np.interp(share, stations, forward)) * 0.50 * drawing_mm + 0.16 * drawing_mm
    depth = (0.17 + 0.15 * index / count) * drawing_mm
    canal = 0.085 * drawing_mm
    spine = (0.16 + 0.09 * min(index / 12.0, 1.0)) * drawing_mm * (0.35 if level in ("C1", "S1") else 1.0)
    gap = 0.07 * row_mm
    above, below = y + gap, y + row_mm - gap
    waist = 0.10 * depth
    body = [
        (upper - depth, above), (upper, above), (lower, below), (lower - depth, below),
        ((upper + lower) / 2.0 - depth + waist, (above + below) / 2.0),
    ]  # fmt: skip
    drop = 0.42 * row_mm if level.startswith("T") else 0.16 * row_mm
    canal_part = [(upper + 0.4, above), (upper + canal, above), (lower + canal, below), (lower + 0.4, below)]
    back = [
        (upper + canal + 0.4, above),
        (upper + canal + 0.45 * spine, above + 0.12 * row_mm),
        (upper + canal + spine, above + 0.34 * row_mm + drop),
        (lower + canal + 0.96 * spine, above + 0.62 * row_mm + drop),
        (lower + canal + 0.40 * spine, below - 0.10 * row_mm),
        (lower + canal + 0.4, below),
    ]
    return {"anterior": np.array(body), "canal": np.array(canal_part), "posterior": np.array(back)}


def _draw_row(
    table: Axes,
    level: str,
    y: float,
    row_mm: float,
    given: dict[tuple[str, SpineSegment], SpinePrevalence],
    scale: ColourScale,
) -> None:
    for column, segment in enumerate(SEGMENTS):
        entry = given.get((level, segment))
        if entry is None:
            continue
        colour = scale.colour(entry.share)
        table.add_artist(
            Rectangle(
                (column * _CELL_MM, y),
                _CELL_MM,
                row_mm,
                facecolor=colour,
                edgecolor="white" if entry.n else QUIET,
                linewidth=0.6 if entry.n else 0.0,
                hatch=scale.hatch(entry.share),
            )
        )
        if entry.share is not None:
            table.text(
                (column + 0.5) * _CELL_MM,
                y + row_mm / 2.0,
                f"{100.0 * entry.share:.0f}",
                size=_NUMBER_PT,
                ha="center",
                va="center_baseline",
                color=text_colour_on(colour),
            )
