"""The colours of prevalence on maps of the hand and the body, and the scale that explains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sclerograph.cohort.figures.page import line_height_mm, place_axes, text_width_mm, wrapped, write
from sclerograph.cohort.figures.style import (
    HAIRLINE_PT,
    INK,
    LETTER_PT,
    NOT_KNOWN,
    PREVALENCE_COLOURS,
    QUIET,
    SMALL_PT,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ColourScale", "draw_scale", "scale_height_mm"]

_BAR_MM: Final = 2.4
_TICKS_MM: Final = 4.0
_MARGIN_MM: Final = 1.5
_NOT_ASSESSED: Final = "not assessed"


@dataclass(frozen=True)
class ColourScale:
    """Colours from nothing to ``highest`` per cent."""

    highest: float

    @classmethod
    def over(cls, shares: Sequence[float | None], highest: float | None = None) -> ColourScale:
        """Return the scale that ends at a round per cent above the highest share, or at the one that is asked for."""
        most = highest if highest is not None else max((share for share in shares if share is not None), default=0.0)
        if most <= 0.0:
            return cls(10.0)
        ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, 100.0 * most)
        return cls(min(100.0, float(ticks[-1])))

    def colour(self, share: float | None) -> str:
        """Return the colour of a share between 0 and 1, or of what is not known."""
        if share is None:
            return NOT_KNOWN
        return to_hex(PREVALENCE_COLOURS(min(100.0 * share / self.highest, 1.0)))

    @staticmethod
    def hatch(share: float | None) -> str:
        """Return the pattern that tells what is not known from a colour of the scale."""
        return "////////" if share is None else ""


def scale_height_mm(note: str, page_mm: float) -> float:
    """Return the height that :func:`draw_scale` needs."""
    lines = len(wrapped(note, page_mm - 2.0 * _MARGIN_MM, SMALL_PT))
    return line_height_mm(LETTER_PT) + _BAR_MM + _TICKS_MM + lines * line_height_mm(SMALL_PT)


def draw_scale(
    figure: Figure, scale: ColourScale, label: str, top_mm: float, *, missing: bool = False, note: str = ""
) -> None:
    """Draw the scale across the middle of the page, ``top_mm`` from its top, and the note under it.

    ``missing`` adds the pattern for what was not assessed.
    """
    page_mm = float(figure.get_size_inches()[0]) * 25.4
    bar_mm = min(0.52 * page_mm, 70.0)
    extra_mm = 7.5 + text_width_mm(_NOT_ASSESSED, SMALL_PT) if missing else 0.0
    left = (page_mm - bar_mm - extra_mm) / 2.0
    write(figure, left, top_mm + line_height_mm(LETTER_PT) / 2.0, label)
    top = top_mm + line_height_mm(LETTER_PT) + 0.4
    axes = place_axes(figure, left, top, bar_mm, _BAR_MM)
    # Vector cells instead of an image: an SVG with a picture inside would not be one that can be edited.
    cells = np.linspace(0.0, scale.highest, 65)
    for low, high in pairwise(cells.tolist()):
        colour = scale.colour((low + high) / 200.0)
        axes.add_artist(Rectangle((low, 0.0), high - low, 1.0, facecolor=colour, edgecolor=colour, linewidth=0.2))
    axes.set_xlim(0.0, scale.highest)
    axes.set_ylim(0.0, 1.0)
    axes.set_xticks(
        [
            float(t)
            for t in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, scale.highest)
            if 0.0 <= t <= scale.highest
        ]
    )
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
    if missing:
        sample = place_axes(figure, left + bar_mm + 4.0, top, 4.0, _BAR_MM)
        sample.set_axis_off()
        sample.add_artist(
            Rectangle(
                (0.0, 0.0),
                1.0,
                1.0,
                facecolor=NOT_KNOWN,
                edgecolor=QUIET,
                hatch=scale.hatch(None),
                linewidth=HAIRLINE_PT,
            )
        )
        write(figure, left + bar_mm + 9.0, top + _BAR_MM / 2.0, _NOT_ASSESSED, size=SMALL_PT, color=INK)
    y = top + _BAR_MM + _TICKS_MM
    for line in wrapped(note, page_mm - 2.0 * _MARGIN_MM, SMALL_PT):
        write(figure, _MARGIN_MM, y + line_height_mm(SMALL_PT) / 2.0, line, size=SMALL_PT, color=QUIET)
        y += line_height_mm(SMALL_PT)
