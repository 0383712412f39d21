"""What every figure must keep: no text over text, nothing beyond the page, letters large enough to read in print."""

from __future__ import annotations

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sclerograph.cohort.figures.style import house_settings

SMALLEST_LETTER_PT = 5.0


def texts(figure: Figure) -> list[Text]:
    """Return all text that is seen, tick labels within the axis included."""
    with house_settings():
        FigureCanvasAgg(figure).draw()
    hidden = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        for label in (tick.label1, tick.label2)
        if not axis.get_visible()
        or not axes.axison
        or not min(axis.get_view_interval()) - 1e-9 <= tick.get_loc() <= max(axis.get_view_interval()) + 1e-9
    }
    found = [t for t in figure.findobj(Text) if isinstance(t, Text)]
    return [t for t in found if t.get_visible() and t.get_text().strip() and id(t) not in hidden]


def words(figure: Figure) -> list[str]:
    """Return what stands on the figure."""
    return [text.get_text() for text in texts(figure)]


def assert_legible(figure: Figure) -> None:
    """Fail if two texts overlap, a text leaves the page, or letters are too small."""
    shown = texts(figure)
    page = Bbox([[0.0, 0.0], [figure.bbox.width, figure.bbox.height]])
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    for text in shown:
        assert text.get_fontsize() >= SMALLEST_LETTER_PT, f"{text.get_text()!r} is too small"
    for text, box in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, f"{text!r} leaves the page sideways"
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, f"{text!r} leaves the page upwards or downwards"
    for (text, box), (other, other_box) in combinations(boxes, 2):
        # Ascenders and descenders of neighbouring lines may touch: boxes hold room for both.
        width = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
        height = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
        assert width <= 0.5 or height <= 0.25 * min(box.height, other_box.height), f"{text!r} overlaps {other!r}"
