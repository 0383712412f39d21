"""The joints of one hand that can be looked at: the film straightened across each, and why others cannot be.

What hides a joint (metal, calcium, a bent finger) hides it from every way of measuring; where only its outlines are not
good enough for its margins to be followed, the joint network may still see its space.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.joint_frame import SPACE_BONES, SPACE_JOINTS
from sclerograph.hand.foreshortening import foreshortened
from sclerograph.hand.joint_margins import JointStrip, joint_strip
from sclerograph.hand.joint_outline import JointOutline, joint_outline, joint_start
from sclerograph.hand.joint_space_settings import JointSpaceSettings
from sclerograph.hand.scale import segment_lengths_px
from sclerograph.hand.view import HandView, sample

__all__ = ["MARGIN_JOINTS", "JointStrips", "NotAssessable", "joint_strips"]

Floats = NDArray[np.float64]

#: Joints whose margins are looked for: those of the fingers. Thumb and wrist lie too obliquely for them.
MARGIN_JOINTS: tuple[str, ...] = tuple(code for code in SPACE_JOINTS if code[-1] in "2345")
#: Half width (nominal mm) of what is looked at for calcium and metal where no outline says how wide a joint is.
_USUAL_HALF_MM = 5.0


class NotAssessable(Exception):
    """A joint cannot be measured; the text says why."""


@dataclass
class JointStrips:
    """The joints of one hand by code.

    ``hidden`` says why a joint cannot be measured at all, ``unclear`` why its margins cannot be followed.
    """

    outlines: dict[str, JointOutline] = field(default_factory=dict)
    strips: dict[str, JointStrip] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)


def joint_strips(view: HandView, settings: JointSpaceSettings) -> JointStrips:
    """Return what can be looked at of every joint whose space is measured.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    found = JointStrips()
    if general := _not_at_all(view, settings):
        found.hidden = dict.fromkeys(SPACE_JOINTS, general)
        return found
    bent = foreshortened({s: px for s, px in segment_lengths_px(view.skeleton.landmarks).items() if s[:2] != "DP"})
    for code in SPACE_JOINTS:
        outline = joint_outline(view, code)
        if outline is not None:
            found.outlines[code] = outline
        try:
            _hidden(view, code, outline, bent, settings)
        except NotAssessable as reason:
            found.hidden[code] = str(reason)
            continue
        if code not in MARGIN_JOINTS:
            continue
        try:
            found.strips[code] = _strip(view, outline, settings)
        except NotAssessable as reason:
            found.unclear[code] = str(reason)
    return found


def _not_at_all(view: HandView, settings: JointSpaceSettings) -> str | None:
    """Return why no joint of this film can be measured, ``None`` where they can."""
    if not_frontal := view.side_and_view.not_frontal():
        return not_frontal
    if view.scale_px < settings.least_pixels_per_mm:
        return f"too few pixels: {view.scale_px:.1f} for a nominal millimetre"
    return None


def _hidden(
    view: HandView,
    code: str,
    outline: JointOutline | None,
    bent: Mapping[str, float],
    settings: JointSpaceSettings,
) -> None:
    proximal, distal = SPACE_BONES[code]
    for bone in (*proximal, *distal):
        if bone in bent:
            raise NotAssessable(f"flexed: {bone} has {100 * bent[bone]:.0f} % of its expected length on the film")
    centre = _centre(view, code, outline)
    if centre is None:
        return
    if _share(view, view.calcium.metal, centre) >= settings.metal_share:
        raise NotAssessable("hidden by metal")
    if _share(view, view.calcium.believed, centre) >= settings.calcium_share:
        raise NotAssessable("hidden by calcium")


def _centre(view: HandView, code: str, outline: JointOutline | None) -> Floats | None:
    """Return points (n, 2) of the central part of a joint; ``None`` where nothing says where it is."""
    levels = np.array([-0.5, 0.0, 0.5]) * view.scale_px
    if outline is not None:
        across = outline.frame.central(21)[:, None]
        return outline.frame.points(outline.middle_at(across) + levels, across).reshape(-1, 2)
    start = joint_start(view, code)
    if start is None:
        return None
    half = _USUAL_HALF_MM * view.scale_px
    return start.points(levels[None, :], np.linspace(-half, half, 21)[:, None]).reshape(-1, 2)


def _share(view: HandView, probability: NDArray[np.float32], points: Floats) -> float:
    return float(np.mean(sample(probability, view.calcium.crop.map_to_crop(points)) >= 0.5))


def _strip(view: HandView, outline: JointOutline | None, settings: JointSpaceSettings) -> JointStrip:
    if outline is None:
        raise NotAssessable("its bones or landmarks were not found with enough confidence")
    if 2.0 * outline.frame.half_width < settings.least_extent * outline.head_width_px:
        raise NotAssessable("its bones do not face each other on the film")
    strip = joint_strip(view, outline)
    if strip is None:
        raise NotAssessable("it lies at or beyond the edge of the film")
    return strip
