"""The first carpometacarpal joint: its two bones, radial subluxation and proximal migration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.thumb_base import ThumbBase, thumb_base
from sclerograph.hand.alignment_settings import DEFAULT, AlignmentSettings
from sclerograph.hand.bone_edges import bone_axis, whole_outline
from sclerograph.hand.outlines import area
from sclerograph.hand.view import HandView

__all__ = ["CannotBeMeasured", "SeenThumbBase", "see_thumb_base"]

Floats = NDArray[np.float64]


class CannotBeMeasured(Exception):
    """Something of the alignment cannot be measured; the message is the reason given in the reading."""


@dataclass(frozen=True)
class SeenThumbBase:
    """How the bones stand, their outlines, and the unit vector along the metacarpal."""

    geometry: ThumbBase
    metacarpal: Floats
    trapezium: Floats
    along: Floats


def see_thumb_base(view: HandView, settings: AlignmentSettings = DEFAULT) -> SeenThumbBase:
    """Measure the first carpometacarpal joint.

    Raises
    ------
    CannotBeMeasured
        With the reason.
    """
    line = bone_axis(view, "MC1")
    metacarpal, trapezium = whole_outline(view, "MC1"), whole_outline(view, "TZM")
    beside = [view.point(name) for name in ("CMC2", "MCP2")]
    if line is None or metacarpal is None or beside[0] is None or beside[1] is None:
        raise CannotBeMeasured("the first metacarpal was not found with confidence")
    if trapezium is None or area([trapezium]) < settings.least_carpal_mm2 * view.scale_px**2:
        raise CannotBeMeasured("the trapezium was not found, or is gone")
    if not view.valid_at(np.concatenate([metacarpal, trapezium])).all():
        raise CannotBeMeasured("the base of the thumb is not whole on the film")
    side = np.array([-line.along[1], line.along[0]])
    second = 0.5 * (beside[0] + beside[1])
    radial = side if (second - line.point) @ side < 0 else -side
    geometry = thumb_base(metacarpal, trapezium, line.along, radial, view.scale_px)
    if geometry is None:
        raise CannotBeMeasured("the base of the first metacarpal has no outline")
    return SeenThumbBase(geometry, metacarpal, trapezium, line.along)
