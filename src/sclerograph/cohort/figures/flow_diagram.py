"""The flow of patients: who was there, who was left out by which criterion, who was analysed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.patches import FancyBboxPatch

from sclerograph.cohort.figures.page import blank_page, line_height_mm, place_axes, wrapped
from sclerograph.cohort.figures.style import (
    BLUE,
    HAIRLINE_PT,
    INK,
    LETTER_PT,
    PAGE_MM,
    QUIET,
    SMALL_PT,
    SOFT,
    house_style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["FlowBox", "flow_diagram"]

_MARGIN_MM: Final = 2.0
_BOX_MM: Final = 66.0
_ASIDE_MM: Final = 78.0
_GAP_MM: Final = 8.0
_PAD_MM: Final = 2.4


@dataclass(frozen=True)
class FlowBox:
    """One box: a heading, a line under it, and what stands beside the arrow that leads to it (who was left out)."""

    title: str
    count: str
    aside: tuple[str, ...] = ()


@house_style
def flow_diagram(boxes: Sequence[FlowBox]) -> Figure:
    """Draw the boxes from top to bottom on the width of a page, the last one in colour.

    Parameters
    ----------
    boxes
        The first is where all began; the asides of the others say who was left out on the way to them.
    """
    line = line_height_mm(LETTER_PT)
    lines = [wrapped(box.title, _BOX_MM - 2 * _PAD_MM) for box in boxes]
    asides = [[part for text in box.aside for part in wrapped(text, _ASIDE_MM - 2 * _PAD_MM)] for box in boxes]
    heights = [2 * _PAD_MM + (len(title) + 1) * line for title in lines]
    gaps = [0.0] + [max(_GAP_MM, 2 * _PAD_MM + len(aside) * line + 3.0) for aside in asides[1:]]
    total = 2 * _MARGIN_MM + sum(heights) + sum(gaps)
    figure = blank_page(PAGE_MM, total)
    axes = place_axes(figure, 0.0, 0.0, PAGE_MM, total)
    axes.set_xlim(0.0, PAGE_MM)
    axes.set_ylim(total, 0.0)
    axes.set_axis_off()
    middle, y = _MARGIN_MM + _BOX_MM / 2.0, _MARGIN_MM
    for place, (box, title, aside) in enumerate(zip(boxes, lines, asides, strict=True)):
        if place:
            axes.annotate(
                "",
                (middle, y + gaps[place]),
                (middle, y),
                arrowprops={"arrowstyle": "-|>", "color": QUIET, "linewidth": 2 * HAIRLINE_PT, "shrinkA": 0,
                            "shrinkB": 0},
            )  # fmt: skip
            if aside:
                high = 2 * _PAD_MM + len(aside) * line
                at = y + gaps[place] / 2.0
                left = _MARGIN_MM + _BOX_MM + 12.0
                axes.plot([middle, left], [at, at], color=QUIET, linewidth=2 * HAIRLINE_PT)
                _box(axes, left, at - high / 2.0, _ASIDE_MM, high, "white", QUIET)
                for row, text in enumerate(aside):
                    axes.text(left + _PAD_MM, at - high / 2.0 + _PAD_MM + (row + 0.5) * line, text, size=SMALL_PT + 0.5,
                              va="center_baseline", color=INK)  # fmt: skip
            y += gaps[place]
        last = place == len(boxes) - 1
        _box(axes, _MARGIN_MM, y, _BOX_MM, heights[place], BLUE if last else SOFT, BLUE if last else QUIET)
        colour = "white" if last else INK
        for row, text in enumerate([*title, box.count]):
            weight = "bold" if row == len(title) else "normal"
            axes.text(middle, y + _PAD_MM + (row + 0.5) * line, text, ha="center", va="center_baseline", color=colour,
                      weight=weight)  # fmt: skip
        y += heights[place]
    return figure


def _box(axes: Axes, x: float, y: float, width: float, height: float, face: str, edge: str) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x, y), width, height, boxstyle="round,pad=0,rounding_size=1.2", facecolor=face, edgecolor=edge,
            linewidth=HAIRLINE_PT,
        )
    )  # fmt: skip
