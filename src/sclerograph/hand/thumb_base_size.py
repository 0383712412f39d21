"""Sizes of the trapezium and the first metacarpal beside the patient's own other bones: what resorption has taken.

The trapezium is held against the other carpal bones, the first metacarpal against the other metacarpals, by area and by
height along the first metacarpal. A ratio of 1 is what the others let expect.
"""

from __future__ import annotations

import numpy as np

from sclerograph.anatomy.thumb_base_norms import REFERENCE_BONES, thumb_base_norms
from sclerograph.findings.records import BoneSize, Interval
from sclerograph.hand.alignment_settings import DEFAULT, AlignmentSettings
from sclerograph.hand.bone_edges import whole_outline
from sclerograph.hand.gaussian import REACH_OF_95_PERCENT
from sclerograph.hand.outlines import area
from sclerograph.hand.thumb_base import SeenThumbBase
from sclerograph.hand.view import HandView

__all__ = ["THUMB_BASE_BONES", "thumb_base_sizes"]

#: The bones whose size is measured.
THUMB_BASE_BONES = tuple(REFERENCE_BONES)


def thumb_base_sizes(view: HandView, seen: SeenThumbBase, settings: AlignmentSettings = DEFAULT) -> list[BoneSize]:
    """Return the sizes of both bones of the first carpometacarpal joint.

    Parameters
    ----------
    view
        The hand, on a PA or AP film.
    seen
        The first carpometacarpal joint (:func:`sclerograph.hand.thumb_base.see_thumb_base`).
    settings
        The thresholds.
    """
    return [_size(view, code, seen, settings) for code in THUMB_BASE_BONES]


def _size(view: HandView, code: str, seen: SeenThumbBase, settings: AlignmentSettings) -> BoneSize:
    norms = thumb_base_norms()
    own = {"TZM": seen.trapezium, "MC1": seen.metacarpal}[code]
    growth = []
    for other in REFERENCE_BONES[code]:
        ring = whole_outline(view, other)
        if ring is None or area([ring]) < settings.least_carpal_mm2 * view.scale_px**2:
            continue
        if view.valid_at(ring).all():
            growth.append(np.log(area([ring])) - norms.log_area[other])
    if len(growth) < settings.least_references:
        return BoneSize(bone=code, assessable=False, reason="too few other bones were found to compare it with")
    # areas grow with the square of lengths
    area_off = float(np.log(area([own])) - norms.log_area[code] - np.mean(growth))
    height = float(np.ptp(own @ seen.along))
    height_off = float(np.log(height) - norms.log_height[code] - 0.5 * np.mean(growth))
    smaller = min(area_off / norms.area_sd, height_off / norms.height_sd) < -settings.resorbed_z
    return BoneSize(
        bone=code,
        area_ratio=round(float(np.exp(area_off)), 4),
        area_ratio_interval=_interval(area_off, norms.area_sd),
        height_ratio=round(float(np.exp(height_off)), 4),
        height_ratio_interval=_interval(height_off, norms.height_sd),
        smaller=smaller,
        assessable=True,
    )


def _interval(off: float, sd: float) -> Interval:
    return Interval(
        low=round(float(np.exp(off - REACH_OF_95_PERCENT * sd)), 4),
        high=round(float(np.exp(off + REACH_OF_95_PERCENT * sd)), 4),
    )
