"""Where the bone outlines of the networks put a joint: the frame in which its margins are looked for on the film.

The outlines are a few tenths of a millimetre coarse. They say where the joint is, how wide its bones are and whether
these overlap; the width of the space comes from the film itself (:mod:`.joint_margins`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.anatomy.joint_frame import EDGE_DEPTH_MM, SPACE_BONES, JointFrame, landmark_frame, settled
from sclerograph.hand.view import HandView

__all__ = ["JointOutline", "Outlines", "joint_outline", "joint_start"]

Floats = NDArray[np.float64]

#: How far from the start the ends of the bones are looked for (nominal mm): along, proximally and distally, and across.
_REACH_MM = 6.0
_WRIST_REACH_MM = 9.0
_ACROSS_MM = 13.0
_WRIST_ACROSS_MM = 24.0
_STEP_MM = 0.3


@dataclass(frozen=True)
class JointOutline:
    """A joint as the outlines show it.

    ``head_width_px`` is the greatest width of the proximal bone near the joint (of the first carpometacarpal joint,
    that of the base of the metacarpal); ``gap_px`` the mean distance between the two outlines over the central part,
    negative for overlap. ``middle_px`` (n,) is where the middle between them lies along the frame, at ``across_px``
    (n,).
    """

    code: str
    frame: JointFrame
    head_width_px: float
    gap_px: float
    across_px: Floats
    middle_px: Floats

    def middle_at(self, across: Floats) -> Floats:
        """Return where the middle between the outlines lies along the frame, at positions across."""
        return np.asarray(np.interp(across, self.across_px, self.middle_px), dtype=np.float64)


class Outlines:
    """Ends and extents of the two sides of a joint on the maps of the bones.

    Parameters
    ----------
    view
        The hand.
    code
        One of :data:`sclerograph.anatomy.joint_frame.SPACE_JOINTS`.
    """

    def __init__(self, view: HandView, code: str) -> None:
        self.view = view
        self.unit = view.scale_px
        self.sides = SPACE_BONES[code]
        self.reach = _WRIST_REACH_MM if code == "RC" else _REACH_MM
        self.across = _WRIST_ACROSS_MM if code == "RC" else _ACROSS_MM

    def on(self, side: int, points: Floats) -> Floats:
        """Return the probability (0 to 1) of the bones of one side at points (..., 2)."""
        flat = points.reshape(-1, 2)
        values = [self.view.bone_at(code, flat) for code in self.sides[side]]
        return np.asarray(np.max(values, axis=0).reshape(points.shape[:-1]))

    def margins(self, frame: JointFrame, across: Floats) -> tuple[Floats, Floats]:
        """Return where the outlines of both sides end, in pixels; nan where a side is not there."""
        along = np.arange(-self.reach, self.reach + 1e-9, _STEP_MM) * self.unit
        points = frame.points(along[None, :], across[:, None])
        proximal = _last_crossing(self.on(0, points), along)
        distal = -_last_crossing(self.on(1, points)[:, ::-1], -along[::-1])
        return proximal, distal

    def extent(self, frame: JointFrame) -> tuple[float, float] | None:
        """Return the lateral extent that both sides have in common a little below their ends."""
        ends = self.margins(frame, np.zeros(1))
        if not np.isfinite(ends).all():
            return None
        depth = EDGE_DEPTH_MM * self.unit
        extents = [
            self.side_extent(frame, side, float(end[0]) + sign * depth)
            for side, end, sign in zip((0, 1), ends, (-1.0, 1.0), strict=True)
        ]
        if any(extent is None for extent in extents):
            return None
        known = [extent for extent in extents if extent is not None]
        return max(low for low, _ in known), min(high for _, high in known)

    def width(self, frame: JointFrame, side: int, end: float) -> float | None:
        """Return the greatest width of a side within 5 nominal mm of its end."""
        sign = -1.0 if side == 0 else 1.0
        levels = end + sign * np.arange(1.0, 5.1, 1.0) * self.unit
        found = [self.side_extent(frame, side, float(level)) for level in levels]
        return max((extent[1] - extent[0] for extent in found if extent is not None), default=None)

    def side_extent(self, frame: JointFrame, side: int, level: float) -> tuple[float, float] | None:
        """Return the lateral extent of one side at a level along the frame, ``None`` where it is not there."""
        across = np.arange(-self.across, self.across + 1e-9, _STEP_MM) * self.unit
        values = self.on(side, frame.points(np.array(level), across))
        inside = values >= 0.5
        if not inside.any():
            return None
        # the piece of bone nearest to the middle of the joint: others are neighbours that share the map
        begins = np.flatnonzero(inside & ~np.concatenate([[False], inside[:-1]]))
        ends = np.flatnonzero(inside & ~np.concatenate([inside[1:], [False]]))
        if len(self.sides[side]) > 1:  # scaphoid and lunate are one side
            first, last = int(begins[0]), int(ends[-1])
        else:
            far = [max(across[b], -across[e], 0.0) for b, e in zip(begins, ends, strict=True)]
            nearest = int(np.argmin(far))
            first, last = int(begins[nearest]), int(ends[nearest])
        return _crossing(across, values, first, -1), _crossing(across, values, last, 1)


def _crossing(positions: Floats, values: Floats, inside: int, step: int) -> float:
    """Return where a profile falls through 0.5 between a point inside and the one a step beyond it."""
    beyond = inside + step
    if not 0 <= beyond < len(values):
        return float(positions[inside])
    share = (values[inside] - 0.5) / (values[inside] - values[beyond])
    return float(positions[inside] + share * (positions[beyond] - positions[inside]))


def _last_crossing(values: Floats, along: Floats) -> Floats:
    """Return the last position at which each row of profiles falls through 0.5; nan where it does not."""
    result = np.full(len(values), np.nan)
    inside = values >= 0.5
    falling = inside[:, :-1] & ~inside[:, 1:]
    rows = np.flatnonzero(falling.any(axis=1))
    last = falling.shape[1] - 1 - np.argmax(falling[rows, ::-1], axis=1)
    high, low = values[rows, last], values[rows, last + 1]
    result[rows] = along[last] + (high - 0.5) / (high - low) * (along[last + 1] - along[last])
    return result


def joint_start(view: HandView, code: str) -> JointFrame | None:
    """Return the frame that the landmarks give, with a half width of a nominal millimetre."""
    points = {name: point for name in LANDMARKS if (point := view.point(name)) is not None}
    return landmark_frame(points, code, view.scale_px)


def joint_outline(view: HandView, code: str) -> JointOutline | None:
    """Return where a joint is; ``None`` where landmarks or outlines do not show it.

    Parameters
    ----------
    view
        The hand.
    code
        One of :data:`sclerograph.anatomy.joint_frame.SPACE_JOINTS`.
    """
    start = joint_start(view, code)
    if start is None:
        return None
    outlines = Outlines(view, code)
    frame = settled(start, outlines.margins, outlines.extent)
    if frame is None:
        return None
    across = frame.central(21)
    proximal, distal = outlines.margins(frame, across)
    gap = distal - proximal
    if np.isfinite(gap).mean() < 0.5:
        return None
    side = 1 if code == "CMC1" else 0
    width = outlines.width(frame, side, float(np.nanmean((proximal, distal)[side])))
    if width is None:
        return None
    seen = np.isfinite(gap)
    gap = gap[seen]
    # the joint is round: a parabola through what the coarse outlines say
    bend = np.polyfit(across[seen], 0.5 * (proximal + distal)[seen], 2)
    return JointOutline(
        code,
        frame,
        width,
        float(gap.mean()),
        across,
        np.asarray(np.polyval(bend, across), dtype=np.float64),
    )
