"""The spaces of the thumb: interphalangeal, metacarpophalangeal and carpometacarpal.

The thumb lies obliquely on films of the hand, and its outlines overlap where its joints are open to the eye. The cleft
is followed on the film (:mod:`.joint_cleft`). The sesamoids lie beside or over the head of the metacarpal; the first
rise before the floor of the phalanx is the head. The carpometacarpal joint is a saddle: what is seen is a cleft between
two margins, over the part of the joint that stands in profile.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sclerograph.anatomy.joint_frame import EDGE_DEPTH_MM, JointFrame, settled
from sclerograph.hand.joint_outline import Outlines, joint_start
from sclerograph.hand.joint_space_settings import DEFAULT, JointSpaceSettings
from sclerograph.hand.seen_space import CLEFT_JOINTS, CleftNotSeen, SeenSpace, seen_part, space_of
from sclerograph.hand.view import HandView

__all__ = ["THUMB_JOINTS", "thumb_space"]

#: The joints that are measured here.
THUMB_JOINTS = ("IP1", "MCP1", "CMC1")
_NOT_FOUND = "its bones or landmarks were not found with enough confidence"


def thumb_space(view: HandView, code: str, settings: JointSpaceSettings = DEFAULT) -> tuple[SeenSpace, float]:
    """Measure a space of the thumb.

    Parameters
    ----------
    view
        The hand, on a PA or AP film.
    code
        One of :data:`THUMB_JOINTS`.
    settings
        The thresholds.

    Returns
    -------
    tuple of SeenSpace and float
        The space, and the width of the bone that it is held against (pixels): the proximal one's head, of the
        carpometacarpal joint the metacarpal's base.

    Raises
    ------
    CleftNotSeen
        With the reason.
    """
    outlines = Outlines(view, code)
    frame = _frame(view, code, outlines)
    across = frame.central(21)
    distal = outlines.margins(frame, across)[1]
    seen = np.isfinite(distal)
    if np.count_nonzero(seen) < len(across) // 4:
        raise CleftNotSeen(_NOT_FOUND)
    guess = np.polyfit(across[seen], distal[seen], 1)
    cleft = seen_part(view, CLEFT_JOINTS[code], frame, guess, settings)
    space = space_of(view, code, [cleft], settings)
    side = 1 if code == "CMC1" else 0
    ends = outlines.margins(frame, across)[side]
    bone = outlines.width(frame, side, float(np.nanmean(ends))) if np.isfinite(ends).any() else None
    if bone is None:
        raise CleftNotSeen(_NOT_FOUND)
    return space, bone


def _frame(view: HandView, code: str, outlines: Outlines) -> JointFrame:
    """Return the frame that both outlines give, or the distal one alone: that of the trapezium is often poor."""
    start = joint_start(view, code)
    if start is None:
        raise CleftNotSeen(_NOT_FOUND)
    frame = settled(start, outlines.margins, outlines.extent)
    if frame is not None:
        return frame
    end = float(outlines.margins(start, np.zeros(1))[1][0])
    extent = outlines.side_extent(start, 1, end + EDGE_DEPTH_MM * view.scale_px) if np.isfinite(end) else None
    if extent is None:
        raise CleftNotSeen(_NOT_FOUND)
    middle, half = 0.5 * (extent[0] + extent[1]), 0.5 * (extent[1] - extent[0])
    return replace(start, origin=start.origin + middle * start.across, half_width=half)
