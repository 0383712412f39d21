"""Both hands with their sites coloured by prevalence: where a lesion lies, and in how many hands of a cohort.

The drawing is that of the report (:mod:`sclerograph.reports.drawn_hand`): both hands as a reader sees their PA film,
the left hand on the left. Bones are filled, joints are discs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.patches import Circle, Polygon

from sclerograph.anatomy.hand import BONES, FINGER_CHAINS, SITES, Side
from sclerograph.cohort.figures.colour_scale import ColourScale, draw_scale, scale_height_mm
from sclerograph.cohort.figures.page import MM_PER_POINT, blank_page, place_axes, text_width_mm, write
from sclerograph.cohort.figures.style import (
    FAINT,
    HAIRLINE_PT,
    INK,
    QUIET,
    SMALL_PT,
    SOFT,
    Width,
    house_style,
    width_mm,
)
from sclerograph.errors import UsageError
from sclerograph.reports.drawn_hand import EXTENT, bone_outline, landmarks, site_centre, skin_outline
from sclerograph.reports.palette import text_colour_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["SitePrevalence", "hand_map"]

_MARGIN_MM: Final = 1.5
_TITLE_MM: Final = 5.0
_GAP_MM: Final = 2.0
_SIDES: Final[tuple[Side, ...]] = ("L", "R")
_SIDE_WORDS: Final[dict[Side, str]] = {"L": "Left hand", "R": "Right hand"}
#: Radius of a joint's disc in the millimetres of the drawn hand, and that of the crowded wrist.
_JOINT_RADIUS: Final = 5.0
_WRIST_RADIUS: Final = 3.4
_NUMBER_PT: Final = 5.0
#: Where numbers stand that the joints around, or a bone in front, would hide in the middle of theirs.
_NUMBER_AT: Final = {
    "TRQ": (-8.8, 15.0),
    "TZM": (22.8, 4.2),
    "SCA": (11.0, 13.2),
    "RAD": (6.5, 46.0),
    "ULN": (-15.3, 46.0),
}
#: Distance of a distal phalanx's number from the tip of the bone.
_TIP_TO_NUMBER: Final = 15.5
_BONE_CODES: Final = frozenset(b.code for b in BONES)
_CROWDED: Final = frozenset({"CMC1", "CMC2", "CMC3", "CMC4", "CMC5", "STT", "RC", "DRU"})


@dataclass(frozen=True)
class SitePrevalence:
    """How many hands of one side have the lesion at one site.

    ``site`` is a code of :data:`sclerograph.anatomy.hand.SITES`, ``successes`` the hands with the lesion there and
    ``n`` those in which the site could be assessed; with ``n`` 0 the site is drawn as not assessed.
    """

    side: Side
    site: str
    successes: int
    n: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1, ``None`` where no hand could be assessed."""
        return self.successes / self.n if self.n else None


@house_style
def hand_map(
    sites: Sequence[SitePrevalence],
    *,
    scale_label: str,
    width: Width = "page",
    highest: float | None = None,
    note: str = "",
) -> Figure:
    """Draw both hands, each site in the colour of its prevalence, with the scale under them.

    On the page's width every site holds its per cent as a number where it has room for it; those of the distal
    phalanges stand beyond the fingertips. Bones that are not given have the grey of the skin; joints that are not given
    are not drawn.

    Parameters
    ----------
    sites
        The prevalence of each site, at most one entry a site and side.
    scale_label
        What the colours say: ``"Hands with a deposit at the site (%)"``.
    width
        ``"page"`` (170 mm) or ``"column"`` (85 mm, colours only).
    highest
        Share (0 to 1) at the dark end of the scale, for several figures with one scale; the highest given otherwise.
    note
        A line under the scale.

    Raises
    ------
    UsageError
        A site is unknown, stands there twice, or counts more lesions than hands.
    """
    _check(sites)
    page_mm = width_mm(width)
    x, y, drawn_width, drawn_height = EXTENT
    hand_mm = (page_mm - 2.0 * _MARGIN_MM - _GAP_MM) / 2.0
    height_mm = hand_mm * drawn_height / drawn_width
    scale = ColourScale.over([site.share for site in sites], highest)
    top = _MARGIN_MM + _TITLE_MM
    missing = any(site.n == 0 for site in sites)
    figure = blank_page(page_mm, top + height_mm + _GAP_MM + scale_height_mm(note, page_mm) + _MARGIN_MM)
    for index, side in enumerate(_SIDES):
        left = _MARGIN_MM + index * (hand_mm + _GAP_MM)
        axes = place_axes(figure, left, top, hand_mm, height_mm)
        sign = 1.0 if side == "L" else -1.0
        axes.set_axis_off()
        axes.set_xlim(x if side == "L" else -(x + drawn_width), x + drawn_width if side == "L" else -x)
        axes.set_ylim(y + drawn_height, y)
        given = {site.site: site for site in sites if site.side == side}
        _draw_hand(axes, given, sign, scale, hand_mm / drawn_width if width == "page" else None)
        write(figure, left + hand_mm / 2.0, _MARGIN_MM + 1.8, _title(side, given), ha="center", weight="bold")
    draw_scale(figure, scale, scale_label, top + height_mm + _GAP_MM, missing=missing, note=note)
    return figure


