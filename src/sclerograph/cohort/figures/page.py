"""A figure as a page measured in millimetres from its top left corner, so that nothing has to be guessed to fit."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from sclerograph.cohort.figures.style import LETTER_PT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = [
    "MM_PER_INCH",
    "MM_PER_POINT",
    "blank_page",
    "line_height_mm",
    "place_axes",
    "spread",
    "text_width_mm",
    "wrapped",
    "write",
]

MM_PER_INCH: Final = 25.4
MM_PER_POINT: Final = MM_PER_INCH / 72.0


def blank_page(width_mm: float, height_mm: float) -> Figure:
    """Return an empty figure of this size; it belongs to no window and needs no closing."""
    return Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH))


def place_axes(figure: Figure, left_mm: float, top_mm: float, width_mm: float, height_mm: float) -> Axes:
    """Add axes whose frame (without tick labels) has its top left corner and size at these millimetres."""
    whole_width, whole_height = (float(inch) * MM_PER_INCH for inch in figure.get_size_inches())
    return figure.add_axes(
        (
            left_mm / whole_width,
            1.0 - (top_mm + height_mm) / whole_height,
            width_mm / whole_width,
            height_mm / whole_height,
        )
    )


def write(figure: Figure, x_mm: float, y_mm: float, text: str, **look: Any) -> Text:
    """Write text at a point of the page; ``look`` is passed on to matplotlib, whose defaults are left and centre."""
    whole_width, whole_height = (float(inch) * MM_PER_INCH for inch in figure.get_size_inches())
    look.setdefault("va", "center_baseline")
    return figure.text(x_mm / whole_width, 1.0 - y_mm / whole_height, text, **look)


@lru_cache(maxsize=4096)
def text_width_mm(text: str, size_pt: float = LETTER_PT, weight: str = "normal") -> float:
    """Return how wide a line of text is printed."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    # At 72 dots per inch a dot is a point; the font counts in 64ths of a dot.
    font.set_size(size_pt, 72.0)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64.0 * MM_PER_POINT


def line_height_mm(size_pt: float = LETTER_PT) -> float:
    """Return the distance between two lines of text of this size."""
    return 1.35 * size_pt * MM_PER_POINT


def wrapped(text: str, room_mm: float, size_pt: float = LETTER_PT, weight: str = "normal") -> list[str]:
    """Break text into lines that fit the room; a single word that does not fit keeps its line for itself."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(longer, size_pt, weight) <= room_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Move positions as little as needed so that neighbours are ``apart`` and all lie between ``low`` and ``high``.

    The order is kept. Where the room is too small for all of them they share it evenly.
    """
    if not wanted:
        return []
    if (len(wanted) - 1) * apart > high - low:
        apart = (high - low) / max(len(wanted) - 1, 1)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    # Neighbours that would touch form a block around their common mean; blocks that touch merge (pool adjacent
    # violators, the least-squares solution).
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        total, count = wanted[index] - rank * apart, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before = blocks.pop()
            total, count = total + before[0], count + before[1]
        blocks.append((total, count))
    offsets = [
        min(max(total / count, low), high - (len(wanted) - 1) * apart) for total, count in blocks for _ in range(count)
    ]
    placed = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        placed[index] = offsets[rank] + rank * apart
    return placed
