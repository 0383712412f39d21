"""The body with its regions coloured by prevalence: where calcium settles beyond the hands, in how many patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from sclerograph.anatomy.hand import Side
from sclerograph.cohort.figures.body_outline import (
    BODY_EXTENT,
    BODY_REGIONS,
    BodyRegion,
    region_outlines,
    silhouette,
)
from sclerograph.cohort.figures.colour_scale import ColourScale, draw_scale, scale_height_mm
from sclerograph.cohort.figures.page import (
    MM_PER_INCH,
    blank_page,
    line_height_mm,
    place_axes,
    spread,
    text_width_mm,
    write,
)
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
from sclerograph.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RegionPrevalence", "body_map"]

_MARGIN_MM: Final = 1.5
_GAP_MM: Final = 2.0
_REGIONS: Final = {region.code: region for region in BODY_REGIONS}


@dataclass(frozen=True)
class RegionPrevalence:
    """How many patients have the lesion in one region of :data:`sclerograph.cohort.figures.body_outline.BODY_REGIONS`.

    ``side`` is the patient's; ``None`` for the unpaired regions and for paired ones that were not told apart, which
    colours both. With ``n`` 0 the region is drawn as not assessed.
    """

    region: str
    successes: int
    n: int
    side: Side | None = None

    @property
    def share(self) -> float | None:
        """Between 0 and 1, ``None`` where no patient could be assessed."""
        return self.successes / self.n if self.n else None


@house_style
def body_map(
    regions: Sequence[RegionPrevalence],
    *,
    scale_label: str,
    width: Width = "column",
    highest: float | None = None,
    note: str = "",
) -> Figure:
    """Draw the body from the front, each region in the colour of its prevalence, with name, per cent and count beside.

    Parameters
    ----------
    regions
        At most one entry a region and side. Regions that are not given keep the grey of the body.
    scale_label
        What the colours say: ``"Patients with calcification (%)"``.
    width
        ``"column"`` (85 mm) or ``"page"`` (170 mm).
    highest
        Share (0 to 1) at the dark end of the scale, for several figures with one scale; the highest given otherwise.
    note
        A line under the scale.

    Raises
    ------
    UsageError
        A region is unknown, has a side it cannot have, stands there twice, or counts more lesions than patients.
    """
    _check(regions)
    page_mm = width_mm(width)
    x0, y0, drawn_width, drawn_height = BODY_EXTENT
    labels = [_texts(region) for region in regions]
    sided = [region.side is not None for region in regions]
    room = max((text_width_mm(text, SMALL_PT) for pair in labels for text in pair), default=0.0) + 4.0
    height_mm = 105.0 if width == "column" else 130.0
    height_mm = min(height_mm, (page_mm - 2.0 * _MARGIN_MM - 2.0 * room) * drawn_height / drawn_width)
    body_mm = height_mm * drawn_width / drawn_height
    scale = ColourScale.over([region.share for region in regions], highest)
    top = _MARGIN_MM + (line_height_mm(SMALL_PT) if any(sided) else 0.0)
    figure = blank_page(page_mm, top + height_mm + _GAP_MM + scale_height_mm(note, page_mm) + _MARGIN_MM)
    left = (page_mm - body_mm) / 2.0
    axes = place_axes(figure, left, top, body_mm, height_mm)
    axes.set_axis_off()
    axes.set_xlim(x0, x0 + drawn_width)
    axes.set_ylim(y0 + drawn_height, y0)
    _draw(axes, regions, scale)
    if any(sided):
        for x, text in ((left, "Patient's right"), (left + body_mm, "Patient's left")):
            write(figure, x, _MARGIN_MM + 1.0, text, size=SMALL_PT, color=QUIET, ha="center")
    frame = (left, top, body_mm / drawn_width, body_mm)
    to_the_right = _label_sides(regions)
    for on_the_right in (False, True):
        chosen = [index for index, right in enumerate(to_the_right) if right == on_the_right]
        _label(figure, [regions[i] for i in chosen], [labels[i] for i in chosen], frame, on_the_right)
    missing = any(region.n == 0 for region in regions)
    draw_scale(figure, scale, scale_label, top + height_mm + _GAP_MM, missing=missing, note=note)
    return figure


def _label_sides(regions: Sequence[RegionPrevalence]) -> list[bool]:
    """Tell of each label whether it stands right of the body.

    That of the patient's left does, and of those without side every other one from top to bottom.
    """
    without = sorted(
        (index for index, region in enumerate(regions) if region.side is None),
        key=lambda index: _REGIONS[regions[index].region].anchor[1],
    )
    return [
        without.index(index) % 2 == 0 if region.side is None else region.side == "L"
        for index, region in enumerate(regions)
    ]


def _check(regions: Sequence[RegionPrevalence]) -> None:
    seen: set[tuple[str, Side]] = set()
    for entry in regions:
        region = _REGIONS.get(entry.region)
        if region is None:
            raise UsageError(f"{entry.region!r} is no region of the body; the regions are {', '.join(_REGIONS)}")
        if entry.side is not None and not region.paired:
            raise UsageError(f"{entry.region} has no left and right; leave the side out")
        sides: tuple[Side, ...] = ("L", "R") if entry.side is None else (entry.side,)
        if any((entry.region, side) in seen for side in sides):
            raise UsageError(f"{entry.region} is given twice; give each region once for both sides or once for each")
        if not 0 <= entry.successes <= entry.n:
            raise UsageError(f"{entry.region}: {entry.successes} of {entry.n} patients; a count lies between 0 and n")
        seen.update((entry.region, side) for side in sides)


def _texts(entry: RegionPrevalence) -> tuple[str, str]:
    if entry.share is None:
        return _REGIONS[entry.region].name, "not assessed"
    return _REGIONS[entry.region].name, f"{100.0 * entry.share:.1f} % ({entry.successes}/{entry.n})"


def _draw(axes: Axes, regions: Sequence[RegionPrevalence], scale: ColourScale) -> None:
    for width, colour, layer in ((1.6, FAINT, 0.0), (0.0, SOFT, 0.1)):
        # Two passes of the same shapes, first with a border: what is left of the border is that of their union.
        for outline in silhouette():
            axes.add_artist(Polygon(outline, facecolor=colour, edgecolor=colour, linewidth=width, zorder=layer))
    for layer, region in enumerate(BODY_REGIONS, start=1):
        for entry in (entry for entry in regions if entry.region == region.code):
            for sign in _signs(region, entry):
                _fill(axes, region, entry, sign, scale, float(layer))


def _signs(region: BodyRegion, entry: RegionPrevalence) -> tuple[float, ...]:
    if not region.paired:
        return (1.0,)
    return {"L": (1.0,), "R": (-1.0,), None: (1.0, -1.0)}[entry.side]


def _fill(
    axes: Axes, region: BodyRegion, entry: RegionPrevalence, sign: float, scale: ColourScale, layer: float
) -> None:
    colour, hatch = scale.colour(entry.share), scale.hatch(entry.share)
    outlines = [outline * np.array([sign, 1.0]) for outline in region_outlines(region.code)]
    if region.code == "hand":
        # A hand is a union of fingers and palm: a border around each would cross the palm.
        for outline in outlines:
            axes.add_artist(Polygon(outline, facecolor=QUIET, edgecolor=QUIET, linewidth=2 * HAIRLINE_PT, zorder=layer))
        for outline in outlines:
            axes.add_artist(
                Polygon(outline, facecolor=colour, edgecolor=QUIET, linewidth=0.0, hatch=hatch, zorder=layer + 0.5)
            )
        return
    for outline in outlines:
        axes.add_artist(
            Polygon(outline, facecolor=colour, edgecolor=QUIET, linewidth=HAIRLINE_PT, hatch=hatch, zorder=layer)
        )


def _label(
    figure: Figure,
    entries: Sequence[RegionPrevalence],
    labels: Sequence[tuple[str, str]],
    frame: tuple[float, float, float, float],
    on_the_right: bool,
) -> None:
    """Write the labels of one side of the body, from top to bottom, each with a line to its region."""
    page_mm, page_height = (float(inch) * MM_PER_INCH for inch in figure.get_size_inches())
    left, top, mm_per_cm, body_mm = frame
    x0, y0, _, drawn_height = BODY_EXTENT
    sign = 1.0 if on_the_right else -1.0
    step = line_height_mm(SMALL_PT)
    wanted = [top + (_REGIONS[entry.region].anchor[1] - y0) * mm_per_cm for entry in entries]
    placed = spread(wanted, 2.0 * step + 0.6, top + step + 1.0, top + drawn_height * mm_per_cm - step)
    for entry, (name, amount), anchor_y, y in zip(entries, labels, wanted, placed, strict=True):
        anchor_x = left + (sign * _REGIONS[entry.region].anchor[0] - x0) * mm_per_cm
        edge = left + body_mm + 1.0 if on_the_right else left - 1.0
        text_x = edge + sign * 1.2
        align = "left" if on_the_right else "right"
        # A line that begins at the label, runs level to the edge of the body and from there to the region.
        xs = [(text_x - sign * 0.6) / page_mm, edge / page_mm, anchor_x / page_mm]
        ys = [1.0 - y / page_height, 1.0 - y / page_height, 1.0 - anchor_y / page_height]
        figure.add_artist(Line2D(xs, ys, color=QUIET, linewidth=HAIRLINE_PT, zorder=5))
        figure.add_artist(Line2D(xs[-1:], ys[-1:], color=QUIET, marker="o", markersize=1.6, zorder=5))
        write(figure, text_x, y - step / 2.0, name, size=SMALL_PT, ha=align)
        write(figure, text_x, y + step / 2.0, amount, size=SMALL_PT, ha=align, color=QUIET)