def _check(sites: Sequence[SitePrevalence]) -> None:
    seen: set[tuple[Side, str]] = set()
    for site in sites:
        if site.site not in SITES:
            raise UsageError(f"{site.site!r} is no site of the hand; the sites are {', '.join(SITES)}")
        if (site.side, site.site) in seen:
            raise UsageError(f"{site.site} of side {site.side} is given twice; give each site once")
        if not 0 <= site.successes <= site.n:
            raise UsageError(f"{site.site}: {site.successes} lesions in {site.n} hands; a count lies between 0 and n")
        seen.add((site.side, site.site))


def _title(side: Side, given: dict[str, SitePrevalence]) -> str:
    counts = [site.n for site in given.values() if site.n]
    if not counts:
        return f"{_SIDE_WORDS[side]} (no data)"
    fewest, most = min(counts), max(counts)
    return f"{_SIDE_WORDS[side]} (n = {most})" if fewest == most else f"{_SIDE_WORDS[side]} (n = {fewest}–{most})"


def _draw_hand(
    axes: Axes, given: dict[str, SitePrevalence], sign: float, scale: ColourScale, mm_per_unit: float | None
) -> None:
    for width, colour, layer in ((1.6, FAINT, 0.0), (0.0, SOFT, 0.1)):
        # Two passes of the same shapes, first with a border: what is left of the border is that of their union.
        for outline in skin_outline():
            axes.add_artist(
                Polygon(_mirrored(outline, sign), facecolor=colour, edgecolor=colour, linewidth=width, zorder=layer)
            )
    for drawn in BONES:
        site = given.get(drawn.code)
        axes.add_artist(
            Polygon(
                _mirrored(bone_outline(drawn.code), sign),
                facecolor=SOFT if site is None else scale.colour(site.share),
                edgecolor=FAINT if site is None else QUIET,
                linewidth=HAIRLINE_PT,
                hatch="" if site is None else scale.hatch(site.share),
                zorder=1.0,
            )
        )
    for code, site in given.items():
        if code not in _BONE_CODES:
            x, y = site_centre(code)
            axes.add_artist(
                Circle(
                    (sign * x, y),
                    _radius(code),
                    facecolor=scale.colour(site.share),
                    edgecolor=INK,
                    linewidth=HAIRLINE_PT,
                    hatch=scale.hatch(site.share),
                    zorder=2.0,
                )
            )
    if mm_per_unit is not None:
        for site in given.values():
            _number(axes, site, given, sign, scale, mm_per_unit)


def _radius(code: str) -> float:
    return _WRIST_RADIUS if code in _CROWDED else _JOINT_RADIUS


def _number(
    axes: Axes,
    site: SitePrevalence,
    given: dict[str, SitePrevalence],
    sign: float,
    scale: ColourScale,
    mm_per_unit: float,
) -> None:
    """Write the per cent of a site into it, or nothing where it would not fit."""
    if site.share is None:
        return
    text, colour = f"{100.0 * site.share:.0f}", text_colour_on(scale.colour(site.share))
    if site.site.startswith("DP"):
        # Beyond the fingertip: the waist of a distal phalanx is narrower than two figures.
        x, y = _beyond_the_tip(int(site.site[2]))
        axes.text(sign * x, y, text, size=SMALL_PT, ha="center", va="center_baseline", color=INK, zorder=3.0)
        return
    x, y = _NUMBER_AT.get(site.site) or site_centre(site.site)
    half_width = text_width_mm(text, _NUMBER_PT) / mm_per_unit / 2.0
    half_height = 0.38 * _NUMBER_PT * MM_PER_POINT / mm_per_unit
    if site.site in _BONE_CODES:
        discs = [(site_centre(code), _radius(code)) for code in given if code not in _BONE_CODES]
        if any(abs(cx - x) < r + half_width and abs(cy - y) < r + half_height for (cx, cy), r in discs):
            return
    elif half_width > 0.92 * _radius(site.site):
        return
    axes.text(sign * x, y, text, size=_NUMBER_PT, ha="center", va="center_baseline", color=colour, zorder=3.0)


def _beyond_the_tip(digit: int) -> tuple[float, float]:
    joint, tip = (np.array(landmarks()[name]) for name in FINGER_CHAINS[digit][-2:])
    x, y = tip + _TIP_TO_NUMBER * (tip - joint) / np.hypot(*(tip - joint))
    return float(x), float(y)


def _mirrored(points: NDArray[np.float64], sign: float) -> NDArray[np.float64]:
    mirrored: NDArray[np.float64] = points * np.array([sign, 1.0])
    return mirrored
