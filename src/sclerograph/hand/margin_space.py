"""The space of a joint of a finger as its margins show it, and why they are none where they are not.

The networks' outlines say where the joint is; its margins are looked for on the film (:mod:`.joint_margins`), and
which of its bright lines is the floor of the cup is told by :mod:`.joint_width`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sclerograph.hand.joint_margins import FilmEdges, JointStrip, part_of
from sclerograph.hand.joint_space_settings import JointSpaceSettings
from sclerograph.hand.joint_strips import JointStrips, NotAssessable
from sclerograph.hand.joint_width import SpaceWidth, space_width
from sclerograph.hand.view import HandView

__all__ = ["Margins", "Space", "margin_space", "margins_of", "without_lines"]


@dataclass(frozen=True)
class Space:
    """A measured space, in pixels: mean width, least width where its margins were followed, standard error."""

    mean_px: float
    least_px: float | None
    error_px: float


@dataclass(frozen=True)
class Margins:
    """What the margins of a joint say: its space, or why none; ``lines_missing`` where the grey runs on through it."""

    space: Space | None
    why_not: str = ""
    lines_missing: bool = False


def margins_of(
    view: HandView,
    code: str,
    found: JointStrips,
    edges: FilmEdges | None,
    open_contrast: float | None,
    settings: JointSpaceSettings,
) -> Margins:
    """Return what the margins of one joint say.

    Parameters
    ----------
    view
        The hand.
    code
        The joint.
    found
        The joints of the hand that can be looked at, their floors chosen.
    edges, open_contrast
        What the margins of the hand have in common, and the contrast of its open joints; ``None`` where too few of
        them tell.
    settings
        The thresholds.
    """
    strip = found.strips.get(code)
    if strip is None:
        return Margins(None, found.unclear.get(code, "its landmarks were not found with enough confidence"))
    if edges is None or open_contrast is None:
        return Margins(None, "too few open joints on this film to tell how sharp its edges are")
    if without_lines(view, strip, open_contrast, settings):
        return Margins(None, lines_missing=True)
    try:
        return Margins(margin_space(view, strip, edges, settings))
    except NotAssessable as reason:
        return Margins(None, str(reason))


def margin_space(view: HandView, strip: JointStrip, edges: FilmEdges, settings: JointSpaceSettings) -> Space:
    """Measure a space between its margins.

    Parameters
    ----------
    view
        The hand.
    strip
        The straightened film, its floor chosen.
    edges
        What the margins of the hand have in common.
    settings
        The thresholds.

    Raises
    ------
    NotAssessable
        With the reason.
    """
    outline, unit = strip.outline, view.scale_px
    if edges.contrast < settings.least_contrast:
        raise NotAssessable("too little contrast between bone and joint space")
    if outline.gap_px < -settings.overlap_mm * unit:
        raise NotAssessable("not seen from the side: its bones overlap on the film")
    if strip.dark_behind_head >= settings.most_behind_head * edges.contrast:
        raise NotAssessable("not seen from the side: a rim of the cup hides the edge of the head")
    if strip.sure < settings.least_sure:
        raise NotAssessable("more than one bright line may be the floor of its cup")
    width, why_not = space_width(strip, edges), _not_followed(strip, edges, unit, settings)
    partly_mm = 0.0
    if why_not:
        parts = _parts_that_can_be_followed(strip, edges, unit, settings)
        if not parts:
            raise NotAssessable(why_not)
        # bone that is lost makes the rest look wide, and never narrow
        width, partly_mm = min(parts, key=lambda part: part.mean_px), settings.partly_error_mm
    errors = (
        settings.method_error_px,
        settings.method_error_mm * view.lesion_mm_px,
        settings.method_error_share * width.mean_px,
        width.noise_px,
        partly_mm * unit,
    )
    return Space(width.mean_px, width.least_px, float(np.linalg.norm(errors)))


def _not_followed(strip: JointStrip, edges: FilmEdges, unit: float, settings: JointSpaceSettings) -> str | None:
    """Return why the margins of a joint or of a part of it are no margins, ``None`` where they are."""
    width = space_width(strip, edges)
    narrow = width.mean_px <= settings.overlapped_mm * unit
    if float(np.median(strip.depth)) < settings.overlapped_depth * edges.contrast and not narrow:
        return "not seen from the side: its bones overlap on the film"
    if width.noise_px > (settings.most_noise_narrow_mm if narrow else settings.most_noise_mm) * unit:
        return "its margins cannot be followed"
    return None


def _parts_that_can_be_followed(
    strip: JointStrip, edges: FilmEdges, unit: float, settings: JointSpaceSettings
) -> list[SpaceWidth]:
    """Return the widths of the halves of a joint in which a dark space lies between margins that can be followed."""
    lines = len(strip.depth)
    half = lines // 2
    found = []
    for first in (0, lines // 6, lines // 3, lines // 2):
        part = part_of(strip, first, first + half)
        dark = float(np.quantile(part.depth, 0.25)) >= settings.partly_depth * edges.contrast
        width = space_width(part, edges)
        if dark and width.noise_px <= settings.partly_noise_mm * unit:
            found.append(width)
    return found


def without_lines(view: HandView, strip: JointStrip, open_contrast: float, settings: JointSpaceSettings) -> bool:
    """Tell whether the grey runs on from bone to bone: neither a dark space nor the bright lines of plates.

    One bone may be denser than the other: a slope is no line. A faint dark line that runs from side to side is a space.

    Parameters
    ----------
    view
        The hand.
    strip
        The straightened film, its floor chosen.
    open_contrast
        The contrast of open joints of the hand.
    settings
        The thresholds.
    """
    unit = view.scale_px
    if strip.outline.gap_px >= settings.fused_gap_mm * unit:
        return False
    level, at = strip.mean_profile(2.6 * unit)
    middle, beside = np.abs(at) <= 1.2 * unit, np.abs(at) >= 1.8 * unit
    band = float(level[middle].max() - max(level[beside & (at < 0)].mean(), level[beside & (at > 0)].mean()))
    inner = np.abs(at) <= 2.0 * unit
    spread = float((level[inner] - np.polyval(np.polyfit(at[inner], level[inner], 1), at[inner])).std())
    deep, everywhere = (float(value) for value in np.quantile(strip.depth, (0.5, 0.1)))
    return (
        band < settings.fused_band * open_contrast
        and spread < settings.fused_spread * open_contrast
        and deep < settings.fused_depth * open_contrast
        and everywhere < settings.fused_everywhere * open_contrast
        and strip.plate < settings.fused_plate * open_contrast
    )
